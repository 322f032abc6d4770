"""Fourier transforms against NumPy's: lengths of all kinds, axes, padding, norms, gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg

from .common import Array, check_gradient, close, normal

# Powers, products of small primes, primes, products with great primes, even and odd.
LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16, 25, 30, 31, 49, 60, 64, 97, 100, 128, 210, 243, 1001, 1024]


def complex_normal(*shape: int, seed: int = 0) -> Array:
    return normal(*shape, seed=seed) + 1j * normal(*shape, seed=seed + 100)


@pytest.mark.parametrize("n", LENGTHS)
def test_every_length(n: int) -> None:
    x = complex_normal(3, n)
    close(tg.signal.fft(x).numpy(), np.fft.fft(x), 1e-11)
    close(tg.signal.ifft(x).numpy(), np.fft.ifft(x), 1e-12)
    close(tg.signal.rfft(x.real).numpy(), np.fft.rfft(x.real), 1e-11)
    half = np.fft.rfft(x.real)
    close(tg.signal.irfft(half, [n]).numpy(), x.real, 1e-12)
    single = tg.signal.fft(x.astype(np.complex64))
    assert single.dtype == tg.complex64
    np.testing.assert_allclose(single.numpy(), np.fft.fft(x), rtol=1e-5, atol=1e-5 * np.sqrt(n))


def test_two_and_three_axes() -> None:
    x = complex_normal(2, 3, 4, 5)
    close(tg.signal.fft2d(x).numpy(), np.fft.fft2(x))
    close(tg.signal.ifft2d(x).numpy(), np.fft.ifft2(x))
    close(tg.signal.fft3d(x).numpy(), np.fft.fftn(x, axes=(1, 2, 3)))
    close(tg.signal.ifft3d(x).numpy(), np.fft.ifftn(x, axes=(1, 2, 3)))
    close(tg.signal.rfft2d(x.real).numpy(), np.fft.rfft2(x.real))
    close(tg.signal.rfft3d(x.real).numpy(), np.fft.rfftn(x.real, axes=(1, 2, 3)))
    close(tg.signal.irfft2d(x, [4, 7]).numpy(), np.fft.irfft2(x, (4, 7)))
    close(tg.signal.irfft3d(x).numpy(), np.fft.irfftn(x, axes=(1, 2, 3)))
    close(tg.signal.rfft2d(x.real, [8, 3]).numpy(), np.fft.rfft2(x.real, (8, 3)))


@pytest.mark.parametrize("norm", [None, "backward", "ortho", "forward"])
@pytest.mark.parametrize(
    ("lengths", "axes"),
    [(None, None), (None, [0]), (None, [2, 0]), ([5, 3], None), ([2, 6], [0, -1]), ([7], [1])],
)
def test_any_axes(lengths: Any, axes: Any, norm: str | None) -> None:
    x = complex_normal(3, 4, 5)
    where = axes if axes is not None else None if lengths is None else list(range(-len(lengths), 0))
    close(tg.fftnd(x, lengths, axes, norm).numpy(), np.fft.fftn(x, lengths, where, norm))
    close(tg.ifftnd(x, lengths, axes, norm).numpy(), np.fft.ifftn(x, lengths, where, norm))
    close(tg.rfftnd(x.real, lengths, axes, norm).numpy(), np.fft.rfftn(x.real, lengths, where, norm))
    close(tg.irfftnd(x, lengths, axes, norm).numpy(), np.fft.irfftn(x, lengths, where, norm))


def test_shifts() -> None:
    x = normal(4, 5)
    for axes in (None, 0, [1], [0, -1]):
        np.testing.assert_array_equal(tg.signal.fftshift(x, axes).numpy(), np.fft.fftshift(x, axes))
        np.testing.assert_array_equal(tg.signal.ifftshift(x, axes).numpy(), np.fft.ifftshift(x, axes))


@pytest.mark.parametrize("n", [1, 2, 5, 6, 7, 8])
def test_gradients(n: int) -> None:
    """Real functions made of complex transforms: a filter whose spectrum is cut, moved, or transformed once more."""
    x = normal(2, n)
    check_gradient(lambda y: tg.signal.irfft(tg.signal.rfft(y), [n + 3]), x)
    check_gradient(lambda y: tg.signal.irfft(tg.signal.fft(tg.signal.rfft(y, [n + 2])), [n]), x)
    check_gradient(lambda y: tg.signal.irfft(tg.signal.ifft(tg.signal.rfft(y)[..., ::-1]), [n]), x)
    if n > 1:
        check_gradient(lambda y: tg.signal.irfft2d(tg.signal.rfft2d(y, [3, n - 1]), [2, n]), x)


def test_a_symbolic_batch() -> None:
    traced = tg.function(
        lambda x: tg.signal.irfft(tg.signal.rfft(x)), input_signature=[tg.TensorSpec([None, 8], tg.float64)]
    )
    for batch in (1, 3):
        close(traced(normal(batch, 8)).numpy(), normal(batch, 8))


def test_results_do_not_depend_on_threads() -> None:
    x = complex_normal(64, 1000)
    before = tg.config.threading.get_intra_op_parallelism_threads()
    found = []
    for threads in (1, 3):
        tg.config.threading.set_intra_op_parallelism_threads(threads)
        found.append(tg.signal.fft(x).numpy())
    tg.config.threading.set_intra_op_parallelism_threads(before)
    np.testing.assert_array_equal(found[0], found[1])


def test_empty_batches() -> None:
    assert tg.signal.fft(np.zeros((0, 4), np.complex64)).shape == (0, 4)
    assert tg.signal.rfft(np.zeros((0, 4), np.float32)).shape == (0, 3)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("TG-0102", lambda: tg.signal.fft([1.0, 2.0])),
        ("TG-0102", lambda: tg.signal.rfft([1, 2])),
        ("TG-0103", lambda: tg.signal.fft2d(np.ones(3, np.complex64))),
        ("TG-0103", lambda: tg.signal.rfft(1.0)),
        ("TG-0104", lambda: tg.fftnd(np.ones((2, 2), np.complex64), axes=[2])),
        ("TG-0104", lambda: tg.fftnd(np.ones((2, 2), np.complex64), axes=[0, -2])),
        ("TG-0104", lambda: tg.signal.fftshift([1.0], axes=1)),
        ("TG-0105", lambda: tg.signal.rfft2d(np.ones((2, 2)), [2])),
        ("TG-0106", lambda: tg.fftnd(np.ones((2, 2), np.complex64), norm="unit")),
        ("TG-0109", lambda: tg.signal.rfft(np.ones(2), [0])),
        ("TG-0109", lambda: tg.signal.fft(np.ones((2, 0), np.complex64))),
        ("TG-0109", lambda: tg.signal.irfft(np.ones((2, 1), np.complex64))),
    ],
)
def test_errors(code: str, call: Any) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=code):
        call()
