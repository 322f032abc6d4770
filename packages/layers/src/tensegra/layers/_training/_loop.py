"""The loops over epochs and batches."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from .._base._node import flatten, map_nest, pack
from .._errors import check_positive, invalid
from .._seeds import order_seed
from ..callbacks._callback_list import CallbackList
from ._batch import with_class_weight
from ._interrupt import InterruptGuard
from ._source import Batch, Source

if TYPE_CHECKING:
    from ..models import Model


def fit(
    model: Model,
    source: Source,
    validation: Source | None,
    *,
    epochs: int,
    initial_epoch: int,
    verbose: int | str,
    callbacks: Sequence[Any] | None,
    class_weight: Mapping[int, float] | None,
    steps_per_epoch: int | None,
    validation_steps: int | None,
    validation_freq: int,
) -> Any:
    """Trains a compiled model; see `Model.fit`."""
    check_positive("fit", "epochs", epochs)
    check_positive("fit", "validation_freq", validation_freq)
    steps = (
        source.steps if steps_per_epoch is None else check_positive("fit", "steps_per_epoch", steps_per_epoch)
    )
    model.stop_training = False
    feed = _Feed(model, source, steps_per_epoch)
    hooks = CallbackList(callbacks, model, verbose, epochs=epochs, steps=steps, history=True)
    epoch = step = 0
    with InterruptGuard() as guard, hooks:
        try:
            hooks.on_train_begin()
            for epoch in range(initial_epoch, epochs):
                model.reset_metrics()
                hooks.on_epoch_begin(epoch)
                logs: dict[str, float] | None = None
                for step, (x, y, weight) in enumerate(feed.epoch()):
                    hooks.on_train_batch_begin(step)
                    weight = with_class_weight(y, weight, class_weight)
                    logs = guard.run(model._run_training, "train", x, y, weight)
                    hooks.on_train_batch_end(step, logs)
                    if model.stop_training:
                        break
                if logs is None:
                    _no_batches("fit", epoch == initial_epoch)
                    break
                # A pass over the data tells how many steps the next one has.
                hooks.set_steps(step + 1)
                if validation is not None and (epoch + 1) % validation_freq == 0:
                    found = evaluate_epoch(model, validation, validation_steps, 0, hooks, guard)
                    logs = logs | {f"val_{name}": value for name, value in found.items()}
                hooks.on_epoch_end(epoch, logs)
                if model.stop_training:
                    break
            hooks.on_train_end()
        except KeyboardInterrupt:
            hooks.close()
            hooks.on_train_end()
            print(
                f"Training was interrupted in epoch {epoch + 1} of {epochs}, after step {step + 1}. "
                "The model has the weights after the last whole step.",
                file=sys.stderr,
            )
            raise
    return model.history


class _Feed:
    """The batches of each epoch; with `steps_per_epoch`, an epoch goes on where the last one ended."""

    def __init__(self, model: Model, source: Source, steps_per_epoch: int | None) -> None:
        self._model = model
        self._source = source
        self._limit = steps_per_epoch
        self._rest: Iterator[Batch] | None = None

    def epoch(self) -> Iterator[Batch]:
        if self._limit is None:
            return self._pass()
        return self._next(self._limit)

    def _pass(self) -> Iterator[Batch]:
        return self._source.batches((order_seed(self._model), int(self._model.optimizer.iterations.numpy())))

    def _next(self, count: int) -> Iterator[Batch]:
        fresh = 0
        while count and fresh < 2:
            if self._rest is None:
                self._rest = self._pass()
            batch = next(self._rest, None)
            if batch is None:
                self._rest = None
                fresh += 1
                continue
            fresh = 0
            count -= 1
            yield batch


def evaluate_epoch(
    model: Model,
    source: Source,
    steps: int | None,
    verbose: int | str,
    callbacks: Any,
    guard: InterruptGuard | None = None,
) -> dict[str, float]:
    """The figures of one pass over data."""
    count = source.steps if steps is None else check_positive("evaluate", "steps", steps)
    inside = isinstance(callbacks, CallbackList)
    hooks = callbacks if inside else CallbackList(callbacks, model, verbose, epochs=1, steps=count)
    logs: dict[str, float] | None = None
    with hooks.testing(inside):
        model.reset_metrics()
        hooks.on_test_begin()
        for step, (x, y, weight) in enumerate(islice(source.batches((0, 0)), steps)):
            hooks.on_test_batch_begin(step)
            run = model._run_training if guard is None else _guarded(guard, model)
            logs = run("test", x, y, weight)
            hooks.on_test_batch_end(step, logs)
        if logs is None:
            _no_batches("evaluate", True)
        hooks.on_test_end(logs)
    assert logs is not None
    return logs


def _guarded(guard: InterruptGuard, model: Model) -> Any:
    return lambda *args: guard.run(model._run_training, *args)


def predict_all(model: Model, source: Source, steps: int | None, verbose: int | str, callbacks: Any) -> Any:
    """The predictions for all batches, as a nest of arrays."""
    count = source.steps if steps is None else check_positive("predict", "steps", steps)
    hooks = CallbackList(callbacks, model, verbose, epochs=1, steps=count)
    results = []
    with hooks.testing(False):
        hooks.on_predict_begin()
        for step, (x, _, _) in enumerate(islice(source.batches((0, 0)), steps)):
            hooks.on_predict_batch_begin(step)
            results.append(map_nest(np.asarray, model._run_prediction(x)))
            hooks.on_predict_batch_end(step, {"outputs": results[-1]})
        if not results:
            _no_batches("predict", True)
        hooks.on_predict_end()
    leaves = [
        np.concatenate(parts) if parts[0].ndim else np.stack(parts) for parts in zip(*map(flatten, results))
    ]
    return pack(results[0], leaves)


def _no_batches(where: str, first: bool) -> None:
    if first:
        raise invalid(
            where,
            "the data must have at least one batch.",
            "a data set or generator that yields nothing",
            "Check its source; a generator can be used once.",
            "TG-1022",
        )
    warnings.warn(
        "The data ran out before the last epoch, so training ends here. A generator can be used once; give a "
        "data set that can be iterated again, or steps_per_epoch.",
        stacklevel=4,
    )
