"""Draws that depend on their arguments alone."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import as_dtype, float32, int64
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import DTypeLike, ShapeLike, TensorLike

from . import _draw


@public("random.stateless_uniform")
def stateless_uniform(
    shape: ShapeLike,
    seed: TensorLike,
    minval: TensorLike = 0,
    maxval: TensorLike | None = None,
    dtype: DTypeLike = float32,
    name: str | None = None,
) -> Tensor:
    """Uniform numbers of [minval, maxval) that follow from `seed`.

    Args:
        shape: The shape of the result.
        seed: Two integers.
        minval: The lower end.
        maxval: The upper end; 1 by default for floating-point numbers.
        dtype: A floating-point or an integer type.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: The seed does not have shape [2].

    >>> import tensegra as tg
    >>> draws = [tg.random.stateless_uniform([2], seed=[1, 2]).numpy().tolist() for _ in range(2)]
    >>> draws[0] == draws[1]
    True
    """
    where = "random.stateless_uniform"
    low, high = _draw.limits(where, minval, maxval, as_dtype(dtype))
    inputs = (_draw.as_shape(shape), _seed(where, seed), low, high)
    return _native.execute("stateless_uniform", inputs)  # type: ignore[no-any-return]


@public("random.stateless_normal")
def stateless_normal(
    shape: ShapeLike,
    seed: TensorLike,
    mean: TensorLike = 0.0,
    stddev: TensorLike = 1.0,
    dtype: DTypeLike = float32,
    name: str | None = None,
) -> Tensor:
    """Normal numbers that follow from `seed`.

    Args:
        shape: The shape of the draws; `mean` and `stddev` are broadcast against it.
        seed: Two integers.
        mean: The mean.
        stddev: The standard deviation.
        dtype: A floating-point type.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: The seed does not have shape [2].

    >>> import tensegra as tg
    >>> tg.random.stateless_normal([2, 3], seed=[7, 8]).shape
    TensorShape([2, 3])
    """
    return _normal("random.stateless_normal", "stateless_normal", shape, seed, mean, stddev, dtype)


@public("random.stateless_truncated_normal")
def stateless_truncated_normal(
    shape: ShapeLike,
    seed: TensorLike,
    mean: TensorLike = 0.0,
    stddev: TensorLike = 1.0,
    dtype: DTypeLike = float32,
    name: str | None = None,
) -> Tensor:
    """Normal numbers within two standard deviations that follow from `seed`; the arguments are those of
    `stateless_normal`.

    >>> import tensegra as tg
    >>> draws = tg.random.stateless_truncated_normal([1000], seed=[1, 2])
    >>> tg.reduce_max(tg.abs(draws)).numpy().item() <= 2.0
    True
    """
    where = "random.stateless_truncated_normal"
    return _normal(where, "stateless_truncated_normal", shape, seed, mean, stddev, dtype)


@public("random.stateless_categorical")
def stateless_categorical(
    logits: TensorLike,
    num_samples: int,
    seed: TensorLike,
    dtype: DTypeLike = int64,
    name: str | None = None,
) -> Tensor:
    """Draws classes by their unnormalised log-probabilities; the draws follow from `seed`.

    Args:
        logits: Shape [batch, classes].
        num_samples: How many are drawn for each row.
        seed: Two integers.
        dtype: int64 or int32.
        name: Ignored; for compatibility.

    Returns:
        Shape [batch, num_samples].

    Raises:
        tg.errors.InvalidArgumentError: The seed does not have shape [2].

    >>> import tensegra as tg
    >>> tg.random.stateless_categorical([[0.0, -1e9]], 3, seed=[1, 2]).numpy().tolist()
    [[0, 0, 0]]
    """
    inputs = (convert_to_tensor(logits), _seed("random.stateless_categorical", seed))
    attributes = {"num_samples": num_samples, "dtype": as_dtype(dtype)._number}
    return _native.execute("stateless_categorical", inputs, attributes)  # type: ignore[no-any-return]


def _normal(
    where: str,
    op: str,
    shape: ShapeLike,
    seed: TensorLike,
    mean: TensorLike,
    stddev: TensorLike,
    dtype: DTypeLike,
) -> Tensor:
    wanted = as_dtype(dtype)
    inputs = (_draw.as_shape(shape), _seed(where, seed))
    return _draw.scale(_native.execute(op, inputs, {"dtype": wanted._number}), mean, stddev, wanted)


def _seed(where: str, seed: TensorLike) -> Any:
    tensor = convert_to_tensor(seed)
    if not tensor.dtype.is_integer or not tensor.shape.is_compatible_with([2]):
        raise InvalidArgumentError(
            f"[{where}] the seed must be two integers. Received: seed={seed!r}. Use such as seed=[1, 2].",
            code="TG-0106",
        )
    return tensor
