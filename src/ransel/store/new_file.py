"""Writing a new file: beside its place first, named when it is whole, and never over one that is there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ransel.language import refuse


@contextmanager
def new_file(path: Path, field: str = "FILE") -> Iterator[Path]:
    """Give a path to write to; what is there at the end gets its name, unless anything went wrong.

    The file can be read by its owner only.

    Raises:
        Refused: when there is something under that name, or it cannot be written.
    """
    refuse_existing(path, field)
    try:
        with TemporaryDirectory(dir=path.parent, prefix=".ransel-") as folder:
            part = Path(folder) / "part"
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            yield part
            _reaches_the_disk(part)
            # the name is claimed first: a rename alone would write over what somebody has put there meanwhile
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            part.replace(path)
            _reaches_the_disk(path.parent)
    except FileExistsError:
        refuse("file.exists", field, path)
    except OSError:
        refuse("file.not-written", field, path)


def refuse_existing(path: Path, field: str) -> None:
    """Refuse a name that is taken.

    Raises:
        Refused: when there is anything under it.
    """
    if os.path.lexists(path):
        refuse("file.exists", field, path)


def _reaches_the_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
