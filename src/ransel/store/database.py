"""From a database address to Django's settings for it.

SQLite comes out of the package pysqlite3: the library that Debian 12 gives to Python, 3.40.1, can damage a database
in write-ahead mode with two connections (sqlite.org/wal.html, "the WAL-reset bug", fixed in 3.51.3).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pysqlite3

from ransel.language import refuse

ADDRESS = "RANSEL_DATABASE_URL"
WAIT_S = 30
"""How long a writer waits for the one before it."""

PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=30000"
"""Every commit reaches the disk before it is acknowledged."""

DURABLE = f"-c synchronous_commit=on -c lock_timeout={WAIT_S}s"
"""The same, as PostgreSQL says it; what the address asks for beside it is kept."""


def use_newer_sqlite() -> None:
    """Let everything in this process that asks for `sqlite3` get pysqlite3; to be called before Django is imported."""
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def databases(url: str) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES for a database address.

    `sqlite:///ransel.db` lies in the present folder, `sqlite:////srv/ransel.db` at that path;
    `postgresql://user:password@host:port/name`, or by a socket `postgresql://user@/name?host=/run/postgresql`.

    Raises:
        Refused: for an address of another kind.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        refuse("database.address", ADDRESS, "-")
    if parts.scheme == "sqlite" and parts.path.strip("/") and not parts.netloc:
        return {"default": _sqlite(Path(unquote(parts.path)[1:]))}
    if parts.scheme in {"postgres", "postgresql"} and parts.path.strip("/"):
        return {"default": _postgresql(url)}
    return refuse("database.address", ADDRESS, parts.scheme or "-")


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"timeout": WAIT_S, "transaction_mode": "IMMEDIATE", "init_command": PRAGMAS},
    }


def _postgresql(url: str) -> dict[str, Any]:
    from psycopg import ProgrammingError  # noqa: PLC0415 - only where PostgreSQL is used
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

    try:
        told = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError:  # its words may hold the password
        refuse("database.address", ADDRESS, urlsplit(url).scheme)
    asked = told.pop("options", "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": told.pop("dbname", ""),
        "USER": told.pop("user", ""),
        "PASSWORD": told.pop("password", ""),
        "HOST": told.pop("host", ""),
        "PORT": told.pop("port", ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # values go beside the statement: the server writes one that fails into its log, and a name would be there too
        "OPTIONS": {**told, "options": f"{asked} {DURABLE}".lstrip(), "server_side_binding": True},
    }
