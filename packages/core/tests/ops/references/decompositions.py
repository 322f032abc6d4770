"""References of decompositions and solvers: NumPy and SciPy, with the free signs of vectors taken from the result."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from .common import Array, Reference


def _t(x: Array) -> Array:
    return np.swapaxes(x, -1, -2)


def _h(x: Array) -> Array:
    return _t(x).conj()


def _for_each(function: Any, x: Array) -> Array:
    results = [function(matrix) for matrix in x.reshape(-1, *x.shape[-2:])]
    return np.stack(results).reshape(*x.shape[:-2], *results[0].shape).astype(x.dtype)


def _triangular_solve(a: Array, b: Array, lower: bool, adjoint: bool) -> Array:
    half = np.tril(a) if lower else np.triu(a)
    return np.linalg.solve(_h(half) if adjoint else half, b)


def _solve(a: Array, b: Array, adjoint: bool) -> Array:
    return np.linalg.solve(_h(a) if adjoint else a, b)


def _inverse(a: Array, adjoint: bool) -> Array:
    return np.linalg.inv(_h(a) if adjoint else a)


def _lu(a: Array, output_idx_type: str) -> tuple[Array, Array]:
    packed, rows = [], []
    for matrix in a.reshape(-1, *a.shape[-2:]):
        lu, pivots = scipy.linalg.lu_factor(matrix)
        order = np.arange(len(pivots))
        for i, pivot in enumerate(pivots):
            order[[i, pivot]] = order[[pivot, i]]
        packed.append(lu)
        rows.append(order)
    return np.reshape(packed, a.shape), np.reshape(rows, a.shape[:-1]).astype(output_idx_type)


def _qr(a: Array, full_matrices: bool) -> tuple[Array, Array]:
    return np.linalg.qr(a, "complete" if full_matrices else "reduced")


def _svd(a: Array, full_matrices: bool, compute_uv: bool) -> tuple[Array, ...]:
    """LAPACK's vectors of the transposed matrix, which the op decomposes."""
    if not compute_uv:
        return np.linalg.svd(a, compute_uv=False), np.zeros(0, a.dtype), np.zeros(0, a.dtype)
    x, s, yh = np.linalg.svd(_t(a), full_matrices)
    return s, _t(yh), x.conj()


def _eigh(a: Array, compute_v: bool) -> tuple[Array, Array]:
    if not compute_v:
        return np.linalg.eigvalsh(a), np.zeros(0, a.dtype)
    # The op reads the lower triangle as the upper one of the conjugate matrix.
    values, vectors = np.linalg.eigh(_t(a), "U")
    return values, vectors.conj()


def _eig(a: Array, compute_v: bool) -> tuple[Array, Array]:
    dtype = np.complex64 if a.dtype in (np.float32, np.complex64) else np.complex128
    if not compute_v:
        return np.linalg.eigvals(a).astype(dtype), np.zeros(0, dtype)
    values, vectors = np.linalg.eig(a)
    return values.astype(dtype), vectors.astype(dtype)


def _dense_of_bands(bands: Array, lower: bool) -> Array:
    count, n = bands.shape[-2:]
    dense = np.zeros((*bands.shape[:-2], n, n), bands.dtype)
    for row in range(n):
        for band in range(count):
            column = row - band if lower else row + count - 1 - band
            if 0 <= column < n:
                dense[..., row, column] = bands[..., band, row]
    return dense


def _banded_triangular_solve(bands: Array, b: Array, lower: bool, adjoint: bool) -> Array:
    return _solve(_dense_of_bands(bands, lower), b, adjoint)


def _tridiagonal_solve(
    diagonals: Array, b: Array, adjoint: bool, partial_pivoting: bool, perturb_singular: bool
) -> Array:
    n = diagonals.shape[-1]
    dense = np.zeros((*diagonals.shape[:-2], n, n), diagonals.dtype)
    for row in range(n):
        for band, column in enumerate((row + 1, row, row - 1)):
            if 0 <= column < n:
                dense[..., row, column] = diagonals[..., band, row]
    return _solve(dense, b, adjoint)


references: dict[str, Reference] = {
    "cholesky": np.linalg.cholesky,
    "matrix_triangular_solve": _triangular_solve,
    "matrix_solve": _solve,
    "matrix_inverse": _inverse,
    "determinant": np.linalg.det,
    "log_matrix_determinant": lambda a: tuple(x.astype(a.dtype) for x in np.linalg.slogdet(a)),
    "lu": _lu,
    "qr": _qr,
    "svd": _svd,
    "self_adjoint_eig": _eigh,
    "eig": _eig,
    "matrix_exponential": lambda a: scipy.linalg.expm(a),
    "matrix_square_root": lambda a: _for_each(scipy.linalg.sqrtm, a),
    "matrix_logarithm": lambda a: _for_each(scipy.linalg.logm, a),
    "banded_triangular_solve": _banded_triangular_solve,
    "tridiagonal_solve": _tridiagonal_solve,
}
