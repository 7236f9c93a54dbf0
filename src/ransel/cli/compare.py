"""`ransel compare`: old against new, in simulated children, in published numbers, and in own courses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ransel.cli.compare_text import comparison_text
from ransel.cli.inputs import Inputs, refuse_together
from ransel.cli.output import show, show_data
from ransel.cli.pk_options import repaired_in, whole_number
from ransel.cli.progress import ProgressBar
from ransel.language import LANGUAGES, Language, Message, refuse
from ransel.outcomes.comparing import NEW, OLD, Question, compare
from ransel.outcomes.comparison import Comparison
from ransel.outcomes.comparison_json import comparison_json
from ransel.outcomes.course_record import CourseRecord
from ransel.outcomes.exposure_simulation import FEWEST_CHILDREN, MOST_CHILDREN
from ransel.pharmacokinetics.parameters.parameter_set import ParameterSet
from ransel.pharmacokinetics.parameters.parameter_shelf import ParameterShelf
from ransel.pharmacokinetics.scale.workers import ThisProcess, Workers
from ransel.protocols import Protocol

CHILDREN, SEED = "10000", "1"
MOST_SEED, MOST_COURSES, MOST_PROCESSES = 2**63 - 1, 50, 1024
OPTIONS = {
    "protocol": "--regimens", "regimens": "--regimens", "parameters": "--parameters", "children": "--children",
    "keep": "--keep", "dask": "--dask",
}  # fmt: skip
"""In which option a person repairs what is refused further in."""


@dataclass(frozen=True, kw_only=True)
class CompareInputs:
    """What is compared, as a person gave it; every property raises Refused when it cannot be read."""

    inputs: Inputs
    children_given: str = CHILDREN
    regimens_given: str | None = None
    seed_given: str = SEED
    courses_given: str | None = None
    parameters_given: str | None = None
    processes_given: str | None = None
    dask_given: str | None = None
    keep_given: Path | None = None
    cohort_given: tuple[Path, ...] = ()

    @cached_property
    def children(self) -> int:
        """How many simulated children."""
        return whole_number(self.children_given, "--children", FEWEST_CHILDREN, MOST_CHILDREN)

    @cached_property
    def seed(self) -> int:
        """What gives the same children again."""
        return whole_number(self.seed_given, "--seed", 0, MOST_SEED)

    @cached_property
    def courses(self) -> int | None:
        """How many courses; None: as many as the protocols have."""
        return None if self.courses_given is None else whole_number(self.courses_given, "--courses", 1, MOST_COURSES)

    @cached_property
    def protocols(self) -> tuple[Protocol, Protocol]:
        """The two regimens, the old one first."""
        names = [one.strip() for one in (self.regimens_given or f"{OLD},{NEW}").split(",")]
        if len(names) != 2 or "" in names or names[0] == names[1]:
            known = ", ".join(self.inputs.library.ids())
            refuse("compare.two-regimens", "--regimens", self.regimens_given or "", known=known)
        library = self.inputs.library
        refuse_together(*(lambda name=name: library.protocol(name) for name in names))
        first, second = map(library.protocol, names)
        return first, second

    @cached_property
    def parameters(self) -> ParameterSet:
        """The parameter set, which must be suitable for both regimens."""
        shelf = ParameterShelf(self.inputs.library)
        names = () if self.parameters_given is None else (self.parameters_given,)
        found = [shelf.for_protocol(protocol, *names) for protocol in self.protocols]
        return found[0]

    @cached_property
    def workers(self) -> Workers:
        """Who does the work: this process, more processes, or the workers of a Dask scheduler."""
        if self.dask_given is not None:
            if self.processes_given is not None:
                refuse("compare.processes-and-dask", "--dask", self.dask_given)
            from ransel.pharmacokinetics.scale.dask_workers import DaskWorkers

            return DaskWorkers(self.dask_given)
        if self.processes_given is None:
            return ThisProcess()
        from ransel.pharmacokinetics.scale.processes import Processes

        return Processes(whole_number(self.processes_given, "--processes", 1, MOST_PROCESSES))

    @cached_property
    def cohort(self) -> tuple[CourseRecord, ...]:
        """Own courses out of files."""
        from ransel.outcomes.cohort_reading import read_cohort

        refuse_together(*(lambda path=path: read_cohort(path) for path in self.cohort_given))
        return tuple(record for path in self.cohort_given for record in read_cohort(path))


def show_comparison(given: CompareInputs, *, as_json: bool) -> None:
    """Compare, print, and write the pages when a folder is given."""
    inputs = given.inputs
    checked = ("children", "seed", "courses", "parameters", "workers", "cohort")
    with repaired_in(OPTIONS):
        refuse_together(
            *(lambda name=name: getattr(given, name) for name in checked),
            lambda: inputs.check("language", "out", "now"),
        )
    question = Question(
        protocols=given.protocols, parameters=given.parameters, children=given.children, seed=given.seed,
        courses=given.courses, cohort=given.cohort, library=inputs.library,
    )  # fmt: skip
    bar = ProgressBar()
    try:
        with repaired_in(OPTIONS):
            comparison = compare(question, inputs.now, workers=given.workers, progress=bar.tell, keep=given.keep_given)
    finally:
        bar.clear()
    written = _write(comparison, inputs.out, inputs.language) if inputs.out else []
    if as_json:
        show_data(comparison_json(comparison, inputs.language))
        return
    show(comparison_text(comparison, inputs.language))
    if written:
        show("\n" + Message("course.written", {"folder": inputs.out}).text(inputs.language))
        show("\n".join(f"  {path.name}" for path in written))
        if not any(path.name.startswith("parents") for path in written):
            show(Message("report.no-page-for-parents").text(inputs.language))


def _write(comparison: Comparison, folder: Path, language: Language) -> list[Path]:
    from ransel.cli.folder import write_pages

    return write_pages(dict(_files(comparison, language)), folder)


def _files(comparison: Comparison, language: Language) -> Iterator[tuple[str, bytes]]:
    """Make both pages in both languages, every figure with its table, and the whole comparison as data."""
    from ransel.papers.comparison_report import doctors_report, is_for_parents, parents_report
    from ransel.papers.page_report import PageReport, report_html, report_pdf, table_csv

    document = json.dumps(comparison_json(comparison, language), ensure_ascii=False, indent=2)
    yield "comparison.json", document.encode()
    pages: Mapping[str, PageReport]
    for words in LANGUAGES:
        pages = {"doctors": doctors_report(comparison, words)}
        if is_for_parents(comparison):
            pages = {"parents": parents_report(comparison, words), **pages}
        for name, page in pages.items():
            yield f"{name}-{words}.html", report_html(page).encode()
            yield f"{name}-{words}.pdf", report_pdf(page)
        for name, page in pages.items():
            for section in page.sections:
                if section.figure is not None:
                    yield f"{name}-{section.figure.name}-{words}.svg", section.figure.svg.encode()
                    yield f"{name}-{section.figure.name}-{words}.csv", table_csv(section.figure.table)
