"""The loss of a model: one per output, weighted and added."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .._base._node import flatten
from ..losses._loss import Loss, as_loss
from ..metrics import Mean
from ._outputs import per_output, targets, weights


class CompiledLoss:
    """What `compile(loss=..., loss_weights=...)` describes."""

    def __init__(self, loss: Any, loss_weights: Any, names: list[str]) -> None:
        self.names = names
        self.losses: list[Loss | None] = [as_loss(item) for item in per_output("compile(loss)", loss, names)]
        given = per_output("compile(loss_weights)", loss_weights, names)
        self.weights = [1.0 if weight is None else float(weight) for weight in given]
        several = len(names) > 1
        self.trackers = [
            Mean(name=f"{name}_loss") if several and loss is not None else None
            for name, loss in zip(names, self.losses)
        ]

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any) -> tg.Tensor | None:
        """The weighted sum of the losses of the outputs; None if no output has one."""
        total: tg.Tensor | None = None
        predictions = flatten(y_pred)
        true = targets("loss", y_true, self.names)
        for loss, tracker, weight, label, prediction, example_weight in zip(
            self.losses,
            self.trackers,
            self.weights,
            true,
            predictions,
            weights("loss", sample_weight, self.names),
        ):
            if loss is None:
                continue
            value = loss(label, prediction, example_weight)
            if tracker is not None:
                tracker.update_state(value, sample_weight=_batch_size(prediction))
            value = value if weight == 1.0 else value * weight
            total = value if total is None else total + tg.cast(value, total.dtype)
        return total

    @property
    def metrics(self) -> list[Mean]:
        """The means of the losses of the outputs, if there are several."""
        return [tracker for tracker in self.trackers if tracker is not None]


def _batch_size(tensor: tg.Tensor) -> tg.Tensor:
    return tg.cast(tg.shape(tensor)[0], tg.float32)
