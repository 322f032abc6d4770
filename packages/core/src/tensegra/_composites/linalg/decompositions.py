"""Decompositions, with results that have names."""

from __future__ import annotations

from typing import Any, NamedTuple

from tensegra import _native
from tensegra._composites.linalg._common import convert, require_rank
from tensegra._composites.linalg.solvers import refuse
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import DTypeLike, TensorLike

_execute = _native.execute


class Qr(NamedTuple):
    """A matrix with orthonormal columns, and an upper triangular one."""

    q: Tensor
    r: Tensor


class Lu(NamedTuple):
    """Both triangles in one matrix, and where the rows came from."""

    lu: Tensor
    p: Tensor


class LogMatrixDeterminant(NamedTuple):
    """The sign of a determinant, and the logarithm of its absolute value."""

    sign: Tensor
    log_abs_determinant: Tensor


@public("linalg.qr")
def qr(input: TensorLike, full_matrices: bool = False, name: str | None = None) -> Qr:
    """The QR decomposition of matrices (LAPACK's geqrf; Householder reflections).

    Args:
        input: Matrices, shape [..., m, n].
        full_matrices: Whether q is square even where there are more rows than columns.
        name: Ignored; for compatibility.

    Returns:
        A named tuple (q, r): q of shape [..., m, k], r of shape [..., k, n], k being m if `full_matrices`, else the
        smaller of m and n.

    Raises:
        tg.errors.FailedPreconditionError: Where LAPACK is not installed (TG-0570).

    >>> import tensegra as tg
    >>> q, r = tg.linalg.qr([[3.0, 1.0], [4.0, 2.0]])
    >>> tg.matmul(q, r).numpy()
    array([[3., 1.],
           [4., 2.]], dtype=float32)
    """
    return Qr(*_execute("qr", (input,), {"full_matrices": full_matrices}))


@public("linalg.svd")
def svd(
    tensor: TensorLike, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None
) -> Any:
    """The singular value decomposition u diag(s) v^H of matrices (LAPACK's gesdd).

    Args:
        tensor: Matrices, shape [..., m, n].
        full_matrices: Whether u and v are square.
        compute_uv: Whether u and v are wanted.
        name: Ignored; for compatibility.

    Returns:
        (s, u, v), or s alone unless `compute_uv`: s of shape [..., k] in descending order, u of shape [..., m, k], v
        of shape [..., n, k], k being the smaller of m and n.

    Raises:
        tg.errors.FailedPreconditionError: Where LAPACK is not installed (TG-0570).

    >>> import tensegra as tg
    >>> s, u, v = tg.linalg.svd([[3.0, 0.0], [0.0, -2.0]])
    >>> s.numpy()
    array([3., 2.], dtype=float32)
    """
    parts = _execute("svd", (tensor,), {"full_matrices": full_matrices, "compute_uv": compute_uv})
    return tuple(parts) if compute_uv else parts[0]


@public("linalg.eigh")
def eigh(tensor: TensorLike, name: str | None = None) -> tuple[Tensor, Tensor]:
    """The eigenvalues and eigenvectors of symmetric or Hermitian matrices (LAPACK's syevd and heevd).

    Args:
        tensor: Matrices, shape [..., n, n], of which the lower triangle is read.
        name: Ignored; for compatibility.

    Returns:
        The eigenvalues in ascending order, shape [..., n], and the eigenvectors as columns, shape [..., n, n].

    Raises:
        tg.errors.FailedPreconditionError: Where LAPACK is not installed (TG-0570).

    >>> import tensegra as tg
    >>> tg.linalg.eigh([[2.0, 0.0], [0.0, 1.0]])[0].numpy()
    array([1., 2.], dtype=float32)
    """
    values, vectors = _execute("self_adjoint_eig", (tensor,), {"compute_v": True})
    return values, vectors


@public("linalg.eigvalsh")
def eigvalsh(tensor: TensorLike, name: str | None = None) -> Tensor:
    """The eigenvalues of symmetric or Hermitian matrices, in ascending order.

    Args:
        tensor: Matrices, shape [..., n, n], of which the lower triangle is read.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.linalg.eigvalsh([[2.0, 1.0], [1.0, 2.0]]).numpy()
    array([1., 3.], dtype=float32)
    """
    return _execute("self_adjoint_eig", (tensor,), {"compute_v": False})[0]


@public("linalg.lu")
def lu(input: TensorLike, output_idx_type: DTypeLike = "int32", name: str | None = None) -> Lu:
    """The LU decomposition of square matrices, with exchanged rows (LAPACK's getrf).

    Args:
        input: Square matrices, shape [..., n, n].
        output_idx_type: int32 or int64.
        name: Ignored; for compatibility.

    Returns:
        A named tuple (lu, p): both triangles in one matrix, the ones on the diagonal of the lower one left out; row i
        of their product is row p[i] of the input.

    Raises:
        tg.errors.InvalidArgumentError: Where a matrix is not invertible (TG-0571).

    >>> import tensegra as tg
    >>> tg.linalg.lu([[1.0, 2.0], [2.0, 2.0]]).p.numpy()
    array([1, 0], dtype=int32)
    """
    return Lu(*_execute("lu", (input,), {"output_idx_type": output_idx_type}))


@public("linalg.slogdet")
def slogdet(input: TensorLike, name: str | None = None) -> LogMatrixDeterminant:
    """The sign of determinants and the logarithm of their absolute values, which does not overflow.

    Args:
        input: Square matrices, shape [..., n, n].
        name: Ignored; for compatibility.

    Returns:
        A named tuple (sign, log_abs_determinant), both of shape [...].

    >>> import tensegra as tg
    >>> sign, log = tg.linalg.slogdet([[1.0, 2.0], [3.0, 4.0]])
    >>> sign.numpy()
    np.float32(-1.0)
    """
    return LogMatrixDeterminant(*_execute("log_matrix_determinant", (input,)))


@public("linalg.logdet")
def logdet(matrix: TensorLike, name: str | None = None) -> Tensor:
    """The logarithm of the determinant of positive definite matrices, by way of their Cholesky decomposition.

    Args:
        matrix: Hermitian positive definite matrices, shape [..., n, n].
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where a matrix is not positive definite (TG-0572).

    >>> import tensegra as tg
    >>> tg.linalg.logdet([[1.0, 0.0], [0.0, 1.0]]).numpy()
    np.float32(0.0)
    """
    diagonal = _execute("matrix_diag_part", (_execute("cholesky", (matrix,)),))
    if diagonal._dtype_number > 13:
        diagonal = _execute("real", (diagonal,))
    return _execute("multiply", (_execute("reduce_sum", (_execute("log", (diagonal,)),), ([-1],)), 2.0))


@public("linalg.eigh_tridiagonal")
def eigh_tridiagonal(
    alpha: TensorLike,
    beta: TensorLike,
    eigvals_only: bool = True,
    select: str = "a",
    select_range: Any = None,
    tol: float | None = None,
    name: str | None = None,
) -> Any:
    """The eigenvalues, and on request the eigenvectors, of symmetric tridiagonal matrices.

    The matrices are laid out in full and decomposed by `tg.linalg.eigh`.

    Args:
        alpha: The main diagonals, shape [..., n].
        beta: The diagonals below, shape [..., n - 1].
        eigvals_only: Whether the eigenvectors are left out.
        select: "a": all; "i": those whose places in ascending order are in `select_range`; "v": those with values in
            (low, high], for a single matrix outside of a graph.
        select_range: (first, last) for "i", (low, high) for "v".
        tol: Ignored; for compatibility: LAPACK works to full precision.
        name: Ignored; for compatibility.

    Returns:
        The eigenvalues in ascending order, shape [..., k]; or a pair of them and the eigenvectors, shape [..., n, k].

    Raises:
        tg.errors.InvalidArgumentError: Where select or select_range is none of those (TG-0106), or the shapes do not
            fit (TG-0105).

    >>> import tensegra as tg
    >>> tg.linalg.eigh_tridiagonal([2.0, 2.0], [1.0]).numpy()
    array([1., 3.], dtype=float32)
    """
    main: Any = _native.tensor(alpha)
    below = convert(beta, main)
    require_rank(main, 1, "eigh_tridiagonal", "alpha")
    if below._rank != main._rank or below._shape[-1] != main._shape[-1] - 1:
        raise refuse(
            "eigh_tridiagonal", "beta must have one element less than alpha", "TG-0105",
            f"alpha.shape={main._shape}, beta.shape={below._shape}",
        )  # fmt: skip
    if select not in ("a", "i", "v") or (select != "a" and (select_range is None or len(select_range) != 2)):
        raise refuse(
            "eigh_tridiagonal", "select must be 'a', or 'i' or 'v' with a range", "TG-0106",
            f"select={select!r}, select_range={select_range!r}",
        )  # fmt: skip
    matrix = _execute("matrix_diag", (main,))
    if main._shape[-1] > 1:
        matrix = _execute("matrix_set_diag", (matrix, below), {"k": [-1]})
    first, end = 0, main._shape[-1]
    if select == "i":
        first, end = int(select_range[0]), int(select_range[1]) + 1
        if not 0 <= first < end <= main._shape[-1]:
            raise refuse(
                "eigh_tridiagonal", "the range must lie in [0, size) and ascend", "TG-0106",
                f"select_range={select_range!r}, size={main._shape[-1]}",
            )  # fmt: skip
    vectors = None
    if eigvals_only:
        values: Any = eigvalsh(matrix)
    else:
        values, vectors = eigh(matrix)
    if select == "v":
        if values._rank != 1 or values._is_symbolic:
            raise refuse(
                "eigh_tridiagonal", "select='v' is for one matrix whose values are known", "TG-0106",
                f"alpha.shape={main._shape}",
            )  # fmt: skip
        found = values._numpy()
        first = int((found <= select_range[0]).sum())
        end = max(first, int((found <= select_range[1]).sum()))
    chosen = values[..., first:end]
    return chosen if vectors is None else (chosen, vectors[..., first:end])
