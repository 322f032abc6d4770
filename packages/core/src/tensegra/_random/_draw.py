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
    low, high = limits(where, minval, maxval, wanted)
    if wanted.is_integer:
        inputs = (state("random_uniform_int", wanted._number), as_shape(shape), low, high)
        return _native.execute("random_uniform_int", inputs)  # type: ignore[no-any-return]
    draws = _of_dtype(where, "random_uniform", state, shape, wanted)
    if _is_number(minval, 0) and _is_number(maxval, 1, None):
        return draws
    scaled = _native.execute("multiply", (draws, _native.execute("subtract", (high, low))))
    return _native.execute("add", (scaled, low))  # type: ignore[no-any-return]


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
