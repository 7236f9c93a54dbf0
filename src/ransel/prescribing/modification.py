"""Dose modifications after side effects: what to do, and what that does to volume, dose and end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ransel.language import Language, Message
from ransel.protocols import Modification, Protocol
from ransel.quantities import DoseRate, Duration, Mass, Rate, Ratio, Shown, Volume


@dataclass(frozen=True, slots=True)
class Effect:
    """What a lower rate costs while it lasts.

    Values:
        rate: the rate meanwhile.
        volume_behind: what has not run in by the end of it.
        dose_behind: the drug in that volume.
        end_later: how much later the course ends when the volume is made up at the ordered rate; none when it is not.
    """

    modification: Modification
    lasting: Duration
    rate: Rate
    volume_behind: Volume
    dose_behind: Mass
    end_later: Duration


def effect_of(
    modification: Modification, rate: Rate, dose_rate: DoseRate, lasting: Duration, *, made_up: bool = True
) -> Effect:
    """Return what this modification does when it lasts this long.

    `rate` and `dose_rate` are those of the running pump. The end moves only when lost volume is made up.
    """
    part = modification.rate.value if modification.rate is not None else Ratio("0 %")
    missing = Ratio("100 %") - part
    return Effect(
        modification=modification,
        lasting=lasting,
        rate=Rate(rate * part),
        volume_behind=Volume(rate * missing * lasting),
        dose_behind=Mass(dose_rate * missing * lasting),
        end_later=Duration(lasting * missing) if made_up else Duration("0 h"),
    )


@dataclass(frozen=True, slots=True)
class DoseModifications:
    """The table of a protocol, with what each modification does to this order while it lasts."""

    effects: tuple[Effect, ...]

    def text(self, language: Language = "en") -> str:
        """Return the table in words, one modification a paragraph."""
        return "\n\n".join("\n".join(_in_words(effect, language)) for effect in self.effects)

    def as_json(self, language: Language = "en") -> list[dict[str, Any]]:
        """Return the table as plain data, words in one language."""
        return [_as_json(effect, language) for effect in self.effects]


def dose_modifications(protocol: Protocol, rate: Rate, daily_dose: DoseRate, lasting: Duration) -> DoseModifications:
    """Return the table of a protocol for an ordered rate and daily dose, as if each modification lasted this long."""
    course, made_up = protocol.course, protocol.handling.lost_volume_made_up.value
    while_running = DoseRate(daily_dose * (course.covers.value / course.infusion.value))
    return DoseModifications(
        tuple(effect_of(one, rate, while_running, lasting, made_up=made_up) for one in protocol.modifications)
    )


def goes_on(modification: Modification) -> bool:
    """Whether the course goes on after it, so that something can be made up."""
    return modification.rate is not None and modification.resume_in == "same-course"


def _in_words(effect: Effect, language: Language) -> Iterator[str]:
    one = effect.modification
    ground = " · ".join(part for part in (one.advice.source, one.advice.confidence.text(language)) if part)
    yield f"{one.event.text(language)}   [{ground}]"
    yield f"  {one.advice.value.text(language)}"
    if goes_on(one):
        values = {
            "lasting": Shown(effect.lasting, "h"),
            "rate": Shown(effect.rate, "mL/h"),
            "volume": Shown(effect.volume_behind, "mL", 1),
            "dose": Shown(effect.dose_behind, "mg", 3),
            "later": Shown(effect.end_later, "h", 1),
        }
        yield "  " + Message("modification.effect", values).text(language)


def _as_json(effect: Effect, language: Language) -> dict[str, Any]:
    one = effect.modification
    row: dict[str, Any] = {
        "id": one.id,
        "event": one.event.text(language),
        "grades": list(one.grades),
        "action": one.action,
        "advice": one.advice.value.text(language),
        "resume_in": one.resume_in,
        "resume_rate_percent": None if one.resume_rate is None else one.resume_rate.value.plain("%"),
        "source": one.advice.source,
        "confidence": one.advice.confidence.value,
    }
    if not goes_on(one):
        return row | {"effect": None}
    return row | {
        "effect": {
            "lasting_h": effect.lasting.plain("h"),
            "rate_mL_per_h": effect.rate.plain("mL/h"),
            "volume_behind_mL": effect.volume_behind.plain("mL"),
            "dose_behind_mg": effect.dose_behind.plain("mg"),
            "end_later_h": effect.end_later.plain("h"),
        }
    }
