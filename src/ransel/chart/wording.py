"""What things of a chart are called: entries, phases, roles, tasks, visits, fields, choices, faults in the chain.

Pages and exports go through these functions, so that everything has the same name everywhere. The sentences are in the
language room.
"""

from __future__ import annotations

from ransel.chart.machine import step_of
from ransel.chart.people import Role
from ransel.chart.records import Record
from ransel.language import Message


def title_of(what: Record | str) -> Message:
    """Return what an entry is called, by its record or by its kind."""
    return Message(f"entry.{what if isinstance(what, str) else step_of(what)}")


def role_name(role: Role) -> Message:
    """Return what a role is called."""
    return Message(f"role.{role.value}")


def phase_name(machine: str, phase: str) -> Message:
    """Return what a phase of a machine is called."""
    return Message(f"phase.{machine}.{phase}")


def task_name(kind: str) -> Message:
    """Return what a task is called."""
    return Message(f"task.{kind}")


def visit_name(kind: str) -> Message:
    """Return what a visit is called."""
    return Message(f"visit.{kind}")


def field_label(name: str) -> Message:
    """Return what a key of a record is called."""
    return Message(f"field.{name}")


def choice_label(field: str, value: str) -> Message:
    """Return what a choice of a key is called."""
    return Message(f"choice.{field}.{value}")


def chain_fault(why: str) -> Message:
    """Return what is wrong at a break of the chain."""
    return Message(f"chain.{why}")
