"""Transformation: consecutive elements stacked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from .._arguments import positive
from .._errors import invalid
from .._stage import Stage, transformed
from .._structure import Nest, describe, flatten, map_leaves, pack, paths, same_structure
from .._tensors import batched_spec


class Batch(Stage):
    """`batch_size` elements stacked along a new first dimension."""

    name: ClassVar[str] = "batch"
    upstream: Stage

    def __init__(self, upstream: Stage, batch_size: Any, drop_remainder: bool) -> None:
        self.upstream = upstream
        self._size = positive(self.name, "batch_size", batch_size)
        self._drop = bool(drop_remainder)

    def spec(self) -> Nest:
        size = self._size if self._drop else None
        return map_leaves(lambda spec: batched_spec(spec, size), self.upstream.spec())

    def cardinality(self) -> int:
        return transformed(
            self.upstream.cardinality(), lambda n: n // self._size if self._drop else -(-n // self._size)
        )

    def records(self) -> Iterator[Nest]:
        rows = self.upstream.rows()
        if rows is not None:
            return map(rows.table.gather, self._groups(rows.indices()))
        return map(_stacked, self._groups(self.upstream.records()))

    def _groups(self, items: Iterator[Any]) -> Iterator[list[Any]]:
        while group := list(islice(items, self._size)):
            if len(group) < self._size and self._drop:
                return
            yield group


def _stacked(elements: list[Nest]) -> Nest:
    first = elements[0]
    for number, element in enumerate(elements):
        if not same_structure(first, element):
            raise invalid(
                "batch",
                "the elements of a batch must have the same structure.",
                f"{describe(first)} first and {describe(element)} as number {number} of the batch",
                "Return the same tuples and dicts from each call of the function before.",
                "TG-2026",
            )
    components = zip(*map(flatten, elements), strict=True)
    return pack(first, map(_stack, components, paths(first)))


def _stack(arrays: Any, path: str) -> np.ndarray:
    first = arrays[0]
    shape, dtype = first.shape, first.dtype
    for number, array in enumerate(arrays):
        if array.shape != shape:
            raise invalid(
                "batch",
                "the elements of a batch must have the same shape.",
                f"element{path} of shape {shape} first and of shape {array.shape} as number {number} of the"
                " batch",
                "Pad or crop them with map, or use batch_size=1.",
                "TG-2027",
            )
        if array.dtype != dtype and not (array.dtype.kind in "SUO" and dtype.kind in "SUO"):
            raise invalid(
                "batch",
                "the elements of a batch must have the same dtype.",
                f"element{path} of dtype {dtype} first and of dtype {array.dtype} as number {number} of the"
                " batch",
                "Cast them with map.",
                "TG-2028",
            )
    return np.array(arrays) if shape == () else np.stack(arrays)
