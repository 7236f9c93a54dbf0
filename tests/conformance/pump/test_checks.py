"""The 64 checks of the pump, one test each; `ransel conformance pump` prints the same results."""

from importlib import import_module

import pytest

from ransel.pump.conformance.checks import checks
from ransel.pump.conformance.report import result_lines
from ransel.pump.conformance.table import run_check
from ransel.pump.conformance.tracing import requirements
from ransel.pump.conformance.verdict import Verdict, registered_checks


@pytest.mark.usefixtures("django_ready")
@pytest.mark.parametrize("check", checks(), ids=lambda check: f"{check.id} {check.topic}")
def test_the_pump_does_what_the_check_expects(check):
    import_module("ransel.hospital.conformance")
    result = run_check(check)
    said = "\n".join(result_lines(result))
    assert result.verdict is not Verdict.FAILS, said
    if check.awaits in {None, "hospital"}:
        assert result.verdict in {Verdict.PASSES, Verdict.DEVIATES}, said
        assert len(result.evidence.log_hash) == 64


def test_every_applicable_requirement_is_named_by_a_check_that_can_be_run():
    for module in {one.module for one in checks()}:
        import_module(module)
    named = {source for one in checks() if one.id in registered_checks() for source in one.sources}
    assert [one.notation for one in requirements() if one.coding.applies and one.notation not in named] == []


def test_every_function_is_one_of_the_checks():
    for module in {one.module for one in checks()}:
        import_module(module)
    assert registered_checks().keys() <= {one.id for one in checks()}
