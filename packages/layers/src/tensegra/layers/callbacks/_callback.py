"""The base class of callbacks."""

from __future__ import annotations

from typing import Any


class Callback:
    """What is called while a model trains, is evaluated, or predicts. A subclass overrides the methods it needs.

    Attributes:
        model: The model.
        params: `{"verbose", "epochs", "steps"}` of the call.

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> class Count(tg.keras.callbacks.Callback):
        ...     steps = 0
        ...     def on_train_batch_end(self, batch, logs=None):
        ...         self.steps += 1
        >>> model = tg.keras.Sequential([tg.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> count = Count()
        >>> _ = model.fit(np.zeros((10, 1)), np.zeros((10, 1)), batch_size=4, verbose=0, callbacks=[count])
        >>> count.steps
        3
    """

    def __init__(self) -> None:
        self.model: Any = None
        self.params: dict[str, Any] = {}

    def set_params(self, params: dict[str, Any]) -> None:
        """Tells what the call was given."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Tells the model."""
        self.model = model

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Before training."""

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """After training, also when it was interrupted."""

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Before an epoch."""

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """After an epoch; `logs` has its figures, those of validation with the prefix `val_`."""

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Before a training step."""

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """After a training step; `logs` has the figures since the beginning of the epoch."""

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Before an evaluation."""

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        """After an evaluation."""

    def on_test_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Before an evaluation step."""

    def on_test_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """After an evaluation step."""

    def on_predict_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Before a prediction."""

    def on_predict_end(self, logs: dict[str, Any] | None = None) -> None:
        """After a prediction."""

    def on_predict_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Before a prediction step."""

    def on_predict_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """After a prediction step; `logs` has the outputs."""
