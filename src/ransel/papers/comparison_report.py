"""Old against new on one page: for parents in plain words, for doctors with every interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ransel.language import Joined, Language, Message, Moment
from ransel.outcomes.comparison import Comparison
from ransel.outcomes.risk import ALPHA
from ransel.outcomes.tolerability import TermComparison, TolerabilityComparison, Verdict
from ransel.papers.burden_picture import burden_figure
from ransel.papers.exposure_picture import exposure_figure
from ransel.papers.figure import sentence, shown
from ransel.papers.forest_picture import forest_figure
from ransel.papers.hundred_picture import hundred_figure, lay_title, says_of
from ransel.papers.page_report import PageReport, Section
from ransel.protocols.protocol import Words

CERTAIN = 0.05
"""A difference whose probability after Holm's correction is below this is shown even by a strict count."""
FEWEST_LAY, MOST_LAY = 3, 5
"""How many side effects parents see as dots, at most: those that differ first."""


def doctors_report(comparison: Comparison, language: Language) -> PageReport:
    """Return the page for doctors: exposure, tolerability, burden, each with its picture, its table and its limits."""
    published, titles = comparison.published, comparison.titles
    sections = (
        Section(_say("doctors-exposure", language), (), exposure_figure(comparison.exposure, titles, language)),
        Section(
            _say("doctors-tolerability", language), (), forest_figure(published, language),
            tuple(one.text(language) for one in _other_tables(comparison, published)),
        )
        if published is not None
        else Section(_say("doctors-tolerability-none", language), (_say("nothing-published", language),)),
        Section(_say("doctors-burden", language), (), burden_figure(comparison.worked_out, titles, language)),
    )  # fmt: skip
    return PageReport(
        kind="doctors",
        language=language,
        title=_title(comparison, language),
        subtitle=_subtitle(comparison, language),
        lead=tuple(one.text(language) for one in claims(comparison)),
        sections=sections,
        rests_title=_say("rests", language),
        rests=tuple(rests_on(comparison, language)),
        foot=_say("foot", language),
    )


def _other_tables(comparison: Comparison, shown_whole: TolerabilityComparison) -> Iterator[Message]:
    """Say in a line what every other published table shows, so that no table is chosen for what it shows."""
    for one in comparison.tolerability:
        if one.source and one is not shown_whole:
            first, second = one.titles
            fewer, more = (
                _listed([term for term in one.terms if term.verdict is verdict])
                for verdict in (Verdict.FEWER, Verdict.MORE)
            )
            yield Message("report.other-table", {"first": first, "second": second, "fewer": fewer, "more": more})


def is_for_parents(comparison: Comparison) -> bool:
    """Whether the words for parents are about these regimens: short infusions on the ward, then a long one at home."""
    return comparison.home_for_ward and comparison.published is not None


def parents_report(comparison: Comparison, language: Language) -> PageReport:
    """Return the page for parents: what differs, what does not, what it asks of a family, and how sure that is.

    Raises:
        ValueError: for regimens that its words are not about; `is_for_parents` says so beforehand.
    """
    published, titles = comparison.published, comparison.titles
    if published is None or not is_for_parents(comparison):
        raise ValueError(f"the page for parents is not about {comparison.exposure.regimens}")
    dots = lay_terms(published)
    others = [one for one in published.terms if one not in dots and one.verdict is Verdict.NOT_SHOWN]
    sections = (
        Section(
            _say("parents-side-effects", language), (),
            hundred_figure(published, dots, titles, language),
            (Message("report.parents-others", {"names": _names(others, language)}).text(language),),
        ),
        Section(
            _say("parents-exposure", language), (_say("parents-exposure-words", language),),
            exposure_figure(comparison.exposure, titles, language, simple=True),
        ),
        Section(
            _say("parents-burden", language), (),
            burden_figure(comparison.worked_out, titles, language, simple=True),
            tuple(one.text(language) for one in _families_differ(comparison)),
        ),
    )  # fmt: skip
    return PageReport(
        kind="parents",
        language=language,
        title=_say("parents-title", language),
        subtitle=_say("parents-subtitle", language),
        lead=tuple(one.text(language) for one in _parents_lead(comparison, published, language)),
        sections=sections,
        rests_title=_say("parents-sure", language),
        rests=tuple(one.text(language) for one in _how_sure(comparison, published)),
        foot=_say("foot", language),
    )


def claims(comparison: Comparison) -> Iterator[Message]:
    """Say of each claim of the hospital what holds, what does not, and how sure that is."""
    yield _claim_about_side_effects(comparison)
    yield from _claim_about_hospital(comparison)
    peak = comparison.exposure.measure("peak").ratio.estimate
    percent = round(100 * (peak - 1))
    if not percent:
        yield Message("report.claim-effect-same", {"second": comparison.titles[1]})
        return
    key = "report.claim-effect" if percent < 0 else "report.claim-effect-higher"
    yield Message(key, {"percent": _Number(abs(percent)), "second": comparison.titles[1]})


def _claim_about_side_effects(comparison: Comparison) -> Message:
    published = comparison.published
    if published is None:
        own = any(one.terms for one in comparison.tolerability)
        return Message("report.claim-only-own" if own else "report.claim-nothing-published")
    found = {verdict: [one for one in published.terms if one.verdict is verdict] for verdict in Verdict}
    return Message("report.claim-fewer", {
        "fewer": _listed(found[Verdict.FEWER]), "more": _listed(found[Verdict.MORE]),
        "not_shown": _listed(found[Verdict.NOT_SHOWN]), "second": comparison.titles[1],
        "count": len(published.terms), "remain": _listed([one for one in published.terms if _remains(one)]),
    })  # fmt: skip


def _remains(one: TermComparison) -> bool:
    """Whether a difference is still shown after correction for the number of comparisons."""
    return one.p_adjusted is not None and one.p_adjusted < ALPHA


def _claim_about_hospital(comparison: Comparison) -> Iterator[Message]:
    """Say how many nights and trips there are, and between what they lie when the hospital does it in other ways."""
    nights, trips = _totals(comparison, "nights"), _totals(comparison, "trips")
    if nights is None or trips is None:
        return
    said = {
        "first": nights["first"], "second": nights["second"], "first_trips": trips["first"],
        "second_trips": trips["second"],
    }  # fmt: skip
    least, most = _nights_by_practice(comparison)
    if least.text() == most.text():
        yield Message("report.claim-hospital-alike", said)
        return
    yield Message("report.claim-hospital", {**said, "least": least, "most": most})


def _nights_by_practice(comparison: Comparison) -> tuple[_Number, _Number]:
    """Return the fewest and the most nights of the new way over all practices, each the mean of a child."""
    found = [
        figure.second_total[1] for one in comparison.burden if not one.own for figure in one.figures
        if figure.id == "nights" and figure.second_total is not None
    ]  # fmt: skip
    return _Number(min(found)), _Number(max(found))


def _families_differ(comparison: Comparison) -> Iterator[Message]:
    """Say to parents for how many families the new way asks more, as the comparison says it to doctors."""
    for one in comparison.worked_out.says:
        if one.key == "burden.says.for-some-more":
            yield Message("report.parents-families", one.values)


def _parents_lead(comparison: Comparison, published: TolerabilityComparison, language: Language) -> Iterator[Message]:
    yield Message("report.parents-lead")
    yield Message("report.parents-lead-effects", {"found": " ".join(_lay_findings(published, language))})
    nights, trips = _totals(comparison, "nights"), _totals(comparison, "trips")
    if nights is not None and trips is not None:
        least, most = _nights_by_practice(comparison)
        yield Message("report.parents-lead-nights", {
            "least": least.whole, "most": most.whole,
            "first": nights["first"].whole, "second": nights["second"].whole,
            "first_trips": trips["first"].whole, "second_trips": trips["second"].whole,
        })  # fmt: skip


def _how_sure(comparison: Comparison, published: TolerabilityComparison) -> Iterator[Message]:
    yield Message("report.parents-sure-1")
    yield Message("report.parents-sure-2", {"terms": len(published.terms)})
    if not any(one.p_adjusted is not None and one.p_adjusted < CERTAIN for one in published.terms):
        yield Message("report.parents-sure-none")
    yield Message("report.parents-sure-3", {"count": len(comparison.assumptions)})
    yield Message("report.parents-sure-4")


def lay_terms(compared: TolerabilityComparison) -> Sequence[TermComparison]:
    """Return the side effects that parents see as dots: the clear differences first, then the most frequent others."""
    counted = [one for one in compared.terms if one.first is not None and one.second is not None]
    different = [one for one in counted if one.verdict in {Verdict.FEWER, Verdict.MORE}]
    alike = sorted((one for one in counted if one.verdict is Verdict.NOT_SHOWN), key=_how_many, reverse=True)
    clear_first = sorted(different, key=lambda one: (one.verdict is Verdict.MORE, one.borderline))
    return [*clear_first, *alike[: max(FEWEST_LAY - len(clear_first), 0)]][:MOST_LAY]


class _Number:
    """A whole number for a sentence."""

    def __init__(self, value: float) -> None:
        self.value = value

    @property
    def whole(self) -> _Number:
        return _Number(round(self.value))

    def text(self, language: Language = "en") -> str:
        return shown(self.value, language, 0 if self.value >= 10 or self.value == round(self.value) else 1)


def _how_many(one: TermComparison) -> float:
    return max(count.percent for count in (one.first, one.second) if count is not None)


def _totals(comparison: Comparison, kind: str) -> Mapping[str, _Number] | None:
    """Return a kind of burden of one child over all courses; None when it is not known for both regimens."""
    found = {one.id: one for one in comparison.worked_out.figures}[kind]
    if found.first_total is None or found.second_total is None:
        return None
    return {"first": _Number(found.first_total[1]), "second": _Number(found.second_total[1])}


def _listed(terms: Sequence[TermComparison]) -> object:
    if not terms:
        return Message("report.none")
    return Joined(tuple(_with_doubt(one) for one in terms), ", ")


def _with_doubt(one: TermComparison) -> Words | Message:
    return (
        Message("report.borderline-term", {"term": one.title})
        if one.borderline and one.verdict is not Verdict.NOT_SHOWN
        else one.title
    )


def _lay_findings(published: TolerabilityComparison, language: Language) -> Iterator[str]:
    """Say what was seen less often and what more often, and apart from it what only perhaps was."""
    for verdict in (Verdict.FEWER, Verdict.MORE):
        for borderline in (False, True):
            terms = [one for one in published.terms if one.verdict is verdict and one.borderline is borderline]
            if terms:
                yield sentence(f"{says_of(terms[0], language)}: {_names(terms, language)}")


def _names(terms: Sequence[TermComparison], language: Language) -> str:
    return ", ".join(lay_title(one, language) for one in terms)


def _title(comparison: Comparison, language: Language) -> str:
    if comparison.home_for_ward:
        return _say("doctors-title", language)
    first, second = comparison.titles
    return Message("report.doctors-title-other", {"first": first, "second": second}).text(language)


def _subtitle(comparison: Comparison, language: Language) -> str:
    exposure = comparison.exposure
    first, second = exposure.regimens
    return Message("report.doctors-subtitle", {
        "first": first, "second": second, "children": exposure.children, "seed": exposure.seed,
        "parameters": exposure.parameters, "at": Moment(comparison.made.date(), with_year=True),
    }).text(language)  # fmt: skip


def rests_on(comparison: Comparison, language: Language) -> Iterator[str]:
    """Go through everything without a published source, one line each, with its confidence and its source."""
    for one in comparison.assumptions:
        source = f", {one.source}" if one.source else ""
        yield f"{one.what.text(language)} [{one.confidence.value}{source}]"


def _say(key: str, language: Language, **values: object) -> str:
    return Message(f"report.{key}", values).text(language)
