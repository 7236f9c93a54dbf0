"""Priority of an alarm out of harm and onset, by the matrix of IEC 60601-1-8 (as quoted in IHE SDPi).

                        immediate   prompt   delayed
    death, irreversible   high       high     medium
    reversible            high      medium     low
    minor                medium      low       low

Where the standard leaves open whether a minor, delayed harm needs an alarm at all, it gets one: silence is an alarm
here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ransel.infusion.condition import Condition, Priority
from ransel.infusion.condition_facts import ConditionFacts, Effect, Onset
from ransel.language import Message


class Harm(StrEnum):
    """What may come of it if nobody responds, worst first."""

    DEATH = "death"
    """Death, or an injury that stays."""
    REVERSIBLE = "reversible"
    """An injury that heals."""
    MINOR = "minor"
    """Discomfort, or an injury of no account."""


_MATRIX: Mapping[Harm, Mapping[Onset, Priority]] = {
    Harm.DEATH: {Onset.IMMEDIATE: Priority.HIGH, Onset.PROMPT: Priority.HIGH, Onset.DELAYED: Priority.MEDIUM},
    Harm.REVERSIBLE: {Onset.IMMEDIATE: Priority.HIGH, Onset.PROMPT: Priority.MEDIUM, Onset.DELAYED: Priority.LOW},
    Harm.MINOR: {Onset.IMMEDIATE: Priority.MEDIUM, Onset.PROMPT: Priority.LOW, Onset.DELAYED: Priority.LOW},
}


def priority_of(harm: Harm, onset: Onset) -> Priority:
    """Return how quickly somebody has to respond."""
    return _MATRIX[harm][onset]


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a condition has its priority for one medicine: the effect on the child, its harm, and how soon that comes."""

    effect: Effect
    harm: Harm
    onset: Onset

    @property
    def priority(self) -> Priority:
        """The priority that follows."""
        return priority_of(self.harm, self.onset)

    @property
    def code(self) -> str:
        """The ground as a row of the drug library and an event carry it: `interruption/reversible/prompt`."""
        return f"{self.effect.value}/{self.harm.value}/{self.onset.value}"

    @property
    def reason(self) -> Message:
        """The ground in words."""
        return Message(
            "priority.reason",
            {
                "effect": Message(f"priority.effect.{self.effect.value}"),
                "harm": Message(f"priority.harm.{self.harm.value}"),
                "onset": Message(f"priority.onset.{self.onset.value}"),
                "priority": Message(f"priority.level.{self.priority.value}"),
            },
        )

    @classmethod
    def read(cls, code: str) -> Ground:
        """Return the ground that a code stands for; raises ValueError for anything else."""
        effect, harm, onset = code.split("/")
        return cls(Effect(effect), Harm(harm), Onset(onset))


NOTHING = (Harm.MINOR, Onset.DELAYED)
"""What a condition without any effect on the child is worth."""

Harms = Mapping[Effect, tuple[Harm, Onset]]
"""Of one medicine: what each effect may come to, and how soon after the effect has begun."""


def ground_of(facts: ConditionFacts, harms: Harms) -> Ground:
    """Return why this condition has its priority for a medicine with these harms.

    A condition says how soon its effect begins, a medicine how soon harm follows; the later of both is the onset. So a
    low reservoir is never urgent, and an empty one is as urgent as the medicine that is missing.
    """
    harm, onset = NOTHING if facts.effect is Effect.NONE else harms[facts.effect]
    return Ground(facts.effect, harm, Onset.later(facts.onset, onset))


def grounds_of(facts: Mapping[Condition, ConditionFacts], harms: Harms) -> Mapping[Condition, Ground]:
    """Return the ground of every condition for a medicine with these harms."""
    return {condition: ground_of(each, harms) for condition, each in facts.items()}
