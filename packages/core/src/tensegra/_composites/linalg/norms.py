"""Norms of vectors and matrices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composites.linalg._common import execute, is_complex
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_EUCLIDEAN = ("euclidean", "fro", 2, 2.0)


@public("norm linalg.norm")
def norm(
    tensor: TensorLike,
    ord: float | str = "euclidean",
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
) -> Tensor:
    """The norm of vectors or matrices.

    Args:
        tensor: A floating-point or complex tensor.
        ord: "euclidean" (the root of the sum of squares), 1 (the sum of absolute values), 2, `np.inf` (the greatest)
            or any positive number p (the p-th root of the sum of p-th powers). For matrices "euclidean" and "fro" are
            the Frobenius norm, 1 the greatest sum of a column, `np.inf` that of a row, 2 the greatest singular value.
        axis: None: all elements as one vector; an axis: vectors along it; two axes: the matrices that they span.
        keepdims: Whether the axes stay, with size 1.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where ord is none of those (TG-0106), or axis is wrong (TG-0104).

    >>> import tensegra as tg
    >>> tg.norm([3.0, 4.0]).numpy()
    np.float32(5.0)
    >>> tg.norm([[1.0, -2.0], [3.0, 4.0]], ord=1, axis=[0, 1]).numpy()
    np.float32(6.0)
    """
    values: Any = _native.tensor(tensor)
    axes = None if axis is None else [int(i) for i in np.asarray(axis).reshape(-1)]
    matrix = axes is not None and np.ndim(axis) == 1
    keep = bool(keepdims)
    if matrix and (axes is None or len(axes) != 2 or axes[0] == axes[1]):
        raise InvalidArgumentError(
            f"[norm] axis must be None, one axis, or two that differ. Received: axis={axis}. Count axes from 0.",
            code="TG-0104",
        )
    allowed = (
        ord in ("euclidean", "fro", 1, 2, np.inf) if matrix else ord in ("euclidean", 2) or _positive(ord)
    )
    if not allowed:
        kind = "'euclidean', 'fro', 1, 2 or inf" if matrix else "'euclidean' or a positive number"
        raise InvalidArgumentError(
            f"[norm] ord of a {'matrix' if matrix else 'vector'} norm must be {kind}. "
            f"Received: ord={ord!r}, axis={axis}. Choose one of these.",
            code="TG-0106",
        )
    if matrix and axes is not None and ord in (1, 2, np.inf):
        return _matrix_norm(values, float(ord), axes, keep)
    if ord in _EUCLIDEAN:
        squares = execute("square", (execute("abs", (values,)) if is_complex(values) else values,))
        return execute("sqrt", (execute("reduce_sum", (squares,), (axes, keep)),))
    sizes = execute("abs", (values,))
    if ord == np.inf:
        return execute("reduce_max", (sizes,), (axes, keep))
    if ord == 1:
        return execute("reduce_sum", (sizes,), (axes, keep))
    total = execute("reduce_sum", (execute("pow", (sizes, float(ord))),), (axes, keep))
    return execute("pow", (total, 1.0 / float(ord)))


def _positive(ord: Any) -> bool:
    return isinstance(ord, (int, float, np.number)) and not isinstance(ord, bool) and float(ord) > 0


def _matrix_norm(values: Any, ord: float, axes: list[int], keep: bool) -> Any:
    rank = values._rank
    if rank < 0 or not all(-rank <= axis < rank for axis in axes) or axes[0] % rank == axes[1] % rank:
        raise InvalidArgumentError(
            f"[norm] the two axes must lie in [-rank, rank) and differ. Received: axis={axes}, rank={rank}. "
            "Count axes from 0, or from -1 at the end.",
            code="TG-0104",
        )
    row, column = (axis % rank for axis in axes)
    if ord == 2:
        perm = [*(i for i in range(rank) if i not in (row, column)), row, column]
        singular = execute("svd", (execute("transpose", (values,), (perm,)),), {"compute_uv": False})
        greatest = execute("reduce_max", (singular[0],), ([-1], False))
        for axis in sorted((row, column)) if keep else []:
            greatest = execute("expand_dims", (greatest,), (axis,))
        return greatest
    summed, greatest_along = (row, column) if ord == 1 else (column, row)
    sums = execute("reduce_sum", (execute("abs", (values,)),), ([summed], True))
    greatest = execute("reduce_max", (sums,), ([greatest_along], True))
    return greatest if keep else execute("squeeze", (greatest,), ([row, column],))


@public("linalg.normalize")
def normalize(
    tensor: TensorLike, ord: float | str = "euclidean", axis: Any = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Divides vectors or matrices by their norms.

    Args:
        tensor: A floating-point or complex tensor.
        ord: The kind of norm; see `tg.norm`.
        axis: None: all elements as one vector; an axis or two; see `tg.norm`.
        name: Ignored; for compatibility.

    Returns:
        The normalized tensor, and the norms with the axes kept.

    >>> import tensegra as tg
    >>> normalized, length = tg.linalg.normalize([3.0, 4.0])
    >>> normalized.numpy(), length.numpy()
    (array([0.6, 0.8], dtype=float32), array([5.], dtype=float32))
    """
    values: Any = _native.tensor(tensor)
    lengths = norm(values, ord, axis, True)
    divisor = execute("cast", (lengths,), {"dtype": values.dtype}) if is_complex(values) else lengths
    return execute("divide", (values, divisor)), lengths


@public("linalg.global_norm")
def global_norm(t_list: Iterable[TensorLike | None], name: str | None = None) -> Tensor:
    """The Euclidean norm of all elements of several tensors together.

    Args:
        t_list: Tensors of one dtype; None is left out.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where there is no tensor (TG-0110).

    >>> import tensegra as tg
    >>> tg.linalg.global_norm([[3.0], [[4.0]], None]).numpy()
    np.float32(5.0)
    """
    squares = []
    for values in t_list:
        if values is not None:
            whole: Any = _native.tensor(values)
            if is_complex(whole):
                whole = execute("abs", (whole,))
            squares.append(execute("reduce_sum", (execute("square", (whole,)),)))
    if not squares:
        raise InvalidArgumentError(
            "[global_norm] at least one tensor is needed. Received: none. Leave the call out.", code="TG-0110"
        )
    total = squares[0] if len(squares) == 1 else execute("reduce_sum", (execute("stack", (squares,)),))
    return execute("sqrt", (total,))
