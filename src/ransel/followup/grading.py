"""From a number to a grade of CTCAE: as far as a number can decide it, and never grade 0 because something is missing.

Grade 0 is said only of a value that lies within limits that are known: those of CTCAE itself, or those that the
laboratory gives for this child. Where a limit, or the value before the treatment, is missing there is no grade, with
the reason. Where a grade hangs on something that no number tells, the answer is the lowest and the highest that it can
be, and what is missing to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ransel.followup.ctcae import Raise, Scale, Step, Term, ctcae
from ransel.language import Message, Refusal, Refused
from ransel.quantities import CellCount, Duration, Quantity, Ratio, Shown, Temperature


@dataclass(frozen=True, slots=True)
class Limits:
    """What the laboratory calls normal for this child, and the value before the treatment.

    Values:
        lower, upper: of normal. baseline: before the first course; None when nobody knows it.
    """

    lower: Quantity | None = None
    upper: Quantity | None = None
    baseline: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What no number tells; None when nobody has said.

    Values:
        symptoms: whether the child has complaints of it. at_rest: whether it was measured at rest, not on exertion.
        life_threatening: whether a person judges it so. lasted: for how long it has been so.
    """

    symptoms: bool | None = None
    at_rest: bool | None = None
    life_threatening: bool | None = None
    lasted: Duration | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade, or between which grades it lies.

    Values:
        term: as CTCAE writes it. version: of CTCAE. missing: what would decide it, empty when it is decided.
    """

    term: str
    lowest: int
    highest: int
    version: str
    missing: tuple[Message, ...] = ()

    @property
    def decided(self) -> int | None:
        """The grade, None while it could be another one."""
        return self.lowest if self.lowest == self.highest else None


@dataclass(frozen=True, slots=True)
class NoGrade:
    """No grade, and why; that is another thing than grade 0."""

    term: str
    reason: Message
    version: str


NOBODY_SAID = Circumstances()
NOT_KNOWN = Limits()


def grade(
    term: str, value: Quantity, limits: Limits | None = None, circumstances: Circumstances = NOBODY_SAID
) -> Grade | NoGrade:
    """Return the grade that a measured value gives.

    `term` is its id or its name as CTCAE writes it. Enzymes and creatinine are given as they were measured, with the
    upper limit in the same unit, or as a multiple of it (`1.2 xULN`).

    Raises:
        Refused: when there is no such term, or a number is a slip of the keyboard.
    """
    found = ctcae().term(term)
    limits = limits or NOT_KNOWN
    scale = found.scale
    if scale is None:
        return _none(found, Message("ctcae.judged-by-a-person", {"term": found.title}))
    value, limits, reason = _in_unit_of_scale(found, scale, value, limits)
    if reason is not None:
        return _none(found, reason)
    _refuse_slips(found, scale, value, limits)
    reached = _reached(found, scale, value, limits)
    return reached if isinstance(reached, NoGrade) else _raised(found, scale, reached, circumstances)


def febrile_neutropenia(
    neutrophils: CellCount, temperature: Temperature, circumstances: Circumstances = NOBODY_SAID
) -> Grade:
    """Return the grade of fever with few neutrophils, which two numbers decide together.

    Raises:
        Refused: when a number is a slip of the keyboard.
    """
    criteria = ctcae()
    term, rule = criteria.term("febrile-neutropenia"), criteria.febrile
    for name, value in (("neutrophils-low", neutrophils), ("fever", temperature)):
        one = criteria.term(name)
        if one.scale is not None:
            _refuse_slips(one, one.scale, value, NOT_KNOWN)
    if neutrophils >= rule.fewer_than.value or temperature < rule.at_least.value:
        return Grade(term.name, 0, 0, criteria.version)
    severe = 3 if circumstances.life_threatening is False else 4
    least = 4 if circumstances.life_threatening else 3
    missing = () if circumstances.life_threatening is not None else (Message("ctcae.missing-life-threatening"),)
    if temperature > rule.once_above.value:
        return Grade(term.name, least, severe, criteria.version, missing)
    if circumstances.lasted is None:
        lasted = Message("ctcae.how-long", {"hours": Shown(rule.longer_than.value, "h")})
        return Grade(term.name, 0, severe, criteria.version, (lasted, *missing))
    if circumstances.lasted <= rule.longer_than.value:
        return Grade(term.name, 0, 0, criteria.version)
    return Grade(term.name, least, severe, criteria.version, missing)


def _none(term: Term, reason: Message) -> NoGrade:
    return NoGrade(term.name, reason, ctcae().version)


# -- numbers as the scale takes them


def _in_unit_of_scale(
    term: Term, scale: Scale, value: Quantity, limits: Limits
) -> tuple[Quantity, Limits, Message | None]:
    """Return value and limits as the scale takes them, or why that cannot be done."""
    if not scale.is_relative:
        _same_kind(scale, value, limits)
        return value, limits, None
    upper, given = limits.upper, (value, limits.baseline)
    if upper is None or upper.dimension == Ratio.kind_dimension:
        if any(one is not None and not isinstance(one, Ratio) for one in given):
            return value, limits, Message("ctcae.no-upper-limit", {"term": term.title})
        return value, limits, None
    if upper.magnitude <= 0:
        raise Refused([Refusal("ctcae.limit-not-above-zero", "limits.upper", str(upper))])
    baseline = None if limits.baseline is None else _multiple(limits.baseline, upper)
    return _multiple(value, upper), Limits(upper=Ratio.of(1), baseline=baseline), None


def _multiple(value: Quantity, upper: Quantity) -> Quantity:
    if value.dimension == Ratio.kind_dimension:  # a multiple already
        return value
    if value.dimension != upper.dimension:
        raise Refused([Refusal("quantity.other-kind", "value", str(value), {"example": upper})])
    return value / upper


def _same_kind(scale: Scale, value: Quantity, limits: Limits) -> None:
    for field, one in (("value", value), ("limits.lower", limits.lower), ("limits.upper", limits.upper)):
        if one is not None and one.dimension != scale.least.value.dimension:
            raise Refused(
                [Refusal("quantity.other-kind", field, str(one), {"example": Shown(scale.most.value, scale.unit)})]
            )


def _refuse_slips(term: Term, scale: Scale, value: Quantity, limits: Limits) -> None:
    """Refuse numbers that no child has, and limits that no laboratory gives."""
    values = {"term": term.title, "least": Shown(scale.least.value, scale.unit),
              "most": Shown(scale.most.value, scale.unit)}  # fmt: skip
    numbers = {"value": value, "limits.lower": limits.lower, "limits.baseline": limits.baseline}
    refusals = [
        Refusal("ctcae.slip", field, one.text("en", scale.unit), values)
        for field, one in numbers.items()
        if one is not None and not scale.least.value <= one <= scale.most.value
    ]
    worst = next((step.at.value for step in scale.steps if step.grade > 1), None)
    if scale.limit == "lower" and limits.lower is not None and worst is not None and limits.lower < worst:
        beyond = {"term": term.title, "begins": Shown(worst, scale.unit)}
        refusals.append(Refusal("ctcae.limit-beyond", "limits.lower", limits.lower.text("en", scale.unit), beyond))
    if refusals:
        raise Refused(refusals)


# -- what a number reaches


def _reached(term: Term, scale: Scale, value: Quantity, limits: Limits) -> int | NoGrade:
    by_step = _worst(scale.steps, scale.toward, value)
    if scale.limit == "lower":
        return _below(term, scale, by_step, value, limits)
    if scale.baseline is not None:
        return _against_baseline(term, scale, by_step, value, limits)
    return by_step


def _worst(steps: Sequence[Step], toward: str, value: Quantity) -> int:
    """Return the worst grade that a value reaches, 0 when it reaches none."""
    sign = 1 if toward == "up" else -1
    return max((one.grade for one in steps if _passes(one, sign, value)), default=0)


def _passes(step: Step, sign: int, value: Quantity) -> bool:
    over = sign * (value.magnitude - step.at.value.magnitude)
    return over > 0 or (over == 0 and step.inclusive)


def _below(term: Term, scale: Scale, by_step: int, value: Quantity, limits: Limits) -> int | NoGrade:
    """Return the grade of what is worse when it is lower: grade 1 begins at the lower limit of the laboratory."""
    if by_step:
        return by_step
    if limits.lower is None:
        return _none(term, Message("ctcae.no-lower-limit", {"term": term.title}))
    if value >= limits.lower:
        return 0
    if not scale.has_grade_1:
        values = {"term": term.title, "begins": Shown(scale.steps[0].at.value, scale.unit)}
        return _none(term, Message("ctcae.between", values))
    return 1


def _against_baseline(term: Term, scale: Scale, by_step: int, value: Quantity, limits: Limits) -> int | NoGrade:
    """Return the grade of what is measured against the value before the treatment, instead of the limit or too."""
    baseline, rule = limits.baseline, scale.baseline
    if rule is None or (rule.use == "instead" and by_step == 0):
        return by_step
    if baseline is None:
        worst = max(one.grade for one in scale.steps)
        only_limit = rule.use == "too" and by_step == worst
        return by_step if only_limit else _none(term, Message("ctcae.no-baseline", {"term": term.title}))
    by_baseline = _worst(rule.steps, scale.toward, value / baseline)
    if rule.use == "too":
        return max(by_step, by_baseline)
    if baseline <= Ratio.of(1):
        return by_step
    if by_baseline == 0:
        return _none(term, Message("ctcae.no-worse-than-before", {"term": term.title}))
    return by_baseline


# -- what a number cannot decide


def _raised(term: Term, scale: Scale, reached: int, circumstances: Circumstances) -> Grade:
    lowest = highest = reached
    missing: list[Message] = []
    for one in scale.raises:
        if not lowest <= one.grade <= highest:
            continue
        so = _is_so(one, circumstances)
        if so is None:
            highest = max(highest, one.to)
            missing.append(_asked(one))
        elif so:
            highest = max(highest, one.to)
            lowest = one.to if lowest == one.grade else lowest
    return Grade(term.name, lowest, highest, ctcae().version, tuple(missing))


def _is_so(one: Raise, circumstances: Circumstances) -> bool | None:
    if one.longer_than is not None:
        return None if circumstances.lasted is None else circumstances.lasted > one.longer_than.value
    said = {
        "symptoms": circumstances.symptoms,
        "at-rest": circumstances.at_rest,
        "life-threatening": circumstances.life_threatening,
    }
    return said[one.when or ""]


def _asked(one: Raise) -> Message:
    if one.longer_than is not None:
        return Message("ctcae.how-long", {"hours": Shown(one.longer_than.value, "h")})
    return Message(f"ctcae.missing-{one.when}")


def readable(graded: Grade | NoGrade) -> Iterator[Message]:
    """Go through what is said of a grade: which it is, or between which it lies, and what is missing."""
    if isinstance(graded, NoGrade):
        yield graded.reason
    elif graded.decided is not None:
        yield Message("ctcae.grade", {"term": ctcae().term(graded.term).title, "grade": graded.decided})
    else:
        values = {"term": ctcae().term(graded.term).title, "lowest": graded.lowest, "highest": graded.highest}
        yield Message("ctcae.between-grades", values)
        yield from graded.missing
