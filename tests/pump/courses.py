"""Planned courses to run, and random trouble for them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo

from ransel.infusion.plan import ContainerToGive, InfusionPlan
from ransel.pump.course_run import Circumstances
from ransel.pump.faults import KINDS, Fault
from ransel.quantities import Concentration, Duration, Mass, Rate, Ratio, Volume

HOUR = 3_600_000
START = datetime(2027, 2, 5, 13, tzinfo=UTC)
ORDERED = Mass("68.16 mg")


@cache
def two_cassettes(
    *, change_h: Fraction = Fraction(115), end_h: Fraction = Fraction(240), rate: str = "2 mL/h", priming: str = "5 mL"
) -> InfusionPlan:
    """Two cassettes of 250 mL with the order in 240 mL of each: the plan of a child of 0.68 m²."""
    concentration = Concentration(ORDERED / 2 / Volume("240 mL"))
    change, end = START + timedelta(hours=float(change_h)), START + timedelta(hours=float(end_h))
    first = ContainerToGive(
        1, "cassette", "SYN-0001-C1-1", concentration, Volume("250 mL"), Volume("240 mL"), Rate(rate), START, change,
        START + timedelta(days=1), START - timedelta(hours=1) + timedelta(days=7),
    )  # fmt: skip
    second = replace(
        first, index=2, batch="SYN-0001-C1-2", connect_at=change, disconnect_at=end,
        start_before=change + timedelta(days=1), finish_before=change - timedelta(hours=1) + timedelta(days=7),
    )  # fmt: skip
    return InfusionPlan(
        patient="SYN-0001", protocol="dinutuximab-beta-10x24h-maxima", product="Qarziba", substance="dinutuximab beta",
        zone=ZoneInfo("Europe/Amsterdam"), start=START, end=end, ordered=ORDERED, containers=(first, second), visits=(),
        flow_error=Ratio("6 %"), priming=Volume(priming), container_ends_by="displayed-volume", course_ends_by="time",
        lost_volume_made_up=True, restart_rules_after=None,
    )  # fmt: skip


def with_restart_rule(plan: InfusionPlan, hours: int) -> InfusionPlan:
    """The same plan for a medicine that may not simply be resumed after so many hours."""
    return replace(plan, restart_rules_after=Duration(f"{hours} h"))


UNSEEN_BY_ANYBODY = frozenset({"line-leak", "line-off-child", "cassette-leak", "free-flow"})
"""What leaves the container beside the child, or reaches it beside the count: no count and no weight tells it apart."""


def random_circumstances(seed: int, *, most_faults: int = 5) -> Circumstances:
    """Trouble out of a seed: any fault at any time, alone or together, and a pump anywhere within its error."""
    draw = random.Random(seed)  # noqa: S311 - repeatable trouble, no secret
    faults = tuple(_random_fault(draw) for _ in range(draw.choice([0, 1, 1, 2, 3, most_faults])))
    first, spare = (Fraction(draw.randint(-60, 60), 1000) for _ in range(2))
    return Circumstances(flow_error=first, spare_error=spare, faults=faults, seed=seed)


def _random_fault(draw: random.Random) -> Fault:
    kind = KINDS[draw.choice(sorted(KINDS))]
    number = kind.usual
    if kind.least != kind.most and draw.random() < 0.5:
        number = kind.least + (kind.most - kind.least) * Fraction(draw.randint(0, 1000), 1000)
    lasts = draw.choice([None, draw.randint(1, 600) * 60_000])
    return Fault(kind, draw.randint(0, 240 * HOUR), lasts, number)
