"""What a model function returns, and how it is run."""

from __future__ import annotations

from collections import namedtuple
from typing import Any, NamedTuple

from .._errors import invalid
from .._symbols import export


@export("estimator.ModeKeys contrib.learn.ModeKeys")
class ModeKeys:
    """What a model is made for."""

    TRAIN, EVAL, PREDICT = "train", "eval", "infer"
    INFER = "infer"


class _Spec(NamedTuple):
    mode: Any
    predictions: Any
    loss: Any
    train_op: Any
    eval_metric_ops: Any
    export_outputs: Any
    training_chief_hooks: Any
    training_hooks: Any
    scaffold: Any
    evaluation_hooks: Any
    prediction_hooks: Any


@export("estimator.EstimatorSpec")
class EstimatorSpec(_Spec):
    """Predictions, loss and ops of a model."""

    def __new__(
        cls,
        mode: str,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metric_ops: Any = None,
        export_outputs: Any = None,
        training_chief_hooks: Any = None,
        training_hooks: Any = None,
        scaffold: Any = None,
        evaluation_hooks: Any = None,
        prediction_hooks: Any = None,
    ) -> EstimatorSpec:
        """Checks what the mode needs."""
        missing = None
        if mode in (ModeKeys.TRAIN, ModeKeys.EVAL) and loss is None:
            missing = "loss"
        elif mode == ModeKeys.TRAIN and train_op is None:
            missing = "train_op"
        elif mode == ModeKeys.PREDICT and predictions is None:
            missing = "predictions"
        if missing:
            raise invalid(
                "estimator.EstimatorSpec",
                f"Missing {missing}: mode {mode!r} needs it",
                "None",
                "Give it.",
                "TG-7305",
            )
        return super().__new__(
            cls,
            mode,
            {} if predictions is None else predictions,
            loss,
            train_op,
            eval_metric_ops or {},
            export_outputs,
            tuple(training_chief_hooks or ()),
            tuple(training_hooks or ()),
            scaffold,
            tuple(evaluation_hooks or ()),
            tuple(prediction_hooks or ()),
        )


@export("estimator.RunConfig contrib.learn.RunConfig")
class RunConfig:
    """How an estimator runs."""

    def __init__(
        self,
        model_dir: Any = None,
        tf_random_seed: int | None = None,
        save_summary_steps: int | None = 100,
        save_checkpoints_steps: Any = "default",
        save_checkpoints_secs: Any = "default",
        session_config: Any = None,
        keep_checkpoint_max: int = 5,
        keep_checkpoint_every_n_hours: float = 10000,
        log_step_count_steps: int | None = 100,
        train_distribute: Any = None,
        device_fn: Any = None,
        **options: Any,
    ) -> None:
        self.model_dir, self.tf_random_seed = model_dir, tf_random_seed
        self.save_summary_steps, self.session_config = save_summary_steps, session_config
        if save_checkpoints_steps == "default" and save_checkpoints_secs == "default":
            save_checkpoints_steps, save_checkpoints_secs = None, 600
        elif save_checkpoints_steps == "default":
            save_checkpoints_steps = None
        elif save_checkpoints_secs == "default":
            save_checkpoints_secs = None
        self.save_checkpoints_steps, self.save_checkpoints_secs = (
            save_checkpoints_steps,
            save_checkpoints_secs,
        )
        self.keep_checkpoint_max, self.keep_checkpoint_every_n_hours = (
            keep_checkpoint_max,
            keep_checkpoint_every_n_hours,
        )
        self.log_step_count_steps = log_step_count_steps
        self.train_distribute, self.device_fn = train_distribute, device_fn
        self.is_chief, self.task_type, self.task_id, self.num_worker_replicas, self.master = (
            True,
            "worker",
            0,
            1,
            "",
        )
        self.cluster_spec: dict[str, Any] = {}
        self.num_ps_replicas = 0

    def replace(self, **options: Any) -> RunConfig:
        """Another one with some values changed."""
        made = RunConfig.__new__(RunConfig)
        made.__dict__.update(self.__dict__)
        made.__dict__.update(options)
        return made


TrainSpec = namedtuple(
    "TrainSpec", ("input_fn", "max_steps", "hooks", "saving_listeners"), defaults=(None, None, None)
)
EvalSpec = namedtuple(
    "EvalSpec", ("input_fn", "steps", "name", "hooks", "exporters", "start_delay_secs", "throttle_secs"),
    defaults=(100, None, None, None, 120, 600),
)  # fmt: skip
export("estimator.TrainSpec")(TrainSpec)
export("estimator.EvalSpec")(EvalSpec)
