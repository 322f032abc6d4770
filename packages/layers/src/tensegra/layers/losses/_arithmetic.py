"""What losses and metrics share: making shapes agree, weighting, reducing."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .._errors import invalid
from .._shapes import shape_of

# What keeps logarithms finite.
EPSILON = 1e-7


def numbers(value: Any) -> tg.Tensor:
    """True or predicted values as a tensor of numbers."""
    tensor = None if value is None else tg.convert_to_tensor(value)
    if tensor is None or tensor.dtype == tg.string:
        raise invalid(
            "losses",
            "losses and metrics compare numbers.",
            "no targets (y=None)" if tensor is None else f"dtype={tensor.dtype.name}",
            "Give y; turn text into class numbers, such as by numpy.unique(labels, return_inverse=True).",
            "TG-1054",
        )
    return tensor


def as_float(value: Any, like: tg.Tensor | None = None) -> tg.Tensor:
    """`value` as a floating tensor, of the dtype of `like` if given."""
    value = numbers(value)
    if like is not None:
        return value if value.dtype == like.dtype else tg.cast(value, like.dtype)
    return value if value.dtype.is_floating else tg.cast(value, tg.float32)


def same_rank(first: tg.Tensor, second: tg.Tensor) -> tuple[tg.Tensor, tg.Tensor]:
    """Adds or drops a last axis of size 1 where the ranks differ by one."""
    one, two = shape_of(first), shape_of(second)
    if len(one) == len(two) + 1 and one[-1] == 1:
        return (
            (first, tg.expand_dims(second, -1)) if len(two) == 1 else (tg.squeeze(first, axis=[-1]), second)
        )
    if len(two) == len(one) + 1 and two[-1] == 1:
        return (
            (tg.expand_dims(first, -1), second) if len(one) == 1 else (first, tg.squeeze(second, axis=[-1]))
        )
    return first, second


def prepared(where: str, y_true: Any, y_pred: Any) -> tuple[tg.Tensor, tg.Tensor]:
    """Both as floats of one dtype and one shape."""
    y_pred = as_float(y_pred)
    y_true, y_pred = same_rank(as_float(y_true, y_pred), y_pred)
    one, two = shape_of(y_true), shape_of(y_pred)
    if len(one) != len(two) or any(a != b for a, b in zip(one, two) if a is not None and b is not None):
        raise invalid(
            where,
            "y_true and y_pred must have the same shape.",
            f"y_true shape={one}, y_pred shape={two}",
            "Check the last layer of the model, and that integer labels get a sparse loss.",
            "TG-1053",
        )
    return y_true, y_pred


def clipped(x: tg.Tensor, low: float, high: float) -> tg.Tensor:
    """`x` between two bounds."""
    return tg.minimum(tg.maximum(x, tg.constant(low, dtype=x.dtype)), tg.constant(high, dtype=x.dtype))


def weighted(values: tg.Tensor, sample_weight: Any) -> tg.Tensor:
    """`values` times weights, of the same rank or with fewer axes on the right."""
    weights = as_float(sample_weight, values)
    weights, values = same_rank(weights, values)
    missing = len(shape_of(values)) - len(shape_of(weights))
    for _ in range(missing):
        weights = tg.expand_dims(weights, -1)
    return tg.multiply(values, weights)


def reduced(values: tg.Tensor, sample_weight: Any, reduction: str | None) -> tg.Tensor:
    """One number for the losses of a batch, or the losses themselves."""
    total = values if sample_weight is None else weighted(values, sample_weight)
    if reduction in (None, "none"):
        return total
    if reduction == "sum":
        return tg.reduce_sum(total)
    if reduction == "mean_with_sample_weight" and sample_weight is not None:
        weights = weighted(tg.ones_like(values), sample_weight)
        return tg.math.divide_no_nan(tg.reduce_sum(total), tg.reduce_sum(weights))
    return tg.reduce_mean(total)
