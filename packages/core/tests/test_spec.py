from __future__ import annotations

import pickle

import numpy as np
import pytest

import tensegra as tg


def test_fields_and_defaults() -> None:
    spec = tg.TensorSpec([None, 3], "int64", name="x")
    assert (spec.shape, spec.dtype, spec.name) == (tg.TensorShape([None, 3]), tg.int64, "x")
    assert tg.TensorSpec(None).dtype is tg.float32
    assert repr(spec) == "TensorSpec(shape=(None, 3), dtype=tg.int64, name='x')"


def test_equality_hash_and_pickle() -> None:
    spec = tg.TensorSpec([None, 3], tg.float32)
    assert spec == tg.TensorSpec([None, 3], np.float32)
    assert hash(spec) == hash(tg.TensorSpec([None, 3], np.float32))
    assert spec != tg.TensorSpec([None, 3], np.float64)
    assert spec != tg.TensorSpec([None, 3], name="x")
    assert spec != 3
    assert pickle.loads(pickle.dumps(spec)) == spec


def test_from_tensor_and_from_spec() -> None:
    assert tg.TensorSpec.from_tensor(tg.ones([2, 3])) == tg.TensorSpec([2, 3], tg.float32)
    assert tg.TensorSpec.from_tensor(tg.Variable([1, 2]), name="v") == tg.TensorSpec([2], tg.int32, name="v")
    assert tg.TensorSpec.from_spec(tg.TensorSpec([1], name="a"), name="b").name == "b"
    assert tg.TensorSpec.from_spec(tg.TensorSpec([1], name="a")).name == "a"


def test_compatibility() -> None:
    spec = tg.TensorSpec([None, 3], tg.float32)
    assert spec.is_compatible_with(tg.ones([7, 3]))
    assert spec.is_compatible_with(tg.TensorSpec([7, None], tg.float32))
    assert not spec.is_compatible_with(tg.ones([7, 4]))
    assert not spec.is_compatible_with(tg.ones([7, 3], tg.float64))
    assert spec._accepts(tg.TensorShape([None, 3]))
    assert not spec._accepts(tg.TensorShape([2, None]))
    assert tg.TensorSpec(None)._accepts(tg.TensorShape(None))


def test_wrong_arguments() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0109"):
        tg.TensorSpec([-3])
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
        tg.TensorSpec([3], "flaot")
