"""Dropout."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import ShapeLike, TensorLike

_execute = _native.execute


@public("nn.dropout")
def dropout(
    x: TensorLike,
    rate: float | Tensor,
    noise_shape: ShapeLike | None = None,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Sets elements to 0 with a probability and scales the others by 1 / (1 - rate), so that the mean stays
    (N. Srivastava et al., JMLR 15, 2014).

    Args:
        x: A floating-point tensor.
        rate: The probability, in [0, 1). A tensor whose value only a graph knows is not checked.
        noise_shape: The shape of the draws, broadcast against x; by default that of x.
        seed: The seed of this call; see `tg.random.set_seed`.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where the rate is outside (TG-0106), or x holds no floats (TG-0102).

    >>> import tensegra as tg
    >>> sorted(set(tg.nn.dropout(tg.ones([1000]), rate=0.5).numpy().tolist()))
    [0.0, 2.0]
    """
    from tensegra import random

    known = not (isinstance(rate, Tensor) and rate._is_symbolic)
    if known and not 0 <= rate < 1:
        raise InvalidArgumentError(
            f"[dropout] the rate must lie in [0, 1). Received: rate={rate}. Give the part that is dropped.",
            code="TG-0106",
        )
    values: Any = _native.tensor(x)
    if not values.dtype.is_floating:
        raise InvalidArgumentError(
            f"[dropout] x must be a floating-point tensor. Received: dtype={values.dtype.name}. Use tg.cast first.",
            code="TG-0102",
        )
    if known and rate == 0:
        return values
    shape = _execute("shape", (values,)) if noise_shape is None else noise_shape
    if noise_shape is None and values._shape is not None and min(values._shape, default=0) >= 0:
        shape = list(values._shape)
    draws = random.uniform(shape, dtype=values.dtype, seed=seed)
    keep = _execute("cast", (_execute("greater_equal", (draws, rate)),), (values._dtype_number,))
    scaled = _execute("multiply", (values, 1.0 / (1.0 - rate)))
    return _execute("multiply", (scaled, keep))
