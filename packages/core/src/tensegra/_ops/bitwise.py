"""Functions of the ops of the family 'bitwise'."""

# Generated from the op registry by tools/gen.py: do not edit.

from __future__ import annotations

from tensegra import _native
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
_bitwise_and = _native.find_op("bitwise_and")
_bitwise_or = _native.find_op("bitwise_or")
_bitwise_xor = _native.find_op("bitwise_xor")


def bitwise_and(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Computes the bitwise AND of each pair of elements, with broadcasting.

    Args:
      x: a tensor; an integer dtype.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A tensor of the broadcast shape and the same dtype.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.bitwise.bitwise_and([6, 3], [3, 1])
    <tg.Tensor: shape=(2,), dtype=int32, numpy=array([2, 1], dtype=int32)>
    """
    return _execute(_bitwise_and, (x, y))


def bitwise_or(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Computes the bitwise OR of each pair of elements, with broadcasting.

    Args:
      x: a tensor; an integer dtype.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A tensor of the broadcast shape and the same dtype.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.bitwise.bitwise_or([6, 3], [3, 1])
    <tg.Tensor: shape=(2,), dtype=int32, numpy=array([7, 3], dtype=int32)>
    """
    return _execute(_bitwise_or, (x, y))


def bitwise_xor(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Computes the bitwise exclusive OR of each pair of elements, with broadcasting.

    Args:
      x: a tensor; an integer dtype.
      y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

    Returns:
      A tensor of the broadcast shape and the same dtype.

    Raises:
      InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
        (TG-0101).

    >>> import tensegra as tg
    >>> tg.bitwise.bitwise_xor([6, 3], [3, 1])
    <tg.Tensor: shape=(2,), dtype=int32, numpy=array([5, 2], dtype=int32)>
    """
    return _execute(_bitwise_xor, (x, y))
