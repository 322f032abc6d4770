"""Activations with bounds on both sides."""

from __future__ import annotations

from typing import Any

import tensegra as tg


def sigmoid(x: Any) -> tg.Tensor:
    """`1 / (1 + exp(-x))`.

    Args:
        x: A tensor of any shape.

    Returns:
        A tensor like `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> activations.sigmoid([0.0]).numpy().tolist()
        [0.5]
    """
    return tg.sigmoid(tg.convert_to_tensor(x))


def tanh(x: Any) -> tg.Tensor:
    """The hyperbolic tangent.

    Args:
        x: A tensor of any shape.

    Returns:
        A tensor like `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> activations.tanh([0.0]).numpy().tolist()
        [0.0]
    """
    return tg.tanh(tg.convert_to_tensor(x))


def hard_sigmoid(x: Any) -> tg.Tensor:
    """`min(max(x / 6 + 0.5, 0), 1)`.

    Args:
        x: A tensor of any shape.

    Returns:
        A tensor like `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> activations.hard_sigmoid([-9.0, 0.0, 9.0]).numpy().tolist()
        [0.0, 0.5, 1.0]
    """
    x = tg.convert_to_tensor(x)
    three, six = tg.constant(3.0, dtype=x.dtype), tg.constant(6.0, dtype=x.dtype)
    return tg.divide(tg.nn.relu6(tg.add(x, three)), six)


def softsign(x: Any) -> tg.Tensor:
    """`x / (1 + |x|)`.

    Args:
        x: A tensor of any shape.

    Returns:
        A tensor like `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> activations.softsign([1.0, -3.0]).numpy().tolist()
        [0.5, -0.75]
    """
    x = tg.convert_to_tensor(x)
    return tg.divide(x, tg.add(tg.abs(x), tg.ones_like(x)))
