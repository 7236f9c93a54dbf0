"""`ransel pk fit`: from a few measured levels to the child they came from, and how sure that is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ransel.cli.output import show, show_data
from ransel.cli.pk_fit_inputs import FitInputs
from ransel.cli.pk_fit_text import course_csv, fit_json, fit_text, levels_csv
from ransel.cli.pk_fitted import Fitted, FittedChild
from ransel.cli.progress import ProgressBar
from ransel.language import Language, Message
from ransel.papers.levels_picture import LevelsSeen, Mark, levels_svg

MOST_PICTURES = 200


def show_fit(inputs: FitInputs, *, as_json: bool) -> None:
    """Fit every child of a table, write files when a folder is given, and print what was found."""
    inputs.check()
    bar = ProgressBar()
    bar.tell(0, 1)  # the first fit on a machine compiles its code, which takes long enough to wonder
    try:
        fitted = Fitted(inputs)
    finally:
        bar.clear()
    files = [] if inputs.out is None else _write(fitted, inputs.out)
    if as_json:
        show_data(fit_json(fitted))
        return
    show(fit_text(fitted))
    if files:
        show("\n" + Message("pk.written", {"folder": inputs.out}).text(inputs.language))
        show("\n".join(f"  {path.name}" for path in files))
    left = len(fitted.children) - MOST_PICTURES
    if files and left > 0:
        show(Message("pk-fit.pictures-left-out", {"count": left}).text(inputs.language))


def _write(fitted: Fitted, folder: Path) -> list[Path]:
    from ransel.cli.folder import new_files  # with all kinds of papers behind it

    with new_files(folder) as waiting:
        for name, content in _files(fitted):
            (waiting / name).write_text(content, encoding="utf-8")
        names = sorted(path.name for path in waiting.iterdir())
    return [folder / name for name in names]


def _files(fitted: Fitted) -> Iterator[tuple[str, str]]:
    language = fitted.inputs.language
    yield "fit.json", json.dumps(fit_json(fitted), ensure_ascii=False, indent=2) + "\n"
    yield "levels.csv", levels_csv(fitted)
    yield "course.csv", course_csv(fitted)
    for child in fitted.children[:MOST_PICTURES]:
        yield f"levels-{child.name}.svg", picture_of(child, language)


def picture_of(child: FittedChild, language: Language) -> str:
    """Return the picture of one child's levels."""
    course = child.course
    seen = LevelsSeen(
        child=child.name, times=course.times.tolist(), fitted=course.level.value.tolist(),
        low=course.level.low.tolist(), high=course.level.high.tolist(), typical=child.typical_course.tolist(),
        marks=tuple(
            Mark(time=row.time, level=row.measured, below=row.below, far=row.far)
            for row in child.levels if row.measured is not None
        ),
    )  # fmt: skip
    return levels_svg(seen, language)
