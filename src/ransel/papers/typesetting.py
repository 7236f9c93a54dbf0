"""From a template of this room and its data to PDF or PNG.

Data reach the template as JSON, never as markup: what looks like markup in a name is printed as it was typed.
Fonts come out of a package and out of typst itself, so that a page looks the same on every machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import font_source_sans_pro
import typst

from ransel.language import refuse

TEMPLATES = Path(__file__).parent
NO_GLYPH = re.compile(r"the text `\"(?P<letter>.*)\"` could not be displayed")
NO_ROOM = "does not fit: "


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """Return a tagged PDF (PDF/UA-1). The same data give the same bytes.

    Raises:
        Refused: when a letter is in none of the fonts, or a text is too long for its place.
    """
    return _compiled(template, data, "pdf")


def png(template: str, data: Mapping[str, Any], dots_per_inch: int) -> bytes:
    """Return the one page of a document as a picture."""
    return _compiled(template, data, "png", dots_per_inch)


def _compiled(
    template: str, data: Mapping[str, Any], kind: Literal["pdf", "png"], dots_per_inch: int | None = None
) -> bytes:
    try:
        made = typst.compile(
            str(TEMPLATES / template),
            root=str(TEMPLATES),
            font_paths=_fonts(),
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            format=kind,
            ppi=dots_per_inch,
            pdf_standards="ua-1" if kind == "pdf" else [],
        )
    except typst.TypstError as error:
        _refuse_text(error)
        raise
    if not isinstance(made, bytes):
        raise TypeError(f"{template} gave no single document")
    return made


def _refuse_text(error: typst.TypstError) -> None:
    letter = NO_GLYPH.search(error.message)
    if letter is not None:
        refuse("paper.letter", "name", letter["letter"])
    if NO_ROOM in error.message:
        refuse("paper.too-long", "name", error.message.partition(NO_ROOM)[2].rstrip('"'))


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[font_source_sans_pro.font_directory])
