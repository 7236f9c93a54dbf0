"""A command that was typed wrongly, as a refusal in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import typer

from ransel.language import Refusal

_IN_QUOTES = re.compile(r"'(?P<typed>.*)'", re.DOTALL)
_IN_BRACKETS = re.compile(r"\((?P<typed>.*)\)", re.DOTALL)


def refusal_of(error: typer.TyperException) -> Refusal:
    """Return what is wrong with the words behind `ransel`, with the words that would be right."""
    context: Any = getattr(error, "ctx", None)
    command = getattr(context, "command_path", "ransel")
    option = getattr(error, "option_name", None)
    parameter: Any = getattr(error, "param", None)
    text = str(getattr(error, "message", error))
    if option is not None:
        return _about_option(str(option), context, command)
    if parameter is not None:
        return Refusal("usage.missing", _name(parameter), "", {"command": command})
    if text.startswith("No such command"):
        known = list(getattr(context.command, "commands", ()))
        typed = _typed(_IN_QUOTES, text)
        return Refusal("usage.no-command", "", typed, {"suggestion": _suggestion(typed, known)})
    if text.startswith("Got unexpected extra"):
        return Refusal("usage.extra", "", _typed(_IN_BRACKETS, text), {"command": command})
    return Refusal("usage.not-understood", "", "", {"reason": text.rstrip("."), "command": command})


def _about_option(option: str, context: Any, command: str) -> Refusal:  # noqa: ANN401 - typer does not export its context's type
    parameters = [one for one in context.command.params if one.param_type_name == "option"]
    known = [name for one in parameters for name in one.opts]
    if option not in known:
        return Refusal("usage.no-option", "", option, {"suggestion": _suggestion(option, [*known, "--help"])})
    is_flag = any(one.is_flag for one in parameters if option in one.opts)
    return Refusal("usage.takes-no-value" if is_flag else "usage.needs-value", option, "", {"command": command})


def _name(parameter: Any) -> str:  # noqa: ANN401 - an argument or an option
    return str(parameter.opts[0] if parameter.param_type_name == "option" else parameter.metavar)


def _suggestion(typed: str, known: Iterable[str]) -> str:
    names = list(known)
    return ", ".join(get_close_matches(typed, names, n=1) or names)


def _typed(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found["typed"] if found else text
