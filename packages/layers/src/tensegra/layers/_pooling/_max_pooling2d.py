"""The greatest number of each window."""

from __future__ import annotations

import tensegra as tg

from ._pooling2d import Pooling2D


class MaxPooling2D(Pooling2D):
    """The greatest number of each window of each channel of images `[batch, height, width, channels]`.

    Args:
        pool_size: Height and width of the window; one number for both.
        strides: Steps of the window, its size if not given.
        padding: "valid" (windows stay inside) or "same" (the last windows may reach over the edge).
        data_format: "channels_last", the only one now.
        **kwargs: Arguments of `Layer`.

    Raises:
        tg.errors.InvalidArgumentError: A bad argument (TG-1002), an input that is not of rank 4 or smaller
            than the window (TG-1001).
        tg.errors.UnimplementedError: `data_format="channels_first"` (TG-1013).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> x = np.arange(4, dtype=np.float32).reshape(1, 2, 2, 1)
        >>> tg.layers.MaxPooling2D()(x).numpy().tolist()
        [[[[3.0]]]]
    """

    def _pool(
        self, inputs: tg.Tensor, ksize: tuple[int, int], strides: tuple[int, int], padding: str
    ) -> tg.Tensor:
        return tg.nn.max_pool2d(inputs, ksize=ksize, strides=strides, padding=padding)
