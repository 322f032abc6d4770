"""References of linear algebra."""

from __future__ import annotations

import numpy as np

from .common import Array, Reference


def _matmul(
    a: Array, b: Array, transpose_a: bool, transpose_b: bool, adjoint_a: bool, adjoint_b: bool
) -> Array:
    a, b = (a.conj() if adjoint_a else a), (b.conj() if adjoint_b else b)
    return np.matmul(
        np.swapaxes(a, -1, -2) if transpose_a or adjoint_a else a,
        np.swapaxes(b, -1, -2) if transpose_b or adjoint_b else b,
    )


references: dict[str, Reference] = {
    "matmul": _matmul,
}
