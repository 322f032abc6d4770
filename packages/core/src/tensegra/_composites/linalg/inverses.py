"""Inverses of matrices, ranks, and matrices put together from their decompositions."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._composites.linalg._common import convert, matmul, require_rank
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute


@public("linalg.lu_reconstruct")
def lu_reconstruct(
    lower_upper: TensorLike, perm: TensorLike, validate_args: bool = False, name: str | None = None
) -> Tensor:
    """The matrices of which `tg.linalg.lu` is the decomposition.

    Args:
        lower_upper: Both triangles, shape [..., n, n].
        perm: The permutation, shape [..., n].
        validate_args: Ignored; for compatibility: arguments are always checked.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.linalg.lu_reconstruct(*tg.linalg.lu([[1.0, 2.0], [2.0, 2.0]])).numpy()
    array([[1., 2.],
           [2., 2.]], dtype=float32)
    """
    packed: Any = _native.tensor(lower_upper)
    require_rank(packed, 2, "lu_reconstruct", "lower_upper")
    lower, upper = triangles(packed)
    return matmul(permutation_matrix(perm, packed), matmul(lower, upper), True)


def triangles(packed: Any) -> tuple[Any, Any]:
    """The lower triangle with ones on the diagonal, and the upper one."""
    ones = _execute("ones_like", (_execute("matrix_diag_part", (packed,)),))
    lower = _execute("matrix_band_part", (packed,), {"num_lower": -1, "num_upper": 0})
    upper = _execute("matrix_band_part", (packed,), {"num_lower": 0, "num_upper": -1})
    return _execute("matrix_set_diag", (lower, ones)), upper


def permutation_matrix(perm: Any, like: Any) -> Any:
    """The matrix whose product with another one has row perm[i] of it as row i."""
    rows: Any = _native.tensor(perm)
    number = rows._dtype_number
    size = rows._shape[-1] if rows._shape is not None and rows._shape[-1] >= 0 else None
    if size is None:
        size = _execute("cast", (_execute("shape", (rows,))[-1],), (number,))
    bounds = tuple(_native.tensor(bound, number) for bound in (0, size, 1))
    places = _execute("equal", (_execute("expand_dims", (rows,), (-1,)), _execute("range", bounds)))
    return _execute("cast", (places,), {"dtype": like.dtype})


@public("linalg.pinv")
def pinv(
    a: TensorLike, rcond: TensorLike | None = None, validate_args: bool = False, name: str | None = None
) -> Tensor:
    """The pseudo-inverse of matrices (E. Moore, R. Penrose), by way of their singular values.

    Args:
        a: Matrices, shape [..., m, n].
        rcond: Singular values up to rcond times the greatest count as 0; by default 10 max(m, n) times the machine
            epsilon. Shape [...] or a scalar.
        validate_args: Ignored; for compatibility: arguments are always checked.
        name: Ignored; for compatibility.

    Returns:
        Shape [..., n, m].

    >>> import tensegra as tg
    >>> tg.linalg.pinv([[2.0, 0.0], [0.0, 0.0]]).numpy()
    array([[0.5, 0. ],
           [0. , 0. ]], dtype=float32)
    """
    matrix: Any = _native.tensor(a)
    require_rank(matrix, 2, "pinv", "a")
    s, u, v = _execute("svd", (matrix,))
    if rcond is None:
        rcond = 10.0 * max(*matrix._shape[-2:], 1) * epsilon_of(s)
    limit = _execute("expand_dims", (_execute("multiply", (convert(rcond, s), _greatest(s))),), (-1,))
    kept = _execute("greater", (s, limit))
    safe = _execute("select", (kept, s, _execute("ones_like", (s,))))
    inverse = _execute("select", (kept, _execute("reciprocal", (safe,)), _execute("zeros_like", (s,))))
    if inverse._dtype_number != v._dtype_number:
        inverse = _execute("cast", (inverse,), {"dtype": v.dtype})
        u = _execute("conj", (u,))
    scaled = _execute("multiply", (v, _execute("expand_dims", (inverse,), (-2,))))
    return matmul(scaled, u, False, True)


def _greatest(s: Any) -> Any:
    return _execute("reduce_max", (s,), ([-1],))


def epsilon_of(x: Any) -> float:
    """The distance from 1 to the next number of the dtype."""
    return 2.0**-52 if x._dtype_number in (13, 15) else 2.0**-23


@public("linalg.matrix_rank")
def matrix_rank(
    a: TensorLike, tol: TensorLike | None = None, validate_args: bool = False, name: str | None = None
) -> Tensor:
    """The rank of matrices: how many singular values are above a limit.

    Args:
        a: Matrices, shape [..., m, n].
        tol: The limit; by default max(m, n) times the machine epsilon times the greatest singular value.
        validate_args: Ignored; for compatibility: arguments are always checked.
        name: Ignored; for compatibility.

    Returns:
        int32, shape [...].

    >>> import tensegra as tg
    >>> tg.linalg.matrix_rank([[1.0, 2.0], [2.0, 4.0]]).numpy()
    np.int32(1)
    """
    matrix: Any = _native.tensor(a)
    require_rank(matrix, 2, "matrix_rank", "a")
    s = _execute("svd", (matrix,), {"compute_uv": False})[0]
    if tol is None:
        greatest = _execute("reduce_max", (s,), ([-1], True))
        limit = _execute("multiply", (greatest, max(*matrix._shape[-2:], 1) * epsilon_of(s)))
    else:
        limit = convert(tol, s)
        limit = _execute("expand_dims", (limit,), (-1,)) if limit._rank > 0 else limit
    return _execute(
        "reduce_sum", (_execute("cast", (_execute("greater", (s, limit)),), {"dtype": "int32"}),), ([-1],)
    )
