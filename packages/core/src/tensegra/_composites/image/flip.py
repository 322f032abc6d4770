"""Mirror images and quarter turns."""

from __future__ import annotations

from typing import Any

import tensegra as tg
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

from ._shapes import as_images, on_batch


@public("image.flip_left_right")
def flip_left_right(image: TensorLike) -> Tensor:
    """Mirrors images: the left becomes the right.

    Args:
        image: A tensor (height, width, channels) or (batch, height, width, channels) of any dtype.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.flip_left_right([[[1], [2]]]).numpy().ravel().tolist()
    [2, 1]
    """
    return tg.reverse(as_images(image, "flip_left_right"), [-2])


@public("image.flip_up_down")
def flip_up_down(image: TensorLike) -> Tensor:
    """Mirrors images: the top becomes the bottom.

    Args:
        image: A tensor (height, width, channels) or (batch, height, width, channels) of any dtype.

    Returns:
        A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.image.flip_up_down([[[1]], [[2]]]).numpy().ravel().tolist()
    [2, 1]
    """
    return tg.reverse(as_images(image, "flip_up_down"), [-3])


@public("image.rot90")
def rot90(image: TensorLike, k: Any = 1, name: str | None = None) -> Tensor:
    """Turns images counter-clockwise by quarter turns.

    Args:
        image: A tensor (height, width, channels) or (batch, height, width, channels) of any dtype.
        k: How many quarter turns, a Python integer; negative ones turn clockwise.
        name: Ignored.

    Returns:
        The turned images.

    >>> import tensegra as tg
    >>> tg.image.rot90([[[1], [2]], [[3], [4]]]).numpy()[..., 0].tolist()
    [[2, 4], [1, 3]]
    """

    def turned(batch: Tensor) -> Tensor:
        turns = int(k) % 4
        if turns == 1:
            return tg.transpose(tg.reverse(batch, [2]), [0, 2, 1, 3])
        if turns == 2:
            return tg.reverse(batch, [1, 2])
        if turns == 3:
            return tg.reverse(tg.transpose(batch, [0, 2, 1, 3]), [2])
        return batch

    return on_batch(as_images(image, "rot90"), turned)
