"""Making the database of the demo ready; serving it is done elsewhere."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from ransel.hospital.demo.people import HOSPITAL
from ransel.hospital.demo.programme import write_programme
from ransel.language import LANGUAGES, refuse
from ransel.store.models import Organisation, Person

BESIDE_THE_FILE = ("", "-wal", "-shm", "-journal")
"""What SQLite keeps beside a database file."""


def prepare_demo(home: Path, now: datetime, *, fresh: bool = False) -> bool:
    """Make the database of a demo, with its programme as it stands at `now`; return whether it was written.

    One that is there already is left as it is, whatever day it is of, unless `fresh` throws it away. What a hospital
    has written is never touched.

    Raises:
        Refused: when the database is not of a demo, or cannot be thrown away.
    """
    home.mkdir(parents=True, exist_ok=True)
    _make_tables()
    if Person.objects.exists():
        if not Organisation.objects.filter(code=HOSPITAL).exists():
            refuse("demo.not-a-demo", "RANSEL_DATABASE_URL")
        if not fresh:
            return False
        _throw_away()
        _make_tables()
    language = next((one for one in LANGUAGES if one == settings.LANGUAGE_CODE), LANGUAGES[0])
    write_programme(now, language)
    return True


def _make_tables() -> None:
    call_command("migrate", interactive=False, verbosity=0)


def _throw_away() -> None:
    """Remove the file of the database; entries cannot be removed in any other way."""
    if connection.vendor != "sqlite":
        refuse("demo.only-sqlite", "RANSEL_DATABASE_URL", connection.vendor)
    file = Path(connection.settings_dict["NAME"])
    connection.close()
    for ending in BESIDE_THE_FILE:
        file.with_name(file.name + ending).unlink(missing_ok=True)
