"""The commands and options, read from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from docs.markdown import table
from ransel.cli.main import app


def page() -> str:
    """Return a section for every command."""
    return "\n\n".join(_section(path, command) for path, command in _commands("ransel", get_command(app)))


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - typer keeps its own click
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(f"{path} {name}", inner)


def _section(path: str, command: Any) -> str:  # noqa: ANN401
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and one.name not in _SHELL]
    usage = " ".join([path, *(one.metavar for one in arguments), *(["[OPTIONS]"] if options else [])])
    parts = [f"## {path}", (command.help or "").strip(), f"```text\n{usage}\n```"]
    rows = [(f"`{one.metavar}`", one.help or "", "yes" if one.required else "no") for one in arguments]
    rows += [(_option(one), one.help or "", "yes" if one.required else _default(one)) for one in options]
    return "\n\n".join(parts + ([table(("what", "meaning", "needed"), rows)] if rows else []))


_SHELL = {"install_completion", "show_completion"}


def _option(option: Any) -> str:  # noqa: ANN401
    return f"`{', '.join(option.opts)}{'' if option.is_flag else f' {option.metavar}'}`"


def _default(option: Any) -> str:  # noqa: ANN401
    return f"no; else {option.default}" if option.default and not option.is_flag else "no"
