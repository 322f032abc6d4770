"""`tf.contrib.legacy_seq2seq`: decoders over lists of inputs, one for each step; and the losses of sequences."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import tensegra.compat.v1 as tf

from .._errors import invalid
from .._symbols import export

_LEAST = 1e-12  # so that weights that are all zero give zero


@export("contrib.legacy_seq2seq.rnn_decoder")
def rnn_decoder(
    decoder_inputs: Sequence[Any],
    initial_state: Any,
    cell: Any,
    loop_function: Callable[[Any, int], Any] | None = None,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """Runs a cell over a list of inputs, each [batch, size].

    Args:
        decoder_inputs: The inputs; with `loop_function` only the first one is read.
        initial_state: The state to begin with.
        cell: The cell.
        loop_function: Makes the next input of the last output and the number of the step.
        scope: The scope, "rnn_decoder" by default.

    Returns:
        The outputs, a list, and the last state.
    """
    outputs: list[Any] = []
    state = initial_state
    with tf.variable_scope(scope or "rnn_decoder"):
        for i, each in enumerate(decoder_inputs):
            value = each
            if loop_function is not None and outputs:
                with tf.variable_scope("loop_function", reuse=True):
                    value = loop_function(outputs[-1], i)
            if i > 0:
                tf.get_variable_scope().reuse_variables()
            output, state = cell(value, state)
            outputs.append(output)
    return outputs, state


@export("contrib.legacy_seq2seq.basic_rnn_seq2seq")
def basic_rnn_seq2seq(
    encoder_inputs: Sequence[Any],
    decoder_inputs: Sequence[Any],
    cell: Any,
    dtype: Any = "float32",
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """Reads one sequence with a cell and, from its last state, decodes with another one of the kind.

    Args:
        encoder_inputs: A list of [batch, size].
        decoder_inputs: Another one.
        cell: The cell; encoder and decoder have weights of their own.
        dtype: The dtype of the state.
        scope: The scope, "basic_rnn_seq2seq" by default.
    """
    with tf.variable_scope(scope or "basic_rnn_seq2seq"):
        _, state = tf.nn.static_rnn(copy.deepcopy(cell), encoder_inputs, dtype=tf.as_dtype(dtype))
        return rnn_decoder(decoder_inputs, state, cell)


@export("contrib.legacy_seq2seq.tied_rnn_seq2seq")
def tied_rnn_seq2seq(
    encoder_inputs: Sequence[Any],
    decoder_inputs: Sequence[Any],
    cell: Any,
    loop_function: Callable[[Any, int], Any] | None = None,
    dtype: Any = "float32",
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """The same as `basic_rnn_seq2seq`, with one set of weights for both."""
    with tf.variable_scope("combined_tied_rnn_seq2seq"):
        within = scope or "tied_rnn_seq2seq"
        _, state = tf.nn.static_rnn(cell, encoder_inputs, dtype=tf.as_dtype(dtype), scope=within)
        tf.get_variable_scope().reuse_variables()
        return rnn_decoder(decoder_inputs, state, cell, loop_function=loop_function, scope=within)


@export("contrib.legacy_seq2seq.sequence_loss_by_example")
def sequence_loss_by_example(
    logits: Sequence[Any],
    targets: Sequence[Any],
    weights: Sequence[Any],
    average_across_timesteps: bool = True,
    softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Any:
    """The weighted cross-entropy of each sequence.

    Args:
        logits: For each step [batch, classes].
        targets: For each step the numbers of the classes, [batch].
        weights: For each step [batch].
        average_across_timesteps: Whether the sum is divided by that of the weights.
        softmax_loss_function: Takes `labels` and `logits`; the sparse cross-entropy by default.
        name: The name.

    Returns:
        The losses, [batch].

    Raises:
        tg.errors.InvalidArgumentError: The lists differ in length (TG-7387).
    """
    if not len(logits) == len(targets) == len(weights):
        raise invalid(
            "contrib.legacy_seq2seq",
            "logits, targets and weights are lists of one length",
            f"{len(logits)}, {len(targets)} and {len(weights)} of them",
            "Give one of each for each step",
            "TG-7387",
        )
    of_step = softmax_loss_function or tf.nn.sparse_softmax_cross_entropy_with_logits
    with tf.name_scope(name, "sequence_loss_by_example", [*logits, *targets, *weights]):
        losses = []
        for logit, target, weight in zip(logits, targets, weights, strict=True):
            labels = target if softmax_loss_function else tf.reshape(target, [-1])
            losses.append(of_step(labels=labels, logits=logit) * weight)
        total = tf.add_n(losses)
        return total / (tf.add_n(list(weights)) + _LEAST) if average_across_timesteps else total


@export("contrib.legacy_seq2seq.sequence_loss")
def sequence_loss(
    logits: Sequence[Any],
    targets: Sequence[Any],
    weights: Sequence[Any],
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Any:
    """The sum of `sequence_loss_by_example`, or their mean over the batch: a scalar."""
    with tf.name_scope(name, "sequence_loss", [*logits, *targets, *weights]):
        losses = sequence_loss_by_example(
            logits, targets, weights, average_across_timesteps, softmax_loss_function
        )
        cost = tf.reduce_sum(losses)
        return cost / tf.cast(tf.shape(targets[0])[0], cost.dtype) if average_across_batch else cost


@export("contrib.seq2seq.sequence_loss")
def dense_sequence_loss(
    logits: Any,
    targets: Any,
    weights: Any,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    sum_over_timesteps: bool = False,
    sum_over_batch: bool = False,
    softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Any:
    """The weighted cross-entropy of a batch of sequences.

    Args:
        logits: [batch, time, classes].
        targets: The numbers of the classes, [batch, time].
        weights: [batch, time].
        average_across_timesteps: Whether to sum over the time and divide by the sum of the weights.
        average_across_batch: Whether to sum over the batch and divide likewise.
        sum_over_timesteps: Whether to sum over the time and divide by the number of weights that are not 0.
        sum_over_batch: Whether to sum over the batch and divide likewise.
        softmax_loss_function: Takes `labels` and `logits`, flat; the sparse cross-entropy by default.
        name: The name.

    Returns:
        A scalar; [batch], [time] or [batch, time] where an axis is not reduced.

    Raises:
        tg.errors.InvalidArgumentError: The ranks are wrong, or an axis is to be averaged and summed (TG-7387).
    """
    logits, targets, weights = (tf.convert_to_tensor(each) for each in (logits, targets, weights))
    ranks = (logits.shape.ndims, targets.shape.ndims, weights.shape.ndims)
    twice = average_across_timesteps and sum_over_timesteps, average_across_batch and sum_over_batch
    if ranks != (3, 2, 2) or any(twice):
        raise invalid(
            "contrib.seq2seq.sequence_loss",
            "logits, targets and weights have the ranks 3, 2 and 2, and an axis is averaged or summed",
            f"ranks {ranks}" if ranks != (3, 2, 2) else "both for one axis",
            "Reshape them, or switch one off",
            "TG-7387",
        )
    of_step = softmax_loss_function or tf.nn.sparse_softmax_cross_entropy_with_logits
    with tf.name_scope(name, "sequence_loss", [logits, targets, weights]):
        flat = tf.reshape(logits, [-1, tf.shape(logits)[2]])
        flat.set_shape([None, logits.shape[2].value])
        losses = (
            tf.reshape(of_step(labels=tf.reshape(targets, [-1]), logits=flat), tf.shape(targets)) * weights
        )
        reduced = {
            0: average_across_batch or sum_over_batch,
            1: average_across_timesteps or sum_over_timesteps,
        }
        axes = [axis for axis, wanted in reduced.items() if wanted]
        if not axes:
            return losses
        counted = sum_over_batch or sum_over_timesteps
        shares = tf.cast(tf.not_equal(weights, 0), losses.dtype) if counted else weights
        return tf.reduce_sum(losses, axis=axes) / (tf.reduce_sum(shares, axis=axes) + _LEAST)
