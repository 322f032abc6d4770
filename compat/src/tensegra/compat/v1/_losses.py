"""`tf.losses`."""

from __future__ import annotations

from typing import Any

from ._apply import apply, convert_to_tensor
from ._core import tg
from ._define import renamed
from ._errors import invalid
from ._graph import GraphKeys, get_default_graph, name_scope
from ._nn import softmax_cross_entropy_with_logits_v2, sparse_softmax_cross_entropy_with_logits
from ._symbols import export


@export("losses.Reduction")
class Reduction:
    """How the losses of elements become one."""

    NONE, SUM, MEAN = "none", "weighted_sum", "weighted_mean"
    SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"
    SUM_OVER_NONZERO_WEIGHTS = SUM_BY_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights"

    @classmethod
    def all(cls) -> tuple[str, ...]:
        """All of them."""
        return cls.NONE, cls.SUM, cls.MEAN, cls.SUM_OVER_BATCH_SIZE, cls.SUM_BY_NONZERO_WEIGHTS

    @classmethod
    def validate(cls, key: str) -> None:
        """Raises unless it is one."""
        if key not in cls.all():
            raise invalid(
                "losses",
                "the reduction must be one that there is",
                repr(key),
                "See tf.losses.Reduction.",
                "TG-7290",
            )


_DEFAULT = Reduction.SUM_BY_NONZERO_WEIGHTS


@export("losses.compute_weighted_loss")
def compute_weighted_loss(
    losses: Any,
    weights: Any = 1.0,
    scope: Any = None,
    loss_collection: Any = GraphKeys.LOSSES,
    reduction: str = _DEFAULT,
) -> Any:
    """The losses of elements, weighted, as one number; added to the losses of the graph."""
    Reduction.validate(reduction)
    with name_scope(scope, "weighted_loss"):
        values = convert_to_tensor(losses)
        weight = convert_to_tensor(weights)
        if (
            weight.shape.ndims is not None
            and values.shape.ndims is not None
            and weight.shape.ndims not in (0, values.shape.ndims)
        ):
            raise invalid(
                "losses",
                "weights must be a number or of the rank of the losses",
                f"{weight.shape} for {values.shape}",
                "Reshape them.",
                "TG-7290",
            )

        def function(x: Any, w: Any) -> Any:
            kind = x.dtype
            x, w = tg.cast(x, tg.float32), tg.cast(w, tg.float32)
            weighted = x * w
            if reduction == Reduction.NONE:
                return tg.cast(weighted, kind)
            total = tg.reduce_sum(weighted)
            spread = w * tg.ones_like(x)
            if reduction == Reduction.MEAN:
                total = tg.math.divide_no_nan(total, tg.reduce_sum(spread))
            elif reduction == _DEFAULT:
                count = tg.reduce_sum(tg.cast(tg.not_equal(spread, 0.0), tg.float32))
                total = tg.math.divide_no_nan(total, count)
            elif reduction == Reduction.SUM_OVER_BATCH_SIZE:
                total = tg.math.divide_no_nan(total, tg.cast(tg.size(x), tg.float32))
            return tg.cast(total, kind)

        loss = apply("value", function, values, weight)
        add_loss(loss, loss_collection)
        return loss


@export("losses.add_loss contrib.losses.add_loss")
def add_loss(loss: Any, loss_collection: Any = GraphKeys.LOSSES) -> None:
    """Adds to the losses of the graph."""
    if loss_collection:
        get_default_graph().add_to_collection(loss_collection, loss)


@export("losses.get_losses contrib.losses.get_losses")
def get_losses(scope: Any = None, loss_collection: str = GraphKeys.LOSSES) -> list[Any]:
    """The losses of the graph."""
    return get_default_graph().get_collection(loss_collection, scope)


@export("losses.get_regularization_losses contrib.losses.get_regularization_losses")
def get_regularization_losses(scope: Any = None) -> list[Any]:
    """The regularization losses of the graph."""
    return get_default_graph().get_collection(GraphKeys.REGULARIZATION_LOSSES, scope)


@export("losses.get_regularization_loss")
def get_regularization_loss(scope: Any = None, name: str = "total_regularization_loss") -> Any:
    """Their sum."""
    found = get_regularization_losses(scope)
    return _sum(found, name) if found else convert_to_tensor(0.0)


@export("losses.get_total_loss contrib.losses.get_total_loss")
def get_total_loss(
    add_regularization_losses: bool = True, name: str = "total_loss", scope: Any = None
) -> Any:
    """The sum of all losses."""
    found = get_losses(scope)
    if add_regularization_losses:
        found = found + get_regularization_losses(scope)
    return _sum(found, name)


def _sum(found: list[Any], name: str) -> Any:
    return apply("AddN", lambda *parts: tg.add_n(list(parts)), *found, op_name=name)


def _pair(labels: Any, predictions: Any, where: str) -> tuple[Any, Any]:
    if labels is None or predictions is None:
        raise invalid(where, "there must be labels and predictions", "None", "Give both.", "TG-7290")
    guess = convert_to_tensor(predictions)
    if guess.dtype != tg.float32:
        guess = apply("Cast", lambda x: tg.cast(x, tg.float32), guess)
    truth = convert_to_tensor(labels)
    if truth.dtype != tg.float32:
        truth = apply("Cast", lambda x: tg.cast(x, tg.float32), truth)
    guess.shape.assert_is_compatible_with(truth.shape)
    return truth, guess


def _elementwise(name: str, type: str, function: Any, *extra: tuple[str, Any]) -> None:
    @export(f"losses.{name}")
    def loss(labels: Any = None, predictions: Any = None, *args: Any, **options: Any) -> Any:
        names = [key for key, _ in extra] + ["weights", "scope", "loss_collection", "reduction"]
        if extra and extra[0][0] == "delta":
            names = ["weights", "delta", "scope", "loss_collection", "reduction"]
        elif extra:
            names = ["weights", "epsilon", "scope", "loss_collection", "reduction"]
        given = {**dict(zip(names, args)), **options}
        own = {key: given.pop(key, default) for key, default in extra}
        truth, guess = _pair(labels, predictions, f"losses.{name}")
        with name_scope(given.pop("scope", None), name) as scope:
            values = apply(type, lambda y, p: function(y, p, **own), truth, guess)
            return compute_weighted_loss(
                values,
                given.get("weights", 1.0),
                scope,
                given.get("loss_collection", GraphKeys.LOSSES),
                given.get("reduction", _DEFAULT),
            )

    loss.__name__, loss.__doc__ = name, f"The loss {name} of labels and predictions."


def _log(y: Any, p: Any, epsilon: float) -> Any:
    return -(y * tg.math.log(p + epsilon)) - (1 - y) * tg.math.log(1 - p + epsilon)


def _huber(y: Any, p: Any, delta: float) -> Any:
    error = tg.abs(p - y)
    inside = tg.minimum(error, delta)
    return 0.5 * inside * inside + delta * (error - inside)


_elementwise("absolute_difference", "Abs", lambda y, p: tg.abs(p - y))
_elementwise("mean_squared_error", "SquaredDifference", lambda y, p: tg.math.squared_difference(p, y))
_elementwise("log_loss", "log_loss", _log, ("epsilon", 1e-7))
_elementwise("huber_loss", "huber_loss", _huber, ("delta", 1.0))


@export("losses.hinge_loss")
def hinge_loss(
    labels: Any,
    logits: Any,
    weights: Any = 1.0,
    scope: Any = None,
    loss_collection: Any = GraphKeys.LOSSES,
    reduction: str = _DEFAULT,
) -> Any:
    """max(0, 1 - (2 * labels - 1) * logits)."""
    truth, scores = _pair(labels, logits, "losses.hinge_loss")
    with name_scope(scope, "hinge_loss") as opened:
        values = apply("Relu", lambda y, x: tg.nn.relu(1.0 - (2.0 * y - 1.0) * x), truth, scores)
        return compute_weighted_loss(values, weights, opened, loss_collection, reduction)


@export("losses.cosine_distance")
@renamed(dim="axis")
def cosine_distance(
    labels: Any, predictions: Any, axis: Any = None, weights: Any = 1.0, scope: Any = None,
    loss_collection: Any = GraphKeys.LOSSES, reduction: str = _DEFAULT,
) -> Any:  # fmt: skip
    """One minus the product of unit vectors."""
    truth, guess = _pair(labels, predictions, "losses.cosine_distance")
    with name_scope(scope, "cosine_distance_loss") as opened:
        values = apply("cosine_distance", lambda y, p: 1 - tg.reduce_sum(y * p, axis, True), truth, guess)
        return compute_weighted_loss(values, weights, opened, loss_collection, reduction)


@export("losses.mean_pairwise_squared_error")
def mean_pairwise_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    scope: Any = None,
    loss_collection: Any = GraphKeys.LOSSES,
) -> Any:
    """The squares of the differences of differences, over all pairs of elements of a row."""
    truth, guess = _pair(labels, predictions, "losses.mean_pairwise_squared_error")
    with name_scope(scope, "mean_pairwise_squared_error"):

        def function(y: Any, p: Any) -> Any:
            difference = tg.reshape(p - y, [tg.shape(y)[0], -1])
            count = tg.cast(tg.shape(difference)[1], tg.float32)
            squares = tg.reduce_sum(difference * difference, 1)
            total = tg.reduce_sum(difference, 1)
            pairs = tg.math.divide_no_nan(count * squares - total * total, count * (count - 1.0))
            return tg.reduce_mean(2.0 * pairs)

        loss = apply(
            "value",
            lambda y, p, w: function(y, p) * tg.reduce_mean(w),
            truth,
            guess,
            convert_to_tensor(weights),
        )
        add_loss(loss, loss_collection)
        return loss


@export("losses.sigmoid_cross_entropy")
def sigmoid_cross_entropy(
    multi_class_labels: Any, logits: Any, weights: Any = 1.0, label_smoothing: Any = 0, scope: Any = None,
    loss_collection: Any = GraphKeys.LOSSES, reduction: str = _DEFAULT,
) -> Any:  # fmt: skip
    """The cross entropy of independent labels and logits."""
    with name_scope(scope, "sigmoid_cross_entropy_loss") as opened:
        scores = convert_to_tensor(logits)

        def function(y: Any, x: Any) -> Any:
            y = tg.cast(y, x.dtype)
            if label_smoothing > 0:
                y = y * (1 - label_smoothing) + 0.5 * label_smoothing
            return tg.nn.sigmoid_cross_entropy_with_logits(y, x)

        values = apply(
            "logistic_loss", function, convert_to_tensor(multi_class_labels), scores, op_name="xentropy"
        )
        return compute_weighted_loss(values, weights, opened, loss_collection, reduction)


@export("losses.softmax_cross_entropy")
def softmax_cross_entropy(
    onehot_labels: Any, logits: Any, weights: Any = 1.0, label_smoothing: Any = 0, scope: Any = None,
    loss_collection: Any = GraphKeys.LOSSES, reduction: str = _DEFAULT,
) -> Any:  # fmt: skip
    """The cross entropy of one-hot labels and logits."""
    with name_scope(scope, "softmax_cross_entropy_loss") as opened:
        scores = convert_to_tensor(logits)

        def smoothed(y: Any, x: Any) -> Any:
            y = tg.cast(y, x.dtype)
            if label_smoothing > 0:
                classes = tg.cast(tg.shape(y)[1], y.dtype)
                y = y * (1 - label_smoothing) + label_smoothing / classes
            return tg.stop_gradient(y)

        truth = apply("labels_stop_gradient", smoothed, convert_to_tensor(onehot_labels), scores)
        values = softmax_cross_entropy_with_logits_v2(labels=truth, logits=scores, name="xentropy")
        return compute_weighted_loss(values, weights, opened, loss_collection, reduction)


@export("losses.sparse_softmax_cross_entropy")
def sparse_softmax_cross_entropy(
    labels: Any,
    logits: Any,
    weights: Any = 1.0,
    scope: Any = None,
    loss_collection: Any = GraphKeys.LOSSES,
    reduction: str = _DEFAULT,
) -> Any:
    """The cross entropy of the numbers of classes and logits."""
    with name_scope(scope, "sparse_softmax_cross_entropy_loss") as opened:
        truth, scores = convert_to_tensor(labels), convert_to_tensor(logits)
        if (
            truth.shape.ndims is not None
            and truth.shape.ndims == scores.shape.ndims
            and truth.shape[-1].value == 1
        ):
            truth = apply("Squeeze", lambda x: tg.squeeze(x, [-1]), truth)
        values = sparse_softmax_cross_entropy_with_logits(labels=truth, logits=scores, name="xentropy")
        weight = convert_to_tensor(weights)
        if (
            weight.shape.ndims is not None
            and values.shape.ndims is not None
            and weight.shape.ndims == values.shape.ndims + 1
        ):
            weight = apply("Squeeze", lambda x: tg.squeeze(x, [-1]), weight)
        return compute_weighted_loss(values, weight, opened, loss_collection, reduction)
