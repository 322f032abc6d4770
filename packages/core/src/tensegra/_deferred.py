"""Restoring what does not exist yet: who waits for objects that a program is going to make.

The list is empty but between the restoring of a checkpoint and the making of the last variable of it.
"""

from __future__ import annotations

from typing import Any, Protocol


class Waiting(Protocol):
    """A checkpoint that was restored in part."""

    def assigned(self, parent: Any) -> None:
        """An attribute of `parent` was set."""

    def rescan(self) -> None:
        """Objects may have been made."""


pending: list[Waiting] = []


def assigned(parent: Any) -> None:
    """Tells all who wait that an attribute was set."""
    for waiting in list(pending):
        waiting.assigned(parent)


def rescan() -> None:
    """Tells all who wait that objects may have been made."""
    for waiting in list(pending):
        waiting.rescan()
