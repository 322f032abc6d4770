"""What runs after all passes gives what an op gives as written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native

from .calls import Call, all_samples
from .test_inference import trace

EXACT = {name for name, _, exact, _ in _native.passes() if exact}


@contextlib.contextmanager
def switched(on: set[str]) -> Iterator[None]:
    before = tg.config.optimizer.get_experimental_options()
    try:
        tg.config.optimizer.set_experimental_options({name: name in on for name in before})
        yield
    finally:
        tg.config.optimizer.set_experimental_options(before)


def arrays(results: Any) -> list[Any]:
    return [np.asarray(result) for result in results]


def traceable() -> list[Call]:
    return [call for call in all_samples() if call.inputs]


@pytest.mark.parametrize("call", traceable(), ids=str)
def test_samples_of_all_ops(call: Call) -> None:
    """With no pass, with the exact ones, and with all."""
    function, outputs = trace(call, "sizes")
    inputs = [_native.tensor(x) for x in call.inputs]
    with switched(set()):
        plain = arrays(function.call(inputs))
    with switched(EXACT):
        for result, reference in zip(arrays(function.call(inputs)), plain, strict=True):
            np.testing.assert_array_equal(result, reference)
    planned = arrays(function.call(inputs))
    for result, reference in zip(planned, plain, strict=True):
        if result.dtype.kind in "fc":
            np.testing.assert_allclose(result, reference, rtol=1e-4, atol=1e-5)
        else:
            np.testing.assert_array_equal(result, reference)
    assert len(outputs) == len(planned)
