from __future__ import annotations

import numpy as np
import pytest

import tensegra as tg

from_slices = tg.data.Dataset.from_tensor_slices


def test_rows_of_each_component() -> None:
    x, y = np.arange(6.0).reshape(3, 2), {"label": np.array([7, 8, 9], np.uint8)}
    elements = list(from_slices((x, y)))
    for i, (a, b) in enumerate(elements):
        np.testing.assert_array_equal(a.numpy(), x[i])
        assert a.dtype == tg.float64
        assert b["label"].dtype == tg.uint8
        assert int(b["label"]) == 7 + i


def test_python_numbers_take_tensorflows_types() -> None:
    ints, floats, bools = from_slices(([1, 2], [1.5, 2.5], [True, False])).element_spec
    assert (ints.dtype, floats.dtype, bools.dtype) == (tg.int32, tg.float32, tg.bool)


def test_tensors_are_taken() -> None:
    assert [float(e) for e in from_slices(tg.constant([1.0, 2.0]))] == [1.0, 2.0]


def test_a_writable_array_is_copied_and_a_read_only_one_shared() -> None:
    array = np.zeros(2)
    ds = from_slices(array)
    array[:] = 5
    assert [float(e) for e in ds] == [0.0, 0.0]
    shared = np.zeros(2)
    view = shared.view()
    view.flags.writeable = False
    ds = from_slices(view)
    shared[:] = 5
    assert [float(e) for e in ds] == [5.0, 5.0]


def test_spec_and_size() -> None:
    ds = from_slices(np.zeros((4, 2, 3), np.float32))
    assert ds.element_spec.shape.as_list() == [2, 3]
    assert len(ds) == 4
    assert list(from_slices(np.zeros((0, 2)))) == []


@pytest.mark.parametrize("empty", [(), {}])
def test_nothing(empty: object) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[data.from_tensor_slices\].*TG-2010"):
        from_slices(empty)


def test_a_scalar_cannot_be_sliced() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"tensors\['b'\] of shape \(\).*TG-2011"):
        from_slices({"a": [1], "b": 2})


def test_first_dimensions_must_agree() -> None:
    match = r"tensors\[0\] of shape \(3, 2\), tensors\[1\] of shape \(4,\).*TG-2012"
    with pytest.raises(tg.errors.InvalidArgumentError, match=match):
        from_slices((np.zeros((3, 2)), np.zeros(4)))


@pytest.mark.parametrize("value", [[[1], [1, 2]], [object()], np.array([object()]), [None]])
def test_what_no_tensor_holds(value: object) -> None:
    with pytest.raises(
        tg.errors.InvalidArgumentError, match=r"\[data.from_tensor_slices\].*tensors\[1\].*TG-2033"
    ):
        from_slices(([1, 2], value))
