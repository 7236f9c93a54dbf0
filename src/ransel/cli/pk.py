"""The commands of `ransel pk`: levels of a drug, simulated and analysed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

pk_app = typer.Typer(help="Levels of a drug in the blood: simulate them, analyse them.", rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="Print plain data.")]
Words = Annotated[str | None, typer.Option("--language", metavar="nl|en", help="The language (or RANSEL_LANGUAGE).")]


@pk_app.callback()
def pk() -> None:
    """Levels of a drug in the blood: simulate them, analyse them."""


@pk_app.command("simulate")
def simulate(  # noqa: PLR0913, PLR0917 - an option is an argument
    events: Annotated[
        Path | None, typer.Option("--events", metavar="FILE.csv", help="An event table as NONMEM reads it (mg, h).")
    ] = None,
    protocol: Annotated[
        str | None, typer.Option("--protocol", metavar="ID", help="Or children drawn for this protocol.")
    ] = None,
    order: Annotated[
        Path | None,
        typer.Option("--order", metavar="CHILD.toml", help="Or this child by its order; --protocol says which."),
    ] = None,
    ledger: Annotated[
        list[Path] | None,
        typer.Option("--ledger", metavar="EVENTS.jsonl", help="Or what was really given; once for each course."),
    ] = None,
    course: Annotated[
        list[Path] | None,
        typer.Option("--course", metavar="COURSE.json", help="The child's size, and the course of each --ledger."),
    ] = None,
    children: Annotated[
        str | None,
        typer.Option("--children", metavar="N", help="How many, else 1000; of one child: as many of its size."),
    ] = None,
    courses: Annotated[
        str | None,
        typer.Option("--courses", metavar="K", help="How many courses; else as the protocol says, of an order one."),
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option(
            "--seed", metavar="S", help="Draw the children from it, else 1; a table without it: no variation."
        ),
    ] = None,
    parameters: Annotated[
        str, typer.Option("--parameters", metavar="SET", help="What is known of the drug in children.")
    ] = "long-tail",
    model: Annotated[str, typer.Option("--model", metavar="MODEL", help="linear or saturable.")] = "linear",
    most: Annotated[
        str | None,
        typer.Option("--most", metavar="RATE", help='saturable: at most so much is removed, such as "2 mg/day".'),
    ] = None,
    half: Annotated[
        str | None, typer.Option("--half", metavar="LEVEL", help='saturable: half of it at this level, "5 mg/L".')
    ] = None,
    step: Annotated[
        str | None, typer.Option("--step", metavar="TIME", help='Distance of the points in a trajectory, else "1 h".')
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="TIME", help='With a table or a ledger: until hour …, such as "35 days".'),
    ] = None,
    threshold: Annotated[
        str | None, typer.Option("--threshold", metavar="LEVEL", help='Also the hours above it, such as "1 mg/L".')
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write levels, sums and trajectories (Parquet) there.")
    ] = None,
    as_json: AsJson = False,
    language: Words = None,
) -> None:
    """Simulate levels by a table, a protocol, an order, or what was really given; what is assumed is always printed."""
    from ransel.cli.pk_simulate import show_simulation
    from ransel.cli.pk_simulate_inputs import SimulateInputs

    inputs = SimulateInputs(
        events_given=events, protocol_given=protocol, order_given=order, ledgers_given=tuple(ledger or ()),
        documents_given=tuple(course or ()), children_given=children, courses_given=courses, seed_given=seed,
        parameters_given=parameters, model_given=model, most_given=most, half_given=half, step_given=step,
        until_given=until, threshold_given=threshold, out=out, language_given=language,
    )  # fmt: skip
    show_simulation(inputs, as_json=as_json)


@pk_app.command("nca")
def nca(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A table with ID, TIME (h) and DV (mg/L).")],
    dose: Annotated[
        str | None, typer.Option("--dose", metavar="AMOUNT", help='Of every child at hour 0, such as "320 mg".')
    ] = None,
    duration: Annotated[
        str | None, typer.Option("--duration", metavar="TIME", help='How long it ran in, such as "8 h".')
    ] = None,
    route: Annotated[
        str | None, typer.Option("--route", metavar="ROUTE", help="bolus, infusion or extravascular.")
    ] = None,
    method: Annotated[
        str, typer.Option("--method", metavar="RULE", help="linear-up-log-down, linear or linear-log.")
    ] = "linear-up-log-down",
    below: Annotated[
        str, typer.Option("--below", metavar="RULE", help="Levels below the limit: usual, zero or left-out.")
    ] = "usual",
    area: Annotated[
        list[str] | None,
        typer.Option("--area", metavar="FROM-TO", help="Also the area between these hours; as often as you like."),
    ] = None,
    as_json: AsJson = False,
    language: Words = None,
) -> None:
    """Analyse measured levels without a model: areas, half-life, clearance, volumes."""
    from ransel.cli.pk_nca import NcaInputs, show_nca

    inputs = NcaInputs(
        file=file, dose_given=dose, duration_given=duration, route_given=route, method_given=method,
        below_given=below, areas_given=area or [], language_given=language,
    )  # fmt: skip
    show_nca(inputs, as_json=as_json)


@pk_app.command("fit")
def fit(
    file: Annotated[
        Path, typer.Argument(metavar="LEVELS.csv", help="A table with ID, TIME (h), DV (mg/L), and the doses.")
    ],
    parameters: Annotated[
        str, typer.Option("--parameters", metavar="SET", help="What is known of the drug in children.")
    ] = "long-tail",
    protocol: Annotated[
        str | None,
        typer.Option("--protocol", metavar="ID", help="By which the children were dosed, if no row says it."),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help='Show the course until hour …, such as "35 days".')
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write pictures and their tables there.")
    ] = None,
    as_json: AsJson = False,
    language: Words = None,
) -> None:
    """Estimate each child from a few measured levels, and say how sure that is. What is assumed is always printed."""
    from ransel.cli.pk_fit import show_fit
    from ransel.cli.pk_fit_inputs import FitInputs

    inputs = FitInputs(
        file=file, parameters_given=parameters, protocol_given=protocol, until_given=until, out=out,
        language_given=language,
    )  # fmt: skip
    show_fit(inputs, as_json=as_json)
