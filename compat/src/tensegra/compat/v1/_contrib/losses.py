"""`tf.contrib.losses` and `tf.contrib.slim.losses`: those of `tf.losses` with the predictions first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import _losses as base
from .._apply import apply, convert_to_tensor
from .._core import tg
from .._symbols import export, put, table


def _export(name: str) -> Callable[[Any], Any]:
    return export(f"contrib.losses.{name} contrib.slim.losses.{name}")


for _name in ("add_loss", "get_losses", "get_regularization_losses", "get_total_loss"):
    put(f"contrib.losses.{_name}", getattr(base, _name))
    put(f"contrib.slim.losses.{_name}", getattr(base, _name))


def _spread(weights: Any, rank: int | None) -> Any:
    """Weights of fewer dimensions than the losses stand for all that follow."""
    made = convert_to_tensor(weights)
    missing = 0 if rank is None or made.shape.ndims in (None, 0) else rank - made.shape.ndims
    if missing <= 0:
        return made
    return apply("Reshape", lambda w: tg.reshape(w, tg.concat([tg.shape(w), [1] * missing], 0)), made)


@_export("compute_weighted_loss")
def compute_weighted_loss(losses: Any, weights: Any = 1.0, scope: Any = None) -> Any:
    """The mean of losses whose weight is not 0, weighted; added to the losses of the graph.

    Weights have the first dimensions of the losses, or are one number.
    """
    values = convert_to_tensor(losses)
    return base.compute_weighted_loss(values, _spread(weights, values.shape.ndims), scope)


def _elementwise(name: str, function: Any, what: str) -> None:
    def loss(predictions: Any, labels: Any = None, weights: Any = 1.0, scope: Any = None) -> Any:
        guess = convert_to_tensor(predictions)
        return function(labels, guess, weights=_spread(weights, guess.shape.ndims), scope=scope)

    loss.__name__ = loss.__qualname__ = name
    loss.__doc__ = f"The mean of {what}."
    _export(name)(loss)


_elementwise("absolute_difference", table["losses.absolute_difference"], "absolute differences")
_elementwise("mean_squared_error", table["losses.mean_squared_error"], "squared differences")


@_export("log_loss")
def log_loss(
    predictions: Any, labels: Any = None, weights: Any = 1.0, epsilon: float = 1e-07, scope: Any = None
) -> Any:
    """The mean of the negative logarithms of likelihoods."""
    guess = convert_to_tensor(predictions)
    spread = _spread(weights, guess.shape.ndims)
    return table["losses.log_loss"](labels, guess, weights=spread, epsilon=epsilon, scope=scope)


@_export("hinge_loss")
def hinge_loss(logits: Any, labels: Any = None, scope: Any = None) -> Any:
    """max(0, 1 - (2 * labels - 1) * logits), of each element; not added to the losses of the graph."""
    return base.hinge_loss(labels, logits, 1.0, scope, None, base.Reduction.NONE)


@_export("cosine_distance")
def cosine_distance(
    predictions: Any, labels: Any = None, axis: Any = None, weights: Any = 1.0, scope: Any = None, dim: Any = None
) -> Any:  # fmt: skip
    """The mean of one minus the product of unit vectors, which lie along an axis."""
    guess = convert_to_tensor(predictions)
    spread = _spread(weights, guess.shape.ndims)
    return base.cosine_distance(labels, guess, dim if axis is None else axis, spread, scope)


@_export("mean_pairwise_squared_error")
def mean_pairwise_squared_error(
    predictions: Any, labels: Any = None, weights: Any = 1.0, scope: Any = None
) -> Any:
    """The squares of the differences of differences, over all pairs of elements of a row."""
    return base.mean_pairwise_squared_error(labels, predictions, weights, scope)


@_export("sigmoid_cross_entropy")
def sigmoid_cross_entropy(
    logits: Any, multi_class_labels: Any, weights: Any = 1.0, label_smoothing: Any = 0, scope: Any = None
) -> Any:
    """The mean cross entropy of independent labels and logits."""
    scores = convert_to_tensor(logits)
    spread = _spread(weights, scores.shape.ndims)
    return base.sigmoid_cross_entropy(multi_class_labels, scores, spread, label_smoothing, scope)


@_export("softmax_cross_entropy")
def softmax_cross_entropy(
    logits: Any, onehot_labels: Any, weights: Any = 1.0, label_smoothing: Any = 0, scope: Any = None
) -> Any:
    """The mean cross entropy of one-hot labels and logits."""
    return base.softmax_cross_entropy(onehot_labels, logits, weights, label_smoothing, scope)


@_export("sparse_softmax_cross_entropy")
def sparse_softmax_cross_entropy(logits: Any, labels: Any, weights: Any = 1.0, scope: Any = None) -> Any:
    """The mean cross entropy of the numbers of classes and logits."""
    return base.sparse_softmax_cross_entropy(labels, logits, weights, scope)
