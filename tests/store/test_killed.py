"""Programs and servers that die in the middle of their work: what was acknowledged is there, and nothing is half done.

A writer signs whole courses, several entries in each transaction, and says after each commit what it has kept. It is
killed at a moment that a seed decides; the next one goes on in what it left behind.
"""

import time
from random import Random

import pytest
from store.databases import assert_sound
from store.writer import bounds
from store.writers import start

MOST_ACKNOWLEDGED = 40
LONGEST_WAIT_S = 0.03
"""Longer than a transaction takes: the kill hits any part of one."""


class Killing:
    """One database, and the writers that died on it."""

    def __init__(self, database, course, home) -> None:
        self.database, self.course, self.home = database, course, home
        self.story = home / "course"
        self.story.write_text("\n".join(entry.as_text() for entry in course), encoding="utf-8")
        self.bounds = set(bounds(len(course)))
        self.acknowledged = {}
        self.lines = 0

    def once(self, seed, how="kill") -> None:
        """Let a writer work until it dies at the moment of this seed; look at what is there then."""
        chance = Random(seed)  # noqa: S311 - the same moment in every run
        writer = start(self.database.url, self.home, "courses", self.story)
        with writer:
            heard = [writer.stdout.readline() for _ in range(chance.randint(1, MOST_ACKNOWLEDGED))]
            time.sleep(chance.random() * LONGEST_WAIT_S)
            if how == "power":
                self.database.server.break_down()
            else:
                writer.kill()
            heard += writer.stdout.readlines()
        assert heard[0], (self.home / "complaints").read_text()
        if how == "power":
            self.database.server.start()
        self.remember(heard)
        self.look()

    def remember(self, heard) -> None:
        for line in heard:
            if line.endswith("\n"):
                treatment, version = line.split()
                self.acknowledged[treatment] = int(version)
                self.lines += 1

    def look(self) -> None:
        """Everything acknowledged is there as it was signed, nothing half done, the chain and the boards whole."""
        from ransel.store.journal import DatabaseJournal

        self.database.settle()
        journal = DatabaseJournal()
        for treatment in journal.treatments():
            kept = journal.entries(treatment)
            assert len(kept) >= self.acknowledged.get(treatment, 0)
            assert len(kept) in self.bounds
            assert [entry.what for entry in kept] == [entry.what for entry in self.course[: len(kept)]]
        assert set(self.acknowledged) <= set(journal.treatments())
        assert_sound()


@pytest.fixture(name="killing")
def killing_(database, course, tmp_path):
    return Killing(database, course, tmp_path)


@pytest.mark.hazard("HZ-075")
def test_after_a_kill_everything_acknowledged_is_there_and_nothing_is_half_done(killing):
    for number in range(2):
        killing.once(f"short {killing.database.vendor} {number}")


@pytest.mark.hazard("HZ-075")
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_after_the_server_broke_down_everything_acknowledged_is_there(killing):
    for number in range(2):
        killing.once(f"short power {number}", "power")


@pytest.mark.prove
@pytest.mark.hazard("HZ-075")
@pytest.mark.parametrize(
    ("database", "kills", "cuts"), [("sqlite", 50, 0), ("postgresql", 45, 5)], indirect=["database"]
)
def test_after_each_of_a_hundred_kills_everything_acknowledged_is_there(killing, kills, cuts, say):
    how = ["kill"] * kills + ["power"] * cuts
    Random(killing.database.vendor).shuffle(how)  # noqa: S311 - the same order in every run
    for number, one in enumerate(how):
        killing.once(f"{killing.database.vendor} {number}", one)
    say(f"store, {killing.database.vendor}: {kills} kills of a writer and {cuts} of the server, "
        f"{killing.lines} acknowledged transactions, none lost, none half done")  # fmt: skip
