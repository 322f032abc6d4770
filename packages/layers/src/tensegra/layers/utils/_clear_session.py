"""Names from the beginning."""

from __future__ import annotations

from .. import _names


def clear_session() -> None:
    """Starts the counts again from which names such as `dense_1` are made.

    Example:
        >>> import tensegra as tg
        >>> tg.keras.utils.clear_session()
        >>> tg.layers.Dense(1).name, tg.layers.Dense(1).name
        ('dense', 'dense_1')
    """
    _names.clear()
