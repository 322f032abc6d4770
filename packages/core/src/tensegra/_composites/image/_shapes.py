"""What the functions of images share: ranks, sizes, dtypes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensegra as tg
from tensegra._errors import InvalidArgumentError
from tensegra._tensor import Tensor, convert_to_tensor


def as_images(image: Any, where: str, ranks: tuple[int, ...] = (3, 4)) -> Tensor:
    """The tensor, whose rank is one of those."""
    tensor = convert_to_tensor(image)
    if tensor.shape.rank not in ranks:
        words = " or ".join(map(str, ranks))
        raise InvalidArgumentError(
            f"[image.{where}] images must have rank {words}: (height, width, channels), with a batch before it. "
            f"Received: shape={tensor.shape}. Add the missing dimensions with tg.expand_dims.",
            code="TG-0103",
        )
    return tensor


def on_batch(image: Tensor, function: Callable[[Tensor], Tensor]) -> Tensor:
    """Calls the function on a batch; a single image goes in and out as one of a batch."""
    if image.shape.rank == 4:
        return function(image)
    return tg.squeeze(function(tg.expand_dims(image, 0)), [0])


def height_and_width(image: Tensor) -> tuple[Any, Any]:
    """Sizes as numbers where they are known, else as scalars of the graph."""
    known = image.shape.as_list()[-3:-1]
    if None not in known:
        return known[0], known[1]
    sizes = tg.shape(image)
    rank = image.shape.rank or 0
    height, width = (size if size is not None else sizes[rank - 3 + i] for i, size in enumerate(known))
    return height, width


def last_size(image: Tensor, size: int, where: str) -> None:
    """Refuses images with another number of channels."""
    channels = image.shape.as_list()[-1] if image.shape.rank else None
    if channels is not None and channels != size:
        raise InvalidArgumentError(
            f"[image.{where}] the last dimension must have size {size}. Received: shape={image.shape}. "
            "Convert the image first, for example with tg.image.grayscale_to_rgb.",
            code="TG-0105",
        )


def through_float(image: Any, function: Callable[[Tensor], Tensor]) -> Tensor:
    """Calls the function on float values; integer images are scaled to [0, 1] and back."""
    tensor = convert_to_tensor(image)
    if tensor.dtype.is_floating:
        return function(tensor)
    from .convert import convert_image_dtype

    return convert_image_dtype(function(convert_image_dtype(tensor, tg.float32)), tensor.dtype, saturate=True)
