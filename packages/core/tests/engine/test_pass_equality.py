"""Whatever is switched on or off, saved or parsed, a function gives what eager calls give."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tensegra as tg
from tensegra import _native
from tensegra.testing._random_graphs import arguments, program

from .pass_harness import EXACT, NAMES, arrays, assert_bits, assert_close, saved_and_loaded, switched

SPECS = [tg.TensorSpec([None, 4], tg.float32), tg.TensorSpec([4], tg.float32), tg.TensorSpec([], tg.float32)]
REASSOCIATING = [name for name in NAMES if name not in EXACT]


def check(seed: int, rows: int, steps: int, off: str) -> Any:
    run = program(seed, steps=steps)
    inputs = arguments(seed, rows)
    eager = arrays(run(*inputs))
    concrete = tg.function(run).get_concrete_function(*SPECS)
    with switched(on=[]):
        assert_bits(arrays(concrete(*inputs)), eager, "no pass")
    with switched(off=REASSOCIATING):
        assert_bits(arrays(concrete(*inputs)), eager, "exact passes")
        native = concrete._function
        parsed = _native.Function.parse(native.text())
        assert parsed.text() == native.text()
        assert_bits(arrays(parsed.call(list(inputs))), eager, "parsed")
        read = _native.Function.deserialize(native.serialize(), [])
        assert_bits(arrays(read.call(list(inputs))), eager, "serialized")
    with switched(off=[off, *REASSOCIATING]):
        assert_bits(arrays(concrete(*inputs)), eager, f"without {off}")
    wide_inputs = [tg.cast(x, tg.float64) for x in inputs]
    wide = arrays(run(*wide_inputs))
    assert_close(arrays(concrete(*inputs)), eager, wide, "all passes")
    with switched(off=[off]):
        assert_close(arrays(concrete(*inputs)), eager, wide, f"all but {off}")
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


@pytest.mark.parametrize("seed", range(4))
def test_saved_and_loaded(seed: int) -> None:
    concrete = check(seed, 5, 20, NAMES[-1])
    inputs = arguments(seed, 5)
    with switched(off=REASSOCIATING):
        loaded = arrays(saved_and_loaded(concrete, SPECS)(*inputs))
        assert_bits(loaded, arrays(concrete(*inputs)), "saved")
