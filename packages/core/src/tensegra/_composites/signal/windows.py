"""Windows: weights for the parts that a signal is cut into. Their lengths are numbers, so they are constants."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composites.signal._common import positive_int, refuse
from tensegra._dtypes import as_dtype
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import DTypeLike

_Array = np.ndarray[Any, Any]


def _made(values: _Array, dtype: DTypeLike, function: str) -> Any:
    wanted = as_dtype(dtype)
    if not wanted.is_floating:
        raise refuse(
            function, "the dtype of a window must be floating-point", "TG-0102", f"dtype={wanted.name}"
        )
    whole = _native.tensor(values.astype(np.float64))
    return whole if wanted.name == "float64" else _native.execute("cast", (whole,), {"dtype": wanted})


def _raised_cosine(length: int, periodic: bool, high: float, low: float) -> _Array:
    if length == 1:
        return np.ones(1)
    steps = length - 1 + (1 if periodic and length % 2 == 0 else 0)
    return high - low * np.cos(2 * np.pi * np.arange(length) / steps)


@public("signal.hann_window")
def hann_window(
    window_length: int, periodic: bool = True, dtype: DTypeLike = "float32", name: str | None = None
) -> Tensor:
    """The Hann window, 0.5 - 0.5 cos(2 pi i / n).

    Args:
        window_length: How many elements.
        periodic: Whether a window of even length repeats without a break, which suits spectra; else it is symmetric.
        dtype: A floating-point dtype.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.signal.hann_window(4).numpy()
    array([0. , 0.5, 1. , 0.5], dtype=float32)
    """
    length = positive_int(window_length, "hann_window", "window_length")
    return _made(_raised_cosine(length, periodic, 0.5, 0.5), dtype, "hann_window")


@public("signal.hamming_window")
def hamming_window(
    window_length: int, periodic: bool = True, dtype: DTypeLike = "float32", name: str | None = None
) -> Tensor:
    """The Hamming window, 0.54 - 0.46 cos(2 pi i / n).

    Args:
        window_length: How many elements.
        periodic: Whether a window of even length repeats without a break; else it is symmetric.
        dtype: A floating-point dtype.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.signal.hamming_window(4).numpy()
    array([0.08, 0.54, 1.  , 0.54], dtype=float32)
    """
    length = positive_int(window_length, "hamming_window", "window_length")
    return _made(_raised_cosine(length, periodic, 0.54, 0.46), dtype, "hamming_window")


def _kaiser(length: int, beta: float) -> _Array:
    return np.kaiser(length, beta) if length > 1 else np.ones(1)


@public("signal.kaiser_window")
def kaiser_window(
    window_length: int, beta: float = 12.0, dtype: DTypeLike = "float32", name: str | None = None
) -> Tensor:
    """The Kaiser window (J. Kaiser, R. Schafer, IEEE Trans. ASSP 28, 1980).

    Args:
        window_length: How many elements.
        beta: The greater, the narrower the window.
        dtype: A floating-point dtype.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.signal.kaiser_window(3, beta=0.0).numpy()
    array([1., 1., 1.], dtype=float32)
    """
    length = positive_int(window_length, "kaiser_window", "window_length")
    return _made(_kaiser(length, float(beta)), dtype, "kaiser_window")


@public("signal.kaiser_bessel_derived_window")
def kaiser_bessel_derived_window(
    window_length: int, beta: float = 12.0, dtype: DTypeLike = "float32", name: str | None = None
) -> Tensor:
    """The window whose squares, with those half a window later, add up to 1, made from a Kaiser window.

    Args:
        window_length: How many elements, an even number.
        beta: The greater, the narrower the window.
        dtype: A floating-point dtype.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where the length is odd (TG-0106).

    >>> import tensegra as tg
    >>> tg.signal.kaiser_bessel_derived_window(2).numpy()
    array([0.70710677, 0.70710677], dtype=float32)
    """
    name_here = "kaiser_bessel_derived_window"
    length = positive_int(window_length, name_here, "window_length")
    if length % 2:
        raise refuse(name_here, "window_length must be even", "TG-0106", f"window_length={length}")
    sums = np.cumsum(_kaiser(length // 2 + 1, float(beta)))
    half = np.sqrt(sums[:-1] / sums[-1])
    return _made(np.concatenate([half, half[::-1]]), dtype, name_here)


@public("signal.vorbis_window")
def vorbis_window(window_length: int, dtype: DTypeLike = "float32", name: str | None = None) -> Tensor:
    """The window of the Vorbis codec, sin(pi/2 sin^2(pi (i + 1/2) / n)).

    Args:
        window_length: How many elements.
        dtype: A floating-point dtype.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.signal.vorbis_window(2).numpy()
    array([0.70710677, 0.70710677], dtype=float32)
    """
    length = positive_int(window_length, "vorbis_window", "window_length")
    inner = np.sin(np.pi * (np.arange(length) + 0.5) / length)
    return _made(np.sin(np.pi / 2 * inner**2), dtype, "vorbis_window")
