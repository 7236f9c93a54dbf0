"""A database for tests of the store and of pages: made once for a process, and as new for every test.

A test that asks for `hospital_db` gets an empty, migrated SQLite database as the default database of this process.
Tables that can only be appended to cannot be emptied, so every test gets a copy of the file.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(tempfile.mkdtemp(prefix="ransel-test-"))
SETTINGS = {"RANSEL_HOME": str(HOME), "RANSEL_DEMO": "1", "RANSEL_LANGUAGE": "nl"}
UNSET = ("RANSEL_DATABASE_URL", "RANSEL_NOW", "RANSEL_SECRET_KEY", "RANSEL_PROTOCOLS")
BESIDE = ("", "-wal", "-shm")


@pytest.fixture(scope="session")
def django_ready() -> Iterator[Path]:
    """Wake Django with the settings of a demo in a folder of this process; give a migrated file to copy."""
    from ransel.hospital.start import start_django

    with pytest.MonkeyPatch.context() as environment:  # the settings read it once; programs under test get their own
        for name, value in SETTINGS.items():
            environment.setenv(name, value)
        for name in UNSET:
            environment.delenv(name, raising=False)
        start_django()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    template = HOME / "template.sqlite3"
    shutil.copy(HOME / "ransel.sqlite3", template)
    yield template
    connection.close()
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture
def hospital_db(django_ready: Path) -> Iterator[Path]:
    """Give an empty database with all tables, as the default one."""
    from django.db import connection

    connection.close()
    file = HOME / "ransel.sqlite3"
    for ending in BESIDE:
        file.with_name(file.name + ending).unlink(missing_ok=True)
    shutil.copy(django_ready, file)
    (HOME / "demo-clock").unlink(missing_ok=True)
    yield file
    connection.close()
