"""What is known of values, and gradients that pass functions by."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from tensegra import _native, nest
from tensegra._custom_gradient import custom_gradient
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute


@public("guarantee_const")
def guarantee_const(input: TensorLike, name: str | None = None) -> Tensor:
    """The tensor itself: a promise, of which no use is made, that it never changes.

    Args:
        input: A tensor or a variable.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.guarantee_const([1, 2]).numpy()
    array([1, 2], dtype=int32)
    """
    return _execute("identity", (_native.tensor(input),))


@public("get_static_value")
def get_static_value(tensor: Any, partial: bool = False) -> np.ndarray[Any, Any] | None:
    """The values of a tensor, where they are known before the graph runs.

    Args:
        tensor: A tensor.
        partial: Ignored; for compatibility.

    Returns:
        A NumPy array; None for a value of a graph that is being traced.

    >>> import tensegra as tg
    >>> tg.get_static_value(tg.constant([1, 2]))
    array([1, 2], dtype=int32)
    """
    if isinstance(tensor, _native.Tensor) and tensor._is_symbolic:
        return None
    return np.array(_native.tensor(tensor)._numpy())


@public("is_symbolic_tensor")
def is_symbolic_tensor(tensor: object) -> bool:
    """Whether this is a value of a graph, which has no data before the graph runs.

    Args:
        tensor: Anything.

    >>> import tensegra as tg
    >>> tg.is_symbolic_tensor(tg.constant(1))
    False
    """
    return isinstance(tensor, _native.Tensor) and tensor._is_symbolic


@public("grad_pass_through")
def grad_pass_through(f: Callable[..., Any]) -> Callable[..., Any]:
    """Makes the gradient of a function that of the identity, whatever it computes (a straight-through estimator).

    Args:
        f: Takes tensors, and returns as many of the same shapes.

    Returns:
        A function with the values of `f`.

    Raises:
        tg.errors.InvalidArgumentError: Where, in a gradient, there are not as many results as arguments (TG-0110).

    >>> import tensegra as tg
    >>> x = tg.constant(1.6)
    >>> with tg.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = 3.0 * tg.grad_pass_through(tg.round)(x)
    >>> y.numpy(), tape.gradient(y, x).numpy()
    (np.float32(6.0), np.float32(3.0))
    """

    @functools.wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        @custom_gradient
        def passed(*tensors: Any) -> Any:
            def gradient(*dy: Any, variables: Any = None) -> Any:
                if len(dy) != len(tensors):
                    raise InvalidArgumentError(
                        "[grad_pass_through] the function must return as many tensors as it takes. "
                        f"Received: {len(tensors)} and {len(dy)}. Use tg.custom_gradient.",
                        code="TG-0110",
                    )
                into = list(dy) if len(dy) > 1 else dy[0]
                return into if variables is None else (into, [None] * len(variables))

            return f(*tensors, **kwargs), gradient

        return passed(*nest.flatten(args))

    return decorated
