"""Graphs on a plug-in device give what they give on the CPU: in parts, with and without passes, saved and loaded."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tensegra as tg
from tensegra.testing._random_graphs import arguments, program

pytestmark = [pytest.mark.usefixtures("null_device"), pytest.mark.filterwarnings("ignore:.*TG-0750")]

SPECS = [tg.TensorSpec([None, 4], tg.float32), tg.TensorSpec([4], tg.float32), tg.TensorSpec([], tg.float32)]


NAMES = list(tg.config.optimizer.get_experimental_options())


@contextlib.contextmanager
def without(names: list[str]) -> Iterator[None]:
    before = tg.config.optimizer.get_experimental_options()
    try:
        tg.config.optimizer.set_experimental_options({name: name not in names for name in before})
        yield
    finally:
        tg.config.optimizer.set_experimental_options(before)


def arrays(results: Any) -> list[Any]:
    return [np.asarray(result) for result in tg.nest.flatten(results)]


def assert_bits(results: list[Any], expected: list[Any], where: str) -> None:
    for result, reference in zip(results, expected, strict=True):
        np.testing.assert_array_equal(result, reference, err_msg=where, strict=True)


def there(f: Any, inputs: Any, device: str = "NULL:0") -> list[Any]:
    with tg.device(device):
        return arrays(f(*inputs))


def check(seed: int, rows: int, steps: int, off: str) -> Any:
    """The device's own kernels are loops as exact as the CPU's, and what it refuses the CPU runs: bits are the same."""
    run = program(seed, steps=steps)
    inputs = arguments(seed, rows)
    eager = arrays(run(*inputs))
    concrete = tg.function(run).get_concrete_function(*SPECS)
    assert_bits(there(concrete, inputs), eager, "on the device")
    with tg.device("NULL:1"):
        moved = [tg.identity(x) for x in inputs]
    assert {x.device for x in moved} == {"NULL:1"}
    assert_bits(arrays(concrete(*moved)), eager, "where the arguments are")
    with without([off]):
        assert_bits(there(concrete, inputs), eager, f"without {off}")
    with without(NAMES):
        assert_bits(there(concrete, inputs), eager, "no pass")
    return concrete


@settings(max_examples=500, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 2**31),
    rows=st.sampled_from([1, 2, 3, 17, 300]),
    steps=st.integers(1, 40),
    off=st.sampled_from(NAMES),
)
def test_random_graphs(seed: int, rows: int, steps: int, off: str) -> None:
    check(seed, rows, steps, off)


@pytest.mark.parametrize("seed", range(3))
def test_saved_and_loaded(seed: int) -> None:
    inputs = arguments(seed, 5)
    concrete = check(seed, 5, 16, NAMES[0])
    module = tg.Module()
    module.f = tg.function(lambda *args: concrete(*args), input_signature=SPECS)
    with tempfile.TemporaryDirectory() as path:
        tg.saved_model.save(module, path)
        loaded: Any = tg.saved_model.load(path)
        assert_bits(there(loaded.f, inputs), there(concrete, inputs), "saved")


def test_gradients_of_random_graphs() -> None:
    for seed in range(6):
        run = program(seed, smooth=True)
        inputs = arguments(seed, 3)

        @tg.function
        def gradients(x: Any, row: Any, unused: Any, run: Any = run) -> Any:
            with tg.GradientTape() as tape:
                tape.watch([x, row])
                loss = tg.reduce_sum(run(x, row, unused)[0])
            return tape.gradient(loss, [x, row], unconnected_gradients="zero")

        with without(NAMES):
            wanted = arrays(gradients(*inputs))
        for result, reference in zip(there(gradients, inputs), wanted, strict=True):
            np.testing.assert_array_equal(result, reference)
