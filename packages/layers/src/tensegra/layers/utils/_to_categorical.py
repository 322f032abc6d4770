"""One-hot labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._errors import invalid


def to_categorical(x: Any, num_classes: int | None = None) -> np.ndarray:
    """Integer labels as one-hot rows.

    Args:
        x: Integers from 0; a last axis of size 1 is dropped.
        num_classes: How many classes; one more than the greatest label if not given.

    Returns:
        A float32 array with one more axis.

    Raises:
        tg.errors.InvalidArgumentError: A label outside of `[0, num_classes)` (TG-1060).

    Example:
        >>> import tensegra as tg
        >>> tg.keras.utils.to_categorical([0, 2], num_classes=3).tolist()
        [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    labels = np.asarray(x, dtype=np.int64)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    classes = int(labels.max(initial=-1)) + 1 if num_classes is None else num_classes
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        raise invalid(
            "utils.to_categorical",
            f"labels must lie in [0, {classes}).",
            f"labels from {labels.min()} to {labels.max()}",
            "Check num_classes.",
            "TG-1060",
        )
    return np.eye(classes, dtype=np.float32)[labels]
