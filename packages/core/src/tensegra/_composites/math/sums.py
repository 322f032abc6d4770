"""Sums of tensors, polynomials, norms and counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tensegra import _native
from tensegra._composites._parts import cast, shape_of
from tensegra._dtypes import as_dtype
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import DTypeLike, ShapeLike, TensorLike

_execute = _native.execute
_STRING = 16


@public("math.add_n add_n")
def add_n(inputs: Sequence[TensorLike], name: str | None = None) -> Tensor:
    """Adds up tensors of one shape and dtype.

    Args:
        inputs: A tensor or several.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where there is no tensor (TG-0110), or shapes (TG-0105) or dtypes (TG-0102)
            differ.

    >>> import tensegra as tg
    >>> tg.add_n([[1, 2], [10, 20], [100, 200]]).numpy()
    array([111, 222], dtype=int32)
    """
    values = [inputs] if isinstance(inputs, _native.Tensor) else list(inputs)
    if not values:
        raise InvalidArgumentError(
            "[add_n] there must be a tensor to add. Received: inputs=[]. Give one or more.", code="TG-0110"
        )
    tensors: list[Any] = [_native.tensor(value) for value in values]
    total = tensors[0]
    for tensor in tensors[1:]:
        _require_alike(tensors[0], tensor)
        total = _execute("add", (total, tensor))
    return total if len(tensors) > 1 else _execute("identity", (total,))


def _require_alike(first: Any, other: Any) -> None:
    one, two = first._shape, other._shape
    if one is None or two is None:
        return
    if len(one) != len(two) or any(a >= 0 and b >= 0 and a != b for a, b in zip(one, two, strict=True)):
        raise InvalidArgumentError(
            f"[add_n] the inputs must have one shape. Received: shapes {one} and {two}. "
            "Use tg.add where they broadcast.",
            code="TG-0105",
        )


@public("math.accumulate_n")
def accumulate_n(
    inputs: Sequence[TensorLike],
    shape: ShapeLike | None = None,
    tensor_dtype: DTypeLike | None = None,
    name: str | None = None,
) -> Tensor:
    """Adds up tensors of one shape and dtype; the same as `tg.add_n`.

    Args:
        inputs: A tensor or several.
        shape: The shape that they have, where it is to be checked.
        tensor_dtype: The dtype that they have, where it is to be checked.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where shapes (TG-0105) or dtypes (TG-0102) differ.

    >>> import tensegra as tg
    >>> tg.math.accumulate_n([[1, 2], [10, 20]], shape=[2]).numpy()
    array([11, 22], dtype=int32)
    """
    total: Any = add_n(inputs)
    if shape is not None and not total.shape.is_compatible_with(shape):
        raise InvalidArgumentError(
            f"[accumulate_n] the inputs must have the shape that is given. Received: shape={shape}, "
            f"inputs of shape {total.shape}. Leave it out, or reshape them.",
            code="TG-0105",
        )
    if tensor_dtype is not None and total.dtype != as_dtype(tensor_dtype):
        raise InvalidArgumentError(
            "[accumulate_n] the inputs must have the dtype that is given. "
            f"Received: tensor_dtype={as_dtype(tensor_dtype).name}, inputs of {total.dtype.name}. Use tg.cast.",
            code="TG-0102",
        )
    return total


@public("math.scalar_mul scalar_mul")
def scalar_mul(scalar: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Multiplies a tensor by a number.

    Args:
        scalar: A number or a 0-d tensor of the dtype of `x`.
        x: A tensor.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where `scalar` has axes (TG-0103).

    >>> import tensegra as tg
    >>> tg.math.scalar_mul(2.0, [1.0, 3.0]).numpy()
    array([2., 6.], dtype=float32)
    """
    values: Any = _native.tensor(x)
    factor: Any = (
        scalar if isinstance(scalar, _native.Tensor) else _native.tensor(scalar, values._dtype_number)
    )
    if factor._rank > 0:
        raise InvalidArgumentError(
            f"[scalar_mul] the factor must be one number. Received: scalar.shape={factor.shape}. Use tg.multiply.",
            code="TG-0103",
        )
    return _execute("multiply", (factor, values))


@public("math.polyval")
def polyval(coeffs: Sequence[TensorLike], x: TensorLike, name: str | None = None) -> Tensor:
    """The value of a polynomial at each element, by Horner's rule.

    Args:
        coeffs: The coefficients, that of the highest power first; each broadcasts with `x`.
        x: A tensor.
        name: Ignored; for compatibility.

    Returns:
        A tensor of the broadcast shape; zeros where there are no coefficients.

    Raises:
        tg.errors.InvalidArgumentError: Where `coeffs` is no list (TG-0117).

    >>> import tensegra as tg
    >>> tg.math.polyval([1.0, 2.0, 3.0], [0.0, 2.0]).numpy()
    array([ 3., 11.], dtype=float32)
    """
    values: Any = _native.tensor(x)
    if not isinstance(coeffs, list | tuple):
        raise InvalidArgumentError(
            f"[polyval] the coefficients must be a list. Received: coeffs={coeffs!r}. Use tg.unstack on a tensor.",
            code="TG-0117",
        )
    if not coeffs:
        return _execute("zeros_like", (values,))
    result: Any = _native.tensor(coeffs[0], values._dtype_number)
    for coefficient in coeffs[1:]:
        result = _execute("add", (_execute("multiply", (result, values)), coefficient))
    return result


@public("math.lbeta")
def lbeta(x: TensorLike, name: str | None = None) -> Tensor:
    """The logarithm of the absolute value of the multivariate beta function, along the last axis.

    Args:
        x: A floating-point tensor of rank 1 or more.
        name: Ignored; for compatibility.

    Returns:
        A tensor without the last axis: the sum of lgamma(x) minus lgamma of the sum of x.

    Raises:
        tg.errors.InvalidArgumentError: For a 0-d tensor (TG-0104).

    >>> import tensegra as tg
    >>> tg.math.lbeta([1.0, 1.0]).numpy()
    np.float32(0.0)
    """
    values: Any = _native.tensor(x)
    parts = _execute("reduce_sum", (_execute("lgamma", (values,)),), ([-1],))
    return parts - _execute("lgamma", (_execute("reduce_sum", (values,), ([-1],)),))


@public("math.reduce_euclidean_norm")
def reduce_euclidean_norm(
    input_tensor: TensorLike, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """The square root of the sum of squares along axes.

    Args:
        input_tensor: A tensor of numbers. The result for integers is rounded down.
        axis: An axis or several; all by default.
        keepdims: Whether the axes stay, with size 1.
        name: Ignored; for compatibility.

    Returns:
        A tensor of the same dtype.

    Raises:
        tg.errors.InvalidArgumentError: Where an axis is outside of the tensor (TG-0104).

    >>> import tensegra as tg
    >>> tg.math.reduce_euclidean_norm([3.0, 4.0]).numpy()
    np.float32(5.0)
    """
    values: Any = _native.tensor(input_tensor)
    number = values._dtype_number
    wide = values if values.dtype.is_floating or values.dtype.is_complex else cast(values, 13)
    total = _execute("reduce_sum", (_execute("square", (wide,)),), (axis, keepdims))
    return cast(_execute("sqrt", (total,)), number)


@public("math.count_nonzero")
def count_nonzero(
    input: TensorLike,
    axis: Any = None,
    keepdims: bool | None = None,
    dtype: DTypeLike = "int64",
    name: str | None = None,
) -> Tensor:
    """How many elements along axes are not 0; of strings, how many are not empty.

    Args:
        input: A tensor of any dtype.
        axis: An axis or several; all by default.
        keepdims: Whether the axes stay, with size 1.
        dtype: The dtype of the count.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.math.count_nonzero([[0, 1, 2], [0, 0, 3]], axis=1).numpy()
    array([2, 1])
    """
    values: Any = _native.tensor(input)
    zero: Any = "" if values._dtype_number == _STRING else _execute("zeros_like", (values,))
    counted = cast(_execute("not_equal", (values, zero)), 5)
    return cast(_execute("reduce_sum", (counted,), (axis, bool(keepdims))), as_dtype(dtype)._number)


def _pairs(x: TensorLike) -> tuple[Any, Any]:
    flat = _execute("reshape", (_native.tensor(x), [-1]))
    return flat[:-1], flat[1:]


@public("math.is_non_decreasing")
def is_non_decreasing(x: TensorLike, name: str | None = None) -> Tensor:
    """Whether no element is less than the one before it, in row-major order.

    Args:
        x: A tensor of numbers.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> bool(tg.math.is_non_decreasing([1, 1, 2])), bool(tg.math.is_non_decreasing([2, 1]))
    (True, False)
    """
    return _execute("reduce_all", (_execute("less_equal", _pairs(x)),))


@public("math.is_strictly_increasing")
def is_strictly_increasing(x: TensorLike, name: str | None = None) -> Tensor:
    """Whether each element is greater than the one before it, in row-major order.

    Args:
        x: A tensor of numbers.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> bool(tg.math.is_strictly_increasing([1, 2])), bool(tg.math.is_strictly_increasing([1, 1, 2]))
    (True, False)
    """
    return _execute("reduce_all", (_execute("less", _pairs(x)),))


@public("math.reciprocal_no_nan")
def reciprocal_no_nan(x: TensorLike, name: str | None = None) -> Tensor:
    """1 / x of each element, and 0 where x is 0.

    Args:
        x: A floating-point tensor.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: For other dtypes (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.reciprocal_no_nan([2.0, 0.0]).numpy()
    array([0.5, 0. ], dtype=float32)
    """
    values: Any = _native.tensor(x)
    return _execute("divide_no_nan", (_execute("ones_like", (values,)), values))


@public("math.unsorted_segment_mean")
def unsorted_segment_mean(
    data: TensorLike, segment_ids: TensorLike, num_segments: TensorLike, name: str | None = None
) -> Tensor:
    """Averages the rows of each segment, whose ids may come in any order.

    Args:
        data: A floating-point tensor.
        segment_ids: int32 or int64; its shape is a beginning of that of `data`. Rows with a negative id are left out.
        num_segments: How many segments there are.
        name: Ignored; for compatibility.

    Returns:
        Shape (num_segments,) + data.shape[rank of segment_ids:]; 0 for a segment without rows.

    Raises:
        tg.errors.OutOfRangeError: Where an id is not below num_segments (TG-0107).

    >>> import tensegra as tg
    >>> tg.math.unsorted_segment_mean([1.0, 3.0, 5.0], [0, 0, 2], 3).numpy()
    array([2., 0., 5.], dtype=float32)
    """
    total, count = _sums_and_counts(data, segment_ids, num_segments)
    return total / count


@public("math.unsorted_segment_sqrt_n")
def unsorted_segment_sqrt_n(
    data: TensorLike, segment_ids: TensorLike, num_segments: TensorLike, name: str | None = None
) -> Tensor:
    """Adds up the rows of each segment and divides by the square root of their number.

    Args:
        data: A floating-point tensor.
        segment_ids: int32 or int64; its shape is a beginning of that of `data`. Rows with a negative id are left out.
        num_segments: How many segments there are.
        name: Ignored; for compatibility.

    Returns:
        Shape (num_segments,) + data.shape[rank of segment_ids:]; 0 for a segment without rows.

    Raises:
        tg.errors.OutOfRangeError: Where an id is not below num_segments (TG-0107).

    >>> import tensegra as tg
    >>> tg.math.unsorted_segment_sqrt_n([1.0, 1.0, 1.0, 1.0, 5.0], [0, 0, 0, 0, 1], 2).numpy()
    array([2., 5.], dtype=float32)
    """
    total, count = _sums_and_counts(data, segment_ids, num_segments)
    return total / _execute("sqrt", (count,))


def _sums_and_counts(data: TensorLike, segment_ids: TensorLike, num_segments: TensorLike) -> tuple[Any, Any]:
    """Sums, and counts of the same rank, at least 1."""
    values, ids = _native.tensor(data), _native.tensor(segment_ids)
    total: Any = _execute("unsorted_segment_sum", (values, ids, num_segments))
    ones = cast(_execute("ones_like", (ids,)), values._dtype_number)
    count = _execute("maximum", (_execute("unsorted_segment_sum", (ones, ids, num_segments)), 1))
    sizes = shape_of(total)
    ones_behind = _execute("ones_like", (sizes[1:],))
    return total, _execute("reshape", (count, _execute("concat", ([sizes[:1], ones_behind],), (0,))))
