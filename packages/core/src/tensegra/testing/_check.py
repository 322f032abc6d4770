"""One check of a conformance suite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """A named check; calling it raises AssertionError, or the error that it met, where it fails.

    Attributes:
        name: What is checked of what, "vendor::op: inference".
        function: What the call runs.
    """

    name: str
    function: Callable[[], None]

    def __call__(self) -> None:
        """Runs the check."""
        self.function()

    def __str__(self) -> str:
        return self.name
