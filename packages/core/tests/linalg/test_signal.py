"""Windows, frames, spectra, cosine transforms and the mel scale against NumPy and SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.fft
import scipy.signal

import tensegra as tg

from .common import Array, check_gradient, close, normal


@pytest.mark.parametrize("n", [2, 3, 8, 9])
def test_windows(n: int) -> None:
    double = tg.float64
    periodic = scipy.signal.get_window("hann", n) if n % 2 == 0 else np.hanning(n)
    close(tg.signal.hann_window(n, dtype=double).numpy(), periodic)
    close(tg.signal.hann_window(n, periodic=False, dtype=double).numpy(), np.hanning(n))
    close(tg.signal.hamming_window(n, periodic=False, dtype=double).numpy(), np.hamming(n))
    close(tg.signal.kaiser_window(n, 5.0, dtype=double).numpy(), np.kaiser(n, 5.0))
    if n % 2 == 0:
        derived = scipy.signal.windows.kaiser_bessel_derived(n, 3.0)
        close(tg.signal.kaiser_bessel_derived_window(n, 3.0, dtype=double).numpy(), derived)
    vorbis = tg.signal.vorbis_window(2 * n, dtype=double).numpy()
    close(vorbis[:n] ** 2 + vorbis[n:] ** 2, np.ones(n))


def test_windows_of_one_element_and_their_dtypes() -> None:
    for window in (tg.signal.hann_window, tg.signal.hamming_window, tg.signal.kaiser_window):
        assert window(1).numpy().tolist() == [1.0]
        assert window(4, dtype=tg.float16).dtype == tg.float16


@pytest.mark.parametrize("pad_end", [False, True])
@pytest.mark.parametrize(
    ("size", "length", "step"), [(10, 4, 2), (11, 4, 3), (3, 4, 2), (9, 2, 5), (0, 2, 1)]
)
def test_frame(size: int, length: int, step: int, pad_end: bool) -> None:
    x = normal(2, size)
    count = -(-size // step) if pad_end else max(0, 1 + (size - length) // step)
    padded = np.pad(x, [(0, 0), (0, length)], constant_values=7.0)
    parts = [padded[:, i * step : i * step + length] for i in range(count)]
    wanted = np.stack(parts, 1) if parts else np.zeros((2, 0, length))
    close(tg.signal.frame(x, length, step, pad_end, 7.0).numpy(), wanted)
    close(tg.signal.frame(x.T, length, step, pad_end, 7.0, axis=0).numpy(), np.transpose(wanted, (1, 2, 0)))


def test_frames_of_an_unknown_length() -> None:
    for pad_end in (False, True):
        traced = tg.function(
            lambda x, pad=pad_end: tg.signal.frame(x, 4, 3, pad),
            input_signature=[tg.TensorSpec([None], tg.float64)],
        )
        for size in (2, 4, 12):
            close(traced(normal(size)).numpy(), tg.signal.frame(normal(size), 4, 3, pad_end).numpy())


@pytest.mark.parametrize(
    ("frames", "length", "step"), [(4, 6, 2), (3, 5, 2), (3, 4, 4), (3, 4, 6), (1, 5, 3), (2, 3, 1)]
)
def test_overlap_and_add(frames: int, length: int, step: int) -> None:
    x = normal(2, frames, length)
    wanted = np.zeros((2, length + step * (frames - 1)))
    for i in range(frames):
        wanted[:, i * step : i * step + length] += x[:, i]
    close(tg.signal.overlap_and_add(x, step).numpy(), wanted)
    check_gradient(lambda y: tg.signal.overlap_and_add(y, step), normal(frames, length))
    traced = tg.function(
        lambda y: tg.signal.overlap_and_add(y, step),
        input_signature=[tg.TensorSpec([None, None, length], tg.float64)],
    )
    close(traced(x).numpy(), wanted)


@pytest.mark.parametrize(
    ("length", "step", "fft_length"), [(16, 4, None), (16, 8, 32), (12, 6, None), (10, 5, 8)]
)
def test_stft_and_back(length: int, step: int, fft_length: int | None) -> None:
    x = normal(2, 64)
    spectra = tg.signal.stft(x, length, step, fft_length)
    frames = (
        tg.signal.frame(x, length, step).numpy() * tg.signal.hann_window(length, dtype=tg.float64).numpy()
    )
    size = fft_length or 16
    close(spectra.numpy(), np.fft.rfft(frames, size))
    if size < length:
        return
    window = tg.signal.inverse_stft_window_fn(step)
    back = tg.signal.inverse_stft(spectra, length, step, fft_length, window).numpy()
    inside = slice(length, back.shape[-1] - length)
    close(back[:, inside], x[:, inside])


def test_stft_without_a_window() -> None:
    x = normal(20)
    close(tg.signal.stft(x, 4, 2, window_fn=None).numpy(), np.fft.rfft(tg.signal.frame(x, 4, 2).numpy(), 4))
    check_gradient(
        lambda y: tg.signal.inverse_stft(tg.signal.stft(y, 4, 2, pad_end=True), 4, 2, window_fn=None),
        normal(9),
    )


@pytest.mark.parametrize("norm", [None, "ortho"])
@pytest.mark.parametrize("type", [1, 2, 3, 4])
@pytest.mark.parametrize("n", [2, 3, 7, 8, 20])
def test_dct(type: int, n: int, norm: str | None) -> None:
    if type == 1 and norm:
        return
    x = normal(3, n)
    got = tg.signal.dct(x, type=type, norm=norm)
    close(got.numpy(), scipy.fft.dct(x, type, norm=norm))
    factor = 1.0 if norm else 1 / (2 * (n - 1) if type == 1 else 2 * n)
    close(tg.signal.idct(got, type=type, norm=norm).numpy() * factor, x)
    for other in (n + 2, max(n - 1, 2)):
        close(tg.signal.dct(x, type, n=other, norm=norm).numpy(), scipy.fft.dct(x, type, other, norm=norm))
    if n == 3:
        check_gradient(lambda y: tg.signal.dct(y, type=type, norm=norm), x)


def test_dct_of_float32() -> None:
    x = normal(2, 64).astype(np.float32)
    got = tg.signal.dct(x)
    assert got.dtype == tg.float32
    np.testing.assert_allclose(got.numpy(), scipy.fft.dct(x.astype(np.float64)), rtol=1e-5, atol=2e-5)


def direct_mdct(frames: Array) -> Array:
    """The definition: X[k] = 2 sum x[i] cos(pi / n (i + 1/2 + n/2) (k + 1/2))."""
    n = frames.shape[-1] // 2
    i, k = np.arange(2 * n)[:, None], np.arange(n)
    return 2 * frames @ np.cos(np.pi / n * (i + 0.5 + n / 2) * (k + 0.5))


@pytest.mark.parametrize("norm", [None, "ortho"])
def test_mdct_and_back(norm: str | None) -> None:
    x = normal(2, 40)
    window = tg.signal.vorbis_window(8, dtype=tg.float64).numpy()
    coefficients = tg.signal.mdct(x, 8, norm=norm)
    scale = 1.0 if norm is None else 1 / np.sqrt(2 * 4)
    close(coefficients.numpy(), direct_mdct(tg.signal.frame(x, 8, 4).numpy() * window) * scale)
    close(tg.signal.inverse_mdct(coefficients, norm=norm).numpy()[:, 4:-4], x[:, 4:-4])
    flat = tg.signal.inverse_mdct(tg.signal.mdct(x, 8, None, norm=norm), None, norm=norm)
    close(flat.numpy()[:, 4:-4], x[:, 4:-4])


def test_mel_weights() -> None:
    got = tg.signal.linear_to_mel_weight_matrix(8, 33, 8000.0, 100.0, 3500.0, tg.float64).numpy()
    edges = 700 * np.expm1(np.linspace(1127 * np.log1p(100 / 700), 1127 * np.log1p(3500 / 700), 10) / 1127)
    for column, (low, middle, high) in enumerate(zip(edges, edges[1:], edges[2:], strict=False)):
        mel = lambda f: 1127 * np.log1p(f / 700)
        for row, f in enumerate(np.linspace(0, 4000, 33)):
            up = (mel(f) - mel(low)) / (mel(middle) - mel(low))
            down = (mel(high) - mel(f)) / (mel(high) - mel(middle))
            assert got[row, column] == pytest.approx(max(0.0, min(up, down)) if row else 0.0, abs=1e-12)


def test_mfccs() -> None:
    x = normal(3, 20)
    close(tg.signal.mfccs_from_log_mel_spectrograms(x).numpy(), scipy.fft.dct(x) / np.sqrt(40))


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("TG-0102", lambda: tg.signal.hann_window(4, dtype=tg.int32)),
        ("TG-0106", lambda: tg.signal.hann_window(0)),
        ("TG-0106", lambda: tg.signal.kaiser_bessel_derived_window(3)),
        ("TG-0103", lambda: tg.signal.frame(1.0, 1, 1)),
        ("TG-0104", lambda: tg.signal.frame([1.0], 1, 1, axis=1)),
        ("TG-0106", lambda: tg.signal.frame([1.0], 0, 1)),
        ("TG-0103", lambda: tg.signal.overlap_and_add([1.0], 1)),
        ("TG-0106", lambda: tg.signal.dct([1.0], type=5)),
        ("TG-0106", lambda: tg.signal.dct([1.0], axis=0)),
        ("TG-0106", lambda: tg.signal.dct([1.0, 2.0], type=1, norm="ortho")),
        ("TG-0106", lambda: tg.signal.dct([1.0], type=1)),
        ("TG-0103", lambda: tg.signal.dct(1.0)),
        ("TG-0106", lambda: tg.signal.mdct(np.ones(8), 6)),
        ("TG-0106", lambda: tg.signal.inverse_mdct(np.ones((2, 3)))),
        ("TG-0106", lambda: tg.signal.linear_to_mel_weight_matrix(lower_edge_hertz=4000.0)),
        ("TG-0102", lambda: tg.signal.linear_to_mel_weight_matrix(dtype=tg.int32)),
    ],
)
def test_errors(code: str, call: Any) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=code):
        call()
