"""Formulas: a small arithmetic over quantities, written the way a physicist writes it.

    evaluate("sqrt(weight/kg * height/cm / 3600) * m2", {"weight": Mass("16.4 kg"), "height": Length("102 cm")})

A name is an input or else a unit. There are + - * / ** and the functions sqrt, log10, min, max and ceil.
Because results are calculated from this text, the formula shown to a reader cannot differ from the one used.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from math import ceil
from typing import Any

from ransel.quantities import Quantity, Ratio, exact_root, log10, power

_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Quantity]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: lambda base, exponent: _ratio(power(_number(base), _number(exponent))),
}
_FUNCTIONS: Mapping[str, Callable[..., Quantity]] = {
    "sqrt": lambda value: _ratio(exact_root(_number(value))),
    "log10": lambda value: _ratio(log10(_number(value))),
    "ceil": lambda value: _ratio(Fraction(ceil(_number(value)))),
    "min": min,
    "max": max,
}


def evaluate(formula: str, inputs: Mapping[str, Quantity]) -> Quantity:
    """Return the value of a formula for these inputs.

    Raises:
        ValueError: when the formula uses something that this arithmetic does not have.
        TypeError: when dimensions do not fit.
    """
    return _value(_parsed(formula), formula, inputs)


@cache
def _parsed(formula: str) -> ast.expr:
    return ast.parse(formula, mode="eval").body


def _value(node: ast.expr, formula: str, inputs: Mapping[str, Quantity]) -> Quantity:
    match node:
        case ast.BinOp(left, operation, right) if type(operation) in _OPERATORS:
            return _OPERATORS[type(operation)](_value(left, formula, inputs), _value(right, formula, inputs))
        case ast.UnaryOp(ast.USub(), operand):
            return -_value(operand, formula, inputs)
        case ast.Call(ast.Name(name), arguments) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(_value(argument, formula, inputs) for argument in arguments))
        case ast.Name(name):
            return inputs[name] if name in inputs else Quantity(1, name)
        case ast.Constant(int() | float()):
            # the text of the literal, because 0.1 as a float is not a tenth
            return _ratio(Fraction(ast.get_source_segment(formula, node) or ""))
    raise ValueError(f"not a formula: {formula!r}")


def _number(quantity: Quantity) -> Fraction:
    return Ratio(quantity).magnitude


def _ratio(number: Fraction) -> Quantity:
    return Ratio.of(number)
