"""Functions that give 1 for a right prediction and 0 for a wrong one."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .._shapes import shape_of
from ..losses._arithmetic import as_float, prepared, same_rank


def accuracy(y_true: Any, y_pred: Any) -> tg.Tensor:
    """Where both are equal."""
    y_pred = tg.convert_to_tensor(y_pred)
    y_true, y_pred = same_rank(tg.cast(tg.convert_to_tensor(y_true), y_pred.dtype), y_pred)
    return tg.cast(tg.equal(y_true, y_pred), tg.float32)


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> tg.Tensor:
    """Where the prediction is on the label's side of the threshold."""
    y_true, y_pred = prepared("binary_accuracy", y_true, y_pred)
    above = tg.cast(tg.greater(y_pred, tg.constant(threshold, dtype=y_pred.dtype)), y_true.dtype)
    return tg.cast(tg.equal(y_true, above), tg.float32)


def categorical_accuracy(y_true: Any, y_pred: Any) -> tg.Tensor:
    """Where the greatest prediction is that of the one-hot label."""
    return sparse_categorical_accuracy(tg.argmax(tg.convert_to_tensor(y_true), axis=-1), y_pred)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> tg.Tensor:
    """Where the greatest prediction is that of the integer label."""
    labels = _labels(y_true, as_float(y_pred))
    return tg.cast(tg.equal(labels, tg.argmax(as_float(y_pred), axis=-1)), tg.float32)


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> tg.Tensor:
    """Where the one-hot label is among the `k` greatest predictions."""
    return sparse_top_k_categorical_accuracy(tg.argmax(tg.convert_to_tensor(y_true), axis=-1), y_pred, k)


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> tg.Tensor:
    """Where the integer label is among the `k` greatest predictions; ties count as right."""
    y_pred = as_float(y_pred)
    classes = shape_of(y_pred)[-1] or 1
    chosen = tg.one_hot(_labels(y_true, y_pred), depth=classes, dtype=y_pred.dtype)
    own = tg.reduce_sum(chosen * y_pred, axis=-1, keepdims=True)
    greater = tg.reduce_sum(tg.cast(tg.greater(y_pred, own), tg.float32), axis=-1)
    return tg.cast(tg.less(greater, tg.constant(float(k))), tg.float32)


def _labels(y_true: Any, y_pred: tg.Tensor) -> tg.Tensor:
    """Integer labels as int64, without a last axis of size 1."""
    labels = tg.convert_to_tensor(y_true)
    if len(shape_of(labels)) == len(shape_of(y_pred)) and shape_of(labels)[-1] == 1:
        labels = tg.squeeze(labels, axis=[-1])
    return tg.cast(labels, tg.int64)
