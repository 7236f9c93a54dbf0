"""The installed program, started as a person starts it: in a folder, with an environment, and nothing else."""

import hashlib
import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
RANSEL = Path(sys.executable).with_name("ransel")
NOOR = ROOT / "examples" / "noor.toml"
NOW, START = "2027-02-02T09:00", "2027-02-05T14:00"
COURSE = f"course noor.toml --now {NOW} --start {START}"


@dataclass(frozen=True)
class Outcome:
    """What a run left behind."""

    code: int
    out: str
    err: str

    @property
    def data(self):
        return json.loads(self.out)


def ransel(command, folder, **environment):
    """Run a command, as a line or as words, in a folder that is also the home of its user."""
    words = shlex.split(command) if isinstance(command, str) else command
    outside = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [RANSEL, *words],
        cwd=folder, env=outside | environment, capture_output=True, timeout=300, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    letters = environment.get("PYTHONIOENCODING", "utf-8")
    return Outcome(done.returncode, done.stdout.decode(letters), done.stderr.decode(letters))


def tree(folder):
    """Everything in a folder with what is in it."""
    return {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest() if _has_content(path) else ""
        for path in sorted(folder.rglob("*"))
    }


def _has_content(path):
    return path.is_file() and not path.is_symlink()
