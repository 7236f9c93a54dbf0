"""Run the checks and say what came of them: `run_checks()`; the words and the JSON are in `report.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from importlib import import_module

from ransel.language import Message
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.checks import Check, checks
from ransel.pump.conformance.verdict import (
    CheckFunction,
    CheckResult,
    Evidence,
    Observation,
    Verdict,
    function_name,
    registered_checks,
)

SEED = 2027
Progress = Callable[[CheckResult], None]


def run_checks(
    progress: Progress | None = None, *, only: Collection[str] = (), seed: int = SEED
) -> tuple[CheckResult, ...]:
    """Run every check, or `only` those with these ids, and return their results in the order of the table.

    `progress` is told each result as it comes.
    """
    results = []
    for one in checks():
        if not only or one.id in only:
            results.append(run_check(one, seed))
            if progress:
                progress(results[-1])
    return tuple(results)


def run_check(one: Check, seed: int = SEED) -> CheckResult:
    """Run one check on a bench of its own. Whatever goes wrong in it is its failure, never an exception."""
    try:
        import_module(one.module)
    except Exception as error:  # noqa: BLE001 - a module that cannot be imported fails its checks, not the whole table
        missing = isinstance(error, ModuleNotFoundError) and error.name == one.module
        return _without_run(one) if missing else judged(one, (), _error(error))
    function = registered_checks().get(one.id)
    return _without_run(one) if function is None else _run(one, function, seed)


def judged(
    one: Check, observations: tuple[Observation, ...], failure: Message | None = None, evidence: Evidence | None = None
) -> CheckResult:
    """Return the result of a check by the rule of `verdict.py`."""
    failure = failure or _failure(observations)
    room = one.awaits.room if one.awaits else ""
    if failure:
        verdict = Verdict.FAILS
    elif room:
        verdict = Verdict.AWAITS
    else:
        verdict = Verdict.DEVIATES if one.deviations else Verdict.PASSES
    return CheckResult(one.id, verdict, observations, room, failure, evidence)


def _without_run(one: Check) -> CheckResult:
    if one.awaits:
        return CheckResult(one.id, Verdict.AWAITS, awaits_room=one.awaits.room)
    return CheckResult(one.id, Verdict.FAILS, failure=Message("conformance.no-function"))


def _run(one: Check, function: CheckFunction, seed: int) -> CheckResult:
    bench = Bench(seed)
    seen: list[Observation] = []
    failure = None
    try:
        for observation in function(bench):
            if not isinstance(observation.holds, bool):
                raise TypeError(f"holds is {observation.holds!r}")  # noqa: TRY301 - told like any other error
            seen.append(observation)
    except Exception as error:  # noqa: BLE001 - an error is the finding of this check; the others are run all the same
        failure = _error(error)
    bench.keep(_line(observation) for observation in seen)
    return judged(one, tuple(seen), failure, Evidence(function_name(function), seed, bench.log_hash))


def _failure(observations: tuple[Observation, ...]) -> Message | None:
    if not observations:
        return Message("conformance.no-observation")
    broken = [observation for observation in observations if not observation.holds]
    if not broken:
        return None
    first = broken[0]
    values = {"says": first.says, "expected": first.expected, "measured": first.measured}
    return Message("conformance.does-not-hold", {**values, "count": len(broken), "all": len(observations)})


def _error(error: Exception) -> Message:
    return Message("conformance.error", {"kind": type(error).__name__, "error": str(error)})


def _line(observation: Observation) -> str:
    parts = observation.as_json("en")
    return " · ".join(str(parts[name]) for name in ("says", "expected", "measured", "holds"))
