"""Draws from a given state, scaled: what seeded functions and generators share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._dtypes import DType, as_dtype, int32
from tensegra._errors import InvalidArgumentError
from tensegra._shape import TensorShape
from tensegra._tensor import Tensor
from tensegra._typing import DTypeLike, ShapeLike, TensorLike

_TINY = {
    "float16": 6.103515625e-05,
    "bfloat16": 1.1754943508222875e-38,
    "float32": 1.1754943508222875e-38,
    "float64": 2.2250738585072014e-308,
}

State = Callable[[str, int], Any]
"""Gives the state for an op's name and the number of a dtype."""


def as_shape(shape: ShapeLike) -> Any:
    """A shape as the tensor of integers that ops take."""
    if isinstance(shape, _native.Tensor) or hasattr(shape, "_as_tensor"):
        return shape
    if isinstance(shape, (int, np.integer)):
        return _native.tensor([int(shape)], int32._number)
    if isinstance(shape, TensorShape):
        shape = shape.as_list()  # type: ignore[assignment]
    items = list(shape)  # type: ignore[arg-type]
    return _native.tensor(
        items or np.zeros([0], np.int32), 0 if any(_is_tensor(i) for i in items) else int32._number
    )


def uniform(where: str, state: State, shape: ShapeLike, minval: Any, maxval: Any, dtype: DTypeLike) -> Tensor:
    """Uniform numbers of [minval, maxval)."""
    wanted = as_dtype(dtype)
    if wanted.is_integer:
        drawn = wide(wanted)
        low, high = limits(where, minval, maxval, drawn)
        inputs = (state("random_uniform_int", drawn._number), as_shape(shape), low, high)
        return narrow(_native.execute("random_uniform_int", inputs), wanted)
    low, high = limits(where, minval, maxval, wanted)
    draws = _of_dtype(where, "random_uniform", state, shape, wanted)
    if _is_number(minval, 0) and _is_number(maxval, 1, None):
        return draws
    scaled = _native.execute("multiply", (draws, _native.execute("subtract", (high, low))))
    return _native.execute("add", (scaled, low))  # type: ignore[no-any-return]


def wide(dtype: DType) -> DType:
    """The integers that are drawn where the dtype is wanted: the smaller ones are drawn as int32."""
    return dtype if dtype.size >= 4 else int32


def narrow(draws: Any, dtype: DType) -> Tensor:
    """The draws in the dtype wanted."""
    return draws if draws.dtype == dtype else _native.execute("cast", (draws,), {"dtype": dtype._number})  # type: ignore[no-any-return]


def normal(
    where: str,
    op: str,
    state: State,
    shape: ShapeLike,
    mean: TensorLike,
    stddev: TensorLike,
    dtype: DTypeLike,
) -> Tensor:
    """Normal numbers, truncated or not as the op says."""
    wanted = as_dtype(dtype)
    return scale(_of_dtype(where, op, state, shape, wanted), mean, stddev, wanted)


def scale(draws: Tensor, mean: TensorLike, stddev: TensorLike, dtype: DType) -> Tensor:
    """draws * stddev + mean."""
    if _is_number(stddev, 1) and _is_number(mean, 0):
        return draws
    scaled = _native.execute("multiply", (draws, _tensor(stddev, dtype)))
    return _native.execute("add", (scaled, _tensor(mean, dtype)))  # type: ignore[no-any-return]


def row_numbers(value: Any) -> Tensor:
    """0, 1, ... for the rows of a tensor of at least one dimension."""
    rows = _native.execute("gather", (_native.execute("shape", (value,)), 0))
    return _native.execute("range", (0, rows, 1))  # type: ignore[no-any-return]


def gamma_parameters(
    where: str, alpha: Any, beta: Any, dtype: DTypeLike
) -> tuple[DType, Tensor, Tensor | None]:
    """The dtype, the concentrations in the shape of both parameters, and the rates (None: 1)."""
    wanted = as_dtype(dtype)
    if not wanted.is_floating:
        raise InvalidArgumentError(
            f"[{where}] the dtype must be a floating-point one. Received: dtype={wanted.name}. Use tg.float32.",
            code="TG-0102",
        )
    spread = _tensor(alpha, wanted)
    if beta is None:
        return wanted, spread, None
    rate = _tensor(beta, wanted)
    both = _native.execute("add", (spread, _native.execute("zeros_like", (rate,))))
    return wanted, both, rate


def gamma_scaled(draws: Any, rate: Any, dtype: DType) -> Tensor:
    """draws / rate, not below the least normal number, as TensorFlow does."""
    if rate is not None:
        draws = _native.execute("divide", (draws, rate))
    tiny = _native.tensor(_TINY[dtype.name], dtype._number)
    return _native.execute("maximum", (draws, tiny))  # type: ignore[no-any-return]


def check_algorithm(where: str, alg: Any) -> None:
    """Refuses algorithms that are not there."""
    if alg != "auto_select":
        from ._algorithm import philox

        philox(where, alg)


def limits(where: str, minval: Any, maxval: Any, dtype: DType) -> tuple[Tensor, Tensor]:
    """minval and maxval as tensors of the dtype.

    Raises:
        tg.errors.InvalidArgumentError: An integer range has no end.
    """
    if maxval is None:
        if dtype.is_integer:
            raise InvalidArgumentError(
                f"[{where}] integers need a maxval. Received: maxval=None, dtype={dtype.name}. Give maxval.",
                code="TG-0106",
            )
        maxval = 1
    return _tensor(minval, dtype), _tensor(maxval, dtype)


def _of_dtype(where: str, op: str, state: State, shape: ShapeLike, dtype: DType) -> Tensor:
    if not dtype.is_floating:
        raise InvalidArgumentError(
            f"[{where}] the dtype must be a floating-point one. Received: dtype={dtype.name}. "
            "Use tg.float32, or tg.cast.",
            code="TG-0102",
        )
    inputs = (state(op, dtype._number), as_shape(shape))
    return _native.execute(op, inputs, {"dtype": dtype._number})  # type: ignore[no-any-return]


def _tensor(value: Any, dtype: DType) -> Any:
    return value if isinstance(value, _native.Tensor) else _native.tensor(value, dtype._number)


def _is_tensor(value: Any) -> bool:
    return isinstance(value, _native.Tensor) or hasattr(value, "_as_tensor")


def _is_number(value: Any, *numbers: Any) -> bool:
    return (value is None or type(value) in (int, float)) and value in numbers
