"""References of ops on images."""

from __future__ import annotations

import numpy as np

from .common import Array, Reference


def _weights(size: int, count: int, method: str, antialias: bool) -> Array:
    """The matrix (count, size) of resampling with pixel centres at one half."""
    step = size / count
    if method == "area":
        edges = np.arange(count + 1) * step
        low, high = (
            np.maximum.outer(edges[:-1], np.arange(size)),
            np.minimum.outer(edges[1:], np.arange(size) + 1.0),
        )
        return np.maximum(high - low, 0) / step
    centers = (np.arange(count) + 0.5) * step
    if antialias:
        spread = max(step, 1.0)
        distance = np.abs(np.arange(size) + 0.5 - centers[:, None]) / spread
        weights = np.maximum(1 - distance, 0)
        return weights / weights.sum(1, keepdims=True)
    places = np.clip(centers - 0.5, 0, size - 1)
    return np.maximum(1 - np.abs(np.arange(size) - places[:, None]), 0)


def _resample(x: Array, size: Array, axis: int, method: str, antialias: bool, **_: bool) -> Array:
    matrix = _weights(x.shape[axis], int(size), method, antialias)
    return np.moveaxis(np.tensordot(matrix, x.astype(np.float64), (1, axis)), 0, axis).astype(x.dtype)


def _resample_grad(like: Array, dy: Array, axis: int, method: str, antialias: bool, **_: bool) -> Array:
    matrix = _weights(like.shape[axis], dy.shape[axis], method, antialias)
    return np.moveaxis(np.tensordot(matrix.T, dy.astype(np.float64), (1, axis)), 0, axis).astype(dy.dtype)


def _overlap(a: Array, b: Array) -> float:
    top, bottom = np.minimum(a[:2], a[2:]), np.maximum(a[:2], a[2:])
    other_top, other_bottom = np.minimum(b[:2], b[2:]), np.maximum(b[:2], b[2:])
    inside = np.prod(np.maximum(np.minimum(bottom, other_bottom) - np.maximum(top, other_top), 0))
    union = np.prod(bottom - top) + np.prod(other_bottom - other_top) - inside
    return float(inside / union) if union > 0 else 0.0


def _greedy(scores: Array, most: int, threshold: float, least: float, overlaps: Array) -> list[int]:
    chosen: list[int] = []
    for box in np.argsort(-scores, kind="stable"):
        if len(chosen) == most or scores[box] <= least:
            break
        if all(overlaps[box, other] <= threshold for other in chosen):
            chosen.append(int(box))
    return chosen


def _suppressed(
    boxes: Array,
    scores: Array,
    most: Array,
    iou_threshold: float,
    score_threshold: float,
    soft_nms_sigma: float,
) -> tuple[Array, Array]:
    overlaps = np.array([[_overlap(a, b) for b in boxes] for a in boxes])
    chosen = _greedy(scores, int(most), iou_threshold, score_threshold, overlaps)
    return np.array(chosen, np.int32), scores[chosen]


def _suppressed_overlaps(
    overlaps: Array, scores: Array, most: Array, overlap_threshold: float, score_threshold: float
) -> Array:
    return np.array(_greedy(scores, int(most), overlap_threshold, score_threshold, overlaps), np.int32)


references: dict[str, Reference] = {
    "resample": _resample,
    "resample_grad": _resample_grad,
    "non_max_suppression": _suppressed,
    "non_max_suppression_overlaps": _suppressed_overlaps,
}
