"""Transformation: every n-th element."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, ClassVar, TypeVar

from .._arguments import integer, positive
from .._errors import invalid
from .._stage import Selection, Stage, transformed

T = TypeVar("T")


class Shard(Selection):
    """The elements whose number leaves the remainder `index` when divided by `num_shards`."""

    name: ClassVar[str] = "shard"

    def __init__(self, upstream: Stage, num_shards: Any, index: Any) -> None:
        self.upstream = upstream
        self._shards = positive(self.name, "num_shards", num_shards)
        self._index = integer(self.name, "index", index)
        if not 0 <= self._index < self._shards:
            raise invalid(
                self.name,
                "index must be at least 0 and less than num_shards.",
                f"index={self._index}, num_shards={self._shards}",
                "Number the shards from 0.",
                "TG-2030",
            )

    def cardinality(self) -> int:
        return transformed(self.upstream.cardinality(), lambda n: len(range(self._index, n, self._shards)))

    def select(self, start: Callable[[], Iterator[T]]) -> Iterator[T]:
        return islice(start(), self._index, None, self._shards)
