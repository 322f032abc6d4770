"""Parts of images, and borders around them."""

from __future__ import annotations

from typing import Any

import tensegra as tg
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

from ._shapes import as_images, height_and_width, on_batch


@public("image.crop_to_bounding_box")
def crop_to_bounding_box(
    image: TensorLike, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """Cuts a box out of images.

    Args:
        image: A tensor (height, width, channels) or (batch, height, width, channels).
        offset_height: Rows above the box.
        offset_width: Columns left of it.
        target_height: Height of the box.
        target_width: Its width.

    Returns:
        Images of the size of the box and the same dtype.

    Raises:
        tg.errors.InvalidArgumentError: The box leaves the image (TG-0107), or has no size (TG-0109).

    >>> import tensegra as tg
    >>> tg.image.crop_to_bounding_box(tg.reshape(tg.range(6), (2, 3, 1)), 0, 1, 2, 2).numpy()[..., 0].tolist()
    [[1, 2], [4, 5]]
    """
    tensor = as_images(image, "crop_to_bounding_box")
    height, width = height_and_width(tensor)
    _check_box(
        "crop_to_bounding_box", (offset_height, target_height, height), (offset_width, target_width, width)
    )
    lead = [0] * ((tensor.shape.rank or 3) - 3)
    begin = [*lead, offset_height, offset_width, 0]
    size = [*(-1 for _ in lead), target_height, target_width, -1]
    return tg.slice(tensor, _vector(begin), _vector(size))


@public("image.pad_to_bounding_box")
def pad_to_bounding_box(
    image: TensorLike, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """Puts images into larger ones of zeros.

    Args:
        image: A tensor (height, width, channels) or (batch, height, width, channels).
        offset_height: Rows of zeros above.
        offset_width: Columns of zeros on the left.
        target_height: Height of the result.
        target_width: Its width.

    Returns:
        Images of that size and the same dtype.

    Raises:
        tg.errors.InvalidArgumentError: The image does not fit (TG-0107).

    >>> import tensegra as tg
    >>> tg.image.pad_to_bounding_box(tg.ones((1, 2, 1), tg.int32), 1, 0, 2, 3).numpy()[..., 0].tolist()
    [[0, 0, 0], [1, 1, 0]]
    """
    tensor = as_images(image, "pad_to_bounding_box")
    height, width = height_and_width(tensor)
    _check_box(
        "pad_to_bounding_box", (offset_height, height, target_height), (offset_width, width, target_width)
    )
    after = (target_height - offset_height - height, target_width - offset_width - width)
    lead = [[0, 0]] * ((tensor.shape.rank or 3) - 3)
    pairs = [*lead, [offset_height, after[0]], [offset_width, after[1]], [0, 0]]
    if all(isinstance(value, int) for pair in pairs for value in pair):
        return tg.pad(tensor, pairs)
    for axis, (before, behind) in zip((-3, -2), pairs[-3:-1], strict=True):
        tensor = tg.concat([_zeros(tensor, axis, before), tensor, _zeros(tensor, axis, behind)], axis)
    return tensor


def _zeros(tensor: Tensor, axis: int, count: Any) -> Tensor:
    """Zeros of the tensor's shape but for one size, which is known when the graph runs."""
    sizes: list[Any] = tg.unstack(tg.shape(tensor), num=tensor.shape.rank)
    sizes[axis] = tg.cast(count, tg.int32)
    return tg.zeros(tg.stack(sizes), tensor.dtype)


def _vector(values: list[Any]) -> Any:
    if all(isinstance(value, int) for value in values):
        return values
    return tg.stack([tg.cast(value, tg.int32) for value in values])


def _check_box(where: str, *sides: tuple[Any, Any, Any]) -> None:
    """Each side is (offset, size inside, size outside); what is not known is checked when the graph runs."""
    for offset, inside, outside in sides:
        if isinstance(inside, int) and inside <= 0:
            raise InvalidArgumentError(
                f"[image.{where}] sizes must be positive. Received: {inside}.", code="TG-0109"
            )
        if isinstance(offset, int) and offset < 0:
            raise InvalidArgumentError(
                f"[image.{where}] offsets must not be negative. Received: {offset}.", code="TG-0107"
            )
        if all(isinstance(value, int) for value in (offset, inside, outside)) and offset + inside > outside:
            raise InvalidArgumentError(
                f"[image.{where}] the box must lie within the image. Received: offset {offset} and size {inside} "
                f"in {outside}. Make it smaller.",
                code="TG-0107",
            )


@public("image.central_crop")
def central_crop(image: TensorLike, central_fraction: Any) -> Tensor:
    """Cuts the middle out of images.

    Args:
        image: A tensor (height, width, channels) or (batch, height, width, channels).
        central_fraction: Which part of height and width stays, in (0, 1].

    Returns:
        Smaller images of the same dtype.

    >>> import tensegra as tg
    >>> tg.image.central_crop(tg.reshape(tg.range(16), (4, 4, 1)), 0.5).numpy()[..., 0].tolist()
    [[5, 6], [9, 10]]
    """
    tensor = as_images(image, "central_crop")
    fraction = float(central_fraction)
    if not 0 < fraction <= 1:
        raise InvalidArgumentError(
            f"[image.central_crop] central_fraction must lie in (0, 1]. Received: {central_fraction!r}.",
            code="TG-0107",
        )
    if fraction == 1:
        return tensor
    height, width = height_and_width(tensor)

    def start(size: Any) -> Any:
        if isinstance(size, int):
            return int((size - size * fraction) / 2)
        whole = tg.cast(size, tg.float64)
        return tg.cast((whole - whole * fraction) / 2.0, tg.int32)

    top, left = start(height), start(width)
    return crop_to_bounding_box(tensor, top, left, height - 2 * top, width - 2 * left)


@public("image.extract_patches")
def extract_patches(
    images: TensorLike, sizes: Any, strides: Any, rates: Any, padding: str, name: str | None = None
) -> Tensor:
    """Collects windows of images in the last dimension.

    Args:
        images: A tensor (batch, height, width, channels).
        sizes: [1, rows, columns, 1]: the size of a window.
        strides: [1, rows, columns, 1]: from one window to the next.
        rates: [1, rows, columns, 1]: from one pixel of a window to the next.
        padding: "VALID" or "SAME".
        name: Ignored.

    Returns:
        A tensor (batch, windows down, windows across, rows * columns * channels).

    >>> import tensegra as tg
    >>> tg.image.extract_patches(tg.reshape(tg.range(9), (1, 3, 3, 1)), [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1],
    ...     "VALID").numpy()[0, 0].tolist()
    [[0, 1, 3, 4], [1, 2, 4, 5]]
    """
    tensor = as_images(images, "extract_patches", (4,))
    (rows, columns), (down, across), (row_rate, column_rate) = map(_two, (sizes, strides, rates))
    reach = ((rows - 1) * row_rate + 1, (columns - 1) * column_rate + 1)
    height, width = height_and_width(tensor)
    if padding.upper() == "SAME":
        pads = [
            _same(size, span, step)
            for size, span, step in zip((height, width), reach, (down, across), strict=True)
        ]
        tensor = pad_to_bounding_box(
            tensor, pads[0][0], pads[1][0], height + sum(pads[0]), width + sum(pads[1])
        )
        height, width = height + sum(pads[0]), width + sum(pads[1])
    elif padding.upper() != "VALID":
        raise InvalidArgumentError(
            f"[image.extract_patches] padding must be VALID or SAME. Received: padding={padding!r}.",
            code="TG-0106",
        )
    windows_down, windows_across = (height - reach[0]) // down + 1, (width - reach[1]) // across + 1
    parts = []
    for row in range(rows):
        for column in range(columns):
            shifted = tensor[:, row * row_rate :: down, column * column_rate :: across]
            parts.append(shifted[:, :windows_down, :windows_across])
    return tg.concat(parts, -1)


def _two(values: Any) -> tuple[int, int]:
    four = [int(value) for value in values]
    if len(four) != 4 or four[0] != 1 or four[3] != 1 or min(four) < 1:
        raise InvalidArgumentError(
            "[image.extract_patches] sizes, strides and rates have the form [1, rows, columns, 1]. "
            f"Received: {values!r}.",
            code="TG-0105",
        )
    return four[1], four[2]


def _same(size: Any, span: int, step: int) -> tuple[Any, Any]:
    if isinstance(size, int):
        total = max((-(-size // step) - 1) * step + span - size, 0)
        return total // 2, total - total // 2
    rest = tg.maximum(((size + step - 1) // step - 1) * step + span - size, 0)
    return rest // 2, rest - rest // 2


@public("image.transpose")
def transpose(image: TensorLike, name: str | None = None) -> Tensor:
    """Swaps rows and columns of images.

    Args:
        image: A tensor (height, width, channels) or (batch, height, width, channels).
        name: Ignored.

    Returns:
        A tensor (..., width, height, channels) of the same dtype.

    >>> import tensegra as tg
    >>> tg.image.transpose(tg.zeros((2, 3, 1))).shape
    TensorShape([3, 2, 1])
    """
    return on_batch(as_images(image, "transpose"), lambda batch: tg.transpose(batch, [0, 2, 1, 3]))
