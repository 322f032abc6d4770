"""Other sizes: `resize` and what pads or crops besides."""

from __future__ import annotations

from typing import Any

import numpy as np

import tensegra as tg
from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import TensorLike

from ._shapes import as_images, height_and_width, on_batch


@public("image.ResizeMethod")
class ResizeMethod:
    """Names of the methods of `tg.image.resize`.

    >>> import tensegra as tg
    >>> tg.image.ResizeMethod.BICUBIC
    'bicubic'
    """

    BILINEAR = "bilinear"
    NEAREST_NEIGHBOR = "nearest"
    BICUBIC = "bicubic"
    AREA = "area"
    LANCZOS3 = "lanczos3"
    LANCZOS5 = "lanczos5"
    GAUSSIAN = "gaussian"
    MITCHELLCUBIC = "mitchellcubic"


_METHODS = tuple(value for key, value in vars(ResizeMethod).items() if key.isupper())


@public("image.resize")
def resize(
    images: TensorLike,
    size: Any,
    method: str = ResizeMethod.BILINEAR,
    preserve_aspect_ratio: bool = False,
    antialias: bool = False,
    name: str | None = None,
) -> Tensor:
    """Resizes images.

    Pixels stand for the middle of their places; where `antialias` is set and an image shrinks, the method's kernel
    grows with the pixels of the result.

    Args:
        images: A tensor (height, width, channels) or (batch, height, width, channels) of any number dtype.
        size: The new height and width: two integers or an int32 tensor of two.
        method: One of `tg.image.ResizeMethod`: bilinear, nearest, bicubic (R. Keys, 1981), area, lanczos3, lanczos5,
            gaussian, mitchellcubic (D. Mitchell and A. Netravali, 1988).
        preserve_aspect_ratio: Whether the result is the largest of the same proportions within `size`.
        antialias: Whether to filter while shrinking; without effect on nearest and area.
        name: Ignored.

    Returns:
        float32 images, or of the same dtype where the method is nearest.

    Raises:
        tg.errors.InvalidArgumentError: The rank is another one (TG-0103), the size is not of two elements (TG-0105) or
            is negative (TG-0109), or the method is unknown (TG-0106).

    >>> import tensegra as tg
    >>> tg.image.resize([[[0.0], [1.0]]], (1, 4)).numpy().ravel().tolist()
    [0.0, 0.25, 0.75, 1.0]
    """
    kind = str(method).lower()
    if kind not in _METHODS:
        raise InvalidArgumentError(
            f"[image.resize] method must be one of {', '.join(_METHODS)}. Received: method={method!r}. "
            "Use a name of tg.image.ResizeMethod.",
            code="TG-0106",
        )
    tensor = as_images(images, "resize")
    height, width = _size(size)
    if preserve_aspect_ratio:
        height, width = _within(tensor, height, width)
    return on_batch(tensor, lambda batch: resample(batch, (height, width), kind, antialias=antialias))


def resample(
    batch: Tensor,
    size: tuple[Any, Any],
    method: str,
    *,
    align_corners: bool = False,
    half_pixel_centers: bool = True,
    antialias: bool = False,
) -> Tensor:
    """Resizes the middle axes of (batch, height, width, channels) by one of the conventions of pixel centres."""
    if method == "nearest":
        for axis, wanted in zip((1, 2), size, strict=True):
            batch = tg.gather(
                batch, _nearest(batch, axis, wanted, align_corners, half_pixel_centers), axis=axis
            )
        return batch
    if not batch.dtype.is_floating or batch.dtype.size < 4:
        batch = tg.cast(batch, tg.float32)
    attributes = {
        "method": method,
        "align_corners": align_corners,
        "half_pixel_centers": half_pixel_centers and method != "area",
        "antialias": antialias and method != "area",
    }
    for axis, wanted in zip((1, 2), size, strict=True):
        batch = _native.execute("resample", (batch, wanted), {"axis": axis, **attributes})  # type: ignore[assignment]
    return tg.cast(batch, tg.float32)


def _nearest(batch: Tensor, axis: int, wanted: Any, align_corners: bool, half_pixel_centers: bool) -> Tensor:
    """Which element each new one is."""
    have = tg.cast(tg.shape(batch)[axis], tg.float32)
    count = tg.cast(wanted, tg.float32)
    places = tg.cast(tg.range(wanted), tg.float32)
    if align_corners:
        step = tg.where(count > 1.0, (have - 1.0) / tg.maximum(count - 1.0, 1.0), have / count)
        # Halves are rounded away from zero.
        index = tg.floor(places * step + 0.5)
    else:
        index = tg.floor((places + (0.5 if half_pixel_centers else 0.0)) * (have / count))
    return tg.cast(tg.minimum(index, have - 1.0), tg.int32)


def _size(size: Any) -> tuple[Any, Any]:
    if isinstance(size, (list, tuple)) and len(size) == 2 and all(type(each) is int for each in size):
        return size[0], size[1]
    tensor = convert_to_tensor(size, dtype=None)
    if tensor.shape.rank != 1 or tensor.shape.as_list() not in ([2], [None]) or not tensor.dtype.is_integer:
        raise InvalidArgumentError(
            "[image.resize] size must be two integers: height and width. "
            f"Received: shape={tensor.shape}, dtype={tensor.dtype.name}. Use a pair such as (224, 224).",
            code="TG-0105",
        )
    if tg.executing_eagerly():
        return int(tensor[0]), int(tensor[1])
    return tensor[0], tensor[1]


def _within(tensor: Tensor, height: Any, width: Any) -> tuple[Any, Any]:
    """The largest size of the images' proportions that fits."""
    have = height_and_width(tensor)
    if all(isinstance(value, int) for value in (*have, height, width)):
        share = min(height / have[0], width / have[1])
        return round(have[0] * share), round(have[1] * share)
    sizes = [tg.cast(value, tg.float32) for value in (*have, height, width)]
    ratio = tg.minimum(sizes[2] / sizes[0], sizes[3] / sizes[1])
    return tg.cast(tg.round(sizes[0] * ratio), tg.int32), tg.cast(tg.round(sizes[1] * ratio), tg.int32)


@public("image.resize_with_pad")
def resize_with_pad(
    image: TensorLike,
    target_height: int,
    target_width: int,
    method: str = ResizeMethod.BILINEAR,
    antialias: bool = False,
) -> Tensor:
    """Resizes images without a change of proportions and pads them with zeros to the size, in the middle.

    Args:
        image: As for `resize`.
        target_height: The height of the result.
        target_width: Its width.
        method: As for `resize`.
        antialias: As for `resize`.

    Returns:
        Images of that size; dtypes as of `resize`.

    >>> import tensegra as tg
    >>> tg.image.resize_with_pad(tg.ones((2, 4, 1)), 4, 4).numpy()[:, 0, 0].tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    tensor = as_images(image, "resize_with_pad")
    if target_height <= 0 or target_width <= 0:
        raise InvalidArgumentError(
            "[image.resize_with_pad] the size must be positive. "
            f"Received: target_height={target_height}, target_width={target_width}.",
            code="TG-0109",
        )
    top: Any
    left: Any
    sides = list(zip(height_and_width(tensor), (target_height, target_width), strict=True))
    if all(isinstance(have, int) for have, _ in sides):
        # In float32, as TensorFlow: a size that comes out a hair below a whole number is rounded down.
        ratio = max(np.float32(have) / np.float32(target) for have, target in sides)
        exact = [float(np.float32(have) / ratio) for have, _ in sides]
        height, width = (int(size) for size in exact)
        top, left = (
            int(max(0.0, (target - size) / 2)) for size, (_, target) in zip(exact, sides, strict=True)
        )
        resized = resize(tensor, (height, width), method, antialias=antialias)
    else:
        wholes = [tg.cast(have, tg.float32) for have, _ in sides]
        share = tg.maximum(wholes[0] / float(target_height), wholes[1] / float(target_width))
        sizes = [whole / share for whole in wholes]
        top, left = (
            tg.cast(tg.maximum((target - size) / 2.0, 0.0), tg.int32)
            for size, (_, target) in zip(sizes, sides, strict=True)
        )
        resized = resize(tensor, tg.cast(tg.stack(sizes), tg.int32), method, antialias=antialias)
    from .crop import pad_to_bounding_box

    return pad_to_bounding_box(resized, top, left, target_height, target_width)


def _half(value: Any) -> Any:
    """Half of it, rounded down, or 0 where it is negative."""
    return max(value // 2, 0) if isinstance(value, int) else tg.maximum(value // 2, 0)


def _pair(height: Any, width: Any) -> Any:
    return (height, width) if isinstance(height, int) else tg.stack([height, width])


@public("image.resize_with_crop_or_pad")
def resize_with_crop_or_pad(image: TensorLike, target_height: int, target_width: int) -> Tensor:
    """Cuts images, or pads them with zeros, around their middle to a size.

    Args:
        image: A tensor (height, width, channels) or (batch, height, width, channels); sizes known.
        target_height: The height of the result.
        target_width: Its width.

    Returns:
        Images of that size and the same dtype.

    >>> import tensegra as tg
    >>> tg.image.resize_with_crop_or_pad(tg.ones((4, 1, 1), tg.int32), 2, 3).numpy()[..., 0].tolist()
    [[0, 1, 0], [0, 1, 0]]
    """
    from .crop import crop_to_bounding_box, pad_to_bounding_box

    tensor = as_images(image, "resize_with_crop_or_pad")
    if target_height <= 0 or target_width <= 0:
        raise InvalidArgumentError(
            "[image.resize_with_crop_or_pad] the size must be positive. "
            f"Received: target_height={target_height}, target_width={target_width}.",
            code="TG-0109",
        )
    height, width = height_and_width(tensor)

    def less(value: Any, most: int) -> Any:
        return min(value, most) if isinstance(value, int) else tg.minimum(value, most)

    cropped = crop_to_bounding_box(
        tensor,
        _half(height - target_height),
        _half(width - target_width),
        less(height, target_height),
        less(width, target_width),
    )
    return pad_to_bounding_box(
        cropped, _half(target_height - height), _half(target_width - width), target_height, target_width
    )
