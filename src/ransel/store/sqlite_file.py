"""A SQLite database as one file: copied while others write, with the head of its chain inside."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pysqlite3

from ransel.chart.chain import Head
from ransel.language import refuse
from ransel.store.heads import as_kept, read_head

BESIDE = ("", "-wal", "-shm", "-journal")
"""What SQLite keeps beside a database."""

_WAIT_S = 30


def copy_database(source: Path, target: Path) -> None:
    """Copy a database as it stands at one moment, into one file that needs nothing beside it.

    Raises:
        Refused: when the source is no database, or a damaged one, or there is no room for the copy.
    """
    address = f"file:{quote(str(source.absolute()))}?mode=ro"
    try:
        with closing(pysqlite3.connect(address, uri=True, timeout=_WAIT_S)) as of:
            of.execute("PRAGMA trusted_schema=OFF")
            of.execute("SELECT count(*) FROM sqlite_master").fetchone()
            with closing(pysqlite3.connect(target)) as to:
                of.backup(to)
                to.execute("PRAGMA journal_mode=DELETE")
                sound = to.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
    except pysqlite3.DatabaseError as error:
        if "disk is full" in str(error):  # the only way in which it says so
            refuse("file.not-written", "FILE", target)
        sound = False
    if not sound:
        refuse("backup.no-database", "FILE", source)


def write_head(file: Path, head: Head) -> None:
    """Keep a head inside a copy."""
    with closing(pysqlite3.connect(file)) as copy, copy:
        copy.execute("DROP TABLE IF EXISTS ransel_backup")
        copy.execute("CREATE TABLE ransel_backup (head TEXT NOT NULL)")
        copy.execute("INSERT INTO ransel_backup VALUES (?)", [json.dumps(as_kept(head))])


def take_head(file: Path) -> Head | None:
    """Take the head out of a copy and return it, None when there is none.

    Raises:
        Refused: when what is kept there is no head.
    """
    with closing(pysqlite3.connect(file)) as copy, copy:
        if not copy.execute("SELECT 1 FROM sqlite_master WHERE type='table' AND name='ransel_backup'").fetchone():
            return None
        kept = copy.execute("SELECT head FROM ransel_backup").fetchone()
        copy.execute("DROP TABLE ransel_backup")
    return read_head(str(kept[0]).encode() if kept else b"")
