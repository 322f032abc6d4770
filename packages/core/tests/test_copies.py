"""Copies, pickles, equality and hashes of what users hold, as in TensorFlow 2."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tensegra as tg

_WAYS: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),
    "oldest pickle": lambda value: pickle.loads(pickle.dumps(value, 2)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}
_SPECS: list[tuple[Any, Any]] = [
    (tg.float32, tg.float64),
    (tg.string, tg.bool),
    (tg.TensorShape([1, None]), tg.TensorShape([1, 2])),
    (tg.TensorShape(None), tg.TensorShape([])),
    (tg.TensorSpec([None, 2], tg.float32, "x"), tg.TensorSpec([None, 2], tg.float32, "y")),
    (tg.SparseTensorSpec([None, 2], tg.float32), tg.SparseTensorSpec([None, 3], tg.float32)),
    (tg.RaggedTensorSpec([None, None], tg.float32), tg.RaggedTensorSpec([None, None], tg.int32)),
    (tg.IndexedSlicesSpec([None, 2], tg.float32), tg.IndexedSlicesSpec([None, 2], tg.float32, tg.int32)),
    (tg.TensorArraySpec([2], tg.float32), tg.TensorArraySpec([2], tg.float32, True)),
]


@pytest.mark.parametrize(("spec", "other"), _SPECS, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("way", _WAYS)
def test_descriptions_are_keys(spec: Any, other: Any, way: str) -> None:
    again = _WAYS[way](spec)
    assert type(again) is type(spec)
    assert again == spec
    assert (again != spec) is False
    assert hash(again) == hash(spec)
    assert repr(again) == repr(spec)
    assert spec != other
    assert len({spec, again, other}) == 2
    assert " object at " not in repr(spec)


@pytest.mark.parametrize("way", _WAYS)
def test_tensors_and_variables(way: str) -> None:
    renew = _WAYS[way]
    for value in ([1.5, 2.0], ["a", "bc"], [True, False], 3, [1 + 2j]):
        x = tg.constant(value)
        again = renew(x)
        assert again.dtype == x.dtype
        assert bool(tg.reduce_all(again == x))
        v = tg.Variable(x, name="v", trainable=False)
        other = renew(v)
        assert (other.name, other.trainable, other.dtype) == (v.name, False, v.dtype)
        assert bool(tg.reduce_all(other == v))
        for each in (x, v):
            assert (each == None) is False  # noqa: E711
            assert (each != None) is True  # noqa: E711
            with pytest.raises(TypeError, match=r"unhashable.*ref\(\)"):
                hash(each)
            assert len({each.ref(), each.ref()}) == 1
    v = tg.Variable([1.0])
    again = renew(v)
    again.assign([2.0])
    assert v.numpy().tolist() == [1.0]


@pytest.mark.parametrize("way", _WAYS)
def test_tensors_of_parts(way: str) -> None:
    renew = _WAYS[way]
    ragged = tg.ragged.constant([[1, 2], [3]])
    assert renew(ragged).to_list() == [[1, 2], [3]]
    sparse = tg.SparseTensor([[0, 1]], [1.0], [2, 2])
    np.testing.assert_array_equal(tg.sparse.to_dense(renew(sparse)), [[0.0, 1.0], [0.0, 0.0]])
    slices = tg.IndexedSlices(tg.constant([[1.0]]), tg.constant([2]), tg.constant([3, 1]))
    np.testing.assert_array_equal(tg.convert_to_tensor(renew(slices)), [[0.0], [0.0], [1.0]])


def test_ragged_tensors_compare_by_elements() -> None:
    x = tg.ragged.constant([[1, 2], [3]])
    assert (x == x).to_list() == [[True, True], [True]]
    assert (x != 2).to_list() == [[True, False], [True]]
    assert (x == None) is False  # noqa: E711
    assert (x != None) is True  # noqa: E711
    with pytest.raises(TypeError, match="unhashable"):
        hash(x)


def test_functions_can_be_copied() -> None:
    f = tg.function(lambda x: x * 2.0)
    f(1.0)
    for again in (copy.copy(f), copy.deepcopy(f)):
        assert float(again(3.0)) == 6.0
        assert again.experimental_get_tracing_count() == 1


def test_what_cannot_be_pickled_says_so() -> None:
    f = tg.function(lambda x: x * 2.0)
    generator = tg.random.Generator.from_seed(1)
    for value in (f, generator, {"inside": generator}):
        with pytest.raises(tg.errors.UnimplementedError, match=r"TG-0763"):
            pickle.dumps(value)
