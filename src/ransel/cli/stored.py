"""The database of an installation, opened for a command that works with what it holds."""

from __future__ import annotations

import getpass
from pathlib import Path

from ransel.hospital.start import require_tables, start_django
from ransel.language import refuse

ADDRESS = "RANSEL_DATABASE_URL"
PAGE = "command-line"
"""What the access log says instead of a page."""


def open_database(*, up_to_date: bool = True) -> None:
    """Open the database that the environment names, without making one.

    Raises:
        Refused: when it is not there, cannot be reached, or has no tables, or older ones unless those will do.
    """
    start_django()
    from django.db import DatabaseError, connection

    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not _holds_anything(Path(name)):  # SQLite would make one
        refuse("database.missing", ADDRESS, name)
    try:
        if up_to_date:
            require_tables()
        elif "ransel_journal" not in connection.introspection.table_names():
            refuse("database.not-ready", ADDRESS)
    except DatabaseError:
        refuse("database.unreachable", ADDRESS, name)


def _holds_anything(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0


def write_access(action: str, treatment: str, child: str) -> None:
    """Write into the access log that somebody with the rights of the system has taken out or put in a chart."""
    from ransel.hospital.clock import now
    from ransel.store.models import AccessRow

    AccessRow.objects.create(
        at=now(), who=_operator(), role="", organisation="", action=action, page=PAGE, treatment=treatment, child=child
    )


def _operator() -> str:
    try:
        return f"system:{getpass.getuser()}"[:60]
    except (KeyError, OSError):  # an account without a name
        return "system:"
