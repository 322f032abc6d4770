"""Functions of the ops of the family 'math'."""

# Generated from the op registry by tools/gen.py: do not edit.
# ruff: noqa: E501 (the examples are shown as they print)

from __future__ import annotations

from collections.abc import Sequence

from tensegra import _native
from tensegra._tensor import Tensor
from tensegra._typing import DTypeLike, TensorLike

_execute = _native.execute
_abs = _native.find_op("abs")
_add = _native.find_op("add")
_argmax = _native.find_op("argmax")
_argmin = _native.find_op("argmin")
_ceil = _native.find_op("ceil")
_cos = _native.find_op("cos")
_cumprod = _native.find_op("cumprod")
_cumsum = _native.find_op("cumsum")
_divide = _native.find_op("divide")
_divide_no_nan = _native.find_op("divide_no_nan")
_equal = _native.find_op("equal")
_erf = _native.find_op("erf")
_exp = _native.find_op("exp")
_expm1 = _native.find_op("expm1")
_floor = _native.find_op("floor")
_floordiv = _native.find_op("floordiv")
_floormod = _native.find_op("floormod")
_greater = _native.find_op("greater")
_greater_equal = _native.find_op("greater_equal")
_is_finite = _native.find_op("is_finite")
_is_inf = _native.find_op("is_inf")
_is_nan = _native.find_op("is_nan")
_less = _native.find_op("less")
_less_equal = _native.find_op("less_equal")
_log = _native.find_op("log")
_log1p = _native.find_op("log1p")
_log_sigmoid = _native.find_op("log_sigmoid")
_logical_and = _native.find_op("logical_and")
_logical_not = _native.find_op("logical_not")
_logical_or = _native.find_op("logical_or")
_logical_xor = _native.find_op("logical_xor")
_maximum = _native.find_op("maximum")
_minimum = _native.find_op("minimum")
_multiply = _native.find_op("multiply")
_negative = _native.find_op("negative")
_not_equal = _native.find_op("not_equal")
_pow = _native.find_op("pow")
_reciprocal = _native.find_op("reciprocal")
_reduce_all = _native.find_op("reduce_all")
_reduce_any = _native.find_op("reduce_any")
_reduce_logsumexp = _native.find_op("reduce_logsumexp")
_reduce_max = _native.find_op("reduce_max")
_reduce_mean = _native.find_op("reduce_mean")
_reduce_min = _native.find_op("reduce_min")
_reduce_prod = _native.find_op("reduce_prod")
_reduce_std = _native.find_op("reduce_std")
_reduce_sum = _native.find_op("reduce_sum")
_reduce_variance = _native.find_op("reduce_variance")
_round = _native.find_op("round")
_rsqrt = _native.find_op("rsqrt")
_sigmoid = _native.find_op("sigmoid")
_sign = _native.find_op("sign")
_sin = _native.find_op("sin")
_softplus = _native.find_op("softplus")
_sqrt = _native.find_op("sqrt")
_square = _native.find_op("square")
_squared_difference = _native.find_op("squared_difference")
_subtract = _native.find_op("subtract")
_tan = _native.find_op("tan")
_tanh = _native.find_op("tanh")
_top_k = _native.find_op("top_k")


def abs(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes the absolute value of each element.

    The gradient at 0 is 0.

    Args:
      x: a tensor of any shape; float32, float64 or an integer dtype.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.abs([-1.5, 0., 2.])
    <tg.Tensor: shape=(3,), dtype=float32, numpy=array([1.5, 0. , 2. ], dtype=float32)>
    """
    return _execute(_abs, (x,))


def add(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Computes x + y for each pair of elements, with broadcasting.

    Integers wrap on overflow.

    Args:
      x: a tensor; float32, float64 or an integer dtype.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A tensor of the broadcast shape and the same dtype.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.add([1., 2.], 10.)
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([11., 12.], dtype=float32)>
    """
    return _execute(_add, (x, y))


def argmax(
    input: TensorLike, axis: int = 0, output_type: DTypeLike = "int64", name: str | None = None
) -> Tensor:
    """Finds where the greatest element along an axis is.

    Args:
      input: a tensor of rank 1 or more; float32, float64, an integer dtype or bool.
      axis: the axis to search along.
      output_type: int32 or int64.

    Returns:
      A tensor of dtype `output_type`, without the axis: the first index of equal elements, and the first NaN if there
      is one.

    Raises:
      InvalidArgumentError: the axis is outside [-rank, rank) (TG-0104) or has no elements (TG-0124), or `output_type` is
        another dtype (TG-0106).

    >>> import tensegra as tg
    >>> tg.argmax([3., 9., 1.])
    <tg.Tensor: shape=(), dtype=int64, numpy=1>
    """
    return _execute(_argmax, (input,), (axis, output_type))


def argmin(
    input: TensorLike, axis: int = 0, output_type: DTypeLike = "int64", name: str | None = None
) -> Tensor:
    """Finds where the least element along an axis is.

    Args:
      input: a tensor of rank 1 or more; float32, float64, an integer dtype or bool.
      axis: the axis to search along.
      output_type: int32 or int64.

    Returns:
      A tensor of dtype `output_type`, without the axis: the first index of equal elements, and the first NaN if there
      is one.

    Raises:
      InvalidArgumentError: the axis is outside [-rank, rank) (TG-0104) or has no elements (TG-0124), or `output_type` is
        another dtype (TG-0106).

    >>> import tensegra as tg
    >>> tg.argmin([3., 9., 1.])
    <tg.Tensor: shape=(), dtype=int64, numpy=2>
    """
    return _execute(_argmin, (input,), (axis, output_type))


def ceil(x: TensorLike, name: str | None = None) -> Tensor:
    """Rounds each element up to a whole number.

    No gradient flows through it: it is constant almost everywhere.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.ceil([1.5, -1.5])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([ 2., -1.], dtype=float32)>
    """
    return _execute(_ceil, (x,))


def cos(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes the cosine of each element, in radians.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.cos([0., 1.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 0.5403023], dtype=float32)>
    """
    return _execute(_cos, (x,))


def cumprod(
    x: TensorLike, axis: int = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """Multiplies the elements up to each place along an axis.

    The gradient is exact where no element is 0, and 0 at elements that are.

    Args:
      x: a tensor of rank 1 or more; float32, float64 or an integer dtype.
      axis: the axis to run along.
      exclusive: whether the element itself is left out.
      reverse: whether to run from the end.

    Returns:
      A tensor of the same shape and dtype: running products.

    Raises:
      InvalidArgumentError: the axis is outside [-rank, rank) (TG-0104).

    >>> import tensegra as tg
    >>> tg.math.cumprod([1., 2., 3.])
    <tg.Tensor: shape=(3,), dtype=float32, numpy=array([1., 2., 6.], dtype=float32)>
    """
    return _execute(_cumprod, (x,), (axis, exclusive, reverse))


def cumsum(
    x: TensorLike, axis: int = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """Adds the elements up to each place along an axis.

    Args:
      x: a tensor of rank 1 or more; float32, float64 or an integer dtype.
      axis: the axis to run along.
      exclusive: whether the element itself is left out.
      reverse: whether to run from the end.

    Returns:
      A tensor of the same shape and dtype: running sums.

    Raises:
      InvalidArgumentError: the axis is outside [-rank, rank) (TG-0104).

    >>> import tensegra as tg
    >>> tg.math.cumsum([1., 2., 3.])
    <tg.Tensor: shape=(3,), dtype=float32, numpy=array([1., 3., 6.], dtype=float32)>
    """
    return _execute(_cumsum, (x,), (axis, exclusive, reverse))


def divide(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Computes x / y for each pair of elements, with broadcasting.

    Args:
      x: a tensor; float32 or float64.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A tensor of the broadcast shape and the same dtype.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.divide([1., 2.], 4.)
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.25, 0.5 ], dtype=float32)>
    """
    return _execute(_divide, (x, y))


def divide_no_nan(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Computes x / y for each pair of elements, and 0 where y is 0, with broadcasting.

    Where y is 0 no gradient flows.

    Args:
      x: a tensor; float32 or float64.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A tensor of the broadcast shape and the same dtype.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.divide_no_nan([1., 2.], [0., 4.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0. , 0.5], dtype=float32)>
    """
    return _execute(_divide_no_nan, (x, y))


def equal(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Tells whether x == y for each pair of elements, with broadcasting.

    NaN equals nothing, not even itself.

    Args:
      x: a tensor; any real dtype, bool or string.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A bool tensor of the broadcast shape.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.equal([1, 2], 2)
    <tg.Tensor: shape=(2,), dtype=bool, numpy=array([False,  True])>
    """
    return _execute(_equal, (x, y))


def erf(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes the Gauss error function of each element.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.erf([0., 1.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.8427008], dtype=float32)>
    """
    return _execute(_erf, (x,))


def exp(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes e to the power of each element.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.exp([0., 1.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 2.7182817], dtype=float32)>
    """
    return _execute(_exp, (x,))


def expm1(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes e to the power of each element, minus 1, exactly also near 0.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.expm1([0., 1e-8])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.e+00, 1.e-08], dtype=float32)>
    """
    return _execute(_expm1, (x,))


def floor(x: TensorLike, name: str | None = None) -> Tensor:
    """Rounds each element down to a whole number.

    No gradient flows through it: it is constant almost everywhere.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.floor([1.5, -1.5])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([ 1., -2.], dtype=float32)>
    """
    return _execute(_floor, (x,))


def floordiv(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Computes the quotient x / y rounded down, for each pair of elements.

    Rounds toward minus infinity, as // of Python does. No gradient flows through it.

    Args:
      x: a tensor; float32, float64 or an integer dtype.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A tensor of the broadcast shape and the same dtype.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).
      InvalidArgumentError: an integer divisor is 0 (TG-0108).

    >>> import tensegra as tg
    >>> tg.math.floordiv([7, -7], 2)
    <tg.Tensor: shape=(2,), dtype=int32, numpy=array([ 3, -4], dtype=int32)>
    """
    return _execute(_floordiv, (x, y))


def floormod(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Computes the remainder x - floor(x / y) * y, for each pair of elements.

    The remainder has the sign of y, as % of Python gives it.

    Args:
      x: a tensor; float32, float64 or an integer dtype.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A tensor of the broadcast shape and the same dtype.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).
      InvalidArgumentError: an integer divisor is 0 (TG-0108).

    >>> import tensegra as tg
    >>> tg.math.floormod([7, -7], 3)
    <tg.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    return _execute(_floormod, (x, y))


def greater(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Tells whether x > y for each pair of elements, with broadcasting.

    A comparison with NaN is false.

    Args:
      x: a tensor; float32, float64 or an integer dtype.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A bool tensor of the broadcast shape.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.greater([1, 2, 3], 2)
    <tg.Tensor: shape=(3,), dtype=bool, numpy=array([False, False,  True])>
    """
    return _execute(_greater, (x, y))


def greater_equal(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Tells whether x >= y for each pair of elements, with broadcasting.

    A comparison with NaN is false.

    Args:
      x: a tensor; float32, float64 or an integer dtype.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A bool tensor of the broadcast shape.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.greater_equal([1, 2, 3], 2)
    <tg.Tensor: shape=(3,), dtype=bool, numpy=array([False,  True,  True])>
    """
    return _execute(_greater_equal, (x, y))


def is_finite(x: TensorLike, name: str | None = None) -> Tensor:
    """Tells for each element whether it is neither infinite nor NaN.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A bool tensor of the same shape.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.is_finite([1., float('nan'), float('inf')])
    <tg.Tensor: shape=(3,), dtype=bool, numpy=array([ True, False, False])>
    """
    return _execute(_is_finite, (x,))


def is_inf(x: TensorLike, name: str | None = None) -> Tensor:
    """Tells for each element whether it is infinite.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A bool tensor of the same shape.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.is_inf([1., float('nan'), float('inf')])
    <tg.Tensor: shape=(3,), dtype=bool, numpy=array([False, False,  True])>
    """
    return _execute(_is_inf, (x,))


def is_nan(x: TensorLike, name: str | None = None) -> Tensor:
    """Tells for each element whether it is NaN.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A bool tensor of the same shape.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.is_nan([1., float('nan'), float('inf')])
    <tg.Tensor: shape=(3,), dtype=bool, numpy=array([False,  True, False])>
    """
    return _execute(_is_nan, (x,))


def less(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Tells whether x < y for each pair of elements, with broadcasting.

    A comparison with NaN is false.

    Args:
      x: a tensor; float32, float64 or an integer dtype.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A bool tensor of the broadcast shape.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.less([1, 2, 3], 2)
    <tg.Tensor: shape=(3,), dtype=bool, numpy=array([ True, False, False])>
    """
    return _execute(_less, (x, y))


def less_equal(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Tells whether x <= y for each pair of elements, with broadcasting.

    A comparison with NaN is false.

    Args:
      x: a tensor; float32, float64 or an integer dtype.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A bool tensor of the broadcast shape.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.less_equal([1, 2, 3], 2)
    <tg.Tensor: shape=(3,), dtype=bool, numpy=array([ True,  True, False])>
    """
    return _execute(_less_equal, (x, y))


def log(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes the natural logarithm of each element.

    The logarithm of 0 is -inf, of a negative number NaN.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.log([1., 2.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.6931472], dtype=float32)>
    """
    return _execute(_log, (x,))


def log1p(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes the natural logarithm of 1 + x, exactly also near 0.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.log1p([0., 1e-8])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.e+00, 1.e-08], dtype=float32)>
    """
    return _execute(_log1p, (x,))


def log_sigmoid(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes log(1 / (1 + exp(-x))) for each element, exactly also where x is large.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.log_sigmoid([0., 1.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([-0.6931472 , -0.31326166], dtype=float32)>
    """
    return _execute(_log_sigmoid, (x,))


def logical_and(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Computes the logical AND of each pair of elements, with broadcasting.

    Args:
      x: a tensor; bool.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A bool tensor of the broadcast shape.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.logical_and([True, True, False], [True, False, False])
    <tg.Tensor: shape=(3,), dtype=bool, numpy=array([ True, False, False])>
    """
    return _execute(_logical_and, (x, y))


def logical_not(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes the logical NOT of each element.

    Args:
      x: a tensor of any shape; bool.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.logical_not([True, False])
    <tg.Tensor: shape=(2,), dtype=bool, numpy=array([False,  True])>
    """
    return _execute(_logical_not, (x,))


def logical_or(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Computes the logical OR of each pair of elements, with broadcasting.

    Args:
      x: a tensor; bool.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A bool tensor of the broadcast shape.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.logical_or([True, True, False], [True, False, False])
    <tg.Tensor: shape=(3,), dtype=bool, numpy=array([ True,  True, False])>
    """
    return _execute(_logical_or, (x, y))


def logical_xor(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Computes the logical exclusive OR of each pair of elements, with broadcasting.

    Args:
      x: a tensor; bool.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A bool tensor of the broadcast shape.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.logical_xor([True, True, False], [True, False, False])
    <tg.Tensor: shape=(3,), dtype=bool, numpy=array([False,  True, False])>
    """
    return _execute(_logical_xor, (x, y))


def maximum(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Takes the greater of each pair of elements, with broadcasting.

    NaN if either is NaN. The gradient goes to x where both are equal.

    Args:
      x: a tensor; float32, float64 or an integer dtype.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A tensor of the broadcast shape and the same dtype.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.maximum([1., 5.], 3.)
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([3., 5.], dtype=float32)>
    """
    return _execute(_maximum, (x, y))


def minimum(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Takes the lesser of each pair of elements, with broadcasting.

    NaN if either is NaN. The gradient goes to x where both are equal.

    Args:
      x: a tensor; float32, float64 or an integer dtype.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A tensor of the broadcast shape and the same dtype.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.minimum([1., 5.], 3.)
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([1., 3.], dtype=float32)>
    """
    return _execute(_minimum, (x, y))


def multiply(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Computes x * y for each pair of elements, with broadcasting.

    Integers wrap on overflow.

    Args:
      x: a tensor; float32, float64 or an integer dtype.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A tensor of the broadcast shape and the same dtype.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.multiply([1., 2.], 10.)
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([10., 20.], dtype=float32)>
    """
    return _execute(_multiply, (x, y))


def negative(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes -x for each element.

    Args:
      x: a tensor of any shape; float32, float64 or an integer dtype.

    Returns:
      A tensor of the same shape and dtype as `x`. Integers wrap: the lowest value is its own negative.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.negative([1., -2.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([-1.,  2.], dtype=float32)>
    """
    return _execute(_negative, (x,))


def not_equal(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Tells whether x != y for each pair of elements, with broadcasting.

    NaN equals nothing, not even itself.

    Args:
      x: a tensor; any real dtype, bool or string.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A bool tensor of the broadcast shape.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.not_equal([1, 2], 2)
    <tg.Tensor: shape=(2,), dtype=bool, numpy=array([ True, False])>
    """
    return _execute(_not_equal, (x, y))


def pow(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Raises each x to the power y, with broadcasting.

    The gradient with respect to y is 0 where x is not positive.

    Args:
      x: a tensor; float32, float64 or an integer dtype.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A tensor of the broadcast shape and the same dtype.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).
      InvalidArgumentError: an integer exponent is negative (TG-0123).

    >>> import tensegra as tg
    >>> tg.math.pow([2., 3.], 2.)
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([4., 9.], dtype=float32)>
    """
    return _execute(_pow, (x, y))


def reciprocal(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes 1 / x for each element.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.reciprocal([2., -4.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([ 0.5 , -0.25], dtype=float32)>
    """
    return _execute(_reciprocal, (x,))


def reduce_all(
    input_tensor: TensorLike,
    axis: int | Sequence[int] | None = None,
    keepdims: bool = False,
    name: str | None = None,
) -> Tensor:
    """Tells whether all elements along axes hold.

    Args:
      input_tensor: a tensor of any shape; bool.
      axis: the axes to reduce, an int or ints, counted from the end where negative. Absent: all.
      keepdims: whether reduced axes stay, with size 1.

    Returns:
      A tensor of the same dtype, without the reduced axes. Over nothing it is True.

    Raises:
      InvalidArgumentError: an axis is outside [-rank, rank) or named twice (TG-0104), or the dtype is not one of
        these (TG-0102).

    >>> import tensegra as tg
    >>> tg.reduce_all([[True, True], [False, True]], axis=1)
    <tg.Tensor: shape=(2,), dtype=bool, numpy=array([ True, False])>
    """
    return _execute(_reduce_all, (input_tensor,), (axis, keepdims))


def reduce_any(
    input_tensor: TensorLike,
    axis: int | Sequence[int] | None = None,
    keepdims: bool = False,
    name: str | None = None,
) -> Tensor:
    """Tells whether any element along axes holds.

    Args:
      input_tensor: a tensor of any shape; bool.
      axis: the axes to reduce, an int or ints, counted from the end where negative. Absent: all.
      keepdims: whether reduced axes stay, with size 1.

    Returns:
      A tensor of the same dtype, without the reduced axes. Over nothing it is False.

    Raises:
      InvalidArgumentError: an axis is outside [-rank, rank) or named twice (TG-0104), or the dtype is not one of
        these (TG-0102).

    >>> import tensegra as tg
    >>> tg.reduce_any([[True, True], [False, True]], axis=1)
    <tg.Tensor: shape=(2,), dtype=bool, numpy=array([ True,  True])>
    """
    return _execute(_reduce_any, (input_tensor,), (axis, keepdims))


def reduce_logsumexp(
    input_tensor: TensorLike,
    axis: int | Sequence[int] | None = None,
    keepdims: bool = False,
    name: str | None = None,
) -> Tensor:
    """Computes log(sum(exp(x))) along axes, without overflow.

    Args:
      input_tensor: a tensor of any shape; float32 or float64.
      axis: the axes to reduce, an int or ints, counted from the end where negative. Absent: all.
      keepdims: whether reduced axes stay, with size 1.

    Returns:
      A tensor of the same dtype, without the reduced axes. Over nothing it is -inf.

    Raises:
      InvalidArgumentError: an axis is outside [-rank, rank) or named twice (TG-0104), or the dtype is not one of
        these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.reduce_logsumexp([[1., 2.], [3., 5.]], axis=1)
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([2.3132617, 5.126928 ], dtype=float32)>
    """
    return _execute(_reduce_logsumexp, (input_tensor,), (axis, keepdims))


def reduce_max(
    input_tensor: TensorLike,
    axis: int | Sequence[int] | None = None,
    keepdims: bool = False,
    name: str | None = None,
) -> Tensor:
    """Finds the greatest element along axes.

    Args:
      input_tensor: a tensor of any shape; float32, float64 or an integer dtype.
      axis: the axes to reduce, an int or ints, counted from the end where negative. Absent: all.
      keepdims: whether reduced axes stay, with size 1.

    Returns:
      A tensor of the same dtype, without the reduced axes. Over nothing it is the lowest value of the dtype (-inf). NaN
      if any element is.

    Raises:
      InvalidArgumentError: an axis is outside [-rank, rank) or named twice (TG-0104), or the dtype is not one of
        these (TG-0102).

    >>> import tensegra as tg
    >>> tg.reduce_max([[1., 2.], [3., 4.]], axis=1)
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([2., 4.], dtype=float32)>
    """
    return _execute(_reduce_max, (input_tensor,), (axis, keepdims))


def reduce_mean(
    input_tensor: TensorLike,
    axis: int | Sequence[int] | None = None,
    keepdims: bool = False,
    name: str | None = None,
) -> Tensor:
    """Averages the elements along axes.

    Args:
      input_tensor: a tensor of any shape; float32, float64 or an integer dtype.
      axis: the axes to reduce, an int or ints, counted from the end where negative. Absent: all.
      keepdims: whether reduced axes stay, with size 1.

    Returns:
      A tensor of the same dtype, without the reduced axes. Over nothing it is NaN; the mean of integers is truncated.

    Raises:
      InvalidArgumentError: an axis is outside [-rank, rank) or named twice (TG-0104), or the dtype is not one of
        these (TG-0102).

    >>> import tensegra as tg
    >>> tg.reduce_mean([[1., 2.], [3., 4.]], axis=1)
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([1.5, 3.5], dtype=float32)>
    """
    return _execute(_reduce_mean, (input_tensor,), (axis, keepdims))


def reduce_min(
    input_tensor: TensorLike,
    axis: int | Sequence[int] | None = None,
    keepdims: bool = False,
    name: str | None = None,
) -> Tensor:
    """Finds the least element along axes.

    Args:
      input_tensor: a tensor of any shape; float32, float64 or an integer dtype.
      axis: the axes to reduce, an int or ints, counted from the end where negative. Absent: all.
      keepdims: whether reduced axes stay, with size 1.

    Returns:
      A tensor of the same dtype, without the reduced axes. Over nothing it is the highest value of the dtype (inf). NaN
      if any element is.

    Raises:
      InvalidArgumentError: an axis is outside [-rank, rank) or named twice (TG-0104), or the dtype is not one of
        these (TG-0102).

    >>> import tensegra as tg
    >>> tg.reduce_min([[1., 2.], [3., 4.]], axis=1)
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([1., 3.], dtype=float32)>
    """
    return _execute(_reduce_min, (input_tensor,), (axis, keepdims))


def reduce_prod(
    input_tensor: TensorLike,
    axis: int | Sequence[int] | None = None,
    keepdims: bool = False,
    name: str | None = None,
) -> Tensor:
    """Multiplies the elements along axes.

    The gradient is right also where elements are 0.

    Args:
      input_tensor: a tensor of any shape; float32, float64 or an integer dtype.
      axis: the axes to reduce, an int or ints, counted from the end where negative. Absent: all.
      keepdims: whether reduced axes stay, with size 1.

    Returns:
      A tensor of the same dtype, without the reduced axes. Over nothing it is 1; integers wrap.

    Raises:
      InvalidArgumentError: an axis is outside [-rank, rank) or named twice (TG-0104), or the dtype is not one of
        these (TG-0102).

    >>> import tensegra as tg
    >>> tg.reduce_prod([[1., 2.], [3., 4.]], axis=1)
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([ 2., 12.], dtype=float32)>
    """
    return _execute(_reduce_prod, (input_tensor,), (axis, keepdims))


def reduce_std(
    input_tensor: TensorLike,
    axis: int | Sequence[int] | None = None,
    keepdims: bool = False,
    name: str | None = None,
) -> Tensor:
    """Computes the standard deviation of the elements along axes.

    Where all elements are equal the gradient is NaN.

    Args:
      input_tensor: a tensor of any shape; float32 or float64.
      axis: the axes to reduce, an int or ints, counted from the end where negative. Absent: all.
      keepdims: whether reduced axes stay, with size 1.

    Returns:
      A tensor of the same dtype, without the reduced axes. The square root of the variance; over nothing it
      is NaN.

    Raises:
      InvalidArgumentError: an axis is outside [-rank, rank) or named twice (TG-0104), or the dtype is not one of
        these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.reduce_std([[1., 2.], [3., 5.]], axis=1)
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.5, 1. ], dtype=float32)>
    """
    return _execute(_reduce_std, (input_tensor,), (axis, keepdims))


def reduce_sum(
    input_tensor: TensorLike,
    axis: int | Sequence[int] | None = None,
    keepdims: bool = False,
    name: str | None = None,
) -> Tensor:
    """Adds the elements along axes.

    Args:
      input_tensor: a tensor of any shape; float32, float64 or an integer dtype.
      axis: the axes to reduce, an int or ints, counted from the end where negative. Absent: all.
      keepdims: whether reduced axes stay, with size 1.

    Returns:
      A tensor of the same dtype, without the reduced axes. Over nothing it is 0; integers wrap.

    Raises:
      InvalidArgumentError: an axis is outside [-rank, rank) or named twice (TG-0104), or the dtype is not one of
        these (TG-0102).

    >>> import tensegra as tg
    >>> tg.reduce_sum([[1., 2.], [3., 4.]], axis=1)
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([3., 7.], dtype=float32)>
    """
    return _execute(_reduce_sum, (input_tensor,), (axis, keepdims))


def reduce_variance(
    input_tensor: TensorLike,
    axis: int | Sequence[int] | None = None,
    keepdims: bool = False,
    name: str | None = None,
) -> Tensor:
    """Computes the variance of the elements along axes.

    Args:
      input_tensor: a tensor of any shape; float32 or float64.
      axis: the axes to reduce, an int or ints, counted from the end where negative. Absent: all.
      keepdims: whether reduced axes stay, with size 1.

    Returns:
      A tensor of the same dtype, without the reduced axes. The mean of the squared distances from the mean;
      over nothing it is NaN.

    Raises:
      InvalidArgumentError: an axis is outside [-rank, rank) or named twice (TG-0104), or the dtype is not one of
        these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.reduce_variance([[1., 2.], [3., 5.]], axis=1)
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.25, 1.  ], dtype=float32)>
    """
    return _execute(_reduce_variance, (input_tensor,), (axis, keepdims))


def round(x: TensorLike, name: str | None = None) -> Tensor:
    """Rounds each element to the nearest whole number, halves to the even one.

    No gradient flows through it: it is constant almost everywhere.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.round([0.5, 1.5, -2.4])
    <tg.Tensor: shape=(3,), dtype=float32, numpy=array([ 0.,  2., -2.], dtype=float32)>
    """
    return _execute(_round, (x,))


def rsqrt(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes 1 over the square root of each element.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.rsqrt([4., 0.25])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.5, 2. ], dtype=float32)>
    """
    return _execute(_rsqrt, (x,))


def sigmoid(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes 1 / (1 + exp(-x)) for each element.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.sigmoid([0., 1.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.5      , 0.7310586], dtype=float32)>
    """
    return _execute(_sigmoid, (x,))


def sign(x: TensorLike, name: str | None = None) -> Tensor:
    """Tells the sign of each element: -1, 0 or 1.

    NaN stays NaN. The gradient is 0.

    Args:
      x: a tensor of any shape; float32, float64 or an integer dtype.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.sign([-3., 0., 2.])
    <tg.Tensor: shape=(3,), dtype=float32, numpy=array([-1.,  0.,  1.], dtype=float32)>
    """
    return _execute(_sign, (x,))


def sin(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes the sine of each element, in radians.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.sin([0., 1.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.8414709], dtype=float32)>
    """
    return _execute(_sin, (x,))


def softplus(features: TensorLike, name: str | None = None) -> Tensor:
    """Computes log(1 + exp(features)) for each element.

    Exact for large arguments of either sign.

    Args:
      features: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `features`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.softplus([0., 1.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.6931472, 1.3132617], dtype=float32)>
    """
    return _execute(_softplus, (features,))


def sqrt(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes the square root of each element.

    The root of a negative number is NaN. The gradient at 0 is infinite.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.sqrt([4., 9.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([2., 3.], dtype=float32)>
    """
    return _execute(_sqrt, (x,))


def square(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes the square of each element.

    Args:
      x: a tensor of any shape; float32, float64 or an integer dtype.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.square([1., 2.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([1., 4.], dtype=float32)>
    """
    return _execute(_square, (x,))


def squared_difference(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Computes (x - y) squared for each pair of elements, with broadcasting.

    Args:
      x: a tensor; float32, float64 or an integer dtype.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A tensor of the broadcast shape and the same dtype.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.squared_difference([1., 5.], 3.)
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([4., 4.], dtype=float32)>
    """
    return _execute(_squared_difference, (x, y))


def subtract(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Computes x - y for each pair of elements, with broadcasting.

    Integers wrap on overflow.

    Args:
      x: a tensor; float32, float64 or an integer dtype.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A tensor of the broadcast shape and the same dtype.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.math.subtract([1., 2.], 10.)
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([-9., -8.], dtype=float32)>
    """
    return _execute(_subtract, (x, y))


def tan(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes the tangent of each element, in radians.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.tan([0., 1.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 1.5574077], dtype=float32)>
    """
    return _execute(_tan, (x,))


def tanh(x: TensorLike, name: str | None = None) -> Tensor:
    """Computes the hyperbolic tangent of each element.

    Args:
      x: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype as `x`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.tanh([0., 1.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.7615942], dtype=float32)>
    """
    return _execute(_tanh, (x,))


def top_k(
    input: TensorLike, k: int = 1, sorted: bool = True, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Finds the k greatest elements along the last axis, and where they are.

    Args:
      input: a tensor of rank 1 or more; float32, float64 or an integer dtype.
      k: how many, at most the size of the last axis.
      sorted: the result is sorted in any case, the greatest first.

    Returns:
      The elements, of the same dtype, and their int32 indices along the last axis; both have k as their last size. Of equal
      elements the first ones come first. NaN counts as greatest.

    Raises:
      InvalidArgumentError: `input` is 0-d (TG-0103), or `k` is outside [0, size] (TG-0106).

    >>> import tensegra as tg
    >>> values, indices = tg.math.top_k([3., 9., 1., 4.], k=2)
    >>> values
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([9., 4.], dtype=float32)>
    >>> indices
    <tg.Tensor: shape=(2,), dtype=int32, numpy=array([1, 3], dtype=int32)>
    """
    return _execute(_top_k, (input,), (k, sorted))


truediv = divide
mod = floormod
