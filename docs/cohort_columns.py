"""The files of own courses: what stands in every column of every table, and the side effects with their grades."""

from __future__ import annotations

from collections.abc import Iterator

from docs.markdown import table
from ransel.followup.ctcae import Raise, Scale, Term, ctcae
from ransel.outcomes.data_dictionary import COHORT, TABLES, Column, columns_of, grade_column
from ransel.quantities import Shown

HEADINGS = {
    COHORT: "The table of courses",
    "DM": "DM, one row for each child",
    "EX": "EX, one row for each course",
    "AE": "AE, one row for each course and side effect",
}
SAID = {
    "symptoms": "the child has complaints of it",
    "at-rest": "it was measured at rest",
    "life-threatening": "it is life-threatening",
}
BOUNDS = {"lower": "the laboratory's lower limit", "upper": "the laboratory's upper limit", "none": "CTCAE itself"}


def page() -> str:
    """Return a section for every table, then the side effects."""
    sections = (f"## {HEADINGS[name]}\n\n{table(_HEAD, _rows(name))}" for name in TABLES)
    criteria = ctcae()
    listed = ", ".join(term.title.en for term in criteria.listed(criteria.list))
    effects = (
        f"## Side effects\n\nCTCAE version {criteria.version} ({criteria.source} among the "
        f"[sources](../explanation/numbers-and-their-sources.md)). {_EFFECTS}\n\n"
        f"{table(('column', 'term', 'what decides the grade'), map(_term, criteria.terms))}\n\n"
        f"The list that is gone through beside a child, `{criteria.list}`: {listed}."
    )
    return "\n\n".join((*sections, effects))


_HEAD = ("column", "kind", "unit", "between", "must be there", "like", "what stands in it")
_EFFECTS = (
    "A grade that somebody signed stays as it was signed. Where nobody signed one, a number that was measured says it "
    "as far as a number can; a missing limit of the laboratory gives no grade, and never grade 0."
)


def _rows(name: str) -> Iterator[tuple[str, ...]]:
    for column in columns_of(next(one for one in TABLES if one == name)):
        if column.kind != "grade":
            yield _row(column, must=column.must and name == COHORT)
    if name == COHORT:
        yield ("`AE_…`", "grade", "", "0 to 5", "", "`AETOXGR`", _GRADES)


_GRADES = (
    "The worst grade of a side effect, one column for each (below). Empty: nobody looked, which is not grade 0. "
    "With + behind it: it may have been worse."
)


def _row(column: Column, *, must: bool) -> tuple[str, ...]:
    between = "" if column.least is None else f"{column.least} to {column.most}"
    like = f"`{column.like}`" if column.like else ""
    return (f"`{column.name}`", column.kind, column.unit, between, "yes" if must else "", like, column.meaning.en)


def _term(term: Term) -> tuple[str, str, str]:
    return (f"`{grade_column(term.id)}`", term.name, _decides(term))


def _decides(term: Term) -> str:
    if term.scale is not None:
        return _by_number(term.scale)
    if not term.judged:
        return "whoever sees the child, by the text of CTCAE"
    return "; ".join(f"{one.grade}: {one.words.en}" for one in term.judged)


def _by_number(scale: Scale) -> str:
    worse = "above" if scale.toward == "up" else "below"
    steps = [
        f"{step.grade}: {'from' if step.inclusive else worse} {Shown(step.at.value, scale.unit).text()}"
        for step in scale.steps
    ]
    first = f"1: {worse} {BOUNDS[scale.limit]}; " if scale.limit == "lower" and scale.has_grade_1 else ""
    before = {None: "", "instead": "; measured against the value before where that was raised",
              "too": "; and against the value before"}[scale.baseline.use if scale.baseline else None]  # fmt: skip
    return first + "; ".join([*steps, *map(_raised, scale.raises)]) + before


def _raised(one: Raise) -> str:
    if one.longer_than is not None:
        return f"{one.to} when it lasts longer than {one.longer_than.value.text()}"
    return f"{one.to} when {SAID[one.when or '']}"
