"""What the environment says to the web application, read in one place and checked."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

DEMO_HOSPITAL = Path(__file__).parent / "demo" / "hospital"
"""The settings of the hospital of the demo, as RANSEL_PROTOCOLS names a folder; its courses are planned by them."""
DEMO_SECRET = "ransel-demo-secret-known-to-everybody-and-good-for-nothing"  # noqa: S105 - a demo hides nothing


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings of one installation.

    Values:
        home: where state is kept, from RANSEL_HOME. database: its address, from RANSEL_DATABASE_URL.
        demo: whether this is a demo, from RANSEL_DEMO: synthetic children, no second factor, known log-ins.
        secret: from RANSEL_SECRET_KEY. hosts: names under which it is reached, from RANSEL_ALLOWED_HOSTS.
        proxied: whether a proxy in front speaks https and says so, from RANSEL_BEHIND_PROXY.
        protocols: a hospital's own folder, from RANSEL_PROTOCOLS. now: an instant instead of the clock, RANSEL_NOW.
        language: of people who have not chosen, from RANSEL_LANGUAGE.
    """

    home: Path
    database: str
    demo: bool
    secret: str
    hosts: tuple[str, ...]
    proxied: bool
    protocols: Path | None
    now: str
    language: str


def read_environment() -> Environment:
    """Return what the environment says."""
    told = os.environ
    home = Path(told.get("RANSEL_HOME") or Path.home() / ".local" / "share" / "ransel")
    demo = told.get("RANSEL_DEMO") == "1"
    hosts = tuple(name.strip() for name in told.get("RANSEL_ALLOWED_HOSTS", "").split(",") if name.strip())
    return Environment(
        home=home,
        database=told.get("RANSEL_DATABASE_URL") or f"sqlite:///{home / 'ransel.sqlite3'}",
        demo=demo,
        secret=DEMO_SECRET if demo else told.get("RANSEL_SECRET_KEY", ""),
        hosts=("127.0.0.1", "localhost", "[::1]") if demo else hosts,
        proxied=told.get("RANSEL_BEHIND_PROXY") == "1",
        protocols=Path(told["RANSEL_PROTOCOLS"]) if told.get("RANSEL_PROTOCOLS") else None,
        now=told.get("RANSEL_NOW", ""),
        language=told.get("RANSEL_LANGUAGE") or "nl",
    )
