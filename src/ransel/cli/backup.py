"""`ransel backup` and `ransel restore`."""

from __future__ import annotations

from pathlib import Path

from ransel.cli.output import show
from ransel.cli.settings import read_settings
from ransel.cli.stored import ADDRESS, open_database
from ransel.hospital.start import start_django
from ransel.language import Message, refuse


def back_up(file: Path, language: str | None) -> None:
    """Write the database into a new file while others work."""
    words = read_settings(language).language
    open_database(up_to_date=False)  # a backup is made before older tables are brought up to date
    from ransel.store.backups import back_up as write_backup

    checked = write_backup(file)
    values = {"file": file, "entries": checked.head.position, "treatments": checked.treatments,
              "hash": checked.head.hash}  # fmt: skip
    show(Message("cli.backup-made", values).text(words))


def restore(file: Path, language: str | None) -> None:
    """Make a new database out of a backup."""
    words = read_settings(language).language
    start_django()
    from django.db import OperationalError

    from ransel.store.backups import restore as put_back

    try:
        restored = put_back(file)
    except OperationalError:
        refuse("database.unreachable", ADDRESS)
    values = {"entries": restored.head.position, "treatments": restored.treatments, "hash": restored.head.hash}
    show(Message("cli.restored", values).text(words))
    show(Message("cli.restored-with-head" if restored.kept else "cli.restored-without-head").text(words))
