"""Activations along an axis."""

from __future__ import annotations

from typing import Any

import tensegra as tg


def softmax(x: Any, axis: int = -1) -> tg.Tensor:
    """`exp(x) / sum(exp(x))` along an axis.

    Args:
        x: A tensor of any shape.
        axis: The axis whose numbers add up to 1.

    Returns:
        A tensor like `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> activations.softmax([[0.0, 0.0]]).numpy().tolist()
        [[0.5, 0.5]]
    """
    return tg.nn.softmax(tg.convert_to_tensor(x), axis=axis)


def log_softmax(x: Any, axis: int = -1) -> tg.Tensor:
    """The logarithm of softmax, computed without overflow.

    Args:
        x: A tensor of any shape.
        axis: The axis.

    Returns:
        A tensor like `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> round(float(activations.log_softmax([[0.0, 0.0]])[0, 0]), 4)
        -0.6931
    """
    return tg.nn.log_softmax(tg.convert_to_tensor(x), axis=axis)
