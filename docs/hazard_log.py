"""The hazard log, made of the data in `safety/`: `python -m docs.hazard_log` prints it."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

SAFETY = Path(__file__).parents[1] / "safety"
SIGNS = {"low": "○", "medium": "◐", "high": "●"}
Table = Mapping[str, Any]


def hazard_log(safety: Path = SAFETY) -> str:
    """Return the whole log as Markdown."""
    scales = _read(safety / "scales.toml")
    parts = [_read(path) for path in sorted((safety / "hazards").glob("*.toml"))]
    lines = [*_opening(parts, scales), *_overview(parts, scales), *_still_open(parts)]
    for part in parts:
        lines += [f"## {part['title']}", "", part["about"], ""]
        for hazard in part["hazards"]:
            lines += _hazard(hazard, scales)
    return "\n".join(lines).rstrip() + "\n"


def _opening(parts: Sequence[Table], scales: Table) -> Iterator[str]:
    hazards = _hazards(parts)
    status = Counter(hazard["status"] for hazard in hazards)
    tests = {test for hazard in hazards for control in hazard["controls"] for test in control["tests"]}
    yield from (
        "<!-- Made by `make docs` out of safety/hazards/. Edit the data, not this file. -->",
        "",
        "# Hazard log",
        "",
        "What could hurt a child, what Ransel does about it, and which tests prove that. Scales, words and how to add",
        "a hazard: [README.md](README.md). No probability here was measured, and nobody has accepted these risks yet.",
        "",
        f"{len(hazards)} hazards, {sum(len(hazard['controls']) for hazard in hazards)} controls, {len(tests)} tests.",
        "",
        "| | hazards | |",
        "|---|--:|---|",
    )
    yield from (f"| **{name}** | {status[name]} | {means} |" for name, means in scales["status"].items())
    yield from ("", "| risk | before | after |", "|---|--:|--:|")
    counts = [Counter(_risk(hazard[when], scales) for hazard in hazards) for when in ("before", "after")]
    yield from (
        f"| {SIGNS[risk]} {risk} | {counts[0][risk]} | {counts[1][risk]} |" for risk in ("high", "medium", "low")
    )
    yield ""


def _overview(parts: Sequence[Table], scales: Table) -> Iterator[str]:
    yield from ("## All hazards", "")
    for part in parts:
        yield from (f"**{part['title']}**", "", "| | hazard | before | after | status |", "|---|---|---|---|---|")
        for hazard in part["hazards"]:
            before, after = (_sign(hazard[when], scales) for when in ("before", "after"))
            yield f"| {_link(hazard['id'])} | {hazard['hazard']} | {before} | {after} | {hazard['status']} |"
        yield ""


def _still_open(parts: Sequence[Table]) -> Iterator[str]:
    yield from ("## Still open", "", "What is known to be missing, of all hazards together.", "")
    for hazard in _hazards(parts):
        yield from (f"- {_link(hazard['id'])}: {missing}" for missing in hazard.get("open", ()))
    yield ""


def _hazard(hazard: Table, scales: Table) -> Iterator[str]:
    yield from (f"### {hazard['id']}", "", f"**{hazard['hazard']}**", "")
    yield from (f"{number}. {event}" for number, event in enumerate(hazard["events"], 1))
    yield from ("", f"*Harm:* {hazard['harm']}", "", "| | severity | probability | risk |", "|---|---|---|---|")
    yield from (f"| {when} | {_level(hazard[when], scales)} |" for when in ("before", "after"))
    yield ""
    for control in hazard["controls"]:
        yield f"- **{control['kind']}** · {control['control']}"
        yield from (f"  - {_proof(test)}" for test in control["tests"])
    yield from ("", f"*Residual:* {hazard['residual']}", "", f"*Status:* {hazard['status']}.")
    yield from (f"*Still open:* {missing}" for missing in hazard.get("open", ()))
    yield ""


def _proof(test: str) -> str:
    path, _, names = test.partition("::")
    sentence = names.rpartition("::")[2].removeprefix("test_").replace("_", " ")
    return f"[{sentence}](../{path})"


def _level(judged: Table, scales: Table) -> str:
    severity, probability = judged["severity"], judged["probability"]
    words = scales["severity"][str(severity)]["name"], scales["probability"][str(probability)]["name"]
    return f"{severity} {words[0]} | {probability} {words[1]} | {_sign(judged, scales)}"


def _sign(judged: Table, scales: Table) -> str:
    risk = _risk(judged, scales)
    return f"{SIGNS[risk]} {risk}"


def _risk(judged: Table, scales: Table) -> str:
    found: str = scales["risk"][str(judged["severity"])][judged["probability"] - 1]
    return found


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _hazards(parts: Sequence[Table]) -> list[Table]:
    return sorted((hazard for part in parts for hazard in part["hazards"]), key=lambda hazard: str(hazard["id"]))


def _read(path: Path) -> Table:
    return tomllib.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    print(hazard_log(), end="")
