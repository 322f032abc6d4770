"""Two-dimensional convolution in TensorFlow's argument order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute


@public("nn.conv2d")
def conv2d(
    input: TensorLike,
    filters: TensorLike,
    strides: int | Sequence[int],
    padding: str | Sequence[Sequence[int]],
    data_format: str = "NHWC",
    dilations: int | Sequence[int] | None = None,
    name: str | None = None,
) -> Tensor:
    """Cross-correlates images with filters.

    Args:
        input: Images, shape [batch, height, width, channels], or [batch, channels, height, width] for "NCHW".
        filters: Shape [height, width, channels, output channels]. With fewer channels than the input has, which
            they divide, the channels fall into groups.
        strides: One int, two for height and width, or four in the order of the data format.
        padding: "VALID", "SAME", or for each axis how many zeros to add before and after.
        data_format: "NHWC" or "NCHW".
        dilations: Distances between the taps of a filter, as strides.
        name: Ignored; for compatibility.

    Returns:
        Shape [batch, height, width, output channels] in the order of the data format.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103), channels that do not divide (TG-0105), or values
            that the op does not know (TG-0106).

    >>> import tensegra as tg
    >>> images = tg.ones([1, 3, 3, 1])
    >>> tg.nn.conv2d(images, tg.ones([2, 2, 1, 1]), strides=1, padding="VALID")[0, :, :, 0].numpy()
    array([[4., 4.],
           [4., 4.]], dtype=float32)
    """
    attributes: dict[str, Any] = {"strides": strides, "data_format": data_format, "dilations": dilations}
    if isinstance(padding, str):
        attributes["padding"] = padding
    else:
        attributes["padding"] = "EXPLICIT"
        attributes["explicit_paddings"] = [int(amount) for amount in np.asarray(padding).reshape(-1)]
    return _execute("conv2d", (input, filters), attributes)
