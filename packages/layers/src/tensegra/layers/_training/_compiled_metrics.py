"""The metrics of a model, per output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import _registry
from .._base._node import flatten
from .._shapes import Shape, shape_of
from .._user_code import as_called
from ..metrics import MeanMetricWrapper, Metric
from ..metrics._matches import binary_accuracy, categorical_accuracy, sparse_categorical_accuracy
from ._outputs import per_output, targets, weights


class CompiledMetrics:
    """What `compile(metrics=..., weighted_metrics=...)` describes, for targets and predictions of known shapes."""

    def __init__(self, metrics: Any, weighted: Any, names: list[str], y_true: Any, y_pred: Any) -> None:
        self.names = names
        true = targets("compile(metrics)", y_true, names) if metrics or weighted else [None] * len(names)
        shapes = [
            (None if label is None else shape_of(label), shape_of(prediction))
            for label, prediction in zip(true, flatten(y_pred))
        ]
        self.plain = [_made(item, *pair) for item, pair in zip(_lists(metrics, names), shapes)]
        self.weighted = [_made(item, *pair) for item, pair in zip(_lists(weighted, names), shapes)]
        self.named = self._named()

    def update(self, y_true: Any, y_pred: Any, sample_weight: Any) -> None:
        """Takes one batch in."""
        if not self.named:
            return
        for plain, weighted, label, prediction, weight in zip(
            self.plain,
            self.weighted,
            targets("metrics", y_true, self.names),
            flatten(y_pred),
            weights("metrics", sample_weight, self.names),
        ):
            for metric in plain:
                as_called(metric.update_state)(label, prediction)
            for metric in weighted:
                as_called(metric.update_state)(label, prediction, sample_weight=weight)

    def _named(self) -> dict[str, Metric]:
        """Metrics by the name in the logs: with the name of the output if there are several."""
        found: dict[str, Metric] = {}
        for name, plain, weighted in zip(self.names, self.plain, self.weighted):
            for metric in [*plain, *weighted]:
                base = f"{name}_{metric.name}" if len(self.names) > 1 else metric.name
                key, number = base, 0
                while key in found:
                    number += 1
                    key = f"{base}_{number}"
                found[key] = metric
        return found


def _lists(given: Any, names: list[str]) -> list[list[Any]]:
    """A list of metrics per output."""
    if given is None:
        return [[] for _ in names]
    if len(names) == 1:
        entry = per_output("compile(metrics)", given, names)[0] if isinstance(given, Mapping) else given
        if isinstance(entry, list | tuple) and len(entry) == 1 and isinstance(entry[0], list | tuple):
            entry = entry[0]
        return [_as_list(entry)]
    return [_as_list(entry) for entry in per_output("compile(metrics)", given, names)]


def _as_list(entry: Any) -> list[Any]:
    if entry is None:
        return []
    return list(entry) if isinstance(entry, list | tuple) else [entry]


def _made(identifiers: list[Any], y_true: Shape | None, y_pred: Shape) -> list[Metric]:
    return [as_metric(identifier, y_true, y_pred) for identifier in identifiers]


def as_metric(identifier: Any, y_true: Shape | None = None, y_pred: Shape | None = None) -> Metric:
    """A metric for whatever `compile` takes as one; "accuracy" depends on the shapes."""
    if isinstance(identifier, str):
        if identifier in ("accuracy", "acc") and y_pred is not None:
            return MeanMetricWrapper(_accuracy_for(y_true, y_pred), name=identifier)
        functions = {
            name: item for name, item in _registry.public("loss").items() if not isinstance(item, type)
        }
        if identifier in functions and identifier not in _registry.public("metric"):
            return MeanMetricWrapper(functions[identifier], name=identifier)
        metric = _registry.get("metric", identifier)
        if isinstance(metric, Metric):
            metric.name = identifier
    else:
        metric = _registry.get("metric", identifier)
    return metric if isinstance(metric, Metric) else MeanMetricWrapper(metric)


def _accuracy_for(y_true: Shape | None, y_pred: Shape) -> Any:
    if not y_pred or y_pred[-1] == 1:
        return binary_accuracy
    if y_true is None or len(y_true) < len(y_pred) or (y_true[-1] == 1):
        return sparse_categorical_accuracy
    return categorical_accuracy
