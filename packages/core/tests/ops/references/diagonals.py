"""References of the ops on diagonals: each diagonal is taken with NumPy and laid into the packed tensor by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from .common import Array, Reference


def _places(rows: int, columns: int, k: list[int], align: str) -> list[tuple[int, int, int, int]]:
    """Row and column in the matrix, row and column in the packed tensor."""
    low, high = k[0], k[-1]
    above, below = align.split("_")
    lengths = {
        d: max(0, min(rows, columns - d) if d >= 0 else min(rows + d, columns)) for d in range(low, high + 1)
    }
    longest = max(lengths.values())
    places = []
    for d, length in lengths.items():
        side = above if d > 0 else below if d < 0 else "LEFT" if "LEFT" in (above, below) else "RIGHT"
        start = 0 if side == "LEFT" else longest - length
        for i in range(length):
            places.append((i + max(0, -d), i + max(0, d), high - d, start + i))
    return places


def _packed_shape(x_shape: tuple[int, ...], k: list[int]) -> tuple[int, ...]:
    rows, columns = x_shape[-2:]
    lengths = [
        max(0, min(rows, columns - d) if d >= 0 else min(rows + d, columns)) for d in range(k[0], k[-1] + 1)
    ]
    return (*x_shape[:-2], len(lengths), max(lengths))


def _diag_part(x: Array, k: list[int], align: str, padding_value: float) -> Array:
    out = np.full(_packed_shape(x.shape, k), padding_value, x.dtype)
    for row, column, diagonal, place in _places(x.shape[-2], x.shape[-1], k, align):
        out[..., diagonal, place] = x[..., row, column]
    return out[..., 0, :] if k[0] == k[-1] else out


def _set_diag(x: Array, diagonal: Array, k: list[int], align: str) -> Array:
    out = x.copy()
    packed = diagonal[..., None, :] if k[0] == k[-1] else diagonal
    for row, column, d, place in _places(x.shape[-2], x.shape[-1], k, align):
        out[..., row, column] = packed[..., d, place]
    return out


def _diag(
    diagonal: Array, k: list[int], align: str, num_rows: int, num_cols: int, padding_value: float
) -> Array:
    length, batch = diagonal.shape[-1], diagonal.shape[: -1 if k[0] == k[-1] else -2]
    least = length + max(0, -k[-1]), length + max(0, k[0])
    rows = num_rows if num_rows >= 0 else max(least) if num_cols < 0 else least[0]
    columns = num_cols if num_cols >= 0 else max(least) if num_rows < 0 else least[1]
    return _set_diag(np.full((*batch, rows, columns), padding_value, diagonal.dtype), diagonal, k, align)


def _band_part(x: Array, num_lower: int, num_upper: int) -> Array:
    below = np.arange(x.shape[-2])[:, None] - np.arange(x.shape[-1])
    inside = ((num_lower < 0) | (below <= num_lower)) & ((num_upper < 0) | (-below <= num_upper))
    zero: Any = np.zeros((), x.dtype)
    return np.where(inside, x, zero)


references: dict[str, Reference] = {
    "matrix_diag": _diag,
    "matrix_diag_part": _diag_part,
    "matrix_set_diag": _set_diag,
    "matrix_band_part": _band_part,
}
