"""A simulation in words, as data and as tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import numpy as np

from ransel.cli.pk_simulate_inputs import ModelName
from ransel.cli.pk_simulated import Simulated
from ransel.cli.pk_text import four_digits, plain_number
from ransel.cli.table import columns
from ransel.language import Language, Message
from ransel.pharmacokinetics.individuals import Floats

SCHEMA = "ransel/pk-simulation/1"
HOURS_IN_A_DAY = 24
PERCENTILES = (5, 50, 95)
ROWS_SHOWN = 40
MEASURES = ("area", "peak", "at_end", "above")


def simulation_text(done: Simulated) -> str:
    """Return what was found in words, with everything that was taken to be so."""
    language = done.inputs.language
    head = "pk.simulated-given" if done.inputs.ledgers_given else "pk.simulated"
    parts = [Message(head, {"count": len(done.names)}).text(language), ""]
    if done.levels:
        parts += [*_levels_text(done, language), ""]
    parts += _children_text(done, language) if done.inputs.table is not None else _courses_text(done, language)
    parts += ["", Message("pk.simulated-units").text(language)]
    if done.inputs.table is not None:
        begin, end = (four_digits(float(hour), language) for hour in done.inputs.source.windows[0])
        parts += [Message("pk.simulated-window", {"begin": begin, "end": end}).text(language)]
    parts += [""]
    parts += [f"! {name}: {why.text(language)}" for name, why in done.failures[:ROWS_SHOWN]]
    parts += [Message("pk.taken-head").text(language)]
    parts += [f"  {message.text(language)}" for message in _said(done)]
    parts += [f"  {one.what.text(language)} ({one.confidence.text(language)})" for one in done.inputs.source.taken]
    return "\n".join(parts)


def _said(done: Simulated) -> Iterator[Message]:
    inputs = done.inputs
    if inputs.model_given == ModelName.LINEAR:
        yield Message("pk.model-linear")
    else:
        yield Message("pk.model-saturable", {"most": inputs.most_given, "half": inputs.half_given})
    yield Message("pk.parameters-named", {"set": inputs.parameters_given})
    yield from inputs.source.said


def _levels_text(done: Simulated, language: Language) -> Iterator[str]:
    table = done.inputs.table
    rows = [] if table is None else [table.rows[place] for place in done.rows]
    measured = any(row.level is not None for row in rows)
    heads = ["child", "time", "level", *(["measured"] if measured else [])]
    lines = [tuple(Message(f"pk.head-{name}").text(language) for name in heads)]
    for row, found in list(zip(rows, done.levels, strict=True))[:ROWS_SHOWN]:
        own = [four_digits(row.level, language)] if measured else []
        lines.append((row.child, four_digits(row.time, language), four_digits(found, language), *own))
    yield columns(lines)
    if len(rows) > ROWS_SHOWN:
        yield Message("pk.more-rows", {"count": len(rows) - ROWS_SHOWN}).text(language)


def _children_text(done: Simulated, language: Language) -> list[str]:
    names = [name for name in MEASURES if name != "above" or done.inputs.threshold is not None]
    lines = [tuple(Message(f"pk.head-{name.replace('_', '-')}").text(language) for name in ("child", *names))]
    for place, child in enumerate(done.names[:ROWS_SHOWN]):
        lines.append((child, *(four_digits(float(_shown(done, name)[place, 0]), language) for name in names)))
    more = len(done.names) - ROWS_SHOWN
    return [columns(lines), *([Message("pk.more-rows", {"count": more}).text(language)] if more > 0 else [])]


def _courses_text(done: Simulated, language: Language) -> list[str]:
    names = [name for name in MEASURES if name != "above" or done.inputs.threshold is not None]
    lines = [tuple(Message(f"pk.head-{name.replace('_', '-')}").text(language) for name in ("course", *names))]
    for course in range(done.inputs.source.windows.shape[0]):
        cells = [str(course + 1)]
        for name in names:
            if len(done.names) == 1:
                cells.append(four_digits(float(_shown(done, name)[0, course]), language))
                continue
            low, middle, high = _percentiles(_shown(done, name)[:, course])
            cells.append(" ".join((
                four_digits(middle, language),
                f"({four_digits(low, language)} – {four_digits(high, language)})",
            )))  # fmt: skip
        lines.append(tuple(cells))
    return [columns(lines), *([Message("pk.percentiles").text(language)] if len(done.names) > 1 else [])]


def _shown(done: Simulated, name: str) -> Floats:
    """Return a measure as people read it: areas in µg·d/mL."""
    return done.sums[name] / HOURS_IN_A_DAY if name == "area" else done.sums[name]


def _percentiles(values: Floats) -> tuple[float, float, float]:
    known = values[np.isfinite(values)]
    if not known.size:
        return (float("nan"),) * 3
    low, middle, high = np.percentile(known, PERCENTILES)
    return float(low), float(middle), float(high)


# -- as data


def simulation_json(done: Simulated, *, found: bool = True) -> dict[str, object]:
    """Return a simulation as plain data; without what was `found` it is what a file of trajectories says of itself."""
    inputs, language = done.inputs, done.inputs.language
    source = inputs.source
    document: dict[str, object] = {
        "schema": SCHEMA,
        "model": inputs.model_given,
        "parameters": inputs.parameters_given,
        "protocol": inputs.protocol_given,
        "events": None if inputs.events_given is None else inputs.events_given.name,
        "order": None if inputs.order_given is None else inputs.order_given.name,
        "ledgers": [one.name for one in inputs.ledgers_given],
        "seed": _seed(done),
        "children": source.count,
        "windows_h": [[plain_number(float(bound)) for bound in window] for window in source.windows],
        "threshold_mg_L": plain_number(inputs.threshold),
        "assumptions": [
            *({"id": "", "text": one.text(language), "confidence": "", "source": ""} for one in _said(done)),
            *(
                {"id": one.id, "text": one.what.text(language), "confidence": one.confidence.value,
                 "source": one.source}
                for one in source.taken
            ),
        ],
    }  # fmt: skip
    return document | _found_json(done) if found else document


def _seed(done: Simulated) -> str | None:
    """Return the seed as text: it can be longer than the numbers of JSON hold."""
    seed = getattr(done.inputs.source, "seed", None)
    return None if seed is None else str(seed)


def _found_json(done: Simulated) -> dict[str, object]:
    language = done.inputs.language
    shown = {"area": "auc_ug_d_mL", "peak": "peak_mg_L", "at_end": "at_end_mg_L", "above": "above_threshold_h"}
    if done.inputs.threshold is None:
        del shown["above"]
    document: dict[str, object] = {
        "failures": [{"child": name, "reason": why.text(language)} for name, why in done.failures]
    }
    if done.inputs.table is None:
        document["courses"] = [
            {"course": course + 1, **{
                key: dict(zip(("p5", "p50", "p95"), map(plain_number, _percentiles(_shown(done, name)[:, course])),
                              strict=True))
                for name, key in shown.items()
            }}
            for course in range(done.inputs.source.windows.shape[0])
        ]  # fmt: skip
        return document
    document["summary"] = [
        {"child": child, **{key: plain_number(float(_shown(done, name)[place, 0])) for name, key in shown.items()}}
        for place, child in enumerate(done.names)
    ]
    rows = [done.inputs.table.rows[place] for place in done.rows]
    document["levels"] = [
        {"child": row.child, "time_h": plain_number(row.time), "concentration_mg_L": plain_number(found),
         "measured_mg_L": plain_number(row.level)}
        for row, found in zip(rows, done.levels, strict=True)
    ]  # fmt: skip
    return document


# -- as tables


def summary_csv(done: Simulated) -> str:
    """Return one line for every child and course, every number with all its digits."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    with_above = done.inputs.threshold is not None
    writer.writerow(["ID", "COURSE", "AUC_MG_H_L", "CMAX_MG_L", "END_MG_L", *(["ABOVE_H"] if with_above else [])])
    names = MEASURES if with_above else MEASURES[:3]
    for place, child in enumerate(done.names):
        for course in range(done.inputs.source.windows.shape[0]):
            values = (repr(float(done.sums[name][place, course])) for name in names)
            writer.writerow([child, course + 1, *values])
    return file.getvalue()


def levels_csv(done: Simulated) -> str:
    """Return one line for every level of an event table, as it was drawn and as it was calculated."""
    table = done.inputs.table
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["ID", "TIME", "DV", "IPRED"])
    rows = [] if table is None else [table.rows[place] for place in done.rows]
    for row, found in zip(rows, done.levels, strict=True):
        measured = "." if row.level is None else repr(row.level)
        writer.writerow([row.child, repr(row.time), measured, repr(found)])
    return file.getvalue()
