"""Random crops, flips and colours: with state and a `seed`, or `stateless_` with a seed of two integers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensegra as tg
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import TensorLike

from ._shapes import as_images
from .adjust import adjust_brightness, adjust_contrast, adjust_hue, adjust_saturation

Draw = Callable[[Any, Any, Any, Any], Tensor]


def _stateful(seed: int | None) -> Draw:
    return lambda shape, low, high, dtype: tg.random.uniform(shape, low, high, dtype, seed=seed)


def _stateless(seed: Any) -> Draw:
    return lambda shape, low, high, dtype: tg.random.stateless_uniform(
        shape, seed, minval=low, maxval=high, dtype=dtype
    )


def _bounds(where: str, lower: float, upper: float, least: float | None = None) -> None:
    if upper <= lower:
        raise InvalidArgumentError(
            f"[image.{where}] upper must be greater than lower. Received: lower={lower}, upper={upper}.",
            code="TG-0107",
        )
    if least is not None and lower < least:
        raise InvalidArgumentError(
            f"[image.{where}] lower must not be less than {least:g}. Received: lower={lower}.", code="TG-0107"
        )


def _delta(where: str, max_delta: float, most: float | None = None) -> None:
    if max_delta < 0 or (most is not None and max_delta > most):
        raise InvalidArgumentError(
            f"[image.{where}] max_delta must not be negative"
            + (f" nor greater than {most:g}" if most is not None else "")
            + f". Received: max_delta={max_delta}.",
            code="TG-0107",
        )


def _flipped(image: TensorLike, axis: int, draw: Draw, where: str) -> Tensor:
    tensor = as_images(image, where)
    shape: Any = [] if tensor.shape.rank == 3 else tg.shape(tensor)[:1]
    drawn = draw(shape, 0.0, 1.0, tg.float32)
    # TensorFlow turns a single image for the lower half of the numbers and those of a batch for the upper one.
    coin = drawn < 0.5 if tensor.shape.rank == 3 else tg.reshape(drawn > 0.5, [-1, 1, 1, 1])
    return tg.where(coin, tg.reverse(tensor, [axis]), tensor)


def _cropped(value: TensorLike, size: Any, draw: Draw) -> Tensor:
    tensor = convert_to_tensor(value)
    shape = tg.shape(tensor)
    wanted = convert_to_tensor(size, dtype=tg.int32)
    known = tensor.shape.as_list() if tensor.shape.is_fully_defined() else None
    if known is not None and tg.executing_eagerly():
        asked = wanted.numpy().tolist()
        if len(asked) != len(known) or any(a > b for a, b in zip(asked, known, strict=True)):
            raise InvalidArgumentError(
                f"[image.random_crop] size must not exceed the value's shape. Received: size={asked} of shape {known}.",
                code="TG-0105",
            )
    room = shape - wanted + 1
    top = int(tg.int32.max)
    offset = tg.math.floormod(draw(tg.shape(shape), 0, top, tg.int32), room)
    return tg.slice(tensor, offset, wanted)


@public("image.random_flip_left_right")
def random_flip_left_right(image: TensorLike, seed: int | None = None) -> Tensor:
    """Mirrors each image, left to right, with probability 1/2.

    Args:
        image: A tensor (height, width, channels) or (batch, height, width, channels).
        seed: As for `tg.random.uniform`.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.random_flip_left_right(tg.zeros((2, 3, 1))).shape
    TensorShape([2, 3, 1])
    """
    return _flipped(image, -2, _stateful(seed), "random_flip_left_right")


@public("image.stateless_random_flip_left_right")
def stateless_random_flip_left_right(image: TensorLike, seed: Any) -> Tensor:
    """As `random_flip_left_right`, from a seed of two integers alone.

    Args:
        image: A tensor (height, width, channels) or (batch, height, width, channels).
        seed: Two integers.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.stateless_random_flip_left_right(tg.zeros((2, 3, 1)), (1, 2)).shape
    TensorShape([2, 3, 1])
    """
    return _flipped(image, -2, _stateless(seed), "stateless_random_flip_left_right")


@public("image.random_flip_up_down")
def random_flip_up_down(image: TensorLike, seed: int | None = None) -> Tensor:
    """Mirrors each image, top to bottom, with probability 1/2.

    Args:
        image: A tensor (height, width, channels) or (batch, height, width, channels).
        seed: As for `tg.random.uniform`.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.random_flip_up_down(tg.zeros((2, 3, 1))).shape
    TensorShape([2, 3, 1])
    """
    return _flipped(image, -3, _stateful(seed), "random_flip_up_down")


@public("image.stateless_random_flip_up_down")
def stateless_random_flip_up_down(image: TensorLike, seed: Any) -> Tensor:
    """As `random_flip_up_down`, from a seed of two integers alone.

    Args:
        image: A tensor (height, width, channels) or (batch, height, width, channels).
        seed: Two integers.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.stateless_random_flip_up_down(tg.zeros((2, 3, 1)), (1, 2)).shape
    TensorShape([2, 3, 1])
    """
    return _flipped(image, -3, _stateless(seed), "stateless_random_flip_up_down")


@public("image.random_crop")
def random_crop(value: TensorLike, size: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """Cuts a box of that size out of a tensor, at a random place.

    Args:
        value: A tensor of any shape and dtype.
        size: The shape of the result; no size exceeds that of the value.
        seed: As for `tg.random.uniform`.
        name: Ignored.

    Returns:
        A tensor of shape `size`.

    >>> import tensegra as tg
    >>> tg.image.random_crop(tg.zeros((4, 4, 3)), (2, 3, 3)).shape
    TensorShape([2, 3, 3])
    """
    return _cropped(value, size, _stateful(seed))


@public("image.stateless_random_crop")
def stateless_random_crop(value: TensorLike, size: Any, seed: Any, name: str | None = None) -> Tensor:
    """As `random_crop`, from a seed of two integers alone.

    Args:
        value: A tensor of any shape and dtype.
        size: The shape of the result.
        seed: Two integers.
        name: Ignored.

    Returns:
        A tensor of shape `size`.

    >>> import tensegra as tg
    >>> tg.image.stateless_random_crop(tg.range(10), [3], (1, 2)).shape
    TensorShape([3])
    """
    return _cropped(value, size, _stateless(seed))


@public("image.random_brightness")
def random_brightness(image: TensorLike, max_delta: float, seed: int | None = None) -> Tensor:
    """`adjust_brightness` by a number drawn from [-max_delta, max_delta).

    Args:
        image: As for `adjust_brightness`.
        max_delta: Not negative.
        seed: As for `tg.random.uniform`.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.random_brightness([0.5], 0.0).numpy().tolist()
    [0.5]
    """
    _delta("random_brightness", max_delta)
    return adjust_brightness(image, _stateful(seed)([], -max_delta, max_delta, tg.float32))


@public("image.stateless_random_brightness")
def stateless_random_brightness(image: TensorLike, max_delta: float, seed: Any) -> Tensor:
    """As `random_brightness`, from a seed of two integers alone.

    Args:
        image: As for `adjust_brightness`.
        max_delta: Not negative.
        seed: Two integers.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.stateless_random_brightness([0.5], 0.0, (1, 2)).numpy().tolist()
    [0.5]
    """
    _delta("stateless_random_brightness", max_delta)
    return adjust_brightness(image, _stateless(seed)([], -max_delta, max_delta, tg.float32))


@public("image.random_contrast")
def random_contrast(image: TensorLike, lower: float, upper: float, seed: int | None = None) -> Tensor:
    """`adjust_contrast` by a factor drawn from [lower, upper).

    Args:
        image: As for `adjust_contrast`.
        lower: Not negative.
        upper: Greater than `lower`.
        seed: As for `tg.random.uniform`.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.random_contrast(tg.ones((2, 2, 1)), 0.5, 2.0).numpy().ravel().tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    _bounds("random_contrast", lower, upper, 0)
    return adjust_contrast(image, _stateful(seed)([], lower, upper, tg.float32))


@public("image.stateless_random_contrast")
def stateless_random_contrast(image: TensorLike, lower: float, upper: float, seed: Any) -> Tensor:
    """As `random_contrast`, from a seed of two integers alone.

    Args:
        image: As for `adjust_contrast`.
        lower: Not negative.
        upper: Greater than `lower`.
        seed: Two integers.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.stateless_random_contrast(tg.ones((2, 2, 1)), 0.5, 2.0, (1, 2)).numpy().ravel().tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    _bounds("stateless_random_contrast", lower, upper, 0)
    return adjust_contrast(image, _stateless(seed)([], lower, upper, tg.float32))


@public("image.random_hue")
def random_hue(image: TensorLike, max_delta: float, seed: int | None = None) -> Tensor:
    """`adjust_hue` by a number drawn from [-max_delta, max_delta).

    Args:
        image: As for `adjust_hue`.
        max_delta: In [0, 0.5].
        seed: As for `tg.random.uniform`.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.random_hue([0.5, 0.5, 0.5], 0.2).numpy().tolist()
    [0.5, 0.5, 0.5]
    """
    _delta("random_hue", max_delta, 0.5)
    return adjust_hue(image, _stateful(seed)([], -max_delta, max_delta, tg.float32))


@public("image.stateless_random_hue")
def stateless_random_hue(image: TensorLike, max_delta: float, seed: Any) -> Tensor:
    """As `random_hue`, from a seed of two integers alone.

    Args:
        image: As for `adjust_hue`.
        max_delta: In [0, 0.5].
        seed: Two integers.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.stateless_random_hue([0.5, 0.5, 0.5], 0.2, (1, 2)).numpy().tolist()
    [0.5, 0.5, 0.5]
    """
    _delta("stateless_random_hue", max_delta, 0.5)
    return adjust_hue(image, _stateless(seed)([], -max_delta, max_delta, tg.float32))


@public("image.random_saturation")
def random_saturation(image: TensorLike, lower: float, upper: float, seed: int | None = None) -> Tensor:
    """`adjust_saturation` by a factor drawn from [lower, upper).

    Args:
        image: As for `adjust_saturation`.
        lower: Not negative.
        upper: Greater than `lower`.
        seed: As for `tg.random.uniform`.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.random_saturation([0.5, 0.5, 0.5], 0.5, 2.0).numpy().tolist()
    [0.5, 0.5, 0.5]
    """
    _bounds("random_saturation", lower, upper, 0)
    return adjust_saturation(image, _stateful(seed)([], lower, upper, tg.float32))


@public("image.stateless_random_saturation")
def stateless_random_saturation(image: TensorLike, lower: float, upper: float, seed: Any = None) -> Tensor:
    """As `random_saturation`, from a seed of two integers alone.

    Args:
        image: As for `adjust_saturation`.
        lower: Not negative.
        upper: Greater than `lower`.
        seed: Two integers.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.stateless_random_saturation([0.5, 0.5, 0.5], 0.5, 2.0, (1, 2)).numpy().tolist()
    [0.5, 0.5, 0.5]
    """
    _bounds("stateless_random_saturation", lower, upper, 0)
    return adjust_saturation(image, _stateless(seed)([], lower, upper, tg.float32))
