"""Classes and functions of users in saved models."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from .. import _registry

T = TypeVar("T")


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[T], T]:
    """A decorator that makes a class or function known to `load_model` by name.

    Args:
        package: The first part of the name.
        name: The second part, that of the class or function if not given.

    Returns:
        The decorator.

    Example:
        >>> import tensegra as tg
        >>> @tg.keras.utils.register_keras_serializable("example")
        ... def cube(x):
        ...     return x * x * x
        >>> tg.layers.Dense(1, activation=cube).get_config()["activation"]
        'example>cube'
    """

    def decorate(item: T) -> T:
        _registry.register(package, name or str(getattr(item, "__name__", item)), item)
        return item

    return decorate
