"""The options of `ransel pk simulate`, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from ransel.cli.documents import read_text
from ransel.cli.inputs import Inputs, refuse_together
from ransel.cli.pk_child_source import ChildSource
from ransel.cli.pk_options import choice, hours, level, milligrams_per_hour, repaired_in, whole_number
from ransel.cli.pk_source import ProtocolSource, Source, TableSource, table_source
from ransel.cli.settings import Given
from ransel.language import refuse
from ransel.pharmacokinetics.events.table import EventTable, read_event_table
from ransel.pharmacokinetics.level_models import LevelModel, LinearModel, SaturableModel
from ransel.pharmacokinetics.parameters.parameter_shelf import DEFAULT_PARAMETERS, ParameterShelf
from ransel.pharmacokinetics.population.draws import MOST_SEED
from ransel.pharmacokinetics.schedule import Grid
from ransel.protocols import Library
from ransel.protocols.reading import place_of

MOST_CHILDREN, DEFAULT_CHILDREN = 10_000_000, 1000
MOST_COURSES = 999
MOST_POINTS = 1_000_000


class ModelName(StrEnum):
    """The models that the command knows."""

    LINEAR = "linear"
    SATURABLE = "saturable"


@dataclass(frozen=True, kw_only=True)
class SimulateInputs(Given):
    """The options of a simulation; each is read when it is first asked for, None is not given.

    Every property raises Refused when what was given cannot be read.
    """

    events_given: Path | None = None
    protocol_given: str | None = None
    order_given: Path | None = None
    ledgers_given: tuple[Path, ...] = ()
    documents_given: tuple[Path, ...] = ()
    children_given: str | None = None
    courses_given: str | None = None
    seed_given: str | None = None
    parameters_given: str = DEFAULT_PARAMETERS
    model_given: str = "linear"
    most_given: str | None = None
    half_given: str | None = None
    step_given: str | None = None
    until_given: str | None = None
    threshold_given: str | None = None
    out: Path | None = None

    @cached_property
    def seed(self) -> int | None:
        """The seed; None when nothing is to be drawn."""
        return None if self.seed_given is None else whole_number(self.seed_given, "--seed", 0, MOST_SEED)

    @cached_property
    def step(self) -> float | None:
        """The distance of the points of a trajectory, h; None when none was asked for."""
        return hours(self.step_given, "--step")

    @cached_property
    def until(self) -> float | None:
        """Until when levels are calculated, h; None for as long as the doses say."""
        found = hours(self.until_given, "--until")
        if found is not None and (self.protocol_given is not None or self.order_given is not None):
            refuse("pk.only-with-events", "--until", self.until_given)
        return found

    @cached_property
    def threshold(self) -> float | None:
        """The level of which the hours above it are wanted, mg/L."""
        return level(self.threshold_given, "--threshold")

    @cached_property
    def model(self) -> LevelModel:
        """What a body does with the drug."""
        name = choice(ModelName, self.model_given, "--model")
        most, half = milligrams_per_hour(self.most_given, "--most"), level(self.half_given, "--half")
        if name is ModelName.LINEAR:
            for option, given in (("--most", self.most_given), ("--half", self.half_given)):
                if given is not None:
                    refuse("pk.only-saturable", option, given)
            return LinearModel()
        if most is None or half is None:
            refuse("pk.saturable-needs", "--most" if most is None else "--half", "")
        return SaturableModel(most=most, half=half)

    @cached_property
    def table(self) -> EventTable | None:
        """The event table; None when the doses come from elsewhere."""
        if self.events_given is None:
            return None
        for option, given in (("--children", self.children_given), ("--courses", self.courses_given)):
            if given is not None:
                refuse("pk.only-with-protocol", option, given)
        return read_event_table(read_text(self.events_given), place_of(self.events_given))

    @cached_property
    def source(self) -> Source:
        """Whose levels they are."""
        shelf = ParameterShelf(Library(self.settings.protocols))
        with repaired_in(
            {
                "protocol": "--protocol",
                "parameters": "--parameters",
                "children": "--children",
                "ledger": "--ledger",
                "courses": "--ledger",
            }
        ):
            if self.table is not None:
                return self._of_table(self.table, shelf)
            return self._of_child(shelf) if self.of_one_child else self._of_protocol(shelf)

    @property
    def of_one_child(self) -> bool:
        """Whether the doses are those of one child: of its order, or of what it really received."""
        return self.order_given is not None or bool(self.ledgers_given)

    def _of_table(self, table: EventTable, shelf: ParameterShelf) -> TableSource:
        source = table_source(table, shelf.parameters(self.parameters_given), self.seed, self.until)
        if source.dosing.steady.count and not isinstance(self.model, LinearModel):
            refuse("pk.steady-needs-linear", "--model", self.model_given)
        begin, end = source.windows[0]
        if end <= begin:
            refuse("pk.no-time", "--until", self.until_given or "", begin=f"{begin:g}")
        return source

    def _of_protocol(self, shelf: ParameterShelf) -> ProtocolSource:
        protocol = shelf.library.protocol(self.protocol_given or "")
        children = DEFAULT_CHILDREN
        if self.children_given is not None:
            children = whole_number(self.children_given, "--children", 1, MOST_CHILDREN)
        courses = protocol.course.courses.value
        if self.courses_given is not None:
            courses = whole_number(self.courses_given, "--courses", 1, MOST_COURSES)
        return ProtocolSource(
            protocol=protocol, parameters=shelf.for_protocol(protocol, self.parameters_given), growth=shelf.growth,
            children=children, courses=courses, seed=1 if self.seed is None else self.seed,
        )  # fmt: skip

    def _of_child(self, shelf: ParameterShelf) -> ChildSource:
        from ransel.cli.pk_child_doses import given_courses, given_doses, order_doses  # with all of infusion behind it

        children = self._drawn_children
        if self.order_given is not None:
            inputs = Inputs(
                child=self.order_given, language_given=self.language_given, protocol_given=self.protocol_given
            )
            courses = 1
            if self.courses_given is not None:
                courses = whole_number(self.courses_given, "--courses", 1, MOST_COURSES)
            parameters = shelf.for_protocol(inputs.protocol, self.parameters_given)
            doses = order_doses(inputs, courses)
        else:
            streams = given_courses(self.ledgers_given, self.documents_given)
            protocol = shelf.library.protocol(streams[0].plan.protocol)
            parameters = shelf.for_protocol(protocol, self.parameters_given)
            doses = given_doses(streams, protocol, parameters, self.until)
        return ChildSource(
            covariates=doses.covariates, schedule=doses.schedule, windows=doses.windows, parameters=parameters,
            children=children, seed=self.seed, told=doses.told,
        )  # fmt: skip

    @property
    def _drawn_children(self) -> int:
        """How many children of the size of this one are drawn; one, and typical, without a seed."""
        if (self.children_given is None) != (self.seed_given is None):
            refuse("pk.children-with-seed", "--seed" if self.seed_given is None else "--children", "")
        return 1 if self.children_given is None else whole_number(self.children_given, "--children", 1, MOST_CHILDREN)

    def _check_sources(self) -> None:
        doses = self.order_given is not None or self.protocol_given is not None
        if [self.events_given is not None, doses, bool(self.ledgers_given)].count(True) != 1:
            refuse("pk.one-source", "--events", self.events_given or "")
        if self.documents_given and not self.ledgers_given:
            refuse("pk.only-with-ledger", "--course", self.documents_given[0])
        if self.ledgers_given and self.courses_given is not None:
            refuse("pk.ledger-has-courses", "--courses", self.courses_given)

    @cached_property
    def grid(self) -> Grid | None:
        """The points of trajectories; None when they are not wanted."""
        if self.out is None or (self.table is not None and self.step is None):
            return None
        begin, end = float(self.source.windows[0, 0]), float(self.source.windows[-1, 1])
        step = 1.0 if self.step is None else self.step
        points = int((end - begin) / step * (1 + 1e-12)) + 1
        if points > MOST_POINTS:
            refuse("pk.too-many-points", "--step", self.step_given or "", points=points, most=MOST_POINTS)
        return Grid(first=begin, step=step, points=points)

    def check(self) -> None:
        """Read everything.

        Raises:
            Refused: with everything that is wrong.
        """
        self._check_sources()
        names = ("settings", "seed", "step", "until", "threshold", "model", "table")
        refuse_together(*(lambda name=name: getattr(self, name) for name in names))
        refuse_together(lambda: self.source)
        refuse_together(lambda: self.grid)
