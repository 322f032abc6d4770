"""Transformation: several data sets side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from .._constants import INFINITE_CARDINALITY, UNKNOWN_CARDINALITY
from .._stage import Stage
from .._structure import Nest, flatten, map_leaves, pack


class Zip(Stage):
    """One element of each input, in the structure of the inputs, until the shortest ends."""

    name: ClassVar[str] = "zip"

    def __init__(self, stages: Nest) -> None:
        self._stages = stages

    def spec(self) -> Nest:
        return map_leaves(lambda stage: stage.spec(), self._stages)

    def cardinality(self) -> int:
        sizes = [stage.cardinality() for stage in flatten(self._stages)]
        if 0 in sizes:
            return 0
        if UNKNOWN_CARDINALITY in sizes:
            return UNKNOWN_CARDINALITY
        return min((size for size in sizes if size != INFINITE_CARDINALITY), default=INFINITE_CARDINALITY)

    def records(self) -> Iterator[Nest]:
        passes = [stage.records() for stage in flatten(self._stages)]
        return (pack(self._stages, iter(parts)) for parts in zip(*passes, strict=False))
