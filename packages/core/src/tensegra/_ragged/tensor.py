"""`tg.RaggedTensor`."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composite_tensor import CompositeTensor
from tensegra._dtypes import DType, as_dtype, int32, int64
from tensegra._errors import InvalidArgumentError, UnimplementedError
from tensegra._public import public
from tensegra._shape import TensorShape
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import DTypeLike

_execute = _native.execute


@public("RaggedTensor")
class RaggedTensor(CompositeTensor):
    """A tensor whose rows differ in length: the values of all rows one behind the other, and where each row begins.

    Row i is ``values[row_splits[i]:row_splits[i + 1]]``. The values may be ragged themselves. Make one with
    `tg.ragged.constant` or with a factory such as `from_row_splits`. Arithmetic, comparisons and
    `tg.ragged.map_flat_values` work on the values.

    >>> import tensegra as tg
    >>> rt = tg.RaggedTensor.from_row_lengths([3, 1, 4, 1, 5], [2, 0, 3])
    >>> rt
    <tg.RaggedTensor [[3, 1], [], [4, 1, 5]]>
    >>> (rt + 1)[2].numpy().tolist(), rt.shape
    ([5, 2, 6], TensorShape([3, None]))
    """

    _part_names = ("_values", "_row_splits")
    __array_priority__ = 100

    def __init__(self, values: Any, row_splits: Any, uniform_row_length: int | None = None) -> None:
        self._values = values
        self._row_splits = row_splits
        self._uniform = uniform_row_length

    # --- factories ---

    @classmethod
    def from_row_splits(
        cls, values: Any, row_splits: Any, name: str | None = None, validate: bool = True
    ) -> RaggedTensor:
        """Rows that begin and end at `row_splits`.

        Args:
            values: The values of all rows; a tensor of at least one dimension, or a ragged one.
            row_splits: int32 or int64, beginning with 0 and ending with the number of values.
            name: Ignored; for compatibility.
            validate: Whether splits that are known are checked.

        Raises:
            tg.errors.InvalidArgumentError: The splits are none (TG-0634).
        """
        values, splits = _values_of(values), _row_tensor(row_splits)
        if validate:
            _check_splits(splits, values)
        return cls(values, splits)

    @classmethod
    def from_row_lengths(
        cls, values: Any, row_lengths: Any, name: str | None = None, validate: bool = True
    ) -> RaggedTensor:
        """Rows of the given lengths."""
        lengths = _row_tensor(row_lengths)
        zero = _execute("fill", ([1], _native.tensor(0, lengths._dtype_number)))
        splits = _execute("concat", ([zero, _execute("cumsum", (lengths,), {"axis": 0})],), {"axis": 0})
        return cls.from_row_splits(values, splits, validate=validate)

    @classmethod
    def from_row_starts(
        cls, values: Any, row_starts: Any, name: str | None = None, validate: bool = True
    ) -> RaggedTensor:
        """Rows that begin at `row_starts`, the first at 0, and end where the next one begins."""
        values, starts = _values_of(values), _row_tensor(row_starts)
        end = _cast(_count(values), starts.dtype)
        splits = _execute("concat", ([starts, _execute("reshape", (end, [1]))],), {"axis": 0})
        return cls.from_row_splits(values, splits, validate=validate)

    @classmethod
    def from_row_limits(
        cls, values: Any, row_limits: Any, name: str | None = None, validate: bool = True
    ) -> RaggedTensor:
        """Rows that end at `row_limits`; the first begins at 0."""
        limits = _row_tensor(row_limits)
        zero = _execute("fill", ([1], _native.tensor(0, limits._dtype_number)))
        return cls.from_row_splits(
            values, _execute("concat", ([zero, limits],), {"axis": 0}), validate=validate
        )

    @classmethod
    def from_value_rowids(
        cls,
        values: Any,
        value_rowids: Any,
        nrows: Any = None,
        name: str | None = None,
        validate: bool = True,
    ) -> RaggedTensor:
        """Rows named by the row number of each value; the numbers must not fall.

        Args:
            values: The values of all rows.
            value_rowids: The row of each value.
            nrows: How many rows there are; by default one more than the last number.
            name: Ignored; for compatibility.
            validate: Whether the numbers are checked.
        """
        ids = _row_tensor(value_rowids)
        if validate and not ids._is_symbolic:
            numbers = ids.numpy()
            if (np.diff(numbers) < 0).any() or (numbers < 0).any():
                raise InvalidArgumentError(
                    "[RaggedTensor.from_value_rowids] the row numbers must not fall. Received: "
                    f"value_rowids={numbers.tolist()}. Sort the values by row.",
                    code="TG-0634",
                )
        from .segments import segment_ids_to_row_splits

        splits = segment_ids_to_row_splits(ids, nrows, ids.dtype)
        return cls.from_row_splits(values, splits, validate=validate)

    @classmethod
    def from_uniform_row_length(
        cls,
        values: Any,
        uniform_row_length: Any,
        nrows: Any = None,
        validate: bool = True,
        name: str | None = None,
    ) -> RaggedTensor:
        """Rows of one length.

        Args:
            values: The values of all rows.
            uniform_row_length: The length.
            nrows: How many rows there are; needed where the length is 0.
            validate: Whether the number of values is checked.
            name: Ignored; for compatibility.
        """
        values, length = _values_of(values), int(uniform_row_length)
        if length < 0 or (length == 0 and nrows is None):
            raise InvalidArgumentError(
                "[RaggedTensor.from_uniform_row_length] the length must be positive, or nrows given where it is 0. "
                f"Received: uniform_row_length={length}, nrows={nrows}. Give nrows.",
                code="TG-0634",
            )
        if nrows is None:
            rows = _execute("floordiv", (_cast(_count(values), int64), _native.tensor(length, int64._number)))
        else:
            rows = _native.tensor(nrows, int64._number)
        one = _native.tensor(1, int64._number)
        ranks = _execute("range", (_native.tensor(0, int64._number), _execute("add", (rows, one)), one))
        splits = _execute("multiply", (ranks, _native.tensor(length, int64._number)))
        if validate:
            _check_splits(splits, values)
        return cls(values, splits, length)

    @classmethod
    def from_nested_row_splits(
        cls, flat_values: Any, nested_row_splits: Any, name: str | None = None, validate: bool = True
    ) -> RaggedTensor:
        """Ragged in several dimensions: the splits of the outermost rows first."""
        result = flat_values
        for splits in reversed(list(nested_row_splits)):
            result = cls.from_row_splits(result, splits, validate=validate)
        return result  # type: ignore[no-any-return]

    @classmethod
    def from_nested_row_lengths(
        cls, flat_values: Any, nested_row_lengths: Any, name: str | None = None, validate: bool = True
    ) -> RaggedTensor:
        """Ragged in several dimensions: the lengths of the outermost rows first."""
        result = flat_values
        for lengths in reversed(list(nested_row_lengths)):
            result = cls.from_row_lengths(result, lengths, validate=validate)
        return result  # type: ignore[no-any-return]

    @classmethod
    def from_nested_value_rowids(
        cls,
        flat_values: Any,
        nested_value_rowids: Any,
        nested_nrows: Any = None,
        name: str | None = None,
        validate: bool = True,
    ) -> RaggedTensor:
        """Ragged in several dimensions: the row numbers of the outermost rows first."""
        ids = list(nested_value_rowids)
        rows = [None] * len(ids) if nested_nrows is None else list(nested_nrows)
        result = flat_values
        for numbers, count in zip(reversed(ids), reversed(rows), strict=False):
            result = cls.from_value_rowids(result, numbers, count, validate=validate)
        return result  # type: ignore[no-any-return]

    @classmethod
    def from_tensor(
        cls,
        tensor: Any,
        lengths: Any = None,
        padding: Any = None,
        ragged_rank: int = 1,
        name: str | None = None,
        row_splits_dtype: DTypeLike = int64,
    ) -> RaggedTensor:
        """The rows of a tensor, without their padding.

        Args:
            tensor: A tensor of more than `ragged_rank` dimensions.
            lengths: The length of each row.
            padding: What rows end with; it is left out.
            ragged_rank: How many dimensions become ragged.
            name: Ignored; for compatibility.
            row_splits_dtype: int32 or int64.
        """
        from .conversion import from_tensor

        return from_tensor(tensor, lengths, padding, ragged_rank, as_dtype(row_splits_dtype))

    @classmethod
    def from_sparse(
        cls, st_input: Any, name: str | None = None, row_splits_dtype: DTypeLike = int64
    ) -> RaggedTensor:
        """The rows of a sparse matrix whose elements stand at the left of their rows, in order."""
        ids = _execute("strided_slice", (st_input.indices,), _column(0))
        ids = _cast(ids, as_dtype(row_splits_dtype))
        rows = _cast(_execute("gather", (st_input.dense_shape, 0)), as_dtype(row_splits_dtype))
        return cls.from_value_rowids(st_input.values, ids, rows)

    # --- parts ---

    @property
    def values(self) -> Any:
        """The values of all rows, one behind the other: a tensor, or a ragged one."""
        return self._values

    @property
    def row_splits(self) -> Tensor:
        """Where the rows begin and end."""
        return self._row_splits  # type: ignore[no-any-return]

    @property
    def flat_values(self) -> Tensor:
        """The innermost values."""
        inner = self._values
        while isinstance(inner, RaggedTensor):
            inner = inner._values
        return inner  # type: ignore[no-any-return]

    @property
    def nested_row_splits(self) -> tuple[Tensor, ...]:
        """The splits of all ragged dimensions, the outermost first."""
        inner = self._values.nested_row_splits if isinstance(self._values, RaggedTensor) else ()
        return (self._row_splits, *inner)

    @property
    def dtype(self) -> DType:
        """The dtype of the values."""
        return self.flat_values.dtype

    @property
    def ragged_rank(self) -> int:
        """How many dimensions are ragged."""
        return len(self.nested_row_splits)

    @property
    def uniform_row_length(self) -> Tensor | None:
        """The length of all rows where it is known to be one; else None."""
        return (
            None if self._uniform is None else _native.tensor(self._uniform, self._row_splits._dtype_number)
        )

    @property
    def shape(self) -> TensorShape:
        """The shape; ragged sizes are None."""
        splits = self._row_splits.shape
        rows = None if splits.rank is None or splits[0] is None else splits[0] - 1
        inner = self._values.shape
        if inner.rank is None:
            return TensorShape(None)
        return TensorShape([rows, self._uniform, *inner.as_list()[1:]])

    def get_shape(self) -> TensorShape:
        """The shape; see `shape`."""
        return self.shape

    def nrows(self, out_type: DTypeLike | None = None, name: str | None = None) -> Tensor:
        """How many rows there are."""
        dtype = self._row_splits.dtype if out_type is None else as_dtype(out_type)
        size = _cast(_count(self._row_splits), dtype)
        return _execute("subtract", (size, _native.tensor(1, dtype._number)))  # type: ignore[no-any-return]

    def row_starts(self, name: str | None = None) -> Tensor:
        """Where the rows begin."""
        return self._row_splits[:-1]  # type: ignore[no-any-return]

    def row_limits(self, name: str | None = None) -> Tensor:
        """Where the rows end."""
        return self._row_splits[1:]  # type: ignore[no-any-return]

    def row_lengths(self, axis: int = 1, name: str | None = None) -> Any:
        """How long the rows are; those of an inner axis are ragged themselves."""
        if axis == 0:
            return self.nrows()
        if axis == 1:
            return _execute("subtract", (self.row_limits(), self.row_starts()))
        if isinstance(self._values, RaggedTensor):
            return self.with_values(self._values.row_lengths(axis - 1))
        shape = _execute("shape", (self._values,), {"out_type": self._row_splits._dtype_number})
        count, width = shape[0], shape[axis - 1]
        return self.with_values(_execute("fill", (_execute("reshape", (count, [1])), width)))

    def nested_row_lengths(self, name: str | None = None) -> tuple[Tensor, ...]:
        """The lengths of all ragged dimensions, the outermost first."""
        return tuple(_execute("subtract", (splits[1:], splits[:-1])) for splits in self.nested_row_splits)

    def value_rowids(self, name: str | None = None) -> Tensor:
        """The row of each value."""
        from .segments import row_splits_to_segment_ids

        return row_splits_to_segment_ids(self._row_splits, out_type=self._row_splits.dtype)

    def nested_value_rowids(self, name: str | None = None) -> tuple[Tensor, ...]:
        """The row numbers of all ragged dimensions, the outermost first."""
        inner = self._values.nested_value_rowids() if isinstance(self._values, RaggedTensor) else ()
        return (self.value_rowids(), *inner)

    def bounding_shape(
        self, axis: int | None = None, name: str | None = None, out_type: DTypeLike | None = None
    ) -> Tensor:
        """The shape of the smallest tensor that holds it all."""
        dtype = self._row_splits.dtype if out_type is None else as_dtype(out_type)
        lengths = _cast(self.row_lengths(), dtype)
        zero = _execute("fill", ([1], _native.tensor(0, dtype._number)))
        longest = _execute("reduce_max", (_execute("concat", ([zero, lengths],), {"axis": 0}),))
        inner = (
            self._values.bounding_shape(out_type=dtype)
            if isinstance(self._values, RaggedTensor)
            else _execute("shape", (self._values,), {"out_type": dtype._number})
        )
        shape = _execute(
            "concat", ([_execute("stack", ([self.nrows(dtype), longest],)), inner[1:]],), {"axis": 0}
        )
        return shape if axis is None else shape[axis]  # type: ignore[no-any-return]

    # --- changed copies ---

    def with_values(self, new_values: Any) -> RaggedTensor:
        """The same rows with other values, as many as before."""
        return RaggedTensor(_values_of(new_values), self._row_splits, self._uniform)

    def with_flat_values(self, new_values: Any) -> RaggedTensor:
        """The same rows with other innermost values."""
        if isinstance(self._values, RaggedTensor):
            return self.with_values(self._values.with_flat_values(new_values))
        return self.with_values(new_values)

    def with_row_splits_dtype(self, dtype: DTypeLike) -> RaggedTensor:
        """The same with splits of another dtype, int32 or int64."""
        values = self._values
        if isinstance(values, RaggedTensor):
            values = values.with_row_splits_dtype(dtype)
        return RaggedTensor(values, _cast(self._row_splits, as_dtype(dtype)), self._uniform)

    def merge_dims(self, outer_axis: int, inner_axis: int) -> Any:
        """With the axes from one to the other made one."""
        from .conversion import merge_dims

        return merge_dims(self, outer_axis, inner_axis)

    # --- conversion ---

    def to_tensor(self, default_value: Any = None, name: str | None = None, shape: Any = None) -> Tensor:
        """A tensor in which short rows are filled up.

        Args:
            default_value: What fills; by default 0, False or ''.
            name: Ignored; for compatibility.
            shape: The shape wanted; longer rows are cut. None, or None for a size: as large as needed.
        """
        from .conversion import to_tensor

        return to_tensor(self, default_value, shape)

    def to_sparse(self, name: str | None = None) -> Any:
        """A `tg.SparseTensor` of the values and their places."""
        from .conversion import to_sparse

        return to_sparse(self)

    def to_list(self) -> list[Any]:
        """Nested lists of Python values."""
        splits = self._row_splits.numpy()
        inner = (
            self._values.to_list()
            if isinstance(self._values, RaggedTensor)
            else self._values.numpy().tolist()
        )
        return [inner[a:b] for a, b in itertools.pairwise(splits)]

    def numpy(self) -> Any:
        """An array of objects, each row an array; an ordinary array where all rows are of one length."""
        rows: list[Any] = (
            [row.numpy() for row in self]
            if isinstance(self._values, RaggedTensor)
            else np.split(self._values.numpy(), self._row_splits.numpy()[1:-1])[: len(self)]
        )
        if len({row.shape for row in rows}) == 1 and all(row.dtype != object for row in rows):
            return np.stack(rows)
        result = np.empty(len(rows), object)
        for i, row in enumerate(rows):
            result[i] = row
        return result

    def __len__(self) -> int:
        return len(self._row_splits) - 1

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        if any(part._is_symbolic for part in (*self.nested_row_splits, self.flat_values)):
            return f"tg.RaggedTensor(values={self._values!r}, row_splits={self._row_splits!r})"
        text = str(self.to_list())
        return f"<tg.RaggedTensor {text if len(text) <= 400 else text[:397] + '...'}>"

    def __getitem__(self, key: Any) -> Any:
        from .indexing import get_item

        return get_item(self, key)

    def __bool__(self) -> bool:
        raise InvalidArgumentError(
            "[RaggedTensor] a ragged tensor has no truth value. Received: a ragged tensor as a condition. "
            "Use its shape, or tg.reduce_any.",
            code="TG-0106",
        )

    __hash__ = None  # type: ignore[assignment]


def map_values(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """`function` of the innermost values of the ragged arguments, whose rows must be the same."""
    ragged = [a for a in (*arguments, *keywords.values()) if isinstance(a, RaggedTensor)]
    if not ragged:
        return function(*arguments, **keywords)
    first = max(ragged, key=lambda r: r.ragged_rank)
    for other in ragged:
        for mine, given in zip(first.nested_row_splits, other.nested_row_splits, strict=False):
            known = not mine._is_symbolic and not given._is_symbolic
            if known and mine.numpy().tolist() != given.numpy().tolist():
                raise InvalidArgumentError(
                    "[ragged.map_flat_values] ragged tensors must have the same row splits. Received: "
                    f"row_splits={mine.numpy().tolist()} and {given.numpy().tolist()}. Make their rows equally long.",
                    code="TG-0610",
                )

    def plain(value: Any) -> Any:
        return value.flat_values if isinstance(value, RaggedTensor) else value

    result = function(*map(plain, arguments), **{k: plain(v) for k, v in keywords.items()})
    return first.with_flat_values(result)


def _binary(name: str, reflected: bool = False) -> Callable[[Any, Any], Any]:
    def method(self: RaggedTensor, other: Any) -> Any:
        other = _row_values(self, other)

        def apply(x: Any, y: Any) -> Any:
            return _execute(name, (y, x) if reflected else (x, y))

        return map_values(apply, self, other)

    return method


def _row_values(ragged: RaggedTensor, other: Any) -> Any:
    """A tensor of shape [nrows, 1] gives each value the number of its row; others broadcast against the values."""
    if isinstance(other, RaggedTensor):
        return other
    value = convert_to_tensor(other, dtype_hint=ragged.dtype)
    if value.shape.rank in (0, None):
        return value
    if value.shape.rank == 2 and ragged.ragged_rank == 1 and value.shape[1] == 1:
        rows = _execute("reshape", (value, [-1]))
        return _execute("gather", (rows, ragged.value_rowids()))
    raise UnimplementedError(
        "[RaggedTensor] a ragged tensor and a tensor broadcast where the tensor is 0-d or of shape [nrows, 1]. "
        f"Received: shape={value.shape}. Make it ragged with tg.RaggedTensor.from_tensor.",
        code="TG-0611",
    )


def _or_none(method: Callable[[Any, Any], Any], unlike: bool) -> Callable[[Any, Any], Any]:
    """A comparison that takes None, which equals nothing."""

    def compare(self: RaggedTensor, other: Any) -> Any:
        return unlike if other is None else method(self, other)

    return compare


def _unary(name: str) -> Callable[[Any], Any]:
    def method(self: RaggedTensor) -> Any:
        return self.with_flat_values(_execute(name, (self.flat_values,)))

    return method


for _method, _op in {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "floordiv": "floordiv",
    "mod": "floormod", "pow": "pow", "and": "logical_and", "or": "logical_or", "xor": "logical_xor",
}.items():  # fmt: skip
    setattr(RaggedTensor, f"__{_method}__", _binary(_op))
    setattr(RaggedTensor, f"__r{_method}__", _binary(_op, reflected=True))
for _method, _op in {
    "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal",
}.items():  # fmt: skip
    setattr(RaggedTensor, f"__{_method}__", _binary(_op))
RaggedTensor.__eq__ = _or_none(RaggedTensor.__eq__, False)  # type: ignore[method-assign]
RaggedTensor.__ne__ = _or_none(RaggedTensor.__ne__, True)  # type: ignore[method-assign]
for _method, _op in {"neg": "negative", "abs": "abs", "invert": "logical_not"}.items():
    setattr(RaggedTensor, f"__{_method}__", _unary(_op))


def _values_of(values: Any) -> Any:
    if isinstance(values, RaggedTensor):
        return values
    tensor = convert_to_tensor(values)
    if tensor.shape.rank == 0:
        raise InvalidArgumentError(
            "[RaggedTensor] the values must have at least one dimension. Received: values.shape=(). Give a vector.",
            code="TG-0103",
        )
    return tensor


def _row_tensor(value: Any) -> Tensor:
    tensor = convert_to_tensor(value, dtype_hint=int64)
    if tensor.dtype not in (int32, int64) or tensor.shape.rank not in (1, None):
        raise InvalidArgumentError(
            "[RaggedTensor] rows are described by vectors of int32 or int64. Received: "
            f"dtype={tensor.dtype.name}, shape={tensor.shape}. Use such as [0, 2, 3].",
            code="TG-0634",
        )
    return tensor


def _count(values: Any) -> Any:
    """The number of rows of a tensor or a ragged one."""
    if isinstance(values, RaggedTensor):
        return values.nrows()
    return _execute("shape", (values,), {"out_type": int64._number})[0]


def _cast(value: Any, dtype: DType) -> Any:
    return value if value.dtype == dtype else _execute("cast", (value,), {"dtype": dtype._number})


def _column(index: int) -> dict[str, Any]:
    return {
        "begin": [0, index], "end": [0, index + 1], "strides": [1, 1], "begin_mask": 1, "end_mask": 1,
        "shrink_axis_mask": 2,
    }  # fmt: skip


def _check_splits(splits: Tensor, values: Any) -> None:
    if splits._is_symbolic:
        return
    numbers = splits.numpy()
    count = len(values) if isinstance(values, RaggedTensor) and not values.row_splits._is_symbolic else None
    if not isinstance(values, RaggedTensor) and values.shape.rank:
        count = values.shape[0]
    bad = numbers.size == 0 or numbers[0] != 0 or (np.diff(numbers) < 0).any()
    if bad or (count is not None and numbers[-1] != count):
        raise InvalidArgumentError(
            "[RaggedTensor] row splits must begin with 0, not fall, and end with the number of values. Received: "
            f"row_splits={numbers.tolist()}, {count} values. Check where the splits come from.",
            code="TG-0634",
        )
