"""`tf.contrib.layers.optimize_loss`."""

from __future__ import annotations

from typing import Any

from .._control import with_dependencies
from .._errors import invalid
from .._graph import GraphKeys, get_default_graph
from .._initializers import Constant
from .._ops import clip_by_global_norm, global_norm
from .._summary.ops import histogram, scalar
from .._symbols import export, put
from .._tensor import Tensor
from .._train import optimizers as known
from .._train.optimizer import Optimizer
from .._train.steps import get_global_step
from .._variable_scope import get_variable, variable_scope
from .._variables import trainable_variables
from .learning import multiply_gradients

CLASSES: dict[str, Any] = {
    "Adagrad": known.AdagradOptimizer,
    "Adam": known.AdamOptimizer,
    "Ftrl": known.FtrlOptimizer,
    "Momentum": lambda learning_rate: known.MomentumOptimizer(learning_rate, momentum=0.9),
    "RMSProp": known.RMSPropOptimizer,
    "SGD": known.GradientDescentOptimizer,
}
SUMMARIES = ["learning_rate", "loss", "gradients", "gradient_norm", "global_gradient_norm"]
for _space in ("layers", "slim"):
    put(f"contrib.{_space}.OPTIMIZER_CLS_NAMES", CLASSES)
    put(f"contrib.{_space}.OPTIMIZER_SUMMARIES", SUMMARIES)


def _wrong(rule: str, received: Any) -> Exception:
    return invalid(
        "contrib.layers.optimize_loss", rule, repr(received), "Give what the documentation names.", "TG-7398"
    )


def _rate(learning_rate: Any) -> Any:
    if learning_rate is None or (isinstance(learning_rate, Tensor) and learning_rate.shape.ndims == 0):
        return learning_rate
    if isinstance(learning_rate, float) and learning_rate >= 0.0:
        return get_variable("learning_rate", [], trainable=False, initializer=Constant(learning_rate))
    raise _wrong("learning_rate must be None, a float of 0 or more, or a tensor of one number", learning_rate)


def _made(optimizer: Any, rate: Any) -> Optimizer:
    if isinstance(optimizer, Optimizer):
        return optimizer
    if isinstance(optimizer, (str, type)):
        if rate is None:
            raise _wrong("an optimizer that is made here needs a learning_rate", optimizer)
        if isinstance(optimizer, str) and optimizer not in CLASSES:
            raise _wrong(f"the optimizer must be one of {', '.join(CLASSES)}", optimizer)
        optimizer = CLASSES[optimizer] if isinstance(optimizer, str) else optimizer
        made = optimizer(learning_rate=rate)
    elif callable(optimizer):
        made = optimizer() if rate is None else optimizer(rate)
    else:
        made = None
    if not isinstance(made, Optimizer):
        raise _wrong(
            "the optimizer must be a name, an Optimizer, its class, or a function that makes one", optimizer
        )
    return made


@export("contrib.layers.optimize_loss contrib.slim.optimize_loss")
def optimize_loss(
    loss: Any, global_step: Any, learning_rate: Any, optimizer: Any, gradient_noise_scale: Any = None,
    gradient_multipliers: Any = None, clip_gradients: Any = None, learning_rate_decay_fn: Any = None,
    update_ops: Any = None, variables: Any = None, name: str | None = None, summaries: Any = None,
    colocate_gradients_with_ops: bool = False, increment_global_step: bool = True,
) -> Any:  # fmt: skip
    """A tensor of the loss which, when it is computed, takes a step of an optimizer.

    Args:
        loss: One number.
        global_step: The variable that counts steps; None for that of the graph, where there is one.
        learning_rate: A number, a tensor, or None where the optimizer has its own.
        optimizer: A name of OPTIMIZER_CLS_NAMES, an `Optimizer`, its class, or a function of the rate that makes one.
        gradient_noise_scale: Must be None.
        gradient_multipliers: Numbers that gradients are multiplied by, for variables or their names.
        clip_gradients: The greatest norm of all gradients together, or a function of the pairs.
        learning_rate_decay_fn: A function of the rate and the step that gives the rate.
        update_ops: What runs before; default: the collection UPDATE_OPS.
        variables: What is changed; default: all trainable variables.
        name: The name of the scope; "OptimizeLoss" without one.
        summaries: Those of OPTIMIZER_SUMMARIES that are made; default: the loss, the rate and the norm.
        colocate_gradients_with_ops: Without effect.
        increment_global_step: Whether a step is counted.

    Raises:
        ValueError: An argument is none of these (TG-7398), or the multipliers do not fit (TG-7394).
    """
    step = get_global_step() if global_step is None else global_step
    with variable_scope(name, "OptimizeLoss", [loss, global_step]):
        updates = (
            get_default_graph().get_collection(GraphKeys.UPDATE_OPS) if update_ops is None else update_ops
        )
        if updates:
            loss = with_dependencies(list(dict.fromkeys(updates)), loss)
        rate = _rate(learning_rate)
        wanted = ["loss", "learning_rate", "global_gradient_norm"] if summaries is None else summaries
        for each in wanted:
            if each not in SUMMARIES:
                raise _wrong(f"summaries must be of {', '.join(SUMMARIES)}", each)
        if gradient_noise_scale is not None:
            raise _wrong(
                "gradient_noise_scale must be None: no noise is added to gradients", gradient_noise_scale
            )
        if rate is not None and learning_rate_decay_fn is not None:
            if step is None:
                raise _wrong("a rate that decays needs a global_step", step)
            rate = learning_rate_decay_fn(rate, step)
        if rate is not None and "learning_rate" in wanted:
            scalar("learning_rate", rate)
        chosen = _made(optimizer, rate)
        pairs = chosen.compute_gradients(loss, trainable_variables() if variables is None else variables)
        if gradient_multipliers is not None:
            pairs = multiply_gradients(pairs, gradient_multipliers)
        norms = "gradient_norm" in wanted or "global_gradient_norm" in wanted
        if norms:
            scalar("global_norm/gradient_norm", global_norm([gradient for gradient, _ in pairs]))
        pairs = _clipped(pairs, clip_gradients)
        if "loss" in wanted:
            scalar("loss", loss)
        for gradient, variable in pairs:
            if gradient is not None:
                values = gradient.values if hasattr(gradient, "indices") else gradient
                if "gradients" in wanted:
                    histogram(f"gradients/{variable.op.name}", values)
                if "gradient_norm" in wanted:
                    scalar(f"gradient_norm/{variable.op.name}", global_norm([values]))
        if norms and clip_gradients is not None:
            scalar("global_norm/clipped_gradient_norm", global_norm([gradient for gradient, _ in pairs]))
        taken = chosen.apply_gradients(
            pairs, global_step=step if increment_global_step else None, name="train"
        )
        return with_dependencies([taken], loss)


def _clipped(pairs: list[tuple[Any, Any]], clip: Any) -> list[tuple[Any, Any]]:
    if clip is None:
        return pairs
    if isinstance(clip, (int, float)):
        clipped, _ = clip_by_global_norm([gradient for gradient, _ in pairs], clip)
        return list(zip(clipped, [variable for _, variable in pairs]))
    if callable(clip):
        return list(clip(pairs))
    raise _wrong("clip_gradients must be None, a number or a function", clip)
