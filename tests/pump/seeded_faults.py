"""Faults put into the controller on purpose, and the pump that has one of them."""

from __future__ import annotations

import os
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path

import ransel

PACKAGE = Path(ransel.__file__).parent
LIST = Path(__file__).parent / "seeded_faults.toml"


@dataclass(frozen=True)
class SeededFault:
    """One wrong line: in which file of the package, what stands there, what stands there instead, and where it is known
    from when it was found in published code."""

    id: str
    what: str
    file: str
    right: str
    wrong: str
    known: str = ""

    @property
    def source(self) -> str:
        return (PACKAGE / self.file).read_text(encoding="utf-8")

    def package_in(self, folder: Path) -> Path:
        """Make a package that has this fault, of links to the real one, and return where it can be imported from."""
        shutil.copytree(
            PACKAGE, folder / "ransel", copy_function=os.symlink, ignore=shutil.ignore_patterns("__pycache__")
        )
        target = folder / "ransel" / self.file
        target.unlink()
        target.write_text(self.source.replace(self.right, self.wrong), encoding="utf-8")
        return folder


def seeded_faults() -> tuple[SeededFault, ...]:
    """Return the whole list."""
    with LIST.open("rb") as file:
        return tuple(SeededFault(**row) for row in tomllib.load(file)["faults"])
