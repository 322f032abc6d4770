"""What calls of layers inside each other share: whether this is training."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_state = threading.local()


def _stack() -> list[bool | None]:
    if not hasattr(_state, "training"):
        _state.training = []
    return _state.training


def depth() -> int:
    """How many layer calls are under way on this thread."""
    return len(_stack())


def current_training() -> bool | None:
    """The flag of the enclosing call; None outside of one, or when it was not given."""
    stack = _stack()
    return stack[-1] if stack else None


@contextmanager
def entering(training: bool | None) -> Iterator[None]:
    """The call of one layer."""
    stack = _stack()
    stack.append(training)
    try:
        yield
    finally:
        stack.pop()
