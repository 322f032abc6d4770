"""Nests of arrays and what is known of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._apply import rebuild
from .._core import tg


def leaves(structure: Any) -> list[Any]:
    """The leaves of a nest of tuples and dicts; lists are leaves."""
    if isinstance(structure, tuple):
        return [leaf for each in structure for leaf in leaves(each)]
    if isinstance(structure, dict):
        return [leaf for key in sorted(structure) for leaf in leaves(structure[key])]
    return [structure]


def packed(structure: Any, flat: list[Any]) -> Any:
    """The nest with other leaves."""
    remaining = iter(flat)

    def take(item: Any) -> Any:
        if isinstance(item, tuple):
            return rebuild(item, [take(each) for each in item])
        if isinstance(item, dict):
            made = {key: take(item[key]) for key in sorted(item)}
            return {key: made[key] for key in item}
        return next(remaining)

    return take(structure)


def as_leaf(value: Any, dtype: Any) -> np.ndarray:
    """A value of an element as an array; strings keep the zeros at their ends."""
    return np.array(value, dtype=object) if dtype == tg.string else np.asarray(value)


class Spec:
    """dtype and shape of the elements of a leaf."""

    def __init__(self, dtype: Any, shape: Any) -> None:
        from .._shapes import TensorShape

        self.dtype, self.shape = dtype, TensorShape(shape)
