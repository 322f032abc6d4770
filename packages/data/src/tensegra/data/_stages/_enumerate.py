"""Transformation: elements with their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from .._arguments import integer
from .._stage import Stage
from .._structure import Nest
from .._tensors import make_spec


class Enumerate(Stage):
    """Pairs of an int64 number and an element."""

    name: ClassVar[str] = "enumerate"
    upstream: Stage

    def __init__(self, upstream: Stage, start: Any) -> None:
        self.upstream = upstream
        self._start = integer(self.name, "start", start)

    def spec(self) -> Nest:
        return (make_spec([], "int64"), self.upstream.spec())

    def cardinality(self) -> int:
        return self.upstream.cardinality()

    def records(self) -> Iterator[Nest]:
        for number, record in enumerate(self.upstream.records(), self._start):
            yield np.asarray(number, dtype=np.int64), record
