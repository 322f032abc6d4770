"""`tf.test`: what tests of 1.x programs are written with."""

from __future__ import annotations

import contextlib
import random
import shutil
import tempfile
import unittest
import unittest.mock
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ._graph import get_default_graph, get_default_session, reset_default_graph, set_random_seed
from ._session import Session
from ._symbols import export, put

_SEED = 87654321
put("test.mock", unittest.mock)


@export("test.TestCase")
class TestCase(unittest.TestCase):
    """A test in a graph of its own, with comparisons of arrays and of nests of them.

    `random`, `numpy.random` and the graph begin with fixed seeds.
    """

    _temporary: str | None = None
    _cached: Session | None = None

    def setUp(self) -> None:
        """Begins with an empty graph and fixed seeds."""
        reset_default_graph()
        random.seed(_SEED)
        np.random.seed(_SEED)
        set_random_seed(_SEED)

    def get_temp_dir(self) -> str:
        """A directory for this test, which is gone after it."""
        if self._temporary is None:
            self._temporary = tempfile.mkdtemp(prefix="tensegra-test-")
            self.addCleanup(shutil.rmtree, self._temporary, ignore_errors=True)
        return self._temporary

    @contextlib.contextmanager
    def session(
        self, graph: Any = None, config: Any = None, use_gpu: bool = False, force_gpu: bool = False
    ) -> Iterator[Session]:
        """A session that is the default one within.

        Args:
            graph: The graph; the test's by default.
            config: The session's.
            use_gpu: Accepted; for compatibility, as is `force_gpu`.
            force_gpu: See `use_gpu`.
        """
        with Session(graph=graph or get_default_graph(), config=config) as made:
            yield made

    def test_session(
        self, graph: Any = None, config: Any = None, use_gpu: bool = False, force_gpu: bool = False
    ) -> Any:
        """The same as `session`. Its name makes test runners take it for a test, which is skipped."""
        if self.id().endswith(".test_session"):
            self.skipTest("not a test")
        return self.session(graph, config, use_gpu, force_gpu)

    @contextlib.contextmanager
    def cached_session(
        self, graph: Any = None, config: Any = None, use_gpu: bool = False, force_gpu: bool = False
    ) -> Iterator[Session]:
        """The same session, with its variables, each time that the test asks."""
        if self._cached is None:
            self._cached = Session(graph=graph or get_default_graph(), config=config)
            self.addCleanup(self._cached.close)
        with self._cached.graph.as_default(), self._cached.as_default():
            yield self._cached

    def evaluate(self, tensors: Any) -> Any:
        """What tensors are in the default session, or in the test's own."""
        session = get_default_session()
        if session is not None:
            return session.run(tensors)
        with self.cached_session() as own:
            return own.run(tensors)

    def _value(self, value: Any) -> Any:
        return (
            self.evaluate(value) if hasattr(value, "graph") or hasattr(value, "_as_graph_tensor") else value
        )

    def _pairs(self, a: Any, b: Any, path: str) -> Iterator[tuple[Any, Any, str]]:
        if isinstance(a, Mapping):
            self.assertIsInstance(b, Mapping, path)
            self.assertEqual(set(a), set(b), path)
            for key in a:
                yield from self._pairs(a[key], b[key], f"{path}[{key!r}]")
            return
        one, other = _array(self._value(a)), _array(self._value(b))
        if one is not None and other is not None:
            yield one, other, path
            return
        self.assertIsInstance(a, (list, tuple), path)
        self.assertIsInstance(b, (list, tuple), path)
        self.assertEqual(len(a), len(b), path)
        for i, (each, its) in enumerate(zip(a, b, strict=True)):
            yield from self._pairs(each, its, f"{path}[{i}]")

    def assertAllClose(
        self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None
    ) -> None:
        """Arrays, tensors or nests of them are nearly equal.

        Args:
            a: What was expected.
            b: What was found.
            rtol: How far they may differ, relative to b.
            atol: How far besides.
            msg: What to say where they do.
        """
        for one, other, path in self._pairs(a, b, "the value"):
            np.testing.assert_allclose(one, other, rtol=rtol, atol=atol, err_msg=f"{msg or ''} at {path}")

    def assertAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Arrays or tensors have the same shape and the same elements; NaN equals NaN."""
        one, other = np.array(self._value(a)), np.array(self._value(b))
        self.assertEqual(one.shape, other.shape, msg)
        np.testing.assert_array_equal(one, other, err_msg=msg or "")

    def assertNotAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Some element differs."""
        self.assertFalse(np.array_equal(self._value(a), self._value(b)), msg or "all elements are equal")

    def assertNotAllClose(self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6) -> None:
        """Some element differs by more than that."""
        close = np.allclose(self._value(a), self._value(b), rtol=rtol, atol=atol)
        self.assertFalse(close, "all elements are close")

    def assertAllInRange(self, target: Any, lower_bound: Any, upper_bound: Any) -> None:
        """Every element lies between two bounds, which it may equal."""
        values = np.array(self._value(target))
        self.assertTrue(bool(((values >= lower_bound) & (values <= upper_bound)).all()), f"{values}")

    def assertNear(self, f1: float, f2: float, err: float, msg: str | None = None) -> None:
        """Two numbers differ by no more than `err`."""
        self.assertLessEqual(abs(f1 - f2), err, msg)

    def assertArrayNear(self, farray1: Sequence[float], farray2: Sequence[float], err: float) -> None:
        """So do two lists of numbers, one by one."""
        self.assertEqual(len(farray1), len(farray2))
        for one, other in zip(farray1, farray2, strict=True):
            self.assertNear(float(one), float(other), err)

    def assertShapeEqual(self, np_array: Any, tf_tensor: Any, msg: str | None = None) -> None:
        """An array has the shape of a tensor."""
        self.assertEqual(list(np_array.shape), tf_tensor.shape.as_list(), msg)


def _array(value: Any) -> Any:
    """The value as an array of numbers; None where it is a nest of several."""
    try:
        made = np.array(value)
    except ValueError:
        return None
    return made if made.dtype != object else None


@export("test.main")
def main(argv: list[str] | None = None) -> None:
    """Runs the tests of the program and ends it."""
    unittest.main(argv=argv)


@export("test.get_temp_dir")
def get_temp_dir() -> str:
    """A new directory for tests."""
    return tempfile.mkdtemp(prefix="tensegra-test-")


@export("test.is_gpu_available")
def is_gpu_available(cuda_only: bool = False, min_cuda_compute_capability: Any = None) -> bool:
    """Never: programs of 1.x run on the CPU."""
    return False


@export("test.gpu_device_name")
def gpu_device_name() -> str:
    """The empty name: there is none."""
    return ""


@export("test.is_built_with_cuda test.is_built_with_gpu_support test.is_built_with_rocm")
def is_built_with_cuda() -> bool:
    """Never."""
    return False
