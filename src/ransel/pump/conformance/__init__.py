"""Conformance of the pump: 64 checks against published requirements, run on the twin.

`checks.toml` says what each check does and which requirements it comes from, `requirements.csv` lists those
requirements, `contradictions.toml` says where the published texts disagree. Check functions stand in one module
per topic:

    from ransel.pump.conformance import Bench, Observation, check

    @check("C01")
    def c01(bench: Bench) -> Iterator[Observation]:
        ...
"""

from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.verdict import CheckResult, Observation, Verdict, check

__all__ = ["Bench", "CheckResult", "Observation", "Verdict", "check"]
