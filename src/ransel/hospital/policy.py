"""Who may see and do what: one table, role by page by relation.

The table is `policy.toml`. What is not in it is not allowed. It is what the gate asks, what the tests walk through
and what the page and the document about it are made of.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from ransel.chart.people import Role
from ransel.language import Message

FILE = Path(__file__).with_name("policy.toml")


class Relation(StrEnum):
    """How somebody stands to a child."""

    OWN = "own"
    """Their hospital treats the child, or their home-care organisation has its order."""
    OTHER = "other"
    """Another hospital or organisation does."""
    EMERGENCY = "emergency"
    """Another one does, and they have opened emergency access, which is told afterwards."""
    NONE = "none"
    """The page is about no child."""


def relation_of(organisation: str, centre: str, home_care: str, *, opened: bool) -> Relation:
    """Return how somebody of an organisation stands to a child.

    `centre` treats the child, `home_care` has its order or is empty; `opened` says whether emergency access is open.
    """
    if organisation and organisation in {centre, home_care}:
        return Relation.OWN
    return Relation.EMERGENCY if opened else Relation.OTHER


@dataclass(frozen=True, slots=True)
class Rule:
    """One page: who may open it, and in which relation."""

    page: str
    roles: Mapping[Role, frozenset[Relation]]

    @property
    def title(self) -> Message:
        """What the page is for."""
        return Message(f"page.{self.page}")


@cache
def policy() -> Mapping[str, Rule]:
    """Return the rules by page, in the order in which they stand in the table."""
    told = tomllib.loads(FILE.read_text("utf-8"))
    return {page: Rule(page, _roles(roles)) for section in told.values() for page, roles in section.items()}


def _roles(told: Mapping[str, str]) -> Mapping[Role, frozenset[Relation]]:
    everybody = told.get("everybody")
    if everybody is not None:
        return {role: _relations(everybody) for role in Role}
    return {Role(role): _relations(relations) for role, relations in told.items()}


def _relations(words: str) -> frozenset[Relation]:
    return frozenset(Relation(word) for word in words.split())


def allows(page: str, role: Role, relation: Relation) -> bool:
    """Whether somebody in this role and relation may open a page and sign on it."""
    rule = policy().get(page)
    return rule is not None and relation in rule.roles.get(role, frozenset())


def could_open_in_emergency(page: str, role: Role) -> bool:
    """Whether emergency access would open this page for a role."""
    return allows(page, role, Relation.EMERGENCY)
