"""Between integer images and those in [0, 1]; statistics of an image."""

from __future__ import annotations

from typing import Any

import tensegra as tg
from tensegra._dtypes import as_dtype
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import DTypeLike, TensorLike

from ._shapes import as_images


@public("image.convert_image_dtype")
def convert_image_dtype(
    image: TensorLike, dtype: DTypeLike, saturate: bool = False, name: str | None = None
) -> Tensor:
    """Converts an image to another dtype and scales its values.

    Floating-point images lie in [0, 1], integer ones in [0, the dtype's largest value].

    Args:
        image: A tensor of any shape; integer or floating point.
        dtype: The dtype wanted.
        saturate: Whether values that do not fit are clipped instead of wrapped.
        name: Ignored.

    Returns:
        A tensor of the same shape.

    >>> import tensegra as tg
    >>> tg.image.convert_image_dtype(tg.constant([0, 255], tg.uint8), tg.float32).numpy().tolist()
    [0.0, 1.0]
    """
    tensor, wanted = convert_to_tensor(image), as_dtype(dtype)
    for each in (tensor.dtype, wanted):
        if not (each.is_floating or each.is_integer):
            raise InvalidArgumentError(
                "[image.convert_image_dtype] images are of integers or floating-point numbers. "
                f"Received: dtype={each.name}. Cast it first.",
                code="TG-0102",
            )
    if tensor.dtype == wanted:
        return tensor
    if tensor.dtype.is_integer and wanted.is_integer:
        return _between_integers(tensor, wanted, saturate)
    if tensor.dtype.is_floating and wanted.is_floating:
        return tg.cast(tensor, wanted)
    if tensor.dtype.is_integer:
        return tg.cast(tensor, wanted) * tg.constant(1.0 / tensor.dtype.max, wanted)
    scaled = tensor * tg.constant(wanted.max + 0.5, tensor.dtype)
    if saturate:
        top = tg.constant(float(wanted.max), tensor.dtype)
        if wanted.max > 1 << 23:  # the largest value itself may not be a number of that dtype
            top = tg.constant(float(wanted.max) * (1 - 2.0**-23), tensor.dtype)
        scaled = tg.clip_by_value(scaled, tg.constant(float(wanted.min), tensor.dtype), top)
    return tg.cast(scaled, wanted)


def _between_integers(tensor: Tensor, wanted: Any, saturate: bool) -> Tensor:
    have, want = int(tensor.dtype.max), int(wanted.max)
    if have > want:
        scaled = tg.floordiv(tensor, tg.constant((have + 1) // (want + 1), tensor.dtype))
        if saturate:
            scaled = tg.maximum(
                scaled, tg.constant(max(int(wanted.min), int(tensor.dtype.min)), tensor.dtype)
            )
        return tg.cast(scaled, wanted)
    if saturate and int(wanted.min) == 0 and int(tensor.dtype.min) < 0:
        tensor = tg.maximum(tensor, tg.constant(0, tensor.dtype))
    return tg.cast(tensor, wanted) * tg.constant((want + 1) // (have + 1), wanted)


@public("image.per_image_standardization")
def per_image_standardization(image: TensorLike) -> Tensor:
    """Scales each image to mean 0 and variance 1.

    The divisor is at least 1 / sqrt(number of elements), so that uniform images give zeros.

    Args:
        image: A tensor of rank 3 or more, (..., height, width, channels); integers become float32.

    Returns:
        A floating-point tensor of the same shape.

    >>> import tensegra as tg
    >>> tg.image.per_image_standardization([[[1.0], [3.0]]]).numpy().ravel().tolist()
    [-1.0, 1.0]
    """
    tensor = convert_to_tensor(image)
    if tensor.shape.rank is None or tensor.shape.rank < 3:
        as_images(tensor, "per_image_standardization")
    if not tensor.dtype.is_floating:
        tensor = tg.cast(tensor, tg.float32)
    axes = [-1, -2, -3]
    mean = tg.reduce_mean(tensor, axis=axes, keepdims=True)
    deviation = tg.math.reduce_std(tensor, axis=axes, keepdims=True)
    count = tg.cast(tg.reduce_prod(tg.shape(tensor)[-3:]), tensor.dtype)
    return (tensor - mean) / tg.maximum(deviation, tg.math.rsqrt(count))
