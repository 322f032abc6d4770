"""Convolutions in TensorFlow's argument order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

from . import _windows

_execute = _native.execute


@public("nn.conv1d")
def conv1d(
    input: TensorLike,
    filters: TensorLike,
    stride: int | Sequence[int],
    padding: str | Sequence[Sequence[int]],
    data_format: str = "NWC",
    dilations: int | Sequence[int] | None = None,
    name: str | None = None,
) -> Tensor:
    """Cross-correlates sequences with filters.

    Args:
        input: Sequences, shape [..., width, channels], or [batch, channels, width] for "NCW"; a floating dtype.
        filters: Shape [width, channels, output channels]. With fewer channels than the input has, which they divide,
            the channels fall into groups.
        stride: How far windows are apart: one int, or three in the order of the data format.
        padding: "VALID", "SAME", or for each axis how many zeros to add before and after.
        data_format: "NWC" or "NCW".
        dilations: Distances between the taps of a filter, as stride.
        name: Ignored; for compatibility.

    Returns:
        Shape [..., new width, output channels] in the order of the data format.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103), channels that do not divide (TG-0105), or values
            that the op does not know (TG-0106).

    >>> import tensegra as tg
    >>> tg.nn.conv1d([[[1.0], [2.0], [3.0]]], [[[1.0]], [[10.0]]], stride=1, padding="VALID")[0, :, 0].numpy()
    array([21., 32.], dtype=float32)
    """
    x: Any = _native.tensor(input)
    found = _windows.attributes("conv1d", stride, padding, data_format, dilations, 1)
    channels_first = found["data_format"] == "NCW"
    lifted = _windows.lifted("conv1d", found, channels_first)
    axis = 2 if channels_first else 1
    kernels = _execute("expand_dims", (filters,), (0,))

    def run(sequences: Any) -> Any:
        images = _execute("expand_dims", (sequences,), (axis,))
        return _execute("squeeze", (_execute("conv2d", (images, kernels), lifted),), ([axis],))

    return run(x) if channels_first else _windows.merged(x, 1, run)


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
        input: Images, shape [..., height, width, channels], or [batch, channels, height, width] for "NCHW"; a
            floating dtype.
        filters: Shape [height, width, channels, output channels]. With fewer channels than the input has, which
            they divide, the channels fall into groups.
        strides: One int, two for height and width, or four in the order of the data format.
        padding: "VALID", "SAME", or for each axis how many zeros to add before and after.
        data_format: "NHWC" or "NCHW".
        dilations: Distances between the taps of a filter, as strides.
        name: Ignored; for compatibility.

    Returns:
        Shape [..., new height, new width, output channels] in the order of the data format.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103), channels that do not divide (TG-0105), or values
            that the op does not know (TG-0106).

    >>> import tensegra as tg
    >>> images = tg.ones([1, 3, 3, 1])
    >>> tg.nn.conv2d(images, tg.ones([2, 2, 1, 1]), strides=1, padding="VALID")[0, :, :, 0].numpy()
    array([[4., 4.],
           [4., 4.]], dtype=float32)
    """
    x: Any = _native.tensor(input)
    found = _windows.attributes("conv2d", strides, padding, data_format, dilations, 2)
    if found["data_format"] == "NCHW":
        return _execute("conv2d", (x, filters), found)
    result: Tensor = _windows.merged(x, 2, lambda images: _execute("conv2d", (images, filters), found))
    return result


@public("nn.conv3d")
def conv3d(
    input: TensorLike,
    filters: TensorLike,
    strides: int | Sequence[int],
    padding: str | Sequence[Sequence[int]],
    data_format: str = "NDHWC",
    dilations: int | Sequence[int] | None = None,
    name: str | None = None,
) -> Tensor:
    """Cross-correlates volumes with filters.

    Args:
        input: Volumes, shape [..., depth, height, width, channels], or [batch, channels, depth, height, width] for
            "NCDHW"; a floating dtype.
        filters: Shape [depth, height, width, channels, output channels]. With fewer channels than the input has,
            which they divide, the channels fall into groups.
        strides: One int, three for the spatial axes, or five in the order of the data format.
        padding: "VALID", "SAME", or for each axis how many zeros to add before and after.
        data_format: "NDHWC" or "NCDHW".
        dilations: Distances between the taps of a filter, as strides.
        name: Ignored; for compatibility.

    Returns:
        Shape [..., new depth, new height, new width, output channels] in the order of the data format.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103), channels that do not divide (TG-0105), or values
            that the op does not know (TG-0106).

    >>> import tensegra as tg
    >>> tg.nn.conv3d(tg.ones([1, 2, 2, 3, 1]), tg.ones([2, 2, 2, 1, 1]), strides=1, padding="VALID").numpy().ravel()
    array([8., 8.], dtype=float32)
    """
    x: Any = _native.tensor(input)
    found = _windows.attributes("conv3d", strides, padding, data_format, dilations, 3)
    if found["data_format"] == "NCDHW":
        return _execute("conv3d", (x, filters), found)
    result: Tensor = _windows.merged(x, 3, lambda volumes: _execute("conv3d", (volumes, filters), found))
    return result


def spatial_axes(op: str, filters: Any) -> int:
    """How many spatial axes filters have: 1, 2 or 3."""
    rank = _windows.rank_of(filters)
    if rank is None or not 3 <= rank <= 5:
        raise InvalidArgumentError(
            f"[{op}] filters must have 3, 4 or 5 dimensions. Received: filters.shape={filters._shape}",
            code="TG-0103",
        )
    return rank - 2


@public("nn.convolution")
def convolution(
    input: TensorLike,
    filters: TensorLike,
    strides: int | Sequence[int] | None = None,
    padding: str | Sequence[Sequence[int]] = "VALID",
    data_format: str | None = None,
    dilations: int | Sequence[int] | None = None,
    name: str | None = None,
) -> Tensor:
    """Cross-correlates sequences, images or volumes with filters.

    Args:
        input: Shape [..., spatial axes, channels], or [batch, channels, spatial axes] where the data format starts
            with "NC"; a floating dtype.
        filters: Shape [spatial axes, channels, output channels]; it says whether there are 1, 2 or 3 spatial axes.
        strides: One int or one for each spatial axis; None for 1.
        padding: "VALID", "SAME", or for each axis how many zeros to add before and after.
        data_format: "NWC", "NCW", "NHWC", "NCHW", "NDHWC" or "NCDHW"; None for the one with the channels last.
        dilations: Distances between the taps of a filter, as strides.
        name: Ignored; for compatibility.

    Returns:
        Shape [..., new spatial axes, output channels] in the order of the data format.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103), channels that do not divide (TG-0105), or values
            that the op does not know (TG-0106).

    >>> import tensegra as tg
    >>> tg.nn.convolution(tg.ones([1, 5, 1]), tg.ones([3, 1, 1]), dilations=2).numpy()
    array([[[3.]]], dtype=float32)
    """
    kernels: Any = _native.tensor(filters)
    run: Any = (conv1d, conv2d, conv3d)[spatial_axes("convolution", kernels) - 1]
    data_format = _windows.layout("convolution", data_format, spatial_axes("convolution", kernels))
    result: Tensor = run(input, kernels, 1 if strides is None else strides, padding, data_format, dilations)
    return result


@public("nn.atrous_conv2d")
def atrous_conv2d(
    value: TensorLike, filters: TensorLike, rate: int, padding: str, name: str | None = None
) -> Tensor:
    """Cross-correlates images with filters whose taps are apart; see `tg.nn.conv2d` with dilations.

    Args:
        value: Images, shape [batch, height, width, channels].
        filters: Shape [height, width, channels, output channels].
        rate: The distance between the taps of a filter.
        padding: "VALID" or "SAME".
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.nn.atrous_conv2d(tg.ones([1, 3, 3, 1]), tg.ones([2, 2, 1, 1]), rate=2, padding="VALID").numpy().item()
    4.0
    """
    return conv2d(value, filters, 1, padding, dilations=rate)
