"""Complex matrices: decompositions by what defines them, gradients by differences of real and imaginary parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tensegra as tg

from .common import Array, check_gradient, close, normal

L = tg.linalg


def complex_normal(*shape: int, seed: int = 0) -> Array:
    return normal(*shape, seed=seed) + 1j * normal(*shape, seed=seed + 50)


def adjoint(x: Array) -> Array:
    return np.swapaxes(x.conj(), -1, -2)


def definite(*shape: int, seed: int = 0) -> Array:
    x = complex_normal(*shape, seed=seed)
    return x @ adjoint(x) + np.eye(shape[-1])


X, B = complex_normal(2, 4, 4), complex_normal(4, 2, seed=1)


def test_solvers() -> None:
    close(L.solve(X, B).numpy(), np.linalg.solve(X, B))
    close(L.solve(X, B, adjoint=True).numpy(), np.linalg.solve(adjoint(X), B))
    close(L.inv(X).numpy(), np.linalg.inv(X))
    close(L.inv(X, adjoint=True).numpy(), adjoint(np.linalg.inv(X)))
    close(L.det(X).numpy(), np.linalg.det(X))
    sign, log = L.slogdet(X)
    close(sign.numpy() * np.exp(log.numpy()), np.linalg.det(X))
    close(L.lu_reconstruct(*L.lu(X)).numpy(), X)
    close(L.lu_solve(*L.lu(X), B).numpy(), np.linalg.solve(X, B))
    close(L.pinv(X[:, :, :2]).numpy(), np.linalg.pinv(X[:, :, :2]))
    close(L.lstsq(X[0, :, :2], B).numpy(), np.linalg.lstsq(X[0, :, :2], B)[0], 1e-8)


def test_decompositions() -> None:
    a = definite(2, 4, 4)
    factor = L.cholesky(a).numpy()
    close(factor @ adjoint(factor), a)
    close(L.cholesky_solve(factor, B).numpy(), np.linalg.solve(a, B))
    close(L.logdet(a).numpy(), np.linalg.slogdet(a)[1])
    values, vectors = (part.numpy() for part in L.eigh(a))
    assert values.dtype == np.float64
    close(values, np.linalg.eigvalsh(a))
    close(a @ vectors, vectors * values[:, None, :])
    for shape in ((4, 3), (3, 4)):
        x = complex_normal(*shape)
        q, r = (part.numpy() for part in L.qr(x))
        close(q @ r, x)
        close(adjoint(q) @ q, np.eye(3))
        s, u, v = (part.numpy() for part in L.svd(x))
        close((u * s) @ adjoint(v), x)
    w, v = (part.numpy() for part in L.eig(X))
    close(X @ v, v * w[:, None, :])
    close(np.linalg.norm(v, axis=-2), np.ones((2, 4)))


def test_eigenvalues_of_real_matrices() -> None:
    x = normal(3, 5, 5)
    w, v = (part.numpy() for part in tg.eig(x))
    close(x @ v, v * w[:, None, :])
    close(np.sort_complex(tg.eigvals(x).numpy()), np.sort_complex(np.linalg.eigvals(x)), 1e-8)
    assert np.isnan(tg.eigvals(np.full((2, 2), np.nan)).numpy()).all()


def test_matrix_functions() -> None:
    close(L.expm(L.logm(X)).numpy(), X, 1e-8)
    root = L.sqrtm(X).numpy()
    close(root @ root, X, 1e-8)
    negative = np.diag([-1.0, 4.0]).astype(np.complex128)
    close(L.sqrtm(negative).numpy(), np.diag([1j, 2]))
    close(L.logm(negative).numpy(), np.diag([1j * np.pi, np.log(4)]))


def real_function(function: Callable[[Any], Any]) -> Callable[..., Any]:
    """The function of the real and the imaginary part, with real results."""

    def of_parts(real: Any, imaginary: Any) -> Any:
        result = function(tg.complex(real, imaginary))
        if not result.dtype.is_complex:
            return result
        return tg.math.real(result) + 2.0 * tg.math.imag(result)

    return of_parts


def gram(x: Any) -> Any:
    return tg.matmul(x, tg.linalg.adjoint(x)) + tg.eye(x.shape[-1], dtype=x.dtype)


def projector(x: Any) -> Any:
    _, v = tg.linalg.eigh(x + tg.linalg.adjoint(x))
    return tg.matmul(v[..., :1], tg.linalg.adjoint(v[..., :1]))


def low_rank(x: Any) -> Any:
    s, u, v = tg.linalg.svd(x)
    return tg.matmul(u[..., :1] * tg.cast(s[..., :1], x.dtype), tg.linalg.adjoint(v[..., :1]))


def power(x: Any) -> Any:
    w, v = tg.linalg.eig(x)
    return tg.matmul(v * (w * w)[..., None, :], tg.linalg.inv(v))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: L.inv(x),
        lambda x: L.inv(x, adjoint=True),
        lambda x: L.solve(x, B[:3]),
        lambda x: L.solve(x, B[:3], adjoint=True),
        lambda x: L.det(x),
        lambda x: L.slogdet(x)[1],
        lambda x: L.cholesky(gram(x)),
        lambda x: L.triangular_solve(x, B[:3], adjoint=True),
        lambda x: L.lu(x)[0],
        lambda x: tg.matmul(*L.qr(x)),
        lambda x: L.expm(x),
        lambda x: L.logm(gram(x)),
        lambda x: L.eigvalsh(gram(x)),
        lambda x: L.svd(x, compute_uv=False),
        lambda x: tg.reduce_sum(tg.abs(L.eigvals(x))),
        lambda x: tg.norm(x),
        projector,
        low_rank,
        power,
    ],
    ids=["inv", "inv_adjoint", "solve", "solve_adjoint", "det", "slogdet", "cholesky", "triangular", "lu", "qr",
         "expm", "logm", "eigvalsh", "singular_values", "eigvals", "norm", "projector", "low_rank", "eig"],
)  # fmt: skip
def test_gradient(function: Callable[[Any], Any]) -> None:
    x = complex_normal(3, 3)
    check_gradient(real_function(function), x.real.copy(), x.imag.copy(), tolerance=1e-5)


def test_gradient_of_real_eigenvalues() -> None:
    x = normal(4, 4)
    check_gradient(lambda y: tg.abs(tg.reduce_sum(tg.math.exp(tg.eigvals(y)))), x, tolerance=1e-5)
    check_gradient(lambda y: tg.math.real(power(y)), x, tolerance=1e-5)
