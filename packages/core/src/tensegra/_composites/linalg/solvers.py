"""Systems of linear equations, from decompositions and for matrices with few diagonals."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._composites.linalg._common import conjugate, convert, matmul, require_rank, swap_last
from tensegra._composites.linalg.inverses import permutation_matrix, pinv, triangles
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute


def refuse(function: str, rule: str, code: str, received: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"[{function}] {rule}. Received: {received}. See the documentation of the function.", code=code
    )


@public("linalg.cholesky_solve")
def cholesky_solve(chol: TensorLike, rhs: TensorLike, name: str | None = None) -> Tensor:
    """Solves systems of equations whose matrices are given by their Cholesky decompositions.

    Args:
        chol: Lower triangular matrices L, shape [..., n, n]; the matrices are L L^H.
        rhs: The right-hand sides, shape [..., n, k].
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.linalg.cholesky_solve([[2.0, 0.0], [0.0, 1.0]], [[4.0], [3.0]]).numpy()
    array([[1.],
           [3.]], dtype=float32)
    """
    factor: Any = _native.tensor(chol)
    half = _execute("matrix_triangular_solve", (factor, convert(rhs, factor)))
    return _execute("matrix_triangular_solve", (factor, half), {"lower": True, "adjoint": True})


@public("linalg.lu_solve")
def lu_solve(
    lower_upper: TensorLike,
    perm: TensorLike,
    rhs: TensorLike,
    validate_args: bool = False,
    name: str | None = None,
) -> Tensor:
    """Solves systems of equations whose matrices are given by `tg.linalg.lu`.

    Args:
        lower_upper: Both triangles, shape [..., n, n].
        perm: The permutation, shape [..., n].
        rhs: The right-hand sides, shape [..., n, k]; the axes before broadcast.
        validate_args: Ignored; for compatibility: arguments are always checked.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> lu, p = tg.linalg.lu([[1.0, 2.0], [2.0, 2.0]])
    >>> tg.linalg.lu_solve(lu, p, [[3.0], [4.0]]).numpy()
    array([[1.],
           [1.]], dtype=float32)
    """
    packed: Any = _native.tensor(lower_upper)
    lower, _ = triangles(packed)
    permuted = matmul(permutation_matrix(perm, packed), convert(rhs, packed))
    half = _execute("matrix_triangular_solve", (lower, permuted))
    return _execute("matrix_triangular_solve", (packed, half), {"lower": False})


@public("linalg.lu_matrix_inverse")
def lu_matrix_inverse(
    lower_upper: TensorLike, perm: TensorLike, validate_args: bool = False, name: str | None = None
) -> Tensor:
    """The inverses of matrices given by `tg.linalg.lu`.

    Args:
        lower_upper: Both triangles, shape [..., n, n].
        perm: The permutation, shape [..., n].
        validate_args: Ignored; for compatibility: arguments are always checked.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.linalg.lu_matrix_inverse(*tg.linalg.lu([[0.0, 2.0], [4.0, 0.0]])).numpy()
    array([[0.  , 0.25],
           [0.5 , 0.  ]], dtype=float32)
    """
    packed: Any = _native.tensor(lower_upper)
    lower, _ = triangles(packed)
    half = _execute("matrix_triangular_solve", (lower, permutation_matrix(perm, packed)))
    return _execute("matrix_triangular_solve", (packed, half), {"lower": False})


@public("linalg.lstsq")
def lstsq(
    matrix: TensorLike,
    rhs: TensorLike,
    l2_regularizer: float = 0.0,
    fast: bool = True,
    name: str | None = None,
) -> Tensor:
    """Solves systems of equations in the sense of least squares.

    Args:
        matrix: Matrices, shape [..., m, n].
        rhs: The right-hand sides, shape [..., m, k].
        l2_regularizer: A number to add to the diagonal of the normal equations; used if `fast`.
        fast: Whether to solve the normal equations with a Cholesky decomposition, which needs full rank and loses half
            of the digits where the matrix is near to a singular one; else the solution comes from the pseudo-inverse,
            which takes any matrix.
        name: Ignored; for compatibility.

    Returns:
        Shape [..., n, k]: where m >= n, what makes the sum of squares of matrix x - rhs least; where m < n, the
        smallest solution.

    Raises:
        tg.errors.InvalidArgumentError: Where the rank is not full and `fast` (TG-0572), or the sizes of the matrices
            are not known (TG-0103).

    >>> import tensegra as tg
    >>> tg.linalg.lstsq([[1.0], [1.0]], [[1.0], [3.0]]).numpy()
    array([[2.]], dtype=float32)
    """
    a: Any = _native.tensor(matrix)
    b = convert(rhs, a)
    require_rank(a, 2, "lstsq", "matrix")
    rows, columns = a._shape[-2:]
    if min(rows, columns) < 0:
        raise refuse(
            "lstsq", "the sizes of the matrices must be known", "TG-0103", f"matrix.shape={a._shape}"
        )
    if not fast:
        return matmul(pinv(a), b)
    conjugated = conjugate(a)
    tall = rows >= columns
    normal = matmul(conjugated, a, True) if tall else matmul(a, conjugated, False, True)
    if l2_regularizer:
        diagonal = _execute("matrix_diag_part", (normal,))
        normal = _execute("matrix_set_diag", (normal, _execute("add", (diagonal, l2_regularizer))))
    factor = _execute("cholesky", (normal,))
    if tall:
        return cholesky_solve(factor, matmul(conjugated, b, True))
    return matmul(conjugated, cholesky_solve(factor, b), True)


def _compact_diagonals(diagonals: Any, layout: str, function: str) -> Any:
    """The diagonals as [..., 3, n], whatever form they are given in."""
    if layout == "compact":
        return _native.tensor(diagonals)
    if layout == "matrix":
        return _execute("matrix_diag_part", (diagonals,), {"k": [-1, 1], "align": "LEFT_RIGHT"})
    if layout != "sequence":
        raise refuse(
            function, "diagonals_format must be 'compact', 'matrix' or 'sequence'", "TG-0106",
            f"diagonals_format={layout!r}",
        )  # fmt: skip
    if len(diagonals) != 3:
        raise refuse(
            function, "a sequence of 3 diagonals is needed", "TG-0105", f"{len(diagonals)} diagonals"
        )
    main: Any = _native.tensor(diagonals[1])
    above, below = convert(diagonals[0], main), convert(diagonals[2], main)
    size = main._shape[-1]
    if above._shape[-1] == size - 1:
        above = _padded(above, 0, 1)
    if below._shape[-1] == size - 1:
        below = _padded(below, 1, 0)
    return _execute("stack", ([above, main, below],), (-2,))


def _padded(x: Any, before: int, after: int) -> Any:
    return _execute("pad", (x,), {"paddings": [*[0] * (2 * x._rank - 2), before, after]})


@public("linalg.tridiagonal_solve")
def tridiagonal_solve(
    diagonals: Any,
    rhs: TensorLike,
    diagonals_format: str = "compact",
    transpose_rhs: bool = False,
    conjugate_rhs: bool = False,
    name: str | None = None,
    partial_pivoting: bool = True,
    perturb_singular: bool = False,
) -> Tensor:
    """Solves systems of equations with tridiagonal matrices, in a time proportional to their size.

    Args:
        diagonals: "compact": shape [..., 3, n], the diagonal above (its last element is not read), the main one and
            the one below (its first element is not read). "matrix": shape [..., n, n]. "sequence": three tensors of
            shape [..., n], those above and below may be one shorter.
        rhs: The right-hand sides, shape [..., n, k] or [..., n].
        diagonals_format: Which of these.
        transpose_rhs: Whether rhs has the shape [..., k, n].
        conjugate_rhs: Whether rhs is conjugated first.
        name: Ignored; for compatibility.
        partial_pivoting: Whether rows are exchanged, which keeps rounding errors small.
        perturb_singular: Whether pivots near 0 are replaced by small numbers.

    Returns:
        The solutions, shape [..., n, k] or [..., n].

    Raises:
        tg.errors.InvalidArgumentError: Where the shapes do not fit (TG-0105), the format is none of those (TG-0106), or
            a matrix is not invertible (TG-0571).

    >>> import tensegra as tg
    >>> tg.linalg.tridiagonal_solve([[1.0, 0.0], [2.0, 2.0], [0.0, 1.0]], [3.0, 3.0]).numpy()
    array([1., 1.], dtype=float32)
    """
    bands = _compact_diagonals(diagonals, diagonals_format, "tridiagonal_solve")
    values = convert(rhs, bands)
    vector = values._rank == bands._rank - 1
    if conjugate_rhs:
        values = conjugate(values)
    if vector:
        values = _execute("expand_dims", (values,), (-1,))
    elif transpose_rhs:
        values = swap_last(values, values._rank)
    attributes = {"partial_pivoting": partial_pivoting, "perturb_singular": perturb_singular}
    result = _execute("tridiagonal_solve", (bands, values), attributes)
    return _execute("squeeze", (result,), ([-1],)) if vector else result


@public("linalg.tridiagonal_matmul")
def tridiagonal_matmul(
    diagonals: Any, rhs: TensorLike, diagonals_format: str = "compact", name: str | None = None
) -> Tensor:
    """Multiplies tridiagonal matrices by others, in a time proportional to their size.

    Args:
        diagonals: The matrices, as `tg.linalg.tridiagonal_solve` takes them.
        rhs: The other matrices, shape [..., n, k].
        diagonals_format: "compact", "matrix" or "sequence".
        name: Ignored; for compatibility.

    Returns:
        Shape [..., n, k].

    >>> import tensegra as tg
    >>> tg.linalg.tridiagonal_matmul([[1.0, 0.0], [2.0, 2.0], [0.0, 1.0]], [[1.0], [1.0]]).numpy()
    array([[3.],
           [3.]], dtype=float32)
    """
    bands = _compact_diagonals(diagonals, diagonals_format, "tridiagonal_matmul")
    values = convert(rhs, bands)
    rank = require_rank(values, 2, "tridiagonal_matmul", "rhs")
    above, main, below = (_execute("expand_dims", (bands[..., i, :],), (-1,)) for i in range(3))
    pads = [0] * (2 * rank)
    after, before = list(pads), list(pads)
    after[2 * rank - 3] = before[2 * rank - 4] = 1
    next_rows = _execute("pad", (values[..., 1:, :],), {"paddings": after})
    rows_before = _execute("pad", (values[..., :-1, :],), {"paddings": before})
    parts = [
        _execute("multiply", pair) for pair in ((above, next_rows), (main, values), (below, rows_before))
    ]
    return _execute("add", (_execute("add", (parts[0], parts[1])), parts[2]))
