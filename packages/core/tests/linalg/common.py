"""What the tests of linear algebra share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import tensegra as tg

Array = np.ndarray[Any, Any]


def normal(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=shape)


def close(got: Any, wanted: Any, tolerance: float = 1e-10) -> None:
    np.testing.assert_allclose(np.asarray(got), wanted, rtol=tolerance, atol=tolerance)


def check_gradient(function: Callable[..., Any], *arrays: Array, tolerance: float = 1e-6) -> None:
    """Compares the gradient of a weighted sum of the results with central differences."""
    random = np.random.default_rng(5)
    weights: list[Array] = []

    def loss(*inputs: Any) -> Any:
        results = function(*inputs)
        parts = list(results) if isinstance(results, (tuple, list)) else [results]
        if not weights:
            weights.extend(random.uniform(0.5, 1.5, tuple(part.shape)) for part in parts)
        return sum(tg.reduce_sum(part * weight) for part, weight in zip(parts, weights, strict=True))

    inputs: Sequence[Any] = [tg.constant(x) for x in arrays]
    with tg.GradientTape() as tape:
        tape.watch(inputs)
        total = loss(*inputs)
    found = tape.gradient(total, inputs)
    for which, x in enumerate(arrays):
        wanted = np.zeros(x.shape)
        for place in np.ndindex(x.shape):
            ends = []
            for step in (1e-5, -1e-5):
                moved = [y.copy() for y in arrays]
                moved[which][place] += step
                ends.append(float(loss(*map(tg.constant, moved))))
            wanted[place] = (ends[0] - ends[1]) / 2e-5
        np.testing.assert_allclose(found[which].numpy(), wanted, rtol=tolerance, atol=tolerance)
