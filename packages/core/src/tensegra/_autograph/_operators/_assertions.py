"""`assert`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tensegra._control._print import assert_

from ._tensors import as_tensor, is_symbolic


def assert_stmt(condition: Any, message: Callable[[], Any] | None) -> None:
    """`assert condition, message`; with a value of a graph it is checked when the graph runs.

    Raises:
        AssertionError: The condition is false.
    """
    if is_symbolic(condition):
        assert_(as_tensor(condition), [] if message is None else [_shown(message())])
    elif not condition:
        if message is None:
            raise AssertionError
        raise AssertionError(message())


def _shown(value: Any) -> Any:
    return value if is_symbolic(value) else str(value)
