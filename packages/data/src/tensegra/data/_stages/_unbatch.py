"""Transformation: each element split along its first dimension."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from .._constants import UNKNOWN_CARDINALITY
from .._errors import invalid
from .._stage import Columns, Stage, transformed
from .._structure import Nest, flatten, map_leaves, paths
from .._tensors import dims, make_spec


class Unbatch(Stage):
    """The rows of each element, one after the other."""

    name: ClassVar[str] = "unbatch"
    upstream: Stage

    def __init__(self, upstream: Stage) -> None:
        self.upstream = upstream

    def spec(self) -> Nest:
        def row(spec: Any) -> Any:
            inner = dims(spec)
            return make_spec(None if inner is None else inner[1:], spec.dtype)

        return map_leaves(row, self.upstream.spec())

    def cardinality(self) -> int:
        return transformed(self.upstream.cardinality(), lambda n: UNKNOWN_CARDINALITY if n else 0)

    def records(self) -> Iterator[Nest]:
        for record in self.upstream.records():
            columns = Columns(record)
            for index in range(self._size(record)):
                yield columns.record(index)

    def _size(self, record: Nest) -> int:
        leaves: list[np.ndarray] = flatten(record)
        sizes = {leaf.shape[0] if leaf.ndim else None for leaf in leaves}
        if None in sizes or len(sizes) != 1:
            raise invalid(
                self.name,
                "all components of an element must have the same first dimension.",
                ", ".join(
                    f"element{p} of shape {a.shape}" for p, a in zip(paths(record), leaves, strict=True)
                ),
                "Unbatch what batch, or a map that keeps the first dimension, gave.",
                "TG-2029",
            )
        return int(sizes.pop() or 0)
