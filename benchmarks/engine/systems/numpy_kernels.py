"""Kernels of NumPy; it has no convolution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

VERSION = np.__version__


def _softmax(a: Any) -> Any:
    e = np.exp(a - a.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def hold(array: np.ndarray, kind: str) -> Any:
    """An array as the system keeps it."""
    return array


KERNELS: dict[str, Callable[..., Any]] = {
    "matmul": np.matmul,
    "add": np.add,
    "multiply_add": lambda a, b: a * b + a,
    "exp": np.exp,
    "tanh": np.tanh,
    "sum_all": np.sum,
    "sum_rows": lambda a: a.sum(axis=1),
    "sum_columns": lambda a: a.sum(axis=0),
    "transpose": lambda a: np.ascontiguousarray(a.T),
    "softmax": _softmax,
}


def set_threads(threads: int) -> None:
    """OpenBLAS takes it from the environment."""
