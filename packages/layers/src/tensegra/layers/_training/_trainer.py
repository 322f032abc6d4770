"""compile, fit, evaluate, predict: what models have beyond layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

import tensegra as tg

from .._base._layer import Layer
from .._base._node import flatten, map_nest
from .._errors import invalid, not_ready
from ..metrics import Mean, Metric
from ._batch import as_tensors, unpack, with_class_weight
from ._compiled import Compiled
from ._loop import evaluate_epoch, fit, predict_all
from ._source import make_source
from ._step_function import StepFunction


class Trainer(Layer):
    """The training part of `Model`."""

    def _reset_training(self) -> None:
        self._compiled: Compiled | None = None
        self._functions: dict[str, StepFunction] = {}
        self.stop_training = False
        self.history: Any = None

    def _reset_functions(self) -> None:
        self._functions = {}
        if self._compiled is not None:
            self._compiled.metrics = self._compiled.loss = None

    # compile

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
    ) -> None:
        """Sets how the model is trained.

        Args:
            optimizer: An optimizer or its name.
            loss: A loss, its name, or a function of true and predicted values; for several outputs a list in
                their order or a dict by their names.
            loss_weights: A factor per output.
            metrics: A list of metrics, names or functions; for several outputs a list of lists or a dict of
                lists. "accuracy" is the binary, categorical or sparse categorical one, by the shapes.
            weighted_metrics: Metrics that take sample weights into account.
            run_eagerly: Whether to run steps without tracing, to debug them.

        Raises:
            tg.errors.InvalidArgumentError: An unknown name, with the nearest names (TG-1003).

        Example:
            >>> import numpy as np
            >>> import tensegra as tg
            >>> tg.keras.utils.set_random_seed(1)
            >>> model = tg.keras.Sequential([tg.layers.Dense(1)])
            >>> model.compile("sgd", "mse")
            >>> x = np.linspace(-1, 1, 64, dtype=np.float32)[:, None]
            >>> history = model.fit(x, 2 * x, epochs=20, verbose=0)
            >>> history.history["loss"][-1] < history.history["loss"][0]
            True
        """
        self._functions = {}
        self._compiled = Compiled(optimizer, loss, loss_weights, metrics, weighted_metrics, run_eagerly)

    def _needed(self, where: str) -> Compiled:
        if self._compiled is None:
            raise not_ready(
                f"model {self.name!r}",
                f"{where} needs a compiled model.",
                "a model that was not compiled",
                "Call compile(optimizer, loss) first.",
                "TG-1020",
            )
        return self._compiled

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self._compiled is not None

    @property
    def optimizer(self) -> Any:
        """The optimizer; None before `compile`."""
        return None if self._compiled is None else self._compiled.optimizer

    @property
    def loss(self) -> Any:
        """The loss given to `compile`."""
        return None if self._compiled is None else self._compiled.given["loss"]

    @property
    def run_eagerly(self) -> bool:
        """Whether steps run without tracing."""
        return self._compiled is not None and self._compiled.run_eagerly

    @property
    def metrics(self) -> list[Metric]:
        """All metrics: the mean loss, those of `compile`, and those that are attributes."""
        return list(self._named_metrics().values())

    @property
    def metrics_names(self) -> list[str]:
        """The names of the metrics in logs and in what `evaluate` returns."""
        return list(self._named_metrics())

    def _named_metrics(self) -> dict[str, Metric]:
        found = {} if self._compiled is None else self._compiled.all_metrics()
        known = {id(metric) for metric in found.values()}
        return found | {metric.name: metric for metric in self._own(Metric) if id(metric) not in known}

    def reset_metrics(self) -> None:
        """Makes all metrics forget what they saw."""
        for metric in self.metrics:
            metric.reset_state()

    def get_metrics_result(self) -> dict[str, Any]:
        """The figures of all metrics by name."""
        return {name: metric.result() for name, metric in self._named_metrics().items()}

    # One step; a subclass may write its own.

    def train_step(self, data: tuple[Any, Any, Any]) -> dict[str, Any]:
        """Forward, gradient, update and metrics for one batch; runs inside of a `tg.function`.

        Args:
            data: `(x, y, sample_weight)`, None for what there is not.

        Returns:
            Figures by name.
        """
        x, y, sample_weight = data
        with tg.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y, y_pred, sample_weight)
        self._track_loss(loss, y_pred)
        variables = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def test_step(self, data: tuple[Any, Any, Any]) -> dict[str, Any]:
        """Forward and metrics for one batch; runs inside of a `tg.function`."""
        x, y, sample_weight = data
        y_pred = self(x, training=False)
        self._track_loss(self.compute_loss(x, y, y_pred, sample_weight), y_pred)
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def predict_step(self, data: tuple[Any, ...]) -> Any:
        """Predictions for one batch; runs inside of a `tg.function`."""
        return self(data[0], training=False)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None
    ) -> Any:
        """The number that training makes small: the losses of `compile`, those of `add_loss`, and penalties.

        Raises:
            tg.errors.FailedPreconditionError: There is none of these (TG-1026).
        """
        compiled = self._needed("compute_loss").loss
        total = None if compiled is None else compiled(y, y_pred, sample_weight)
        for loss in self.losses:
            total = loss if total is None else total + tg.cast(loss, total.dtype)
        if total is None:
            raise not_ready(
                f"model {self.name!r}",
                "there must be a loss to train with.",
                "compile() without a loss, and no add_loss()",
                'Give one, such as compile(loss="mse").',
                "TG-1026",
            )
        return total

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Updates the metrics of `compile` and returns the figures of all."""
        compiled = self._needed("compute_metrics").metrics
        if compiled is not None:
            compiled.update(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def _track_loss(self, loss: Any, y_pred: Any) -> None:
        size = tg.cast(tg.shape(flatten(y_pred)[0])[0], tg.float32)
        tracker: Mean = self._needed("train_step").loss_tracker
        tracker.update_state(loss, sample_weight=size)

    # Batches.

    def _function(self, name: str) -> StepFunction:
        if name not in self._functions:
            step = {"train": self.train_step, "test": self.test_step, "predict": self.predict_step}[name]
            self._functions[name] = StepFunction(step, self.run_eagerly)
        return self._functions[name]

    def _run_training(self, name: str, x: Any, y: Any, sample_weight: Any) -> dict[str, float]:
        """One train or test step; the figures as numbers."""
        compiled = self._needed({"train": "fit", "test": "evaluate"}[name])
        data = as_tensors((x, y, sample_weight))
        compiled.build(self, data[0], data[1])  # type: ignore[arg-type]
        logs = self._function(name)(data)
        return {key: float(value) for key, value in logs.items()}

    def _run_prediction(self, x: Any) -> Any:
        data = as_tensors((x,))
        if not self.built:
            self._build_and_check(data[0])
        return self._function("predict")(data)

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """One training step.

        Args:
            x: The inputs.
            y: The targets.
            sample_weight: One weight per example.
            class_weight: One weight per class.
            return_dict: Whether to return a dict by name.

        Returns:
            The loss and the metrics so far: a number, a list, or a dict.
        """
        sample_weight = with_class_weight(y, sample_weight, class_weight)
        return self._figures(self._run_training("train", x, y, sample_weight), return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """One evaluation step; arguments and result as those of `train_on_batch`."""
        return self._figures(self._run_training("test", x, y, sample_weight), return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """Predictions for one batch, as NumPy arrays."""
        return map_nest(np.asarray, self._run_prediction(x))

    def _figures(self, logs: dict[str, float], return_dict: bool) -> Any:
        values = list(logs.values())
        return logs if return_dict else values[0] if len(values) == 1 else values

    # Data sets.

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Sequence[Any] | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
    ) -> Any:
        """Trains the model.

        The order of shuffled arrays depends on the seed of `set_random_seed` and on the optimizer's step
        alone, so that training goes on after `save` and `load_model` as if it had not stopped. After Ctrl-C
        the step under way is finished, `on_train_end` of the callbacks is called, and `KeyboardInterrupt` is
        raised.

        Args:
            x: Inputs: an array, a list or dict of arrays, or anything that yields `(x, y)` or `(x, y,
                sample_weight)` batches, such as a `tg.data.Dataset` or a generator.
            y: Targets, when x is arrays.
            batch_size: Examples per step, 32 if not given, when x is arrays.
            epochs: The epoch to stop after.
            verbose: 0 silent, 1 or "auto" a progress bar per epoch, 2 one line per epoch.
            callbacks: Objects of `tg.keras.callbacks`.
            validation_split: The share of the last examples to hold back for validation, when x is arrays.
            validation_data: `(x, y)`, `(x, y, sample_weight)`, or a data set, evaluated after each epoch.
            shuffle: Whether to shuffle arrays in each epoch.
            class_weight: A weight per class, for one output.
            sample_weight: A weight per example, when x is arrays.
            initial_epoch: The number of the first epoch, to go on with earlier training.
            steps_per_epoch: How many batches are an epoch; all if not given. The next epoch goes on where
                this one ended.
            validation_steps: How many batches to validate on.
            validation_batch_size: Examples per validation step.
            validation_freq: Validate every so many epochs.

        Returns:
            A `History`, whose `history` holds the figures of each epoch by name.

        Raises:
            tg.errors.FailedPreconditionError: The model is not compiled (TG-1020) or has no loss (TG-1026).
            tg.errors.InvalidArgumentError: Arrays of different lengths (TG-1021), no examples (TG-1022),
                arguments that do not go together (TG-1023), a split that leaves nothing (TG-1024), targets
                that do not match the outputs (TG-1025), or batches of another form (TG-1027).
        """
        self._needed("fit")
        source = make_source("fit", x, y, sample_weight, batch_size, shuffle)
        validation = None
        if validation_data is not None:
            arrays = isinstance(validation_data, list | tuple)
            vx, vy, vweight = unpack(validation_data) if arrays else (validation_data, None, None)
            size = validation_batch_size or batch_size if arrays else None
            validation = make_source("fit(validation_data)", vx, vy, vweight, size)
        elif validation_split:
            if not hasattr(source, "split"):
                raise invalid(
                    "fit",
                    "validation_split needs arrays.",
                    f"x of type {type(x).__name__}",
                    "Give validation_data.",
                    "TG-1024",
                )
            source, validation = source.split(validation_split)
        return fit(
            self,  # type: ignore[arg-type]
            source,
            validation,
            epochs=epochs,
            initial_epoch=initial_epoch,
            verbose=verbose,
            callbacks=callbacks,
            class_weight=class_weight,
            steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
            validation_freq=validation_freq,
        )

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Sequence[Any] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """The loss and the metrics on data.

        Args:
            x: As for `fit`.
            y: As for `fit`.
            batch_size: As for `fit`.
            verbose: As for `fit`.
            sample_weight: As for `fit`.
            steps: How many batches; all if not given.
            callbacks: Objects of `tg.keras.callbacks`.
            return_dict: Whether to return a dict by name.

        Returns:
            A number if there is only the loss, else a list in the order of `metrics_names`, or a dict.

        Raises:
            tg.errors.FailedPreconditionError: The model is not compiled (TG-1020).
            tg.errors.InvalidArgumentError: As `fit`.
        """
        self._needed("evaluate")
        source = make_source("evaluate", x, y, sample_weight, batch_size)
        logs = evaluate_epoch(self, source, steps, verbose, callbacks)  # type: ignore[arg-type]
        return self._figures(logs, return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        steps: int | None = None,
        callbacks: Sequence[Any] | None = None,
    ) -> Any:
        """The outputs for data.

        Args:
            x: Inputs as for `fit`; of `(x, y)` batches only x is used.
            batch_size: As for `fit`.
            verbose: As for `fit`.
            steps: How many batches; all if not given.
            callbacks: Objects of `tg.keras.callbacks`.

        Returns:
            A NumPy array with one row per example, or a nest of arrays.

        Raises:
            tg.errors.InvalidArgumentError: As `fit`.
        """
        source = make_source("predict", x, None, None, batch_size)
        return predict_all(self, source, steps, verbose, callbacks)  # type: ignore[arg-type]
