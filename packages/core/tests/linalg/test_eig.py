"""Eigenvalues of matrices of any kind, and complex systems of equations, with their gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

import tensegra as tg

from .common import check_gradient, close, normal


def test_eigenvalues_and_vectors() -> None:
    for x in (normal(3, 5, 5), normal(3, 5, 5) + 1j * normal(3, 5, 5, seed=1)):
        w, v = (part.numpy() for part in tg.eig(x))
        close(x @ v, v * w[:, None, :])
        close(np.linalg.norm(v, axis=-2), np.ones((3, 5)))
        close(np.sort_complex(tg.eigvals(x).numpy()), np.sort_complex(np.linalg.eigvals(x)), 1e-8)
    assert np.isnan(tg.eigvals(np.full((2, 2), np.nan)).numpy()).all()
    assert tg.linalg.eigvals(np.zeros((2, 0, 0))).shape == (2, 0)


def squared(x: Any) -> Any:
    """The square of a matrix, by way of its eigenvalues."""
    w, v = tg.linalg.eig(x)
    scaled = v * tg.expand_dims(w * w, -2)
    return tg.math.real(tg.linalg.matrix_transpose(tg.linalg.solve(
        tg.linalg.matrix_transpose(v), tg.linalg.matrix_transpose(scaled)
    )))  # fmt: skip


def test_gradients() -> None:
    x = normal(4, 4)
    close(squared(tg.constant(x)).numpy(), x @ x, 1e-8)
    check_gradient(squared, x, tolerance=1e-5)
    check_gradient(lambda y: tg.abs(tg.reduce_sum(tg.exp(tg.linalg.eigvals(y)))), x, tolerance=1e-5)


def test_complex_systems() -> None:
    a, b = normal(2, 4, 4) + 1j * normal(2, 4, 4, seed=1), normal(4, 2) + 1j * normal(4, 2, seed=2)
    close(tg.linalg.solve(a, b).numpy(), np.linalg.solve(a, b))
    adjoint = np.swapaxes(a.conj(), -1, -2)
    close(tg.linalg.solve(a, b, adjoint=True).numpy(), np.linalg.solve(adjoint, b))
