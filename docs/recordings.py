"""The recorded courses in `examples/recordings`: made by the command that a reader would use."""

from __future__ import annotations

from collections.abc import Mapping

from docs.executed import ROOT
from ransel.cli.inputs import Inputs
from ransel.cli.simulation import RunInputs, simulated
from ransel.infusion import write_events

FOLDER = ROOT / "examples" / "recordings"
NOW_GIVEN, START_GIVEN = "2027-02-02T09:00", "2027-02-05T14:00"
FAULTS: Mapping[str, str] = {
    "occlusion": "occlusion@37h for 20min",
    "silent-non-delivery": "tube-shut@30h for 85h",
}
"""What goes wrong in each recorded course of the example child."""
BY_HAND = FOLDER / "photo-after-a-day.jsonl"
"""One line that a person wrote: what the telephone desk read off a photo of the cassette that was shut."""
RECORDINGS = tuple(FOLDER / f"{name}.jsonl" for name in FAULTS)


def run_inputs(name: str) -> RunInputs:
    """Return what the command is given for a recorded course."""
    noor = ROOT / "examples" / "noor.toml"
    inputs = Inputs(child=noor, now_given=NOW_GIVEN, start_given=START_GIVEN, language_given="en")
    return RunInputs(inputs=inputs, faults_given=[FAULTS[name]])


def recording(name: str) -> bytes:
    """Return the events of a course, as `ransel run examples/noor.toml --fault … --out DIR` writes them."""
    return "".join(f"{line}\n" for line in write_events(simulated(run_inputs(name)).events)).encode()


def command(name: str) -> str:
    """Return the command that makes a recording."""
    return (
        f"ransel run examples/noor.toml --now {NOW_GIVEN} --start {START_GIVEN} "
        f'--fault "{FAULTS[name]}" --out {FOLDER.relative_to(ROOT)}/new'
    )


def write_recordings() -> None:
    """Write every recording that is not current."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in RECORDINGS:
        made = recording(path.stem)
        if not path.exists() or path.read_bytes() != made:
            path.write_bytes(made)
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    write_recordings()
