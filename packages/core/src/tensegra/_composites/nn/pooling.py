"""Pools in TensorFlow's argument order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import DTypeLike, TensorLike

from . import _windows

_execute = _native.execute


def _pool(
    op: str,
    kind: str,
    spatial: int,
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None,
    dilations: Any = None,
) -> Any:
    """The pool over so many spatial axes; op is the function that was called, kind "max" or "avg"."""
    found = _windows.attributes(op, strides, padding, data_format, dilations, spatial)
    found["ksize"] = _windows.steps(ksize)
    if kind == "avg" and found.pop("explicit_paddings", None) is not None:
        raise InvalidArgumentError(
            f'[{op}] averages take padding "VALID" or "SAME". Received: padding={padding!r}', code="TG-0106"
        )
    if spatial > 1:
        return _execute(f"{kind}_pool{spatial}d", (input,), found)
    channels_first = found["data_format"] == "NCW"
    axis = 2 if channels_first else 1
    images = _execute("expand_dims", (input,), (axis,))
    pooled = _execute(f"{kind}_pool2d", (images,), _windows.lifted(op, found, channels_first))
    return _execute("squeeze", (pooled,), ([axis],))


def _spatial_axes(op: str, input: Any) -> int:
    rank = _windows.rank_of(input)
    if rank is None or not 3 <= rank <= 5:
        raise InvalidArgumentError(
            f"[{op}] input must have 3, 4 or 5 dimensions. Received: input.shape={input._shape}",
            code="TG-0103",
        )
    return rank - 2


_Steps = int | Sequence[int]


@public("nn.max_pool1d")
def max_pool1d(
    input: TensorLike,
    ksize: _Steps,
    strides: _Steps,
    padding: str | Sequence[Sequence[int]],
    data_format: str = "NWC",
    name: str | None = None,
) -> Tensor:
    """The largest value in each window of sequences.

    Args:
        input: Shape [batch, width, channels], or [batch, channels, width] for "NCW"; a real dtype.
        ksize: The window: one int, or three in the order of the data format.
        strides: The distance between windows, as ksize.
        padding: "VALID", "SAME", or for each axis how far windows reach over its ends (what lies there never wins).
        data_format: "NWC" or "NCW".
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103) or values that the op does not know (TG-0106).

    >>> import tensegra as tg
    >>> tg.nn.max_pool1d([[[1.0], [3.0], [2.0]]], 2, 1, "VALID").numpy().ravel()
    array([3., 3.], dtype=float32)
    """
    return _pool("max_pool1d", "max", 1, input, ksize, strides, padding, data_format)


@public("nn.max_pool2d")
def max_pool2d(
    input: TensorLike,
    ksize: _Steps,
    strides: _Steps,
    padding: str | Sequence[Sequence[int]],
    data_format: str = "NHWC",
    name: str | None = None,
) -> Tensor:
    """The largest value in each window of images.

    Args:
        input: Images, shape [batch, height, width, channels], or [batch, channels, height, width] for "NCHW"; a real
            dtype.
        ksize: The window: one int, two for height and width, or four in the order of the data format.
        strides: The distance between windows, as ksize.
        padding: "VALID", "SAME", or for each axis how far windows reach over its ends (what lies there never wins).
        data_format: "NHWC" or "NCHW".
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103) or values that the op does not know (TG-0106).

    >>> import tensegra as tg
    >>> images = tg.reshape(tg.range(16.0), [1, 4, 4, 1])
    >>> tg.nn.max_pool2d(images, 2, 2, "VALID")[0, :, :, 0].numpy()
    array([[ 5.,  7.],
           [13., 15.]], dtype=float32)
    """
    return _pool("max_pool2d", "max", 2, input, ksize, strides, padding, data_format)


@public("nn.max_pool3d")
def max_pool3d(
    input: TensorLike,
    ksize: _Steps,
    strides: _Steps,
    padding: str | Sequence[Sequence[int]],
    data_format: str = "NDHWC",
    name: str | None = None,
) -> Tensor:
    """The largest value in each window of volumes.

    Args:
        input: Volumes, shape [batch, depth, height, width, channels], or [batch, channels, depth, height, width] for
            "NCDHW"; a real dtype.
        ksize: The window: one int, three for the spatial axes, or five in the order of the data format.
        strides: The distance between windows, as ksize.
        padding: "VALID", "SAME", or for each axis how far windows reach over its ends (what lies there never wins).
        data_format: "NDHWC" or "NCDHW".
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103) or values that the op does not know (TG-0106).

    >>> import tensegra as tg
    >>> tg.nn.max_pool3d(tg.reshape(tg.range(8.0), [1, 2, 2, 2, 1]), 2, 2, "VALID").numpy().item()
    7.0
    """
    return _pool("max_pool3d", "max", 3, input, ksize, strides, padding, data_format)


@public("nn.max_pool")
def max_pool(
    input: TensorLike,
    ksize: _Steps,
    strides: _Steps,
    padding: str | Sequence[Sequence[int]],
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The largest value in each window of sequences, images or volumes, by the rank of the input.

    See `tg.nn.max_pool1d`, `tg.nn.max_pool2d` and `tg.nn.max_pool3d`.

    >>> import tensegra as tg
    >>> float(tg.nn.max_pool(tg.ones([1, 2, 2, 1]), 2, 2, "VALID"))
    1.0
    """
    x: Any = _native.tensor(input)
    return _pool("max_pool", "max", _spatial_axes("max_pool", x), x, ksize, strides, padding, data_format)


@public("nn.avg_pool1d")
def avg_pool1d(
    input: TensorLike,
    ksize: _Steps,
    strides: _Steps,
    padding: str,
    data_format: str = "NWC",
    name: str | None = None,
) -> Tensor:
    """The mean of each window of sequences.

    Args:
        input: Shape [batch, width, channels], or [batch, channels, width] for "NCW"; a floating dtype.
        ksize: The window: one int, or three in the order of the data format.
        strides: The distance between windows, as ksize.
        padding: "VALID", or "SAME" (places outside of the sequence do not count).
        data_format: "NWC" or "NCW".
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103) or values that the op does not know (TG-0106).

    >>> import tensegra as tg
    >>> tg.nn.avg_pool1d([[[1.0], [3.0], [2.0]]], 2, 1, "SAME").numpy().ravel()
    array([2. , 2.5, 2. ], dtype=float32)
    """
    return _pool("avg_pool1d", "avg", 1, input, ksize, strides, padding, data_format)


@public("nn.avg_pool2d")
def avg_pool2d(
    input: TensorLike,
    ksize: _Steps,
    strides: _Steps,
    padding: str,
    data_format: str = "NHWC",
    name: str | None = None,
) -> Tensor:
    """The mean of each window of images.

    Args:
        input: Images, shape [batch, height, width, channels], or [batch, channels, height, width] for "NCHW"; a
            floating dtype.
        ksize: The window: one int, two for height and width, or four in the order of the data format.
        strides: The distance between windows, as ksize.
        padding: "VALID", or "SAME" (places outside of the image do not count).
        data_format: "NHWC" or "NCHW".
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103) or values that the op does not know (TG-0106).

    >>> import tensegra as tg
    >>> images = tg.reshape(tg.range(16.0), [1, 4, 4, 1])
    >>> tg.nn.avg_pool2d(images, 2, 2, "VALID")[0, :, :, 0].numpy()
    array([[ 2.5,  4.5],
           [10.5, 12.5]], dtype=float32)
    """
    return _pool("avg_pool2d", "avg", 2, input, ksize, strides, padding, data_format)


@public("nn.avg_pool3d")
def avg_pool3d(
    input: TensorLike,
    ksize: _Steps,
    strides: _Steps,
    padding: str,
    data_format: str = "NDHWC",
    name: str | None = None,
) -> Tensor:
    """The mean of each window of volumes.

    Args:
        input: Volumes, shape [batch, depth, height, width, channels], or [batch, channels, depth, height, width] for
            "NCDHW"; a floating dtype.
        ksize: The window: one int, three for the spatial axes, or five in the order of the data format.
        strides: The distance between windows, as ksize.
        padding: "VALID", or "SAME" (places outside of the volume do not count).
        data_format: "NDHWC" or "NCDHW".
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103) or values that the op does not know (TG-0106).

    >>> import tensegra as tg
    >>> tg.nn.avg_pool3d(tg.reshape(tg.range(8.0), [1, 2, 2, 2, 1]), 2, 2, "VALID").numpy().item()
    3.5
    """
    return _pool("avg_pool3d", "avg", 3, input, ksize, strides, padding, data_format)


@public("nn.avg_pool")
def avg_pool(
    input: TensorLike,
    ksize: _Steps,
    strides: _Steps,
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The mean of each window of sequences, images or volumes, by the rank of the input.

    See `tg.nn.avg_pool1d`, `tg.nn.avg_pool2d` and `tg.nn.avg_pool3d`.

    >>> import tensegra as tg
    >>> float(tg.nn.avg_pool(tg.ones([1, 2, 2, 1]), 2, 2, "VALID"))
    1.0
    """
    x: Any = _native.tensor(input)
    return _pool("avg_pool", "avg", _spatial_axes("avg_pool", x), x, ksize, strides, padding, data_format)


@public("nn.pool")
def pool(
    input: TensorLike,
    window_shape: _Steps,
    pooling_type: str,
    strides: _Steps | None = None,
    padding: str | Sequence[Sequence[int]] = "VALID",
    data_format: str | None = None,
    dilations: _Steps | None = None,
    name: str | None = None,
) -> Tensor:
    """The largest value or the mean of each window, whose elements may be apart.

    Args:
        input: Shape [batch, spatial axes, channels] with 1, 2 or 3 spatial axes, or [batch, channels, spatial axes]
            where the data format starts with "NC".
        window_shape: The window: one int or one for each spatial axis.
        pooling_type: "MAX" or "AVG".
        strides: The distance between windows, as window_shape; None for 1.
        padding: "VALID", "SAME", or for "MAX" how far windows reach over the ends of each axis.
        data_format: "NWC", "NCW", "NHWC", "NCHW", "NDHWC" or "NCDHW"; None for the one with the channels last.
        dilations: The distance between the elements of a window, as window_shape.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103) or values that are not described here (TG-0106).

    >>> import tensegra as tg
    >>> tg.nn.pool([[[1.0], [9.0], [2.0], [0.0]]], [2], "MAX", dilations=[2]).numpy().ravel()
    array([2., 9.], dtype=float32)
    """
    x: Any = _native.tensor(input)
    if pooling_type not in ("MAX", "AVG"):
        raise InvalidArgumentError(
            f'[pool] pooling_type must be "MAX" or "AVG". Received: pooling_type={pooling_type!r}',
            code="TG-0106",
        )
    spatial = _spatial_axes("pool", x)
    kind, step = pooling_type.lower(), 1 if strides is None else strides
    return _pool("pool", kind, spatial, x, window_shape, step, padding, data_format, dilations)


@public("nn.max_pool_with_argmax")
def max_pool_with_argmax(
    input: TensorLike,
    ksize: _Steps,
    strides: _Steps,
    padding: str | Sequence[Sequence[int]],
    data_format: str = "NHWC",
    output_dtype: DTypeLike = "int64",
    include_batch_in_index: bool = False,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """The largest value in each window of images, and where it is.

    Args:
        input: Images, shape [batch, height, width, channels]; a real dtype.
        ksize: The window: one int, two for height and width, or four.
        strides: The distance between windows, as ksize.
        padding: "VALID", "SAME", or for each axis how far windows reach over its ends.
        data_format: "NHWC".
        output_dtype: int32 or int64.
        include_batch_in_index: Whether places are counted from the start of the batch, not of each image.
        name: Ignored; for compatibility.

    Returns:
        The largest values, and for each its place: (row * width + column) * channels + channel.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103) or values that the op does not know (TG-0106).
        tg.errors.UnimplementedError: For "NCHW" (TG-0121).

    >>> import tensegra as tg
    >>> values, places = tg.nn.max_pool_with_argmax(tg.reshape(tg.range(4.0), [1, 2, 2, 1]), 2, 2, "VALID")
    >>> values.numpy().item(), places.numpy().item()
    (3.0, 3)
    """
    found = _windows.attributes("max_pool_with_argmax", strides, padding, data_format, None, 2)
    found["ksize"] = _windows.steps(ksize)
    found["output_dtype"] = output_dtype
    found["include_batch_in_index"] = include_batch_in_index
    values, places = _execute("max_pool_with_argmax", (input,), found)
    return values, places
