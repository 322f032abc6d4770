"""What tests of ops have in common."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import tensegra as tg

LIMIT = 2**30  # bytes that a test may really make


@pytest.fixture(autouse=True)
def limited() -> Iterator[None]:
    """What is large but could be made is refused as well, without making it."""
    tg.config.set_memory_limit(LIMIT)
    yield
    tg.config.set_memory_limit(None)
