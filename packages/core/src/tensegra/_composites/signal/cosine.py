"""Discrete cosine transforms, as Fourier transforms of longer lines: all of them are sums of cosines."""

from __future__ import annotations

import math
from typing import Any

from tensegra import _native
from tensegra._composites.linalg._common import reshape, sizes_of
from tensegra._composites.signal._common import positive_int, refuse
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute


@public("signal.dct")
def dct(
    input: TensorLike,
    type: int = 2,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The discrete cosine transform along the last axis (N. Ahmed, T. Natarajan, K. Rao, 1974; types 1 to 4).

    With m elements, and sums over j from 0 to m - 1, element k of the result is

    - type 1: x[0] + (-1)^k x[m - 1] + 2 sum x[j] cos(pi j k / (m - 1)) over the others,
    - type 2: 2 sum x[j] cos(pi (2 j + 1) k / (2 m)),
    - type 3: x[0] + 2 sum x[j] cos(pi j (2 k + 1) / (2 m)) over j > 0,
    - type 4: 2 sum x[j] cos(pi (2 j + 1) (2 k + 1) / (4 m)).

    Args:
        input: A float32 or float64 tensor.
        type: 1, 2, 3 or 4.
        n: The length; a longer axis is cut off, a shorter one padded with zeros. By default the size of the axis.
        axis: -1: transforms are along the last axis.
        norm: None, or "ortho": scaled so that the transform keeps lengths (not for type 1).
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where an argument is none of those (TG-0106), or the size of the axis is not
            known (TG-0103).

    >>> import tensegra as tg
    >>> tg.signal.dct([1.0, 1.0, 1.0, 1.0]).numpy()
    array([8., 0., 0., 0.], dtype=float32)
    """
    return _dct(_native.tensor(input), type, n, axis, norm, "dct")


@public("signal.idct")
def idct(
    input: TensorLike,
    type: int = 2,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The inverse of `tg.signal.dct` of the same type; without `norm` it is 2 m times the inverse (type 1: 2 (m - 1)).

    Args:
        input: A float32 or float64 tensor.
        type: 1, 2, 3 or 4.
        n: The length; see `tg.signal.dct`.
        axis: -1.
        norm: None or "ortho".
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.signal.idct(tg.signal.dct([1.0, 2.0], norm="ortho"), norm="ortho").numpy()
    array([1., 2.], dtype=float32)
    """
    return _dct(_native.tensor(input), {2: 3, 3: 2}.get(type, type), n, axis, norm, "idct")


def _dct(x: Any, type: int, n: int | None, axis: int, norm: str | None, function: str) -> Any:
    if type not in (1, 2, 3, 4):
        raise refuse(function, "type must be 1, 2, 3 or 4", "TG-0106", f"type={type!r}")
    if axis != -1:
        raise refuse(function, "axis must be -1", "TG-0106", f"axis={axis!r}")
    if norm not in (None, "ortho") or (norm == "ortho" and type == 1):
        raise refuse(function, "norm must be None, or 'ortho' for types 2 to 4", "TG-0106", f"norm={norm!r}")
    if x._rank < 1 or (n is None and x._shape[-1] < 0):
        raise refuse(function, "the size of the last axis must be known", "TG-0103", f"shape={x._shape}")
    size = x._shape[-1] if n is None else positive_int(n, function, "n")
    if size < (2 if type == 1 else 1):
        raise refuse(function, "the axis must have at least 1 element, 2 for type 1", "TG-0106", f"n={size}")
    if x._shape[-1] != size:
        x = _resized(x, size)
    if type == 1:
        return _cosines(x, 2 * (size - 1), size)
    if type == 2:
        result = _cosines(_at_odd_places(x, size), 4 * size, size)
        return (
            result if norm is None else _first_scaled(result, size, 1 / math.sqrt(2), 1 / math.sqrt(2 * size))
        )
    if type == 3:
        if norm == "ortho":
            x = _first_scaled(x, size, math.sqrt(2), 1 / math.sqrt(2 * size))
        return _cosines(x, 4 * size, 2 * size)[..., 1::2]
    result = _cosines(_at_odd_places(x, size), 8 * size, 2 * size)[..., 1::2]
    return result if norm is None else _execute("multiply", (result, 1 / math.sqrt(2 * size)))


def _resized(x: Any, size: int) -> Any:
    have = x._shape[-1]
    if have > size or have < 0:
        x = x[..., :size]
    if 0 <= have < size:
        x = _execute("pad", (x,), {"paddings": [*[0] * (2 * x._rank - 1), size - have]})
    return x


def _cosines(spectrum: Any, length: int, size: int) -> Any:
    """spectrum[0] + 2 sum spectrum[j] cos(2 pi j k / length), for k below size."""
    return _execute("fourier_to_real", (spectrum,), {"length": length, "size": size})


def _at_odd_places(x: Any, size: int) -> Any:
    zeros = _execute("zeros_like", (x,))
    pairs = _execute("stack", ([zeros, x],), (-1,))
    return reshape(pairs, [*sizes_of(x)[:-1], 2 * size])


def _first_scaled(x: Any, size: int, first: float, all: float) -> Any:
    factors = [first * all] + [all] * (size - 1)
    return _execute("multiply", (x, _native.tensor(factors, x._dtype_number)))
