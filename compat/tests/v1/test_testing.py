"""`tf.test`: tests of 1.x programs run, and see what differs."""

from __future__ import annotations

import unittest
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra.compat.v1 as tf


class _Case(tf.test.TestCase):  # type: ignore[misc]
    __test__ = False

    def runTest(self) -> None:
        """Nothing: methods are called one by one."""


@pytest.fixture
def case() -> Any:
    made = _Case()
    made.setUp()
    yield made
    made.doCleanups()


def test_a_test_has_a_session_with_its_graph(case: Any) -> None:
    variable = tf.Variable(2.0)
    with case.test_session() as sess:
        sess.run(tf.global_variables_initializer())
        assert variable.eval() == 2.0
        assert case.evaluate([variable * 2, variable])[0] == 4.0
    with case.cached_session() as first:
        first.run(tf.global_variables_initializer())
    with case.cached_session() as second:
        assert second is first
        assert second.run(variable) == 2.0
    assert case.evaluate(variable) == 2.0


def test_seeds_are_fixed_and_graphs_new(case: Any) -> None:
    drawn = np.random.rand()
    tf.constant(1.0)
    value = case.evaluate(tf.random_uniform([]))
    case.setUp()
    assert not tf.get_default_graph().get_operations()
    assert np.random.rand() == drawn
    other = _Case()
    assert other.evaluate(tf.random_uniform([])) == value
    other.doCleanups()


def test_comparisons(case: Any) -> None:
    case.assertAllEqual([[1, 2]], tf.constant([[1, 2]]))
    case.assertAllEqual([float("nan")], [np.nan])
    case.assertAllClose(
        {"a": [1.0, 2.0], "b": (np.ones(2), 3.0)}, {"a": [1.0, 2.0 + 1e-7], "b": (np.ones(2), 3.0)}
    )
    case.assertAllClose([[1.0, 2.0]], tf.constant([[1.0, 2.0]]))
    case.assertNotAllEqual([1, 2], [1, 3])
    case.assertNotAllClose([1.0], [1.1])
    case.assertAllInRange(tf.constant([1, 2]), 1, 2)
    case.assertArrayNear([1.0], [1.05], 0.1)
    case.assertShapeEqual(np.zeros([2, 3]), tf.zeros([2, 3]))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda case: case.assertAllEqual([1, 2], [[1, 2]]),
        lambda case: case.assertAllEqual([1, 2], [1, 3]),
        lambda case: case.assertAllClose({"a": 1.0}, {"b": 1.0}),
        lambda case: case.assertAllClose({"a": [1.0]}, {"a": [1.1]}),
        lambda case: case.assertAllClose([np.ones(2), np.ones(3)], [np.ones(2), np.zeros(3)]),
        lambda case: case.assertNotAllEqual([1], [1]),
        lambda case: case.assertNotAllClose([1.0], [1.0]),
        lambda case: case.assertAllInRange([1, 9], 0, 5),
        lambda case: case.assertNear(1.0, 2.0, 0.5),
        lambda case: case.assertShapeEqual(np.zeros([2]), tf.zeros([3])),
    ],
)
def test_what_differs_is_seen(case: Any, wrong: Any) -> None:
    with pytest.raises(AssertionError):
        wrong(case)


def test_temporary_directories_are_gone_after_the_test(case: Any) -> None:
    path = Path(case.get_temp_dir())
    assert path.is_dir() and str(path) == case.get_temp_dir()
    case.doCleanups()
    assert not path.exists()


def test_a_runner_skips_what_only_has_the_name_of_a_test() -> None:
    result = unittest.TestResult()
    _Case("test_session").run(result)
    assert [reason for _, reason in result.skipped] == ["not a test"]


def test_there_is_no_accelerator() -> None:
    assert not tf.test.is_gpu_available() and not tf.test.is_built_with_cuda()
    assert tf.test.gpu_device_name() == ""
    assert issubclass(tf.test.TestCase, unittest.TestCase)
