"""`tf.contrib.crf`: linear-chain conditional random fields (J. Lafferty, A. McCallum and F. Pereira, ICML 2001).

The score of a sequence of tags: the sum of `inputs[t, tag[t]]` and of `transition_params[tag[t], tag[t + 1]]`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._apply import apply, convert_to_tensor
from .._core import tg
from .._errors import invalid
from .._symbols import export
from .._variable_scope import get_variable


@export("contrib.crf.crf_log_likelihood")
def crf_log_likelihood(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any = None
) -> tuple[Any, Any]:
    """The logarithm of the probability of tags.

    Args:
        inputs: Unary scores, [batch, time, tags].
        tag_indices: The tags, [batch, time].
        sequence_lengths: How many of them count, [batch].
        transition_params: [tags, tags]; by default a variable named "transitions" is made.

    Returns:
        The logarithms, [batch], and the transitions.

    Raises:
        tg.errors.InvalidArgumentError: The number of tags is not known, or ranks are wrong (TG-7385).
    """
    scores = _scores(inputs, "crf_log_likelihood")
    if transition_params is None:
        tags = scores.shape[2].value
        if tags is None:
            raise _wrong("crf_log_likelihood", "the number of tags is known", f"inputs.shape={scores.shape}")
        transition_params = get_variable("transitions", [tags, tags])
    score = crf_sequence_score(scores, tag_indices, sequence_lengths, transition_params)
    return score - crf_log_norm(scores, sequence_lengths, transition_params), transition_params


@export("contrib.crf.crf_sequence_score")
def crf_sequence_score(inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """The score of each sequence of tags, [batch]; see `crf_log_likelihood`."""
    unary = crf_unary_score(tag_indices, sequence_lengths, inputs)
    return unary + crf_binary_score(tag_indices, sequence_lengths, transition_params)


@export("contrib.crf.crf_unary_score")
def crf_unary_score(tag_indices: Any, sequence_lengths: Any, inputs: Any) -> Any:
    """The sum of the unary scores of the tags, [batch]."""

    def function(scores: Any, tags: Any, lengths: Any) -> Any:
        chosen = tg.gather(scores, tags, batch_dims=2, axis=2)
        return tg.reduce_sum(tg.where(_live(chosen, lengths), chosen, tg.zeros_like(chosen)), axis=1)

    return apply("CrfUnaryScore", function, _scores(inputs, "crf_unary_score"), tag_indices, sequence_lengths)


@export("contrib.crf.crf_binary_score")
def crf_binary_score(tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """The sum of the transitions between neighbouring tags, [batch]."""

    def function(tags: Any, lengths: Any, transitions: Any) -> Any:
        pairs = tg.stack([tags[:, :-1], tags[:, 1:]], axis=2)
        chosen = tg.gather_nd(transitions, pairs)
        live = _live(chosen, tg.cast(lengths, tg.int32) - 1)
        return tg.reduce_sum(tg.where(live, chosen, tg.zeros_like(chosen)), axis=1)

    tags = convert_to_tensor(tag_indices)
    return apply("CrfBinaryScore", function, tags, sequence_lengths, transition_params)


@export("contrib.crf.crf_log_norm")
def crf_log_norm(inputs: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """The logarithm of the sum of exp(score) over all sequences of tags, [batch]; 0 for length 0."""
    return _all_tags(inputs, sequence_lengths, transition_params, None, "crf_log_norm")


@export("contrib.crf.crf_multitag_sequence_score")
def crf_multitag_sequence_score(
    inputs: Any, tag_bitmap: Any, sequence_lengths: Any, transition_params: Any
) -> Any:
    """The same sum as `crf_log_norm` over the sequences of tags that are allowed.

    Args:
        inputs: Unary scores, [batch, time, tags].
        tag_bitmap: Which tags are allowed at each place, bool, [batch, time, tags].
        sequence_lengths: How many places count, [batch].
        transition_params: [tags, tags].
    """
    return _all_tags(inputs, sequence_lengths, transition_params, tag_bitmap, "crf_multitag_sequence_score")


def _all_tags(inputs: Any, lengths: Any, transitions: Any, allowed: Any, where: str) -> Any:
    def function(scores: Any, lengths: Any, transitions: Any, allowed: Any) -> Any:
        if allowed is not None:
            scores = tg.where(allowed, scores, tg.constant(-np.inf, scores.dtype))

        def step(alpha: Any, place: Any) -> Any:
            unary, live = place
            new = unary + tg.reduce_logsumexp(alpha[:, :, None] + transitions[None], axis=1)
            return tg.where(live[:, None], new, alpha)

        rest = tg.transpose(scores[:, 1:], [1, 0, 2])
        live = tg.transpose(_live(scores, lengths)[:, 1:])
        total = tg.reduce_logsumexp(tg.foldl(step, (rest, live), scores[:, 0]), axis=1)
        return tg.where(lengths > 0, total, tg.zeros_like(total))

    return apply("CrfLogNorm", function, _scores(inputs, where), lengths, transitions, allowed)


@export("contrib.crf.crf_decode")
def crf_decode(potentials: Any, transition_params: Any, sequence_length: Any) -> tuple[Any, Any]:
    """The tags with the greatest score, by Viterbi's algorithm.

    Args:
        potentials: Unary scores, [batch, time, tags].
        transition_params: [tags, tags].
        sequence_length: How many places count, [batch].

    Returns:
        The tags, int32 [batch, time], 0 behind the end; and their scores, [batch].
    """

    def function(scores: Any, transitions: Any, lengths: Any) -> Any:
        states = tg.range(tg.shape(scores)[2])
        first = scores[:, 0]
        same = tg.zeros_like(first, tg.int32) + states[None]

        def forward(before: Any, place: Any) -> Any:
            alpha, _ = before
            unary, live = place
            through = alpha[:, :, None] + transitions[None]
            new = unary + tg.reduce_max(through, axis=1)
            came = tg.argmax(through, axis=1, output_type=tg.int32)
            return tg.where(live[:, None], new, alpha), tg.where(live[:, None], came, same)

        rest = tg.transpose(scores[:, 1:], [1, 0, 2])
        live = tg.transpose(_live(scores, lengths)[:, 1:])
        alphas, came = tg.scan(forward, (rest, live), (first, same))
        best = tg.concat([first[None], alphas], axis=0)[-1]
        last = tg.argmax(best, axis=1, output_type=tg.int32)
        path = tg.scan(lambda tag, back: tg.gather(back, tag, batch_dims=1, axis=1), came, last, reverse=True)
        tags = tg.transpose(tg.concat([path, last[None]], axis=0))
        return tg.where(_live(tags, lengths), tags, tg.zeros_like(tags)), tg.reduce_max(best, axis=1)

    scores = _scores(potentials, "crf_decode")
    tags, score = apply("CrfDecode", function, scores, transition_params, sequence_length)
    return tags, score


@export("contrib.crf.viterbi_decode")
def viterbi_decode(score: Any, transition_params: Any) -> tuple[list[int], Any]:
    """The same for one sequence of NumPy arrays.

    Args:
        score: Unary scores, [time, tags].
        transition_params: [tags, tags].

    Returns:
        The tags, a list, and their score.
    """
    unary, transitions = np.asarray(score), np.asarray(transition_params)
    best, came = unary[0], []
    for row in unary[1:]:
        through = best[:, None] + transitions
        came.append(through.argmax(0))
        best = row + through.max(0)
    tags = [int(best.argmax())]
    for back in reversed(came):
        tags.append(int(back[tags[-1]]))
    return tags[::-1], best.max()


def _scores(inputs: Any, where: str) -> Any:
    scores = convert_to_tensor(inputs)
    if scores.shape.ndims != 3:
        raise _wrong(where, "unary scores have the shape [batch, time, tags]", f"shape={scores.shape}")
    return scores


def _live(values: Any, lengths: Any) -> Any:
    """Which places count, [batch, time]."""
    return tg.range(tg.shape(values)[1])[None] < tg.cast(lengths, tg.int32)[:, None]


def _wrong(where: str, rule: str, received: str) -> Exception:
    return invalid(
        f"contrib.crf.{where}", rule, received, "Reshape the scores, or set their shape", "TG-7385"
    )
