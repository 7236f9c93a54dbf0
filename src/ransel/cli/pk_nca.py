"""`ransel pk nca`: what measured levels say without any model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import geometric_mean

from ransel.cli.documents import read_text
from ransel.cli.inputs import refuse_together
from ransel.cli.output import show, show_data
from ransel.cli.pk_options import choice, hours, milligrams, windows
from ransel.cli.pk_text import four_digits, plain_number
from ransel.cli.settings import read_settings
from ransel.cli.table import columns
from ransel.language import Language, Message, refuse
from ransel.pharmacokinetics.analysis.area import AreaMethod
from ransel.pharmacokinetics.analysis.level_profile import LevelProfile, Route, profiles_of
from ransel.pharmacokinetics.analysis.noncompartmental import Analysis, BelowLimit, Measure, ToInfinity, analyse
from ransel.pharmacokinetics.analysis.terminal_slope import TerminalSlope
from ransel.pharmacokinetics.events.table import read_event_table
from ransel.protocols.reading import place_of

SCHEMA = "ransel/nca/1"
COUNT_FOR_MEAN = 2


@dataclass(frozen=True, kw_only=True)
class NcaInputs:
    """A table of levels and the options beside it; each is read when it is first asked for.

    Every property raises Refused when what was given cannot be read.
    """

    file: Path
    dose_given: str | None = None
    duration_given: str | None = None
    route_given: str | None = None
    method_given: str = AreaMethod.LINEAR_UP_LOG_DOWN.value
    below_given: str = BelowLimit.USUAL.value
    areas_given: list[str] = field(default_factory=list)
    language_given: str | None = None

    @cached_property
    def language(self) -> Language:
        """The language of people."""
        return read_settings(self.language_given).language

    @cached_property
    def dose(self) -> float | None:
        """What every child was given at hour nought, mg; None when the table says it."""
        return milligrams(self.dose_given, "--dose")

    @cached_property
    def duration(self) -> float | None:
        """How long that dose ran in, h."""
        found = hours(self.duration_given, "--duration")
        if found is not None and self.dose_given is None:
            refuse("pk.duration-without-dose", "--duration", self.duration_given)
        return found

    @cached_property
    def route(self) -> Route | None:
        """How it came into the body; None when the table says it."""
        if self.route_given is not None:
            found = choice(Route, self.route_given, "--route")
            if self.duration_given is not None and found is not Route.INFUSION:
                refuse("pk.duration-of-another-route", "--route", self.route_given)
            if self.dose_given is not None and self.duration_given is None and found is Route.INFUSION:
                refuse("pk.infusion-needs-duration", "--duration", "")
            return found
        if self.dose_given is not None and self.duration_given is None:
            refuse("pk.no-route", "--route", "", known=", ".join(Route))
        return None

    @cached_property
    def method(self) -> AreaMethod:
        """How the curve runs between two levels."""
        return choice(AreaMethod, self.method_given, "--method")

    @cached_property
    def below(self) -> BelowLimit:
        """What a level below the limit of the assay counts as."""
        return choice(BelowLimit, self.below_given, "--below")

    @cached_property
    def areas(self) -> list[tuple[float, float]]:
        """Between which hours areas are asked."""
        return windows(self.areas_given, "--area")

    @cached_property
    def profiles(self) -> tuple[LevelProfile, ...]:
        """The levels of every child."""
        table = read_event_table(read_text(self.file), place_of(self.file))
        return profiles_of(table, dose=self.dose, duration=self.duration, route=self.route)

    def check(self) -> None:
        """Read everything.

        Raises:
            Refused: with everything that is wrong.
        """
        names = ("language", "dose", "duration", "route", "method", "below", "areas")
        refuse_together(*(lambda name=name: getattr(self, name) for name in names))
        refuse_together(lambda: self.profiles)


def show_nca(inputs: NcaInputs, *, as_json: bool) -> None:
    """Print the analysis of every child."""
    inputs.check()
    found = [
        analyse(profile, inputs.method, below_limit=inputs.below, windows=inputs.areas) for profile in inputs.profiles
    ]
    if as_json:
        show_data(nca_json(inputs, found))
        return
    show("\n".join(_text(inputs, found)))


# -- in words


def _text(inputs: NcaInputs, found: list[Analysis]) -> Iterator[str]:
    language = inputs.language
    yield columns(_table(inputs, found))
    yield ""
    if len(found) >= COUNT_FOR_MEAN:
        yield Message("pk.nca-means").text(language)
    yield Message("pk.nca-units").text(language)
    for message in _ground(inputs):
        yield message.text(language)
    remarks = [f"  {one.profile.child}: {text}" for one in found for text in _remarks(one, language)]
    if remarks:
        yield "\n" + Message("pk.nca-mind").text(language)
        yield from remarks


def _table(inputs: NcaInputs, found: list[Analysis]) -> Iterator[tuple[str, ...]]:
    language = inputs.language
    names = ("child", "c-max", "t-max", "auc-last", "auc", "extrapolated", "half-life", "points", "mrt", "clearance",
             "volume-z", "volume-steady")  # fmt: skip
    heads = [Message(f"pk.nca-head-{name}").text(language) for name in names]
    areas = [f"AUC {begin:g}-{end:g}" for begin, end in inputs.areas]
    yield (*heads, *areas)
    for one in found:
        points = str(one.slope.points) if isinstance(one.slope, TerminalSlope) else "-"
        cells = [four_digits(measure.value, language) for measure in _shown(one)]
        partial = [four_digits(part.auc.value, language) for part in one.partial]
        yield (one.profile.child, *cells[:6], points, *cells[6:], *partial)
    if len(found) >= COUNT_FOR_MEAN:
        yield (Message("pk.nca-mean").text(language), *_means(found, language))


def _shown(one: Analysis) -> tuple[Measure, ...]:
    whole = one.observed
    return (one.c_max, one.t_max, one.auc_last, whole.auc, whole.extrapolated, one.half_life, whole.mrt,
            whole.clearance, whole.volume_z, whole.volume_steady)  # fmt: skip


def _means(found: list[Analysis], language: Language) -> list[str]:
    """Return the geometric mean of every column, of the children that have a number above nought there."""
    rows = [(*_shown(one), *(part.auc for part in one.partial)) for one in found]
    means = []
    for column in zip(*rows, strict=True):
        values = [measure.value for measure in column if measure.value is not None and measure.value > 0]
        means.append(four_digits(geometric_mean(values) if values else None, language))
    return [*means[:6], "", *means[6:]]


def _ground(inputs: NcaInputs) -> Iterator[Message]:
    yield Message(f"pk.nca-method-{inputs.method}")
    yield Message(f"pk.nca-below-{inputs.below}")
    yield Message("pk.nca-slope")
    if any(not profile.route.into_blood and profile.doses for profile in inputs.profiles):
        yield Message("pk.nca-over-f")


def _remarks(one: Analysis, language: Language) -> Iterator[str]:
    said: set[Message] = set()
    for name, measure in _needed(one):
        reason = measure.reason
        if reason is None or reason in said:
            continue
        said.add(reason)
        yield Message("pk.nca-no-value", {"what": Message(f"pk.nca-head-{name}"), "reason": reason}).text(language)
    yield from (note.text(language) for note in one.notes)


def _needed(one: Analysis) -> Iterator[tuple[str, Measure]]:
    """Go through the numbers that a reader misses; those that this kind of dose never has are not among them."""
    yield "c-max", one.c_max
    yield "half-life", one.half_life
    yield "auc", one.observed.auc
    yield "clearance", one.observed.clearance
    for part in one.partial:
        yield "area", part.auc


# -- as data


def nca_json(inputs: NcaInputs, found: list[Analysis]) -> dict[str, object]:
    """Return the analyses as plain data: numbers as decimal strings, null with a reason where a rule is not met."""
    return {
        "schema": SCHEMA,
        "method": inputs.method.value,
        "below_limit": inputs.below.value,
        "units": _UNITS,
        "assumptions": [message.text(inputs.language) for message in _ground(inputs)],
        "children": [_child_json(one, inputs.language) for one in found],
    }


_UNITS = {
    "concentration": "mg/L", "time": "h", "auc": "mg·h/L", "aumc": "mg·h²/L", "clearance": "L/h", "volume": "L",
    "extrapolated": "%",
}  # fmt: skip
_OWN = ("dose", "c_max", "t_max", "c_last", "t_last", "c_zero", "auc_last", "auc_all", "aumc_last", "mrt_last",
        "half_life")  # fmt: skip


def _child_json(one: Analysis, language: Language) -> dict[str, object]:
    measures: dict[str, Measure] = {name: getattr(one, name) for name in _OWN}
    slope = one.slope
    line = None
    if isinstance(slope, TerminalSlope):
        line = {
            "lambda_z": plain_number(slope.constant), "r_squared": plain_number(slope.fit),
            "adjusted_r_squared": plain_number(slope.adjusted), "points": slope.points,
            "from": plain_number(slope.first), "to": plain_number(slope.last),
        }  # fmt: skip
    reasons = {f"{name}": measure for name, measure in measures.items()}
    for part in ("observed", "predicted"):
        reasons |= {f"{part}.{name}": measure for name, measure in _to_infinity(getattr(one, part)).items()}
    for place, area in enumerate(one.partial):
        reasons[f"areas[{place}].auc"] = area.auc
    return {
        "child": one.profile.child,
        "route": one.profile.route.value,
        "doses": len(one.profile.doses),
        **{name: plain_number(measure.value) for name, measure in measures.items()},
        "slope": line,
        "observed": {name: plain_number(measure.value) for name, measure in _to_infinity(one.observed).items()},
        "predicted": {name: plain_number(measure.value) for name, measure in _to_infinity(one.predicted).items()},
        "areas": [
            {"from": plain_number(area.begin), "to": plain_number(area.end), "auc": plain_number(area.auc.value)}
            for area in one.partial
        ],
        "reasons": {
            name: measure.reason.text(language) for name, measure in reasons.items() if measure.reason is not None
        },
        "notes": [note.text(language) for note in one.notes],
    }


def _to_infinity(whole: ToInfinity) -> dict[str, Measure]:
    names = ("auc", "extrapolated", "back_extrapolated", "aumc", "mrt", "clearance", "volume_z", "volume_steady")
    return {name: getattr(whole, name) for name in names}
