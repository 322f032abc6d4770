"""Transformation: several passes, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, TypeVar

from .._arguments import count
from .._constants import INFINITE_CARDINALITY
from .._stage import Selection, Stage, transformed

T = TypeVar("T")


class Repeat(Selection):
    """`times` passes over the input; -1 for passes without end."""

    name: ClassVar[str] = "repeat"

    def __init__(self, upstream: Stage, times: Any) -> None:
        self.upstream = upstream
        self._times = -1 if times is None else count(self.name, "count", times, "repetition without end")

    def cardinality(self) -> int:
        inner = self.upstream.cardinality()
        if self._times == -1:
            return transformed(inner, lambda n: INFINITE_CARDINALITY if n else 0)
        return transformed(inner, lambda n: n * self._times) if self._times else 0

    def select(self, start: Callable[[], Iterator[T]]) -> Iterator[T]:
        done = 0
        while done != self._times:
            empty = True
            for item in start():
                empty = False
                yield item
            if empty:
                return  # an endless repetition of nothing ends
            done += 1
