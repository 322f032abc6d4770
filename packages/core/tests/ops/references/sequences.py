"""References of ctc_loss, by all paths there are, and of isotonic regression, by its definition."""

from __future__ import annotations

import itertools

import numpy as np
import scipy.optimize
import scipy.special

from .common import Array, Reference


def _ctc_loss(
    logits: Array, labels: Array, label_length: Array, logit_length: Array, blank_index: int
) -> tuple[Array, Array]:
    rows = scipy.special.log_softmax(logits.astype(np.float64), axis=-1)
    loss, gradient = np.zeros(logits.shape[1]), np.zeros(logits.shape)
    for b in range(logits.shape[1]):
        time, wanted = int(logit_length[b]), labels[b, : label_length[b]].tolist()
        total, seen = 0.0, np.zeros((time, logits.shape[2]))
        for path in itertools.product(range(logits.shape[2]), repeat=time):
            merged = [k for k, _ in itertools.groupby(path)]
            if [k for k in merged if k != blank_index] != wanted:
                continue
            p = np.exp(sum(rows[t, b, k] for t, k in enumerate(path)))
            total += p
            for t, k in enumerate(path):
                seen[t, k] += p
        loss[b] = -np.log(total) if total else np.inf
        if total:
            gradient[:time, b] = np.exp(rows[:time, b]) - seen / total
    return loss, gradient


def _isotonic_regression(x: Array) -> tuple[Array, Array]:
    flat = x.reshape(-1, x.shape[-1]).astype(np.float64)
    solved = [scipy.optimize.isotonic_regression(row, increasing=False) for row in flat]
    y = np.array([result.x for result in solved]).reshape(x.shape)
    segments = [np.repeat(np.arange(len(r.blocks) - 1), np.diff(r.blocks)) for r in solved]
    return y, np.array(segments, np.int32).reshape(x.shape)


def _segment_averages(x: Array, segments: Array) -> Array:
    y = np.zeros(x.shape)
    for row, (values, numbers) in enumerate(zip(x, segments, strict=True)):
        for number in set(numbers.tolist()):
            y[row, numbers == number] = values[numbers == number].astype(np.float64).mean()
    return y


references: dict[str, Reference] = {
    "ctc_loss": _ctc_loss,
    "isotonic_regression": _isotonic_regression,
    "segment_averages": _segment_averages,
}
