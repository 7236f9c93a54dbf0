"""From an address to a database that keeps what it has acknowledged, and no address that is half understood."""

from pathlib import Path

import pytest

from ransel.language import Refused
from ransel.store.database import databases


def asked(statement):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


@pytest.mark.hazard("HZ-075")
@pytest.mark.usefixtures("sqlite")
def test_sqlite_acknowledges_nothing_that_has_not_reached_the_disk():
    assert asked("PRAGMA journal_mode") == "wal"
    assert asked("PRAGMA synchronous") == 2  # FULL: every commit is synced
    assert asked("PRAGMA foreign_keys") == 1
    assert asked("PRAGMA busy_timeout") == 30000


@pytest.mark.hazard("HZ-075")
@pytest.mark.usefixtures("sqlite")
def test_sqlite_is_one_without_the_fault_that_damages_what_two_connections_write():
    assert tuple(map(int, asked("SELECT sqlite_version()").split("."))) >= (3, 51, 3)


@pytest.mark.hazard("HZ-075")
@pytest.mark.usefixtures("sqlite")
def test_a_transaction_of_sqlite_begins_as_a_writing_one():
    import pysqlite3
    from django.db import connection, transaction

    with transaction.atomic():
        other = pysqlite3.connect(connection.settings_dict["NAME"], timeout=0)
        with pytest.raises(pysqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


@pytest.mark.hazard("HZ-075")
@pytest.mark.usefixtures("postgresql")
def test_postgresql_acknowledges_nothing_that_has_not_reached_the_disk():
    assert asked("SHOW synchronous_commit") == "on"
    assert asked("SHOW fsync") == "on"
    assert asked("SHOW lock_timeout") == "30s"


@pytest.mark.parametrize(("url", "path"), [
    ("sqlite:///ransel.db", "ransel.db"),
    ("sqlite:////srv/ransel.db", "/srv/ransel.db"),
    ("sqlite:////srv/a%20folder/ransel.db", "/srv/a folder/ransel.db"),
])  # fmt: skip
def test_the_address_of_a_file_is_its_path(url, path):
    assert Path(databases(url)["default"]["NAME"]) == Path(path)


def test_the_address_of_a_server_says_who_where_and_what():
    found = databases("postgresql://nurse:a%20secret@db.example:5433/ransel?sslmode=verify-full")["default"]
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "nurse", "a secret", "db.example", "5433", "ransel",
    )  # fmt: skip
    assert found["OPTIONS"]["sslmode"] == "verify-full"


def test_what_the_address_asks_of_the_server_is_kept_beside_what_must_be():
    found = databases("postgresql://nurse@/ransel?options=-c%20search_path%3Dchart")["default"]["OPTIONS"]["options"]
    assert found == "-c search_path=chart -c synchronous_commit=on -c lock_timeout=30s"


@pytest.mark.parametrize("url", [
    "", "ransel.db", "sqlite:", "sqlite://", "sqlite:///", "sqlite://ransel.db", "sqlite://host/ransel.db",
    "mysql://nurse:a-secret@host/ransel", "postgresql://", "postgresql://nurse:a-secret@host",
    "postgresql://nurse:a-secret@host/ransel?no_such_word=1", "postgresql://nurse:a-secret%zz@host/ransel",
    "postgresql://[::1/ransel", "postgresql://nurse:a-secret@[::1/ransel",
])  # fmt: skip
def test_an_address_that_is_not_understood_is_refused_without_telling_the_password(url):
    with pytest.raises(Refused) as refused:
        databases(url)
    (one,) = refused.value.refusals
    assert (one.code, one.field) == ("database.address", "RANSEL_DATABASE_URL")
    assert "a-secret" not in one.text("nl") + one.text("en")
