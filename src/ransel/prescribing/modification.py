"""What a change after a side effect does to volume, dose and end."""

from __future__ import annotations

from dataclasses import dataclass

from ransel.protocols import Modification
from ransel.quantities import DoseRate, Duration, Mass, Rate, Ratio, Volume


@dataclass(frozen=True, slots=True)
class Effect:
    """What a lower rate costs while it lasts.

    Values:
        rate: the rate meanwhile.
        volume_behind: what has not run in by the end of it.
        dose_behind: the drug in that volume.
        end_later: how much later the course ends when the volume is made up at the ordered rate.
    """

    modification: Modification
    lasting: Duration
    rate: Rate
    volume_behind: Volume
    dose_behind: Mass
    end_later: Duration


def effect_of(modification: Modification, rate: Rate, daily_dose: DoseRate, lasting: Duration) -> Effect:
    """Return what this modification does when it lasts this long, at an ordered rate and daily dose."""
    part = modification.rate.value if modification.rate is not None else Ratio("0 %")
    missing = Ratio("100 %") - part
    return Effect(
        modification=modification,
        lasting=lasting,
        rate=Rate(rate * part),
        volume_behind=Volume(rate * missing * lasting),
        dose_behind=Mass(daily_dose * missing * lasting),
        end_later=Duration(lasting * missing),
    )
