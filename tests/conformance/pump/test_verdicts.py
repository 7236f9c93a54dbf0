"""What follows from what a check saw: nothing passes that was not run, and nothing that fails is excused."""

import itertools
import json
import sys
from types import ModuleType

import pytest

from ransel.language import LANGUAGES
from ransel.pump.conformance import Bench, Observation, check, table, verdict
from ransel.pump.conformance.checks import check_of, checks
from ransel.pump.conformance.report import as_json, result_lines, table_lines
from ransel.pump.conformance.table import judged, run_check, run_checks
from ransel.pump.conformance.verdict import Verdict

HOLDS = Observation("volume given", "10 mL", "10 mL", holds=True)
BREAKS = Observation("volume given", "10 mL", "11 mL", holds=False)
PLAIN, DEVIATING, AWAITING = check_of("C03"), check_of("C01"), check_of("C61")


@pytest.fixture(name="register")
def register_(monkeypatch):
    """An empty register, and modules that register nothing."""
    monkeypatch.setattr(verdict, "_REGISTER", {})
    monkeypatch.setattr(verdict, "_RESTS", {})
    for one in checks():
        monkeypatch.setitem(sys.modules, one.module, ModuleType(one.module))


@pytest.mark.parametrize("one", [PLAIN, DEVIATING, AWAITING], ids=lambda one: one.id)
def test_one_observation_that_does_not_hold_fails_the_check_whatever_it_awaits_or_deviates_from(one):
    assert judged(one, (HOLDS, BREAKS)).verdict is Verdict.FAILS


@pytest.mark.parametrize("one", [PLAIN, DEVIATING, AWAITING], ids=lambda one: one.id)
@pytest.mark.usefixtures("register")
def test_a_check_that_observes_nothing_is_a_defect(one):
    check(one.id)(lambda _: ())
    result = run_check(one)
    assert result.verdict is Verdict.FAILS
    assert "cannot fail" in result.failure.text()


def test_a_check_that_holds_passes_deviates_or_awaits_by_its_data():
    found = [judged(one, (HOLDS,)).verdict for one in (PLAIN, DEVIATING, AWAITING)]
    assert found == [Verdict.PASSES, Verdict.DEVIATES, Verdict.AWAITS]


@pytest.mark.parametrize(
    ("own", "theirs", "found"),
    [
        ([HOLDS], [HOLDS], Verdict.DEVIATES),
        ([HOLDS], [BREAKS], Verdict.FAILS),
        ([BREAKS], [HOLDS], Verdict.FAILS),
        ([HOLDS], [], Verdict.FAILS),
    ],
)
@pytest.mark.usefixtures("register")
def test_the_room_that_was_awaited_is_judged_with_the_pump_and_must_observe_something(own, theirs, found):
    check(AWAITING.id)(lambda _: own)
    verdict.rest(AWAITING.id)(lambda _: theirs)
    result = run_check(AWAITING)
    assert result.verdict is found
    assert result.awaits_room == ""


@pytest.mark.usefixtures("register")
def test_an_error_in_the_awaited_room_fails_the_check():
    check(AWAITING.id)(lambda _: [HOLDS])
    verdict.rest(AWAITING.id)(lambda _: 1 / 0)
    assert run_check(AWAITING).verdict is Verdict.FAILS


@pytest.mark.usefixtures("register")
def test_without_the_awaited_room_the_check_still_awaits_it():
    check(AWAITING.id)(lambda _: [HOLDS])
    assert run_check(AWAITING).verdict is Verdict.AWAITS


def test_a_check_that_awaits_a_room_never_passes_and_names_the_room():
    awaiting = [one for one in checks() if one.awaits]
    assert awaiting
    for one, seen in itertools.product(awaiting, [(), (HOLDS,), (BREAKS,), (HOLDS, BREAKS)]):
        result = judged(one, seen)
        assert result.verdict in {Verdict.AWAITS, Verdict.FAILS}
        assert result.awaits_room in {"gateway", "hospital"}


@pytest.mark.usefixtures("register")
def test_an_error_in_a_check_is_its_failure_with_its_text_and_what_was_seen_before_is_kept():
    @check("C03")
    def c03(_):
        yield HOLDS
        raise RuntimeError("the pump fell into the water")

    result = run_check(PLAIN)
    assert result.verdict is Verdict.FAILS
    assert "the pump fell into the water" in result.failure.text()
    assert result.observations == (HOLDS,)
    assert result.evidence.function.endswith("c03")


@pytest.mark.usefixtures("register")
def test_what_is_nearly_true_does_not_hold():
    check("C03")(lambda _: [Observation("volume", 1, 1, holds=1)])
    assert run_check(PLAIN).verdict is Verdict.FAILS


@pytest.mark.usefixtures("register")
def test_without_a_function_only_a_check_that_awaits_a_room_does_not_fail():
    for one in checks():
        result = run_check(one)
        assert result.verdict is (Verdict.AWAITS if one.awaits else Verdict.FAILS)
        assert not result.ran


@pytest.mark.usefixtures("register")
def test_a_module_that_cannot_be_imported_fails_its_checks_and_no_others(monkeypatch):
    def broken(name):
        if name == PLAIN.module:
            raise SyntaxError("half a line")
        return sys.modules[name]

    monkeypatch.setattr(table, "import_module", broken)
    check("C07")(lambda _: [HOLDS])
    results = run_checks(only={"C03", "C07"})
    assert [result.verdict for result in results] == [Verdict.FAILS, Verdict.PASSES]
    assert "half a line" in results[0].failure.text()


@pytest.mark.usefixtures("register")
def test_two_functions_cannot_be_the_same_check():
    def other(_):
        return [HOLDS]

    check("C03")(lambda _: [HOLDS])
    with pytest.raises(ValueError, match="C03 is"):
        check("C03")(other)


@pytest.mark.usefixtures("register")
def test_the_same_seed_gives_the_same_log_and_another_seed_another():
    def c03(bench):
        bench.keep([str(bench.random.random())])
        yield HOLDS

    check("C03")(c03)
    hashes = [run_check(PLAIN, seed).evidence.log_hash for seed in (1, 1, 2)]
    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.usefixtures("register")
def test_every_result_is_told_as_it_comes_in_the_order_of_the_table():
    told = []
    results = run_checks(told.append)
    assert tuple(told) == results
    assert [result.check_id for result in results] == [f"C{number:02d}" for number in range(1, 65)]


@pytest.mark.usefixtures("register")
def test_the_table_says_verdict_sources_and_reason_in_both_languages():
    check("C01")(lambda _: [HOLDS])
    result = run_check(DEVIATING)
    english, dutch = ("\n".join(result_lines(result, language)) for language in LANGUAGES)
    assert "deviates" in english
    assert "wijkt af" in dutch
    for text in (english, dutch):
        assert "G1.2.1" in text
        assert "±6 %" in text


@pytest.mark.usefixtures("register")
def test_the_table_as_text_and_as_json_comes_from_the_same_results():
    check("C03")(lambda _: [HOLDS])
    results = run_checks()
    document = json.loads(json.dumps(as_json(results)))
    assert document["schema"] == "ransel/conformance/1"
    assert [one["verdict"] for one in document["results"]] == [result.verdict for result in results]
    assert document["coverage"]["traced"] == 1
    for language in LANGUAGES:
        lines = list(table_lines(results, language))
        assert [line.split()[0] for line in lines if line.startswith("C")] == [result.check_id for result in results]
        assert any(str(document["counts"]["fails"]) in line for line in lines[-3:])


def test_a_bench_begins_with_an_empty_log():
    first, second = Bench(7), Bench(7)
    first.keep(["something"])
    assert first.log_hash != second.log_hash
