"""Options of `ransel pk` as a person writes them: amounts, hours, whole numbers, choices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from ransel.language import Refused, refuse
from ransel.quantities import Concentration, DoseRate, Duration, Mass

Choice = TypeVar("Choice", bound=StrEnum)
_WHOLE = re.compile(r"[0-9]{1,20}")
_WINDOW = re.compile(r"(?P<begin>[0-9]+(?:\.[0-9]+)?)-(?P<end>[0-9]+(?:\.[0-9]+)?)")


@contextmanager
def repaired_in(options: Mapping[str, str]) -> Iterator[None]:
    """Let refusals from further in, which know no options, name the option in which a person can repair them.

    Raises:
        Refused: with the same refusals, whose field is one of `options` by its name there.
    """
    try:
        yield
    except Refused as refused:
        raise Refused(
            one if one.file else replace(one, field=options.get(one.field, one.field)) for one in refused.refusals
        ) from None


def milligrams(text: str | None, option: str) -> float | None:
    """Return an amount such as `320 mg`; None when it was not given.

    Raises:
        Refused: when it is no amount above nought.
    """
    if text is None:
        return None
    return _above_nought(float(_read(Mass, text, option).to("mg")), text, option)


def hours(text: str | None, option: str) -> float | None:
    """Return a time such as `8 h` or `10 days`; None when it was not given.

    Raises:
        Refused: when it is no time above nought.
    """
    if text is None:
        return None
    return _above_nought(float(_read(Duration, text, option).to("h")), text, option)


def level(text: str | None, option: str) -> float | None:
    """Return a concentration such as `1 mg/L` in mg/L; None when it was not given.

    Raises:
        Refused: when it is no concentration above nought.
    """
    if text is None:
        return None
    return _above_nought(float(_read(Concentration, text, option).to("mg/L")), text, option)


def milligrams_per_hour(text: str | None, option: str) -> float | None:
    """Return a rate such as `0.5 mg/h` or `3 mg/day`; None when it was not given.

    Raises:
        Refused: when it is no rate above nought.
    """
    if text is None:
        return None
    return _above_nought(float(_read(DoseRate, text, option).to("mg/h")), text, option)


def whole_number(text: str, option: str, least: int, most: int) -> int:
    """Return a whole number between two others.

    Raises:
        Refused: when it is none.
    """
    if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
        refuse("pk.whole-number", option, text, least=least, most=most)
    return int(text)


def choice(kind: type[Choice], text: str, option: str) -> Choice:
    """Return one of some words.

    Raises:
        Refused: when it is none of them.
    """
    if text not in set(kind):
        refuse("pk.choice", option, text, known=", ".join(kind))
    return kind(text)


def windows(texts: Iterable[str], option: str) -> list[tuple[float, float]]:
    """Return pairs of hours such as `0-24`.

    Raises:
        Refused: when one is not written so, or ends before it begins.
    """
    found = []
    for text in texts:
        match = _WINDOW.fullmatch(text)
        if match is None or float(match["end"]) <= float(match["begin"]):
            refuse("pk.window", option, text)
        found.append((float(match["begin"]), float(match["end"])))
    return found


def _read(
    kind: type[Mass | Duration | Concentration | DoseRate], text: str, option: str
) -> Mass | Duration | Concentration | DoseRate:
    try:
        return kind(kind.read(text))
    except Refused as refused:
        raise refused.at(option) from None


def _above_nought(value: float, text: str, option: str) -> float:
    if not 0 < value < 1e12:
        refuse("pk.not-above-nought", option, text)
    return value
