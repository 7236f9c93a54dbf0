"""Sums and spreads of millions of values that do not depend on how the values were divided or in which order they came.

Adding floating-point numbers in another order gives another last bit. Here every value is turned into whole numbers
first: the value itself in steps of 2**-24, its natural logarithm in steps of 2**-40. Whole numbers add up exactly, and
so do the counts in the bins of a histogram. So tallies may be merged in any order and any grouping.

What is exact and what is not: counts, and the smallest and the largest value, are exact. Means and deviations are
those of the values as turned into whole numbers. A percentile lies within 0.05 % of the value of that rank.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self

import numpy as np

from ransel.outcomes.counting import (
    BIN_BITS,
    BINS,
    BLOCK,
    COLUMNS,
    HALF_BITS,
    LOG_BITS,
    MIDDLE_BIN,
    SUMS,
    UNUSABLE,
    VALUE_BITS,
    Counts,
    count_pairs,
)
from ransel.outcomes.interval import Interval, Spread
from ransel.pharmacokinetics.individuals import Floats

PRECISION_OF_PERCENTILES = math.expm1(2.0 ** -(BIN_BITS + 1))
"""How far, relatively, a percentile may lie from the value of its rank: half the width of a bin."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Column:
    """Everything that is kept of one quantity over many children.

    Values:
        count: values above nought. nothing: values that are nought. total, squares: sums of the values and of their
        squares, in units of 2**-24 and 2**-48. logs, log_squares: of the logarithms of those above nought, in
        2**-40 and 2**-80. smallest, largest: of all. first_bin, bins: how many logarithms lie nearest to
        `first_bin + i`, in 2**-10.
    """

    count: int = 0
    nothing: int = 0
    total: int = 0
    squares: int = 0
    logs: int = 0
    log_squares: int = 0
    smallest: float = math.inf
    largest: float = -math.inf
    first_bin: int = 0
    bins: Counts

    def __add__(self, other: Column) -> Column:
        first_bin, bins = _merged(self, other)
        return Column(
            count=self.count + other.count, nothing=self.nothing + other.nothing,
            total=self.total + other.total, squares=self.squares + other.squares,
            logs=self.logs + other.logs, log_squares=self.log_squares + other.log_squares,
            smallest=min(self.smallest, other.smallest), largest=max(self.largest, other.largest),
            first_bin=first_bin, bins=bins,
        )  # fmt: skip

    @property
    def children(self) -> int:
        """How many values there are, those that are nought among them."""
        return self.count + self.nothing

    @property
    def mean(self) -> float:
        """The arithmetic mean, nought among it; of nobody it is nought."""
        return self.total / (max(self.children, 1) << VALUE_BITS)

    @property
    def deviation(self) -> float:
        """The standard deviation over children."""
        return _deviation(self.children, self.total, self.squares, VALUE_BITS)

    @property
    def geometric_mean(self) -> float:
        """The geometric mean of the values above nought; without any it is nought."""
        return math.exp(self.logs / (self.count << LOG_BITS)) if self.count else 0.0

    @property
    def log_deviation(self) -> float:
        """The standard deviation of the logarithm of the values above nought."""
        return _deviation(self.count, self.logs, self.log_squares, LOG_BITS)

    def percentile(self, percent: int) -> float:
        """Return the smallest value that at least so many percent of the values do not exceed, within 0.05 %."""
        rank = max(1, -(-percent * self.children // 100))
        if not self.children or rank <= self.nothing:
            return 0.0
        bin_number = int(np.searchsorted(np.cumsum(self.bins), rank - self.nothing)) + self.first_bin
        return min(max(math.exp(bin_number / (1 << BIN_BITS)), self.smallest), self.largest)

    def spread(self) -> Spread:
        """Return the geometric mean and the percentiles."""
        return Spread(self.geometric_mean, *map(self.percentile, (5, 25, 50, 75, 95)))

    def mean_interval(self, level: float = 0.95) -> Interval:
        """Return the geometric mean with its interval, by Student's t on the logarithms; needs two values."""
        from scipy.special import stdtrit  # noqa: PLC0415 - slow to import, and workers do without

        middle = self.logs / (self.count << LOG_BITS)
        reach = float(stdtrit(self.count - 1, (1 + level) / 2)) * self.log_deviation / math.sqrt(self.count)
        return Interval(math.exp(middle), math.exp(middle - reach), math.exp(middle + reach), level, "t-log")

    def plain(self) -> dict[str, Any]:
        """Return the column as JSON carries it, every bit of it."""
        whole = {name: getattr(self, name) for name in _WHOLE}
        return whole | {name: getattr(self, name).hex() for name in _REAL} | {"bins": self.bins.tolist()}

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Return the column that was written; raises ValueError, KeyError or TypeError for anything else."""
        values: dict[str, Any] = {name: int(plain[name]) for name in _WHOLE}
        values |= {name: float.fromhex(plain[name]) for name in _REAL}
        return cls(**values, bins=np.array(plain["bins"], dtype=np.int64))


_WHOLE = ("count", "nothing", "total", "squares", "logs", "log_squares", "first_bin")
_REAL = ("smallest", "largest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One measure of the same children in two ways.

    Values:
        first, second: both ways. ratio: second / first within a child, where both are above nought. unusable: pairs
        left out because one of the two is no number, infinite, negative or too large, by which of these.
    """

    first: Column
    second: Column
    ratio: Column
    unusable: tuple[int, ...]

    def __add__(self, other: Pair) -> Pair:
        return Pair(
            first=self.first + other.first, second=self.second + other.second, ratio=self.ratio + other.ratio,
            unusable=tuple(one + more for one, more in zip(self.unusable, other.unusable, strict=True)),
        )  # fmt: skip

    @property
    def why_unusable(self) -> dict[str, int]:
        """How many pairs were left out, for each reason that there was."""
        return {kind: count for kind, count in zip(UNUSABLE, self.unusable, strict=True) if count}


@dataclass(frozen=True, slots=True)
class Tally:
    """What is kept of all measures of any number of children: `+` merges, exactly."""

    pairs: Mapping[str, Pair]

    def __add__(self, other: Tally) -> Tally:
        if list(self.pairs) != list(other.pairs):
            raise ValueError(f"tallies of other measures: {', '.join(self.pairs)} and {', '.join(other.pairs)}")
        return Tally({name: pair + other.pairs[name] for name, pair in self.pairs.items()})

    @classmethod
    def empty(cls, measures: Sequence[str]) -> Self:
        """Return the tally of nobody."""
        return cls(dict.fromkeys(measures, Pair(first=_NOBODY, second=_NOBODY, ratio=_NOBODY, unusable=(0,) * 4)))

    def packed(self) -> bytes:
        """Return all of it as bytes: equal tallies give equal bytes."""
        return json.dumps({name: _plain(pair) for name, pair in self.pairs.items()}, separators=(",", ":")).encode()

    @classmethod
    def unpacked(cls, content: bytes) -> Self:
        """Return the tally that was packed; raises ValueError, KeyError or TypeError for anything else."""
        pairs = json.loads(content)
        if not isinstance(pairs, dict):
            raise TypeError("a tally is written as a table of its measures")
        return cls({name: _pair(plain) for name, plain in pairs.items()})

    def digest(self) -> str:
        """Return a text that is the same for two tallies only when every bit of them is."""
        return sha256(self.packed()).hexdigest()


class TallySheet:
    """Where the values of a worker are counted, block by block, in memory that is used again."""

    def __init__(self, measures: Sequence[str]) -> None:
        self._sheets = {name: _PairSheet() for name in measures}

    def add(self, measure: str, first: Floats, second: Floats) -> None:
        """Count the values of children in both ways; the same place in both arrays is the same child."""
        if first.shape != second.shape or first.ndim != 1:
            raise ValueError(f"pairs are two arrays of one length, not {first.shape} and {second.shape}")
        sheet = self._sheets[measure]
        for begin in range(0, first.shape[0], BLOCK):
            block = slice(begin, begin + BLOCK)
            sheet.add(np.ascontiguousarray(first[block]), np.ascontiguousarray(second[block]))

    def tally(self) -> Tally:
        """Return what was counted so far."""
        return Tally({name: sheet.pair() for name, sheet in self._sheets.items()})


class _PairSheet:
    """The counts of one measure; sums leave the numbers of 64 bits after every block, so nothing overflows."""

    def __init__(self) -> None:
        self.bins = np.zeros((COLUMNS, BINS), dtype=np.int64)
        self.extremes = np.tile([math.inf, -math.inf], (COLUMNS, 1))
        self.unusable = np.zeros(len(UNUSABLE), dtype=np.int64)
        self.block = np.zeros((COLUMNS, SUMS), dtype=np.int64)
        self.sums = [[0] * SUMS for _ in range(COLUMNS)]

    def add(self, first: Floats, second: Floats) -> None:
        self.block[:] = 0
        count_pairs(first, second, self.block, self.extremes, self.bins, self.unusable)
        for sums, block in zip(self.sums, self.block.tolist(), strict=True):
            sums[:] = map(sum, zip(sums, block, strict=True))

    def pair(self) -> Pair:
        first, second, ratio = map(self._column, range(COLUMNS))
        return Pair(first=first, second=second, ratio=ratio, unusable=tuple(self.unusable.tolist()))

    def _column(self, number: int) -> Column:
        count, nothing, total, *squares, logs, high, cross, low = self.sums[number]
        used = np.flatnonzero(self.bins[number])
        begin, end = (int(used[0]), int(used[-1]) + 1) if used.size else (MIDDLE_BIN, MIDDLE_BIN)
        return Column(
            count=count, nothing=nothing, total=total, squares=_square(*squares), logs=logs,
            log_squares=_square(high, cross, low),
            smallest=float(self.extremes[number, 0]), largest=float(self.extremes[number, 1]),
            first_bin=begin - MIDDLE_BIN, bins=self.bins[number, begin:end].copy(),
        )  # fmt: skip


_NOBODY = Column(bins=np.zeros(0, dtype=np.int64))


def _square(high: int, cross: int, low: int) -> int:
    """Return a sum of squares from the sums of products of the halves of its numbers."""
    return (high << 2 * HALF_BITS) + (cross << HALF_BITS + 1) + low


def _deviation(count: int, total: int, squares: int, bits: int) -> float:
    if count < 2:  # one value has no spread
        return 0.0
    return math.sqrt((count * squares - total * total) / ((count * (count - 1)) << 2 * bits))


def _merged(one: Column, other: Column) -> tuple[int, Counts]:
    if not one.bins.size or not other.bins.size:
        filled = one if one.bins.size else other
        return filled.first_bin, filled.bins
    first = min(one.first_bin, other.first_bin)
    bins = np.zeros(max(each.first_bin + each.bins.size for each in (one, other)) - first, dtype=np.int64)
    for each in (one, other):
        bins[each.first_bin - first :][: each.bins.size] += each.bins
    return first, bins


def _plain(pair: Pair) -> dict[str, Any]:
    columns = {name: getattr(pair, name).plain() for name in ("first", "second", "ratio")}
    return columns | {"unusable": list(pair.unusable)}


def _pair(plain: Mapping[str, Any]) -> Pair:
    first, second, ratio = (Column.of_plain(plain[name]) for name in ("first", "second", "ratio"))
    unusable = tuple(int(count) for count in plain["unusable"])
    if len(unusable) != len(UNUSABLE):
        raise ValueError("not the reasons for which pairs are left out")
    return Pair(first=first, second=second, ratio=ratio, unusable=unusable)
