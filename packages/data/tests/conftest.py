"""What the tests of the pipeline share."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import tensegra as tg


def _values(dataset: tg.data.Dataset) -> list:
    return [value.tolist() if isinstance(value, np.ndarray) else value for value in _plain(dataset)]


def _plain(dataset: tg.data.Dataset) -> Iterator:
    for element in dataset.as_numpy_iterator():
        yield element.item() if isinstance(element, np.generic) else element


@pytest.fixture
def values() -> Callable[[tg.data.Dataset], list]:
    """The elements of a data set of one component as Python lists and numbers."""
    return _values


@pytest.fixture
def unfused() -> Callable[[tg.data.Dataset], tg.data.Dataset]:
    """The same elements from a source that is no table, so that the stages behind it move records one by one."""

    def hide(dataset: tg.data.Dataset) -> tg.data.Dataset:
        return tg.data.Dataset.from_generator(
            dataset.as_numpy_iterator, output_signature=dataset.element_spec
        )

    return hide


@pytest.fixture
def no_threads_left() -> Iterator[None]:
    """Fails the test if a thread of a pipeline outlives it."""
    yield
    deadline = time.monotonic() + 5
    left: list[str] = []
    while time.monotonic() < deadline:
        left = [t.name for t in threading.enumerate() if t.name.startswith("tensegra.data")]
        if not left:
            return
        time.sleep(0.01)
    raise AssertionError(f"threads left: {left}")
