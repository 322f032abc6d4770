"""The gate."""

from __future__ import annotations

from collections.abc import Iterator

from ._finding import Finding
from ._snapshot import Snapshot


def check_changes(tree: Snapshot, base: Snapshot | None) -> Iterator[Finding]:
    """Replaced below."""
    yield from ()
