"""Lists that grow where a tensor decides: a `tg.TensorArray` behind the face of a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tensegra import _native
from tensegra._control._structure import dtype_of
from tensegra._control._tensor_array import TensorArray
from tensegra._errors import InvalidArgumentError
from tensegra._shape import TensorShape
from tensegra._tensor import Tensor, convert_to_tensor


class StagedList:
    """A list of tensors of one dtype and shape, whose length is known when the graph runs.

    It can be appended to, indexed, iterated over in converted code, stacked, and returned from a `tg.function`, which
    stacks it.
    """

    def __init__(self, array: TensorArray | None = None) -> None:
        self._array = array  # None: empty, and what it is going to hold is not known yet

    @property
    def array(self) -> TensorArray | None:
        """What holds the elements."""
        return self._array

    def appended(self, value: Any) -> StagedList:
        """A list with one more element; this one must not be used any more."""
        dtype = None if self._array is None else self._array.dtype
        tensor = (
            convert_to_tensor(value) if isinstance(value, Tensor) else convert_to_tensor(value, dtype=dtype)
        )
        array = self._array if self._array is not None else _empty(tensor)
        return StagedList(array.write(array.size(), tensor))

    def append(self, value: Any) -> None:
        """Adds an element."""
        self._array = self.appended(value)._array

    def stack(self, axis: int = 0) -> Tensor:
        """All elements as one tensor."""
        if self._array is None:
            raise self._untyped()
        stacked = self._array.stack()
        if not axis:
            return stacked
        rank = stacked.shape.rank or 1
        order = list(range(1, rank))
        order.insert(axis % rank, 0)
        return _native.execute("transpose", (stacked,), {"perm": order})  # type: ignore[no-any-return]

    def concat(self) -> Tensor:
        """All elements, one after the other along their first dimension."""
        if self._array is None:
            raise self._untyped()
        return self._array.concat()

    def resemble(self, other: Any) -> None:
        """Takes over what another list holds, where this one does not know."""
        if self._array is None and isinstance(other, StagedList) and other._array is not None:
            self._array = _like(other._array)

    def size(self) -> Tensor:
        """The number of elements, one int32."""
        return convert_to_tensor(0) if self._array is None else self._array.size()

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return self.stack()[key]
        if self._array is None:
            raise self._untyped()
        return self._array.read(self.size() + key if isinstance(key, int) and key < 0 else key)

    def __len__(self) -> int:
        raise TypeError(
            "the length of a list that grew where a tensor decides is not known before running: "
            "use tg.shape(tg.stack(list))[0]"
        )

    def __iter__(self) -> Iterator[Any]:
        return iter(self.stack())

    def _as_tensor(self) -> Tensor:
        return self.stack()

    def _tensegra_components(self) -> list[Tensor]:
        return [] if self._array is None else self._array._tensegra_components()

    def _tensegra_from_components(self, components: list[Tensor]) -> StagedList:
        if self._array is None or not components:
            return StagedList()
        return StagedList(self._array._tensegra_from_components(components))

    def _tensegra_invariants(self) -> list[TensorShape | None]:
        return [] if self._array is None else self._array._tensegra_invariants()

    def _untyped(self) -> InvalidArgumentError:
        return InvalidArgumentError(
            "[autograph] a list that grows where a tensor decides must have got an element before it is read. "
            "Received: an empty list. Append to it first, or use a tg.TensorArray.",
            code="TG-0804",
        )

    def __repr__(self) -> str:
        held = (
            "nothing yet" if self._array is None else f"{self._array.dtype.name} {self._array.element_shape}"
        )
        return f"<list in a graph, of {held}>"


def as_staged(value: Any) -> Any:
    """A Python list as one that can grow in a graph; other values as they are."""
    if type(value) is not list:
        if type(value) is StagedList:
            return StagedList(value._array)
        return value
    made = StagedList()
    for item in value:
        made = made.appended(item)
    return made


def list_append(target: Any, value: Any) -> Any:
    """`target.append(value)`; what the variable is afterwards."""
    if type(target) is StagedList:
        return target.appended(value)
    target.append(value)
    return target


def list_extend(target: Any, values: list[Any]) -> Any:
    """`target += [values]`."""
    if type(target) is StagedList:
        for value in values:
            target = target.appended(value)
        return target
    target += values
    return target


def _empty(element: Tensor) -> TensorArray:
    return TensorArray(dtype_of(element), size=0, dynamic_size=True, element_shape=element.shape)


def _like(array: TensorArray) -> TensorArray:
    return TensorArray(array.dtype, size=0, dynamic_size=True, element_shape=array.element_shape)
