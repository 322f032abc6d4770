"""`tg.keras` has the same objects as `tg.layers`, at Keras's places."""

import importlib
import inspect

import pytest

import tensegra as tg

PARTS = [
    "activations", "callbacks", "initializers", "losses", "metrics", "models", "optimizers", "optimizers.schedules",
    "regularizers", "utils",
]  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_parts_are_the_same(part):
    ours = importlib.import_module(f"tensegra.layers.{part}")
    keras = importlib.import_module(f"tensegra.keras.{part}")
    assert keras.__all__ == sorted(ours.__all__)
    for name in keras.__all__:
        if name != "schedules":
            assert getattr(keras, name) is getattr(ours, name)


def test_layers_are_the_same():
    names = {
        name
        for name in tg.layers.__all__
        if not inspect.ismodule(getattr(tg.layers, name))
        and name not in ("Model", "Sequential", "KerasTensor")
    }
    assert set(tg.keras.layers.__all__) == names
    assert all(getattr(tg.keras.layers, name) is getattr(tg.layers, name) for name in names)


def test_top():
    assert tg.keras.Model is tg.layers.Model is tg.keras.models.Model
    assert tg.keras.Sequential is tg.layers.Sequential
    assert tg.keras.Input is tg.layers.Input
    assert tg.keras.Loss is tg.layers.losses.Loss
    assert all(hasattr(tg.keras, name) for name in tg.keras.__all__)
