"""Greyscale morphology: the greatest or least sum of an image and a moving surface."""

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


def _pair(op: str, name: str, value: Any) -> tuple[int, int]:
    steps = _windows.steps(value) or []
    if len(steps) == 1:
        steps = steps * 2
    if len(steps) == 4 and steps[0] == steps[3] == 1:
        steps = steps[1:3]
    if len(steps) != 2 or min(steps) < 1:
        raise InvalidArgumentError(
            f"[{op}] {name} must be positive: one int, two, or four with 1 for batch and channels. "
            f"Received: {name}={value!r}",
            code="TG-0106",
        )
    return steps[0], steps[1]


def _same_pads(op: str, sizes: Sequence[Any], reach: Sequence[int], stride: Sequence[int]) -> list[int]:
    flat = []
    for size, r, s in zip(sizes, reach, stride, strict=True):
        if size is None or size < 0:
            if s > 1:
                raise InvalidArgumentError(
                    f'[{op}] padding "SAME" with strides needs known sizes. Received: sizes={tuple(sizes)}',
                    code="TG-0103",
                )
            needed = r - 1
        else:
            needed = max(0, (-(-size // s) - 1) * s + r - size)
        flat += [needed // 2, needed - needed // 2]
    return flat


def _dilate(
    op: str, input: Any, filters: Any, strides: Any, padding: str, data_format: str, dilations: Any
) -> Any:
    x: Any = _native.tensor(input)
    surface: Any = _native.tensor(filters, x._dtype_number)
    if data_format != "NHWC" or padding not in ("SAME", "VALID"):
        raise InvalidArgumentError(
            f'[{op}] data_format must be "NHWC", and padding "SAME" or "VALID". '
            f"Received: data_format={data_format!r}, padding={padding!r}",
            code="TG-0106",
        )
    stride, rate = _pair(op, "strides", strides), _pair(op, "dilations", dilations)
    shape, taps = x._shape, surface._shape
    if shape is None or len(shape) != 4 or taps is None or len(taps) != 3 or min(taps[:2]) < 1:
        raise InvalidArgumentError(
            f"[{op}] input must have 4 dimensions, filters 3 of which the first two are known. "
            f"Received: input.shape={shape}, filters.shape={taps}",
            code="TG-0103",
        )
    reach = [(size - 1) * step + 1 for size, step in zip(taps, rate, strict=False)]
    if padding == "SAME":
        pads = [0, 0, *_same_pads(op, shape[1:3], reach, stride), 0, 0]
        lowest = -3e38 if x._dtype_number in (12, 13) else -(2**31)
        x = _execute("pad", (x,), {"paddings": pads, "constant_values": lowest})
    best: Any = None
    for i in range(taps[0]):
        for j in range(taps[1]):
            begin = [0, i * rate[0], j * rate[1]]
            end = [0, begin[1] - reach[0] + 1, begin[2] - reach[1] + 1]
            mask = 1 | (2 if end[1] == 0 else 0) | (4 if end[2] == 0 else 0)
            seen = _execute("strided_slice", (x,), (begin, end, [1, *stride], 1, mask))
            added = _execute("add", (seen, _execute("gather", (_execute("gather", (surface, i)), j))))
            best = added if best is None else _execute("maximum", (best, added))
    return best


@public("nn.dilation2d")
def dilation2d(
    input: TensorLike,
    filters: TensorLike,
    strides: int | Sequence[int],
    padding: str,
    data_format: str,
    dilations: int | Sequence[int],
    name: str | None = None,
) -> Tensor:
    """The greatest sum of an image and a surface that moves over it, for each channel on its own.

    Args:
        input: Images, shape [batch, height, width, channels]; a real dtype.
        filters: The surface, shape [height, width, channels].
        strides: How far windows are apart: one int, two, or four.
        padding: "VALID" or "SAME"; what lies outside of the image never wins.
        data_format: "NHWC".
        dilations: How far the elements of the surface are apart, as strides.
        name: Ignored; for compatibility.

    Returns:
        Shape [batch, new height, new width, channels]. Where several sums are greatest, the gradient goes to the
        first.

    Raises:
        tg.errors.InvalidArgumentError: For another rank (TG-0103), channels that differ (TG-0101) or values that are
            not described here (TG-0106).

    >>> import tensegra as tg
    >>> x = tg.reshape(tg.constant([1.0, 5.0, 2.0, 3.0]), [1, 1, 4, 1])
    >>> tg.nn.dilation2d(x, tg.zeros([1, 2, 1]), 1, "VALID", "NHWC", 1).numpy().ravel()
    array([5., 5., 3.], dtype=float32)
    """
    result: Tensor = _dilate("dilation2d", input, filters, strides, padding, data_format, dilations)
    return result


@public("nn.erosion2d")
def erosion2d(
    value: TensorLike,
    filters: TensorLike,
    strides: int | Sequence[int],
    padding: str,
    data_format: str,
    dilations: int | Sequence[int],
    name: str | None = None,
) -> Tensor:
    """The least difference of an image and a surface that moves over it, for each channel on its own.

    It is -dilation2d(-value) by the surface turned by 180 degrees.

    Args:
        value: Images, shape [batch, height, width, channels]; a signed real dtype.
        filters: The surface, shape [height, width, channels].
        strides: How far windows are apart: one int, two, or four.
        padding: "VALID" or "SAME"; what lies outside of the image never wins.
        data_format: "NHWC".
        dilations: How far the elements of the surface are apart, as strides.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: As `tg.nn.dilation2d` does.

    >>> import tensegra as tg
    >>> x = tg.reshape(tg.constant([1.0, 5.0, 2.0, 3.0]), [1, 1, 4, 1])
    >>> tg.nn.erosion2d(x, tg.zeros([1, 2, 1]), 1, "VALID", "NHWC", 1).numpy().ravel()
    array([1., 2., 2.], dtype=float32)
    """
    turned = _execute("reverse", (filters,), ([0, 1],))
    negative = _execute("negative", (value,))
    return _execute(
        "negative", (_dilate("erosion2d", negative, turned, strides, padding, data_format, dilations),)
    )
