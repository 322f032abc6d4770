"""Products other than that of matrices, and transposed matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composites.linalg._common import (
    adjoint_of,
    conjugate,
    convert,
    require_rank,
    swap_last,
)
from tensegra._composites.linalg.contraction import contract
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
_matmul = _native.find_op("matmul")


@public("linalg.matrix_transpose")
def matrix_transpose(a: TensorLike, name: str | None = "matrix_transpose", conjugate: bool = False) -> Tensor:
    """Swaps the last two axes.

    Args:
        a: Matrices, shape [..., m, n].
        name: Ignored; for compatibility.
        conjugate: Whether complex elements are conjugated too.

    Returns:
        Shape [..., n, m].

    Raises:
        tg.errors.InvalidArgumentError: Where the rank is below 2 or not known (TG-0103).

    >>> import tensegra as tg
    >>> tg.linalg.matrix_transpose([[1, 2], [3, 4]]).numpy()
    array([[1, 3],
           [2, 4]], dtype=int32)
    """
    values: Any = _native.tensor(a)
    rank = require_rank(values, 2, "matrix_transpose", "a")
    return adjoint_of(values) if conjugate else swap_last(values, rank)


@public("linalg.adjoint")
def adjoint(matrix: TensorLike, name: str | None = None) -> Tensor:
    """The conjugate transpose of matrices.

    Args:
        matrix: Matrices, shape [..., m, n].
        name: Ignored; for compatibility.

    Returns:
        Shape [..., n, m].

    Raises:
        tg.errors.InvalidArgumentError: Where the rank is below 2 or not known (TG-0103).

    >>> import tensegra as tg
    >>> tg.linalg.adjoint([[1.0, 2.0]]).numpy()
    array([[1.],
           [2.]], dtype=float32)
    """
    values: Any = _native.tensor(matrix)
    require_rank(values, 2, "adjoint", "matrix")
    return adjoint_of(values)


@public("linalg.matvec")
def matvec(
    a: TensorLike,
    b: TensorLike,
    transpose_a: bool = False,
    adjoint_a: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """Multiplies matrices by vectors.

    Args:
        a: Matrices, shape [..., m, n].
        b: Vectors, shape [..., n]; the axes before broadcast.
        transpose_a: Whether the matrices are transposed first.
        adjoint_a: Whether they are transposed and conjugated first.
        a_is_sparse: Ignored; for compatibility.
        b_is_sparse: Ignored; for compatibility.
        name: Ignored; for compatibility.

    Returns:
        Shape [..., m].

    Raises:
        tg.errors.InvalidArgumentError: Where the shapes do not fit (TG-0103, TG-0105).

    >>> import tensegra as tg
    >>> tg.linalg.matvec([[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0]).numpy()
    array([3., 7.], dtype=float32)
    """
    matrix: Any = _native.tensor(a)
    vector = _execute("expand_dims", (convert(b, matrix),), (-1,))
    _refuse_both(transpose_a, adjoint_a, "matvec", "a")
    if adjoint_a:
        matrix = conjugate(matrix)
    product = _execute(_matmul, (matrix, vector), (transpose_a or adjoint_a, False))
    return _execute("squeeze", (product,), ([-1],))


def _refuse_both(transposed: bool, adjoint: bool, function: str, name: str) -> None:
    if transposed and adjoint:
        raise InvalidArgumentError(
            f"[{function}] a matrix is transposed or adjoint, not both. "
            f"Received: transpose_{name}=True, adjoint_{name}=True. Leave one of them out.",
            code="TG-0106",
        )


@public("tensordot linalg.tensordot")
def tensordot(a: TensorLike, b: TensorLike, axes: Any, name: str | None = None) -> Tensor:
    """Multiplies two tensors and sums over pairs of axes.

    Args:
        a: A tensor.
        b: Another one, of the same dtype.
        axes: How many of the last axes of a go with as many of the first ones of b; or the axes of a and, in the same
            order, those of b.
        name: Ignored; for compatibility.

    Returns:
        The remaining axes of a, then those of b.

    Raises:
        tg.errors.InvalidArgumentError: Where an axis is out of range or named twice (TG-0104), or the sizes of a pair
            differ (TG-0105).

    >>> import tensegra as tg
    >>> tg.tensordot([[1.0, 2.0], [3.0, 4.0]], [[1.0, 1.0], [1.0, 1.0]], axes=2).numpy()
    np.float32(10.0)
    """
    first: Any = _native.tensor(a)
    second = convert(b, first)
    a_rank, b_rank = require_rank(first, 0, "tensordot", "a"), require_rank(second, 0, "tensordot", "b")
    a_axes, b_axes = _paired_axes(axes, a_rank, b_rank)
    b_labels: list[int] = [a_rank + i for i in range(b_rank)]
    for i, j in zip(a_axes, b_axes, strict=True):
        sizes = first._shape[i], second._shape[j]
        if min(sizes) >= 0 and sizes[0] != sizes[1]:
            raise InvalidArgumentError(
                f"[tensordot] the sizes of a pair of axes must be equal. Received: axes={axes}, "
                f"a.shape={first._shape}, b.shape={second._shape}. Choose other axes.",
                code="TG-0105",
            )
        b_labels[j] = i
    keep = set(range(a_rank + b_rank)) - set(a_axes)
    return contract(first, range(a_rank), second, b_labels, keep)[0]


def _paired_axes(axes: Any, a_rank: int, b_rank: int) -> tuple[list[int], list[int]]:
    wanted = (
        [np.asarray(part).reshape(-1).tolist() for part in axes] if _is_pair(axes) or np.ndim(axes) else None
    )
    if wanted is None:
        count = int(axes)
        if not 0 <= count <= min(a_rank, b_rank):
            raise InvalidArgumentError(
                "[tensordot] the number of axes must be from 0 to the lower rank. "
                f"Received: axes={count}, ranks {a_rank} and {b_rank}. Use fewer axes.",
                code="TG-0104",
            )
        return list(range(a_rank - count, a_rank)), list(range(count))
    if len(wanted) != 2 or len(wanted[0]) != len(wanted[1]):
        raise InvalidArgumentError(
            f"[tensordot] axes must be a number, or as many axes of a as of b. Received: axes={axes}. "
            "Give two lists of the same length.",
            code="TG-0104",
        )
    found = []
    for part, rank in zip(wanted, (a_rank, b_rank), strict=True):
        normal = [axis + rank if axis < 0 else axis for axis in part]
        if len(set(normal)) < len(normal) or not all(0 <= axis < rank for axis in normal):
            raise InvalidArgumentError(
                "[tensordot] an axis must lie in [-rank, rank) and be named once. "
                f"Received: axes={axes}, ranks {a_rank} and {b_rank}. Count axes from 0, or from -1 at the end.",
                code="TG-0104",
            )
        found.append(normal)
    return found[0], found[1]


def _is_pair(axes: Any) -> bool:
    return isinstance(axes, (tuple, list))


@public("linalg.cross")
def cross(a: TensorLike, b: TensorLike, name: str | None = None) -> Tensor:
    """The cross product of vectors of 3 elements.

    Args:
        a: Vectors, shape [..., 3].
        b: Vectors of the same shape and dtype.
        name: Ignored; for compatibility.

    Returns:
        Vectors of that shape, at right angles to both.

    Raises:
        tg.errors.InvalidArgumentError: Where the last axis does not have 3 elements, or the shapes differ (TG-0105).

    >>> import tensegra as tg
    >>> tg.linalg.cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]).numpy()
    array([0., 0., 1.], dtype=float32)
    """
    first: Any = _native.tensor(a)
    second = convert(b, first)
    for values in (first, second):
        shape = values._shape
        if shape is not None and (not shape or shape[-1] not in (3, -1) or first._shape != second._shape):
            raise InvalidArgumentError(
                "[cross] a and b must have one shape, with 3 elements in the last axis. "
                f"Received: a.shape={first._shape}, b.shape={second._shape}. Broadcast or slice them first.",
                code="TG-0105",
            )
    axis = {"axis": -1}
    indices = [_native.tensor([1, 2, 0]), _native.tensor([2, 0, 1])]
    (a1, a2), (b1, b2) = ([_execute("gather", (x, i), axis) for i in indices] for x in (first, second))
    return _execute("subtract", (_execute("multiply", (a1, b2)), _execute("multiply", (a2, b1))))
