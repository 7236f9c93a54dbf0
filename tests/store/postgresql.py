"""A PostgreSQL server of this test process: Debian's, on a Unix socket only, run by somebody who is not root."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

INSTALL = "apt-get install --no-install-recommends postgresql"
ROLE = "ransel"
WHERE_DEBIAN_KEEPS_IT = Path("/usr/lib/postgresql")
LONGEST_START = 1200
"""How often it is looked whether the server answers, twenty times in a second."""
SETTINGS = {
    "listen_addresses": "", "fsync": "on", "full_page_writes": "on", "unix_socket_permissions": "0700",
    "shared_buffers": "32MB", "max_connections": "40",
}  # fmt: skip


def programs() -> Path:
    """Where Debian keeps the newest PostgreSQL; without one the tests fail, they are never left out."""
    found = sorted(WHERE_DEBIAN_KEEPS_IT.glob("*/bin/postgres"), key=lambda one: int(one.parts[-3]))
    if not found:
        pytest.fail(f"These tests need PostgreSQL. On Debian, as root: {INSTALL}", pytrace=False)
    return found[-1].parent


def _somebody() -> dict[str, object]:
    """Whom the server runs as, in the words of `subprocess`: root gives its rights away first."""
    if os.geteuid() != 0:
        return {}
    known = {one.pw_name: one for one in pwd.getpwall()}
    somebody = known.get("postgres") or known["nobody"]
    return {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []}


class Server:
    """One server with a folder of its own."""

    def __init__(self) -> None:
        self.programs, self.somebody = programs(), _somebody()
        self.home = Path(tempfile.mkdtemp(prefix="ransel-pg-"))
        if self.somebody:
            os.chown(self.home, self.somebody["user"], self.somebody["group"])
        self.data, self.log = self.home / "data", self.home / "log"
        self.process = None
        self.made = 0
        self._run("initdb", f"--pgdata={self.data}", f"--username={ROLE}", "--auth=trust", "--encoding=UTF8",
                  "--no-locale", "--data-checksums")  # fmt: skip
        self.start()

    def start(self) -> None:
        """Start it, also after it was killed, and wait until it answers."""
        told = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data, "-k", self.home, *told],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.home, **self.somebody,
            )  # fmt: skip
        for _ in range(LONGEST_START):
            try:
                self.query("SELECT 1")
            except psycopg.OperationalError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
            else:
                return
        pytest.fail(f"PostgreSQL does not start:\n{self.log.read_text()}", pytrace=False)

    def stop(self) -> None:
        """Stop it in order and remove everything it had."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()
        shutil.rmtree(self.home)

    def break_down(self) -> None:
        """Stop it at once, as a power cut would; what was acknowledged must be there after the next start."""
        self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "immediate")
        self.process.wait()

    def address(self, name: str) -> str:
        """The address of one of its databases, for RANSEL_DATABASE_URL."""
        return f"postgresql://{ROLE}@/{name}?host={self.home}"

    def query(self, text: str, name: str = "postgres") -> list[tuple]:
        """Run one statement as its administrator."""
        with psycopg.connect(self.address(name), autocommit=True) as connection:
            cursor = connection.execute(text)
            return cursor.fetchall() if cursor.description else []

    def copy_of(self, template: str) -> str:
        """Make a database like another one; return its name."""
        self.made += 1
        name = f"of_test_{self.made}"
        self.query(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database."""
        self.query(f"DROP DATABASE {name} WITH (FORCE)")

    def wait_until_alone(self, name: str) -> None:
        """Wait until the server has noticed that all clients of a database are gone."""
        while self.query(f"SELECT pid FROM pg_stat_activity WHERE datname = '{name}'"):  # noqa: S608 - names made here
            time.sleep(0.01)

    def _run(self, program: str, *told: str) -> None:
        done = subprocess.run(
            [self.programs / program, *told], cwd=self.home, capture_output=True, text=True, check=False,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, **self.somebody,
        )  # fmt: skip
        if done.returncode:
            pytest.fail(f"{program} failed:\n{done.stdout}{done.stderr}", pytrace=False)
