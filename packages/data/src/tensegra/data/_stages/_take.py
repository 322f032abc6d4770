"""Transformation: the first elements only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, ClassVar, TypeVar

from .._arguments import count
from .._constants import INFINITE_CARDINALITY, UNKNOWN_CARDINALITY
from .._stage import Selection, Stage

T = TypeVar("T")


class Take(Selection):
    """At most `number` elements; -1 for all."""

    name: ClassVar[str] = "take"

    def __init__(self, upstream: Stage, number: Any) -> None:
        self.upstream = upstream
        self._number = count(self.name, "count", number, "all elements")

    def cardinality(self) -> int:
        inner = self.upstream.cardinality()
        if self._number == -1 or (inner == UNKNOWN_CARDINALITY and self._number):
            return inner
        return self._number if inner == INFINITE_CARDINALITY else min(self._number, max(inner, 0))

    def select(self, start: Callable[[], Iterator[T]]) -> Iterator[T]:
        return islice(start(), None if self._number == -1 else self._number)
