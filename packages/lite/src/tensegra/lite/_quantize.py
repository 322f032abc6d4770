"""int8 weights: symmetric, one scale per slice of an axis."""

from __future__ import annotations

import numpy as np


def quantize_per_axis(weight: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """int8 values and float32 scales with ``weight ~ values * scales`` along `axis`.

    Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
    Inference", CVPR 2018 (here symmetric, so that the zero point is 0).
    """
    others = tuple(i for i in range(weight.ndim) if i != axis)
    largest = np.abs(weight).max(axis=others).astype(np.float32)
    scales = np.where(largest > 0, largest / np.float32(127), np.float32(1)).astype(np.float32)
    shape = [1] * weight.ndim
    shape[axis] = -1
    values = np.rint(weight / scales.reshape(shape)).clip(-127, 127).astype(np.int8)
    return values, scales
