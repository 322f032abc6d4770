"""`tf.metrics`: a value and the op that takes more data into it."""

from __future__ import annotations

from typing import Any

from ._apply import apply, convert_to_tensor
from ._core import tg
from ._errors import invalid
from ._graph import GraphKeys, get_default_graph
from ._shapes import TensorShape
from ._symbols import export
from ._train.optimizer import update_op
from ._variable_scope import variable_scope
from ._variables import Variable


def metric_variable(shape: Any, dtype: Any, validate_shape: bool = True, name: str | None = None) -> Any:
    """A local variable of zeros that belongs to a metric."""
    from ._arrays import zeros

    sizes = TensorShape(shape).as_list()
    return Variable(
        lambda: zeros(sizes, dtype), trainable=False, validate_shape=validate_shape, name=name,
        collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.METRIC_VARIABLES],
    )  # fmt: skip


def _collect(value: Any, update: Any, metrics_collections: Any, updates_collections: Any) -> tuple[Any, Any]:
    graph = get_default_graph()
    graph.add_to_collections(metrics_collections, value)
    graph.add_to_collections(updates_collections, update)
    return value, update


def _float(x: Any) -> Any:
    return tg.cast(x, tg.float32)


def _weighted(values: Any, weights: Any) -> Any:
    """Values and weights as floats of one shape."""
    if weights is None:
        return values, None
    weight = _float(weights)
    if weight.shape.rank is not None and values.shape.rank is not None:
        if weight.shape.rank == values.shape.rank + 1:
            weight = tg.squeeze(weight, [-1])
        elif weight.shape.rank == values.shape.rank - 1 and weight.shape.rank:
            weight = tg.expand_dims(weight, -1)
    return values, weight * tg.ones_like(values)


def accumulated(
    scope: Any,
    default: str,
    names: list[tuple[str, Any]],
    inputs: list[Any],
    steps: Any,
    result: Any,
    collections: tuple[Any, Any],
) -> tuple[Any, Any]:
    """A metric of sums: `steps` gives what is added to each variable, `result` the value from the sums.

    Args:
        scope: The name given.
        default: The name otherwise.
        names: Name and shape of each variable.
        inputs: Tensors; None stays None.
        steps: Takes them as values of the engine.
        result: Takes the sums.
        collections: Where value and update go.
    """
    given = [each for each in inputs if each is not None]
    with variable_scope(scope, default, given):
        tensors = [None if each is None else convert_to_tensor(each) for each in inputs]
        present = [each for each in tensors if each is not None]
        variables = [metric_variable(shape, tg.float32, name=name) for name, shape in names]

        def spread(values: tuple[Any, ...]) -> list[Any]:
            remaining = iter(values)
            return [None if each is None else next(remaining) for each in tensors]

        def change(emitter: Any, *values: Any) -> None:
            for variable, step in zip(variables, steps(*spread(values))):
                emitter.write(variable).assign_add(step)

        moved = update_op("AssignAdd", variables, present, change)
        value = apply("value", lambda *sums: result(*sums), *variables, op_name="value")
        with get_default_graph().control_dependencies([moved]):
            update = apply(
                "update_op",
                lambda *sums: result(*sums),
                *[each._reference for each in variables],
                op_name="update_op",
            )
        return _collect(value, update, *collections)


def _ratio(total: Any, count: Any) -> Any:
    return tg.math.divide_no_nan(total, count)


@export("metrics.mean")
def mean(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[Any, Any]:
    """The mean of all values."""

    def steps(x: Any, w: Any) -> list[Any]:
        x, weight = _weighted(_float(x), w)
        if weight is None:
            return [tg.reduce_sum(x), tg.cast(tg.size(x), tg.float32)]
        return [tg.reduce_sum(x * weight), tg.reduce_sum(weight)]

    return accumulated(
        name,
        "mean",
        [("total", []), ("count", [])],
        [values, weights],
        steps,
        _ratio,
        (metrics_collections, updates_collections),
    )


def _same(labels: Any, predictions: Any) -> tuple[Any, Any]:
    """Labels and predictions of one rank and dtype."""
    if labels.shape.rank is not None and predictions.shape.rank is not None:
        if labels.shape.rank == predictions.shape.rank + 1:
            labels = tg.squeeze(labels, [-1])
        elif predictions.shape.rank == labels.shape.rank + 1:
            predictions = tg.squeeze(predictions, [-1])
    return labels, predictions


@export("metrics.accuracy")
def accuracy(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[Any, Any]:
    """How many predictions are right."""

    def steps(y: Any, p: Any, w: Any) -> list[Any]:
        y, p = _same(y, p)
        x, weight = _weighted(_float(tg.equal(p, y if y.dtype == p.dtype else tg.cast(y, p.dtype))), w)
        if weight is None:
            return [tg.reduce_sum(x), tg.cast(tg.size(x), tg.float32)]
        return [tg.reduce_sum(x * weight), tg.reduce_sum(weight)]

    return accumulated(
        name, "accuracy", [("total", []), ("count", [])], [labels, predictions, weights], steps, _ratio,
        (metrics_collections, updates_collections),
    )  # fmt: skip


def _error(name: str, function: Any, finish: Any = None) -> None:
    @export(f"metrics.{name}")
    def metric(
        labels: Any,
        predictions: Any,
        weights: Any = None,
        metrics_collections: Any = None,
        updates_collections: Any = None,
        name: str | None = None,
    ) -> tuple[Any, Any]:
        def steps(y: Any, p: Any, w: Any) -> list[Any]:
            y, p = _same(_float(y), _float(p))
            x, weight = _weighted(function(y, p), w)
            if weight is None:
                return [tg.reduce_sum(x), tg.cast(tg.size(x), tg.float32)]
            return [tg.reduce_sum(x * weight), tg.reduce_sum(weight)]

        def result(total: Any, count: Any) -> Any:
            value = _ratio(total, count)
            return value if finish is None else finish(value)

        return accumulated(
            name, kind, [("total", []), ("count", [])], [labels, predictions, weights], steps, result,
            (metrics_collections, updates_collections),
        )  # fmt: skip

    kind = name
    metric.__name__, metric.__doc__ = name, f"The {name.replace('_', ' ')} over all data."


_error("mean_absolute_error", lambda y, p: tg.abs(p - y))
_error("mean_squared_error", lambda y, p: tg.math.squared_difference(p, y))
_error("root_mean_squared_error", lambda y, p: tg.math.squared_difference(p, y), tg.sqrt)


def _counts(names: str, which: list[Any], result: Any) -> None:
    """A metric of how often labels and predictions are true or false: each of `which` is a pair of these."""

    @export(f"metrics.{names}")
    def metric(
        labels: Any,
        predictions: Any,
        weights: Any = None,
        metrics_collections: Any = None,
        updates_collections: Any = None,
        name: str | None = None,
    ) -> tuple[Any, Any]:
        def steps(y: Any, p: Any, w: Any) -> list[Any]:
            y, p = _same(tg.cast(y, tg.bool), tg.cast(p, tg.bool))
            found = []
            for truth, guess in which:
                hit = tg.logical_and(y if truth else tg.logical_not(y), p if guess else tg.logical_not(p))
                x, weight = _weighted(_float(hit), w)
                found.append(tg.reduce_sum(x if weight is None else x * weight))
            return found

        variables: list[tuple[str, Any]] = [
            (
                f"{'true' if truth == guess else 'false'}_{'positives' if guess else 'negatives'}/count"
                if len(which) > 1
                else "count",
                [],
            )
            for truth, guess in which
        ]
        return accumulated(
            name,
            names,
            variables,
            [labels, predictions, weights],
            steps,
            result,
            (metrics_collections, updates_collections),
        )

    metric.__name__, metric.__doc__ = names, f"The {names.replace('_', ' ')} over all data."


_counts("true_positives", [(True, True)], tg.identity)
_counts("false_positives", [(False, True)], tg.identity)
_counts("true_negatives", [(False, False)], tg.identity)
_counts("false_negatives", [(True, False)], tg.identity)
_counts("precision", [(True, True), (False, True)], lambda a, b: _ratio(a, a + b))
_counts("recall", [(True, True), (True, False)], lambda a, b: _ratio(a, a + b))


@export("metrics.auc")
def auc(
    labels: Any, predictions: Any, weights: Any = None, num_thresholds: int = 200, metrics_collections: Any = None,
    updates_collections: Any = None, curve: str = "ROC", name: str | None = None, summation_method: str = "trapezoidal",
    thresholds: Any = None,
) -> tuple[Any, Any]:  # fmt: skip
    """The area under a curve over thresholds."""
    if curve not in ("ROC", "PR"):
        raise invalid("metrics.auc", "curve is ROC or PR", repr(curve), "Give one of them.", "TG-7304")
    inner = [(index + 1) * 1.0 / (num_thresholds - 1) for index in range(num_thresholds - 2)]
    limits = [-1e-7, *inner, 1.0 + 1e-7]

    def steps(y: Any, p: Any, w: Any) -> list[Any]:
        y, p = _same(tg.cast(y, tg.bool), _float(p))
        flat_y, flat_p = tg.reshape(y, [1, -1]), tg.reshape(p, [1, -1])
        weight = tg.ones_like(flat_p) if w is None else tg.reshape(_weighted(p, w)[1], [1, -1])
        above = tg.greater(flat_p, tg.reshape(tg.constant(limits), [-1, 1]))
        truth = tg.logical_and(flat_y, tg.ones_like(above))
        found = []
        for real, guess in ((True, True), (False, True), (False, False), (True, False)):
            hit = tg.logical_and(
                truth if real else tg.logical_not(truth), above if guess else tg.logical_not(above)
            )
            found.append(tg.reduce_sum(_float(hit) * weight, 1))
        return found

    def area(tp: Any, fp: Any, tn: Any, fn: Any) -> Any:
        epsilon = 1e-6
        rate = (tp + epsilon) / (tp + fn + epsilon)
        if curve == "ROC":
            x, y = fp / (fp + tn + epsilon), rate
        else:
            x, y = rate, (tp + epsilon) / (tp + fp + epsilon)
        last = num_thresholds - 1
        if summation_method == "minoring":
            return tg.reduce_sum((x[:last] - x[1:]) * tg.minimum(y[:last], y[1:]))
        if summation_method == "majoring":
            return tg.reduce_sum((x[:last] - x[1:]) * tg.maximum(y[:last], y[1:]))
        return tg.reduce_sum((x[:last] - x[1:]) * (y[:last] + y[1:]) / 2.0)

    names = [
        (each, [num_thresholds])
        for each in ("true_positives", "false_positives", "true_negatives", "false_negatives")
    ]
    return accumulated(
        name,
        "auc",
        names,
        [labels, predictions, weights],
        steps,
        area,
        (metrics_collections, updates_collections),
    )


@export("metrics.mean_iou")
def mean_iou(
    labels: Any, predictions: Any, num_classes: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Any, Any]:  # fmt: skip
    """The mean over classes of intersection over union."""

    def steps(y: Any, p: Any, w: Any) -> list[Any]:
        flat = None if w is None else tg.reshape(w, [-1])
        made = tg.math.confusion_matrix(
            tg.reshape(y, [-1]), tg.reshape(p, [-1]), num_classes, flat, tg.float32
        )
        return [made]

    def result(matrix: Any) -> Any:
        rows, columns = tg.reduce_sum(matrix, 0), tg.reduce_sum(matrix, 1)
        hits = tg.linalg.diag_part(matrix)
        whole = rows + columns - hits
        valid = tg.reduce_sum(_float(tg.not_equal(whole, 0.0)))
        return _ratio(tg.reduce_sum(_ratio(hits, whole)), valid)

    return accumulated(
        name,
        "mean_iou",
        [("total_confusion_matrix", [num_classes, num_classes])],
        [labels, predictions, weights],
        steps,
        result,
        (metrics_collections, updates_collections),
    )


@export("metrics.mean_per_class_accuracy")
def mean_per_class_accuracy(
    labels: Any, predictions: Any, num_classes: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Any, Any]:  # fmt: skip
    """The mean over classes of how many are right."""

    def steps(y: Any, p: Any, w: Any) -> list[Any]:
        flat = None if w is None else tg.reshape(w, [-1])
        matrix = tg.math.confusion_matrix(
            tg.reshape(y, [-1]), tg.reshape(p, [-1]), num_classes, flat, tg.float32
        )
        return [tg.reduce_sum(matrix, 1), tg.linalg.diag_part(matrix)]

    return accumulated(
        name,
        "mean_accuracy",
        [("total", [num_classes]), ("count", [num_classes])],
        [labels, predictions, weights],
        steps,
        lambda total, hits: tg.reduce_mean(_ratio(hits, total)),
        (metrics_collections, updates_collections),
    )
