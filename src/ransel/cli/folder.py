"""The papers of a course in a folder: all of them, or none."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from ransel.infusion import Ledger
from ransel.language import LANGUAGES, Language, Message, refuse
from ransel.papers import family_calendar, label, staff_calendar, timeline_png, timeline_svg, worksheet
from ransel.papers.course_json import course_json
from ransel.planning import PlannedCourse

_REASONS = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EACCES: "forbidden",
    errno.EPERM: "forbidden",
    errno.EROFS: "forbidden",
    errno.ENOTDIR: "file-in-the-way",
    errno.EEXIST: "file-in-the-way",
    errno.EISDIR: "folder-in-the-way",
}


def write_papers(course: PlannedCourse, folder: Path, language: Language, now: datetime) -> list[Path]:
    """Write every paper of a course into a folder and return their paths.

    Calendars that are there already are continued: what moved gets a new sequence number, what fell away
    stays as cancelled. Everything is made before anything is written.

    Raises:
        Refused: when the folder holds the papers of another patient or course, or cannot be written to; then
            nothing in it has changed.
    """
    try:
        _refuse_other_papers(course, folder)
        papers = dict(_papers(course, folder, language, now))
        _write(papers, folder)
    except OSError as error:
        _refuse_folder(folder, error)
    return [folder / name for name in papers]


def write_files(files: Mapping[str, bytes], folder: Path, *, ledger: Ledger) -> list[Path]:
    """Write the files of an infusion into a folder and return their paths; all of them, or none.

    Raises:
        Refused: when the folder holds the account of another child or cannot be written to.
    """
    try:
        _refuse_another_child(ledger, folder)
    except OSError as error:
        _refuse_folder(folder, error)
    return write_pages(files, folder)


def write_pages(files: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write files that are about no single child into a folder and return their paths; all of them, or none.

    Raises:
        Refused: when the folder cannot be written to.
    """
    try:
        _write(files, folder)
    except OSError as error:
        _refuse_folder(folder, error)
    return [folder / name for name in files]


def _refuse_folder(folder: Path, error: OSError) -> NoReturn:
    reason = Message(f"folder.{_REASONS.get(error.errno or 0, 'other')}")
    refuse("option.cannot-write", "--out", folder, reason=reason)


@contextmanager
def new_files(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write to; at the end all its files come into `folder`, or none when anything went wrong.

    Raises:
        Refused: when the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix=".ransel-") as waiting:
            yield Path(waiting)
            made = sorted(Path(waiting).iterdir())
            if any((folder / path.name).is_dir() for path in made):
                raise IsADirectoryError(errno.EISDIR, "a folder has the name of a file")
            for path in made:
                path.replace(folder / path.name)
    except OSError as error:
        reason = Message(f"folder.{_REASONS.get(error.errno or 0, 'other')}")
        refuse("option.cannot-write", "--out", folder, reason=reason)


def _refuse_another_child(ledger: Ledger, folder: Path) -> None:
    document = folder / "ledger.json"
    if not document.is_file():
        return
    try:
        found = json.loads(document.read_bytes())["patient"]
    except (ValueError, KeyError, TypeError):
        found = None
    if found != ledger.plan.patient:
        refuse("option.other-papers", "--out", folder)


def _write(papers: Mapping[str, bytes], folder: Path) -> None:
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix=".ransel-") as waiting:
            for name, content in papers.items():
                (Path(waiting) / name).write_bytes(content)
            if any((folder / name).is_dir() for name in papers):
                raise IsADirectoryError(errno.EISDIR, "a folder has the name of a paper")
            for name in papers:
                (Path(waiting) / name).replace(folder / name)
        for old in _superseded(papers, folder):
            old.unlink()
    except OSError:
        for empty in made:
            with suppress(OSError):
                empty.rmdir()
        raise


def _superseded(papers: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Return the worksheets and labels of an earlier plan that this one no longer has."""
    if "course.json" not in papers:
        return []
    kept = (path for kind in ("worksheet-*.pdf", "label-*.pdf") for path in folder.glob(kind))
    return [path for path in kept if path.name not in papers]


def _refuse_other_papers(course: PlannedCourse, folder: Path) -> None:
    """Refuse a folder with the papers of another patient or course: papers of two children must never lie mixed.

    Raises:
        Refused: when the course in the folder is another one, or cannot be read.
    """
    document = folder / "course.json"
    if not document.is_file():
        return
    patient = course.order.patient
    mine = (patient.name, patient.born.isoformat(), patient.number, course.order.course_number)
    try:
        there = json.loads(document.read_bytes())
        found = (there["patient"]["name"], there["patient"]["born"], there["patient"]["number"], there["course"])
    except (ValueError, KeyError, TypeError):
        found = None
    if found != mine:
        refuse("option.other-papers", "--out", folder)


def _papers(course: PlannedCourse, folder: Path, language: Language, now: datetime) -> Iterator[tuple[str, bytes]]:
    document = json.dumps(course_json(course, language), ensure_ascii=False, indent=2)
    yield "course.json", document.encode()
    yield "family.ics", family_calendar(course, language, now, _earlier(folder / "family.ics"))
    yield "staff.ics", staff_calendar(course, language, now, _earlier(folder / "staff.ics"))
    yield "timeline.svg", timeline_svg(course, language).encode()
    yield "timeline.png", timeline_png(course, language)
    for made in course.plan.preparations:
        kind = f"{made.container.option.kind}-{made.container.index}"
        for words in LANGUAGES:
            yield f"worksheet-{kind}-{words}.pdf", worksheet(course, made, words, None)
            yield f"label-{kind}-{words}.pdf", label(course, made, words, None)


def _earlier(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
