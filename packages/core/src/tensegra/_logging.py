"""The logger of Tensegra."""

from __future__ import annotations

import logging

from ._public import public


@public("get_logger")
def get_logger() -> logging.Logger:
    """The logger that Tensegra writes to, `logging.getLogger("tensegra")`: set its level and handlers as you like.

    >>> import tensegra as tg
    >>> tg.get_logger().name
    'tensegra'
    """
    return logging.getLogger("tensegra")
