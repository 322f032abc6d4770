"""Spectra of short frames, and back: the short-time Fourier transform and the modified cosine transform."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tensegra import _native
from tensegra._composites.signal._common import positive_int, refuse
from tensegra._composites.signal.cosine import dct
from tensegra._composites.signal.fourier import irfft, rfft
from tensegra._composites.signal.frames import frame, overlap_and_add
from tensegra._composites.signal.windows import hann_window, vorbis_window
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
WindowFn = Callable[..., Any]


def _fft_length(fft_length: Any, frame_length: int, function: str) -> int:
    if fft_length is None:
        return 1 << (frame_length - 1).bit_length()
    return positive_int(fft_length, function, "fft_length")


@public("signal.stft")
def stft(
    signals: TensorLike,
    frame_length: int,
    frame_step: int,
    fft_length: int | None = None,
    window_fn: WindowFn | None = hann_window,
    pad_end: bool = False,
    name: str | None = None,
) -> Tensor:
    """The short-time Fourier transform (J. Allen, IEEE Trans. ASSP 25, 1977): the spectra of frames of a signal.

    Args:
        signals: Signals, shape [..., samples]; float32 or float64.
        frame_length: How many samples a frame has.
        frame_step: How far the start of a frame is from that of the one before.
        fft_length: The length of the transforms, by default the least power of 2 that holds a frame.
        window_fn: What gives the weights of a frame, called with its length and a `dtype`; or None.
        pad_end: Whether frames that go beyond the end are there too, filled up with zeros.
        name: Ignored; for compatibility.

    Returns:
        Complex, shape [..., frames, fft_length / 2 + 1].

    >>> import tensegra as tg
    >>> tg.signal.stft(tg.ones([8]), frame_length=4, frame_step=2).shape
    TensorShape([3, 3])
    """
    length = positive_int(frame_length, "stft", "frame_length")
    frames: Any = frame(signals, length, frame_step, pad_end)
    if window_fn is not None:
        frames = _execute("multiply", (frames, window_fn(length, dtype=frames.dtype)))
    return rfft(frames, [_fft_length(fft_length, length, "stft")])


@public("signal.inverse_stft_window_fn")
def inverse_stft_window_fn(
    frame_step: int, forward_window_fn: WindowFn = hann_window, name: str | None = None
) -> Callable[..., Tensor]:
    """The window with which `tg.signal.inverse_stft` gives back what `tg.signal.stft` got (D. Griffin, J. Lim, 1984).

    Args:
        frame_step: How far the start of a frame is from that of the one before.
        forward_window_fn: The window of `tg.signal.stft`.
        name: Ignored; for compatibility.

    Returns:
        A function of the frame's length and a `dtype`.

    >>> import tensegra as tg
    >>> tg.signal.inverse_stft_window_fn(2)(4, dtype=tg.float32).numpy()
    array([0., 1., 1., 1.], dtype=float32)
    """
    step = positive_int(frame_step, "inverse_stft_window_fn", "frame_step")

    def window(frame_length: int, dtype: Any) -> Tensor:
        length = positive_int(frame_length, "inverse_stft_window_fn", "frame_length")
        forward = forward_window_fn(length, dtype=dtype)
        overlaps = -(-length // step)
        squares = _execute(
            "pad", (_execute("square", (forward,)),), {"paddings": [0, overlaps * step - length]}
        )
        sums = _execute("reduce_sum", (_execute("reshape", (squares, [overlaps, step])),), ([0],))
        total = _execute("tile", (sums, [overlaps]))
        return _execute("divide", (forward, total[:length]))

    return window


@public("signal.inverse_stft")
def inverse_stft(
    stfts: TensorLike,
    frame_length: int,
    frame_step: int,
    fft_length: int | None = None,
    window_fn: WindowFn | None = hann_window,
    name: str | None = None,
) -> Tensor:
    """Adds up the signals of spectra of frames.

    The signal that `tg.signal.stft` got comes back (but for its ends) with the window of
    `tg.signal.inverse_stft_window_fn`.

    Args:
        stfts: Complex spectra, shape [..., frames, fft_length / 2 + 1].
        frame_length: How many samples a frame has.
        frame_step: How far the start of a frame is from that of the one before.
        fft_length: The length of the transforms, by default the least power of 2 that holds a frame.
        window_fn: What gives the weights of a frame, called with its length and a `dtype`; or None.
        name: Ignored; for compatibility.

    Returns:
        Real signals, shape [..., samples].

    >>> import tensegra as tg
    >>> spectra = tg.signal.stft(tg.ones([8]), 4, 2)
    >>> tg.signal.inverse_stft(spectra, 4, 2, window_fn=tg.signal.inverse_stft_window_fn(2)).shape
    TensorShape([8])
    """
    length = positive_int(frame_length, "inverse_stft", "frame_length")
    size = _fft_length(fft_length, length, "inverse_stft")
    frames: Any = irfft(stfts, [size])
    if size > length:
        frames = frames[..., :length]
    elif size < length:
        frames = _execute("pad", (frames,), {"paddings": [*[0] * (2 * frames._rank - 1), length - size]})
    if window_fn is not None:
        frames = _execute("multiply", (frames, window_fn(length, dtype=frames.dtype)))
    return overlap_and_add(frames, frame_step)


@public("signal.mdct")
def mdct(
    signals: TensorLike,
    frame_length: int,
    window_fn: WindowFn | None = vorbis_window,
    pad_end: bool = False,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The modified discrete cosine transform (J. Princen, A. Bradley, IEEE Trans. ASSP 34, 1986).

    Frames overlap by half; each gives half as many numbers as it has samples.

    Args:
        signals: Signals, shape [..., samples]; float32 or float64.
        frame_length: How many samples a frame has, a multiple of 4.
        window_fn: What gives the weights of a frame, called with its length and a `dtype`; None: all 1 / sqrt(2).
        pad_end: Whether frames that go beyond the end are there too, filled up with zeros.
        norm: None or "ortho", as for `tg.signal.dct`.
        name: Ignored; for compatibility.

    Returns:
        Shape [..., frames, frame_length / 2].

    Raises:
        tg.errors.InvalidArgumentError: Where the length is no multiple of 4 (TG-0106).

    >>> import tensegra as tg
    >>> tg.signal.mdct(tg.ones([16]), 8).shape
    TensorShape([3, 4])
    """
    length = positive_int(frame_length, "mdct", "frame_length")
    if length % 4:
        raise refuse("mdct", "frame_length must be a multiple of 4", "TG-0106", f"frame_length={length}")
    frames: Any = frame(signals, length, length // 2, pad_end)
    weights = 1 / math.sqrt(2) if window_fn is None else window_fn(length, dtype=frames.dtype)
    frames = _execute("multiply", (frames, weights))
    quarter = length // 4
    a, b, c, d = (frames[..., i * quarter : (i + 1) * quarter] for i in range(4))
    first = _execute("subtract", (_execute("negative", (_reversed(c),)), d))
    second = _execute("subtract", (a, _reversed(b)))
    return dct(_execute("concat", ([first, second],), (-1,)), type=4, norm=norm)


def _reversed(x: Any) -> Any:
    return _execute("reverse", (x,), {"axis": [-1]})


@public("signal.inverse_mdct")
def inverse_mdct(
    mdcts: TensorLike,
    window_fn: WindowFn | None = vorbis_window,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The inverse of `tg.signal.mdct`: the signal, but for half a frame at its ends.

    It is exact where the squares of the window and of the window half a frame later add up to 1, as those of
    `tg.signal.vorbis_window` and `tg.signal.kaiser_bessel_derived_window` do.

    Args:
        mdcts: Shape [..., frames, frame_length / 2].
        window_fn: The window of `tg.signal.mdct`.
        norm: As for `tg.signal.mdct`.
        name: Ignored; for compatibility.

    Returns:
        Shape [..., samples].

    >>> import tensegra as tg
    >>> tg.signal.inverse_mdct(tg.signal.mdct(tg.ones([16]), 8))[4:12].numpy()
    array([1., 1., 1., 1., 1., 1., 1., 1.], dtype=float32)
    """
    values: Any = dct(mdcts, type=4, norm=norm)
    half = values._shape[-1]
    if half % 2:
        raise refuse(
            "inverse_mdct", "the last axis must have an even size", "TG-0106", f"shape={values._shape}"
        )
    if norm is None:
        values = _execute("multiply", (values, 0.5 / half))
    first, second = values[..., : half // 2], values[..., half // 2 :]
    minus = [_execute("negative", (x,)) for x in (_reversed(second), _reversed(first), first)]
    frames = _execute("concat", ([second, *minus],), (-1,))
    weights = 1 / math.sqrt(2) if window_fn is None else window_fn(2 * half, dtype=frames.dtype)
    return overlap_and_add(_execute("multiply", (frames, weights)), half)
