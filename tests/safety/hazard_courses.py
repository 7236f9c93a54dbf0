"""Whole courses on the simulated pump: the plan of a synthetic child, run with faults and accounted."""

from datetime import UTC, datetime
from fractions import Fraction
from functools import cache

from prescribing.cases import AT_HOME, SHELF, child

from ransel.infusion import account, read_plan
from ransel.papers.course_json import course_json
from ransel.planning import Agenda, plan_whole_course
from ransel.pump.course_run import Circumstances, run_course
from ransel.pump.fault_text import read_fault

NOW = datetime(2027, 2, 3, 8, 0, tzinfo=UTC)
START = datetime(2027, 2, 5, 13, 0, tzinfo=UTC)


@cache
def plan():
    """Two cassettes at home, connected on a Friday at two and changed on the Wednesday at nine."""
    planned = plan_whole_course(child(), SHELF.protocol(AT_HOME), Agenda(SHELF.site), course=1, now=NOW, start=START)
    return read_plan(course_json(planned))


@cache
def course(*faults, flow_error="0", spare_error="0"):
    """That course with these faults: ledger, events, truth."""
    events = []
    around = Circumstances(
        flow_error=Fraction(flow_error), spare_error=Fraction(spare_error), faults=tuple(map(read_fault, faults))
    )
    truth = run_course(plan(), around, events.append)
    return account(plan(), events), tuple(events), truth


def really_given_mg(truth):
    """What really went into the child."""
    return sum(truth.into_child_mL(one.index) * float(one.concentration.magnitude) for one in plan().containers)
