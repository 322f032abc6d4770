"""Transformation: the first full pass is kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, TypeVar

from .._stage import Selection, Stage

T = TypeVar("T")


class Cache(Selection):
    """Later passes repeat the first complete one; a pass that is left early keeps nothing."""

    name: ClassVar[str] = "cache"

    def __init__(self, upstream: Stage) -> None:
        self.upstream = upstream
        self._kept: list[Any] | None = None

    def cardinality(self) -> int:
        return self.upstream.cardinality()

    def select(self, start: Callable[[], Iterator[T]]) -> Iterator[T]:
        if self._kept is not None:
            yield from self._kept
            return
        seen: list[T] = []
        for item in start():
            seen.append(item)
            yield item
        self._kept = seen
