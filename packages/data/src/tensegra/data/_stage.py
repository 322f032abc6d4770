"""What every stage of a pipeline offers, and the two shortcuts that make pipelines over arrays fast."""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import numpy as np

from ._structure import Nest, map_leaves

T = TypeVar("T")


class Stage(abc.ABC):
    """One step of a pipeline. It holds settings only; each call of `records` starts a pass of its own."""

    name: ClassVar[str]
    upstream: Stage | None = None

    @abc.abstractmethod
    def spec(self) -> Nest:
        """A nest of `tg.TensorSpec`: what the records look like."""

    @abc.abstractmethod
    def cardinality(self) -> int:
        """The number of records, INFINITE_CARDINALITY or UNKNOWN_CARDINALITY; found without a pass."""

    @abc.abstractmethod
    def records(self) -> Iterator[Nest]:
        """One pass: nests of NumPy arrays. Dropping the iterator ends the pass and its threads."""

    def rows(self) -> Rows | None:
        """The same records as rows of a table in memory, where they are nothing else."""
        return None


class Table(abc.ABC):
    """Records in memory that can be picked by number."""

    @abc.abstractmethod
    def record(self, index: int) -> Nest:
        """The record `index`."""

    @abc.abstractmethod
    def gather(self, indices: Sequence[int]) -> Nest:
        """These records stacked, in one step per component."""


@dataclass(frozen=True)
class Rows:
    """A table and the order in which a stage visits it; each call of `indices` starts a pass."""

    table: Table
    indices: Callable[[], Iterator[int]]


@dataclass(frozen=True)
class Columns(Table):
    """A nest of arrays, one record per row."""

    arrays: Nest

    def record(self, index: int) -> Nest:
        return map_leaves(lambda array: np.asarray(array[index]), self.arrays)

    def gather(self, indices: Sequence[int]) -> Nest:
        first, size = indices[0], len(indices)
        if indices[-1] - first == size - 1 and all(map(int.__eq__, indices, range(first, first + size))):
            return map_leaves(lambda array: array[first : first + size], self.arrays)  # neighbours: no copy
        picked = np.asarray(indices, dtype=np.intp)
        return map_leaves(lambda array: array.take(picked, axis=0), self.arrays)


class Selection(Stage):
    """A stage that drops, orders or repeats records without looking at them.

    It therefore works on row numbers as well as on records, and a table stays a table behind it.
    """

    upstream: Stage

    @abc.abstractmethod
    def select(self, start: Callable[[], Iterator[T]]) -> Iterator[T]:
        """One pass over what the passes begun by `start` give."""

    def spec(self) -> Nest:
        return self.upstream.spec()

    def rows(self) -> Rows | None:
        rows = self.upstream.rows()
        if rows is None:
            return None
        indices = rows.indices
        return Rows(rows.table, lambda: self.select(indices))

    def records(self) -> Iterator[Nest]:
        rows = self.rows()
        if rows is None:
            return self.select(self.upstream.records)
        return map(rows.table.record, rows.indices())


def transformed(cardinality: int, fn: Callable[[int], Any]) -> int:
    """`fn` of a known number of records; infinite and unknown stay what they are."""
    return cardinality if cardinality < 0 else int(fn(cardinality))
