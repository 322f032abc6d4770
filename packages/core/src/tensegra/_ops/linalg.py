"""Functions of the ops of the family 'linalg'."""

# Generated from the op registry by tools/gen.py: do not edit.

from __future__ import annotations

from tensegra import _native
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
_matmul = _native.find_op("matmul")


def matmul(
    a: TensorLike,
    b: TensorLike,
    transpose_a: bool = False,
    transpose_b: bool = False,
    name: str | None = None,
) -> Tensor:
    """Multiplies matrices, or batches of them.

    Args:
      a: a tensor of shape [..., m, k] ([..., k, m] when transposed); float32, float64, int32 or int64.
      b: a tensor of shape [..., k, n] ([..., n, k] when transposed) and the same dtype. The dimensions before the last
        two broadcast with those of `a`.
      transpose_a: whether the matrices of `a` are transposed first.
      transpose_b: whether the matrices of `b` are transposed first.

    Returns:
      A tensor of shape [..., m, n] and the same dtype. Integers wrap.

    Raises:
      InvalidArgumentError: a rank is below 2 (TG-0103), the inner sizes differ (TG-0105), the batch dimensions do not
        broadcast (TG-0101), or the dtypes do not fit (TG-0102).

    >>> import tensegra as tg
    >>> tg.linalg.matmul([[1., 2.]], [[3.], [4.]])
    <tg.Tensor: shape=(1, 1), dtype=float32, numpy=array([[11.]], dtype=float32)>
    """
    return _execute(_matmul, (a, b), (transpose_a, transpose_b))
