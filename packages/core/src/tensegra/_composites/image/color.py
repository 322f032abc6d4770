"""From one space of colours to another."""

from __future__ import annotations

from typing import Any

import numpy as np

import tensegra as tg
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import TensorLike

from ._shapes import last_size, through_float

_YIQ = np.array(
    [[0.299, 0.59590059, 0.2115], [0.587, -0.27455667, -0.52273617], [0.114, -0.32134392, 0.31119955]]
)
_YUV = np.array(
    [[0.299, -0.14714119, 0.61497538], [0.587, -0.28886916, -0.51496512], [0.114, 0.43601035, -0.10001026]]
)
_FROM_YIQ = np.array(
    [[1, 1, 1], [0.95598634, -0.27201283, -1.10674021], [0.6208248, -0.64720424, 1.70423049]]
)
_GRAY = (0.2989, 0.5870, 0.1140)


def _times(images: TensorLike, matrix: Any, where: str) -> Tensor:
    tensor = convert_to_tensor(images)
    last_size(tensor, 3, where)
    return tg.tensordot(tensor, tg.constant(matrix, tensor.dtype), [[(tensor.shape.rank or 1) - 1], [0]])


@public("image.rgb_to_yiq")
def rgb_to_yiq(images: TensorLike) -> Tensor:
    """Converts red, green and blue to luma and the two chrominances of NTSC.

    Args:
        images: A floating-point tensor (..., 3) with values in [0, 1].

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.rgb_to_yiq([1.0, 0.0, 0.0]).numpy().round(3).tolist()
    [0.299, 0.596, 0.212]
    """
    return _times(images, _YIQ, "rgb_to_yiq")


@public("image.yiq_to_rgb")
def yiq_to_rgb(images: TensorLike) -> Tensor:
    """The inverse of `rgb_to_yiq`.

    Args:
        images: A floating-point tensor (..., 3).

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.yiq_to_rgb([1.0, 0.0, 0.0]).numpy().round(3).tolist()
    [1.0, 1.0, 1.0]
    """
    return _times(images, _FROM_YIQ, "yiq_to_rgb")


@public("image.rgb_to_yuv")
def rgb_to_yuv(images: TensorLike) -> Tensor:
    """Converts red, green and blue to luma and the two chrominances of PAL.

    Args:
        images: A floating-point tensor (..., 3) with values in [0, 1].

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.rgb_to_yuv([1.0, 0.0, 0.0]).numpy().round(3).tolist()
    [0.299, -0.147, 0.615]
    """
    return _times(images, _YUV, "rgb_to_yuv")


@public("image.yuv_to_rgb")
def yuv_to_rgb(images: TensorLike) -> Tensor:
    """The inverse of `rgb_to_yuv`.

    Args:
        images: A floating-point tensor (..., 3).

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.yuv_to_rgb([1.0, 0.0, 0.0]).numpy().round(3).tolist()
    [1.0, 1.0, 1.0]
    """
    return _times(images, np.linalg.inv(_YUV), "yuv_to_rgb")


@public("image.rgb_to_grayscale")
def rgb_to_grayscale(images: TensorLike, name: str | None = None) -> Tensor:
    """Converts red, green and blue to their luma.

    Args:
        images: A tensor (..., 3), integer or floating point.
        name: Ignored.

    Returns:
        A tensor (..., 1) of the same dtype.

    >>> import tensegra as tg
    >>> tg.image.rgb_to_grayscale(tg.constant([255, 0, 0], tg.uint8)).numpy().tolist()
    [76]
    """
    tensor = convert_to_tensor(images)
    last_size(tensor, 3, "rgb_to_grayscale")

    def luma(values: Tensor) -> Tensor:
        return tg.reduce_sum(values * tg.constant(_GRAY, values.dtype), axis=-1, keepdims=True)

    return through_float(tensor, luma)


@public("image.grayscale_to_rgb")
def grayscale_to_rgb(images: TensorLike, name: str | None = None) -> Tensor:
    """Repeats the one channel of gray images three times.

    Args:
        images: A tensor (..., 1) of any dtype.
        name: Ignored.

    Returns:
        A tensor (..., 3) of the same dtype.

    >>> import tensegra as tg
    >>> tg.image.grayscale_to_rgb([[[7]]]).numpy().tolist()
    [[[7, 7, 7]]]
    """
    tensor = convert_to_tensor(images)
    last_size(tensor, 1, "grayscale_to_rgb")
    return tg.concat([tensor, tensor, tensor], -1)


@public("image.rgb_to_hsv")
def rgb_to_hsv(images: TensorLike, name: str | None = None) -> Tensor:
    """Converts red, green and blue to hue, saturation and value (A. Smith, "Color gamut transform pairs", 1978).

    Args:
        images: A floating-point tensor (..., 3) with values in [0, 1].
        name: Ignored.

    Returns:
        A tensor of the same shape and dtype; all three lie in [0, 1].

    >>> import tensegra as tg
    >>> tg.image.rgb_to_hsv([0.0, 0.5, 0.5]).numpy().tolist()
    [0.5, 1.0, 0.5]
    """
    tensor = convert_to_tensor(images)
    last_size(tensor, 3, "rgb_to_hsv")
    red, green, blue = tg.unstack(tensor, axis=-1)
    value = tg.reduce_max(tensor, axis=-1)
    spread = value - tg.reduce_min(tensor, axis=-1)
    saturation = tg.math.divide_no_nan(spread, value)
    sixth = tg.math.divide_no_nan(tg.ones_like(spread), 6.0 * spread)
    hue = tg.where(
        tg.equal(red, value),
        sixth * (green - blue),
        tg.where(tg.equal(green, value), sixth * (blue - red) + 2.0 / 6.0, sixth * (red - green) + 4.0 / 6.0),
    )
    hue = tg.where(spread > 0.0, hue, tg.zeros_like(hue))
    return tg.stack([tg.where(hue < 0.0, hue + 1.0, hue), saturation, value], -1)


@public("image.hsv_to_rgb")
def hsv_to_rgb(images: TensorLike, name: str | None = None) -> Tensor:
    """The inverse of `rgb_to_hsv`.

    Args:
        images: A floating-point tensor (..., 3) with values in [0, 1].
        name: Ignored.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.hsv_to_rgb([0.5, 1.0, 0.5]).numpy().tolist()
    [0.0, 0.5, 0.5]
    """
    tensor = convert_to_tensor(images)
    last_size(tensor, 3, "hsv_to_rgb")
    hue, saturation, value = tg.unstack(tensor, axis=-1)
    around = hue * 6.0
    shares = [
        tg.clip_by_value(tg.abs(around - 3.0) - 1.0, 0.0, 1.0),
        tg.clip_by_value(2.0 - tg.abs(around - 2.0), 0.0, 1.0),
        tg.clip_by_value(2.0 - tg.abs(around - 4.0), 0.0, 1.0),
    ]
    return tg.stack([((1.0 - saturation) + saturation * share) * value for share in shares], -1)
