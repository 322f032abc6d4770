"""Small calls of PyTorch."""

from __future__ import annotations

import torch

torch.set_num_threads(2)
VERSION = torch.__version__
x, y = torch.randn(8), torch.randn(8)
m, n = torch.randn(8, 8), torch.randn(8, 8)
watched = x.clone().requires_grad_()


def plus(count: int) -> None:
    for _ in range(count):
        x + y


def add(count: int) -> None:
    call = torch.add
    for _ in range(count):
        call(x, y)


def add_recorded(count: int) -> None:
    for _ in range(count):
        watched + y


def matmul(count: int) -> None:
    call = torch.matmul
    for _ in range(count):
        call(m, n)


def forward_backward(count: int) -> None:
    for _ in range(count):
        z = watched + y
        torch.autograd.grad(z, watched, y)


def index(count: int) -> None:
    for _ in range(count):
        x[3]


def reshape(count: int) -> None:
    call = torch.reshape
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
