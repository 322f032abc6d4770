"""Random programs over elementwise, broadcast, matmul, reduction and shape ops, for eager mode and graphs alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import tensegra as tg

Value = Any
Program = Callable[..., list[Value]]

UNARY = [tg.exp, tg.tanh, tg.sin, tg.negative, tg.square, tg.abs, tg.sigmoid, tg.nn.relu, tg.identity]
SMOOTH = [tg.tanh, tg.sin, tg.negative, tg.square, tg.sigmoid, tg.identity]
BINARY = [tg.add, tg.subtract, tg.multiply, tg.maximum]
SMOOTH_BINARY = [tg.add, tg.subtract, tg.multiply]
COLUMNS = 4  # rows may be anything


def program(seed: int, smooth: bool = False, steps: int = 14) -> Program:
    """A function of a matrix [rows, 4], a row [4] and an unused scalar; it returns several tensors.

    The choices depend on the seed and on ranks, never on sizes, so that any number of rows runs the same program.
    """
    unary, binary = (SMOOTH, SMOOTH_BINARY) if smooth else (UNARY, BINARY)

    def run(x: Value, row: Value, unused: Value) -> list[Value]:
        del unused
        pick = np.random.default_rng(seed)
        matrices: list[Value] = [x]  # [rows, 4]
        rows: list[Value] = [row]  # [4]

        def one(values: list[Value]) -> Value:
            return values[int(pick.integers(len(values)))]

        for _ in range(steps):
            match int(pick.integers(12)):
                case 0 | 1:
                    matrices.append(unary[int(pick.integers(len(unary)))](one(matrices)))
                case 2 | 3:
                    matrices.append(binary[int(pick.integers(len(binary)))](one(matrices), one(matrices)))
                case 4:
                    matrices.append(binary[int(pick.integers(len(binary)))](one(matrices), one(rows)))
                case 5:
                    square = tg.matmul(one(matrices), one(matrices), transpose_a=True)
                    matrices.append(tg.tanh(tg.matmul(one(matrices), square * 0.01)))
                case 6:
                    rows.append(tg.reduce_mean(one(matrices), axis=0))
                case 7:
                    norm = tg.reduce_sum(one(matrices), axis=1, keepdims=True)
                    matrices.append(one(matrices) - tg.tanh(norm))
                case 8:  # views of views
                    m = one(matrices)
                    folded = tg.reshape(tg.expand_dims(tg.reshape(m, [-1, 2, 2]), 0), [-1, 2])
                    matrices.append(tg.reshape(folded, [-1, COLUMNS]))
                case 9:
                    turned = tg.transpose(one(matrices))
                    matrices.append(tg.transpose(tg.reverse(turned, axis=[0])))
                case 10:
                    m = one(matrices)
                    matrices.append(tg.concat([m[:, 2:], m[:, :2]], axis=1))
                case _:
                    rows.append(unary[int(pick.integers(len(unary)))](one(rows)) * 0.5)
        last = matrices[-1]
        results = [last, tg.reduce_sum(one(matrices)), one(rows), one(matrices), tg.reshape(last, [-1])]
        if pick.integers(2):
            results.append(last)  # the same twice
        if pick.integers(2):
            results += [x, tg.reshape(x, [-1, 2])]  # an input, and a view of it
        return results

    return run


def arguments(seed: int, rows: int, dtype: str = "float32") -> tuple[Any, Any, Any]:
    generator = np.random.default_rng(1000 + seed)
    x = generator.normal(size=(rows, COLUMNS)).astype(dtype) * 0.5
    row = generator.normal(size=COLUMNS).astype(dtype)
    return tg.constant(x), tg.constant(row), tg.constant(np.asarray(1.0, dtype))
