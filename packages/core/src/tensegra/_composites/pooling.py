"""Two-dimensional pooling in TensorFlow's argument order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute


def _window(value: Any, data_format: str, name: str) -> list[int]:
    """Height and width from one, two or four ints."""
    sizes = [value] if isinstance(value, int) else list(value)
    if len(sizes) == 1:
        sizes = sizes * 2
    if len(sizes) == 4:
        first = data_format.index("H") if "H" in data_format else 1
        sizes = sizes[first : first + 2]
    if len(sizes) != 2:
        raise InvalidArgumentError(
            f"[pool] {name} must be one, two or four ints. Received: {name}={value!r}. Give [height, width].",
            code="TG-0106",
        )
    return sizes


def _pool(op: str, input: Any, ksize: Any, strides: Any, padding: str, data_format: str) -> Any:
    if data_format not in ("NHWC", "NCHW"):
        raise InvalidArgumentError(
            f'[{op}] data_format must be "NHWC" or "NCHW". Received: data_format={data_format!r}. '
            "Transpose other layouts.",
            code="TG-0106",
        )
    attributes = (
        _window(ksize, data_format, "ksize"),
        _window(strides, data_format, "strides"),
        padding.upper(),
    )
    if data_format == "NHWC":
        return _execute(op, (input,), attributes)
    images = _execute("transpose", (input,), ([0, 2, 3, 1],))
    return _execute("transpose", (_execute(op, (images,), attributes),), ([0, 3, 1, 2],))


@public("nn.max_pool2d")
def max_pool2d(
    input: TensorLike,
    ksize: int | Sequence[int],
    strides: int | Sequence[int],
    padding: str,
    data_format: str = "NHWC",
    name: str | None = None,
) -> Tensor:
    """The largest value in each window.

    Args:
        input: Images, shape [batch, height, width, channels], or [batch, channels, height, width] for "NCHW".
        ksize: The window: one int, two for height and width, or four in the order of the data format.
        strides: The distance between windows, as ksize.
        padding: "VALID", or "SAME" (places outside of the image do not count).
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
    return _pool("max_pool2d", input, ksize, strides, padding, data_format)


@public("nn.avg_pool2d")
def avg_pool2d(
    input: TensorLike,
    ksize: int | Sequence[int],
    strides: int | Sequence[int],
    padding: str,
    data_format: str = "NHWC",
    name: str | None = None,
) -> Tensor:
    """The mean of each window.

    Args:
        input: Images, shape [batch, height, width, channels], or [batch, channels, height, width] for "NCHW".
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
    return _pool("avg_pool2d", input, ksize, strides, padding, data_format)


@public("nn.max_pool")
def max_pool(
    input: TensorLike,
    ksize: int | Sequence[int],
    strides: int | Sequence[int],
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The largest value in each window of images; see `tg.nn.max_pool2d`.

    >>> import tensegra as tg
    >>> float(tg.nn.max_pool(tg.ones([1, 2, 2, 1]), 2, 2, "VALID"))
    1.0
    """
    return max_pool2d(input, ksize, strides, padding, data_format or "NHWC")


@public("nn.avg_pool")
def avg_pool(
    input: TensorLike,
    ksize: int | Sequence[int],
    strides: int | Sequence[int],
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The mean of each window of images; see `tg.nn.avg_pool2d`.

    >>> import tensegra as tg
    >>> float(tg.nn.avg_pool(tg.ones([1, 2, 2, 1]), 2, 2, "VALID"))
    1.0
    """
    return avg_pool2d(input, ksize, strides, padding, data_format or "NHWC")
