"""Losses of other models than softmax, and how losses become one number."""

from __future__ import annotations

import math
from typing import Any

from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute


@public("nn.weighted_cross_entropy_with_logits")
def weighted_cross_entropy_with_logits(
    labels: TensorLike, logits: TensorLike, pos_weight: TensorLike, name: str | None = None
) -> Tensor:
    """The cross entropy of independent yes-or-no questions, where a missed yes counts pos_weight times.

    labels * -log(sigmoid(logits)) * pos_weight + (1 - labels) * -log(1 - sigmoid(logits)), computed so that nothing
    overflows.

    Args:
        labels: Probabilities of a yes.
        logits: Of the shape and dtype of labels.
        pos_weight: Broadcasts with logits.
        name: Ignored; for compatibility.

    Returns:
        A loss for each question, of the shape of logits.

    Raises:
        tg.errors.InvalidArgumentError: Where the shapes of labels and logits differ (TG-0105).

    >>> import tensegra as tg
    >>> tg.nn.weighted_cross_entropy_with_logits([1.0, 0.0], [0.0, 0.0], 3.0).numpy()
    array([2.0794415 , 0.69314718], dtype=float32)
    """
    values: Any = _native.tensor(logits)
    targets: Any = _native.tensor(labels, values._dtype_number)
    if targets._shape is not None and values._shape is not None and targets._rank != values._rank:
        raise InvalidArgumentError(
            "[weighted_cross_entropy_with_logits] labels and logits must have the same shape. "
            f"Received: labels.shape={targets._shape}, logits.shape={values._shape}",
            code="TG-0105",
        )
    one = _native.tensor(1.0, values._dtype_number)
    more = _execute("subtract", (_native.tensor(pos_weight, values._dtype_number), one))
    weight = _execute("add", (one, _execute("multiply", (more, targets))))
    missed = _execute("multiply", (_execute("subtract", (one, targets)), values))
    penalty = _execute("softplus", (_execute("negative", (values,)),))
    return _execute("add", (missed, _execute("multiply", (weight, penalty))))


@public("nn.log_poisson_loss")
def log_poisson_loss(
    targets: TensorLike, log_input: TensorLike, compute_full_loss: bool = False, name: str | None = None
) -> Tensor:
    """The negative logarithm of the probability of counts, from the logarithm of their expectations.

    exp(log_input) - log_input * targets; with compute_full_loss, Stirling's approximation of log(targets!) is added
    where targets exceed 1.

    Args:
        targets: Counts; of the shape and dtype of log_input.
        log_input: The logarithms of the expectations.
        compute_full_loss: Whether to add what does not depend on log_input.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.nn.log_poisson_loss([2.0], [0.0]).numpy()
    array([1.], dtype=float32)
    """
    values: Any = _native.tensor(log_input)
    counts: Any = _native.tensor(targets, values._dtype_number)
    result = _execute("subtract", (_execute("exp", (values,)), _execute("multiply", (values, counts))))
    if not compute_full_loss:
        return result
    number = values._dtype_number
    ones = _execute("ones_like", (counts,))
    between = _execute(
        "logical_and",
        (
            _execute("greater_equal", (counts, _execute("zeros_like", (counts,)))),
            _execute("less_equal", (counts, ones)),
        ),
    )
    safe = _execute("select", (between, ones, counts))
    terms = _execute("subtract", (_execute("multiply", (safe, _execute("log", (safe,)))), safe))
    half = _execute(
        "multiply",
        (_native.tensor(0.5, number), _execute("log", (_execute("multiply", (safe, 2 * math.pi)),))),
    )
    stirling = _execute(
        "select", (between, _execute("zeros_like", (counts,)), _execute("add", (terms, half)))
    )
    return _execute("add", (result, stirling))


@public("nn.compute_average_loss")
def compute_average_loss(
    per_example_loss: TensorLike,
    sample_weight: TensorLike | None = None,
    global_batch_size: int | TensorLike | None = None,
) -> Tensor:
    """The sum of losses, weighted, by the size of the batch.

    Args:
        per_example_loss: A loss for each example, at least one axis.
        sample_weight: A weight for each example; None for ones.
        global_batch_size: The size of the batch over all devices; None for the first size of the losses.

    Returns:
        A scalar.

    Raises:
        tg.errors.InvalidArgumentError: For a 0-d loss without a batch size (TG-0103), or a batch size that is not a
            0-d integer (TG-0106).

    >>> import tensegra as tg
    >>> float(tg.nn.compute_average_loss([1.0, 2.0, 3.0, 4.0], global_batch_size=8))
    1.25
    """
    losses: Any = _native.tensor(per_example_loss)
    number = losses._dtype_number
    if sample_weight is not None:
        weights: Any = _execute("cast", (sample_weight,), {"dtype": number})
        for _ in range((losses._rank or 0) - (weights._rank or 0)):
            weights = _execute("expand_dims", (weights,), (-1,))
        losses = _execute("multiply", (losses, weights))
    if global_batch_size is None:
        if not losses._rank:
            raise InvalidArgumentError(
                "[compute_average_loss] a loss without a batch axis needs a global_batch_size. Received: a 0-d loss",
                code="TG-0103",
            )
        shape = _execute("shape", (losses,), {"out_type": 5})
        count: Any = _execute("gather", (shape, _native.tensor(0)))
    else:
        count = _native.tensor(global_batch_size)
        if count._rank != 0 or not 2 <= count._dtype_number <= 9:
            raise InvalidArgumentError(
                "[compute_average_loss] global_batch_size must be a 0-d integer. "
                f"Received: global_batch_size={global_batch_size!r}",
                code="TG-0106",
            )
    divisor = _execute("cast", (count,), {"dtype": number})
    return _execute("divide", (_execute("reduce_sum", (losses,)), divisor))


@public("nn.scale_regularization_loss")
def scale_regularization_loss(regularization_loss: TensorLike) -> Tensor:
    """The sum of penalties by the number of replicas that add it up: one.

    Args:
        regularization_loss: Penalties.

    Returns:
        A scalar.

    >>> import tensegra as tg
    >>> float(tg.nn.scale_regularization_loss([1.0, 2.0]))
    3.0
    """
    return _execute("reduce_sum", (regularization_loss,))
