"""`ransel pk simulate`: the levels of children of an event table, or of children drawn for a protocol."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path

from ransel.cli.output import show, show_data
from ransel.cli.pk_simulate_inputs import SimulateInputs
from ransel.cli.pk_simulate_text import levels_csv, simulation_json, simulation_text, summary_csv
from ransel.cli.pk_simulated import Simulated
from ransel.cli.progress import ProgressBar
from ransel.language import Message
from ransel.pharmacokinetics.trajectory_file import TrajectoryFile, trajectory_file


def show_simulation(inputs: SimulateInputs, *, as_json: bool) -> None:
    """Simulate, write files when a folder is given, and print what was found."""
    inputs.check()
    done = Simulated(inputs)
    files = [] if inputs.out is None else _write(done, inputs.out)
    if inputs.out is None:
        _run(done, None)
    if as_json:
        show_data(simulation_json(done))
        return
    show(simulation_text(done))
    if files:
        show("\n" + Message("pk.written", {"folder": inputs.out}).text(inputs.language))
        show("\n".join(f"  {path.name}" for path in files))


def _write(done: Simulated, folder: Path) -> list[Path]:
    """Simulate into a folder and return its files; all of them, or none."""
    from ransel.cli.folder import new_files  # with all kinds of papers behind it

    with new_files(folder) as waiting:
        about = simulation_json(done, found=False)
        wanted = done.inputs.grid is not None
        with trajectory_file(waiting / "trajectories.parquet", about) if wanted else nullcontext() as trajectories:
            _run(done, trajectories)
        (waiting / "summary.csv").write_text(summary_csv(done), encoding="utf-8")
        if done.inputs.table is not None:
            (waiting / "levels.csv").write_text(levels_csv(done), encoding="utf-8")
        document = json.dumps(simulation_json(done), ensure_ascii=False, indent=2)
        (waiting / "simulation.json").write_text(f"{document}\n", encoding="utf-8")
        names = sorted(path.name for path in waiting.iterdir())
    return [folder / name for name in names]


def _run(done: Simulated, file: TrajectoryFile | None) -> None:
    inputs, bar = done.inputs, ProgressBar()
    try:
        for block in inputs.source.blocks():
            done.add(block)
            if file is not None and inputs.grid is not None:
                values = inputs.model.on_grid(block.individuals, block.schedule, inputs.grid)
                file.write(block.names, inputs.grid.times, values)
            bar.tell(len(done.names), inputs.source.count)
    finally:
        bar.clear()
