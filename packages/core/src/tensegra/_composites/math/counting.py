"""Counting what occurs: bins, histograms, confusion."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._composites._parts import (
    INT64,
    cast,
    joined,
    known_rank,
    places,
    shape_of,
    values_of,
)
from tensegra._dtypes import as_dtype
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import DTypeLike, TensorLike

_execute = _native.execute


def _require_counts(tensor: Any, op: str) -> None:
    values = values_of(tensor)
    if values is not None and values.size and values.min() < 0:
        raise InvalidArgumentError(
            f"[{op}] what is counted must not be negative. Received: {int(values.min())} among the values. "
            "Shift or mask the values.",
            code="TG-0551",
        )


@public("math.bincount")
def bincount(
    arr: TensorLike,
    weights: TensorLike | None = None,
    minlength: TensorLike | None = None,
    maxlength: TensorLike | None = None,
    dtype: DTypeLike = "int32",
    name: str | None = None,
    axis: int | None = None,
    binary_output: bool = False,
) -> Tensor:
    """Counts how often each of the numbers 0, 1, 2, ... occurs.

    Args:
        arr: An int32 or int64 tensor of numbers from 0 on.
        weights: What each element counts, instead of 1; of the shape of `arr`.
        minlength: The least length of the result.
        maxlength: The greatest length of the result; numbers from there on are not counted.
        dtype: The dtype of the counts, where there are no weights.
        name: Ignored; for compatibility.
        axis: -1 counts each row of a matrix by itself; None, or 0, everything together.
        binary_output: Whether to say with 1 and 0 only if a number occurs; not together with weights.

    Returns:
        A vector, or a matrix with a row for each row of `arr`; as long as the greatest number and 1.

    Raises:
        tg.errors.InvalidArgumentError: Where a number is negative (TG-0551), or arguments do not go together (TG-0106).

    >>> import tensegra as tg
    >>> tg.math.bincount([1, 1, 3]).numpy()
    array([0, 2, 0, 1], dtype=int32)
    >>> tg.math.bincount([[1, 1], [0, 2]], axis=-1, minlength=4).numpy()
    array([[0, 2, 0, 0],
           [1, 0, 1, 0]], dtype=int32)
    """
    if binary_output and weights is not None:
        raise InvalidArgumentError(
            "[bincount] binary_output takes no weights. Received: both. Leave one of them out.",
            code="TG-0106",
        )
    if axis not in (None, 0, -1):
        raise InvalidArgumentError(
            f"[bincount] axis must be None, 0 or -1. Received: axis={axis}. Transpose the values.",
            code="TG-0106",
        )
    values = _native.tensor(arr)
    _require_counts(values, "bincount")
    ids = cast(values, INT64)
    number = as_dtype(dtype)._number
    counted: Any
    if weights is None:
        counted = cast(_execute("ones_like", (ids,)), INT64 if binary_output else number)
    else:
        counted = _native.tensor(weights)
        if counted._rank >= 0 and ids._rank >= 0 and counted._rank != ids._rank:
            raise InvalidArgumentError(
                "[bincount] there must be one weight for each number. "
                f"Received: arr.shape={values.shape}, weights.shape={counted.shape}. Reshape the weights.",
                code="TG-0105",
            )
    length: Any = _native.tensor(0, INT64)
    greatest = _execute(
        "reduce_max", (_execute("concat", ([_flat(ids), [_native.tensor(-1, INT64)]],), (0,)),)
    )
    length = greatest + 1
    if minlength is not None:
        length = _execute("maximum", (length, cast(minlength, INT64)))
    if maxlength is not None:
        length = _execute("minimum", (length, cast(maxlength, INT64)))
    outside = _execute("greater_equal", (ids, length))
    ids = _execute("select", (outside, _native.tensor(-1, INT64), ids))
    if axis == -1 and known_rank(ids, "bincount", "arr") > 1:
        return _count_rows(ids, counted, length, number, binary_output)
    total = _execute("unsorted_segment_sum", (_flat(counted), _flat(ids), length))
    return cast(total > 0, number) if binary_output else total


def _flat(tensor: Any) -> Any:
    return _execute("reshape", (tensor, [-1]))


def _count_rows(ids: Any, counted: Any, length: Any, number: int, binary_output: bool) -> Any:
    if ids._rank != 2:
        raise InvalidArgumentError(
            f"[bincount] rows are counted in matrices. Received: arr.shape={ids.shape}. Reshape it.",
            code="TG-0103",
        )
    rows = shape_of(ids)[0]
    starts = _execute("expand_dims", (places(rows) * length,), (1,))
    shifted = _execute("select", (ids < 0, ids, ids + starts))
    total = _execute("unsorted_segment_sum", (_flat(counted), _flat(shifted), rows * length))
    if binary_output:
        total = cast(total > 0, number)
    return _execute("reshape", (total, joined(rows, length)))


@public("math.confusion_matrix")
def confusion_matrix(
    labels: TensorLike,
    predictions: TensorLike,
    num_classes: TensorLike | None = None,
    weights: TensorLike | None = None,
    dtype: DTypeLike = "int32",
    name: str | None = None,
) -> Tensor:
    """Counts for each pair of classes how often the first was the label and the second was predicted.

    Args:
        labels: The true classes, a vector of integers from 0 on.
        predictions: The predicted classes, a vector as long. A last axis of size 1 in one of them is dropped.
        num_classes: How many classes there are; by default the greatest number and 1.
        weights: What each pair counts, instead of 1.
        dtype: The dtype of the counts.
        name: Ignored; for compatibility.

    Returns:
        A matrix with a row for each label and a column for each prediction.

    Raises:
        tg.errors.OutOfRangeError: Where a class is negative or not below num_classes (TG-0107).
        tg.errors.InvalidArgumentError: Where shapes do not fit (TG-0103, TG-0105).

    >>> import tensegra as tg
    >>> tg.math.confusion_matrix([1, 2, 2], [1, 2, 0]).numpy()
    array([[0, 0, 0],
           [0, 1, 0],
           [1, 0, 1]], dtype=int32)
    """
    rows, columns = cast(labels, INT64), cast(predictions, INT64)
    if rows._rank == columns._rank + 1:
        rows = _execute("squeeze", (rows,), ([-1],))
    elif columns._rank == rows._rank + 1:
        columns = _execute("squeeze", (columns,), ([-1],))
    number = as_dtype(dtype)._number
    if num_classes is None:
        both = _execute("concat", ([_flat(rows), _flat(columns), [_native.tensor(-1, INT64)]],), (0,))
        num_classes = _execute("reduce_max", (both,)) + 1
    size = cast(num_classes, INT64)
    counted = cast(_execute("ones_like", (columns,)) if weights is None else weights, number)
    pairs = _execute("stack", ([rows, columns],), {"axis": 1})
    return _execute("scatter_nd", (pairs, counted, joined(size, size)))


@public("histogram_fixed_width_bins")
def histogram_fixed_width_bins(
    values: TensorLike,
    value_range: TensorLike,
    nbins: int = 100,
    dtype: DTypeLike = "int32",
    name: str | None = None,
) -> Tensor:
    """The number of the bin that each value falls into, all bins being equally wide.

    Args:
        values: A tensor of numbers. Those outside of the range go to the first and the last bin.
        value_range: The ends of the range, two numbers of the same dtype.
        nbins: How many bins there are.
        dtype: The dtype of the result, int32 or int64.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where there is no bin (TG-0106).

    >>> import tensegra as tg
    >>> tg.histogram_fixed_width_bins([-1.0, 0.0, 1.5, 2.0, 5.0, 15.0], [0.0, 5.0], nbins=5).numpy()
    array([0, 0, 1, 2, 4, 4], dtype=int32)
    """
    if nbins < 1:
        raise InvalidArgumentError(
            f"[histogram_fixed_width_bins] there must be a bin. Received: nbins={nbins}. Give 1 or more.",
            code="TG-0106",
        )
    x = _native.tensor(values)
    ends: Any = (
        value_range
        if isinstance(value_range, _native.Tensor)
        else _native.tensor(value_range, x._dtype_number)
    )
    if not x.dtype.is_floating:
        x, ends = cast(x, 13), cast(ends, 13)
    number = x._dtype_number
    part = (x - ends[0]) / (ends[1] - ends[0])
    low, high = _native.tensor(0.0, number), _native.tensor(float(nbins - 1), number)
    bins = _execute("floor", (part * float(nbins),))
    return cast(_execute("minimum", (_execute("maximum", (bins, low)), high)), as_dtype(dtype)._number)


@public("histogram_fixed_width")
def histogram_fixed_width(
    values: TensorLike,
    value_range: TensorLike,
    nbins: int = 100,
    dtype: DTypeLike = "int32",
    name: str | None = None,
) -> Tensor:
    """How many values fall into each bin, all bins being equally wide.

    Args:
        values: A tensor of numbers. Those outside of the range go to the first and the last bin.
        value_range: The ends of the range, two numbers of the same dtype.
        nbins: How many bins there are.
        dtype: The dtype of the counts, int32 or int64.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where there is no bin (TG-0106).

    >>> import tensegra as tg
    >>> tg.histogram_fixed_width([-1.0, 0.0, 1.5, 2.0, 5.0, 15.0], [0.0, 5.0], nbins=5).numpy()
    array([2, 1, 1, 0, 2], dtype=int32)
    """
    bins = _flat(histogram_fixed_width_bins(values, value_range, nbins, dtype))
    return _execute("unsorted_segment_sum", (_execute("ones_like", (bins,)), bins, nbins))
