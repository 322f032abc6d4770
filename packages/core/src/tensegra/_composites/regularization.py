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

    return _dropped(
        "dropout", x, rate, lambda shape, dtype: random.uniform(shape, dtype=dtype, seed=seed), noise_shape
    )


def _dropped(where: str, x: Any, rate: Any, draw: Any, noise_shape: Any) -> Any:
    """Dropout by draw(shape, dtype), uniform numbers of [0, 1)."""
    known = not (isinstance(rate, Tensor) and rate._is_symbolic)
    if known and not 0 <= rate < 1:
        raise InvalidArgumentError(
            f"[{where}] the rate must lie in [0, 1). Received: rate={rate}. Give the part that is dropped.",
            code="TG-0106",
        )
    values: Any = _native.tensor(x)
    if not values.dtype.is_floating:
        raise InvalidArgumentError(
            f"[{where}] x must be a floating-point tensor. Received: dtype={values.dtype.name}. Use tg.cast first.",
            code="TG-0102",
        )
    if known and rate == 0:
        return values
    sizes = values._shape
    static = sizes is not None and min(sizes, default=0) >= 0
    if noise_shape is None:
        shape = list(sizes) if static else _execute("shape", (values,))
    elif isinstance(noise_shape, list | tuple) and None in noise_shape and static:
        shape = [own if size is None else size for size, own in zip(noise_shape, sizes, strict=True)]
    else:
        shape = noise_shape
    draws = draw(shape, values.dtype)
    # A comparison, not a product: dropped infinities are 0.
    scaled = _execute("multiply", (values, 1.0 / (1.0 - rate)))
    keep = _execute("greater_equal", (draws, rate))
    return _execute("select", (keep, scaled, _native.tensor(0.0, values._dtype_number)))


@public("nn.experimental.stateless_dropout")
def stateless_dropout(
    x: TensorLike,
    rate: float | Tensor,
    seed: TensorLike,
    rng_alg: Any = None,
    noise_shape: ShapeLike | None = None,
    name: str | None = None,
) -> Tensor:
    """Dropout whose draws follow from `seed` alone; see `tg.nn.dropout`.

    Args:
        x: A floating-point tensor.
        rate: The probability that an element is dropped, in [0, 1).
        seed: Two integers.
        rng_alg: The algorithm, as in `tg.random.stateless_uniform`; None for "auto_select".
        noise_shape: The shape of the draws, broadcast against x; by default that of x.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where the rate is outside (TG-0106), or x holds no floats (TG-0102).

    >>> import tensegra as tg
    >>> tg.nn.experimental.stateless_dropout(tg.ones([4]), rate=0.5, seed=[1, 2]).numpy()
    array([2., 0., 2., 0.], dtype=float32)
    """
    from tensegra import random

    def draw(shape: Any, dtype: Any) -> Any:
        return random.stateless_uniform(shape, seed, dtype=dtype, alg=rng_alg or "auto_select")

    result: Tensor = _dropped("stateless_dropout", x, rate, draw, noise_shape)
    return result


@public("nn.experimental.general_dropout")
def general_dropout(
    x: TensorLike,
    rate: float | Tensor,
    uniform_sampler: Any,
    noise_shape: ShapeLike | None = None,
    name: str | None = None,
) -> Tensor:
    """Dropout by draws of your own; see `tg.nn.dropout`.

    Args:
        x: A floating-point tensor.
        rate: The probability that an element is dropped, in [0, 1).
        uniform_sampler: Called as uniform_sampler(shape, dtype); returns uniform numbers of [0, 1).
        noise_shape: The shape of the draws, broadcast against x; by default that of x.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where the rate is outside (TG-0106), or x holds no floats (TG-0102).

    >>> import tensegra as tg
    >>> draws = lambda shape, dtype: tg.constant([0.1, 0.9], dtype)
    >>> tg.nn.experimental.general_dropout([1.0, 1.0], 0.5, draws).numpy()
    array([0., 2.], dtype=float32)
    """
    result: Tensor = _dropped("general_dropout", x, rate, uniform_sampler, noise_shape)
    return result
