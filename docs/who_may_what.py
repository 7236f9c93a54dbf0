"""Who may open and sign what: the policy of the web application as a page."""

from __future__ import annotations

from docs.markdown import table
from ransel.chart.people import Role
from ransel.hospital.policy import Relation, Rule, policy
from ransel.language import Message

SHORT = {Relation.OWN: "own", Relation.OTHER: "other", Relation.EMERGENCY: "emergency", Relation.NONE: "yes"}


def page() -> str:
    """Return one row for every page and one column for every role."""
    head = ("page", "", *(Message(f"role.{role.value}").text() for role in Role))
    return table(head, [_row(rule) for rule in policy().values()])


def _row(rule: Rule) -> tuple[str, ...]:
    allowed = (rule.roles.get(role, frozenset()) for role in Role)
    cells = (", ".join(SHORT[one] for one in Relation if one in relations) for relations in allowed)
    return (f"`{rule.page}`", rule.title.text(), *cells)
