"""The mel scale of pitch."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composites.signal._common import positive_int, refuse
from tensegra._composites.signal.cosine import dct
from tensegra._dtypes import as_dtype
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import DTypeLike, TensorLike

_execute = _native.execute


def _mel(hertz: Any) -> Any:
    """The scale of HTK (S. Young et al., The HTK Book): 1127 ln(1 + f / 700)."""
    return 1127.0 * np.log1p(np.asarray(hertz, np.float64) / 700.0)


@public("signal.linear_to_mel_weight_matrix")
def linear_to_mel_weight_matrix(
    num_mel_bins: int = 20,
    num_spectrogram_bins: int = 129,
    sample_rate: float = 8000,
    lower_edge_hertz: float = 125.0,
    upper_edge_hertz: float = 3800.0,
    dtype: DTypeLike = "float32",
    name: str | None = None,
) -> Tensor:
    """The matrix that turns spectra of frequencies into spectra on the mel scale: triangles, evenly spaced there.

    Args:
        num_mel_bins: How many triangles.
        num_spectrogram_bins: How many frequencies, from 0 to half of the sample rate.
        sample_rate: Samples per second.
        lower_edge_hertz: Where the first triangle begins.
        upper_edge_hertz: Where the last one ends.
        dtype: A floating-point dtype.
        name: Ignored; for compatibility.

    Returns:
        Shape [num_spectrogram_bins, num_mel_bins]; spectra are multiplied by it from the right.

    Raises:
        tg.errors.InvalidArgumentError: Where an argument is out of its range (TG-0106).

    >>> import tensegra as tg
    >>> tg.signal.linear_to_mel_weight_matrix(num_mel_bins=10, num_spectrogram_bins=65).shape
    TensorShape([65, 10])
    """
    function = "linear_to_mel_weight_matrix"
    bins = positive_int(num_mel_bins, function, "num_mel_bins")
    frequencies = positive_int(num_spectrogram_bins, function, "num_spectrogram_bins")
    rate = float(np.asarray(sample_rate))
    if not 0 <= lower_edge_hertz < upper_edge_hertz <= rate / 2:
        raise refuse(
            function, "the edges must ascend, from 0 to half of the sample rate", "TG-0106",
            f"lower_edge_hertz={lower_edge_hertz}, upper_edge_hertz={upper_edge_hertz}, sample_rate={rate}",
        )  # fmt: skip
    wanted = as_dtype(dtype)
    if not wanted.is_floating:
        raise refuse(function, "the dtype must be floating-point", "TG-0102", f"dtype={wanted.name}")
    places = _mel(np.linspace(0.0, rate / 2, frequencies)[1:])[:, None]
    edges = np.linspace(_mel(lower_edge_hertz), _mel(upper_edge_hertz), bins + 2)
    lower, center, upper = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (places - lower) / (center - lower), (upper - places) / (upper - center)
    weights = np.maximum(0.0, np.minimum(rising, falling))
    matrix = _native.tensor(np.concatenate([np.zeros((1, bins)), weights]))
    return matrix if wanted.name == "float64" else _execute("cast", (matrix,), {"dtype": wanted})


@public("signal.mfccs_from_log_mel_spectrograms")
def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: TensorLike, name: str | None = None) -> Tensor:
    """Mel-frequency cepstral coefficients: the cosine transform (type 2) of logarithms of mel spectra.

    Args:
        log_mel_spectrograms: Shape [..., num_mel_bins]; float32 or float64.
        name: Ignored; for compatibility.

    Returns:
        The same shape, scaled as HTK does, by sqrt(1 / (2 num_mel_bins)).

    Raises:
        tg.errors.InvalidArgumentError: Where the last axis is empty (TG-0106) or its size is not known (TG-0103).

    >>> import tensegra as tg
    >>> tg.signal.mfccs_from_log_mel_spectrograms([[1.0, 1.0]]).numpy()
    array([[2., 0.]], dtype=float32)
    """
    values: Any = dct(log_mel_spectrograms)
    return _execute("multiply", (values, (2.0 * values._shape[-1]) ** -0.5))
