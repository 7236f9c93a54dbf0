"""The database of tests that use Django: woken once for a process, and as new for every test.

How to use it:

- `hospital_db` gives a test an empty, migrated SQLite database as Django's default one, with the settings of a demo
  (`ransel.hospital.settings`, RANSEL_DEMO=1, Dutch, a RANSEL_HOME of this process). Ask for it by name, or for a whole
  file: `pytestmark = pytest.mark.usefixtures("hospital_db")`. It yields the path of the database file.
- `django_ready` only wakes Django: for what needs its models or settings and no rows. It yields a migrated file.
- Models, `ransel.store` and `ransel.hospital` are imported inside the test or inside a fixture that asks for one of
  the two, never at the head of a file: without the settings Django refuses to import them.
- Tables that can only be appended to cannot be emptied, so every test gets a copy of the file. Whoever starts a
  thread that reads the database closes its connection there: `django.db.connections.close_all()`.
- A program that a test starts does not see this database, unless it is given its address:
  `ransel("chart verify", folder, RANSEL_DATABASE_URL=f"sqlite:///{hospital_db}")`.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

SETTINGS = {"RANSEL_DEMO": "1", "RANSEL_LANGUAGE": "nl"}
UNSET = ("RANSEL_DATABASE_URL", "RANSEL_NOW", "RANSEL_SECRET_KEY", "RANSEL_PROTOCOLS")
DATABASE = "ransel.sqlite3"
BESIDE = ("", "-wal", "-shm")


@pytest.fixture(scope="session")
def django_ready() -> Iterator[Path]:
    """Wake Django with the settings of a demo in a folder of this process; give a migrated file to copy."""
    home = Path(tempfile.mkdtemp(prefix="ransel-test-"))
    from ransel.hospital.start import start_django

    with pytest.MonkeyPatch.context() as environment:  # the settings read it once; programs under test get their own
        for name, value in (SETTINGS | {"RANSEL_HOME": str(home)}).items():
            environment.setenv(name, value)
        for name in UNSET:
            environment.delenv(name, raising=False)
        start_django()
    from django.core.management import call_command
    from django.db import connection

    (home / "static").mkdir(exist_ok=True)  # where `ransel serve` gathers static files; whitenoise misses it
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    template = home / "template.sqlite3"
    shutil.copy(home / DATABASE, template)
    yield template
    connection.close()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def hospital_db(django_ready: Path) -> Iterator[Path]:
    """Give an empty database with all tables, as the default one."""
    from django.db import connection

    connection.close()
    file = django_ready.with_name(DATABASE)
    for ending in BESIDE:
        file.with_name(file.name + ending).unlink(missing_ok=True)
    shutil.copy(django_ready, file)
    (file.parent / "demo-clock").unlink(missing_ok=True)
    yield file
    connection.close()
