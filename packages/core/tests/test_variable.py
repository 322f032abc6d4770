"""`tg.Variable`."""

from __future__ import annotations

import copy
import gc
import pickle

import numpy as np
import pytest

import tensegra as tg


def test_properties() -> None:
    v = tg.Variable([[1.0, 2.0]], name="weights")
    assert v.shape == (1, 2)
    assert v.get_shape() == (1, 2)
    assert v.dtype == tg.float32
    assert v.name == "weights:0"
    assert v.trainable is True
    assert v.ndim == 2
    assert v.device == "CPU:0"
    assert tg.Variable(1, trainable=False).trainable is False
    assert tg.Variable(1).name == "Variable:0"
    assert tg.is_tensor(v)


def test_repr() -> None:
    v = tg.Variable([1.0, 2.0], name="v")
    assert repr(v) == "<tg.Variable 'v:0' shape=(2,) dtype=float32, numpy=array([1., 2.], dtype=float32)>"


def test_dtype_and_initial_values() -> None:
    assert tg.Variable(1, dtype=tg.float64).dtype == tg.float64
    assert tg.Variable(np.zeros(2)).dtype == tg.float64
    assert tg.Variable(tg.constant([1, 2])).numpy().tolist() == [1, 2]
    assert tg.Variable(lambda: tg.ones([2])).numpy().tolist() == [1.0, 1.0]
    assert tg.Variable(tg.Variable(3.0)).numpy() == 3.0
    assert tg.Variable(["a", "b"]).numpy().tolist() == [b"a", b"b"]


def test_assignments() -> None:
    v = tg.Variable([1.0, 2.0])
    assert v.assign([3.0, 4.0]) is v
    assert v.numpy().tolist() == [3.0, 4.0]
    assert v.assign_add([1.0, 1.0]).numpy().tolist() == [4.0, 5.0]
    assert v.assign_sub(tg.constant([0.5, 0.0])).numpy().tolist() == [3.5, 5.0]
    v.assign(v * 2.0)
    assert v.value().numpy().tolist() == [7.0, 10.0]
    v.assign(tg.Variable([0.0, 1.0]))
    assert v.read_value().numpy().tolist() == [0.0, 1.0]


def test_earlier_values_stay() -> None:
    v = tg.Variable([1.0, 2.0])
    before, view = v.value(), np.asarray(v)
    v.assign_add([10.0, 10.0])
    v.assign_sub([1.0, 1.0])
    assert before.numpy().tolist() == [1.0, 2.0]
    assert view.tolist() == [1.0, 2.0]
    assert v.numpy().tolist() == [10.0, 11.0]


def test_variables_do_not_share_values() -> None:
    a = tg.Variable([1.0])
    b = tg.Variable(a)
    b.assign_add([1.0])
    assert a.numpy().tolist() == [1.0]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ([1.0, 2.0, 3.0], "TG-0116"),
        (1.0, "TG-0116"),
        (["a", "b"], "TG-0117"),
        (np.array([1j, 2j]), "TG-0117"),
    ],
    ids=repr,
)
def test_wrong_assignments(value: object, code: str) -> None:
    v = tg.Variable([1.0, 2.0])
    with pytest.raises(tg.errors.InvalidArgumentError, match=code):
        v.assign(value)
    assert v.numpy().tolist() == [1.0, 2.0]


def test_wrong_dtype_of_a_tensor() -> None:
    v = tg.Variable([1.0, 2.0])
    for change in (v.assign, v.assign_add, v.assign_sub):
        with pytest.raises(tg.errors.InvalidArgumentError, match=r"TG-0116|TG-0102"):
            change(tg.constant([1, 2]))


def test_flexible_shapes() -> None:
    v = tg.Variable([[1.0, 2.0]], shape=[None, 2])
    assert v.shape.as_list() == [None, 2]
    v.assign(tg.ones([3, 2]))
    assert len(v) == 3
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0116"):
        v.assign(tg.ones([3, 3]))
    w = tg.Variable(1.0, shape=tg.TensorShape(None))
    w.assign([[1.0]])
    assert w.numpy().tolist() == [[1.0]]
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0116"):
        tg.Variable([1.0], shape=[2])


def test_initial_value_is_needed() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0117"):
        tg.Variable()


def test_augmented_assignment_is_refused() -> None:
    v = tg.Variable(1.0)
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0126"):
        v += 1.0
    with pytest.raises(tg.errors.FailedPreconditionError, match="assign_sub"):
        v -= 1.0


def test_protocols() -> None:
    v = tg.Variable([1.0, 2.0])
    assert len(v) == 2
    assert [float(x) for x in v] == [1.0, 2.0]
    assert float(v[1]) == 2.0
    assert float(tg.Variable(2.5)) == 2.5
    assert int(tg.Variable(2)) == 2
    assert bool(tg.Variable(True)) is True
    assert f"{tg.Variable(1.5):.2f}" == "1.50"
    assert np.asarray(v).tolist() == [1.0, 2.0]
    assert (v == v).numpy().tolist() == [True, True]
    with pytest.raises(TypeError, match="unhashable"):
        hash(v)
    w = tg.Variable([1.0, 2.0])
    assert {v.ref(): 1, w.ref(): 2}[w.ref()] == 2
    assert v.ref().deref() is v


def test_ops_take_variables() -> None:
    v = tg.Variable([1.0, 4.0])
    assert tg.sqrt(v).numpy().tolist() == [1.0, 2.0]
    assert tg.concat([v, v], axis=0).shape == (4,)
    assert tg.reshape(tg.range(4), tg.Variable([2, 2])).shape == (2, 2)


def test_copies() -> None:
    v = tg.Variable([1.0], trainable=False, name="v")
    for other in (copy.deepcopy(v), copy.copy(v), pickle.loads(pickle.dumps(v))):
        assert other.name == "v:0"
        assert other.trainable is False
        other.assign([5.0])
        assert v.numpy().tolist() == [1.0]


def test_memory_is_returned() -> None:
    from tensegra import _native

    gc.collect()
    before = _native.memory_info()[0]
    v = tg.Variable(np.zeros(1 << 18, np.float32))
    v.assign_add(np.ones(1 << 18, np.float32))
    del v
    gc.collect()
    assert _native.memory_info()[0] <= before + 4096


def test_made_in_a_function_only_once() -> None:
    class Counter(tg.Module):
        def __init__(self) -> None:
            super().__init__()
            self.count: tg.Variable | None = None

        @tg.function
        def step(self, x: tg.Tensor) -> tg.Tensor:
            if self.count is None:
                self.count = tg.Variable(lambda: tg.zeros([2]), name="count")
            self.count.assign_add(x)
            return self.count + 0.0

    counter = Counter()
    assert counter.step(tg.constant([1.0, 2.0])).numpy().tolist() == [1.0, 2.0]
    assert counter.step(tg.constant([1.0, 2.0])).numpy().tolist() == [2.0, 4.0]

    @tg.function
    def careless(x: tg.Tensor) -> tg.Tensor:
        return tg.Variable(1.0) * x

    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0304"):
        careless(tg.constant(1.0))
        careless(tg.constant([1.0]))


def test_initial_value_from_the_graph_is_refused() -> None:
    @tg.function
    def careless(x: tg.Tensor) -> tg.Tensor:
        return tg.Variable(x) + x

    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0114"):
        careless(tg.constant(1.0))
