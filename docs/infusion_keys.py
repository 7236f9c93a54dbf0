"""The keys of a ledger and of a run as JSON, compared with real output of the commands."""

from __future__ import annotations

import io
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from docs.course_keys import keys_in, table_of
from docs.example_course import ROOT
from docs.recordings import BY_HAND, NOW_GIVEN, RECORDINGS, START_GIVEN
from ransel.cli.inputs import Inputs
from ransel.cli.ledger import LedgerInputs, account_stream
from ransel.cli.simulation import RunInputs, run_json, simulated

HERE = Path(__file__).parent
NOOR = ROOT / "examples" / "noor.toml"
FAULTS = (
    (),
    ("occlusion@37h for 20min", "motor-stuck@60h", "battery-out@90h", "late-change=6h@0h"),
    ("tube-shut@3h", "free-flow@50h", "not-weighed@0h", "wrong-display=300mL@0h"),
)
"""Courses that between them fill every key of a run."""
MOMENTS = ("2027-02-05T13:46", "2027-02-08T09:00", "2027-02-12T09:00", "2027-02-16T09:00")
"""Instants at which a recorded course is accounted, by what was heard until then."""


def words(name: str) -> Mapping[str, str]:
    """Return the sentences of a document, by key."""
    read: Mapping[str, str] = tomllib.loads((HERE / "words" / f"{name}.toml").read_text(encoding="utf-8"))["keys"]
    return read


@cache
def ledgers() -> tuple[dict[str, Any], ...]:
    """Return accounts of every recorded course, before, during and after it, as the command prints them."""
    with TemporaryDirectory() as folder:
        heard = Path(folder) / "heard.jsonl"
        return tuple(_account(heard, path, now) for path in RECORDINGS for now in MOMENTS)


def _account(heard: Path, path: Path, now: str) -> dict[str, Any]:
    lines = "".join(one.read_text(encoding="utf-8") for one in (path, BY_HAND)).splitlines(keepends=True)
    heard.write_text("".join(line for line in lines if json.loads(line)["received_at"] < now), encoding="utf-8")
    return printed(heard, now)


def printed(path: Path, now: str | None = None) -> dict[str, Any]:
    """Return what `ransel ledger … --json` prints about a stream."""
    output = io.BytesIO()
    inputs = Inputs(child=path, now_given=now, language_given="en")
    with io.TextIOWrapper(output, encoding="utf-8") as stream, redirect_stdout(stream):
        account_stream(LedgerInputs(inputs, None), as_json=True)
        read: dict[str, Any] = json.loads(output.getvalue())
    return read


@cache
def runs() -> tuple[dict[str, Any], ...]:
    """Return runs with and without faults, as the command prints them."""
    return tuple(_run(faults, seed) for faults, seed in zip(FAULTS, (None, "7", None), strict=True))


def _run(faults: Iterable[str], seed: str | None) -> dict[str, Any]:
    inputs = Inputs(child=NOOR, now_given=NOW_GIVEN, start_given=START_GIVEN, language_given="en")
    given = RunInputs(inputs=inputs, faults_given=list(faults), seed_given=seed)
    return json.loads(json.dumps(run_json(simulated(given), "en")))  # type: ignore[no-any-return]


def found_keys(documents: Iterable[Mapping[str, Any]]) -> dict[str, list[object]]:
    """Return every key of some documents with the values it has."""
    found: dict[str, list[object]] = {}
    for document in documents:
        for key, value in keys_in(document):
            found.setdefault(key, []).append(value)
    return found


def ledger_page() -> str:
    """Return the table of all keys of a ledger."""
    return table_of(found_keys(ledgers()), words("ledger"))


def run_page() -> str:
    """Return the table of the keys that a run has beside those of a ledger."""
    return table_of(dict(_only_of_runs()), words("run"))


def _only_of_runs() -> Iterator[tuple[str, list[object]]]:
    ledger = words("ledger")
    own = words("run")
    for key, values in found_keys(runs()).items():
        if key in own or key not in ledger:
            yield key, values


def missing_and_left_over(name: str, documents: Iterable[Mapping[str, Any]], shared: Iterable[str] = ()) -> set[str]:
    """Return the keys that have no sentence, and the sentences without a key."""
    found, written = set(found_keys(documents)), set(words(name))
    return (found - written - set(shared)) | (written - found)
