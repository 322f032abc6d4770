"""While numbers are checked, the op that makes NaN or infinity is named."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import tensegra as tg


@pytest.fixture(autouse=True)
def checks() -> Iterator[None]:
    tg.debugging.enable_check_numerics()
    yield
    tg.debugging.disable_check_numerics()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64", "complex64", "complex128"])
def test_each_dtype(dtype: str) -> None:
    x = tg.cast(tg.constant([1.0, 0.0]), dtype)
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[divide\].*element.*TG-0711"):
        tg.divide(x, tg.zeros_like(x))
    assert tg.divide(x, tg.ones_like(x)).dtype.name == dtype


def test_in_a_function_the_line_is_named() -> None:
    @tg.function
    def f(x: tg.Tensor) -> tg.Tensor:
        y = x + 1.0
        return tg.math.log(y)

    assert np.isfinite(f(tg.constant([1.0])).numpy()).all()
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[log\].*test_numerics\.py:\d+.*TG-0711"):
        f(tg.constant([-1.0]))


def test_after_it_is_switched_off() -> None:
    tg.debugging.disable_check_numerics()
    assert np.isneginf(tg.math.log(0.0).numpy())
