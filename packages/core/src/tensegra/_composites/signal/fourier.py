"""Discrete Fourier transforms of one, two, three and any number of axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composites.signal._common import refuse
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
_fourier = _native.find_op("fourier")
_of_real = _native.find_op("fourier_of_real")
_to_real = _native.find_op("fourier_to_real")
_NORMS = (None, "backward", "ortho", "forward")


def _lengths(fft_length: Any, count: int, function: str) -> list[int]:
    """One length for each axis; -1 where the axis itself says."""
    if fft_length is None:
        return [-1] * count
    if isinstance(fft_length, _native.Tensor) and fft_length._is_symbolic:
        raise refuse(function, "fft_length must be known before running", "TG-0106", "a value of a graph")
    found = [int(size) for size in np.asarray(fft_length).reshape(-1)]
    if len(found) != count:
        raise refuse(function, f"fft_length must have {count} numbers", "TG-0105", f"fft_length={found}")
    return found


def _require_axes(x: Any, count: int, function: str) -> None:
    if x._rank < count:
        known = f"shape={x._shape}" if x._rank >= 0 else "a tensor of unknown rank"
        raise refuse(function, f"the input must have at least {count} dimensions", "TG-0103", known)


def _scale(sizes: Sequence[int], norm: str | None, inverse: bool, function: str) -> float:
    """The factor for axes of these lengths."""
    if norm not in _NORMS:
        raise refuse(function, "norm must be 'backward', 'ortho' or 'forward'", "TG-0106", f"norm={norm!r}")
    count = math.prod(sizes)
    if norm == "ortho":
        return 1.0 / math.sqrt(count)
    return 1.0 / count if inverse == (norm != "forward") else 1.0


def _transform(
    x: Any, axes: Sequence[int], lengths: Sequence[int], inverse: bool, norm: str | None, function: str
) -> Any:
    """Complex to complex, along each axis."""
    for axis, length in zip(axes, lengths, strict=True):
        size = length if length >= 0 else _known_size(x, axis, function)
        scale = _scale([size], norm, inverse, function) if size else 1.0
        x = _execute(_fourier, (x,), (axis, size, -1, scale, inverse))
    return x


def _known_size(x: Any, axis: int, function: str) -> int:
    size: int = x._shape[axis]
    if size < 0:
        raise refuse(
            function, "the size of the axis must be known before running", "TG-0103", f"shape={x._shape}"
        )
    return size


def _forward_real(
    x: Any, axes: Sequence[int], lengths: Sequence[int], norm: str | None, function: str
) -> Any:
    size = lengths[-1] if lengths[-1] >= 0 else _known_size(x, axes[-1], function)
    scale = _scale([size], norm, False, function) if size else 1.0
    halves = _execute(_of_real, (x,), (axes[-1], size, -1, scale, False))
    return _transform(halves, axes[:-1], lengths[:-1], False, norm, function)


def _backward_real(
    x: Any, axes: Sequence[int], lengths: Sequence[int], norm: str | None, function: str
) -> Any:
    full = _transform(x, axes[:-1], lengths[:-1], True, norm, function)
    size = lengths[-1] if lengths[-1] >= 0 else 2 * (_known_size(x, axes[-1], function) - 1)
    scale = _scale([size], norm, True, function) if size > 0 else 1.0
    return _execute(_to_real, (full,), (axes[-1], size, -1, scale, False))


def _last(count: int) -> list[int]:
    return list(range(-count, 0))


def _complex(x: TensorLike, count: int, inverse: bool, function: str) -> Any:
    values: Any = _native.tensor(x)
    _require_axes(values, count, function)
    return _transform(values, _last(count), [-1] * count, inverse, None, function)


def _of_reals(x: TensorLike, fft_length: Any, count: int, function: str) -> Any:
    values: Any = _native.tensor(x)
    _require_axes(values, count, function)
    return _forward_real(values, _last(count), _lengths(fft_length, count, function), None, function)


def _to_reals(x: TensorLike, fft_length: Any, count: int, function: str) -> Any:
    values: Any = _native.tensor(x)
    _require_axes(values, count, function)
    return _backward_real(values, _last(count), _lengths(fft_length, count, function), None, function)


@public("signal.fft")
def fft(input: TensorLike, name: str | None = None) -> Tensor:
    """The discrete Fourier transform along the last axis.

    Args:
        input: A complex tensor.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.signal.fft(tg.constant([1, 0, 0, 0], tg.complex64)).numpy()
    array([1.+0.j, 1.+0.j, 1.+0.j, 1.+0.j], dtype=complex64)
    """
    return _complex(input, 1, False, "fft")


@public("signal.ifft")
def ifft(input: TensorLike, name: str | None = None) -> Tensor:
    """The inverse of `tg.signal.fft`.

    >>> import tensegra as tg
    >>> tg.signal.ifft(tg.constant([4, 0, 0, 0], tg.complex64)).numpy()
    array([1.+0.j, 1.+0.j, 1.+0.j, 1.+0.j], dtype=complex64)
    """
    return _complex(input, 1, True, "ifft")


@public("signal.fft2d")
def fft2d(input: TensorLike, name: str | None = None) -> Tensor:
    """The discrete Fourier transform along the last two axes.

    >>> import tensegra as tg
    >>> tg.signal.fft2d(tg.constant([[1, 0], [0, 0]], tg.complex64)).numpy()
    array([[1.+0.j, 1.+0.j],
           [1.+0.j, 1.+0.j]], dtype=complex64)
    """
    return _complex(input, 2, False, "fft2d")


@public("signal.ifft2d")
def ifft2d(input: TensorLike, name: str | None = None) -> Tensor:
    """The inverse of `tg.signal.fft2d`.

    >>> import tensegra as tg
    >>> tg.signal.ifft2d(tg.constant([[4, 0], [0, 0]], tg.complex64)).numpy()
    array([[1.+0.j, 1.+0.j],
           [1.+0.j, 1.+0.j]], dtype=complex64)
    """
    return _complex(input, 2, True, "ifft2d")


@public("signal.fft3d")
def fft3d(input: TensorLike, name: str | None = None) -> Tensor:
    """The discrete Fourier transform along the last three axes.

    >>> import tensegra as tg
    >>> tg.signal.fft3d(tg.ones([1, 1, 2], tg.complex64)).numpy()
    array([[[2.+0.j, 0.+0.j]]], dtype=complex64)
    """
    return _complex(input, 3, False, "fft3d")


@public("signal.ifft3d")
def ifft3d(input: TensorLike, name: str | None = None) -> Tensor:
    """The inverse of `tg.signal.fft3d`.

    >>> import tensegra as tg
    >>> tg.signal.ifft3d(tg.ones([1, 1, 2], tg.complex64)).numpy()
    array([[[1.+0.j, 0.+0.j]]], dtype=complex64)
    """
    return _complex(input, 3, True, "ifft3d")


@public("signal.rfft")
def rfft(input_tensor: TensorLike, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The first half of the Fourier transform of real numbers along the last axis.

    Args:
        input_tensor: A float32 or float64 tensor.
        fft_length: [n], the length of the transform, by default the size of the axis: a longer axis is cut off, a
            shorter one padded with zeros.
        name: Ignored; for compatibility.

    Returns:
        A complex tensor whose last axis has n / 2 + 1 elements; the rest would be conjugates of these.

    >>> import tensegra as tg
    >>> tg.signal.rfft([1.0, 1.0, 1.0, 1.0]).numpy()
    array([4.+0.j, 0.+0.j, 0.+0.j], dtype=complex64)
    """
    return _of_reals(input_tensor, fft_length, 1, "rfft")


@public("signal.irfft")
def irfft(input_tensor: TensorLike, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `tg.signal.rfft`.

    Args:
        input_tensor: A complex tensor.
        fft_length: [n], the length of the result, by default 2 (size of the axis - 1).
        name: Ignored; for compatibility.

    Returns:
        A real tensor whose last axis has n elements.

    >>> import tensegra as tg
    >>> tg.signal.irfft(tg.constant([4, 0, 0], tg.complex64)).numpy()
    array([1., 1., 1., 1.], dtype=float32)
    """
    return _to_reals(input_tensor, fft_length, 1, "irfft")


@public("signal.rfft2d")
def rfft2d(input_tensor: TensorLike, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The Fourier transform of real numbers along the last two axes, of which the last is halved.

    >>> import tensegra as tg
    >>> tg.signal.rfft2d([[1.0, 1.0], [1.0, 1.0]]).numpy()
    array([[4.+0.j, 0.+0.j],
           [0.+0.j, 0.+0.j]], dtype=complex64)
    """
    return _of_reals(input_tensor, fft_length, 2, "rfft2d")


@public("signal.irfft2d")
def irfft2d(input_tensor: TensorLike, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `tg.signal.rfft2d`.

    >>> import tensegra as tg
    >>> tg.signal.irfft2d(tg.constant([[4, 0], [0, 0]], tg.complex64)).numpy()
    array([[1., 1.],
           [1., 1.]], dtype=float32)
    """
    return _to_reals(input_tensor, fft_length, 2, "irfft2d")


@public("signal.rfft3d")
def rfft3d(input_tensor: TensorLike, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The Fourier transform of real numbers along the last three axes, of which the last is halved.

    >>> import tensegra as tg
    >>> tg.signal.rfft3d(tg.ones([1, 1, 2])).numpy()
    array([[[2.+0.j, 0.+0.j]]], dtype=complex64)
    """
    return _of_reals(input_tensor, fft_length, 3, "rfft3d")


@public("signal.irfft3d")
def irfft3d(input_tensor: TensorLike, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `tg.signal.rfft3d`.

    >>> import tensegra as tg
    >>> tg.signal.irfft3d(tg.constant([[[2, 0]]], tg.complex64)).numpy()
    array([[[1., 1.]]], dtype=float32)
    """
    return _to_reals(input_tensor, fft_length, 3, "irfft3d")


def _any_axes(x: TensorLike, fft_length: Any, axes: Any, function: str) -> tuple[Any, list[int], list[int]]:
    values: Any = _native.tensor(x)
    _require_axes(values, 1, function)
    count = 0 if fft_length is None else np.asarray(fft_length).size
    if axes is None:
        chosen = list(range(-count, 0)) if count else list(range(values._rank))
    else:
        chosen = [int(axis) for axis in np.asarray(axes).reshape(-1)]
    normal = [axis + values._rank if axis < 0 else axis for axis in chosen]
    if len(set(normal)) < len(normal) or not all(0 <= axis < values._rank for axis in normal):
        raise refuse(
            function, "an axis must lie in [-rank, rank) and be named once", "TG-0104", f"axes={chosen}"
        )
    return values, normal, _lengths(fft_length, len(normal), function)


@public("signal.fftnd fftnd")
def fftnd(
    input: TensorLike,
    fft_length: Any = None,
    axes: Any = None,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The discrete Fourier transform along any axes.

    Args:
        input: A complex tensor.
        fft_length: The length of the transform along each axis, by default the size of the axis.
        axes: Which axes; by default all, or the last ones where `fft_length` is given.
        norm: Where the factor 1/n goes: "backward" (the default: to the inverse), "forward", or "ortho" (its root to
            both).
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.fftnd(tg.ones([2, 2], tg.complex64), axes=[0]).numpy()
    array([[2.+0.j, 2.+0.j],
           [0.+0.j, 0.+0.j]], dtype=complex64)
    """
    values, normal, lengths = _any_axes(input, fft_length, axes, "fftnd")
    return _transform(values, normal, lengths, False, norm, "fftnd")


@public("signal.ifftnd ifftnd")
def ifftnd(
    input: TensorLike,
    fft_length: Any = None,
    axes: Any = None,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The inverse of `tg.fftnd`.

    >>> import tensegra as tg
    >>> tg.ifftnd(tg.ones([2, 2], tg.complex64), axes=[0]).numpy()
    array([[1.+0.j, 1.+0.j],
           [0.+0.j, 0.+0.j]], dtype=complex64)
    """
    values, normal, lengths = _any_axes(input, fft_length, axes, "ifftnd")
    return _transform(values, normal, lengths, True, norm, "ifftnd")


@public("signal.rfftnd rfftnd")
def rfftnd(
    input: TensorLike,
    fft_length: Any = None,
    axes: Any = None,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The Fourier transform of real numbers along any axes, of which the last one named is halved.

    >>> import tensegra as tg
    >>> tg.rfftnd(tg.ones([2, 2])).numpy()
    array([[4.+0.j, 0.+0.j],
           [0.+0.j, 0.+0.j]], dtype=complex64)
    """
    values, normal, lengths = _any_axes(input, fft_length, axes, "rfftnd")
    return _forward_real(values, normal, lengths, norm, "rfftnd") if normal else values


@public("signal.irfftnd irfftnd")
def irfftnd(
    input: TensorLike,
    fft_length: Any = None,
    axes: Any = None,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The inverse of `tg.rfftnd`.

    >>> import tensegra as tg
    >>> tg.irfftnd(tg.constant([[4, 0], [0, 0]], tg.complex64)).numpy()
    array([[1., 1.],
           [1., 1.]], dtype=float32)
    """
    values, normal, lengths = _any_axes(input, fft_length, axes, "irfftnd")
    return _backward_real(values, normal, lengths, norm, "irfftnd") if normal else values


def _rolled(x: TensorLike, axes: Any, back: bool, function: str) -> Any:
    values: Any = _native.tensor(x)
    _require_axes(values, 0, function)
    chosen = range(values._rank) if axes is None else np.asarray(axes).reshape(-1).tolist()
    for axis in chosen:
        if not -values._rank <= axis < values._rank:
            raise refuse(function, "an axis must lie in [-rank, rank)", "TG-0104", f"axes={axes}")
        size = _known_size(values, axis, function)
        shift = size // 2 if back else size - size // 2
        order = [(i + shift) % size for i in range(size)]
        values = _execute("gather", (values, _native.tensor(np.array(order, np.int64))), {"axis": axis})
    return values


@public("signal.fftshift")
def fftshift(x: TensorLike, axes: Any = None, name: str | None = None) -> Tensor:
    """Brings the frequency 0 to the middle of the axes.

    Args:
        x: A tensor.
        axes: An axis or several; all by default.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.signal.fftshift([0, 1, 2, -2, -1]).numpy()
    array([-2, -1,  0,  1,  2], dtype=int32)
    """
    return _rolled(x, axes, False, "fftshift")


@public("signal.ifftshift")
def ifftshift(x: TensorLike, axes: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `tg.signal.fftshift`.

    >>> import tensegra as tg
    >>> tg.signal.ifftshift([-2, -1, 0, 1, 2]).numpy()
    array([ 0,  1,  2, -2, -1], dtype=int32)
    """
    return _rolled(x, axes, True, "ifftshift")
