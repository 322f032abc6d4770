"""What `tg.io.parse_example` looks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tensegra._dtypes import as_dtype, int32
from tensegra._public import public
from tensegra._typing import DTypeLike


@public("io.FixedLenFeature")
class FixedLenFeature:
    """A feature of a fixed shape.

    Args:
        shape: The shape of its values in one example.
        dtype: float32, int64 or string.
        default_value: What examples without it have; None: they must have it.

    >>> import tensegra as tg
    >>> tg.io.FixedLenFeature([3], tg.float32).shape
    [3]
    """

    def __init__(self, shape: Any, dtype: DTypeLike, default_value: Any = None) -> None:
        self.shape, self.dtype, self.default_value = list(shape), as_dtype(dtype), default_value


@public("io.FixedLenSequenceFeature")
class FixedLenSequenceFeature:
    """A feature of any number of entries of a fixed shape; the results are filled up to one length.

    Args:
        shape: The shape of one entry.
        dtype: float32, int64 or string.
        allow_missing: Whether examples may be without it.
        default_value: What fills up; None: 0 or ''.

    >>> import tensegra as tg
    >>> tg.io.FixedLenSequenceFeature([], tg.int64, allow_missing=True).allow_missing
    True
    """

    def __init__(
        self, shape: Any, dtype: DTypeLike, allow_missing: bool = False, default_value: Any = None
    ) -> None:
        self.shape, self.dtype = list(shape), as_dtype(dtype)
        self.allow_missing, self.default_value = allow_missing, default_value


@public("io.VarLenFeature")
class VarLenFeature:
    """A feature of any number of values; the results are sparse.

    Args:
        dtype: float32, int64 or string.

    >>> import tensegra as tg
    >>> tg.io.VarLenFeature(tg.string).dtype.name
    'string'
    """

    def __init__(self, dtype: DTypeLike) -> None:
        self.dtype = as_dtype(dtype)


@public("io.SparseFeature")
class SparseFeature:
    """A sparse tensor in two features: the places and the values.

    Args:
        index_key: The name of the places, or one for each dimension.
        value_key: The name of the values.
        dtype: The dtype of the values.
        size: The size of each dimension, or of the only one.
        already_sorted: Whether the places are in order.

    >>> import tensegra as tg
    >>> tg.io.SparseFeature("ix", "val", tg.float32, 100).size
    100
    """

    def __init__(
        self,
        index_key: str | Sequence[str],
        value_key: str,
        dtype: DTypeLike,
        size: int | Sequence[int],
        already_sorted: bool = False,
    ) -> None:
        self.index_key, self.value_key, self.dtype = index_key, value_key, as_dtype(dtype)
        self.size, self.already_sorted = size, already_sorted


class _RowSplits(NamedTuple):
    key: str


class _RowLengths(NamedTuple):
    key: str


class _UniformRowLength(NamedTuple):
    length: int


@public("io.RaggedFeature")
class RaggedFeature:
    """A feature whose results are ragged.

    Args:
        dtype: float32, int64 or string.
        value_key: The name of the values; by default that in the dict of features.
        partitions: What divides the values of an example into rows, the outermost first:
            `RaggedFeature.RowSplits(key)`, `RaggedFeature.RowLengths(key)` or
            `RaggedFeature.UniformRowLength(length)`.
        row_splits_dtype: int32 or int64.
        validate: Whether the partitions are checked.

    >>> import tensegra as tg
    >>> tg.io.RaggedFeature(tg.string).dtype.name
    'string'
    """

    RowSplits = _RowSplits
    RowLengths = _RowLengths
    UniformRowLength = _UniformRowLength

    def __init__(
        self,
        dtype: DTypeLike,
        value_key: str | None = None,
        partitions: Sequence[Any] = (),
        row_splits_dtype: DTypeLike = int32,
        validate: bool = False,
    ) -> None:
        self.dtype, self.value_key, self.partitions = as_dtype(dtype), value_key, tuple(partitions)
        self.row_splits_dtype, self.validate = as_dtype(row_splits_dtype), validate
