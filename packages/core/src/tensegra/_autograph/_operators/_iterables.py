"""What a `for` of a graph goes over: something with a number of elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from tensegra import _native
from tensegra._composite_tensor import CompositeTensor
from tensegra._control._structure import element
from tensegra._dtypes import int32
from tensegra._errors import InvalidArgumentError
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._variable import Variable

from ._lists import StagedList


class Source(Protocol):
    """Elements by number."""

    def count(self) -> Tensor:
        """How many there are, one int32."""
        ...

    def element(self, index: Tensor) -> Any:
        """One of them."""
        ...


class _Rows:
    """The rows of a tensor."""

    def __init__(self, tensor: Tensor) -> None:
        if tensor.shape.rank == 0:
            raise InvalidArgumentError(
                "[autograph] a loop goes over the first dimension of a tensor. Received: a tensor of shape (). Use "
                "range(x) to count.",
                code="TG-0805",
            )
        self._tensor = tensor

    def count(self) -> Tensor:
        shape = self._tensor._shape
        if shape and shape[0] >= 0:
            return convert_to_tensor(shape[0], dtype=int32)
        sizes = _native.execute("shape", (self._tensor,))
        return _native.execute("array_read", (sizes, 0))  # type: ignore[no-any-return]

    def element(self, index: Tensor) -> Tensor:
        return element(self._tensor, index)


class _RaggedRows:
    """The rows of a ragged tensor."""

    def __init__(self, ragged: Any) -> None:
        self._ragged = ragged

    def count(self) -> Tensor:
        return _native.execute("cast", (self._ragged.nrows(),), {"dtype": int32})  # type: ignore[no-any-return]

    def element(self, index: Tensor) -> Any:
        return self._ragged[index]


class Enumerated:
    """`enumerate` of a source."""

    def __init__(self, source: Source, start: Any) -> None:
        self._source, self._start = source, start

    def count(self) -> Tensor:
        """How many there are."""
        return self._source.count()

    def element(self, index: Tensor) -> Any:
        """A number and an element."""
        return index + self._start, self._source.element(index)


class Zipped:
    """`zip` of sources."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources

    def count(self) -> Tensor:
        """How many the shortest has."""
        least = self._sources[0].count()
        for source in self._sources[1:]:
            least = _native.execute("minimum", (least, source.count()))
        return least

    def element(self, index: Tensor) -> Any:
        """An element of each."""
        return tuple(source.element(index) for source in self._sources)


def source_of(values: Any) -> Source | None:
    """The elements of something that a graph can go over, or None where Python does; also where ops run at once."""
    if isinstance(values, (Enumerated, Zipped)):
        return values
    if _native.executing_eagerly():
        return None
    if isinstance(values, (Tensor, Variable)):
        return _Rows(convert_to_tensor(values))
    if isinstance(values, StagedList):
        return _Rows(values.stack())
    if isinstance(values, CompositeTensor) and hasattr(values, "nrows"):
        return _RaggedRows(values)
    return None
