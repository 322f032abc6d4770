"""References of Fourier transforms: NumPy's, after cutting or padding the axis; the result likewise."""

from __future__ import annotations

import numpy as np

from .common import Array, Reference


def _fitted(x: Array, axis: int, size: int) -> Array:
    x = np.moveaxis(x, axis, -1)[..., :size]
    missing = size - x.shape[-1]
    return np.moveaxis(np.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, missing)]), -1, axis)


def _result(y: Array, axis: int, size: int, dtype: np.dtype) -> Array:
    return (y if size < 0 else _fitted(y, axis, size)).astype(dtype)


def _twins(n: int, axis: int, rank: int) -> Array:
    """Which of the n / 2 + 1 elements stand for two."""
    k = np.arange(n // 2 + 1)
    return ((k > 0) & (2 * k != n)).reshape([-1 if i == axis % rank else 1 for i in range(rank)])


def _fourier(x: Array, axis: int, length: int, size: int, scale: float, inverse: bool) -> Array:
    n = x.shape[axis] if length < 0 else length
    wide = _fitted(x, axis, n).astype(np.complex128)
    y = np.fft.ifft(wide, axis=axis) * n if inverse else np.fft.fft(wide, axis=axis)
    return _result(y * scale, axis, size, x.dtype)


def _of_real(x: Array, axis: int, length: int, size: int, scale: float, fold: bool, real_part: bool) -> Array:
    n = x.shape[axis] if length < 0 else length
    y = np.fft.rfft(_fitted(x, axis, n).astype(np.float64), axis=axis) * scale
    if fold:
        y = np.where(_twins(n, axis, x.ndim), 2 * y, y)
    if real_part:
        return _result(y.real, axis, size, x.dtype)
    return _result(y, axis, size, np.dtype(np.complex64 if x.dtype == np.float32 else np.complex128))


def _to_real(x: Array, axis: int, length: int, size: int, scale: float, fold: bool) -> Array:
    n = 2 * (x.shape[axis] - 1) if length < 0 else length
    halves = _fitted(x, axis, n // 2 + 1).astype(np.complex128)
    if fold:
        halves = np.where(_twins(n, axis, x.ndim), halves / 2, halves)
    y = np.fft.irfft(halves, n, axis=axis) * n * scale
    wide = x.dtype in (np.float64, np.complex128)
    return _result(y, axis, size, np.dtype(np.float64 if wide else np.float32))


references: dict[str, Reference] = {
    "fourier": _fourier,
    "fourier_of_real": _of_real,
    "fourier_to_real": _to_real,
}
