"""Recomputed blocks give the values and gradients of the plain ones, and hold less."""

from __future__ import annotations

import numpy as np

import tensegra as tg


def test_values_and_gradients_of_arguments_and_variables() -> None:
    w = tg.Variable(np.random.default_rng(0).normal(size=(3, 3)))
    x = tg.constant(np.random.default_rng(1).normal(size=(2, 3)))
    count = tg.constant(3)
    calls = []

    def block(x: tg.Tensor, count: tg.Tensor, scale: float = 1.0) -> dict[str, tg.Tensor]:
        calls.append(1)
        return {"y": tg.tanh(tg.matmul(x, w)) * scale, "next": count + 1}

    results = []
    for f in (block, tg.recompute_grad(block)):
        with tg.GradientTape() as tape:
            tape.watch(x)
            out = f(x, count, scale=2.0)
            loss = tg.reduce_sum(out["y"] ** 2.0)
        results.append([loss, *tape.gradient(loss, [x, w])])
        assert out["next"].numpy() == 4
    for plain, again in zip(*results, strict=True):
        np.testing.assert_allclose(plain.numpy(), again.numpy(), rtol=1e-12)
    assert len(calls) == 3


def test_higher_orders() -> None:
    x = tg.constant(0.5)
    with tg.GradientTape() as outer:
        outer.watch(x)
        with tg.GradientTape() as inner:
            inner.watch(x)
            y = tg.recompute_grad(lambda x: tg.sin(x) * x)(x)
        first = inner.gradient(y, x)
    np.testing.assert_allclose(
        outer.gradient(first, x).numpy(), 2 * np.cos(0.5) - 0.5 * np.sin(0.5), rtol=1e-6
    )


def test_intermediate_values_are_not_kept() -> None:
    def deep(x: tg.Tensor) -> tg.Tensor:
        for _ in range(20):
            x = tg.sin(x)
        return x

    x = tg.ones((1 << 18,))

    def held(f: object) -> int:
        with tg.GradientTape() as tape:
            tape.watch(x)
            before = tg.config.memory_info()["current"]
            y = f(x)  # type: ignore[operator]
            held = tg.config.memory_info()["current"] - before
        assert tape.gradient(y, x) is not None
        return held

    assert held(tg.recompute_grad(deep)) < held(deep) / 5
