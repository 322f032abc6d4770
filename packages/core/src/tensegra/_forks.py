"""Locks in the child of a fork, where threads that held them are no more."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any


def lock(renew: Callable[[], None] | None = None) -> threading.RLock:
    """A lock that is free in a forked child, unless the thread that forked holds it.

    Args:
        renew: What to do in the child about what another thread was changing under the lock.
    """
    made: Any = threading.RLock()
    if hasattr(os, "register_at_fork"):

        def in_child() -> None:
            if not made._is_owned():
                made._at_fork_reinit()
                if renew is not None:
                    renew()

        os.register_at_fork(after_in_child=in_child)
    return made  # type: ignore[no-any-return]
