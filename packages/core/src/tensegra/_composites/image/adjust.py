"""Brightness, contrast, gamma, hue, saturation."""

from __future__ import annotations

from typing import Any

import tensegra as tg
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import TensorLike

from ._shapes import as_images, last_size, through_float
from .color import hsv_to_rgb, rgb_to_hsv


@public("image.adjust_brightness")
def adjust_brightness(image: TensorLike, delta: Any) -> Tensor:
    """Adds a number to all values.

    Args:
        image: A tensor of any shape; integer images are taken as numbers in [0, 1].
        delta: What is added, in (-1, 1).

    Returns:
        A tensor of the same shape and dtype; integers are clipped to their range.

    >>> import tensegra as tg
    >>> tg.image.adjust_brightness([0.5], 0.25).numpy().tolist()
    [0.75]
    """
    return through_float(image, lambda values: values + tg.cast(delta, values.dtype))


@public("image.adjust_contrast")
def adjust_contrast(images: TensorLike, contrast_factor: Any) -> Tensor:
    """Moves values away from the mean of their image and channel.

    Args:
        images: A tensor (..., height, width, channels).
        contrast_factor: What distances from the mean are multiplied with.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.adjust_contrast([[[1.0], [3.0]]], 2.0).numpy().ravel().tolist()
    [0.0, 4.0]
    """
    tensor = convert_to_tensor(images)
    if tensor.shape.rank is None or tensor.shape.rank < 3:
        as_images(tensor, "adjust_contrast")

    def adjusted(values: Tensor) -> Tensor:
        mean = tg.reduce_mean(values, axis=[-3, -2], keepdims=True)
        return (values - mean) * tg.cast(contrast_factor, values.dtype) + mean

    return through_float(tensor, adjusted)


@public("image.adjust_gamma")
def adjust_gamma(image: TensorLike, gamma: Any = 1, gain: Any = 1) -> Tensor:
    """Computes gain * image ** gamma.

    Args:
        image: A tensor of any shape; integer images are taken as numbers in [0, 1].
        gamma: The exponent, not negative.
        gain: The factor.

    Returns:
        A tensor of the same shape and dtype.

    Raises:
        tg.errors.InvalidArgumentError: gamma is negative.

    >>> import tensegra as tg
    >>> tg.image.adjust_gamma([0.5], 2.0).numpy().tolist()
    [0.25]
    """
    if isinstance(gamma, (int, float)) and gamma < 0:
        raise InvalidArgumentError(
            f"[image.adjust_gamma] gamma must not be negative. Received: gamma={gamma}.", code="TG-0107"
        )
    return through_float(
        image, lambda values: tg.cast(gain, values.dtype) * tg.pow(values, tg.cast(gamma, values.dtype))
    )


@public("image.adjust_hue")
def adjust_hue(image: TensorLike, delta: Any, name: str | None = None) -> Tensor:
    """Turns the hue of colours.

    Args:
        image: A tensor (..., 3).
        delta: What is added to the hue, of which 1 is a full turn; in [-1, 1].
        name: Ignored.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.adjust_hue([1.0, 0.0, 0.0], 1.0 / 3.0).numpy().round(5).tolist()
    [0.0, 1.0, 0.0]
    """
    tensor = convert_to_tensor(image)
    last_size(tensor, 3, "adjust_hue")

    def turned(values: Tensor) -> Tensor:
        hue, saturation, value = tg.unstack(rgb_to_hsv(values), axis=-1)
        hue = tg.math.floormod(hue + tg.cast(delta, values.dtype), tg.ones_like(hue))
        return hsv_to_rgb(tg.stack([hue, saturation, value], -1))

    return through_float(tensor, turned)


@public("image.adjust_saturation")
def adjust_saturation(image: TensorLike, saturation_factor: Any, name: str | None = None) -> Tensor:
    """Multiplies the saturation of colours, and clips it to [0, 1].

    Args:
        image: A tensor (..., 3).
        saturation_factor: The factor, not negative.
        name: Ignored.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.adjust_saturation([1.0, 0.5, 0.5], 0.0).numpy().tolist()
    [1.0, 1.0, 1.0]
    """
    tensor = convert_to_tensor(image)
    last_size(tensor, 3, "adjust_saturation")

    def adjusted(values: Tensor) -> Tensor:
        hue, saturation, value = tg.unstack(rgb_to_hsv(values), axis=-1)
        saturation = tg.clip_by_value(saturation * tg.cast(saturation_factor, values.dtype), 0.0, 1.0)
        return hsv_to_rgb(tg.stack([hue, saturation, value], -1))

    return through_float(tensor, adjusted)
