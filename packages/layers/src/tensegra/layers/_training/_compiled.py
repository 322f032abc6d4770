"""What `compile` was given, and what it becomes once the first batch is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .. import _registry
from .._base._node import flatten
from ..metrics import Mean, Metric
from ._compiled_loss import CompiledLoss
from ._compiled_metrics import CompiledMetrics

if TYPE_CHECKING:
    from ..models import Model


class Compiled:
    """Optimizer, losses and metrics of a model."""

    def __init__(
        self,
        optimizer: Any,
        loss: Any,
        loss_weights: Any,
        metrics: Any,
        weighted_metrics: Any,
        run_eagerly: bool,
    ) -> None:
        self.optimizer = _registry.get("optimizer", optimizer)
        self.given = {
            "loss": _objects("loss", loss),
            "loss_weights": loss_weights,
            "metrics": _objects("metric", metrics),
            "weighted_metrics": _objects("metric", weighted_metrics),
        }
        self.run_eagerly = run_eagerly
        self.loss_tracker = Mean(name="loss")
        self.loss: CompiledLoss | None = None
        self.metrics: CompiledMetrics | None = None

    def build(self, model: Model, x: Any, y: Any) -> None:
        """Makes losses and metrics for a batch, and builds the model and the state of its optimizer."""
        if self.metrics is None:
            outputs = model._output_specs(x)
            names = _output_names(model, outputs)
            if self.given["loss"] is not None:
                self.loss = CompiledLoss(self.given["loss"], self.given["loss_weights"], names)
            self.metrics = CompiledMetrics(
                self.given["metrics"], self.given["weighted_metrics"], names, y, outputs
            )
        if not self.optimizer.built:
            self.optimizer.build(model.trainable_variables)

    def all_metrics(self) -> dict[str, Metric]:
        """All metrics by their names in the logs, the loss first."""
        found: dict[str, Metric] = {"loss": self.loss_tracker}
        if self.loss is not None:
            found |= {tracker.name: tracker for tracker in self.loss.metrics}
        return found | (self.metrics.named if self.metrics is not None else {})

    def get_config(self) -> dict[str, Any]:
        """The arguments of `compile` as JSON types.

        Raises:
            tg.errors.InvalidArgumentError: A function without a name among them (TG-1043).
        """
        return {
            "optimizer": _registry.serialize(self.optimizer),
            **{key: _serialized(value) for key, value in self.given.items()},
            "run_eagerly": self.run_eagerly,
        }


def compile_arguments(config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None) -> dict[str, Any]:
    """The arguments of `compile` that `Compiled.get_config` described."""

    def restored(kind: str, part: Any) -> Any:
        if isinstance(part, dict):
            if {"class_name", "config"} <= set(part):
                return _registry.deserialize(kind, part, custom_objects)
            return {key: restored(kind, item) for key, item in part.items()}
        if isinstance(part, list):
            return [restored(kind, item) for item in part]
        if isinstance(part, str) and (custom_objects or {}).get(part) is not None:
            return custom_objects[part]  # type: ignore[index]
        return part

    return {
        "optimizer": _registry.deserialize("optimizer", config["optimizer"], custom_objects),
        "loss": restored("loss", config["loss"]),
        "loss_weights": config["loss_weights"],
        "metrics": restored("metric", config["metrics"]),
        "weighted_metrics": restored("metric", config["weighted_metrics"]),
        "run_eagerly": config["run_eagerly"],
    }


def _objects(kind: str, given: Any) -> Any:
    """Checks names at once, so that a wrong one is reported by `compile`, and keeps what was given."""
    if isinstance(given, dict) and not {"class_name", "config"} <= set(given):
        return {key: _objects(kind, item) for key, item in given.items()}
    if isinstance(given, list | tuple):
        return [_objects(kind, item) for item in given]
    if isinstance(given, str):
        _check_name(kind, given)
        return given
    return _registry.get(kind, given)


def _check_name(kind: str, name: str) -> None:
    if kind == "metric":
        if name in ("accuracy", "acc"):
            return
        if not isinstance(_registry.public("loss").get(name, type), type):
            return
    _registry.lookup(kind, name)


def _serialized(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _serialized(item) for key, item in part.items()}
    if isinstance(part, list):
        return [_serialized(item) for item in part]
    return part if part is None or isinstance(part, str | int | float) else _registry.serialize(part)


def _output_names(model: Model, outputs: Any) -> list[str]:
    if model._graph is not None:
        return model._graph.output_names
    if isinstance(outputs, dict):
        return sorted(outputs)
    return [f"output_{index}" for index in range(len(flatten(outputs)))]
