"""Exact quantities with units: masses, volumes, times, rates, concentrations, doses per area per day.

    >>> dose = DoseRatePerArea("10 mg/m2/day") * Area("0.68 m2")
    >>> DoseRate(dose).text("nl", "mg/24h")
    '6,8 mg/24 h'
    >>> Mass("1 mg") + Volume("1 mL")
    Traceback (most recent call last):
    TypeError: a Mass cannot be added to a Volume

Magnitudes are Fractions in one unit per dimension, so nothing is lost between reading and writing.
Naming a kind, `Mass(rate * time)`, is a check: it raises when the result is something else.
"""

from ransel.quantities.number import exact_root, log10, number_text, parse_number, plain_decimal, power
from ransel.quantities.quantity import (
    Activity,
    Area,
    CellCount,
    ClearancePerArea,
    Concentration,
    DosePerArea,
    DoseRate,
    DoseRatePerArea,
    DoseRatePerWeight,
    Duration,
    Length,
    Mass,
    MolarConcentration,
    Quantity,
    Rate,
    Ratio,
    Temperature,
    Volume,
    parse,
)
from ransel.quantities.rounding import Rounding
from ransel.quantities.shown import Shown
from ransel.quantities.unit import Dimension, Unit, unit

__all__ = [
    "Activity",
    "Area",
    "CellCount",
    "ClearancePerArea",
    "Concentration",
    "Dimension",
    "DosePerArea",
    "DoseRate",
    "DoseRatePerArea",
    "DoseRatePerWeight",
    "Duration",
    "Length",
    "Mass",
    "MolarConcentration",
    "Quantity",
    "Rate",
    "Ratio",
    "Rounding",
    "Shown",
    "Temperature",
    "Unit",
    "Volume",
    "exact_root",
    "log10",
    "number_text",
    "parse",
    "parse_number",
    "plain_decimal",
    "power",
    "unit",
]
