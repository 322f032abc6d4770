"""Convolutions that see each channel on its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tensegra import _native
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

from . import _windows

_execute = _native.execute


@public("nn.depthwise_conv2d")
def depthwise_conv2d(
    input: TensorLike,
    filter: TensorLike,
    strides: int | Sequence[int],
    padding: str | Sequence[Sequence[int]],
    data_format: str | None = None,
    dilations: int | Sequence[int] | None = None,
    name: str | None = None,
) -> Tensor:
    """Cross-correlates each channel of images with filters of its own.

    Args:
        input: Images, shape [batch, height, width, channels], or [batch, channels, height, width] for "NCHW"; a
            floating dtype.
        filter: Shape [height, width, channels, multiplier].
        strides: One int, two for height and width, or four in the order of the data format.
        padding: "VALID", "SAME", or for each axis how many zeros to add before and after.
        data_format: "NHWC" (also None) or "NCHW".
        dilations: Distances between the taps of a filter, as strides.
        name: Ignored; for compatibility.

    Returns:
        Shape [batch, new height, new width, channels * multiplier] in the order of the data format.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103), channels that differ (TG-0105), or values that the
            op does not know (TG-0106).

    >>> import tensegra as tg
    >>> tg.nn.depthwise_conv2d(tg.ones([1, 2, 2, 2]), tg.ones([2, 2, 2, 1]), strides=1, padding="VALID").numpy()
    array([[[[4., 4.]]]], dtype=float32)
    """
    found = _windows.attributes("depthwise_conv2d", strides, padding, data_format, dilations, 2)
    return _execute("depthwise_conv2d", (input, filter), found)


def _flat_filter(filter: Any) -> Any:
    """[height, width, channels, multiplier] as [height, width, 1, channels * multiplier]."""
    shape = _execute("shape", (filter,), {"out_type": 5})
    plane = _execute("strided_slice", (shape,), ([0], [2], [1]))
    return _execute("reshape", (filter, _execute("concat", ([plane, _native.tensor([1, -1], 5)],), (0,))))


@public("nn.depthwise_conv2d_backprop_input")
def depthwise_conv2d_backprop_input(
    input_sizes: TensorLike,
    filter: TensorLike,
    out_backprop: TensorLike,
    strides: int | Sequence[int],
    padding: str | Sequence[Sequence[int]],
    data_format: str = "NHWC",
    dilations: int | Sequence[int] | None = None,
    name: str | None = None,
) -> Tensor:
    """The gradient of `tg.nn.depthwise_conv2d` with respect to its images.

    Args:
        input_sizes: The shape of the images, in the order of the data format; int32 or int64.
        filter: Shape [height, width, channels, multiplier].
        out_backprop: The gradient of the result.
        strides: As in the convolution, as are padding, data_format and dilations.
        padding: See strides.
        data_format: See strides.
        dilations: See strides.
        name: Ignored; for compatibility.

    Returns:
        A tensor of shape `input_sizes`.

    >>> import tensegra as tg
    >>> dy = tg.ones([1, 1, 1, 2])
    >>> dx = tg.nn.depthwise_conv2d_backprop_input([1, 2, 2, 2], tg.ones([2, 2, 2, 1]), dy, 1, "VALID")
    >>> float(tg.reduce_sum(dx))
    8.0
    """
    found = _windows.attributes(
        "depthwise_conv2d_backprop_input", strides, padding, data_format, dilations, 2
    )
    kernels = _flat_filter(_native.tensor(filter))
    return _execute("conv2d_transpose", (out_backprop, kernels, input_sizes), found)


@public("nn.depthwise_conv2d_backprop_filter")
def depthwise_conv2d_backprop_filter(
    input: TensorLike,
    filter_sizes: TensorLike,
    out_backprop: TensorLike,
    strides: int | Sequence[int],
    padding: str | Sequence[Sequence[int]],
    data_format: str = "NHWC",
    dilations: int | Sequence[int] | None = None,
    name: str | None = None,
) -> Tensor:
    """The gradient of `tg.nn.depthwise_conv2d` with respect to its filter.

    Args:
        input: The images.
        filter_sizes: The shape of the filter: height, width, channels, multiplier; int32 or int64.
        out_backprop: The gradient of the result.
        strides: As in the convolution, as are padding, data_format and dilations.
        padding: See strides.
        data_format: See strides.
        dilations: See strides.
        name: Ignored; for compatibility.

    Returns:
        A tensor of shape `filter_sizes`.

    >>> import tensegra as tg
    >>> x, dy = tg.ones([1, 2, 2, 2]), tg.ones([1, 1, 1, 2])
    >>> tg.nn.depthwise_conv2d_backprop_filter(x, [2, 2, 2, 1], dy, 1, "VALID").shape
    TensorShape([2, 2, 2, 1])
    """
    found = _windows.attributes(
        "depthwise_conv2d_backprop_filter", strides, padding, data_format, dilations, 2
    )
    values: Any = _native.tensor(input)
    sizes: Any = _execute("cast", (filter_sizes,), {"dtype": 5})
    like = _execute("fill", (sizes, _native.tensor(0.0, values._dtype_number)))
    result = _execute("conv2d_backprop_filter", (values, _flat_filter(like), out_backprop), found)
    return _execute("reshape", (result, sizes))


@public("nn.separable_conv2d")
def separable_conv2d(
    input: TensorLike,
    depthwise_filter: TensorLike,
    pointwise_filter: TensorLike,
    strides: int | Sequence[int],
    padding: str | Sequence[Sequence[int]],
    data_format: str | None = None,
    dilations: int | Sequence[int] | None = None,
    name: str | None = None,
) -> Tensor:
    """Cross-correlates each channel of images on its own, then mixes the channels at each place.

    Args:
        input: Images, shape [batch, height, width, channels], or [batch, channels, height, width] for "NCHW"; a
            floating dtype.
        depthwise_filter: Shape [height, width, channels, multiplier].
        pointwise_filter: Shape [1, 1, channels * multiplier, output channels].
        strides: Of the first step: one int, two for height and width, or four in the order of the data format.
        padding: Of the first step: "VALID", "SAME", or for each axis how many zeros to add before and after.
        data_format: "NHWC" (also None) or "NCHW".
        dilations: Distances between the taps of the first step's filter, as strides.
        name: Ignored; for compatibility.

    Returns:
        Shape [batch, new height, new width, output channels] in the order of the data format.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103), channels that do not fit (TG-0105), or values that
            the op does not know (TG-0106).

    >>> import tensegra as tg
    >>> x = tg.ones([1, 3, 3, 2])
    >>> tg.nn.separable_conv2d(x, tg.ones([3, 3, 2, 1]), tg.ones([1, 1, 2, 1]), 1, "VALID").numpy().item()
    18.0
    """
    order = _windows.layout("separable_conv2d", data_format, 2)
    middle = depthwise_conv2d(input, depthwise_filter, strides, padding, order, dilations)
    pointwise = {"strides": [1], "padding": "VALID", "data_format": order}
    return _execute("conv2d", (middle, pointwise_filter), pointwise)
