"""Changing parts of variables: rows that indices name, and slices."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
_scatter = _native.find_op("scatter_variable")
_INT64 = 5


class PartialUpdates:
    """The methods of `tg.Variable` that change a part of its value.

    The `scatter_*` methods take rows as an object with `indices` and `values`, such as `tg.IndexedSlices`; the
    `scatter_nd_*` methods take coordinates as `tg.tensor_scatter_nd_update` does. All return the variable; their other
    arguments are for compatibility and ignored.
    """

    _handle: Any
    _dtype_number: Any

    def _change(self, operation: str, coordinates: Any, updates: TensorLike) -> Any:
        if not isinstance(updates, _native.Tensor):
            updates = _native.tensor(updates, self._dtype_number)
        _execute(_scatter, (self._handle, coordinates, updates), (operation,))
        return self

    def _change_rows(self, operation: str, sparse_delta: Any) -> Any:
        indices = getattr(sparse_delta, "indices", None)
        values = getattr(sparse_delta, "values", None)
        if indices is None or values is None or callable(values):
            raise InvalidArgumentError(
                f"[scatter_{operation}] rows are given with their indices. "
                f"Received: sparse_delta={type(sparse_delta).__name__}. Give tg.IndexedSlices(values, indices).",
                code="TG-0117",
            )
        return self._change(operation, _execute("expand_dims", (indices,), (-1,)), values)

    def scatter_add(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Adds to rows."""
        return self._change_rows("add", sparse_delta)

    def scatter_sub(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Subtracts from rows."""
        return self._change_rows("sub", sparse_delta)

    def scatter_mul(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Multiplies rows."""
        return self._change_rows("mul", sparse_delta)

    def scatter_div(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Divides rows of a floating-point variable."""
        return self._change_rows("div", sparse_delta)

    def scatter_max(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Replaces elements of rows where the new ones are greater."""
        return self._change_rows("max", sparse_delta)

    def scatter_min(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Replaces elements of rows where the new ones are less."""
        return self._change_rows("min", sparse_delta)

    def scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Replaces rows; where one is named more than once the last one stays."""
        return self._change_rows("update", sparse_delta)

    def batch_scatter_update(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> Any:
        """Replaces rows within each element of a batch: the indices have the leading axes of the variable."""
        indices = _execute("cast", (sparse_delta.indices,), (_INT64,))
        sizes = _execute("shape", (indices,), ("int64",))
        coordinates = []
        for axis in range(indices._rank - 1):
            steps = _execute("range", (_native.tensor(0, _INT64), sizes[axis], _native.tensor(1, _INT64)))
            shape = [-1 if i == axis else 1 for i in range(indices._rank)]
            coordinates.append(_execute("broadcast_to", (_execute("reshape", (steps, shape)), sizes)))
        places = _execute("stack", ([*coordinates, indices],), {"axis": -1})
        return self._change("update", places, sparse_delta.values)

    def scatter_nd_add(self, indices: TensorLike, updates: TensorLike, name: str | None = None) -> Any:
        """Adds to elements or slices."""
        return self._change("add", indices, updates)

    def scatter_nd_sub(self, indices: TensorLike, updates: TensorLike, name: str | None = None) -> Any:
        """Subtracts from elements or slices."""
        return self._change("sub", indices, updates)

    def scatter_nd_max(self, indices: TensorLike, updates: TensorLike, name: str | None = None) -> Any:
        """Replaces elements where the new ones are greater."""
        return self._change("max", indices, updates)

    def scatter_nd_min(self, indices: TensorLike, updates: TensorLike, name: str | None = None) -> Any:
        """Replaces elements where the new ones are less."""
        return self._change("min", indices, updates)

    def scatter_nd_update(self, indices: TensorLike, updates: TensorLike, name: str | None = None) -> Any:
        """Replaces elements or slices."""
        return self._change("update", indices, updates)

    def sparse_read(self, indices: TensorLike, name: str | None = None) -> Tensor:
        """The rows that the indices name."""
        return _execute("gather", (self, indices), (0,))

    def gather_nd(self, indices: TensorLike, name: str | None = None) -> Tensor:
        """The elements or slices that rows of coordinates name."""
        return _execute("gather_nd", (self, indices))

    def _change_slice(self, operation: str, key: Any, value: TensorLike) -> Any:
        from tensegra._indexing import index

        whole: Any = _native.tensor(self)
        shape = _execute("shape", (whole,), ("int64",))
        count = _execute("reduce_prod", (shape,))
        numbers = _execute("range", (_native.tensor(0, _INT64), count, _native.tensor(1, _INT64)))
        places: Any = index(_execute("reshape", (numbers, shape)), key)
        # The coordinates of each element of the slice.
        steps = _execute("cumprod", (shape,), (0, True, True))
        column = _execute("expand_dims", (places,), (-1,))
        coordinates = _execute("floormod", (_execute("floordiv", (column, steps)), shape))
        if not isinstance(value, _native.Tensor):
            value = _native.tensor(value, self._dtype_number)
        updates = _execute("broadcast_to", (value, _execute("shape", (places,))))
        return self._change(operation, coordinates, updates)


class SlicedVariable(Tensor):
    """A part of a variable: a tensor with the values that it had, and a way to change it."""

    __slots__ = ("_key", "_variable")
    __hash__ = Tensor.__hash__
    _variable: Any
    _key: Any

    @classmethod
    def make(cls, part: Any, variable: PartialUpdates, key: Any) -> Any:
        """The tensor `part` as an object of this class."""
        sliced: Any = _native.tensor_of_class(cls, part)
        sliced._variable, sliced._key = variable, key
        return sliced

    def assign(
        self, value: TensorLike, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Replaces this part of the variable; the value broadcasts. Returns the variable."""
        return self._variable._change_slice("update", self._key, value)

    def assign_add(
        self, delta: TensorLike, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Adds to this part of the variable. Returns the variable."""
        return self._variable._change_slice("add", self._key, delta)

    def assign_sub(
        self, delta: TensorLike, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Subtracts from this part of the variable. Returns the variable."""
        return self._variable._change_slice("sub", self._key, delta)

    def __reduce__(self) -> tuple[Any, ...]:
        plain: Any = _native.tensor_of_class(Tensor, self)
        return plain.__reduce__()
