"""`Estimator`: trains, evaluates and predicts with a model function, through checkpoints."""

from __future__ import annotations

import inspect
import os
import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from .._apply import convert_to_tensor
from .._control import group
from .._core import tg
from .._errors import invalid
from .._graph import Graph, GraphKeys, set_random_seed
from .._metrics import mean, metric_variable
from .._session import Session
from .._symbols import export
from .._train import hooks as hooks_
from .._train.monitored import MonitoredTrainingSession, Scaffold, SessionManager
from .._train.saver import CheckpointReader, Saver, latest_checkpoint
from .._train.steps import create_global_step, get_global_step
from .._variables import assign_add
from .spec import EstimatorSpec, ModeKeys, RunConfig


@export("estimator.Estimator")
class Estimator:
    """A model by its function.

    Args:
        model_fn: Takes features, labels, mode, params and config, or some of these; returns an `EstimatorSpec`.
        model_dir: Where checkpoints are; default: that of the config, else a new folder.
        config: A `RunConfig`.
        params: Handed to the model function.
        warm_start_from: A checkpoint whose values variables begin with.
    """

    def __init__(
        self,
        model_fn: Any,
        model_dir: Any = None,
        config: Any = None,
        params: Any = None,
        warm_start_from: Any = None,
    ) -> None:
        self._model_fn = model_fn
        self._config = config or RunConfig()
        self._model_dir = os.fspath(model_dir or self._config.model_dir or tempfile.mkdtemp())
        self._config = self._config.replace(model_dir=self._model_dir)
        self._params = dict(params) if isinstance(params, dict) else params if params is not None else {}
        self._warm_start = warm_start_from

    model_dir = property(lambda self: self._model_dir)
    config = property(lambda self: self._config)
    params = property(lambda self: self._params)
    model_fn = property(lambda self: self._model_fn)

    def latest_checkpoint(self) -> str | None:
        """The path of the latest checkpoint, or None."""
        return latest_checkpoint(self._model_dir)

    def get_variable_names(self) -> list[str]:
        """The names in the latest checkpoint."""
        return sorted(CheckpointReader(self._model_dir).get_variable_to_shape_map())

    def get_variable_value(self, name: str) -> Any:
        """A value in the latest checkpoint."""
        return CheckpointReader(self._model_dir).get_tensor(name.removesuffix(":0"))

    # ---- the three things that it does

    def train(
        self,
        input_fn: Any,
        hooks: Any = None,
        steps: int | None = None,
        max_steps: int | None = None,
        saving_listeners: Any = None,
    ) -> Estimator:
        """Trains for `steps` more steps, or up to `max_steps`, or until the input ends."""
        if steps is not None and max_steps is not None:
            raise invalid(
                "estimator.Estimator.train",
                "there is steps or max_steps",
                f"{steps}, {max_steps}",
                "Give one.",
                "TG-7305",
            )
        if max_steps is not None:
            path = self.latest_checkpoint()
            if (
                path is not None
                and int(CheckpointReader(path).get_tensor(GraphKeys.GLOBAL_STEP)) >= max_steps
            ):
                return self
        every = list(hooks or [])
        if steps is not None or max_steps is not None:
            every.append(hooks_.StopAtStepHook(steps, max_steps))
        with Graph().as_default():
            spec, initializers = self._built(input_fn, ModeKeys.TRAIN)
            if self._warm_start is not None and self.latest_checkpoint() is None:
                from .._train.saver import init_from_checkpoint

                init_from_checkpoint(self._warm_start, {"/": "/"})
            from .._summary.ops import scalar

            scalar("loss", spec.loss)
            scaffold = spec.scaffold or Scaffold()
            if scaffold.saver is None:
                scaffold.saver = Saver(
                    max_to_keep=self._config.keep_checkpoint_max,
                    keep_checkpoint_every_n_hours=self._config.keep_checkpoint_every_n_hours, allow_empty=True,
                )  # fmt: skip
            if initializers:
                scaffold.local_init_op = group(Scaffold.default_local_init_op(), *initializers)
            every = [
                hooks_.NanTensorHook(spec.loss),
                *every,
                *spec.training_hooks,
                *spec.training_chief_hooks,
            ]
            config = self._config
            if config.save_checkpoints_secs or config.save_checkpoints_steps:
                every.append(
                    hooks_.CheckpointSaverHook(
                        self._model_dir,
                        save_secs=config.save_checkpoints_secs,
                        save_steps=config.save_checkpoints_steps,
                        scaffold=scaffold,
                        listeners=saving_listeners,
                    )
                )
            with MonitoredTrainingSession(
                checkpoint_dir=self._model_dir, scaffold=scaffold, hooks=every, save_checkpoint_secs=None,
                save_summaries_steps=config.save_summary_steps, log_step_count_steps=config.log_step_count_steps,
                config=config.session_config,
            ) as session:  # fmt: skip
                while not session.should_stop():
                    session.run([spec.train_op, spec.loss])
        return self

    def evaluate(
        self,
        input_fn: Any,
        steps: int | None = None,
        hooks: Any = None,
        checkpoint_path: Any = None,
        name: str | None = None,
    ) -> dict[str, Any]:
        """The metrics over `steps` batches, or all of the input."""
        path = checkpoint_path or self.latest_checkpoint()
        if path is None:
            raise invalid(
                "estimator.Estimator.evaluate",
                f"Could not find trained model in model_dir: {self._model_dir}",
                "no checkpoint",
                "Train first.",
                "TG-7306",
            )
        with Graph().as_default():
            spec, initializers = self._built(input_fn, ModeKeys.EVAL)
            metrics = dict(spec.eval_metric_ops)
            if "loss" not in metrics:
                metrics["loss"] = mean(spec.loss)
            counter = metric_variable([], tg.int64, name="eval_step")
            update = group(*[pair[1] for _, pair in sorted(metrics.items())], assign_add(counter, 1))
            values = {key: convert_to_tensor(pair[0]) for key, pair in metrics.items()}
            values[GraphKeys.GLOBAL_STEP] = get_global_step()
            with self._restored(spec, path, initializers) as session:
                every = [*(hooks or []), *spec.evaluation_hooks]
                for hook in every:
                    hook.begin()
                    hook.after_create_session(session, None)
                done = 0
                try:
                    while steps is None or done < steps:
                        _run(session, update, every)
                        done += 1
                except tg.errors.OutOfRangeError:
                    if not done:
                        raise
                found = session.run(values)
                for hook in every:
                    hook.end(session)
        self._write(found, name)
        return found  # type: ignore[no-any-return]

    def _write(self, found: dict[str, Any], name: str | None) -> None:
        from .._summary.messages import Summary, Value
        from .._summary.writer import FileWriterCache

        folder = os.path.join(self._model_dir, "eval" if not name else f"eval_{name}")
        numbers = [
            Value(tag=key, simple_value=float(value))
            for key, value in found.items()
            if np.ndim(value) == 0 and not isinstance(value, bytes)
        ]
        writer = FileWriterCache.get(folder)
        writer.add_summary(Summary(numbers), int(found[GraphKeys.GLOBAL_STEP]))
        writer.flush()

    def predict(
        self,
        input_fn: Any,
        predict_keys: Any = None,
        hooks: Any = None,
        checkpoint_path: Any = None,
        yield_single_examples: bool = True,
    ) -> Iterator[Any]:
        """The predictions for each example, or each batch."""
        path = checkpoint_path or self.latest_checkpoint()
        if path is None:
            raise invalid(
                "estimator.Estimator.predict",
                f"Could not find trained model in model_dir: {self._model_dir}",
                "no checkpoint",
                "Train first.",
                "TG-7306",
            )
        with Graph().as_default() as graph:
            spec, initializers = self._built(input_fn, ModeKeys.PREDICT)
            wanted = spec.predictions
            if predict_keys is not None:
                keys = [predict_keys] if isinstance(predict_keys, str) else predict_keys
                wanted = {key: value for key, value in wanted.items() if key in keys}
            session = self._restored(spec, path, initializers)
        every = [*(hooks or []), *spec.prediction_hooks]
        with graph.as_default():
            for hook in every:
                hook.begin()
                hook.after_create_session(session, None)
        try:
            while True:
                try:
                    found = _run(session, wanted, every)
                except tg.errors.OutOfRangeError:
                    return
                if not yield_single_examples:
                    yield found
                elif isinstance(found, dict):
                    for index in range(len(next(iter(found.values())))):
                        yield {key: value[index] for key, value in found.items()}
                else:
                    yield from found
        finally:
            session.close()

    # ---- how

    def _built(self, input_fn: Any, mode: str) -> tuple[EstimatorSpec, list[Any]]:
        """The model in the current graph, and what begins its input."""
        set_random_seed(self._config.tf_random_seed if self._config.tf_random_seed is not None else 1)
        create_global_step()
        features, labels, initializers = self._input(input_fn, mode)
        return self._model(features, labels, mode), initializers

    def _input(self, input_fn: Any, mode: str) -> tuple[Any, Any, list[Any]]:
        names = _parameters(input_fn)
        known = {"mode": mode, "params": self._params, "config": self._config}
        made = input_fn(**{name: value for name, value in known.items() if name in names})
        initializers: list[Any] = []
        if hasattr(made, "make_initializable_iterator"):
            iterator = made.make_initializable_iterator()
            initializers.append(iterator.initializer)
            made = iterator.get_next()
        if isinstance(made, (tuple, list)) and len(made) == 2:
            features, labels = made
        else:
            features, labels = made, None
        return features, None if mode == ModeKeys.PREDICT else labels, initializers

    def _model(self, features: Any, labels: Any, mode: str) -> EstimatorSpec:
        names = _parameters(self._model_fn)
        known = {"labels": labels, "mode": mode, "params": self._params, "config": self._config}
        given = {name: value for name, value in known.items() if name in names}
        spec = self._model_fn(features=features, **given)
        if not isinstance(spec, EstimatorSpec):
            raise invalid(
                "estimator.Estimator",
                "model_fn must return an EstimatorSpec",
                repr(spec),
                "Return one.",
                "TG-7305",
            )
        return spec

    def _restored(self, spec: EstimatorSpec, path: str, initializers: list[Any]) -> Session:
        scaffold = (spec.scaffold or Scaffold()).finalize()
        local = group(scaffold.local_init_op, *initializers)
        manager = SessionManager(local, None, None, None)
        return manager.prepare_session(
            saver=scaffold.saver, checkpoint_filename_with_path=path, config=self._config.session_config
        )


def _run(session: Session, fetches: Any, hooks: list[Any]) -> Any:
    """A run that hooks see."""
    context = hooks_.SessionRunContext(hooks_.SessionRunArgs(fetches), session)
    wanted: dict[Any, Any] = {"caller": fetches}
    feeds: dict[Any, Any] = {}
    for hook in hooks:
        args = hook.before_run(context)
        if args is not None:
            if args.fetches is not None:
                wanted[hook] = args.fetches
            feeds.update(args.feed_dict or {})
    values = session.run(wanted, feeds or None)
    for hook in hooks:
        hook.after_run(context, hooks_.SessionRunValues(values.get(hook), None, None))
    return values["caller"]


def _parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


@export("estimator.train_and_evaluate")
def train_and_evaluate(estimator: Any, train_spec: Any, eval_spec: Any) -> Any:
    """Trains, evaluating after each checkpoint's worth of steps and at the end."""
    every = estimator.config.save_checkpoints_steps
    done = 0
    path = estimator.latest_checkpoint()
    if path is not None:
        done = int(CheckpointReader(path).get_tensor(GraphKeys.GLOBAL_STEP))
    found = None
    while True:
        goal = train_spec.max_steps
        if every is not None:
            goal = done + every if goal is None else min(goal, done + every)
        before = done
        estimator.train(
            train_spec.input_fn,
            hooks=train_spec.hooks,
            max_steps=goal,
            saving_listeners=train_spec.saving_listeners,
        )
        done = int(CheckpointReader(estimator.latest_checkpoint()).get_tensor(GraphKeys.GLOBAL_STEP))
        found = estimator.evaluate(
            eval_spec.input_fn, steps=eval_spec.steps, hooks=eval_spec.hooks, name=eval_spec.name
        )
        if (
            goal is None
            or done == before
            or (train_spec.max_steps is not None and done >= train_spec.max_steps)
        ):
            return found, []
