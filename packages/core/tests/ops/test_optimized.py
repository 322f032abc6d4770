"""What runs after all passes gives what an op gives as written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
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


def widened(call: Call) -> Call:
    """The call with every float and complex input in twice the precision."""
    wide = {"float16": "float64", "float32": "float64", "bfloat16": "float64", "complex64": "complex128"}
    inputs = (x.astype(wide.get(str(x.dtype), x.dtype)) for x in call.inputs)
    return replace(call, inputs=tuple(inputs))


def exact(call: Call) -> list[Any] | None:
    """What the call gives in float64; None where the op does not take it."""
    wide = widened(call)
    try:
        return arrays(trace(wide, "sizes")[0].call([_native.tensor(x) for x in wide.inputs]))
    except tg.errors.InvalidArgumentError as error:
        assert error.error_code == "TG-0102"
        return None


def error_of(result: Any, reference: Any) -> float:
    """The greatest error of finite elements; where the others are, they agree."""
    finite = np.isfinite(reference) & np.isfinite(result)
    with np.errstate(invalid="ignore"):
        distance = np.abs(result.astype(reference.dtype) - reference)
    return float(np.max(distance, where=finite, initial=0.0))


@pytest.mark.parametrize("call", traceable(), ids=str)
def test_samples_of_all_ops(call: Call) -> None:
    """With no pass and the exact ones: the same bits. With all: the error against float64 at most doubles."""
    function, outputs = trace(call, "sizes")
    inputs = [_native.tensor(x) for x in call.inputs]
    with switched(set()):
        plain = arrays(function.call(inputs))
        wide = exact(call)
    with switched(EXACT):
        for result, reference in zip(arrays(function.call(inputs)), plain, strict=True):
            np.testing.assert_array_equal(result, reference)
    planned = arrays(function.call(inputs))
    assert len(outputs) == len(planned)
    for k, (result, reference) in enumerate(zip(planned, plain, strict=True)):
        if result.dtype.kind not in "fc" or wide is None:
            np.testing.assert_array_equal(result, reference)
            continue
        np.testing.assert_array_equal(np.isfinite(result), np.isfinite(reference))
        scale = float(np.max(np.abs(wide[k]), where=np.isfinite(wide[k]), initial=0.0))
        rounding = scale * float(np.finfo(result.dtype).eps)
        assert error_of(result, wide[k]) <= 2 * error_of(reference, wide[k]) + rounding
