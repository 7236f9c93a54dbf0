"""Where the command line begins: commands, options, refusals, exit codes.

Exit codes: 0 it was done; 2 the input was refused and nothing was done; 130 the person stopped it.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from click import Abort, ClickException

from ransel import __version__
from ransel.cli.settings import default_language
from ransel.language import Language, Refusal, Refused

REFUSED = 2
STOPPED = 130

app = typer.Typer(
    name="ransel",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
protocols_app = typer.Typer(
    help="The regimens: list them, or check a file of your own.", invoke_without_command=True, rich_markup_mode=None
)
app.add_typer(protocols_app, name="protocols")

Child = Annotated[Path, typer.Argument(metavar="CHILD.toml", help="The patient's file.")]
ProtocolId = Annotated[
    str, typer.Option("--protocol", metavar="ID", help="The protocol; `ransel protocols` lists them.")
]
Number = Annotated[str, typer.Option("--course", metavar="N", help="Which course it is, from 1.")]
Kind = Annotated[
    str, typer.Option("--containers", metavar="KIND", help="cassettes, syringes, … as the protocol names them.")
]
Now = Annotated[
    str, typer.Option("--now", metavar="WHEN", help="Use this instant instead of the clock (or RANSEL_NOW).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print plain data.")]
Words = Annotated[str, typer.Option("--language", metavar="nl|en", help="The language (or RANSEL_LANGUAGE).")]


@app.callback(invoke_without_command=True)
def ransel(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """The system behind the backpack: long infusions at home, from the prescription to the last drop."""
    if version:
        typer.echo(f"ransel {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


@protocols_app.callback()
def protocols(context: typer.Context, as_json: AsJson = False, language: Words = "") -> None:
    """List the protocols, the package's own and those of the hospital."""
    from ransel.cli.protocols import list_protocols

    if context.invoked_subcommand is None:
        list_protocols(as_json=as_json, language=language)


@protocols_app.command("check")
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A protocol file.")],
    as_json: AsJson = False,
    language: Words = "",
) -> None:
    """Check a protocol file and say how far its numbers can be trusted."""
    from ransel.cli.protocols import check_protocol

    check_protocol(file, as_json=as_json, language=language)


@app.command()
def course(
    child: Child,
    protocol: ProtocolId = "",
    number: Number = "1",
    start: Annotated[
        str,
        typer.Option(
            "--start", metavar="WHEN", help="When it is connected, such as 2027-02-05T14:00; else the best start."
        ),
    ] = "",
    containers: Kind = "",
    now: Now = "",
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help="Write the papers there; without it no file is written.")
    ] = "",
    as_json: AsJson = False,
    language: Words = "",
) -> None:
    """Carry one patient through one course: dose, containers, visits, papers."""
    from ransel.cli.course import carry

    carry(child, protocol=protocol, number=number, start=start, kind=containers, now=now, out=out,
          as_json=as_json, language=language)  # fmt: skip


@app.command()
def starts(
    child: Child,
    week: Annotated[str, typer.Option("--week", metavar="WEEK", help="An ISO week, such as 2027-W05.")],
    protocol: ProtocolId = "",
    number: Number = "1",
    containers: Kind = "",
    now: Now = "",
    as_json: AsJson = False,
    language: Words = "",
) -> None:
    """Rank the possible starts in a week; for each that is not possible, say what stands in its way."""
    from ransel.cli.starts import show_starts

    show_starts(child, week=week, protocol=protocol, number=number, kind=containers, now=now,
                as_json=as_json, language=language)  # fmt: skip


@app.command()
def explain(
    child: Child,
    topic: Annotated[
        str, typer.Argument(metavar="TOPIC", help="Such as daily-dose, body-surface, drug-volume, vials.")
    ],
    protocol: ProtocolId = "",
    containers: Kind = "",
    now: Now = "",
    as_json: AsJson = False,
    language: Words = "",
) -> None:
    """Say why a number is what it is: inputs, formula, source, confidence."""
    from ransel.cli.explain import explain_number

    explain_number(child, topic, protocol=protocol, kind=containers, now=now, as_json=as_json, language=language)


def run() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(_outcome())


def _outcome() -> int:
    try:
        return int(app(standalone_mode=False) or 0)
    except Refused as refused:
        _print_refusals(refused.refusals)
        return REFUSED
    except ClickException as error:
        _print_refusals([Refusal("option.not-understood", "", "", {"reason": error.format_message().rstrip(".")})])
        return REFUSED
    except (Abort, KeyboardInterrupt):
        return STOPPED
    except BrokenPipeError:  # the reader of our output has gone; there is nobody left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _print_refusals(refusals: tuple[Refusal, ...] | list[Refusal]) -> None:
    language = _asked_language()
    if "--json" in sys.argv:
        errors = [_as_json(refusal, language) for refusal in refusals]
        typer.echo(json.dumps({"errors": errors}, ensure_ascii=False, indent=2))
        return
    for refusal in refusals:
        typer.echo(refusal.text(language), err=True)


def _as_json(refusal: Refusal, language: Language) -> dict[str, str]:
    return {
        "code": refusal.code,
        "field": refusal.field,
        "value": refusal.value,
        "problem": refusal.problem.text(language),
        "remedy": refusal.remedy.text(language),
        "text": refusal.text(language),
    }


def _asked_language() -> Language:
    """Return the language to refuse in; a language that is itself refused is refused in English."""
    arguments = [word.partition("=")[2] or after for word, after in zip(sys.argv, [*sys.argv[1:], ""], strict=True)
                 if word.partition("=")[0] == "--language"]  # fmt: skip
    if arguments and arguments[-1] in {"en", "nl"}:
        return "nl" if arguments[-1] == "nl" else "en"
    try:
        return default_language()
    except Refused:
        return "en"
