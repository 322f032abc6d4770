"""Transformation: all but the first elements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, ClassVar, TypeVar

from .._arguments import count
from .._stage import Selection, Stage, transformed

T = TypeVar("T")


class Skip(Selection):
    """What comes after `number` elements; nothing for -1."""

    name: ClassVar[str] = "skip"

    def __init__(self, upstream: Stage, number: Any) -> None:
        self.upstream = upstream
        self._number = count(self.name, "count", number, "all elements")

    def cardinality(self) -> int:
        if self._number == -1:
            return 0
        return transformed(self.upstream.cardinality(), lambda n: max(n - self._number, 0))

    def select(self, start: Callable[[], Iterator[T]]) -> Iterator[T]:
        return iter(()) if self._number == -1 else islice(start(), self._number, None)
