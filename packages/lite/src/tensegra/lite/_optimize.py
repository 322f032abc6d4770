"""What a conversion may change."""

from __future__ import annotations

import enum


class Optimize(enum.Enum):
    """Optimizations of a `Converter`, with TensorFlow Lite's names.

    Example:
        >>> from tensegra import lite
        >>> lite.Optimize.DEFAULT.name
        'DEFAULT'
    """

    DEFAULT = "DEFAULT"
    """int8 weights with one scale per output channel; convolutions and products of matrices run in int8."""
