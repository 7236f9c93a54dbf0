"""Body surface from weight and height, by six published formulas."""

from __future__ import annotations

from collections.abc import Mapping

from ransel.evidence import Confidence, Derivation, Sourced, derive, given
from ransel.language import refuse
from ransel.quantities import Length, Mass, Rounding

BODY_SURFACE_FORMULAS: Mapping[str, Sourced[str]] = {
    "mosteller": Sourced(value="sqrt(weight/kg * height/cm / 3600) * m2", source="ADM", confidence=Confidence.SEEN),
    "haycock": Sourced(
        value="0.024265 * (weight/kg)**0.5378 * (height/cm)**0.3964 * m2", source="ADM", confidence=Confidence.SEEN
    ),
    "du-bois": Sourced(
        value="0.007184 * (weight/kg)**0.425 * (height/cm)**0.725 * m2", source="ADM", confidence=Confidence.SEEN
    ),
    "gehan-george": Sourced(
        value="0.0235 * (weight/kg)**0.51456 * (height/cm)**0.42246 * m2", source="ADM", confidence=Confidence.SEEN
    ),
    "boyd": Sourced(
        value="0.0003207 * (weight/g)**(0.7285 - 0.0188*log10(weight/g)) * (height/cm)**0.3 * m2",
        source="ADM",
        confidence=Confidence.SEEN,
    ),
    "weight-only": Sourced(
        value="0.0004688 * (weight/g)**(0.8168 - 0.0154*log10(weight/g)) * m2",
        source="FIELD",
        confidence=Confidence.RECALLED,
        note="as in UKCCSG and BNFc tables",
    ),
}


def body_surface(
    formula: str, weight: Mass, height: Length, *, rounding: Rounding | None = None, reason: Sourced[str] | None = None
) -> Derivation:
    """Return the body surface in m².

    `formula` is the name of one of the six; `reason` says why this one was chosen.

    Raises:
        Refused: when there is no formula of that name.
    """
    if formula not in BODY_SURFACE_FORMULAS:
        refuse("body-surface.unknown", "body_surface", formula, known=", ".join(BODY_SURFACE_FORMULAS))
    rule = BODY_SURFACE_FORMULAS[formula]
    if reason is not None:
        rule = rule.model_copy(update={"note": reason.value})
    measures = (given("weight", weight, "kg"), given("height", height, "cm"))
    return derive("body_surface", "m2", rule.value, *measures, rounding=rounding, rule=rule)
