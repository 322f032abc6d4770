"""Small calls of Tensegra."""

from __future__ import annotations

import tensegra as tg

VERSION = tg.__version__
x, y = tg.random.normal([8]), tg.random.normal([8])
m, n = tg.random.normal([8, 8]), tg.random.normal([8, 8])


def plus(count: int) -> None:
    for _ in range(count):
        x + y


def add(count: int) -> None:
    call = tg.add
    for _ in range(count):
        call(x, y)


def add_recorded(count: int) -> None:
    with tg.GradientTape() as tape:
        tape.watch(x)
        for _ in range(count):
            x + y


def matmul(count: int) -> None:
    call = tg.matmul
    for _ in range(count):
        call(m, n)


def forward_backward(count: int) -> None:
    for _ in range(count):
        with tg.GradientTape() as tape:
            tape.watch(x)
            z = x + y
        tape.gradient(z, x)


def index(count: int) -> None:
    for _ in range(count):
        x[3]


def reshape(count: int) -> None:
    call = tg.reshape
    for _ in range(count):
        call(m, (4, 16))


CALLS = {
    "x + y, 8 floats": plus,
    "add(x, y), 8 floats": add,
    "add, recorded for gradients": add_recorded,
    "matmul 8 x 8": matmul,
    "add, forward and backward": forward_backward,
    "x[i]": index,
    "reshape": reshape,
}
