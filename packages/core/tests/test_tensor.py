"""`tg.Tensor`: what it tells about itself and how Python's protocols see it."""

from __future__ import annotations

import copy
import gc
import pickle
import sys
import weakref

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native


def test_properties() -> None:
    x = tg.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert x.shape == (2, 3)
    assert x.get_shape().as_list() == [2, 3]
    assert x.dtype == tg.float32
    assert x.ndim == 2
    assert len(x) == 2
    assert x.device == "CPU:0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([1.0, 2.0], "<tg.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>"),
        (1.5, "<tg.Tensor: shape=(), dtype=float32, numpy=1.5>"),
        (7, "<tg.Tensor: shape=(), dtype=int32, numpy=7>"),
        (True, "<tg.Tensor: shape=(), dtype=bool, numpy=True>"),
        ("abc", "<tg.Tensor: shape=(), dtype=string, numpy=b'abc'>"),
        (
            [[1], [2]],
            "<tg.Tensor: shape=(2, 1), dtype=int32, numpy=\narray([[1],\n       [2]], dtype=int32)>",
        ),
    ],
)
def test_repr(value: object, text: str) -> None:
    assert repr(tg.constant(value)) == text


def test_str() -> None:
    assert str(tg.constant([1, 2])) == "tg.Tensor([1 2], shape=(2,), dtype=int32)"


def test_format_of_scalars() -> None:
    assert f"{tg.constant(1.25):.1f}" == "1.2"
    assert f"{tg.constant(3):04d}" == "0003"
    assert f"{tg.constant(3)}" == "tg.Tensor(3, shape=(), dtype=int32)"


def test_scalars_become_python_numbers() -> None:
    assert int(tg.constant(3.7)) == 3
    assert float(tg.constant([[2]])) == 2.0
    assert complex(tg.constant(2.0)) == 2 + 0j
    assert bool(tg.constant(0)) is False
    assert [10, 20, 30][tg.constant(1)] == 20
    assert list(range(tg.constant(2))) == [0, 1]


def test_truth_value_needs_one_element() -> None:
    with pytest.raises(ValueError, match=r"TG-0122"):
        bool(tg.constant([1, 2]))
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"one element.*shape=\(0,\)"):
        float(tg.constant([]))


def test_float_is_no_index() -> None:
    with pytest.raises(AttributeError):
        [1, 2][tg.constant(1.0)]


def test_scalar_has_no_length_and_does_not_iterate() -> None:
    with pytest.raises(TypeError, match="no len"):
        len(tg.constant(1))
    with pytest.raises(TypeError, match="scalar"):
        iter(tg.constant(1))


def test_iteration_over_the_first_axis() -> None:
    rows = list(tg.constant([[1, 2], [3, 4], [5, 6]]))
    assert [row.numpy().tolist() for row in rows] == [[1, 2], [3, 4], [5, 6]]
    first, second = tg.constant([7.0, 8.0])
    assert (float(first), float(second)) == (7.0, 8.0)


def test_hash_is_refused_and_ref_is_a_key() -> None:
    x = tg.constant([1.0])
    y = tg.constant([1.0])
    with pytest.raises(TypeError, match="unhashable"):
        hash(x)
    table = {x.ref(): "x", y.ref(): "y"}
    assert table[x.ref()] == "x"
    assert table[y.ref()] == "y"
    assert x.ref() != y.ref()
    assert x.ref().deref() is x


def test_numpy_gives_a_new_writable_array() -> None:
    x = tg.constant([1.0, 2.0])
    array = x.numpy()
    array[0] = 9.0
    assert x.numpy().tolist() == [1.0, 2.0]
    assert isinstance(tg.constant(1.0).numpy(), np.float32)


def test_asarray_shares_and_is_read_only() -> None:
    x = tg.constant(np.arange(10, dtype=np.int64))
    first, second = np.asarray(x), np.asarray(x)
    assert first.ctypes.data == second.ctypes.data
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1
    assert np.asarray(x, dtype=np.float32).dtype == np.float32
    copied = np.array(x)
    copied[0] = 5
    assert int(x[0]) == 0


def test_array_outlives_its_tensor() -> None:
    array = np.asarray(tg.constant(np.arange(1000.0)))
    gc.collect()
    assert array.sum() == 499500.0


@pytest.mark.parametrize(
    "dtype", ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
)
def test_buffer_protocol(dtype: str) -> None:
    values = np.array([[0, 1, 2], [3, 4, 5]]).astype(dtype)
    view = memoryview(tg.constant(values))
    assert view.readonly
    assert view.shape == (2, 3)
    assert view.tolist() == values.tolist()
    assert view.strides == values.strides


def test_strings_and_resources_have_no_buffer() -> None:
    with pytest.raises(BufferError, match="string"):
        memoryview(tg.constant(["a"]))
    with pytest.raises(BufferError, match="resource"):
        memoryview(tg.Variable(1.0).handle)


def test_weak_references() -> None:
    x = tg.constant([1.0])
    reference = weakref.ref(x)
    assert reference() is x
    del x
    gc.collect()
    assert reference() is None


def test_memory_is_returned() -> None:
    from tensegra import _native

    gc.collect()
    before = _native.memory_info()[0]
    x = tg.constant(np.zeros(1 << 20, np.float32))
    assert _native.memory_info()[0] >= before + (4 << 20)
    del x
    assert _native.memory_info()[0] <= before + 4096


def test_no_references_leak() -> None:
    x = tg.constant([1.0, 2.0])
    count = sys.getrefcount(tg.Tensor)
    for _ in range(100):
        x + 1.0
    assert abs(sys.getrefcount(tg.Tensor) - count) <= 1


@pytest.mark.parametrize(
    "value", [[1.0, 2.0], [[1, 2]], True, ["a", "bc"], np.float64(2.5), np.zeros((0, 3), np.int16)], ids=repr
)
def test_pickle(value: object) -> None:
    x = tg.constant(value)
    back = pickle.loads(pickle.dumps(x))
    assert back.dtype == x.dtype
    assert back.shape == x.shape
    assert back.numpy().tolist() == x.numpy().tolist()


def test_pickle_of_bfloat16() -> None:
    x = tg.cast([1.5, -2.0, 0.0], tg.bfloat16)
    back = pickle.loads(pickle.dumps(x))
    assert back.dtype == tg.bfloat16
    assert tg.cast(back, tg.float32).numpy().tolist() == [1.5, -2.0, 0.0]


def test_resources_are_not_pickled() -> None:
    with pytest.raises(tg.errors.UnimplementedError, match="TG-0763"):
        pickle.dumps(tg.Variable(1.0).handle)


def test_copies_are_the_tensor_itself() -> None:
    x = tg.constant([1.0])
    assert copy.copy(x) is x
    assert copy.deepcopy(x) is x


def test_tensors_are_not_made_by_the_class() -> None:
    with pytest.raises(TypeError, match=r"tg\.constant"):
        tg.Tensor([1.0])


def test_values_of_a_graph() -> None:
    seen = {}

    @tg.function(autograph=False, input_signature=[tg.TensorSpec([None, 2], tg.float32, name="x")])
    def traced(x: tg.Tensor) -> tg.Tensor:
        y = x + 1.0
        seen["repr"] = repr(y)
        seen["shape"] = y.shape.as_list()
        for code, use in {
            "TG-0114": lambda: y.numpy(),
            "TG-0302": lambda: bool(y),
            "TG-0302 ": lambda: float(y),
            "TG-0302  ": lambda: list(y),
            "TG-0114 ": lambda: np.asarray(y),
        }.items():
            with pytest.raises(tg.errors.FailedPreconditionError, match=code.strip()):
                use()
        with pytest.raises(TypeError, match="not known before running"):
            len(y)
        return y

    assert traced(tg.constant([[1.0, 2.0]])).numpy().tolist() == [[2.0, 3.0]]
    assert seen["repr"] == "<tg.Tensor 'add:0' shape=(None, 2) dtype=float32>"
    assert seen["shape"] == [None, 2]


def test_masks_and_sizes_at_the_ends_of_their_range() -> None:
    x = tg.constant([1.0, 2.0])
    attributes = {"begin": [0], "end": [1], "strides": [1], "ellipsis_mask": -(2**63)}
    assert _native.execute("strided_slice", (x,), attributes).shape == [1]
    with pytest.raises(tg.errors.Error, match=r"TG-0109|TG-0119"):
        tg.zeros([2, 2**62])
    joined = ([b"a"], [0], 2**31 - 1)
    with pytest.raises(tg.errors.Error, match=r"TG-0119"):
        tg.config.set_memory_limit(1 << 30)
        try:
            tg.strings.unsorted_segment_join(*joined)
        finally:
            tg.config.set_memory_limit(None)
