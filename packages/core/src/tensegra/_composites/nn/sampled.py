"""Losses over many classes that compare the true ones with a few candidates."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensegra import _native
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
_LOWEST = float(np.finfo(np.float32).min)


def _hits(truth: Any, candidates: Any) -> Any:
    """bool, [batch, num_true, candidates]: where a candidate is a true class; of equal candidates the last one."""
    columns = _execute("expand_dims", (truth,), (2,))
    same = _execute("equal", (_execute("expand_dims", (candidates,), (1,)), candidates))
    places = _execute("range", (_native.tensor(0), _execute("size", (candidates,)), _native.tensor(1)))
    later = _execute("greater", (places, _execute("expand_dims", (places,), (1,))))
    again = _execute("reduce_any", (_execute("logical_and", (same, later)),), ([1],))
    return _execute(
        "logical_and", (_execute("equal", (columns, candidates)), _execute("logical_not", (again,)))
    )


@public("nn.compute_accidental_hits")
def compute_accidental_hits(
    true_classes: TensorLike,
    sampled_candidates: TensorLike,
    num_true: int,
    seed: int | None = None,
    name: str | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Finds candidates that are true classes.

    Args:
        true_classes: The true classes of each example, shape [batch, num_true]; int64.
        sampled_candidates: What a sampler drew, shape [num_sampled]; int64.
        num_true: How many true classes an example has.
        seed: Ignored.
        name: Ignored; for compatibility.

    Returns:
        For each hit the number of the example (int32) and of the candidate (int64), and the lowest float32, to be
        added to the candidate's score.

    >>> import tensegra as tg
    >>> indices, ids, _ = tg.nn.compute_accidental_hits([[3], [5]], [5, 7, 3], num_true=1)
    >>> indices.numpy().tolist(), ids.numpy().tolist()
    ([0, 1], [2, 0])
    """
    truth = _execute("cast", (true_classes,), {"dtype": 5})
    hits = _hits(truth, _execute("cast", (sampled_candidates,), {"dtype": 5}))
    where = _execute("where_indices", (hits,))
    indices = _execute("cast", (_execute("gather", (where, 0), {"axis": 1}),), {"dtype": 4})
    ids = _execute("gather", (where, 2), {"axis": 1})
    lowest = _execute("add", (_execute("zeros_like", (_execute("cast", (ids,), {"dtype": 12}),)), _LOWEST))
    return indices, ids, lowest


def _rows(weights: Any, ids: Any) -> Any:
    """Rows of a table; one in several parts is put together first."""
    if isinstance(weights, list | tuple):
        parts = [_native.tensor(part) for part in weights]
        weights = parts[0] if len(parts) == 1 else _execute("concat", (parts,), (0,))
    return _execute("gather", (weights, ids))


def _sampled_logits(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int,
    sampled_values: Any,
    remove_accidental_hits: bool,
    seed: int | None,
) -> tuple[Any, Any]:
    """The scores of the true classes and of the candidates, [batch, num_true + num_sampled], and their labels."""
    from tensegra._random._candidates import log_uniform_candidate_sampler

    x: Any = _native.tensor(inputs)
    number = x._dtype_number
    truth: Any = _execute("cast", (labels,), {"dtype": 5})
    if sampled_values is None:
        sampled_values = log_uniform_candidate_sampler(truth, num_true, num_sampled, True, num_classes, seed)
    candidates, true_count, sampled_count = (
        _execute("stop_gradient", (_native.tensor(value),)) for value in sampled_values
    )
    candidates = _execute("cast", (candidates,), {"dtype": 5})
    true_rows = _rows(weights, truth)  # [batch, num_true, depth]
    products = _execute("multiply", (_execute("expand_dims", (x,), (1,)), true_rows))
    true_logits = _execute(
        "add", (_execute("reduce_sum", (products,), ([2],)), _execute("gather", (biases, truth)))
    )
    sampled_logits = _execute("matmul", (x, _rows(weights, candidates)), {"transpose_b": True})
    sampled_logits = _execute("add", (sampled_logits, _execute("gather", (biases, candidates))))
    if remove_accidental_hits:
        hit = _execute("reduce_any", (_hits(truth, candidates),), ([1],))
        lowest = _native.tensor(_LOWEST, number)
        sampled_logits = _execute("select", (hit, _execute("add", (sampled_logits, lowest)), sampled_logits))
    logits = []
    for scores, count in ((true_logits, true_count), (sampled_logits, sampled_count)):
        expected = _execute("log", (_execute("cast", (count,), {"dtype": number}),))
        logits.append(_execute("subtract", (scores, expected)))
    targets = [
        _execute("add", (_execute("zeros_like", (true_logits,)), _native.tensor(1.0 / num_true, number))),
        _execute("zeros_like", (sampled_logits,)),
    ]
    return _execute("concat", (logits,), (1,)), _execute(
        "stop_gradient", (_execute("concat", (targets,), (1,)),)
    )


@public("nn.nce_loss")
def nce_loss(
    weights: Any,
    biases: TensorLike,
    labels: TensorLike,
    inputs: TensorLike,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = False,
    name: str | None = None,
) -> Tensor:
    """Noise-contrastive estimation: tells the true classes from candidates (M. Gutmann, A. Hyvarinen, 2010).

    Args:
        weights: A row for each class, shape [num_classes, depth], or a list of parts of it.
        biases: Shape [num_classes].
        labels: The true classes of each example, shape [batch, num_true]; int64 or int32.
        inputs: Shape [batch, depth].
        num_sampled: How many candidates to draw for the batch.
        num_classes: The number of classes.
        num_true: How many true classes an example has.
        sampled_values: What a candidate sampler returned; by default drawn by
            `tg.random.log_uniform_candidate_sampler`.
        remove_accidental_hits: Whether candidates that are true classes do not count.
        name: Ignored; for compatibility.

    Returns:
        A loss for each example, shape [batch].

    >>> import tensegra as tg
    >>> drawn = tg.nn.all_candidate_sampler([[0]], 1, 2, unique=True)
    >>> zeros = tg.zeros([2, 3])
    >>> tg.nn.nce_loss(zeros, [0.0, 0.0], [[0]], tg.ones([1, 3]), 2, 2, sampled_values=drawn).numpy()
    array([2.0794415], dtype=float32)
    """
    logits, targets = _sampled_logits(
        weights,
        biases,
        labels,
        inputs,
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits,
        None,
    )
    losses = _execute("sigmoid_cross_entropy_with_logits", (targets, logits))
    return _execute("reduce_sum", (losses,), ([1],))


@public("nn.sampled_softmax_loss")
def sampled_softmax_loss(
    weights: Any,
    biases: TensorLike,
    labels: TensorLike,
    inputs: TensorLike,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = True,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """The cross entropy of a softmax over the true classes and candidates (S. Jean et al., ACL 2015).

    Args:
        weights: A row for each class, shape [num_classes, depth], or a list of parts of it.
        biases: Shape [num_classes].
        labels: The true classes of each example, shape [batch, num_true]; int64 or int32.
        inputs: Shape [batch, depth].
        num_sampled: How many candidates to draw for the batch.
        num_classes: The number of classes.
        num_true: How many true classes an example has.
        sampled_values: What a candidate sampler returned; by default drawn by
            `tg.random.log_uniform_candidate_sampler`.
        remove_accidental_hits: Whether candidates that are true classes do not count.
        seed: The seed of the draws; see `tg.random.set_seed`.
        name: Ignored; for compatibility.

    Returns:
        A loss for each example, shape [batch].

    >>> import tensegra as tg
    >>> drawn = tg.nn.all_candidate_sampler([[0]], 1, 2, unique=True)
    >>> zeros = tg.zeros([2, 3])
    >>> tg.nn.sampled_softmax_loss(zeros, [0.0, 0.0], [[0]], tg.ones([1, 3]), 2, 2, sampled_values=drawn).numpy()
    array([0.6931472], dtype=float32)
    """
    logits, targets = _sampled_logits(
        weights,
        biases,
        labels,
        inputs,
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits,
        seed,
    )
    return _execute("softmax_cross_entropy", (targets, logits))[0]
