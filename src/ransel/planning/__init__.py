"""When everything happens for one patient: visits with windows, what the pump's error does, possible starts."""

from ransel.planning.agenda import Agenda
from ransel.planning.course import CoursePlan, plan_course
from ransel.planning.delivery import Alternative, Delivery, DryAt, Way, alternatives, delivery
from ransel.planning.making import Preparation
from ransel.planning.planned import PlannedCourse, plan_whole_course
from ransel.planning.starts import Start, rank_starts
from ransel.planning.visit import Visit, VisitKind

__all__ = [
    "Agenda",
    "Alternative",
    "CoursePlan",
    "Delivery",
    "DryAt",
    "PlannedCourse",
    "Preparation",
    "Start",
    "Visit",
    "VisitKind",
    "Way",
    "alternatives",
    "delivery",
    "plan_course",
    "plan_whole_course",
    "rank_starts",
]
