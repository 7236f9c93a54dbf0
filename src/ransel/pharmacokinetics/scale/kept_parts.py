"""Parts of a long simulation kept in a folder, so that it goes on after an interruption from where it was.

The folder holds a manifest, which says whose parts they are, and a file for each shard. A file is written beside its
place, brought to the disk and then given its name, so it is there whole or not at all. It begins with a digest of what
it holds and of the manifest: what does not agree with it is done again. Nothing else in the folder is touched.
"""

from __future__ import annotations

import fcntl
import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Generic, NoReturn

from ransel.language import refuse
from ransel.pharmacokinetics.scale.shards import Shard
from ransel.pharmacokinetics.scale.workers import Part

MANIFEST = "manifest.json"
LOCK = "in-use"
SCHEMA = "ransel/kept-parts/1"
LARGEST_FILE = 50_000_000
"""No part is nearly as large; reading stops here."""

Manifest = Mapping[str, str | int | float]
"""What makes a run this run and no other: children, seed, parameters, regimens, versions."""


@dataclass(frozen=True, slots=True)
class Packing(Generic[Part]):
    """How a part is written and read. `unpack` raises ValueError, KeyError or TypeError for what is no part."""

    pack: Callable[[Part], bytes]
    unpack: Callable[[bytes], Part]


@dataclass(frozen=True, slots=True)
class KeptParts(Generic[Part]):
    """The parts of one run in a folder. Use `opened` around everything else."""

    folder: Path
    manifest: Manifest
    packing: Packing[Part]

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Hold the folder for this run alone; make it when it is not there.

        Raises:
            Refused: when it holds something else or parts of another run, when another run works in it, and when it
            cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._is_ours()
            lock = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            _unwritable(self.folder, error)
        try:
            self._held(lock)
            self._has_manifest()
            yield
        finally:
            os.close(lock)  # which lets go of the folder, as the end of the process does

    def read(self, shard: Shard) -> Part | None:
        """Return the part of a shard, or None when it is not there whole."""
        try:
            content = _content(self._path(shard))
        except FileNotFoundError:
            return None
        except OSError as error:
            _unwritable(self._path(shard), error)
        digest, _, packed = content.partition(b"\n")
        if digest != self._digest(shard, packed):
            return None
        try:
            return self.packing.unpack(zlib.decompress(packed))
        except (zlib.error, ValueError, KeyError, TypeError):
            return None

    def keep(self, shard: Shard, part: Part) -> None:
        """Keep the part of a shard; it is on the disk when this returns."""
        packed = zlib.compress(self.packing.pack(part))
        self._write(self._path(shard), self._digest(shard, packed) + b"\n" + packed)

    def _path(self, shard: Shard) -> Path:
        return self.folder / f"part-{shard.start}-{shard.stop}"

    def _digest(self, shard: Shard, packed: bytes) -> bytes:
        said = b"\n".join([_written(self.manifest), f"{shard.start} {shard.stop}".encode(), packed])
        return sha256(said).hexdigest().encode()

    def _is_ours(self) -> None:
        """Refuse a folder in which somebody keeps something else."""
        others = [one.name for one in self.folder.iterdir() if not _is_named_as_ours(one.name)]
        if others and not (self.folder / MANIFEST).exists():
            refuse("kept-parts.foreign", "keep", self.folder, found=min(others))

    def _held(self, lock: int) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            refuse("kept-parts.in-use", "keep", self.folder)

    def _has_manifest(self) -> None:
        path = self.folder / MANIFEST
        try:
            found = json.loads(_content(path))
        except FileNotFoundError:
            self._write(path, _written(self.manifest))
            return
        except (ValueError, OSError, RecursionError):
            refuse("kept-parts.no-manifest", "keep", path)
        if not isinstance(found, dict):
            refuse("kept-parts.no-manifest", "keep", path)
        _same_run(self.folder, found, json.loads(_written(self.manifest)))

    def _write(self, path: Path, content: bytes) -> None:
        beside = path.with_name(f"{path.name}.new")
        try:
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            _bring_to_disk(self.folder)
        except OSError as error:
            _unwritable(path, error)


def _same_run(folder: Path, found: Mapping[str, object], ours: Mapping[str, object]) -> None:
    for name in [*ours, *found]:
        here, now = found.get(name, "–"), ours.get(name, "–")
        if here != now:
            refuse("kept-parts.other-run", "keep", folder, name=name, here=here, now=now)


def _written(manifest: Manifest) -> bytes:
    return json.dumps({"schema": SCHEMA, **manifest}, indent=1).encode()


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_FILE)


def _is_named_as_ours(name: str) -> bool:
    return name in {MANIFEST, LOCK, f"{MANIFEST}.new"}


def _bring_to_disk(folder: Path) -> None:
    """Bring the names in a folder to the disk, not only what is in the files."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _unwritable(path: Path, error: OSError) -> NoReturn:
    refuse("kept-parts.unwritable", "keep", path, why=error.strerror or type(error).__name__)
