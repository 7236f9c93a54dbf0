"""Serving the application, and everything that must be so before it is served."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from urllib.error import URLError
from urllib.request import urlopen

from granian import Granian
from granian.constants import Interfaces

from ransel.hospital.environment import DEMO_SECRET, Environment
from ransel.language import Refusal, Refused, refuse

LOOPBACK = "127.0.0.1"
SHORTEST_SECRET = 50
STOPS_WITHIN_S = 5
"""How long a request may last after Ctrl-C before it is ended."""
DEMO_MARK = "this-is-a-demo"
"""A file in the folder of a demo, so that a demo is never written over real data."""


def require_real(environment: Environment, host: str) -> None:
    """Refuse to serve real care with what is good for a demo only.

    Raises:
        Refused: with everything that stands against it.
    """
    refusals = list(_not_for_real(environment, host))
    if refusals:
        raise Refused(refusals)


def _not_for_real(environment: Environment, host: str) -> Iterator[Refusal]:
    if environment.demo:
        yield Refusal("serve.demo", "RANSEL_DEMO", "1")
    if (environment.home / DEMO_MARK).exists():
        yield Refusal("serve.demo-home", "RANSEL_HOME", str(environment.home.name))
    if environment.secret == DEMO_SECRET:
        yield Refusal("serve.demo-secret", "RANSEL_SECRET_KEY")
    elif len(environment.secret) < SHORTEST_SECRET or len(set(environment.secret)) < SHORTEST_SECRET // 5:
        yield Refusal("serve.weak-secret", "RANSEL_SECRET_KEY", "", {"least": SHORTEST_SECRET})
    if not environment.hosts:
        yield Refusal("serve.no-hosts", "RANSEL_ALLOWED_HOSTS")
    if host != LOOPBACK and not environment.proxied:
        yield Refusal("serve.not-encrypted", "--host", host)


def require_nobody_of_the_demo() -> None:
    """Refuse to serve while somebody can log in with the password that every demo prints.

    Raises:
        Refused: naming who.
    """
    from ransel.hospital.demo.people import PASSWORD, PEOPLE  # noqa: PLC0415 - Django must be awake
    from ransel.store.models import Person  # noqa: PLC0415

    names = [one.username for one in PEOPLE]
    for person in Person.objects.filter(username__in=names, is_active=True):
        if person.check_password(PASSWORD):
            refuse("serve.demo-person", "people", person.username)


def require_demo_home(environment: Environment, *, database_is_set: bool) -> None:
    """Refuse to put a demo where there may be real data; mark the folder as one of a demo.

    Raises:
        Refused: for a database of its own address, or a folder with a database that is no demo.
    """
    if database_is_set:
        refuse("demo.database", "RANSEL_DATABASE_URL")
    mark = environment.home / DEMO_MARK
    if (environment.home / "ransel.sqlite3").exists() and not mark.exists():
        refuse("demo.real-home", "RANSEL_HOME", environment.home.name)
    environment.home.mkdir(parents=True, exist_ok=True)
    mark.touch()


def free_port(host: str, port: int) -> int:
    """Return the port if nobody listens on it; 0 finds one.

    Raises:
        Refused: when it is taken, or is none.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            refuse("serve.port-taken", "--port", str(port))
        return int(probe.getsockname()[1])


def serve(host: str, port: int, workers: int, when_ready: Callable[[str], None], home: Path) -> None:
    """Serve until somebody stops it; `when_ready` gets the address once pages answer."""
    (home / "static").mkdir(parents=True, exist_ok=True)
    address = f"http://{host}:{port}/"
    Thread(target=_tell_when_ready, args=(address, when_ready), daemon=True).start()
    Granian(
        "ransel.hospital.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=workers,
        blocking_threads=4, log_enabled=False, workers_kill_timeout=STOPS_WITHIN_S, respawn_failed_workers=True,
    ).serve()  # fmt: skip


def _tell_when_ready(address: str, when_ready: Callable[[str], None]) -> None:
    while True:
        try:
            with urlopen(f"{address}healthy/", timeout=5) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    when_ready(address)
                    return
        except (URLError, OSError):
            time.sleep(0.1)
