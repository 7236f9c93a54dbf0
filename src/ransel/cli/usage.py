"""A command that was typed wrongly, as a refusal in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import typer

from ransel.language import Refusal

_NO_COMMAND = re.compile(r"No such command '(?P<typed>.*?)'\.?(?: Did you mean .*)?", re.DOTALL)
_EXTRA = re.compile(r"Got unexpected extra argument(?:s|\(s\))? \((?P<typed>.*)\)\.?", re.DOTALL)
_NO_VALUE = "does not take a value"


def refusal_of(error: typer.TyperException) -> Refusal:
    """Return what is wrong with the words behind `ransel`, with the words that would be right."""
    context: Any = getattr(error, "ctx", None)
    command = getattr(context, "command_path", "ransel")
    option = getattr(error, "option_name", None)
    parameter: Any = getattr(error, "param", None)
    text = str(getattr(error, "message", error))
    if option is not None:
        return _about_option(str(option), context, text)
    if parameter is not None:
        return Refusal("usage.missing", _name(parameter), "", {"command": command})
    if found := _NO_COMMAND.fullmatch(text):
        known = list(getattr(context.command, "commands", ()))
        return Refusal("usage.no-command", "", found["typed"], {"suggestion": _suggestion(found["typed"], known)})
    if found := _EXTRA.fullmatch(text):
        return Refusal("usage.extra", "", found["typed"], {"command": command})
    return Refusal("usage.not-understood", "", "", {"reason": text.rstrip("."), "command": command})


def _about_option(option: str, context: Any, text: str) -> Refusal:  # noqa: ANN401 - typer does not export this type
    if context is None:  # it knows the option, not the command
        code = "usage.takes-no-value" if _NO_VALUE in text else "usage.needs-value"
        return Refusal(code, option)
    known = [name for one in context.command.params if one.param_type_name == "option" for name in one.opts]
    return Refusal("usage.no-option", "", option, {"suggestion": _suggestion(option, [*known, "--help"])})


def _name(parameter: Any) -> str:  # noqa: ANN401 - an argument or an option
    return str(parameter.opts[0] if parameter.param_type_name == "option" else parameter.metavar)


def _suggestion(typed: str, known: Iterable[str]) -> str:
    names = list(known)
    return ", ".join(get_close_matches(typed, names, n=1) or names)
