"""A tour of all pages: for each the child of the demo for whom its time has come, and somebody who may open it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from ransel.hospital.demo.people import HOSPITAL, NORTH, OTHER_HOSPITAL, PEOPLE, SOUTH
from ransel.hospital.policy import Rule, policy

if TYPE_CHECKING:
    from ransel.hospital.demo.children import DemoChild


@cache
def children() -> Mapping[str, "DemoChild"]:
    """Return the children of the demo by their stage; Django must be awake."""
    from ransel.hospital.demo.children import CHILDREN

    return {one.stage: one for one in reversed(CHILDREN) if one.centre == HOSPITAL}


USUALLY = ("at-home", 1)
AT: Mapping[str, tuple[str, int]] = MappingProxyType({
    "measure": ("measured-again", 0), "order": ("measured-again", 0), "correct": ("measured", 0),
    "verify": ("ordered", 0), "send-back": ("ordered", 0), "criteria": ("criteria-missing", 0),
    "pre-visit": ("criteria-missing", 0), "go": ("second-go-due", 2), "withhold": ("second-go-due", 2),
    "rate": ("connected", 0), "stop-course": ("connected", 0), "make": ("to-make", 1), "batch": ("weighing", 1),
    "weigh": ("weighing", 1), "check-batch": ("weighing", 1), "release": ("checked", 1), "hand-over": ("in-fridge", 1),
    "discard": ("to-make-anew", 1), "label": ("in-fridge", 1), "worksheet": ("in-fridge", 1), "guide": ("out", 1),
    "ready": ("out", 1), "prime": ("out", 1), "programme": ("out", 1), "check-programme": ("out", 1),
    "connect": ("change-readied", 2), "assign-pump": ("in-fridge", 0), "residue": ("residue-missing", 2),
    "pump-back": ("residue-missing", 0), "pump-ready": ("pump-not-ready", 0), "fit": ("connected", 0),
    "observe": ("connected", 0), "send-home": ("fit-for-home", 0), "resume": ("standing", 0),
    "accept": ("second-to-make", 0), "decline": ("second-to-make", 0), "stop": ("to-disconnect", 2),
    "no-show": ("to-disconnect", 0), "ask-home-care": ("connected", 0), "given": ("change-due", 0),
})  # fmt: skip
"""The stage of the child at which a page is looked at, and the container; elsewhere it is a child at home."""
ASKS: Mapping[str, str] = MappingProxyType({
    "correct": "?entry=2", "person": "?id=p-dokter", "access-log": "?number=SYN-0017", "pumps": "?number=POMP-03",
    "organisations": "?code=thuiszorg-noord",
})  # fmt: skip
"""What a page is asked for in its address."""
FILES = frozenset({
    "label", "worksheet", "research-file", "research-parquet", "research-tables", "research-dictionary",
    "old-against-new-parents", "old-against-new-doctors",
})  # fmt: skip
"""Pages that give a file to print or to keep: no page of a browser."""
GUEST = frozenset({"glass"})
"""Pages for those who treat the child nowhere."""


@dataclass(frozen=True)
class Stop:
    """One page of the tour: who opens it, and where it is."""

    page: str
    username: str
    stage: str
    container: int

    @property
    def address(self) -> str:
        """Where it is; Django must be awake."""
        from ransel.hospital.gate import url_of

        child = children()[self.stage]
        return url_of(self.page, child.treatment, child.course, self.container or 1) + ASKS.get(self.page, "")


def tour() -> Iterator[Stop]:
    """Go through all pages of the policy."""
    for page, rule in policy().items():
        if page not in FILES:
            stage, container = AT.get(page, USUALLY)
            yield Stop(page, _visitor(page, rule, children()[stage]), stage, container)


def _visitor(page: str, rule: Rule, child: "DemoChild") -> str:
    """Return somebody in a role that may open a page of this child: the first in which anybody works."""
    if page in GUEST:
        return next(one.username for one in PEOPLE if one.organisation == OTHER_HOSPITAL)
    ours = {HOSPITAL, NORTH if child.home_care == NORTH else SOUTH}
    return next(one.username for one in PEOPLE if one.role in rule.roles and one.organisation in ours)
