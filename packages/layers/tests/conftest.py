"""What the tests of several layers share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra.layers import _registry


@pytest.fixture(autouse=True)
def _seeded() -> None:
    tg.keras.utils.set_random_seed(1234)


def _flat(nest: Any) -> list[Any]:
    if isinstance(nest, dict):
        return [leaf for key in sorted(nest) for leaf in _flat(nest[key])]
    if isinstance(nest, list | tuple):
        return [leaf for item in nest for leaf in _flat(item)]
    return [nest]


def _map(fn: Callable[[Any], Any], nest: Any) -> Any:
    return [_map(fn, item) for item in nest] if isinstance(nest, list) else fn(nest)


@pytest.fixture
def check_layer() -> Callable[..., Any]:
    """What must hold for every layer; returns the eager output of a new layer for the inputs."""

    def check(make: Callable[[], Any], inputs: Any, differentiable: bool = True) -> np.ndarray:
        layer = make()
        outputs = layer(inputs)
        shape = tuple(outputs.shape)

        # The shape and dtype that were announced are those of the result.
        shapes = _map(lambda array: tuple(array.shape), inputs)
        assert tuple(layer.compute_output_shape(shapes)) == shape
        symbolic = make()(_map(lambda array: tg.keras.Input(array.shape[1:], dtype=str(array.dtype)), inputs))
        assert symbolic.shape[1:] == shape[1:]
        assert symbolic.shape[0] is None
        assert symbolic.dtype == outputs.dtype

        # A configuration makes the same layer; with the same weights it computes the same.
        config = _registry.serialize(layer)
        again = _registry.deserialize("layer", config)
        assert again.get_config() == layer.get_config()
        again.build_from_config(config["build_config"])
        again.set_weights(layer.get_weights())
        np.testing.assert_array_equal(again(inputs).numpy(), outputs.numpy())

        # A trace with an unknown batch size computes the same.
        leaves = [tg.convert_to_tensor(leaf) for leaf in _flat(inputs)]
        specs = [tg.TensorSpec((None, *leaf.shape[1:]), leaf.dtype) for leaf in leaves]
        traced = tg.function(
            lambda *xs: layer(list(xs) if isinstance(inputs, list) else xs[0]), input_signature=specs
        )
        np.testing.assert_allclose(traced(*leaves).numpy(), outputs.numpy(), rtol=1e-5, atol=1e-6)

        # Every trainable weight gets a gradient that agrees with differences.
        if differentiable and layer.trainable_weights:
            factor = np.random.default_rng(5).normal(size=shape).astype(np.float32)
            with tg.GradientTape() as tape:
                total = tg.reduce_sum(layer(inputs) * factor)
            gradients = tape.gradient(total, layer.trainable_weights)
            for variable, gradient in zip(layer.trainable_weights, gradients):
                assert gradient is not None, variable.name
                value = variable.numpy()
                place = tuple(np.random.default_rng(6).integers(0, size) for size in value.shape)
                ends = []
                for sign in (1, -1):
                    moved = value.copy()
                    moved[place] += sign * 1e-2
                    variable.assign(moved)
                    ends.append(float(tg.reduce_sum(layer(inputs) * factor)))
                variable.assign(value)
                expected = (ends[0] - ends[1]) / 2e-2
                assert float(gradient.numpy()[place]) == pytest.approx(expected, rel=3e-2, abs=3e-2)
        return outputs.numpy()

    return check


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(42)
