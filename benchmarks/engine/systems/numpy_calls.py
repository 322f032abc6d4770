"""Small calls of NumPy."""

from __future__ import annotations

import numpy as np

VERSION = np.__version__
random = np.random.default_rng(0)
x, y = (random.normal(size=8).astype("float32") for _ in range(2))
m, n = (random.normal(size=(8, 8)).astype("float32") for _ in range(2))


def plus(count: int) -> None:
    for _ in range(count):
        x + y


def add(count: int) -> None:
    call = np.add
    for _ in range(count):
        call(x, y)


def matmul(count: int) -> None:
    call = np.matmul
    for _ in range(count):
        call(m, n)


def index(count: int) -> None:
    for _ in range(count):
        x[3]


def reshape(count: int) -> None:
    call = np.reshape
    for _ in range(count):
        call(m, (4, 16))


CALLS = {
    "x + y, 8 floats": plus,
    "add(x, y), 8 floats": add,
    "matmul 8 x 8": matmul,
    "x[i]": index,
    "reshape": reshape,
}
