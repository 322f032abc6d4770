"""Every linear operator against its matrix in full: products, solutions, determinants, and what it is made into."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tensegra as tg

from .common import Array, check_gradient, close, normal

L = tg.linalg


def positive(n: int, seed: int = 0) -> Array:
    x = normal(n, n, seed=seed)
    return x @ x.T + np.eye(n)


def full(*shape: int, seed: int = 0) -> Any:
    return L.LinearOperatorFullMatrix(normal(*shape, seed=seed))


def definite(n: int, seed: int = 0) -> Any:
    return L.LinearOperatorFullMatrix(positive(n, seed), is_self_adjoint=True, is_positive_definite=True)


def _permutation() -> tuple[Any, Array]:
    return L.LinearOperatorPermutation([2, 0, 1], dtype=tg.float64), np.eye(3)[[2, 0, 1]]


def _tridiagonal() -> tuple[Any, Array]:
    d = normal(3, 4)
    return L.LinearOperatorTridiag(d), np.diag(d[1]) + np.diag(d[0, :-1], 1) + np.diag(d[2, 1:], -1)


def _householder() -> tuple[Any, Array]:
    v = normal(3)
    return L.LinearOperatorHouseholder(v), np.eye(3) - 2 * np.outer(v, v) / (v @ v)


def _toeplitz() -> tuple[Any, Array]:
    col, row = np.array([1.0, 2.0, 3.0]), np.array([1.0, -4.0, 5.0])
    return L.LinearOperatorToeplitz(col, row), np.array([[1.0, -4.0, 5.0], [2.0, 1.0, -4.0], [3.0, 2.0, 1.0]])


def _block_diagonal() -> tuple[Any, Array]:
    a, b = normal(2, 2), normal(3, 3, seed=1)
    dense = np.zeros((5, 5))
    dense[:2, :2], dense[2:, 2:] = a, b
    return L.LinearOperatorBlockDiag([L.LinearOperatorFullMatrix(a), L.LinearOperatorFullMatrix(b)]), dense


def _low_rank() -> tuple[Any, Array]:
    base, u, d, v = positive(4), normal(4, 2, seed=1), normal(2, seed=2), normal(4, 2, seed=3)
    operator = L.LinearOperatorLowRankUpdate(L.LinearOperatorFullMatrix(base), u, d, v)
    return operator, base + u @ np.diag(d) @ v.T


CASES: dict[str, Callable[[], tuple[Any, Array]]] = {
    "full": lambda: (full(3, 3), normal(3, 3)),
    "full batch": lambda: (full(2, 3, 3), normal(2, 3, 3)),
    "definite": lambda: (definite(3), positive(3)),
    "diag": lambda: (L.LinearOperatorDiag(normal(2, 3)), np.stack([np.diag(x) for x in normal(2, 3)])),
    "identity": lambda: (L.LinearOperatorIdentity(3, [2], tg.float64), np.broadcast_to(np.eye(3), (2, 3, 3))),
    "scaled": lambda: (
        L.LinearOperatorScaledIdentity(3, np.array([2.0, -3.0])),
        np.array([2.0, -3.0])[:, None, None] * np.eye(3),
    ),
    "lower": lambda: (L.LinearOperatorLowerTriangular(normal(3, 3)), np.tril(normal(3, 3))),
    "permutation": _permutation,
    "tridiagonal": _tridiagonal,
    "householder": _householder,
    "toeplitz": _toeplitz,
    "composition": lambda: (
        L.LinearOperatorComposition([full(3, 3), full(2, 3, 3, seed=1)]),
        normal(3, 3) @ normal(2, 3, 3, seed=1),
    ),
    "adjoint": lambda: (L.LinearOperatorAdjoint(full(3, 3)), normal(3, 3).T),
    "inversion": lambda: (L.LinearOperatorInversion(full(3, 3)), np.linalg.inv(normal(3, 3))),
    "block diagonal": _block_diagonal,
    "kronecker": lambda: (
        L.LinearOperatorKronecker([full(2, 2), full(3, 3, seed=1), full(1, 1, seed=2)]),
        np.kron(np.kron(normal(2, 2), normal(3, 3, seed=1)), normal(1, 1, seed=2)),
    ),
    "low rank": _low_rank,
}


@pytest.mark.parametrize("case", CASES)
def test_square_operator(case: str) -> None:
    operator, dense = CASES[case]()
    n = dense.shape[-1]
    transposed = np.swapaxes(dense, -1, -2)
    assert operator.shape == dense.shape
    assert operator.batch_shape == dense.shape[:-2]
    assert operator.shape_tensor().numpy().tolist() == list(dense.shape)
    assert operator.tensor_rank == dense.ndim
    assert operator.is_square
    x, y = normal(n, 2, seed=7), normal(n, seed=8)
    close(operator.to_dense().numpy(), dense, 1e-8)
    close(operator.matmul(x).numpy(), dense @ x, 1e-8)
    close((operator @ x).numpy(), dense @ x, 1e-8)
    close(operator.matmul(x, adjoint=True).numpy(), transposed @ x, 1e-8)
    close(operator.matmul(x.T.copy(), adjoint_arg=True).numpy(), dense @ x, 1e-8)
    close(operator.matvec(y).numpy(), dense @ y, 1e-8)
    close(operator.solve(x).numpy(), np.linalg.solve(dense, x), 1e-7)
    close(operator.solve(x, adjoint=True).numpy(), np.linalg.solve(transposed, x), 1e-7)
    close(operator.solvevec(y).numpy(), np.linalg.solve(dense, y[:, None])[..., 0], 1e-7)
    close(operator.determinant().numpy(), np.linalg.det(dense), 1e-8)
    close(operator.log_abs_determinant().numpy(), np.linalg.slogdet(dense)[1], 1e-8)
    close(operator.trace().numpy(), np.trace(dense, axis1=-2, axis2=-1), 1e-8)
    close(operator.diag_part().numpy(), np.diagonal(dense, axis1=-2, axis2=-1), 1e-8)
    close(operator.add_to_tensor(x[:, :1]).numpy(), dense + x[:, :1], 1e-8)
    close(operator.adjoint().to_dense().numpy(), transposed, 1e-8)
    close(operator.H.matmul(x).numpy(), transposed @ x, 1e-8)
    close(operator.inverse().to_dense().numpy(), np.linalg.inv(dense), 1e-7)
    close(operator.inverse().matmul(x).numpy(), np.linalg.solve(dense, x), 1e-7)
    close(operator.cond().numpy(), np.linalg.cond(dense), 1e-6)
    close(operator.matmul(operator).to_dense().numpy(), dense @ dense, 1e-7)
    close(operator.solve(operator).to_dense().numpy(), np.broadcast_to(np.eye(n), dense.shape), 1e-7)


def test_rectangular_operators() -> None:
    a, b = normal(2, 3), normal(4, 2, seed=1)
    x = normal(3, 2, seed=2)
    product = L.LinearOperatorComposition([L.LinearOperatorFullMatrix(b), L.LinearOperatorFullMatrix(a)])
    close(product.matmul(x).numpy(), b @ a @ x)
    assert product.shape == (4, 3)
    kronecker = L.LinearOperatorKronecker([L.LinearOperatorFullMatrix(a), L.LinearOperatorFullMatrix(b)])
    close(kronecker.to_dense().numpy(), np.kron(a, b))
    close(kronecker.adjoint().to_dense().numpy(), np.kron(a, b).T)
    zeros = L.LinearOperatorZeros(2, 3, [4], tg.float64)
    assert zeros.to_dense().shape == (4, 2, 3)
    assert zeros.matmul(x).shape == (4, 2, 2)
    assert zeros.adjoint().shape == (4, 3, 2)
    blocks = L.LinearOperatorBlockDiag([L.LinearOperatorFullMatrix(a), L.LinearOperatorFullMatrix(b)])
    dense = np.zeros((6, 5))
    dense[:2, :3], dense[2:, 3:] = a, b
    close(blocks.to_dense().numpy(), dense)
    close(blocks.diag_part().numpy(), np.diag(dense))
    assert not blocks.is_square
    for call in (product.determinant, product.inverse, lambda: product.solve(normal(4, 1))):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0105"):
            call()


def test_cholesky_and_eigenvalues_of_definite_operators() -> None:
    for operator in (
        definite(3),
        L.LinearOperatorDiag(np.array([1.0, 4.0]), is_positive_definite=True),
        L.LinearOperatorBlockDiag([definite(2), definite(3, 1)]),
        L.LinearOperatorKronecker([definite(2), definite(3, 1)]),
        L.LinearOperatorIdentity(2, dtype=tg.float64),
        L.LinearOperatorLowRankUpdate(definite(4), normal(4, 2)),
    ):
        dense = operator.to_dense().numpy()
        assert operator.is_positive_definite
        assert operator.is_self_adjoint
        assert operator.adjoint() is operator
        close(operator.cholesky().to_dense().numpy(), np.linalg.cholesky(dense), 1e-8)
        close(np.sort(operator.eigvals().numpy()), np.linalg.eigvalsh(dense), 1e-8)
        close(operator.solve(np.eye(len(dense))).numpy(), np.linalg.inv(dense), 1e-7)
    for call in (full(2, 2).cholesky, full(2, 2).eigvals):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
            call()


def test_gradients() -> None:
    b = normal(4, 2, seed=5)

    def solved(u: Any, d: Any) -> Any:
        base = L.LinearOperatorDiag(d * d + 1.0)
        return L.LinearOperatorLowRankUpdate(base, u).solve(b)

    check_gradient(solved, normal(4, 2), normal(4, seed=1))
    check_gradient(lambda x: L.LinearOperatorFullMatrix(x).log_abs_determinant(), normal(3, 3))


def test_variables_are_found() -> None:
    variable = tg.Variable([[1.0, 0.0], [0.0, 1.0]])
    operator = L.LinearOperatorFullMatrix(tg.constant([[1.0]]))
    assert operator.parameters.keys() == {"matrix"}
    assert L.LinearOperatorFullMatrix(variable).to_dense().shape == (2, 2)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("TG-0102", lambda: L.LinearOperatorFullMatrix([[1]])),
        ("TG-0102", lambda: L.LinearOperatorPermutation([0.0])),
        ("TG-0102", lambda: L.LinearOperatorComposition([full(2, 2), L.LinearOperatorIdentity(2)])),
        ("TG-0103", lambda: L.LinearOperatorFullMatrix([1.0])),
        ("TG-0103", lambda: full(2, 2).matmul([1.0, 2.0])),
        ("TG-0105", lambda: full(2, 2).matmul(normal(3, 1))),
        ("TG-0105", lambda: L.LinearOperatorLowerTriangular(normal(2, 3))),
        ("TG-0105", lambda: L.LinearOperatorComposition([full(2, 2), full(3, 3)])),
        ("TG-0105", lambda: L.LinearOperatorToeplitz([1.0], [1.0, 2.0])),
        ("TG-0105", lambda: L.LinearOperatorTridiag(normal(2, 3))),
        ("TG-0105", lambda: L.LinearOperatorLowRankUpdate(full(2, 2), normal(3, 1))),
        ("TG-0106", lambda: L.LinearOperatorFullMatrix([[1.0]], is_square=False, is_self_adjoint=True)),
        ("TG-0106", lambda: L.LinearOperatorDiag([1.0], is_positive_definite=True, is_non_singular=False)),
        ("TG-0106", lambda: L.LinearOperatorHouseholder([1.0], is_positive_definite=True)),
        ("TG-0106", lambda: L.LinearOperatorInversion(L.LinearOperatorZeros(2))),
        ("TG-0109", lambda: L.LinearOperatorIdentity(-1)),
        ("TG-0110", lambda: L.LinearOperatorBlockDiag([])),
        ("TG-0123", lambda: L.LinearOperatorPermutation([0, 0])),
        ("TG-0571", lambda: L.LinearOperatorZeros(2).solve([[1.0], [1.0]])),
    ],
)
def test_errors(code: str, call: Any) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=code):
        call()


def test_operators_are_imported_when_they_are_first_used() -> None:
    code = (
        "import sys, tensegra as tg\n"
        "assert not any('linalg.operators' in name for name in sys.modules)\n"
        "tg.linalg.LinearOperatorDiag([1.0])\n"
        "assert 'LinearOperatorKronecker' in dir(tg.linalg)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
