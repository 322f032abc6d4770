"""`tf.contrib.slim.learning`: training ops, and a loop that runs them."""

from __future__ import annotations

import time
from typing import Any

from .._apply import apply, convert_to_tensor
from .._control import group, with_dependencies
from .._core import tg
from .._errors import invalid, unimplemented
from .._flags import logging
from .._graph import GraphKeys, get_default_graph, name_scope
from .._operators import binary
from .._ops import clip_by_norm, global_norm
from .._summary.ops import histogram
from .._symbols import export
from .._train.coordinator import Supervisor
from .._train.monitored import tables_initializer
from .._train.steps import get_or_create_global_step
from .._variables import local_variables_initializer, trainable_variables

_USE_GLOBAL_STEP = 0
_USE_DEFAULT = 0


def _export(name: str) -> Any:
    return export(f"contrib.slim.learning.{name} contrib.training.{name}")


@_export("clip_gradient_norms")
def clip_gradient_norms(gradients_to_variables: Any, max_norm: float) -> list[tuple[Any, Any]]:
    """The pairs, with each gradient no longer than `max_norm`."""
    return [
        (None if each is None else clip_by_norm(each, max_norm), var) for each, var in gradients_to_variables
    ]


@export("contrib.training.clip_gradient_norms_fn")
def clip_gradient_norms_fn(max_norm: float) -> Any:
    """`clip_gradient_norms` of one argument."""
    return lambda gradients_to_variables: clip_gradient_norms(gradients_to_variables, max_norm)


@_export("multiply_gradients")
def multiply_gradients(grads_and_vars: Any, gradient_multipliers: Any) -> list[tuple[Any, Any]]:
    """The pairs, with gradients times numbers that a dict has for variables or their names.

    Raises:
        ValueError: It is no dict, it is empty, or a variable in it has no gradient (TG-7394).
    """
    where = "contrib.slim.learning.multiply_gradients"
    if not isinstance(gradient_multipliers, dict) or not gradient_multipliers:
        raise invalid(
            where, "gradient_multipliers is a dict with something in it", repr(gradient_multipliers),
            "Give numbers by variable.", "TG-7394",
        )  # fmt: skip
    made = []
    for gradient, var in grads_and_vars:
        factor = gradient_multipliers.get(var, gradient_multipliers.get(var.op.name))
        if factor is not None:
            if gradient is None:
                raise invalid(
                    where, "a gradient that is multiplied is there", f"None for {var.op.name}", "Leave it out.",
                    "TG-7394",
                )  # fmt: skip
            gradient = _times(gradient, factor)
        made.append((gradient, var))
    return made


def _times(gradient: Any, factor: Any) -> Any:
    if hasattr(gradient, "indices"):
        return type(gradient)(_times(gradient.values, factor), gradient.indices, gradient.dense_shape)
    number = convert_to_tensor(factor)
    return apply("Mul", lambda g, m: g * tg.cast(m, g.dtype), gradient, number)


@_export("add_gradients_summaries")
def add_gradients_summaries(grads_and_vars: Any) -> list[Any]:
    """Histograms of gradients and of their norms."""
    made: list[Any] = []
    for gradient, var in grads_and_vars:
        if gradient is not None:
            values = gradient.values if hasattr(gradient, "indices") else gradient
            made.append(histogram(f"{var.op.name}_gradient", values))
            made.append(histogram(f"{var.op.name}_gradient_norm", global_norm([values])))
    return made


@export("contrib.training.create_train_op")
def create_train_op(
    total_loss: Any, optimizer: Any, global_step: Any = _USE_GLOBAL_STEP, update_ops: Any = None,
    variables_to_train: Any = None, transform_grads_fn: Any = None, summarize_gradients: bool = False,
    gate_gradients: int = 1, aggregation_method: Any = None, colocate_gradients_with_ops: bool = False,
    check_numerics: bool = True,
) -> Any:  # fmt: skip
    """A tensor of the loss which, when it is computed, runs the updates and then takes a step of the optimizer.

    Args:
        total_loss: The loss.
        optimizer: What takes the step.
        global_step: The variable that counts steps; without one, that of the graph; None for none.
        update_ops: What runs before; default: the collection UPDATE_OPS.
        variables_to_train: What is changed; default: all trainable variables.
        transform_grads_fn: Takes the pairs of gradient and variable, and gives others.
        summarize_gradients: Whether there are summaries of gradients.
        gate_gradients: Without effect.
        aggregation_method: Without effect.
        colocate_gradients_with_ops: Without effect.
        check_numerics: Whether a loss that is no finite number is an error.

    Raises:
        ValueError: There is nothing to train, or something in `variables_to_train` is not trainable (TG-7395).
    """
    graph = get_default_graph()
    if global_step is _USE_GLOBAL_STEP:
        global_step = get_or_create_global_step()
    updates = graph.get_collection(GraphKeys.UPDATE_OPS) if update_ops is None else list(update_ops)
    if updates:
        total_loss = with_dependencies(list(dict.fromkeys(updates)), total_loss)
    known = trainable_variables()
    chosen = known if variables_to_train is None else list(variables_to_train)
    if not chosen or any(all(each is not other for other in known) for each in chosen):
        raise invalid(
            "contrib.training.create_train_op", "variables to train are trainable, and there is one",
            str([each.op.name for each in chosen]), "See tf.trainable_variables().", "TG-7395",
        )  # fmt: skip
    pairs = optimizer.compute_gradients(
        total_loss, chosen, gate_gradients=gate_gradients, aggregation_method=aggregation_method,
        colocate_gradients_with_ops=colocate_gradients_with_ops,
    )  # fmt: skip
    if transform_grads_fn:
        pairs = transform_grads_fn(pairs)
    if summarize_gradients:
        with name_scope("summarize_grads"):
            add_gradients_summaries(pairs)
    step = optimizer.apply_gradients(pairs, global_step=global_step)
    with name_scope("train_op"):
        if check_numerics:
            total_loss = apply(
                "CheckNumerics",
                lambda x: tg.debugging.check_numerics(x, "LossTensor is inf or nan"),
                convert_to_tensor(total_loss),
                op_name="CheckNumerics",
            )
        made = with_dependencies([step], total_loss)
    if all(each is not made for each in graph.get_collection(GraphKeys.TRAIN_OP)):
        graph.add_to_collection(GraphKeys.TRAIN_OP, made)
    return made


@export("contrib.slim.learning.create_train_op")
def slim_train_op(
    total_loss: Any, optimizer: Any, global_step: Any = _USE_GLOBAL_STEP, update_ops: Any = None,
    variables_to_train: Any = None, clip_gradient_norm: float = 0, summarize_gradients: bool = False,
    gate_gradients: int = 1, aggregation_method: Any = None, colocate_gradients_with_ops: bool = False,
    gradient_multipliers: Any = None, check_numerics: bool = True,
) -> Any:  # fmt: skip
    """`contrib.training.create_train_op`; gradients are multiplied, then clipped where the norm is above 0."""

    def transformed(pairs: Any) -> Any:
        if gradient_multipliers:
            pairs = multiply_gradients(pairs, gradient_multipliers)
        return clip_gradient_norms(pairs, clip_gradient_norm) if clip_gradient_norm > 0 else pairs

    return create_train_op(
        total_loss, optimizer, global_step, update_ops, variables_to_train, transformed, summarize_gradients,
        gate_gradients, aggregation_method, colocate_gradients_with_ops, check_numerics,
    )  # fmt: skip


@export("contrib.slim.learning.train_step")
def train_step(
    sess: Any, train_op: Any, global_step: Any, train_step_kwargs: dict[str, Any]
) -> tuple[Any, bool]:
    """Takes a step: the loss, and whether to stop.

    `train_step_kwargs` may have tensors of Booleans, "should_log" and "should_stop".
    """
    began = time.time()
    loss, step = sess.run([train_op, global_step])
    if "should_log" in train_step_kwargs and sess.run(train_step_kwargs["should_log"]):
        logging.info("global step %d: loss = %.4f (%.3f sec/step)", step, loss, time.time() - began)
    stop = bool(sess.run(train_step_kwargs["should_stop"])) if "should_stop" in train_step_kwargs else False
    return loss, stop


@export("contrib.slim.learning.train")
def train(
    train_op: Any, logdir: Any, train_step_fn: Any = train_step, train_step_kwargs: Any = _USE_DEFAULT,
    log_every_n_steps: int = 1, graph: Any = None, master: str = "", is_chief: bool = True, global_step: Any = None,
    number_of_steps: int | None = None, init_op: Any = _USE_DEFAULT, init_feed_dict: Any = None,
    local_init_op: Any = _USE_DEFAULT, init_fn: Any = None, ready_op: Any = _USE_DEFAULT,
    summary_op: Any = _USE_DEFAULT, save_summaries_secs: float = 600, summary_writer: Any = _USE_DEFAULT,
    startup_delay_steps: int = 0, saver: Any = None, save_interval_secs: float = 600, sync_optimizer: Any = None,
    session_config: Any = None, session_wrapper: Any = None, trace_every_n_steps: int | None = None,
    ignore_live_threads: bool = False,
) -> Any:  # fmt: skip
    """Trains until `number_of_steps`, or until the input ends; gives the last loss.

    Variables get first values, or those of the last checkpoint in `logdir`, where checkpoints and summaries are
    written to. With logdir=None nothing is written.

    Args:
        train_op: What `create_train_op` gave.
        logdir: A folder.
        train_step_fn: Takes a step, as `train_step` does.
        train_step_kwargs: Its last argument.
        log_every_n_steps: How often the loss is logged.
        graph: The graph; that of the op without one.
        master: Must be empty or local.
        is_chief: Without effect: there is one process.
        global_step: The variable that counts steps.
        number_of_steps: When to stop, by that variable.
        init_op: Gives variables their first values.
        init_feed_dict: What it is fed.
        local_init_op: Gives local variables and tables theirs.
        init_fn: Called with the session after `init_op`.
        ready_op: Without effect.
        summary_op: The summaries; None for none.
        save_summaries_secs: Seconds between two writings of summaries.
        summary_writer: What writes them.
        startup_delay_steps: Without effect.
        saver: What saves.
        save_interval_secs: Seconds between two checkpoints.
        sync_optimizer: Must be None.
        session_config: The session's.
        session_wrapper: Takes the session, and gives another.
        trace_every_n_steps: Without effect.
        ignore_live_threads: Without effect.

    Raises:
        ValueError: There is no train_op, or number_of_steps is not above 0 (TG-7395).
        UnimplementedError: There is a sync_optimizer (TG-7396).
    """
    where = "contrib.slim.learning.train"
    if train_op is None or (number_of_steps is not None and number_of_steps <= 0):
        raise invalid(
            where, "there is a train_op, and number_of_steps is above 0", f"{train_op!r}, {number_of_steps!r}",
            "See create_train_op.", "TG-7395",
        )  # fmt: skip
    if sync_optimizer is not None:
        raise unimplemented(where, "one process trains", "sync_optimizer", "Leave it out.", "TG-7396")
    default = Supervisor.USE_DEFAULT
    graph = train_op.graph if graph is None else graph
    with graph.as_default():
        step = get_or_create_global_step() if global_step is None else global_step
        if local_init_op is _USE_DEFAULT:
            local_init_op = group(local_variables_initializer(), tables_initializer())
        if train_step_kwargs is _USE_DEFAULT:
            train_step_kwargs = {"logdir": logdir}
            with name_scope("train_step"):
                if number_of_steps:
                    train_step_kwargs["should_stop"] = binary(
                        "GreaterEqual", tg.greater_equal, step, number_of_steps
                    )
                if log_every_n_steps > 0:
                    train_step_kwargs["should_log"] = apply(
                        "Equal", lambda s: tg.equal(s % log_every_n_steps, 0), step
                    )
        supervisor = Supervisor(
            graph=graph, is_chief=is_chief, logdir=logdir, init_feed_dict=init_feed_dict, init_fn=init_fn,
            init_op=default if init_op is _USE_DEFAULT else init_op, local_init_op=local_init_op, global_step=step,
            summary_op=default if summary_op is _USE_DEFAULT else summary_op,
            summary_writer=default if summary_writer is _USE_DEFAULT else summary_writer,
            saver=default if saver is None else saver, save_summaries_secs=save_summaries_secs,
            save_model_secs=save_interval_secs,
        )  # fmt: skip
    loss = None
    with supervisor.managed_session(master, config=session_config) as session:
        sess = session if session_wrapper is None else session_wrapper(session)
        while not supervisor.should_stop():
            loss, stop = train_step_fn(sess, train_op, step, train_step_kwargs)
            if stop:
                break
    return loss
