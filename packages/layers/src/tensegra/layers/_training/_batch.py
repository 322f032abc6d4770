"""One batch: x, y and weights, and how it becomes tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import tensegra as tg

from .._base._node import map_nest
from .._errors import invalid


def unpack(element: Any) -> tuple[Any, Any, Any]:
    """`(x, y, sample_weight)` of what a data set or generator yields; None for what it lacks."""
    if isinstance(element, list):
        element = tuple(element)
    if not isinstance(element, tuple):
        return element, None, None
    if not 1 <= len(element) <= 3:
        raise invalid(
            "fit",
            "a batch is x, (x,), (x, y) or (x, y, sample_weight).",
            f"a tuple of {len(element)}",
            "Put several inputs into a list or a dict.",
            "TG-1027",
        )
    x, y, weight = (*element, None, None)[:3]
    return x, y, weight


def as_tensors(nest: Any) -> Any:
    """A nest of arrays as a nest of tensors; Python and NumPy float64 arrays become float32, as in Keras."""
    return map_nest(_as_tensor, nest)


def _as_tensor(value: Any) -> Any:
    if value is None or isinstance(value, tg.Tensor):
        return value
    array = np.asarray(value)
    return tg.convert_to_tensor(array.astype(np.float32) if array.dtype == np.float64 else array)


def with_class_weight(y: Any, sample_weight: Any, class_weight: Mapping[int, float] | None) -> Any:
    """Sample weights that hold the weight of each example's class."""
    if class_weight is None:
        return sample_weight
    if isinstance(y, list | tuple | dict) or y is None:
        raise invalid(
            "fit",
            "class_weight needs one target.",
            f"y of type {type(y).__name__}",
            "Use sample_weight for models with several outputs.",
            "TG-1023",
        )
    labels = np.asarray(y)
    if labels.ndim > 1:
        labels = labels.argmax(axis=-1) if labels.shape[-1] > 1 else labels[..., 0]
    labels = labels.astype(np.int64)
    weights = np.ones(labels.shape, np.float32)
    for label, weight in class_weight.items():
        weights[labels == int(label)] = weight
    return weights if sample_weight is None else weights * np.asarray(sample_weight)
