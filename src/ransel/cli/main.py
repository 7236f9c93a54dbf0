"""Where the command line begins: commands, options, refusals, exit codes.

Exit codes: 0 it was done; 2 the input was refused and nothing was done; 130 the person stopped it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ransel import __version__
from ransel.cli.output import prepare_output, show, show_refusals
from ransel.cli.pk import pk_app
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
conformance_app = typer.Typer(help="Checks against published requirements, run here and now.", rich_markup_mode=None)
app.add_typer(conformance_app, name="conformance")
chart_app = typer.Typer(
    help="The entries of all children: check them, take one treatment out or in.", rich_markup_mode=None
)
app.add_typer(chart_app, name="chart")
app.add_typer(pk_app, name="pk")

Child = Annotated[Path, typer.Argument(metavar="CHILD.toml", help="The patient's file.")]
ProtocolId = Annotated[
    str | None, typer.Option("--protocol", metavar="ID", help="The protocol; `ransel protocols` lists them.")
]
Number = Annotated[str, typer.Option("--course", metavar="N", help="Which course it is, from 1.")]
Kind = Annotated[
    str | None, typer.Option("--containers", metavar="KIND", help="cassettes, syringes, … as the protocol names them.")
]
Start = Annotated[
    str | None,
    typer.Option(
        "--start", metavar="WHEN", help="When it is connected, such as 2027-02-05T14:00; else the best start."
    ),
]
Now = Annotated[
    str | None, typer.Option("--now", metavar="WHEN", help="Use this instant instead of the clock (or RANSEL_NOW).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print plain data.")]
Words = Annotated[str | None, typer.Option("--language", metavar="nl|en", help="The language (or RANSEL_LANGUAGE).")]


@app.callback(invoke_without_command=True)
def ransel(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """The system behind the backpack: long infusions at home, from the prescription to the last drop."""
    if version:
        show(f"ransel {__version__}")
    elif context.invoked_subcommand is None:
        show(context.get_help())


@protocols_app.callback()
def protocols(context: typer.Context, as_json: AsJson = False, language: Words = None) -> None:
    """List the protocols, the package's own and those of the hospital."""
    from ransel.cli.protocols import list_protocols

    if context.invoked_subcommand is None:
        list_protocols(as_json=as_json, language=language)


@protocols_app.command("check")
def check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A protocol file.")],
    as_json: AsJson = False,
    language: Words = None,
) -> None:
    """Check a protocol file and say how far its numbers can be trusted."""
    from ransel.cli.protocols import check_protocol

    before = context.parent.params if context.parent else {}  # `ransel protocols --json check FILE` means the same
    check_protocol(file, as_json=as_json or bool(before.get("as_json")), language=language or before.get("language"))


@app.command()
def course(
    child: Child,
    protocol: ProtocolId = None,
    number: Number = "1",
    start: Start = None,
    containers: Kind = None,
    now: Now = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="Write the papers there; without it no file is written.")
    ] = None,
    as_json: AsJson = False,
    language: Words = None,
) -> None:
    """Carry one patient through one course: dose, containers, visits, papers."""
    from ransel.cli.course import carry
    from ransel.cli.inputs import Inputs

    inputs = Inputs(
        child=child, language_given=language, protocol_given=protocol, course_given=number, start_given=start,
        kind_given=containers, now_given=now, out_given=out,
    )  # fmt: skip
    carry(inputs, as_json=as_json)


@app.command()
def starts(
    child: Child,
    week: Annotated[str, typer.Option("--week", metavar="WEEK", help="An ISO week, such as 2027-W05.")],
    protocol: ProtocolId = None,
    number: Number = "1",
    containers: Kind = None,
    now: Now = None,
    as_json: AsJson = False,
    language: Words = None,
) -> None:
    """Rank the possible starts in a week; for each that is not possible, say what stands in its way."""
    from ransel.cli.inputs import Inputs
    from ransel.cli.starts import show_starts

    inputs = Inputs(
        child=child, language_given=language, protocol_given=protocol, course_given=number, week_given=week,
        kind_given=containers, now_given=now,
    )  # fmt: skip
    show_starts(inputs, as_json=as_json)


@app.command()
def explain(
    child: Child,
    topic: Annotated[
        str, typer.Argument(metavar="TOPIC", help="Such as daily-dose, body-surface, drug-volume, vials.")
    ],
    protocol: ProtocolId = None,
    containers: Kind = None,
    now: Now = None,
    as_json: AsJson = False,
    language: Words = None,
) -> None:
    """Say why a number is what it is: inputs, formula, source, confidence."""
    from ransel.cli.explain import explain_number
    from ransel.cli.inputs import Inputs

    inputs = Inputs(
        child=child, language_given=language, protocol_given=protocol, kind_given=containers, now_given=now
    )  # fmt: skip
    explain_number(inputs, topic, as_json=as_json)


@app.command("run")
def run_course(
    child: Annotated[
        Path, typer.Argument(metavar="CHILD.toml|COURSE.json", help="A patient's file, or a planned course.")
    ],
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", metavar="FAULT", help='Such as "occlusion@37h for 20min"; as often as you like.'),
    ] = None,
    faults: Annotated[
        Path | None, typer.Option("--faults", metavar="FILE", help="A file with one fault a line.")
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option("--seed", metavar="N", help="Draw the error of the pump; the same seed, the same course."),
    ] = None,
    flow_error: Annotated[
        str | None, typer.Option("--flow-error", metavar="PERCENT", help="How far the pump is off, such as +6%.")
    ] = None,
    protocol: ProtocolId = None,
    number: Number = "1",
    start: Start = None,
    containers: Kind = None,
    now: Now = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="Write events, account and pictures there.")
    ] = None,
    as_json: AsJson = False,
    language: Words = None,
) -> None:
    """Run a course on the simulated pump, with faults, and account what the child received."""
    from ransel.cli.inputs import Inputs
    from ransel.cli.simulation import RunInputs, run

    inputs = Inputs(
        child=child, language_given=language, protocol_given=protocol, course_given=number, start_given=start,
        kind_given=containers, now_given=now, out_given=out,
    )  # fmt: skip
    given = RunInputs(
        inputs=inputs, faults_given=fault or [], faults_file=faults, seed_given=seed, flow_error_given=flow_error
    )  # fmt: skip
    run(given, as_json=as_json)


@app.command()
def ledger(
    events: Annotated[Path, typer.Argument(metavar="EVENTS.jsonl", help="A recorded stream of pump events.")],
    course_file: Annotated[
        Path | None,
        typer.Option("--course", metavar="COURSE.json", help="The course, when the stream does not carry it."),
    ] = None,
    now: Annotated[
        str | None,
        typer.Option("--now", metavar="WHEN", help="Account at this instant instead of the end of the stream."),
    ] = None,
    out: Annotated[str | None, typer.Option("--out", metavar="DIR", help="Write account and pictures there.")] = None,
    as_json: AsJson = False,
    language: Words = None,
) -> None:
    """Account a recorded stream: what the child really received, how sure that is, and what has to move."""
    from ransel.cli.inputs import Inputs
    from ransel.cli.ledger import LedgerInputs, account_stream

    inputs = Inputs(child=events, language_given=language, now_given=now, out_given=out)
    account_stream(LedgerInputs(inputs, course_file), as_json=as_json)


@app.command()
def compare(
    children: Annotated[
        str, typer.Option("--children", metavar="N", help="How many simulated children, each in both regimens.")
    ] = "10000",
    regimens: Annotated[
        str | None, typer.Option("--regimens", metavar="A,B", help="Old and new, as `ransel protocols` names them.")
    ] = None,
    seed: Annotated[
        str, typer.Option("--seed", metavar="N", help="The same seed, the same children, to the last bit.")
    ] = "1",
    courses: Annotated[
        str | None, typer.Option("--courses", metavar="N", help="How many; as many as the protocols have if not given.")
    ] = None,
    parameters: Annotated[
        str | None, typer.Option("--parameters", metavar="SET", help="What the drug is taken to do, such as simple.")
    ] = None,
    cohort: Annotated[
        list[Path] | None,
        typer.Option("--cohort", metavar="FILE", help="Own courses, CSV or Parquet; as often as you like."),
    ] = None,
    processes: Annotated[
        str | None, typer.Option("--processes", metavar="N", help="Spread over so many processes of this machine.")
    ] = None,
    dask: Annotated[
        str | None, typer.Option("--dask", metavar="ADDRESS", help="Spread over the workers of a Dask scheduler.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="DIR", help="Keep what is done there; go on after an interruption.")
    ] = None,
    now: Now = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="Write the pages for parents and doctors there.")
    ] = None,
    as_json: AsJson = False,
    language: Words = None,
) -> None:
    """Compare old and new: exposure of the same children, side effects in both directions, burden."""
    from ransel.cli.compare import CompareInputs, show_comparison
    from ransel.cli.inputs import Inputs

    given = CompareInputs(
        inputs=Inputs(child=Path(), language_given=language, now_given=now, out_given=out),
        children_given=children, regimens_given=regimens, seed_given=seed, courses_given=courses,
        parameters_given=parameters, processes_given=processes, dask_given=dask, keep_given=keep,
        cohort_given=tuple(cohort or ()),
    )  # fmt: skip
    show_comparison(given, as_json=as_json)


@conformance_app.callback()
def conformance() -> None:
    """Checks against published requirements, run here and now."""


@conformance_app.command("pump")
def conformance_pump(as_json: AsJson = False, language: Words = None) -> None:
    """Run the 64 checks of the pump and print what passes, deviates or awaits another room."""
    from ransel.cli.conformance import check_pump

    check_pump(as_json=as_json, language=language)


@app.command()
def demo(
    port: Annotated[int, typer.Option("--port", metavar="N", help="Where it listens; 0 finds a free one.")] = 8000,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew: forget what was done in an earlier demo.")
    ] = False,
    language: Words = None,
) -> None:
    """Show the hospital with synthetic children, on this machine only (state in RANSEL_HOME)."""
    from ransel.cli.hospital import demo as show_demo

    show_demo(port, language, fresh=fresh)


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where it listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", help="On which port.")] = 8000,
    workers: Annotated[int, typer.Option("--workers", metavar="N", min=1, help="Processes.")] = 2,
    language: Words = None,
) -> None:
    """Serve the hospital for real use; refuses to start with what is good for a demo only."""
    from ransel.cli.hospital import serve_for_real

    serve_for_real(host, port, workers, language)


@app.command()
def setup(
    administrator: Annotated[
        str, typer.Option("--administrator", metavar="NAME", help="Also make this first administrator.")
    ] = "",
    organisation: Annotated[
        str, typer.Option("--organisation", metavar="CODE", help="The hospital they belong to, such as maxima.")
    ] = "hospital",
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The name of that hospital.")] = "",
    language: Words = None,
) -> None:
    """Make the tables of a new installation, or bring those of an older one up to date."""
    from ransel.cli.hospital import setup as set_up

    set_up(administrator, organisation, name, language)


@chart_app.callback()
def chart() -> None:
    """The entries of all children: check them, take one treatment out or in (database of RANSEL_DATABASE_URL)."""


@chart_app.command("verify")
def chart_verify(
    head: Annotated[
        Path | None, typer.Option("--head", metavar="FILE", help="A head that was kept elsewhere must be on the way.")
    ] = None,
    as_json: AsJson = False,
    language: Words = None,
) -> None:
    """Walk the chain of all entries and name the first place where something was changed, moved or removed."""
    from ransel.cli.chart import verify

    verify(head, as_json=as_json, language=language)


@chart_app.command("head")
def chart_head(
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it into this new file.")] = None,
    as_json: AsJson = False,
    language: Words = None,
) -> None:
    """Say where the chain ends; kept elsewhere, it shows later that nothing was cut off."""
    from ransel.cli.chart import show_head

    show_head(out, as_json=as_json, language=language)


@chart_app.command("rebuild")
def chart_rebuild(language: Words = None) -> None:
    """Write all boards anew from the entries; the entries themselves stay as they are."""
    from ransel.cli.chart import rebuild

    rebuild(language)


@chart_app.command("export")
def chart_export(
    treatment: Annotated[str, typer.Argument(metavar="TREATMENT", help="The id of a treatment.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The new file.")],
    language: Words = None,
) -> None:
    """Write one treatment, every entry exactly as it was signed, into a file for another Ransel."""
    from ransel.cli.chart import export

    export(treatment, out, language)


@chart_app.command("import")
def chart_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `ransel chart export` has written.")],
    language: Words = None,
) -> None:
    """Take in a treatment that was exported elsewhere; the same file twice changes nothing."""
    from ransel.cli.chart import import_file

    import_file(file, language)


@chart_app.command("reads")
def chart_reads(
    whom: Annotated[
        str, typer.Argument(metavar="CHILD|TREATMENT", help="A patient number, the code of a child, or a treatment.")
    ],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.csv", help="Write a table into this file.")] = None,
    as_json: AsJson = False,
    language: Words = None,
) -> None:
    """Say who has looked at the data of one child, when, why, and what was refused."""
    from ransel.cli.chart import reads

    reads(whom, out, as_json=as_json, language=language)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new file.")],
    language: Words = None,
) -> None:
    """Write the whole database into a new file while others work, its chain checked."""
    from ransel.cli.backup import back_up

    back_up(file, language)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `ransel backup` has written.")],
    language: Words = None,
) -> None:
    """Make a new database (RANSEL_HOME or RANSEL_DATABASE_URL) out of a backup; never over one that is there."""
    from ransel.cli.backup import restore as put_back

    put_back(file, language)


def run() -> None:
    """Run the command line and leave with its exit code."""
    prepare_output()
    sys.exit(_outcome())


def _outcome() -> int:
    try:
        return int(app(standalone_mode=False) or 0)
    except Refused as refused:
        from ransel.cli.inputs import file_apart

        return _refused(*map(file_apart, refused.refusals))
    except typer.TyperException as error:
        from ransel.cli.usage import refusal_of

        return _refused(refusal_of(error))
    except (typer.Abort, KeyboardInterrupt):
        return STOPPED


def _refused(*refusals: Refusal) -> int:
    show_refusals(refusals, _asked_language(), as_json="--json" in sys.argv)
    return REFUSED


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
