"""Fitted children in words, as data and as tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from math import isfinite

from ransel.cli.pk_fitted import Fitted, FittedChild, LevelRow, Three
from ransel.cli.pk_text import plain_number
from ransel.cli.table import columns
from ransel.language import Language, Message
from ransel.papers.figure import significant
from ransel.pharmacokinetics.fitting.estimates import USUAL, FitState
from ransel.pharmacokinetics.parameters.variability import Parameter

SCHEMA = "ransel/pk-fit/1"
HOURS_IN_A_DAY = 24
DETAILED = 5
"""Of so many children everything is said; of more, one line each."""
ROWS_SHOWN = 40
PER_DAY: dict[Parameter, float] = {"clearance": 24, "volume": 1, "exchange": 24, "peripheral": 1}


def fit_text(fitted: Fitted) -> str:
    """Return what was found in words, with everything that was taken to be so."""
    language = fitted.inputs.language
    parts: list[str] = []
    if len(fitted.children) <= DETAILED:
        for child in fitted.children:
            parts += [*_child_text(fitted, child, language), ""]
    else:
        parts += [*_overview(fitted, language), ""]
    if fitted.shrinkage:
        parts += [*_shrinkage_text(fitted, language), ""]
    parts += [Message("pk-fit.units").text(language), Message("pk-fit.how-to-read").text(language), ""]
    parts += [Message("pk.taken-head").text(language)]
    parts += [f"  {message.text(language)}" for message in _said(fitted)]
    parts += [f"  {one.what.text(language)} ({one.confidence.text(language)})" for one in fitted.taken]
    return "\n".join(parts)


def _said(fitted: Fitted) -> Iterator[Message]:
    yield Message("pk.model-linear")
    yield Message("pk.parameters-named", {"set": fitted.inputs.parameters.id})
    yield from fitted.inputs.said
    yield Message("pk-fit.no-antibodies")
    yield Message("pk-fit.intervals-weighed" if fitted.weighed else "pk-fit.intervals-curvature")


def _child_text(fitted: Fitted, child: FittedChild, language: Language) -> Iterator[str]:
    yield _headline(child, language)
    if child.state not in {FitState.NOT_FINITE, FitState.NOT_FOUND}:
        heads = [Message(f"pk-fit.head-{name}").text(language) for name in ("what", "value", "interval", "typical")]
        yield "\n" + columns([tuple(heads), *_rows(fitted, child, language)])
    if child.levels:
        yield "\n" + columns(_level_rows(child.levels, language))
    if child.notices:
        yield ""
        yield from (f"  ! {one.text(language)}" for one in child.notices)


def _headline(child: FittedChild, language: Language) -> str:
    values = {"child": child.name, "count": child.used}
    return Message(f"pk-fit.state-{child.state.name.lower().replace('_', '-')}", values).text(language)


def _rows(fitted: Fitted, child: FittedChild, language: Language) -> Iterator[tuple[str, ...]]:
    for name in fitted.inputs.parameters.parameters:
        three, times = _times(child.parameter(name), PER_DAY[name]), PER_DAY[name]
        unit = "L/d" if times > 1 else "L"
        yield _row(Message(f"parameter.{name}"), three, child.typical(name) * times, unit, language)
    days = _times(child.half_life, 1 / HOURS_IN_A_DAY)
    yield _row(Message("pk-fit.half-life"), days, None, "d", language)
    begin, end = (significant(hour / HOURS_IN_A_DAY, language) for hour in child.window)
    area = Message("pk-fit.area", {"begin": begin, "end": end})
    yield _row(area, _times(child.area, 1 / HOURS_IN_A_DAY), None, "µg·d/mL", language)


def _row(what: Message, three: Three, typical: float | None, unit: str, language: Language) -> tuple[str, ...]:
    ordinary = "" if typical is None else significant(typical, language)
    return (what.text(language), f"{significant(three[0], language)} {unit}", _range(three, language), ordinary)


def _range(three: Three, language: Language) -> str:
    _, low, high = three
    if not (isfinite(low) and isfinite(high)):
        return "-"
    return f"{significant(low, language)} – {significant(high, language)}"


def _level_rows(rows: tuple[LevelRow, ...], language: Language) -> Iterator[tuple[str, ...]]:
    yield tuple(
        Message(f"pk-fit.head-{name}").text(language) for name in ("time", "measured", "fit", "interval", "off")
    )
    for row in rows[:ROWS_SHOWN]:
        measured = "" if row.measured is None else ("< " if row.below else "") + significant(row.measured, language)
        off = "" if row.off is None else f"{row.off:+.1f}".replace(".", "," if language == "nl" else ".")
        fit = significant(row.fitted[0], language) if isfinite(row.fitted[0]) else "-"
        mark = f"{off} !" if row.far else off
        yield (significant(row.time, language), measured, fit, _range(row.fitted, language), mark)
    if len(rows) > ROWS_SHOWN:
        yield (Message("pk.more-rows", {"count": len(rows) - ROWS_SHOWN}).text(language),)


def _overview(fitted: Fitted, language: Language) -> Iterator[str]:
    heads = ("child", "levels", "clearance", "interval", "half-life", "area", "state")
    lines = [tuple(Message(f"pk-fit.head-{name}").text(language) for name in heads)]
    for child in fitted.children[:ROWS_SHOWN]:
        clearance = _times(child.parameter("clearance"), HOURS_IN_A_DAY)
        cells = [_number(clearance[0], language), _range(clearance, language),
                 _number(child.half_life[0] / HOURS_IN_A_DAY, language),
                 _number(child.area[0] / HOURS_IN_A_DAY, language)]  # fmt: skip
        state = Message(f"pk-fit.short-{child.state.name.lower().replace('_', '-')}").text(language)
        lines.append((child.name, str(child.used), *cells, state))
    yield columns(lines)
    if len(fitted.children) > ROWS_SHOWN:
        yield Message("pk.more-rows", {"count": len(fitted.children) - ROWS_SHOWN}).text(language)
    told = [f"  ! {child.name}: {one.text(language)}" for child in fitted.children for one in child.notices]
    if told:
        yield ""
        yield from told[:ROWS_SHOWN]
        if len(told) > ROWS_SHOWN:
            yield Message("pk.more-rows", {"count": len(told) - ROWS_SHOWN}).text(language)


def _shrinkage_text(fitted: Fitted, language: Language) -> Iterator[str]:
    yield Message("pk-fit.shrinkage").text(language)
    for name, value in fitted.shrinkage.items():
        yield f"  {Message(f'parameter.{name}').text(language)}: {round(100 * value)} %"


def _number(value: float, language: Language) -> str:
    return significant(value, language) if isfinite(value) else "-"


def _times(three: Three, factor: float) -> Three:
    return three[0] * factor, three[1] * factor, three[2] * factor


# -- as data


def fit_json(fitted: Fitted) -> dict[str, object]:
    """Return everything as plain data: numbers as decimal strings, null where there is none."""
    inputs = fitted.inputs
    return {
        "schema": SCHEMA,
        "parameters": inputs.parameters.id,
        "protocol": inputs.protocol_given,
        "probability": plain_number(USUAL),
        "intervals": "weighted-draws" if fitted.weighed else "curvature",
        "units": {"clearance": "L/h", "volume": "L", "time": "h", "concentration": "mg/L", "area": "mg·h/L"},
        "children": [_child_json(fitted, child) for child in fitted.children],
        "shrinkage": {name: plain_number(value) for name, value in fitted.shrinkage.items()},
        "assumptions": [
            *({"id": "", "text": one.text(inputs.language), "confidence": "", "source": ""} for one in _said(fitted)),
            *(
                {"id": one.id, "text": one.what.text(inputs.language), "confidence": one.confidence.value,
                 "source": one.source}
                for one in fitted.taken
            ),
        ],
    }  # fmt: skip


def _child_json(fitted: Fitted, child: FittedChild) -> dict[str, object]:
    estimates, language = fitted.estimates, fitted.inputs.language
    names = fitted.inputs.parameters.parameters
    etas = estimates.etas[child.place]
    begin, end = child.window
    return {
        "child": child.name,
        "state": child.state.name.lower().replace("_", "-"),
        "levels_used": child.used,
        "objective": plain_number(float(estimates.objective[child.place])),
        "parameters": {
            name: {
                **_three_json(child.parameter(name)), "typical": plain_number(child.typical(name)),
                "eta": plain_number(float(etas[place])),
            }
            for place, name in enumerate(names)
        },
        "half_life": _three_json(child.half_life),
        "area": {"from": plain_number(begin), "to": plain_number(end), **_three_json(child.area)},
        "levels": [
            {
                "time": plain_number(row.time), "measured": plain_number(row.measured), "below_limit": row.below,
                "fitted": _three_json(row.fitted), "standardised_residual": plain_number(row.off), "far": row.far,
            }
            for row in child.levels
        ],
        "notices": [
            {"code": one.code, "level": one.level.value, "text": one.text(language)} for one in child.notices
        ],
    }  # fmt: skip


def _three_json(three: Three) -> dict[str, str | None]:
    return dict(zip(("value", "low", "high"), map(plain_number, three), strict=True))


# -- as tables


def course_csv(fitted: Fitted) -> str:
    """Return the course of every child, a line for each moment: the numbers behind the pictures."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["ID", "TIME", "FIT_MG_L", "LOW_MG_L", "HIGH_MG_L", "TYPICAL_MG_L"])
    for child in fitted.children:
        course = child.course
        columns_of = (course.times, course.level.value, course.level.low, course.level.high, child.typical_course)
        for row in zip(*columns_of, strict=True):
            writer.writerow([child.name, *map(_cell, row)])
    return file.getvalue()


def levels_csv(fitted: Fitted) -> str:
    """Return one line for every level, as it was measured and as the fit has it."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["ID", "TIME", "DV", "BLQ", "IPRED", "LOW", "HIGH", "IWRES", "FAR"])
    for child in fitted.children:
        for row in child.levels:
            writer.writerow([
                child.name, _cell(row.time), _cell(row.measured), int(row.below), *map(_cell, row.fitted),
                _cell(row.off), int(row.far),
            ])  # fmt: skip
    return file.getvalue()


def _cell(value: float | None) -> str:
    """Return a number with all its digits, the full stop of event tables for none."""
    return "." if value is None or not isfinite(value) else repr(float(value))
