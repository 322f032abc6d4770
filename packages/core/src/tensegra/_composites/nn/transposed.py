"""Transposed convolutions in TensorFlow's argument order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tensegra import _native
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

from . import _windows
from .convolution import spatial_axes

_execute = _native.execute


@public("nn.conv1d_transpose")
def conv1d_transpose(
    input: TensorLike,
    filters: TensorLike,
    output_shape: TensorLike,
    strides: int | Sequence[int],
    padding: str | Sequence[Sequence[int]] = "SAME",
    data_format: str = "NWC",
    dilations: int | Sequence[int] | None = None,
    name: str | None = None,
) -> Tensor:
    """Spreads sequences over longer ones: the transpose of `tg.nn.conv1d`.

    Args:
        input: Sequences, shape [batch, width, channels], or [batch, channels, width] for "NCW"; a floating dtype.
        filters: Shape [width, output channels, channels].
        output_shape: The shape of the result, in the order of the data format.
        strides: One int, or three in the order of the data format.
        padding: Of the convolution: "VALID", "SAME", or for each axis how many zeros it adds before and after.
        data_format: "NWC" or "NCW".
        dilations: Distances between the taps of a filter, as strides.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103), a convolution of `output_shape` that has another
            shape than the input (TG-0105), or values that the op does not know (TG-0106).

    >>> import tensegra as tg
    >>> tg.nn.conv1d_transpose([[[1.0], [2.0]]], tg.ones([2, 1, 1]), [1, 4, 1], strides=2)[0, :, 0].numpy()
    array([1., 1., 2., 2.], dtype=float32)
    """
    found = _windows.attributes("conv1d_transpose", strides, padding, data_format, dilations, 1)
    channels_first = found["data_format"] == "NCW"
    axis = 2 if channels_first else 1
    sizes: Any = _execute("cast", (output_shape,), {"dtype": 5})
    one = _native.tensor([1], 5)
    before = _execute("strided_slice", (sizes,), ([0], [axis], [1]))
    after = _execute("strided_slice", (sizes,), ([axis], [3], [1]))
    images = _execute("expand_dims", (input,), (axis,))
    kernels = _execute("expand_dims", (filters,), (0,))
    shape = _execute("concat", ([before, one, after],), (0,))
    attributes = _windows.lifted("conv1d_transpose", found, channels_first)
    return _execute(
        "squeeze", (_execute("conv2d_transpose", (images, kernels, shape), attributes),), ([axis],)
    )


@public("nn.conv2d_transpose")
def conv2d_transpose(
    input: TensorLike,
    filters: TensorLike,
    output_shape: TensorLike,
    strides: int | Sequence[int],
    padding: str | Sequence[Sequence[int]] = "SAME",
    data_format: str = "NHWC",
    dilations: int | Sequence[int] | None = None,
    name: str | None = None,
) -> Tensor:
    """Spreads images over larger ones: the transpose of `tg.nn.conv2d` (not its inverse).

    Args:
        input: Images, shape [batch, height, width, channels], or [batch, channels, height, width] for "NCHW"; a
            floating dtype.
        filters: Shape [height, width, output channels, channels].
        output_shape: The shape of the result, in the order of the data format.
        strides: One int, two for height and width, or four in the order of the data format.
        padding: Of the convolution: "VALID", "SAME", or for each axis how many zeros it adds before and after.
        data_format: "NHWC" or "NCHW".
        dilations: Distances between the taps of a filter, as strides.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103), a convolution of `output_shape` that has another
            shape than the input (TG-0105), or values that the op does not know (TG-0106).

    >>> import tensegra as tg
    >>> tg.nn.conv2d_transpose(tg.ones([1, 1, 1, 1]), tg.ones([2, 2, 1, 1]), [1, 2, 2, 1], strides=2)[0, ..., 0].numpy()
    array([[1., 1.],
           [1., 1.]], dtype=float32)
    """
    found = _windows.attributes("conv2d_transpose", strides, padding, data_format, dilations, 2)
    return _execute("conv2d_transpose", (input, filters, output_shape), found)


@public("nn.conv3d_transpose")
def conv3d_transpose(
    input: TensorLike,
    filters: TensorLike,
    output_shape: TensorLike,
    strides: int | Sequence[int],
    padding: str | Sequence[Sequence[int]] = "SAME",
    data_format: str = "NDHWC",
    dilations: int | Sequence[int] | None = None,
    name: str | None = None,
) -> Tensor:
    """Spreads volumes over larger ones: the transpose of `tg.nn.conv3d`.

    Args:
        input: Volumes, shape [batch, depth, height, width, channels], or [batch, channels, depth, height, width] for
            "NCDHW"; a floating dtype.
        filters: Shape [depth, height, width, output channels, channels].
        output_shape: The shape of the result, in the order of the data format.
        strides: One int, three for the spatial axes, or five in the order of the data format.
        padding: Of the convolution: "VALID", "SAME", or for each axis how many zeros it adds before and after.
        data_format: "NDHWC" or "NCDHW".
        dilations: Distances between the taps of a filter, as strides.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103), a convolution of `output_shape` that has another
            shape than the input (TG-0105), or values that the op does not know (TG-0106).

    >>> import tensegra as tg
    >>> x, filters = tg.ones([1, 1, 1, 1, 1]), tg.ones([2, 2, 2, 1, 1])
    >>> tg.nn.conv3d_transpose(x, filters, [1, 2, 2, 2, 1], strides=2).shape
    TensorShape([1, 2, 2, 2, 1])
    """
    found = _windows.attributes("conv3d_transpose", strides, padding, data_format, dilations, 3)
    return _execute("conv3d_transpose", (input, filters, output_shape), found)


@public("nn.conv_transpose")
def conv_transpose(
    input: TensorLike,
    filters: TensorLike,
    output_shape: TensorLike,
    strides: int | Sequence[int],
    padding: str | Sequence[Sequence[int]] = "SAME",
    data_format: str | None = None,
    dilations: int | Sequence[int] | None = None,
    name: str | None = None,
) -> Tensor:
    """The transpose of `tg.nn.convolution`.

    Args:
        input: Shape [batch, spatial axes, channels], or [batch, channels, spatial axes] where the data format starts
            with "NC"; a floating dtype.
        filters: Shape [spatial axes, output channels, channels]; it says whether there are 1, 2 or 3 spatial axes.
        output_shape: The shape of the result, in the order of the data format.
        strides: One int or one for each spatial axis.
        padding: Of the convolution: "VALID", "SAME", or for each axis how many zeros it adds before and after.
        data_format: "NWC", "NCW", "NHWC", "NCHW", "NDHWC" or "NCDHW"; None for the one with the channels last.
        dilations: Distances between the taps of a filter, as strides.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103), a convolution of `output_shape` that has another
            shape than the input (TG-0105), or values that the op does not know (TG-0106).

    >>> import tensegra as tg
    >>> tg.nn.conv_transpose(tg.ones([1, 2, 1]), tg.ones([2, 1, 1]), [1, 3, 1], 1, "VALID").numpy().ravel()
    array([1., 2., 1.], dtype=float32)
    """
    kernels: Any = _native.tensor(filters)
    spatial = spatial_axes("conv_transpose", kernels)
    run: Any = (conv1d_transpose, conv2d_transpose, conv3d_transpose)[spatial - 1]
    order = _windows.layout("conv_transpose", data_format, spatial)
    result: Tensor = run(input, kernels, output_shape, strides, padding, order, dilations)
    return result


@public("nn.atrous_conv2d_transpose")
def atrous_conv2d_transpose(
    value: TensorLike,
    filters: TensorLike,
    output_shape: TensorLike,
    rate: int,
    padding: str,
    name: str | None = None,
) -> Tensor:
    """The transpose of `tg.nn.atrous_conv2d`.

    Args:
        value: Images, shape [batch, height, width, channels].
        filters: Shape [height, width, output channels, channels].
        output_shape: The shape of the result.
        rate: The distance between the taps of a filter.
        padding: Of the convolution: "VALID" or "SAME".
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> x, filters = tg.ones([1, 1, 1, 1]), tg.ones([2, 2, 1, 1])
    >>> tg.nn.atrous_conv2d_transpose(x, filters, [1, 3, 3, 1], rate=2, padding="VALID")[0, ..., 0].numpy()
    array([[1., 0., 1.],
           [0., 0., 0.],
           [1., 0., 1.]], dtype=float32)
    """
    return conv2d_transpose(value, filters, output_shape, 1, padding, dilations=rate)
