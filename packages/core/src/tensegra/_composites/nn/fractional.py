"""Pools whose windows differ in size, so that images shrink by factors that are not whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
_INT64, _FLOAT64 = 5, 13


def _borders(size: int, count: int, pseudo_random: bool, seed: int | None) -> Any:
    """int64, [count + 1]: where windows begin, by the rules of B. Graham, "Fractional max-pooling", 2014."""
    from tensegra._random._stateful import shuffle, uniform

    if pseudo_random:
        # Rounded up multiples of the factor, from a place that is drawn such that none leaves the image.
        factor, least = size / count, size // count
        most = min((least + 2) / factor - 1, (size + 1 - least) / factor - (count - 1))
        start = uniform([], 0.0, max(most, 0.0) or 1e-300, dtype="float64", seed=seed)
        places = _execute(
            "range", (_native.tensor(1, _INT64), _native.tensor(count, _INT64), _native.tensor(1, _INT64))
        )
        moved = _execute("add", (_execute("cast", (places,), {"dtype": _FLOAT64}), start))
        inner = _execute("ceil", (_execute("multiply", (moved, _native.tensor(factor, _FLOAT64))),))
        middle = _execute(
            "subtract", (_execute("cast", (inner,), {"dtype": _INT64}), _native.tensor(1, _INT64))
        )
    else:
        wide = size % count
        sizes = _native.tensor([size // count + (i < wide) for i in range(count)], _INT64)
        steps: Any = shuffle(sizes, seed=seed)
        middle = _execute("strided_slice", (_execute("cumsum", (steps,)),), ([0], [count - 1], [1]))
    return _execute("concat", ([_native.tensor([0], _INT64), middle, _native.tensor([size], _INT64)],), (0,))


def _along(x: Any, axis: int, borders: Any, widest: int, kind: str) -> Any:
    """The greatest element or the mean of each window along an axis."""
    count = borders._shape[0] - 1
    size = x._shape[axis]
    first = _execute("strided_slice", (borders,), ([0], [count], [1]))
    last = _execute("strided_slice", (borders,), ([1], [count + 1], [1]))
    if kind.endswith("overlapping"):
        last = _execute(
            "minimum", (_execute("add", (last, _native.tensor(1, _INT64))), _native.tensor(size, _INT64))
        )
    offsets = _native.tensor(list(range(widest)), _INT64)
    places = _execute("add", (_execute("expand_dims", (first,), (1,)), offsets))
    ends = _execute("expand_dims", (last,), (1,))
    inside = _execute("less", (places, ends))
    # Places after a window repeat its last one: that changes no maximum, and averages leave them out.
    places = _execute("minimum", (places, _execute("subtract", (ends, _native.tensor(1, _INT64)))))
    windows = _execute("gather", (x, places), {"axis": axis})
    if kind.startswith("max"):
        return _execute("reduce_max", (windows,), ([axis + 1],))
    number = x._dtype_number
    lengths = _execute("cast", (_execute("subtract", (last, first)),), {"dtype": number})
    shares = _execute(
        "divide", (_execute("cast", (inside,), {"dtype": number}), _execute("expand_dims", (lengths,), (1,)))
    )
    for _ in range(len(x._shape) - 1 - axis):
        shares = _execute("expand_dims", (shares,), (-1,))
    return _execute("reduce_sum", (_execute("multiply", (windows, shares)),), ([axis + 1],))


def _pool(
    op: str, kind: str, value: Any, ratio: Any, pseudo_random: bool, overlapping: bool, seed: int
) -> tuple[Any, Any, Any]:
    x: Any = _native.tensor(value)
    shape = x._shape
    if shape is None or len(shape) != 4 or any(size is None or size < 1 for size in shape[1:3]):
        raise InvalidArgumentError(
            f"[{op}] value must have 4 dimensions, height and width known. Received: value.shape={shape}",
            code="TG-0103",
        )
    ratios = [float(ratio)] * 2 if isinstance(ratio, int | float) else [float(factor) for factor in ratio]
    ratios = ratios[1:3] if len(ratios) == 4 and ratios[0] == ratios[3] == 1.0 else ratios
    counts = [
        math.floor(size / factor) if factor >= 1 else 0
        for size, factor in zip(shape[1:3], ratios, strict=False)
    ]
    if len(ratios) != 2 or min(counts) < 1:
        raise InvalidArgumentError(
            f"[{op}] pooling_ratio must be a number of at least 1, two, or four with 1 for batch and channels, and "
            f"leave a window. Received: pooling_ratio={ratio!r}, value.shape={shape}",
            code="TG-0106",
        )
    own = None if seed == 0 else seed
    borders = [
        _borders(size, count, pseudo_random, own) for size, count in zip(shape[1:3], counts, strict=True)
    ]
    for axis, border in enumerate(borders):
        widest = -(-shape[1 + axis] // counts[axis]) + (1 if pseudo_random else 0) + (1 if overlapping else 0)
        x = _along(x, 1 + axis, border, widest, kind + (" overlapping" if overlapping else ""))
    return x, borders[0], borders[1]


@public("nn.fractional_max_pool")
def fractional_max_pool(
    value: TensorLike,
    pooling_ratio: float | Sequence[float],
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: int = 0,
    name: str | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """The largest value in each of windows whose sizes are drawn (B. Graham, "Fractional max-pooling", 2014).

    The sizes follow TensorFlow's rules, from draws of our own.

    Args:
        value: Images, shape [batch, height, width, channels], with known height and width; a real dtype.
        pooling_ratio: By how much height and width shrink: a number, two, or four with 1 for batch and channels.
        pseudo_random: Whether windows follow a rounded arithmetic sequence; else their sizes are shuffled.
        overlapping: Whether the border between two windows belongs to both.
        seed: The seed of the draws; 0 for other ones in each call.
        name: Ignored; for compatibility.

    Returns:
        Shape [batch, height / ratio, width / ratio, channels], rounded down; and where windows begin along the height
        and the width, with the size at the end (int64).

    Raises:
        tg.errors.InvalidArgumentError: For another rank or unknown sizes (TG-0103), or another ratio (TG-0106).

    >>> import tensegra as tg
    >>> images = tg.reshape(tg.range(16.0), [1, 4, 4, 1])
    >>> y, rows, columns = tg.nn.fractional_max_pool(images, 2.0)
    >>> y[0, :, :, 0].numpy(), rows.numpy()
    (array([[ 5.,  7.],
           [13., 15.]], dtype=float32), array([0, 2, 4]))
    """
    return _pool("fractional_max_pool", "max", value, pooling_ratio, pseudo_random, overlapping, seed)


@public("nn.fractional_avg_pool")
def fractional_avg_pool(
    value: TensorLike,
    pooling_ratio: float | Sequence[float],
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: int = 0,
    name: str | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """The mean of each of windows whose sizes are drawn; see `tg.nn.fractional_max_pool`.

    Args:
        value: Images, shape [batch, height, width, channels], with known height and width; a floating dtype.
        pooling_ratio: By how much height and width shrink: a number, two, or four with 1 for batch and channels.
        pseudo_random: Whether windows follow a rounded arithmetic sequence; else their sizes are shuffled.
        overlapping: Whether the border between two windows belongs to both.
        seed: The seed of the draws; 0 for other ones in each call.
        name: Ignored; for compatibility.

    Returns:
        As `tg.nn.fractional_max_pool`.

    Raises:
        tg.errors.InvalidArgumentError: For another rank or unknown sizes (TG-0103), or another ratio (TG-0106).

    >>> import tensegra as tg
    >>> images = tg.reshape(tg.range(16.0), [1, 4, 4, 1])
    >>> tg.nn.fractional_avg_pool(images, 2.0)[0][0, :, :, 0].numpy()
    array([[ 2.5,  4.5],
           [10.5, 12.5]], dtype=float32)
    """
    return _pool("fractional_avg_pool", "avg", value, pooling_ratio, pseudo_random, overlapping, seed)
