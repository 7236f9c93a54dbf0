"""Every state that can be reached, breadth first: the first counterexample that is found is a shortest one."""

from array import array
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

S = TypeVar("S")


class CounterexampleError(AssertionError):
    """A state that must not be: what is wrong, and the shortest way there."""


@dataclass(frozen=True, slots=True)
class Moved(Generic[S]):
    """One way on from a state. `homeward`: a person, time or a mended cause can take it; no new trouble."""

    name: str
    state: S
    homeward: bool = True


@dataclass(slots=True)
class Explored:
    """What an exploration has seen.

    Values:
        keys: of every state, numbered in the order in which they were found. came_from: of each, the state before it
            and the move. homeward: the moves without new trouble, as two columns of numbers.
    """

    keys: list[Hashable] = field(default_factory=list)
    came_from: list[tuple[int, str]] = field(default_factory=list)
    transitions: int = 0
    homeward: tuple[array, array] = field(default_factory=lambda: (array("l"), array("l")))

    def __str__(self) -> str:
        return f"{len(self.keys):,} states, {self.transitions:,} transitions"

    def way_to(self, number: int) -> list[str]:
        """The moves on a shortest way to a state."""
        way: list[str] = []
        while number >= 0:
            number, name = self.came_from[number]
            way.append(name)
        return way[::-1]

    def stuck(self, is_good: Callable[[Hashable], bool]) -> list[int]:
        """The states from which no way without new trouble leads to a good one, those found first in front."""
        before: dict[int, list[int]] = {}
        for source, target in zip(*self.homeward, strict=True):
            before.setdefault(target, []).append(source)
        found = {number for number, key in enumerate(self.keys) if is_good(key)}
        waiting = list(found)
        while waiting:
            for source in before.get(waiting.pop(), ()):
                if source not in found:
                    found.add(source)
                    waiting.append(source)
        return [number for number in range(len(self.keys)) if number not in found]

    def refuse_stuck(self, is_good: Callable[[Hashable], bool], claim: str) -> None:
        """Fail, with the shortest way, when a state has no way to a good one."""
        stuck = self.stuck(is_good)
        if stuck:
            raise CounterexampleError(told_as(claim, self.way_to(stuck[0]), self.keys[stuck[0]], len(stuck)))


def told_as(claim: str, way: Iterable[str], state: object, how_many: int = 1) -> str:
    """A counterexample as a person reads it."""
    steps = "\n".join(f"  {number}. {name}" for number, name in enumerate(way))
    return f"{claim}\n{how_many} state(s); the first after\n{steps}\n  {state}"


def explore(
    start: S,
    moves: Callable[[S], Iterable[Moved[S]]],
    key: Callable[[S], Hashable],
    wrong: Callable[[S], str],
    wrong_move: Callable[[S, str, S], str] = lambda _, __, ___: "",
) -> Explored:
    """Go through every state that can be reached; `wrong` and `wrong_move` say what is wrong, or nothing.

    Raises:
        CounterexampleError: at the first state or move that is wrong, with the moves that led there.
    """
    seen = Explored()
    numbers: dict[Hashable, int] = {}
    waiting: deque[tuple[int, S]] = deque()

    def meet(state: S, before: int, name: str) -> int:
        what = key(state)
        number = numbers.get(what)
        if number is None:
            number = numbers[what] = len(numbers)
            seen.keys.append(what)
            seen.came_from.append((before, name))
            fault = wrong(state)
            if fault:
                raise CounterexampleError(told_as(fault, seen.way_to(number), what))
            waiting.append((number, state))
        return number

    meet(start, -1, "at first")
    while waiting:
        number, state = waiting.popleft()
        for moved in moves(state):
            seen.transitions += 1
            fault = wrong_move(state, moved.name, moved.state)
            if fault:
                way = [*seen.way_to(number), moved.name]
                raise CounterexampleError(told_as(fault, way, key(moved.state)))
            target = meet(moved.state, number, moved.name)
            if moved.homeward and target != number:
                seen.homeward[0].append(number)
                seen.homeward[1].append(target)
    return seen
