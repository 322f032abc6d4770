"""Solvers that are written with ops, against NumPy and SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg

import tensegra as tg

from .common import Array, check_gradient, close, normal


def tridiagonal(diagonals: Array) -> Array:
    above, main, below = diagonals
    return np.diag(main) + np.diag(above[:-1], 1) + np.diag(below[1:], -1)


D, B = normal(3, 5), normal(5, 2, seed=1)
DENSE = tridiagonal(D)


@pytest.mark.parametrize(
    ("layout", "given"),
    [
        ("compact", D),
        ("matrix", DENSE),
        ("sequence", [D[0], D[1], D[2]]),
        ("sequence", [D[0, :-1], D[1], D[2, 1:]]),
    ],
)
def test_tridiagonal(layout: str, given: Any) -> None:
    close(tg.linalg.tridiagonal_solve(given, B, layout).numpy(), np.linalg.solve(DENSE, B))
    close(tg.linalg.tridiagonal_solve(given, B[:, 0], layout).numpy(), np.linalg.solve(DENSE, B[:, 0]))
    close(
        tg.linalg.tridiagonal_solve(given, B.T, layout, transpose_rhs=True).numpy(), np.linalg.solve(DENSE, B)
    )
    close(tg.linalg.tridiagonal_matmul(given, B, layout).numpy(), DENSE @ B)
    check_gradient(lambda d, b: tg.linalg.tridiagonal_matmul(d, b), normal(3, 3), normal(3, 2, seed=1))


def test_rows_are_exchanged_where_a_pivot_is_0() -> None:
    d = np.array([[1.0, 2.0, 0.0], [0.0, 0.0, 1.0], [0.0, 3.0, 4.0]])
    b = normal(3, 1)
    close(tg.linalg.tridiagonal_solve(d, b).numpy(), np.linalg.solve(tridiagonal(d), b))
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0571"):
        tg.linalg.tridiagonal_solve(d, b, partial_pivoting=False)
    singular = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    assert np.isfinite(tg.linalg.tridiagonal_solve(singular, b[:2], perturb_singular=True).numpy()).all()


def test_a_long_tridiagonal_system() -> None:
    n = 2000
    d = normal(3, n)
    x = tg.linalg.tridiagonal_solve(d, np.ones((n, 1)))
    close(tg.linalg.tridiagonal_matmul(d, x).numpy(), np.ones((n, 1)), 1e-6)


def test_banded_triangular_solve_as_documented() -> None:
    bands = np.array([[2.0, 3.0, 4.0], [1.0, 2.0, 3.0]])
    dense = tg.linalg.set_diag(np.zeros((3, 3)), bands, align="LEFT_RIGHT", k=(-1, 0)).numpy()
    b = normal(3, 2)
    close(tg.linalg.banded_triangular_solve(bands, b).numpy(), np.linalg.solve(dense, b))
    upper = np.array([[1.0, 2.0, 3.0], [2.0, 3.0, 4.0]])
    dense = tg.linalg.set_diag(np.zeros((3, 3)), upper, align="LEFT_RIGHT", k=(0, 1)).numpy()
    close(tg.linalg.banded_triangular_solve(upper, b, lower=False).numpy(), np.linalg.solve(dense, b))


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (2, 4, 4)], ids=str)
def test_lstsq(shape: tuple[int, ...], fast: bool) -> None:
    a, b = normal(*shape), normal(*shape[:-1], 2, seed=1)
    got = tg.linalg.lstsq(a, b, fast=fast).numpy()
    close(got, np.linalg.pinv(a) @ b, 1e-8)
    check_gradient(lambda x, y: tg.linalg.lstsq(x, y, fast=fast), normal(3, 2), normal(3, 1), tolerance=1e-5)


def test_lstsq_with_a_regularizer() -> None:
    a, b = normal(5, 3), normal(5, 2, seed=1)
    close(
        tg.linalg.lstsq(a, b, l2_regularizer=0.5).numpy(), np.linalg.solve(a.T @ a + 0.5 * np.eye(3), a.T @ b)
    )
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0572"):
        tg.linalg.lstsq(np.ones((3, 2)), b[:3])


def test_pinv_and_rank() -> None:
    a = normal(2, 5, 2) @ normal(2, 2, 4, seed=1)
    close(tg.linalg.pinv(a).numpy(), np.linalg.pinv(a, rcond=1e-10))
    np.testing.assert_array_equal(tg.linalg.matrix_rank(a).numpy(), [2, 2])
    np.testing.assert_array_equal(tg.linalg.matrix_rank(a, tol=[1e9, 0.1]).numpy(), [0, 2])
    assert tg.linalg.matrix_rank(a).dtype == tg.int32
    close(tg.linalg.pinv(np.diag([1.0, 0.1]), rcond=0.5).numpy(), np.diag([1.0, 0.0]))
    check_gradient(tg.linalg.pinv, normal(3, 2), tolerance=1e-5)


def test_cholesky_solve() -> None:
    a = normal(2, 4, 4)
    a = a @ np.swapaxes(a, 1, 2) + np.eye(4)
    b = normal(4, 3)
    close(tg.linalg.cholesky_solve(np.linalg.cholesky(a), b).numpy(), np.linalg.solve(a, b))


def test_eigh_tridiagonal() -> None:
    alpha, beta = normal(6), normal(5, seed=1)
    values, vectors = scipy.linalg.eigh_tridiagonal(alpha, beta)
    close(tg.linalg.eigh_tridiagonal(alpha, beta).numpy(), values)
    got, columns = tg.linalg.eigh_tridiagonal(alpha, beta, eigvals_only=False)
    close(got.numpy(), values)
    close(np.abs(columns.numpy()), np.abs(vectors), 1e-8)
    close(tg.linalg.eigh_tridiagonal(alpha, beta, select="i", select_range=(1, 3)).numpy(), values[1:4])
    inside = values[(values > -1) & (values <= 1)]
    close(tg.linalg.eigh_tridiagonal(alpha, beta, select="v", select_range=(-1, 1)).numpy(), inside)
    close(tg.linalg.eigh_tridiagonal([2.0], np.zeros(0, np.float32)).numpy(), [2.0])
    for code, keywords in (("TG-0106", {"select": "x"}), ("TG-0106", {"select": "i", "select_range": (3, 9)}),
                           ("TG-0106", {"select": "v"})):  # fmt: skip
        with pytest.raises(tg.errors.InvalidArgumentError, match=code):
            tg.linalg.eigh_tridiagonal(alpha, beta, **keywords)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0105"):
        tg.linalg.eigh_tridiagonal(alpha, alpha)


def test_norm_2_of_matrices() -> None:
    x = normal(2, 3, 4)
    for axis in ([1, 2], [0, 1], [2, 0]):
        for keepdims in (False, True):
            close(tg.norm(x, 2, axis, keepdims).numpy(), np.linalg.norm(x, 2, tuple(axis), keepdims))


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("TG-0106", lambda: tg.linalg.tridiagonal_solve(D, B, "dense")),
        ("TG-0105", lambda: tg.linalg.tridiagonal_solve([D[0], D[1]], B, "sequence")),
        ("TG-0105", lambda: tg.linalg.tridiagonal_solve(D[:2], B)),
        ("TG-0105", lambda: tg.linalg.tridiagonal_solve(D, B[:3])),
        ("TG-0105", lambda: tg.linalg.banded_triangular_solve(D, B[:3])),
        ("TG-0105", lambda: tg.linalg.banded_triangular_solve(np.ones((3, 2)), B[:2])),
        ("TG-0103", lambda: tg.linalg.pinv([1.0])),
    ],
)
def test_errors(code: str, call: Any) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=code):
        call()
