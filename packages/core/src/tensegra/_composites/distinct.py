"""Distinct elements."""

from __future__ import annotations

from typing import NamedTuple

from tensegra import _native
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import DTypeLike, TensorLike

_unique = _native.find_op("unique")


class Unique(NamedTuple):
    """The distinct elements, and which of them each element is."""

    y: Tensor
    idx: Tensor


class UniqueWithCounts(NamedTuple):
    """The distinct elements, which of them each element is, and how often each appears."""

    y: Tensor
    idx: Tensor
    count: Tensor  # type: ignore[assignment]  # the name that TensorFlow gives it


@public("unique")
def unique(x: TensorLike, out_idx: DTypeLike = "int32", name: str | None = None) -> Unique:
    """The distinct elements of a vector, in the order of their appearance.

    Args:
        x: A vector of any real dtype, of truth values or of strings. NaN equals nothing, not even NaN.
        out_idx: The dtype of the indices, int32 or int64.
        name: Ignored; for compatibility.

    Returns:
        A named tuple (y, idx) with x[i] == y[idx[i]].

    Raises:
        tg.errors.InvalidArgumentError: Where x is no vector (TG-0103), or out_idx is another dtype (TG-0106).

    >>> import tensegra as tg
    >>> y, idx = tg.unique([7, 3, 7])
    >>> y.numpy(), idx.numpy()
    (array([7, 3], dtype=int32), array([0, 1, 0], dtype=int32))
    """
    return Unique(*_native.execute(_unique, (x,), (out_idx,))[:2])


@public("unique_with_counts")
def unique_with_counts(
    x: TensorLike, out_idx: DTypeLike = "int32", name: str | None = None
) -> UniqueWithCounts:
    """The distinct elements of a vector, in the order of their appearance, and how often each appears.

    Args:
        x: A vector of any real dtype, of truth values or of strings. NaN equals nothing, not even NaN.
        out_idx: The dtype of the indices and counts, int32 or int64.
        name: Ignored; for compatibility.

    Returns:
        A named tuple (y, idx, count) with x[i] == y[idx[i]].

    Raises:
        tg.errors.InvalidArgumentError: Where x is no vector (TG-0103), or out_idx is another dtype (TG-0106).

    >>> import tensegra as tg
    >>> tg.unique_with_counts(["b", "a", "b"]).count.numpy()
    array([2, 1], dtype=int32)
    """
    return UniqueWithCounts(*_native.execute(_unique, (x,), (out_idx,)))
