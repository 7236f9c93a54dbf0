"""Measured levels of many children."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ransel.pharmacokinetics.individuals import Floats

Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Levels:
    """The levels of n children; those of child i are from `offsets[i]` up to `offsets[i + 1]`, in order of time.

    Values:
        times: h, as in the dosing; at the very moment of a dose, a level is taken after it. values: mg/L (µg/mL).
        offsets: (n + 1,). below: which ones were below the limit of the assay; their value is that limit.
    """

    times: Floats
    values: Floats
    offsets: NDArray[np.int64]
    below: NDArray[np.bool_]

    def __post_init__(self) -> None:
        count = self.times.shape[0]
        if self.values.shape != (count,) or self.below.shape != (count,):
            raise ValueError("every level has a time, a value, and a word on whether it is below the limit")
        offsets = self.offsets
        if (
            offsets.ndim != 1
            or offsets.size == 0
            or offsets[0] != 0
            or offsets[-1] != count
            or np.any(np.diff(offsets) < 0)
        ):
            raise ValueError("offsets run from nought up to the number of levels")
        if not (np.all(np.isfinite(self.times)) and np.all(np.isfinite(self.values))):
            raise ValueError("times and levels are numbers")
        if np.any(self.values[self.below] <= 0):
            raise ValueError("the limit of an assay is above nought")
        runs_back = np.diff(self.times) < 0
        runs_back[offsets[(offsets > 0) & (offsets < count)] - 1] = False
        if np.any(runs_back):
            raise ValueError("the levels of a child are in order of time")

    @classmethod
    def of(
        cls, times: Sequence[ArrayLike], values: Sequence[ArrayLike], below: Sequence[ArrayLike] | None = None
    ) -> Self:
        """Return levels from one list per child, in any order of time."""
        all_times = [np.atleast_1d(np.asarray(one, dtype=np.float64)) for one in times]
        all_values = [np.atleast_1d(np.asarray(one, dtype=np.float64)) for one in values]
        marks = [np.zeros(one.shape[0], dtype=np.bool_) for one in all_times] if below is None else below
        all_below = [np.atleast_1d(np.asarray(one, dtype=np.bool_)) for one in marks]
        orders = [np.argsort(one, kind="stable") for one in all_times]
        if not len(all_times) == len(all_values) == len(all_below) or any(
            not time.shape == value.shape == mark.shape
            for time, value, mark in zip(all_times, all_values, all_below, strict=True)
        ):
            raise ValueError("every level has a time, a value, and a word on whether it is below the limit")
        return cls(
            times=_joined(all_times, orders, np.float64), values=_joined(all_values, orders, np.float64),
            below=_joined(all_below, orders, np.bool_),
            offsets=np.concatenate([[0], np.cumsum([one.shape[0] for one in all_times])]).astype(np.int64),
        )  # fmt: skip

    @classmethod
    def regular(cls, times: ArrayLike, values: ArrayLike) -> Self:
        """Return levels that were all taken at the same times: `values` is (children, times), times ascending."""
        table, when = np.asarray(values, dtype=np.float64), np.asarray(times, dtype=np.float64)
        children, each = table.shape
        return cls(
            times=np.tile(when, children), values=np.ascontiguousarray(table).reshape(-1),
            offsets=np.arange(children + 1, dtype=np.int64) * each, below=np.zeros(children * each, dtype=np.bool_),
        )  # fmt: skip

    @property
    def count(self) -> int:
        """How many children there are, with levels or without."""
        return int(self.offsets.shape[0]) - 1

    def of_child(self, child: int) -> slice:
        """Return where the levels of a child stand."""
        return slice(int(self.offsets[child]), int(self.offsets[child + 1]))

    def part(self, start: int, stop: int) -> Self:
        """Return the levels of the children from `start` up to `stop`."""
        first, last = int(self.offsets[start]), int(self.offsets[stop])
        return type(self)(
            times=self.times[first:last], values=self.values[first:last], below=self.below[first:last],
            offsets=self.offsets[start : stop + 1] - first,
        )  # fmt: skip

    def without(self, left_out: NDArray[np.bool_]) -> Self:
        """Return the same without some levels."""
        kept = np.concatenate([[0], np.cumsum(~left_out)])
        return type(self)(
            times=self.times[~left_out], values=self.values[~left_out], below=self.below[~left_out],
            offsets=kept[self.offsets].astype(np.int64),
        )  # fmt: skip


def _joined(parts: Sequence[NDArray[Kind]], orders: Sequence[NDArray[np.intp]], kind: type[Kind]) -> NDArray[Kind]:
    sorted_parts = [part[order] for part, order in zip(parts, orders, strict=True)]
    return np.concatenate([np.zeros(0, dtype=kind), *sorted_parts])
