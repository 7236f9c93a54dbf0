"""A PostgreSQL database as one file, by PostgreSQL's own programs. A password goes by the environment only."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo

from ransel.language import refuse

INSTALL = "sudo apt-get install postgresql-client"


def dump(settings: Mapping[str, Any], snapshot: str, file: Path) -> None:
    """Write the database, as a transaction that is still open sees it, into a file.

    Raises:
        Refused: when `pg_dump` is missing or fails.
    """
    told = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={file}")
    _run("pg_dump", settings, told)


def fill(settings: Mapping[str, Any], file: Path) -> None:
    """Fill an empty database from a file, wholly or not at all.

    Raises:
        Refused: when `pg_restore` is missing or fails.
    """
    told = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(file))
    _run("pg_restore", settings, told)


def require(program: str) -> str:
    """Return where a program of PostgreSQL is.

    Raises:
        Refused: when it is missing, with the command that installs it.
    """
    found = shutil.which(program)
    return found or refuse("backup.no-program", program, "", install=INSTALL)


def _run(program: str, settings: Mapping[str, Any], told: Sequence[str]) -> None:
    command = [require(program), f"--dbname={_address(settings)}", "--no-password", *told]
    secret = {"PGPASSWORD": settings["PASSWORD"]} if settings["PASSWORD"] else {}
    done = subprocess.run(  # noqa: S603 - a fixed program, its words are no shell's
        command, env=os.environ | secret, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if "error:" in line), "")
        refuse("backup.program-failed", program, said.partition("error:")[2].strip())


def _address(settings: Mapping[str, Any]) -> str:
    """Return where the database is, without the password."""
    no_address = {"options", "server_side_binding"}
    more = {name: value for name, value in settings["OPTIONS"].items() if name not in no_address}
    return make_conninfo(
        dbname=settings["NAME"] or None,
        user=settings["USER"] or None,
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        **more,
    )
