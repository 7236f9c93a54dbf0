"""The tables inside the explaining pages, calculated by Ransel itself."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from docs.example_course import LIBRARY, ROOT, changed_at, course, hours, pump, usable
from docs.markdown import table
from ransel.evidence import Confidence, Sourced
from ransel.language import Moment
from ransel.planning.delivery import empty_after
from ransel.protocols import DEFAULT_PROTOCOL, read_toml
from ransel.protocols.shelf import sourced_values
from ransel.quantities import Concentration, Duration, Quantity, Ratio, Volume

EXACT = Ratio("0 %")


def empty_times() -> str:
    """Return when volumes are empty at the rate of the example cassette."""
    option, error = course().containers.option, pump().flow_error.value
    rows = []
    for words, volume in (
        ("the whole fill", option.fill.value),
        ("the fill less what primes the set", usable()),
        ("the delivered volume", option.delivers.value),
        ("the delivered volume less what primes the set", Volume(option.delivers.value - pump().priming.value)),
    ):
        cells = [empty_after(volume, option.rate, off).text("en", "h", 1) for off in (error, EXACT, -error)]
        rows.append((words, volume.text(), *cells))
    head = ("what runs", "volume", f"{error} fast", "exact", f"{error} slow")
    return table(head, rows)


def change_moments() -> str:
    """Return what the course gives when the cassette is changed at these hours."""
    change = next(visit for visit in course().plan.visits if visit.kind == "change")
    empty = empty_after(usable(), course().containers.option.rate, pump().flow_error.value)
    end = hours(course().plan.end)
    if change.latest is None:
        raise AssertionError(change)
    moments = {
        Duration("108 h"): "too early for the accepted early finish",
        hours(change.earliest): "`earliest`",
        hours(change.planned): "as planned",
        hours(change.latest): "`latest`",
        empty: "the first cassette can be empty",
        Duration("120 h"): "half time",
        Duration(end - empty): "the second cassette always reaches the end",
    }
    return table(
        ("change at", "", "dry before the change", "dry before the end", "mg, slow", "mg, exact", "mg, fast"),
        [_change_row(moment, words) for moment, words in sorted(moments.items(), key=lambda row: row[0].magnitude)],
    )


def _change_row(moment: Duration, words: str) -> tuple[str, ...]:
    given = changed_at(moment)
    waiting = max(moment - given.dry[0].earliest, Duration("0 h"))
    amounts = [mass.text("en", "mg", 2) for mass in (given.low, given.exact, given.high)]
    return _hours(moment), words, _hours(waiting), _hours(given.early), *amounts


def clock_example() -> str:
    """Return the clock of the second cassette of the example course, step by step."""
    made = course().plan.preparations[1]
    clock, agenda = made.clock, course().agenda
    when = {
        "the vial is opened; the microbiological limit begins": clock.made,
        "it goes into the fridge; the cold clock runs": clock.into_fridge,
        "it leaves the fridge for the way to day care; the warm clock starts": clock.out_of_fridge,
        "it is connected": made.used_from,
        "it must be running, before the first cassette can be empty": made.start_before,
        "it would have to be running by the microbiological limit": clock.start_before(made.container.lasts).at,
        "it must have left the fridge": clock.cold_until.at,
        "it is disconnected, as planned": made.used_until,
        "**the last drop must have run**": made.finish_before,
    }
    rows = [(Moment(agenda.local(at)).text(), words) for words, at in when.items() if at is not None]
    slack = clock.slack(made.used_until)
    return table(("when", "what"), rows) + f"\n\nBetween the planned end and the end of the clock lie {_hours(slack)}."


def limits() -> str:
    """Return the limits of every table under `stability` of the default protocol."""
    protocol = LIBRARY.protocol(DEFAULT_PROTOCOL)
    rows = [
        (f"`stability.{name}`", *(_cell(one) for one in (table_.cold, table_.warm, table_.microbiological)),
         table_.warm_up_to.value.text(), ", ".join(table_.confirmed_for) or "none")
        for name, table_ in protocol.stability.items()
    ]  # fmt: skip
    return table(("table", "cold", "warm", "microbiological", "warm up to", "holds for"), rows)


def _cell(sourced: Sourced[Duration]) -> str:
    return f"{_value(sourced.value)} ({_ground(sourced)})"


def _ground(sourced: Sourced[object]) -> str:
    return " ".join(part for part in (sourced.source, sourced.confidence.value) if part)


def marks() -> str:
    """Return the confidence marks, and how many numbers of the default protocol carry each."""
    protocol = LIBRARY.protocol(DEFAULT_PROTOCOL)
    found = [sourced.confidence for _, sourced in sourced_values(protocol)]
    rows = [
        (f"`{mark.value}`", mark.text(), "yes" if mark.to_be_confirmed else "no", str(found.count(mark)))
        for mark in Confidence
    ]
    return table(("mark", "meaning", "a pharmacist must confirm it", "numbers in the default protocol"), rows)


def assumptions() -> str:
    """Return every assumption of the default protocol and of the example site."""
    return _to_confirm({Confidence.ASSUMED}, with_site=True)


def others_to_confirm() -> str:
    """Return everything else that is not read in a source."""
    return _to_confirm({Confidence.DERIVED, Confidence.RECALLED, Confidence.UNCERTAIN}, with_site=False)


def _to_confirm(wanted: set[Confidence], *, with_site: bool) -> str:
    protocol = LIBRARY.protocol(DEFAULT_PROTOCOL)
    found = [("", _by_id(protocol, key), sourced) for key, sourced in sourced_values(protocol)]
    if with_site:
        found += [("site.toml: ", key, sourced) for key, sourced in sourced_values(LIBRARY.site)]
    rows = [
        (f"{file}`{key}`", _value(sourced.value), _ground(sourced), sourced.note, "")
        for file, key, sourced in found
        if sourced.confidence in wanted
    ]
    return table(("number", "value", "source, mark", "why this value", "confirmed by, on"), rows)


def _by_id(record: object, key: str) -> str:
    """Return the place of a value with the ids of list elements instead of their numbers."""
    parts = []
    for part in key.split("."):
        if isinstance(record, tuple):
            record = record[int(part)]
            parts.append(getattr(record, "id", part))
        else:
            record = record[part] if isinstance(record, dict) else getattr(record, part)
            parts.append(part)
    return ".".join(parts)


def _value(value: object) -> str:
    if isinstance(value, Duration):
        unit = "days" if value >= Duration("96 h") else "h" if value >= Duration("1 h") or not value else "min"
        return value.text("en", unit)
    if isinstance(value, Concentration):
        return value.text("en", "g/mL" if value >= Concentration("0.1 g/mL") else "mg/mL")
    if isinstance(value, Quantity):
        return value.text()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | dict):
        return "a table, see the file"
    return value.text("en") if hasattr(value, "text") else str(value)


def sources() -> str:
    """Return the sources of the package that the default protocol cites."""
    cited = {sourced.source for _, sourced in sourced_values(LIBRARY.protocol(DEFAULT_PROTOCOL)) if sourced.source}
    return table(("code", "source", "what was read"), sorted(_source_rows(cited)))


def _source_rows(cited: set[str]) -> Iterator[tuple[str, str, str]]:
    for code in cited:
        source = LIBRARY.sources[code]
        address = source["address"]
        linked = f"[{source['title']}]({address})" if address.startswith("https://") else source["title"]
        yield f"`{code}`", linked, source["seen"]


def start_criteria() -> str:
    """Return the findings that the default protocol asks for."""
    written = read_toml(ROOT / "examples" / "noor.toml")["findings"]
    rows = [
        (
            f"`{one.criterion.id}`",
            one.criterion.title.text(),
            one.limit.text(),
            f"`{_written(written[one.criterion.id])}`",
            _ground(one.threshold),
        )
        for one in course().order.criteria
    ]
    return table(("key", "finding", "must be", "example", "source, mark"), rows)


def _written(found: str | bool) -> str:
    return str(found).lower() if isinstance(found, bool) else f'"{found}"'


def _hours(duration: Duration) -> str:
    return duration.text("en", "h", 0 if duration.magnitude == Fraction(int(duration.magnitude)) else 1)


PARTS = {
    "empty-times": empty_times,
    "change-moments": change_moments,
    "clock-example": clock_example,
    "limits": limits,
    "marks": marks,
    "assumptions": assumptions,
    "others-to-confirm": others_to_confirm,
    "sources": sources,
    "start-criteria": start_criteria,
}
