"""`tg.SparseTensor` and `tg.IndexedSlices`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composite_tensor import CompositeTensor
from tensegra._dtypes import DType, as_dtype, int64
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._shape import TensorShape
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._type_spec import TypeSpec
from tensegra._typing import DTypeLike

_execute = _native.execute


@public("SparseTensor sparse.SparseTensor")
class SparseTensor(CompositeTensor):
    """A tensor of which only some elements are kept: their places and values; the others are 0.

    Args:
        indices: int64 of shape [count, rank]: the place of each element, in row-major order for most functions (see
            `tg.sparse.reorder`).
        values: The elements, shape [count].
        dense_shape: int64 of shape [rank].

    Raises:
        tg.errors.InvalidArgumentError: The shapes do not fit each other (TG-0105).

    >>> import tensegra as tg
    >>> st = tg.SparseTensor([[0, 1], [2, 0]], [5, 7], [3, 2])
    >>> tg.sparse.to_dense(st).numpy().tolist()
    [[0, 5], [0, 0], [7, 0]]
    """

    _part_names = ("_indices", "_values", "_dense_shape")

    def __init__(self, indices: Any, values: Any, dense_shape: Any) -> None:
        self._indices = _int64_matrix(indices)
        self._values = convert_to_tensor(values)
        shape = dense_shape.as_list() if isinstance(dense_shape, TensorShape) else dense_shape
        self._dense_shape = convert_to_tensor(np.zeros([0], np.int64) if _is_empty(shape) else shape, int64)
        rows, values_shape, size = self._indices.shape, self._values.shape, self._dense_shape.shape
        fits = rows.rank in (2, None) and values_shape.rank in (1, None) and size.rank in (1, None)
        if fits and rows.rank == 2 and values_shape.rank == 1 and size.rank == 1:
            fits = all(
                a is None or b is None or a == b for a, b in ((rows[0], values_shape[0]), (rows[1], size[0]))
            )
        if not fits:
            raise InvalidArgumentError(
                "[SparseTensor] indices, values and dense_shape must have shapes [count, rank], [count] and [rank]. "
                f"Received: shapes {rows}, {values_shape}, {size}. Compare them.",
                code="TG-0105",
            )

    @classmethod
    def from_value(cls, sparse_tensor_value: Any) -> SparseTensor:
        """A sparse tensor of anything with indices, values and a dense_shape."""
        value = sparse_tensor_value
        return cls(value.indices, value.values, value.dense_shape)

    @property
    def indices(self) -> Tensor:
        """The places of the elements, int64 of shape [count, rank]."""
        return self._indices

    @property
    def values(self) -> Tensor:
        """The elements."""
        return self._values

    @property
    def dense_shape(self) -> Tensor:
        """The shape, as a tensor."""
        return self._dense_shape

    @property
    def dtype(self) -> DType:
        """The dtype of the elements."""
        return self._values.dtype

    @property
    def shape(self) -> TensorShape:
        """The shape, as far as it is known."""
        if not self._dense_shape._is_symbolic:
            return TensorShape(self._dense_shape.numpy().tolist())
        rank = self._dense_shape.shape[0] if self._dense_shape.shape.rank == 1 else None
        return TensorShape(None if rank is None else [None] * rank)

    def get_shape(self) -> TensorShape:
        """The shape; see `shape`."""
        return self.shape

    def with_values(self, new_values: Any) -> SparseTensor:
        """Other elements at the same places."""
        return SparseTensor(self._indices, new_values, self._dense_shape)

    def _scaled(self, op: str, other: Any) -> SparseTensor:
        """The elements combined with those of a tensor that broadcasts to the shape."""
        if isinstance(other, SparseTensor):
            return NotImplemented  # type: ignore[no-any-return]
        value: Any = convert_to_tensor(other, self.dtype if not isinstance(other, _native.Tensor) else None)
        if value.shape.rank != 0:
            spread = _execute("broadcast_to", (value, self._dense_shape))
            strides = row_strides(self._dense_shape)
            flat = _execute("reduce_sum", (_execute("multiply", (self._indices, strides)),), {"axis": [1]})
            value = _execute("gather", (_execute("reshape", (spread, [-1])), flat))
        return self.with_values(_execute(op, (self._values, value)))

    def __mul__(self, other: Any) -> SparseTensor:
        return self._scaled("multiply", other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> SparseTensor:
        return self._scaled("divide", other)

    def __neg__(self) -> SparseTensor:
        return self.with_values(_execute("negative", (self._values,)))

    def __repr__(self) -> str:
        return f"SparseTensor(indices={self._indices!r}, values={self._values!r}, dense_shape={self._dense_shape!r})"


@public("IndexedSlices")
class IndexedSlices(CompositeTensor):
    """Some slices of a tensor along its first axis; those named twice add up.

    Args:
        values: The slices, shape [count, ...].
        indices: Where they belong, int32 or int64 of shape [count].
        dense_shape: The shape of the whole.

    >>> import tensegra as tg
    >>> tg.IndexedSlices(tg.ones([2, 3]), tg.constant([0, 4]), tg.constant([5, 3])).values.shape
    TensorShape([2, 3])
    """

    _part_names = ("_values", "_indices", "_dense_shape")

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self._values = convert_to_tensor(values)
        self._indices = convert_to_tensor(indices)
        self._dense_shape = None if dense_shape is None else convert_to_tensor(dense_shape)

    @property
    def values(self) -> Tensor:
        """The slices."""
        return self._values

    @property
    def indices(self) -> Tensor:
        """Where they belong."""
        return self._indices

    @property
    def dense_shape(self) -> Tensor | None:
        """The shape of the whole, or None."""
        return self._dense_shape

    @property
    def dtype(self) -> DType:
        """The dtype of the slices."""
        return self._values.dtype

    @property
    def shape(self) -> TensorShape:
        """The shape of the whole, as far as it is known."""
        if self._dense_shape is not None and not self._dense_shape._is_symbolic:
            return TensorShape(self._dense_shape.numpy().tolist())
        inner = self._values.shape
        return TensorShape(None) if inner.rank is None else TensorShape([None, *inner.as_list()[1:]])

    def _as_tensor(self) -> Tensor:
        """The whole, with zeros elsewhere."""
        if self._dense_shape is None:
            raise InvalidArgumentError(
                "[IndexedSlices] the shape of the whole must be known. Received: dense_shape=None. Give dense_shape.",
                code="TG-0105",
            )
        zeros = _execute("fill", (self._dense_shape, _native.tensor(0, self.dtype._number)))
        return _execute("scatter_add_like", (zeros, self._indices, self._values))  # type: ignore[no-any-return]

    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(_execute("negative", (self._values,)), self._indices, self._dense_shape)

    def __repr__(self) -> str:
        return f"IndexedSlices(indices={self._indices!r}, values={self._values!r}, dense_shape={self._dense_shape!r})"


@public("SparseTensorSpec")
class SparseTensorSpec(TypeSpec):
    """The shape and dtype of a `tg.SparseTensor`, for the signature of a `tg.function`.

    Args:
        shape: The shape; sizes may be None.
        dtype: The dtype of the elements.

    >>> import tensegra as tg
    >>> total = tg.function(lambda x: tg.sparse.reduce_sum(x), input_signature=[tg.SparseTensorSpec([None, None])])
    >>> float(total(tg.sparse.eye(3)))
    3.0
    """

    def __init__(self, shape: Any = None, dtype: DTypeLike = "float32") -> None:
        self.shape, self.dtype = TensorShape(shape), as_dtype(dtype)

    @classmethod
    def from_value(cls, value: SparseTensor) -> SparseTensorSpec:
        """The spec of a sparse tensor."""
        return cls(value.shape, value.dtype)

    @property
    def value_type(self) -> type[SparseTensor]:
        """`tg.SparseTensor`."""
        return SparseTensor

    def _fields(self) -> tuple[Any, ...]:
        return self.shape, self.dtype

    def _as_form(self) -> Any:
        from tensegra._spec import TensorSpec

        form = object.__new__(SparseTensor)
        rank = self.shape.rank
        return form._rebuilt(
            [TensorSpec([None, rank], int64), TensorSpec([None], self.dtype), TensorSpec([rank], int64)]
        )

    def __repr__(self) -> str:
        return f"SparseTensorSpec({self.shape}, {self.dtype!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SparseTensorSpec) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))


@public("IndexedSlicesSpec")
class IndexedSlicesSpec(TypeSpec):
    """The shape and dtypes of `tg.IndexedSlices`, for the signature of a `tg.function`.

    Args:
        shape: The shape of the whole.
        dtype: The dtype of the slices.
        indices_dtype: int32 or int64.
        dense_shape_dtype: The dtype of `dense_shape`; None where it is not given.

    >>> import tensegra as tg
    >>> tg.IndexedSlicesSpec([None, 3]).dtype.name
    'float32'
    """

    def __init__(
        self,
        shape: Any = None,
        dtype: DTypeLike = "float32",
        indices_dtype: DTypeLike = int64,
        dense_shape_dtype: DTypeLike | None = None,
    ) -> None:
        self.shape, self.dtype = TensorShape(shape), as_dtype(dtype)
        self.indices_dtype = as_dtype(indices_dtype)
        self.dense_shape_dtype = None if dense_shape_dtype is None else as_dtype(dense_shape_dtype)

    @classmethod
    def from_value(cls, value: IndexedSlices) -> IndexedSlicesSpec:
        """The spec of slices."""
        whole = value.dense_shape
        return cls(value.shape, value.dtype, value.indices.dtype, None if whole is None else whole.dtype)

    @property
    def value_type(self) -> type[IndexedSlices]:
        """`tg.IndexedSlices`."""
        return IndexedSlices

    def _fields(self) -> tuple[Any, ...]:
        return self.shape, self.dtype, self.indices_dtype, self.dense_shape_dtype

    def _as_form(self) -> Any:
        from tensegra._spec import TensorSpec

        sizes = None if self.shape.rank is None else [None, *self.shape.as_list()[1:]]
        whole = None
        if self.dense_shape_dtype is not None:
            whole = TensorSpec([self.shape.rank], self.dense_shape_dtype)
        parts = [TensorSpec(sizes, self.dtype), TensorSpec([None], self.indices_dtype), whole]
        return object.__new__(IndexedSlices)._rebuilt(parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IndexedSlicesSpec) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"IndexedSlicesSpec({self.shape}, {self.dtype!r}, {self.indices_dtype!r}, {self.dense_shape_dtype!r})"


def row_strides(shape: Any) -> Any:
    """How far apart neighbours along each axis are in row-major order."""
    return _execute("cumprod", (shape,), {"axis": 0, "exclusive": True, "reverse": True})


def _is_empty(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == 0


def _int64_matrix(indices: Any) -> Any:
    if isinstance(indices, (list, tuple)) and len(indices) == 0:
        return convert_to_tensor(np.zeros([0, 0], np.int64))
    return convert_to_tensor(indices, int64) if not isinstance(indices, _native.Tensor) else indices
