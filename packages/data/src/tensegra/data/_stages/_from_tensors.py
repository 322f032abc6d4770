"""Source: one element."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from .._arguments import components
from .._stage import Stage
from .._structure import Nest, map_leaves
from .._tensors import array_spec


class FromTensors(Stage):
    """The nest itself is the one record."""

    name: ClassVar[str] = "from_tensors"

    def __init__(self, tensors: Nest) -> None:
        self._record = components(self.name, tensors)

    def spec(self) -> Nest:
        return map_leaves(array_spec, self._record)

    def cardinality(self) -> int:
        return 1

    def records(self) -> Iterator[Nest]:
        return iter((self._record,))
