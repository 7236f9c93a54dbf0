"""`ransel chart`: the chain of all entries, one treatment as a file, and who has looked at a child."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ransel.cli.documents import read_bytes
from ransel.cli.output import show, show_data
from ransel.cli.settings import read_settings
from ransel.cli.stored import open_database, write_access
from ransel.cli.table import columns
from ransel.language import Language, Message, Refused, refuse
from ransel.protocols.reading import place_of

Read = TypeVar("Read")


def verify(head_file: Path | None, *, as_json: bool, language: str | None) -> None:
    """Walk the whole chain, and say that it is whole or where it is not."""
    words = read_settings(language).language
    open_database()
    from ransel.chart.chain import EMPTY
    from ransel.chart.wording import chain_fault
    from ransel.store.checking import check_chain
    from ransel.store.heads import read_head
    from ransel.store.journal import DatabaseJournal

    expected = EMPTY if head_file is None else _of_file(head_file, read_head)
    checked = check_chain(DatabaseJournal(), expected, _progress(words))
    _clear_progress()
    broken = checked.broken
    if broken:
        refuse("chart.broken", "position", broken.position, treatment=checked.treatment or "-",
               why=chain_fault(broken.why))  # fmt: skip
    if checked.damage:
        refuse("chart.damaged-file", "RANSEL_DATABASE_URL")
    found = {"position": checked.head.position, "hash": checked.head.hash, "treatments": checked.treatments}
    if as_json:
        show_data({"schema": "ransel/verified/1", "whole": True, **found})
    else:
        show(Message("cli.chart-whole", found).text(words))


def show_head(out: Path | None, *, as_json: bool, language: str | None) -> None:
    """Say where the chain ends, to keep it elsewhere."""
    words = read_settings(language).language
    open_database()
    from ransel.store.heads import as_kept
    from ransel.store.journal import DatabaseJournal

    head = as_kept(DatabaseJournal().head())
    if out is not None:
        _write(out, f"{json.dumps(head)}\n".encode())
    if as_json:
        show_data(head)
    elif out is None:
        show(Message("cli.chart-head", {"position": head["position"], "hash": head["hash"]}).text(words))
    else:
        show(Message("cli.written", {"file": out}).text(words))


def rebuild(language: str | None) -> None:
    """Write all boards anew from the entries."""
    words = read_settings(language).language
    open_database()
    from django.db import transaction

    from ransel.store.boards import rebuild_boards
    from ransel.store.journal import DatabaseJournal, lock_for_writing

    with transaction.atomic():
        lock_for_writing()
        count = rebuild_boards(DatabaseJournal())
    show(Message("cli.chart-rebuilt", {"treatments": count}).text(words))


def export(treatment: str, out: Path, language: str | None) -> None:
    """Write one treatment into a new file."""
    words = read_settings(language).language
    open_database()
    from ransel.store.exported import export_treatment, read_export
    from ransel.store.models import AccessRow

    data = export_treatment(treatment)
    exported = read_export(data)  # what this program writes must be what it reads
    write_access(AccessRow.EXPORT, treatment, exported.child)
    _write(out, data)
    values = {"treatment": treatment, "entries": len(exported.written), "file": out}
    show(Message("cli.chart-exported", values).text(words))


def import_file(file: Path, language: str | None) -> None:
    """Append a treatment that was exported elsewhere."""
    words = read_settings(language).language
    open_database()
    from django.db import transaction

    from ransel.store.exported import import_treatment, read_export
    from ransel.store.models import AccessRow, Child

    exported = _of_file(file, read_export)
    try:
        with transaction.atomic():
            is_new = import_treatment(exported)
            if is_new:
                write_access(AccessRow.WRITE, exported.treatment, exported.child)
    except Refused as refused:
        raise refused.in_file(place_of(file)) from None
    values = {"treatment": exported.treatment, "entries": len(exported.written)}
    show(Message("cli.chart-imported" if is_new else "cli.chart-import-known", values).text(words))
    if not Child.objects.filter(code=exported.child).exists():
        show(Message("cli.chart-child-unknown", {"child": exported.child}).text(words))


def reads(whom: str, out: Path | None, *, as_json: bool, language: str | None) -> None:
    """Say who has looked at the data of one child."""
    words = read_settings(language).language
    open_database()
    from ransel.store.reads import COLUMNS, as_csv, reads_of

    found = reads_of(whom)
    if out is not None:
        _write(out, as_csv(found))
    if as_json:
        show_data([dict(zip(COLUMNS, row, strict=True)) for row in found])
        return
    if out is None and found:
        show(columns([COLUMNS, *found], indent=0))
    said = Message("cli.chart-reads", {"count": len(found)}) if out is None else Message("cli.written", {"file": out})
    show(said.text(words))


def _of_file(file: Path, read: Callable[[bytes], Read]) -> Read:
    """Return what a file holds; what is refused names the file."""
    data = read_bytes(file)
    try:
        return read(data)
    except Refused as refused:
        raise refused.in_file(place_of(file)) from None


def _write(out: Path, data: bytes) -> None:
    from ransel.store.new_file import new_file

    with new_file(out, "--out") as part:
        part.write_bytes(data)


def _progress(words: Language) -> Callable[[int], None]:
    """Return what tells a person at a terminal how far the walk has come; nobody else is told."""

    def tell(position: int) -> None:
        if _is_terminal():
            sys.stderr.write(f"\r{Message('cli.chart-walking', {'position': position}).text(words)}")
            sys.stderr.flush()

    return tell


def _clear_progress() -> None:
    if _is_terminal():
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()
