"""Source: the rows of arrays in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from .._arguments import components
from .._errors import invalid
from .._stage import Columns, Rows, Stage
from .._structure import Nest, flatten, map_leaves, paths
from .._tensors import array_spec, dims, make_spec


class FromTensorSlices(Stage):
    """Record i is row i of every array of a nest."""

    name: ClassVar[str] = "from_tensor_slices"

    def __init__(self, tensors: Nest) -> None:
        arrays = components(self.name, tensors)
        leaves = dict(zip(paths(arrays, "tensors"), flatten(arrays), strict=True))
        for path, array in leaves.items():
            if array.ndim == 0:
                raise invalid(
                    self.name,
                    "every array needs a first dimension to be sliced along.",
                    f"{path} of shape ()",
                    "Use from_tensors for one element that is not to be sliced.",
                    "TG-2011",
                )
        sizes = {path: len(array) for path, array in leaves.items()}
        if len(set(sizes.values())) > 1:
            raise invalid(
                self.name,
                "all arrays must have the same first dimension.",
                ", ".join(f"{path} of shape {leaves[path].shape}" for path in sizes),
                "Give one row per record in each of them.",
                "TG-2012",
            )
        self._columns = Columns(arrays)
        self._size = next(iter(sizes.values()))

    def spec(self) -> Nest:
        def row(array: Any) -> Any:
            spec = array_spec(array)
            return make_spec((dims(spec) or [None])[1:], spec.dtype)

        return map_leaves(row, self._columns.arrays)

    def cardinality(self) -> int:
        return self._size

    def rows(self) -> Rows:
        return Rows(self._columns, lambda: iter(range(self._size)))

    def records(self) -> Iterator[Nest]:
        return map(self._columns.record, range(self._size))
