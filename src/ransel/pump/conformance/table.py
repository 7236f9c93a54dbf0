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
    registered_rests,
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
    function, rest = registered_checks().get(one.id), registered_rests().get(one.id)
    return _without_run(one) if function is None else _run(one, function, seed, rest)


def judged(
    one: Check,
    observations: tuple[Observation, ...],
    failure: Message | None = None,
    evidence: Evidence | None = None,
    *,
    rest_shown: bool = False,
) -> CheckResult:
    """Return the result of a check by the rule of `verdict.py`; `rest_shown` when the awaited room was run too."""
    failure = failure or _failure(observations)
    room = one.awaits.room if one.awaits and not rest_shown else ""
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


def _run(one: Check, function: CheckFunction, seed: int, rest: CheckFunction | None) -> CheckResult:
    bench = Bench(seed)
    seen, failure = _observed(function, bench)
    if rest is not None:
        remained, later = _observed(rest, bench)
        failure = failure or later or (None if remained else Message("conformance.no-observation"))
        seen += remained
    bench.keep(_line(observation) for observation in seen)
    evidence = Evidence(function_name(function), seed, bench.log_hash)
    return judged(one, tuple(seen), failure, evidence, rest_shown=rest is not None)


def _observed(function: CheckFunction, bench: Bench) -> tuple[list[Observation], Message | None]:
    """Return what a function observes, up to an error, and the error."""
    seen: list[Observation] = []
    try:
        for observation in function(bench):
            if not isinstance(observation.holds, bool):
                raise TypeError(f"holds is {observation.holds!r}")  # noqa: TRY301 - told like any other error
            seen.append(observation)
    except Exception as error:  # noqa: BLE001 - an error is the finding of this check; the others are run all the same
        return seen, _error(error)
    return seen, None


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
