"""`get`, `serialize` and `deserialize` for a kind of object, as every Keras module has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import _registry


def accessors(kind: str, example: str) -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]:
    """The three functions for objects of `kind`; `example` is a name for the documentation."""

    def get(identifier: Any) -> Any:
        return _registry.get(kind, identifier)

    def serialize(item: Any) -> Any:
        return _registry.serialize(item)

    def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
        return _registry.get(kind, config, custom_objects)

    module = f"tensegra.layers.{'optimizers.schedules' if kind == 'schedule' else kind + 's'}"
    get.__doc__ = f"""The {kind} for a name, a configuration or the {kind} itself; None for None.

    Args:
        identifier: A name such as "{example}", what `serialize` returned, a callable, or None.

    Returns:
        The {kind}.

    Raises:
        tg.errors.InvalidArgumentError: An unknown name, with the nearest names (TG-1003), or another type
            (TG-1004).

    Example:
        >>> from {module} import get
        >>> get("{example}") is not None
        True
    """
    serialize.__doc__ = f"""The name or configuration of a {kind}, in Keras's form and JSON types.

    Args:
        item: The {kind}.

    Returns:
        What `deserialize` takes.

    Raises:
        tg.errors.InvalidArgumentError: A function without a name (TG-1043).

    Example:
        >>> from {module} import deserialize, get, serialize
        >>> config = serialize(get("{example}"))
        >>> serialize(deserialize(config)) == config
        True
    """
    deserialize.__doc__ = f"""The {kind} that `serialize` described.

    Args:
        config: A name or a configuration.
        custom_objects: Classes and functions by name, besides those of the package.

    Returns:
        The {kind}.

    Raises:
        tg.errors.InvalidArgumentError: An unknown name (TG-1003), or not a configuration (TG-1004).

    Example:
        >>> from {module} import deserialize
        >>> deserialize("{example}") is not None
        True
    """
    for function in (get, serialize, deserialize):
        function.__module__ = module
        function.__qualname__ = function.__name__
    return get, serialize, deserialize
