"""What the child really received: the vocabulary of pump events, and the ledger that accounts any stream of them."""

from ransel.infusion.event import Kind, PumpEvent, is_simulated
from ransel.infusion.ledger import Ledger
from ransel.infusion.ledger_json import ledger_json
from ransel.infusion.plan import InfusionPlan
from ransel.infusion.plan_file import plan_json, read_plan
from ransel.infusion.reckoning import account
from ransel.infusion.stream import read_events, write_events

__all__ = [
    "InfusionPlan",
    "Kind",
    "Ledger",
    "PumpEvent",
    "account",
    "is_simulated",
    "ledger_json",
    "plan_json",
    "read_events",
    "read_plan",
    "write_events",
]
