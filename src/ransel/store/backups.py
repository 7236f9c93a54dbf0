"""A backup while others work, and a new database out of it, both checked against the chain.

SQLite: one file that is a database itself, with the head of its chain inside. PostgreSQL: what `pg_dump` writes, with
the head in a file beside it. A backup holds names, birth dates and log-ins: it is as secret as the database.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.db.migrations.loader import MigrationLoader

from ransel.chart.chain import EMPTY, Head
from ransel.chart.wording import chain_fault
from ransel.language import refuse
from ransel.store import postgresql_dump, sqlite_file
from ransel.store.boards import rebuild_boards
from ransel.store.checking import Checked, check_chain
from ransel.store.heads import as_kept, read_head
from ransel.store.journal import DatabaseJournal
from ransel.store.new_file import new_file, refuse_existing
from ransel.store.triggers import TABLES

JOURNAL = "ransel_journal"
"""The table without which a database is none of Ransel."""
COPY = "copy"
"""Under which name the copy of a database is opened beside the database itself."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restored database holds.

    Values:
        head: the end of its chain, whose position is the number of entries. treatments: how many there are.
        kept: whether the chain was held against a head that was kept with the backup.
    """

    head: Head
    treatments: int
    kept: bool


def head_file(file: Path) -> Path:
    """Return the file beside a PostgreSQL backup that holds the head."""
    return file.with_name(f"{file.name}.head.json")


def back_up(file: Path) -> Checked:
    """Write the default database into a new file while others work; return what its chain holds.

    Raises:
        Refused: when the file is there, cannot be written, or the chain of the database is broken.
    """
    if connection.vendor == "postgresql":
        return _back_up_postgresql(file)
    with new_file(file) as part:
        sqlite_file.copy_database(Path(connection.settings_dict["NAME"]), part)
        with _opened(part) as alias:
            checked = _whole(check_chain(DatabaseJournal(alias)))
        sqlite_file.write_head(part, checked.head)
    return checked


def restore(file: Path) -> Restored:
    """Make the default database, which must not be there yet, out of a backup.

    Raises:
        Refused: when the database is there or has tables, or the backup does not hold; then nothing was made.
    """
    if not file.is_file():
        refuse("file.missing", "FILE", file)
    if connection.vendor == "postgresql":
        return _restore_postgresql(file)
    target = Path(connection.settings_dict["NAME"])
    for ending in sqlite_file.BESIDE:
        refuse_existing(target.with_name(target.name + ending), "RANSEL_DATABASE_URL")
    target.parent.mkdir(parents=True, exist_ok=True)
    with new_file(target, "RANSEL_DATABASE_URL") as part:
        sqlite_file.copy_database(file, part)
        head = sqlite_file.take_head(part)
        expected = _of_a_new_database(part.with_name("new"))
        with _as_default(part):
            return _brought_up(head, expected)


def _brought_up(head: Head | None, triggers: Mapping[str, str]) -> Restored:
    """Bring the tables of what was put back up to date, check it and write its boards."""
    try:
        if JOURNAL not in connection.introspection.table_names():
            refuse("backup.no-database", "FILE", "")
        _refuse_newer()
        call_command("migrate", interactive=False, verbosity=0)
        checked = _whole(check_chain(DatabaseJournal(), head or EMPTY))
        _refuse_other_triggers(triggers)
        rebuild_boards(DatabaseJournal())
    except DatabaseError:
        refuse("backup.no-database", "FILE", "")
    return Restored(checked.head, checked.treatments, head is not None)


def _whole(checked: Checked) -> Checked:
    if checked.broken:
        refuse("backup.broken", "FILE", str(checked.broken.position), why=chain_fault(checked.broken.why))
    if checked.damage:
        refuse("backup.no-database", "FILE", "")
    return checked


def _refuse_newer() -> None:
    """Refuse tables of a later version of Ransel: this one would read them wrongly."""
    loader = MigrationLoader(connection)
    newer = sorted(name for app, name in loader.applied_migrations
                   if app == "store" and (app, name) not in loader.disk_migrations)  # fmt: skip
    if newer:
        refuse("backup.newer", "FILE", newer[-1])


def _refuse_other_triggers(expected: Mapping[str, str]) -> None:
    """Refuse a database whose entries could be changed, or that does more than its own triggers do."""
    found = _triggers()
    differing = sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
    if differing:
        refuse("backup.triggers", "FILE", differing[0])


def _triggers() -> Mapping[str, str]:
    """Return the triggers that work in the default database: on SQLite with what they do."""
    query = (
        "SELECT tgname, '' FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
        if connection.vendor == "postgresql"
        else "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {str(name): str(does) for name, does in cursor.fetchall()}


def _of_a_new_database(file: Path) -> Mapping[str, str]:
    """Return the triggers of a database that this version makes; made for the purpose, so that none is left out."""
    with _as_default(file):
        call_command("migrate", interactive=False, verbosity=0)
        return _triggers()


@contextmanager
def _opened(part: Path) -> Iterator[str]:
    """Open a copy for reading, beside the database that others go on writing to."""
    known: dict[str, Any] = connections.settings
    told = known[DEFAULT_DB_ALIAS]
    known[COPY] = told | {"NAME": str(part), "OPTIONS": told["OPTIONS"] | {"init_command": "PRAGMA query_only=ON"}}
    try:
        yield COPY
    finally:
        connections[COPY].close()
        del connections[COPY]
        del known[COPY]


@contextmanager
def _as_default(part: Path) -> Iterator[None]:
    """Let a file that has no name yet be the default database, and leave it as one file."""
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(part)
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")  # the whole file reaches the disk before it gets its name
        yield
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name


def _back_up_postgresql(file: Path) -> Checked:
    postgresql_dump.require("pg_dump")
    beside = head_file(file)
    refuse_existing(file, "FILE")
    with new_file(beside) as head_part, new_file(file) as part:
        with transaction.atomic():
            with connection.cursor() as cursor:
                # the dump and the walk see the same moment, whoever writes meanwhile
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SELECT pg_export_snapshot()")
                (snapshot,) = cursor.fetchone()
            checked = _whole(check_chain(DatabaseJournal()))
            postgresql_dump.dump(connection.settings_dict, str(snapshot), part)
        told = as_kept(checked.head) | {"sha256": _sum(part)}
        head_part.write_text(json.dumps(told), "utf-8")
    return checked


def _restore_postgresql(file: Path) -> Restored:
    postgresql_dump.require("pg_restore")
    head = _kept_beside(file)
    if connection.introspection.table_names():
        refuse("restore.has-tables", "RANSEL_DATABASE_URL", connection.settings_dict["NAME"])
    connection.close()
    return _or_emptied(lambda: _filled(file, head))


def _filled(file: Path, head: Head | None) -> Restored:
    postgresql_dump.fill(connection.settings_dict, file)
    return _brought_up(head, {f"{table}_{ending}": "" for table in TABLES for ending in ("no_change", "no_truncate")})


def _or_emptied(make: Callable[[], Restored]) -> Restored:
    """Make a database, or leave it as empty as it was found."""
    try:
        return make()
    except BaseException:
        connection.close()
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")
            cursor.execute("DROP FUNCTION IF EXISTS ransel_append_only() CASCADE")
        raise


def _kept_beside(file: Path) -> Head | None:
    """Return the head beside a backup, None when only the backup itself was kept."""
    beside = head_file(file)
    if not beside.is_file():
        return None
    data = beside.read_bytes()
    head = read_head(data)
    if json.loads(data).get("sha256") != _sum(file):
        refuse("backup.other-sum", "FILE", file)
    return head


def _sum(file: Path) -> str:
    with file.open("rb") as opened:
        found = sha256()
        while piece := opened.read(1 << 20):
            found.update(piece)
    return found.hexdigest()
