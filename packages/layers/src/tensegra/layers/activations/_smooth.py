"""Activations without a corner."""

from __future__ import annotations

from typing import Any

import tensegra as tg


def gelu(x: Any, approximate: bool = False) -> tg.Tensor:
    """`x` times the normal distribution function of `x`.

    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", arXiv:1606.08415.

    Args:
        x: A tensor of any shape.
        approximate: Whether to use the approximation by tanh.

    Returns:
        A tensor like `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> round(float(activations.gelu([1.0])[0]), 4)
        0.8413
    """
    return tg.nn.gelu(tg.convert_to_tensor(x), approximate=approximate)


def silu(x: Any) -> tg.Tensor:
    """`x * sigmoid(x)`, also called swish.

    Source: Ramachandran et al., "Searching for Activation Functions", arXiv:1710.05941.

    Args:
        x: A tensor of any shape.

    Returns:
        A tensor like `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> round(float(activations.silu([1.0])[0]), 4)
        0.7311
    """
    return tg.nn.silu(tg.convert_to_tensor(x))


def softplus(x: Any) -> tg.Tensor:
    """`log(1 + exp(x))`.

    Args:
        x: A tensor of any shape.

    Returns:
        A tensor like `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> round(float(activations.softplus([0.0])[0]), 4)
        0.6931
    """
    return tg.nn.softplus(tg.convert_to_tensor(x))


def mish(x: Any) -> tg.Tensor:
    """`x * tanh(softplus(x))`.

    Source: Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", arXiv:1908.08681.

    Args:
        x: A tensor of any shape.

    Returns:
        A tensor like `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> round(float(activations.mish([1.0])[0]), 4)
        0.8651
    """
    x = tg.convert_to_tensor(x)
    return tg.multiply(x, tg.tanh(tg.nn.softplus(x)))


def exponential(x: Any) -> tg.Tensor:
    """`exp(x)`.

    Args:
        x: A tensor of any shape.

    Returns:
        A tensor like `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> activations.exponential([0.0]).numpy().tolist()
        [1.0]
    """
    return tg.exp(tg.convert_to_tensor(x))


def linear(x: Any) -> tg.Tensor:
    """`x` itself.

    Args:
        x: A tensor of any shape.

    Returns:
        `x`.

    Example:
        >>> from tensegra.layers import activations
        >>> activations.linear([2.0]).numpy().tolist()
        [2.0]
    """
    return tg.convert_to_tensor(x)
