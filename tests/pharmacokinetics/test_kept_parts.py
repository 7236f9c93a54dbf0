"""An interrupted simulation goes on from where it was, and never with what is not its own."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pharmacokinetics.shard_tasks import Counts

from ransel.language import Refused
from ransel.outcomes.tally import Tally
from ransel.pharmacokinetics.scale.kept_parts import KeptParts, Packing
from ransel.pharmacokinetics.scale.processes import Processes
from ransel.pharmacokinetics.scale.sharded_run import run_shards
from ransel.pharmacokinetics.scale.shards import equal_shards
from ransel.pharmacokinetics.scale.workers import ThisProcess

SHARDS = equal_shards(400, 8)
MANIFEST = {"children": 400, "seed": 3}
TALLIES = Packing(Tally.packed, Tally.unpacked)


class CountedTask:
    """The same work, and how often it was done."""

    def __init__(self):
        self.done = []

    def __call__(self, shard):
        self.done.append(shard)
        return Counts()(shard)


def kept(folder, **manifest):
    return KeptParts(folder, MANIFEST | manifest, TALLIES)


def run(folder, task=None, progress=None, workers=None, **manifest):
    parts = run_shards(task or Counts(), SHARDS, workers or ThisProcess(1), progress, kept(folder, **manifest))
    return sum(parts, Tally.empty(["peak"])).digest()


@pytest.fixture(name="known", scope="module")
def known_():
    return sum((Counts()(shard) for shard in SHARDS), Tally.empty(["peak"])).digest()


def interrupted(folder, after):
    """Leave a folder in which so many shards are done."""

    def stop(done, of):
        if done * len(SHARDS) == after * of:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(folder, progress=stop)


def code_of(folder, **manifest):
    with pytest.raises(Refused) as refused:
        run(folder, **manifest)
    (refusal,) = refused.value.refusals
    assert all(refusal.text(language) for language in ("en", "nl"))
    return refusal.code


@pytest.mark.parametrize("after", [1, 5, 8])
def test_going_on_gives_the_same_bits_and_does_only_the_rest(known, tmp_path, after):
    interrupted(tmp_path, after)
    task = CountedTask()
    assert run(tmp_path, task) == known
    assert len(task.done) == len(SHARDS) - after


def test_other_workers_may_go_on(known, tmp_path):
    interrupted(tmp_path, 3)
    assert run(tmp_path, workers=Processes(2)) == known


def test_progress_counts_children_and_ends_at_all_of_them(tmp_path):
    interrupted(tmp_path, 3)
    told = []
    run(tmp_path, progress=lambda done, of: told.append((done, of)))
    assert [done for done, _ in told] == [50 * number for number in range(1, 9)]
    assert {of for _, of in told} == {400}


@pytest.mark.hazard("HZ-101")
@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda _: b"",
        lambda content: content[:-1] + bytes([content[-1] ^ 1]),
        lambda content: b"0" + content,
        lambda _: b"something else\nentirely",
    ],
    ids=["torn", "empty", "one bit", "shifted", "foreign"],
)
def test_a_damaged_part_is_done_again(known, tmp_path, damage):
    interrupted(tmp_path, 4)
    part = tmp_path / "part-50-100"
    part.write_bytes(damage(part.read_bytes()))
    task = CountedTask()
    assert run(tmp_path, task) == known
    assert SHARDS[1] in task.done
    assert len(task.done) == 5


@pytest.mark.hazard("HZ-101")
def test_the_part_of_another_shard_or_another_run_under_this_name_is_done_again(known, tmp_path):
    interrupted(tmp_path / "mine", 4)
    run(tmp_path / "other", seed=4)
    (tmp_path / "mine" / "part-0-50").write_bytes((tmp_path / "other" / "part-0-50").read_bytes())
    (tmp_path / "mine" / "part-50-100").write_bytes((tmp_path / "mine" / "part-100-150").read_bytes())
    task = CountedTask()
    assert run(tmp_path / "mine", task) == known
    assert SHARDS[0] in task.done
    assert SHARDS[1] in task.done


def test_a_file_that_was_being_written_is_not_taken_for_a_part(known, tmp_path):
    interrupted(tmp_path, 4)
    (tmp_path / "part-200-250.new").write_bytes(b"half")
    assert run(tmp_path) == known
    assert not list(tmp_path.glob("*.new"))


@pytest.mark.hazard("HZ-101")
@pytest.mark.parametrize("changed", [{"seed": 4}, {"children": 500}, {"parameters": "other"}])
def test_the_folder_of_another_run_is_refused_and_left_alone(tmp_path, changed):
    interrupted(tmp_path, 4)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert code_of(tmp_path, **changed) == "kept-parts.other-run"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_refusal_says_what_differs(tmp_path):
    interrupted(tmp_path, 1)
    with pytest.raises(Refused, match="seed was 3 there and is 4 now"):
        run(tmp_path, seed=4)


def test_a_folder_with_something_else_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    assert code_of(tmp_path) == "kept-parts.foreign"
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("content", ["", "{", "[]", "[" * 100_000, '"text"'])
def test_a_manifest_that_says_nothing_is_refused(tmp_path, content):
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    assert code_of(tmp_path) == "kept-parts.no-manifest"


@pytest.mark.hazard("HZ-101")
def test_two_runs_do_not_work_in_one_folder(tmp_path):
    with kept(tmp_path).opened():
        assert code_of(tmp_path) == "kept-parts.in-use"
    run(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "keep").write_text("", encoding="utf-8")
    assert code_of(tmp_path / "keep") == "kept-parts.unwritable"


def test_a_folder_in_the_place_of_a_part_is_refused(tmp_path):
    interrupted(tmp_path, 1)
    (tmp_path / "part-50-100").mkdir()
    assert code_of(tmp_path) == "kept-parts.unwritable"


LONG_RUN = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from pharmacokinetics.shard_tasks import Counts
from pharmacokinetics.test_kept_parts import SHARDS, kept
from ransel.pharmacokinetics.scale.processes import Processes
from ransel.pharmacokinetics.scale.sharded_run import run_shards
if __name__ == "__main__":
    for part in run_shards(Counts(takes_seconds=0.3), SHARDS, Processes(2), None, kept(Path(sys.argv[1]))):
        print("part", flush=True)
"""


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_a_run_that_is_ended_leaves_a_folder_that_goes_on_and_no_process(known, tmp_path, ending):
    program = tmp_path / "long_run.py"
    program.write_text(LONG_RUN, encoding="utf-8")
    folder = tmp_path / "kept"
    tests = str(Path(__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, program, folder, tests],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as running:  # fmt: skip
        assert running.stdout.readline() == "part\n"
        if ending is signal.SIGINT:  # a terminal sends it to everybody in the group
            os.killpg(running.pid, ending)
        else:
            running.kill()
        running.communicate(timeout=60)
    _nobody_is_left(running.pid)
    assert run(folder) == known
    assert json.loads((folder / "manifest.json").read_text())["seed"] == 3


def _nobody_is_left(group):
    """Wait until the workers have seen that nobody asks for their work."""
    for _ in range(600):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError("a worker is left behind")
