"""What the tables of kernels measure: cases of matrix products, convolutions and memory-bound operations.

Needs NumPy alone, since it runs in the environment of every system.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Case:
    """One call.

    Args:
        name: What the tables call it.
        kind: The name of the function in each system's KERNELS.
        shapes: Those of its arrays of float32.
        work: Operations (10^9), or bytes (10^9).
        unit: What work per second is.
    """

    name: str
    kind: str
    shapes: tuple[tuple[int, ...], ...]
    work: float
    unit: str

    def arrays(self) -> list[np.ndarray]:
        """The same numbers for every system."""
        random = np.random.RandomState(0)
        return [(random.rand(*shape) + 0.5).astype(np.float32) for shape in self.shapes]


def _matmul(m: int, k: int, n: int) -> Case:
    return Case(f"{m} x {k} x {n}", "matmul", ((m, k), (k, n)), 2e-9 * m * k * n, "GFLOP/s")


def _conv(batch: int, size: int, i: int, o: int, filter_size: int) -> Case:
    name = f"N{batch} {size}x{size}x{i} to {o}, {filter_size}x{filter_size}"
    shapes = ((batch, size, size, i), (filter_size, filter_size, i, o))
    return Case(name, "conv", shapes, 2e-9 * batch * size * size * filter_size**2 * i * o, "GFLOP/s")


def _memory(name: str, kind: str, inputs: int, shape: tuple[int, ...], arrays_moved: int) -> Case:
    return Case(name, kind, (shape,) * inputs, 4e-9 * arrays_moved * int(np.prod(shape)), "GB/s")


_LONG, _TABLE = (1 << 24,), (4096, 4096)
TABLES: dict[str, list[Case]] = {
    "matmul": [
        _matmul(64, 64, 64),
        _matmul(1024, 1024, 1024),
        _matmul(4096, 4096, 4096),
        _matmul(32, 4096, 4096),
        _matmul(1, 4096, 4096),
    ],
    "conv": [
        _conv(16, 56, 64, 64, 3),
        _conv(16, 56, 64, 256, 1),
        _conv(1, 14, 256, 256, 3),
        _conv(64, 32, 16, 16, 3),
    ],
    "memory": [
        _memory("add, 16 M", "add", 2, _LONG, 3),
        _memory("a * b + a, 16 M", "multiply_add", 2, _LONG, 5),
        _memory("exp, 16 M", "exp", 1, _LONG, 2),
        _memory("tanh, 16 M", "tanh", 1, _LONG, 2),
        _memory("sum of 16 M", "sum_all", 1, _LONG, 1),
        _memory("sum of rows, 4096 x 4096", "sum_rows", 1, _TABLE, 1),
        _memory("sum of columns, 4096 x 4096", "sum_columns", 1, _TABLE, 1),
        _memory("transpose 4096 x 4096", "transpose", 1, _TABLE, 2),
        _memory("softmax 4096 x 4096", "softmax", 1, _TABLE, 2),
    ],
}
