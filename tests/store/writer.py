"""A program that signs, for tests that kill it or run many of it at once. It says what was acknowledged, line by line.

`writer.py courses FILE` signs the whole course in FILE for one child after the other, where it stood before, some
entries at a time, and writes treatment and version after each commit, without end.
`writer.py remarks NAME COUNT OWN SHARED...` waits for a line, then signs remarks in its own treatment and in the
shared ones in turn, and writes each one that was kept.
"""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count, pairwise
from pathlib import Path

from ransel.hospital.start import start_django

TOGETHER = (1, 3, 2, 4, 1)
"""How many entries are appended in one transaction, in turn."""


def tell(line):
    """Say it now: whoever listens may kill this program in the next moment."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def bounds(length):
    """Return the versions at which a course can stand: nothing in between is ever seen."""
    found = [0]
    for number in count():
        found.append(min(length, found[-1] + TOGETHER[number % len(TOGETHER)]))
        if found[-1] == length:
            return found
    return found


def courses(file):
    """Keep courses, one child after the other, some entries in each transaction."""
    from ransel.chart.entry import read_text
    from ransel.store import keeping
    from ransel.store.journal import DatabaseJournal
    from ransel.store.loading import load

    story = [read_text(line) for line in Path(file).read_text(encoding="utf-8").split("\n")]
    for number in count(max(1, len(DatabaseJournal().treatments()))):
        treatment = f"T-{number:04}"
        state = load(treatment)
        for first, last in pairwise(bounds(len(story))):
            if first >= state.version:
                state = keeping._kept(state, tuple(replace(one, treatment=treatment) for one in story[first:last]))
                tell(f"{treatment} {state.version}")


def remarks(name, times, own, *shared):
    """Sign remarks, as fast as the others let one."""
    from chart.story import NOOR

    from ransel.chart.people import Hand, Role
    from ransel.chart.records.care import Remark
    from ransel.chart.rules import Rules
    from ransel.planning import Agenda
    from ransel.protocols import DEFAULT_PROTOCOL, Library
    from ransel.store.keeping import keep
    from ransel.store.loading import load

    library = Library(None)
    rules = Rules(library.protocol(DEFAULT_PROTOCOL), Agenda(library.site), NOOR)
    now = datetime(2027, 2, 2, 9, 0, tzinfo=UTC)
    tell("ready")
    sys.stdin.readline()
    for number in range(int(times)):
        for treatment in (own, shared[number % len(shared)]):
            text = f"{name} {number} {treatment}"
            hand = Hand(who="p-nurse", role=Role.DAY_CARE_NURSE, where="maxima/day-care", happened=now, now=now,
                        seen=load(treatment).version, key=text.replace(" ", "-"))  # fmt: skip
            keep(treatment, hand, lambda _: rules, Remark(course=1, text=text))
            tell(text)


if __name__ == "__main__":
    start_django()
    {"courses": courses, "remarks": remarks}[sys.argv[1]](*sys.argv[2:])
