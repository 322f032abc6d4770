"""Activations that are linear above zero."""

from __future__ import annotations

from typing import Any

import tensegra as tg


def relu(
    x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> tg.Tensor:
    """`max(x, 0)`; with a slope below the threshold and a bound above if wanted.

    Args:
        x: A tensor of any shape.
        negative_slope: The slope below `threshold`.
        max_value: The greatest output.
        threshold: Where the function begins to rise.

    Returns:
        A tensor like `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> activations.relu([-1.0, 2.0]).numpy().tolist()
        [0.0, 2.0]
    """
    x = tg.convert_to_tensor(x)
    if negative_slope == 0.0 and threshold == 0.0:
        return tg.nn.relu(x) if max_value is None else tg.minimum(tg.nn.relu(x), _like(max_value, x))
    above = tg.greater_equal(x, _like(threshold, x))
    rising = x if max_value is None else tg.minimum(x, _like(max_value, x))
    falling = tg.multiply(tg.subtract(x, _like(threshold, x)), _like(negative_slope, x))
    return tg.where(above, rising, falling)


def relu6(x: Any) -> tg.Tensor:
    """`min(max(x, 0), 6)`.

    Args:
        x: A tensor of any shape.

    Returns:
        A tensor like `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> activations.relu6([-1.0, 2.0, 9.0]).numpy().tolist()
        [0.0, 2.0, 6.0]
    """
    return tg.nn.relu6(tg.convert_to_tensor(x))


def leaky_relu(x: Any, negative_slope: float = 0.2) -> tg.Tensor:
    """`x` above zero, `negative_slope * x` below.

    Args:
        x: A tensor of any shape.
        negative_slope: The slope below zero.

    Returns:
        A tensor like `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> activations.leaky_relu([-2.0, 2.0], negative_slope=0.5).numpy().tolist()
        [-1.0, 2.0]
    """
    return tg.nn.leaky_relu(tg.convert_to_tensor(x), alpha=negative_slope)


def elu(x: Any, alpha: float = 1.0) -> tg.Tensor:
    """`x` above zero, `alpha * (exp(x) - 1)` below.

    Source: Clevert et al., "Fast and Accurate Deep Network Learning by Exponential Linear Units", ICLR 2016.

    Args:
        x: A tensor of any shape.
        alpha: The bound below.

    Returns:
        A tensor like `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> activations.elu([-100.0, 2.0]).numpy().tolist()
        [-1.0, 2.0]
    """
    x = tg.convert_to_tensor(x)
    if alpha == 1.0:
        return tg.nn.elu(x)
    return tg.where(tg.greater(x, tg.zeros_like(x)), x, tg.multiply(tg.nn.elu(x), _like(alpha, x)))


def selu(x: Any) -> tg.Tensor:
    """The scaled exponential linear unit.

    Source: Klambauer et al., "Self-Normalizing Neural Networks", NeurIPS 2017.

    Args:
        x: A tensor of any shape.

    Returns:
        A tensor like `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> round(float(activations.selu([1.0])[0]), 4)
        1.0507
    """
    return tg.nn.selu(tg.convert_to_tensor(x))


def _like(value: float, x: tg.Tensor) -> tg.Tensor:
    return tg.constant(value, dtype=x.dtype)
