"""The engine beside NumPy: matrix products, memory-bound operations, a gradient step.

Every workload computes the same on the same numbers in both systems; the results are compared before they are timed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import tensegra as tg


@dataclass(frozen=True)
class Workload:
    """One thing that both systems do."""

    name: str
    numpy: Callable[[], object]
    tensegra: Callable[[], object]
    work: float = 0.0
    unit: str = ""


def workloads() -> list[Workload]:
    """Returns all workloads, their inputs drawn from a fixed seed."""
    random = np.random.default_rng(0)
    found = [_matmul(random, n, n, n) for n in (64, 256, 1024)]
    found.append(_matmul(random, 32, 1024, 1024))
    found += [_add(random, 1 << 22, "add, 4 M floats"), _softmax(random), _reduce(random), _mlp_step(random)]
    return found


def _add(random: np.random.Generator, size: int, name: str) -> Workload:
    a, b = (random.normal(size=size).astype("float32") for _ in range(2))
    x, y = tg.constant(a), tg.constant(b)
    return Workload(name, lambda: np.add(a, b), lambda: tg.add(x, y), 12.0 * size / 1e9, "GB/s")


def _matmul(random: np.random.Generator, m: int, k: int, n: int) -> Workload:
    a = random.normal(size=(m, k)).astype("float32")
    b = random.normal(size=(k, n)).astype("float32")
    x, y = tg.constant(a), tg.constant(b)
    name = f"matmul {m} x {k} x {n}"
    return Workload(name, lambda: np.matmul(a, b), lambda: tg.matmul(x, y), 2.0 * m * k * n / 1e9, "GFLOP/s")


def _softmax(random: np.random.Generator) -> Workload:
    a = random.normal(size=(4096, 1000)).astype("float32")
    x = tg.constant(a)

    def numpy() -> np.ndarray:
        e = np.exp(a - a.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    return Workload("softmax 4096 x 1000", numpy, lambda: tg.nn.softmax(x), 8.0 * a.size / 1e9, "GB/s")


def _reduce(random: np.random.Generator) -> Workload:
    a = random.normal(size=(2048, 2048)).astype("float32")
    x = tg.constant(a)
    name = "reduce_sum 2048 x 2048, axis 0"
    return Workload(name, lambda: a.sum(axis=0), lambda: tg.reduce_sum(x, axis=0), 4.0 * a.size / 1e9, "GB/s")


def _mlp_step(random: np.random.Generator) -> Workload:
    """Loss and gradients of a perceptron 784-128-10 on a batch of 64; by hand in NumPy, by the tape in Tensegra."""
    a = random.normal(size=(64, 784)).astype("float32")
    labels = random.integers(0, 10, size=64).astype("int32")
    w1 = (random.normal(size=(784, 128)) * 0.05).astype("float32")
    w2 = (random.normal(size=(128, 10)) * 0.1).astype("float32")
    x, y = tg.constant(a), tg.constant(labels)
    v1, v2 = tg.Variable(w1), tg.Variable(w2)

    def numpy() -> np.ndarray:
        hidden = np.maximum(a @ w1, 0.0)
        logits = hidden @ w2
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        p[np.arange(64), labels] -= 1.0
        p /= np.float32(64)
        d2 = hidden.T @ p
        d1 = a.T @ ((p @ w2.T) * (hidden > 0))
        return np.concatenate([d1.ravel(), d2.ravel()])

    @tg.function
    def step(x: tg.Tensor, y: tg.Tensor) -> tg.Tensor:
        with tg.GradientTape() as tape:
            logits = tg.nn.relu(x @ v1) @ v2
            loss = tg.reduce_mean(tg.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
        d1, d2 = tape.gradient(loss, [v1, v2])
        return tg.concat([tg.reshape(d1, [-1]), tg.reshape(d2, [-1])], axis=0)

    return Workload("gradient of an MLP 784-128-10, batch 64", numpy, lambda: step(x, y))
