"""References of ops on the parts of complex numbers and on bits."""

from __future__ import annotations

import numpy as np

from .common import Array, Reference


def _shift(shift: Reference) -> Reference:
    """By at least 0 and at most the width less 1."""
    return lambda x, y: shift(
        x, np.clip(y, 0, min(8 * x.itemsize - 1, np.iinfo(y.dtype).max)).astype(x.dtype)
    )


def _bitcast(x: Array, type: str) -> Array:
    dtype = np.dtype(type)
    if dtype.itemsize == x.itemsize:
        return x.view(dtype)
    if dtype.itemsize < x.itemsize:
        return x[..., None].view(dtype)
    return x.view(dtype)[..., 0]


references: dict[str, Reference] = {
    "conj": np.conj,
    "real": lambda x: np.real(x).copy(),
    "imag": lambda x: np.imag(x).copy(),
    "angle": np.angle,
    "complex": lambda x, y: (x + 1j * y).astype(np.result_type(x.dtype, np.complex64)),
    "invert": np.invert,
    "left_shift": _shift(np.left_shift),
    "right_shift": _shift(np.right_shift),
    "bitcast": _bitcast,
}
