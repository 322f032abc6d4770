"""Diagonals of matrices and of tensors, and bands around them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composites.linalg._common import convert, product, require_rank, reshape, sizes_of
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
_band_part = _native.find_op("matrix_band_part")
_diag = _native.find_op("matrix_diag")
_diag_part = _native.find_op("matrix_diag_part")
_set_diag = _native.find_op("matrix_set_diag")


def _bounds(k: Any) -> list[int]:
    return [k] if type(k) is int else np.asarray(k).reshape(-1).tolist()


@public("linalg.diag")
def diag(
    diagonal: TensorLike,
    name: str | None = "diag",
    k: Any = 0,
    num_rows: int = -1,
    num_cols: int = -1,
    padding_value: float = 0,
    align: str = "RIGHT_LEFT",
) -> Tensor:
    """Matrices with given diagonals.

    Args:
        diagonal: One diagonal, shape [..., length], or several, shape [..., number, greatest length], the highest
            first.
        name: Ignored; for compatibility.
        k: Which diagonal, 0 being the main one and positive ones above it; or the lowest and the highest of several.
        num_rows: The number of rows; -1: the least that fits.
        num_cols: The number of columns, likewise; where neither is given, the matrices are square.
        padding_value: Fills the places outside of the diagonals.
        align: Where the shorter of several diagonals lie in their rows, those above the main one and those below:
            "RIGHT_LEFT", "LEFT_RIGHT", "LEFT_LEFT" or "RIGHT_RIGHT".

    Returns:
        Shape [..., rows, columns], the dtype of `diagonal`.

    Raises:
        tg.errors.InvalidArgumentError: Where the sizes do not suit each other (TG-0105), or k or align is none of
            those (TG-0106).

    >>> import tensegra as tg
    >>> tg.linalg.diag([1, 2], k=1).numpy()
    array([[0, 1, 0],
           [0, 0, 2],
           [0, 0, 0]], dtype=int32)
    """
    return _execute(
        _diag, (diagonal,), (_bounds(k), align, int(num_rows), int(num_cols), float(padding_value))
    )


@public("linalg.diag_part")
def diag_part(
    input: TensorLike,
    name: str | None = "diag_part",
    k: Any = 0,
    padding_value: float = 0,
    align: str = "RIGHT_LEFT",
) -> Tensor:
    """Diagonals of matrices.

    Args:
        input: Matrices, shape [..., m, n].
        name: Ignored; for compatibility.
        k: Which diagonal, 0 being the main one and positive ones above it; or the lowest and the highest of several.
        padding_value: Fills up the shorter ones of several diagonals.
        align: Where the shorter ones lie in their rows; see `tg.linalg.diag`.

    Returns:
        Shape [..., length] for one diagonal, [..., number, greatest length] for several, the highest first.

    Raises:
        tg.errors.InvalidArgumentError: Where the rank is below 2 (TG-0103), or k or align is none of those (TG-0106).

    >>> import tensegra as tg
    >>> tg.linalg.diag_part([[1, 2], [3, 4]], k=(-1, 0)).numpy()
    array([[1, 4],
           [3, 0]], dtype=int32)
    """
    return _execute(_diag_part, (input,), (_bounds(k), align, float(padding_value)))


@public("linalg.set_diag")
def set_diag(
    input: TensorLike,
    diagonal: TensorLike,
    name: str | None = "set_diag",
    k: Any = 0,
    align: str = "RIGHT_LEFT",
) -> Tensor:
    """Matrices with some diagonals replaced.

    Args:
        input: Matrices, shape [..., m, n].
        diagonal: The new diagonals, in the shape that `tg.linalg.diag_part` gives them.
        name: Ignored; for compatibility.
        k: Which diagonal, or the lowest and the highest of several.
        align: Where the shorter ones lie in their rows; see `tg.linalg.diag`.

    Raises:
        tg.errors.InvalidArgumentError: Where the shapes do not suit each other (TG-0105), or k or align is wrong
            (TG-0106).

    >>> import tensegra as tg
    >>> tg.linalg.set_diag([[1, 2], [3, 4]], [7, 8]).numpy()
    array([[7, 2],
           [3, 8]], dtype=int32)
    """
    matrix = _native.tensor(input)
    return _execute(_set_diag, (matrix, convert(diagonal, matrix)), (_bounds(k), align))


@public("linalg.band_part")
def band_part(input: TensorLike, num_lower: int, num_upper: int, name: str | None = None) -> Tensor:
    """Matrices with everything set to 0 but a band of diagonals.

    Args:
        input: Matrices, shape [..., m, n].
        num_lower: How many diagonals below the main one are kept; all where negative.
        num_upper: How many above it; all where negative.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.linalg.band_part([[1, 2], [3, 4]], 0, -1).numpy()
    array([[1, 2],
           [0, 4]], dtype=int32)
    """
    return _execute(_band_part, (input,), (int(num_lower), int(num_upper)))


@public("linalg.trace")
def trace(x: TensorLike, name: str | None = None) -> Tensor:
    """The sum of the main diagonal of each matrix.

    Args:
        x: Matrices, shape [..., m, n].
        name: Ignored; for compatibility.

    Returns:
        Shape [...].

    >>> import tensegra as tg
    >>> tg.linalg.trace([[1, 2], [3, 4]]).numpy()
    np.int32(5)
    """
    return _execute("reduce_sum", (_execute(_diag_part, (x,)),), ([-1],))


@public("linalg.tensor_diag")
def tensor_diag(diagonal: TensorLike, name: str | None = None) -> Tensor:
    """The tensor of twice the rank that has these elements where both halves of the index are equal, else 0.

    Args:
        diagonal: The elements, rank 1 to 4.
        name: Ignored; for compatibility.

    Returns:
        Shape diagonal.shape + diagonal.shape.

    >>> import tensegra as tg
    >>> tg.linalg.tensor_diag([1, 2]).numpy()
    array([[1, 0],
           [0, 2]], dtype=int32)
    """
    values: Any = _native.tensor(diagonal)
    require_rank(values, 1, "tensor_diag", "diagonal")
    sizes = sizes_of(values)
    return reshape(_execute(_diag, (reshape(values, [product(sizes)]),)), sizes + sizes)


@public("linalg.tensor_diag_part")
def tensor_diag_part(input: TensorLike, name: str | None = None) -> Tensor:
    """The elements for which both halves of the index are equal.

    Args:
        input: A tensor of even rank, the sizes of whose first half are those of the second.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where the rank is odd or 0 (TG-0103), or the halves differ (TG-0105).

    >>> import tensegra as tg
    >>> tg.linalg.tensor_diag_part([[1, 2], [3, 4]]).numpy()
    array([1, 4], dtype=int32)
    """
    values: Any = _native.tensor(input)
    rank = require_rank(values, 2, "tensor_diag_part", "input")
    shape = values._shape
    half = rank // 2
    if rank % 2:
        raise InvalidArgumentError(
            f"[tensor_diag_part] input must have an even number of dimensions. Received: shape={shape}. Reshape it.",
            code="TG-0103",
        )
    if any(a >= 0 and b >= 0 and a != b for a, b in zip(shape[:half], shape[half:], strict=True)):
        raise InvalidArgumentError(
            "[tensor_diag_part] the second half of the sizes must be the first again. "
            f"Received: shape={shape}. Transpose or reshape it.",
            code="TG-0105",
        )
    sizes = sizes_of(values)
    flat = reshape(values, [product(sizes[:half]), product(sizes[half:])])
    return reshape(_execute(_diag_part, (flat,)), sizes[:half])
