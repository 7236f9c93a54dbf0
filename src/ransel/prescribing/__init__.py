"""From a patient and a protocol to an order: dose with its reasons, start criteria, what goes with it."""

from ransel.prescribing.body_surface import BODY_SURFACE_FORMULAS, body_surface
from ransel.prescribing.criteria import Outcome, judge
from ransel.prescribing.modification import DoseModifications, Effect, dose_modifications, effect_of
from ransel.prescribing.order import Order, StepDose, judged_again, prescribe
from ransel.prescribing.patient import Findings, Patient
from ransel.prescribing.supportive import MedicineDay, supportive_days

__all__ = [
    "BODY_SURFACE_FORMULAS",
    "DoseModifications",
    "Effect",
    "Findings",
    "MedicineDay",
    "Order",
    "Outcome",
    "Patient",
    "StepDose",
    "body_surface",
    "dose_modifications",
    "effect_of",
    "judge",
    "judged_again",
    "prescribe",
    "supportive_days",
]
