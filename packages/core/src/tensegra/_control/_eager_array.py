"""The elements of a `tg.TensorArray` where ops run at once: a Python list."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import DType, int32
from tensegra._errors import InvalidArgumentError, OutOfRangeError
from tensegra._shape import TensorShape
from tensegra._tensor import Tensor, convert_to_tensor

from ._structure import element

_READ = object()


class EagerArray:
    """A list of tensors, with None where nothing was written."""

    def __init__(self, size: int) -> None:
        if size < 0:
            raise InvalidArgumentError(
                f"[TensorArray] a size is not negative. Received: size={size}. Give 0 or more.",
                code="TG-0520",
            )
        self._elements: list[Any] = [None] * size

    def count(self) -> int:
        return len(self._elements)

    def size(self) -> Tensor:
        return convert_to_tensor(len(self._elements), dtype=int32)

    def is_empty(self) -> bool:
        return all(element is None for element in self._elements)

    def close(self) -> None:
        self._elements = []

    def read(self, index: int, clear: bool, dtype: DType, shape: TensorShape) -> Tensor:
        self._check(index)
        element = self._elements[index]
        if element is None or element is _READ:
            happened = "never written" if element is None else "read before, which cleared it"
            raise InvalidArgumentError(
                f"[TensorArray.read] an element must have been written, and not read before where clear_after_read is "
                f"set. Received: index={index}, which was {happened}. Write it, or make the array with "
                "clear_after_read=False.",
                code="TG-0521",
            )
        if clear:
            self._elements[index] = _READ
        return element  # type: ignore[no-any-return]

    def write(self, index: int, value: Tensor, dynamic: bool) -> None:
        if dynamic and index >= len(self._elements):
            self._elements.extend([None] * (index + 1 - len(self._elements)))
        self._check(index)
        self._elements[index] = value

    def all(self, dtype: DType, shape: TensorShape, clear: bool) -> list[Tensor]:
        """Every element; zeros where none was written and the shape is known."""
        found = []
        for index, kept in enumerate(self._elements):
            if kept is None and shape.is_fully_defined():
                from ._graph_array import zero

                found.append(
                    _native.execute("fill", (convert_to_tensor(shape.as_list(), dtype=int32), zero(dtype)))
                )
            else:
                found.append(self.read(index, clear, dtype, shape))
        return found

    def replace(self, value: Tensor) -> None:
        self.replace_all([element(value, index) for index in range(value.shape.as_list()[0] or 0)])

    def replace_all(self, elements: Any) -> None:
        self._elements = list(elements)

    def _check(self, index: int) -> None:
        if not 0 <= index < len(self._elements):
            raise OutOfRangeError(
                f"[TensorArray] an index must point into the array. Received: index={index}, size="
                f"{len(self._elements)}. Make the array larger, or with dynamic_size=True.",
                code="TG-0107",
            )
