"""What goes into each container, how long it may be kept and used, and whether it was made right."""

from ransel.compounding.batch import BatchRecord, Lot, Released, release
from ransel.compounding.container import (
    Container,
    ContainerPlan,
    OtherReading,
    compare_plans,
    plan_containers,
    read_otherwise,
)
from ransel.compounding.identification import ContainerCode, batch_number, container_code
from ransel.compounding.recipe import Ingredient, Recipe, other_readings
from ransel.compounding.stability import Limit, StabilityClock, clock_of, is_confirmed_for
from ransel.compounding.weighing import Weighing, WeighingStep, weighing_steps

__all__ = [
    "BatchRecord",
    "Container",
    "ContainerCode",
    "ContainerPlan",
    "Ingredient",
    "Limit",
    "Lot",
    "OtherReading",
    "Recipe",
    "Released",
    "StabilityClock",
    "Weighing",
    "WeighingStep",
    "batch_number",
    "clock_of",
    "compare_plans",
    "container_code",
    "is_confirmed_for",
    "other_readings",
    "plan_containers",
    "read_otherwise",
    "release",
    "weighing_steps",
]
