"""References of the ops of ragged tensors."""

from __future__ import annotations

import numpy as np

from .common import Array, Reference


def _splits(ids: Array, rows: Array) -> Array:
    return np.concatenate([[0], np.bincount(ids, minlength=int(rows)).cumsum()]).astype(ids.dtype)


def _places(indices: Array, shape: Array, validate: bool) -> Array:
    out = np.full(shape, len(indices), np.int64)
    for i, place in enumerate(indices):
        out[tuple(place)] = i
    return out


references: dict[str, Reference] = {
    "ragged_row_ids": lambda s: np.repeat(np.arange(len(s) - 1), np.diff(s)).astype(s.dtype),
    "ragged_row_splits": _splits,
    "sparse_places": _places,
    "sparse_order": lambda indices: np.lexsort(indices.T[::-1]),
}
