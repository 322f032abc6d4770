from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensegra as tg
from tensegra import TensorShape

_dims = st.none() | st.lists(st.none() | st.integers(0, 4), max_size=4)


def test_it_behaves_like_a_list() -> None:
    shape = TensorShape([None, 28, 3])
    assert list(shape) == shape.as_list() == shape.dims == [None, 28, 3]
    assert (len(shape), shape.rank, shape.ndims) == (3, 3, 3)
    assert shape[1] == 28
    assert shape[-2:] == [28, 3]
    one = [1]
    assert shape + one == [None, 28, 3, 1]
    assert one + shape == [1, None, 28, 3]
    assert np.zeros(TensorShape([2, 3])).shape == (2, 3)
    with pytest.raises(IndexError):
        shape[3]


def test_construction() -> None:
    assert TensorShape(5) == [5]
    assert TensorShape(TensorShape([1, None])) == (1, None)
    assert TensorShape(np.array([2, 3])) == (2, 3)
    assert TensorShape([]).rank == 0
    assert TensorShape(None).rank is None


def test_unknown_rank() -> None:
    unknown = TensorShape(None)
    assert not unknown
    assert TensorShape([])
    assert (unknown.dims, unknown.num_elements(), unknown.is_fully_defined()) == (None, None, False)
    for use in (len, list, lambda shape: shape[0], TensorShape.as_list):
        with pytest.raises(tg.errors.InvalidArgumentError, match="rank must be known.*TG-0103"):
            use(unknown)


def test_equality_and_hash() -> None:
    assert TensorShape([1, None]) == TensorShape([1, None])
    assert TensorShape([1]) != TensorShape([None])
    assert TensorShape(None) == None  # noqa: E711
    assert TensorShape([2]) != "2"
    assert TensorShape([2]) != ["x"]
    assert {TensorShape([2, 3]): 1}[TensorShape((2, 3))] == 1
    assert pickle.loads(pickle.dumps(TensorShape([1, None]))) == [1, None]


def test_text() -> None:
    assert (
        str(TensorShape([2])),
        str(TensorShape([None, 3])),
        str(TensorShape([])),
        str(TensorShape(None)),
    ) == (
        "(2,)",
        "(None, 3)",
        "()",
        "<unknown>",
    )
    assert repr(TensorShape([None, 3])) == "TensorShape([None, 3])"


def test_number_of_elements() -> None:
    assert TensorShape([2, 3, 4]).num_elements() == 24
    assert TensorShape([]).num_elements() == 1
    assert TensorShape([2, None]).num_elements() is None


@pytest.mark.parametrize("dims", [[-1], ["a"], [1.5], "23", [[1]], 1.5])
def test_wrong_sizes_are_refused(dims: object) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"TG-0109"):
        TensorShape(dims)


def test_merging_what_contradicts_is_refused() -> None:
    assert TensorShape([None, 3]).merge_with([2, None]) == [2, 3]
    assert TensorShape([2]).with_rank(1) == [2]
    for one, other in (([2], [3]), ([2], [2, 2])):
        with pytest.raises(tg.errors.InvalidArgumentError, match=r"TG-0105"):
            TensorShape(one).merge_with(other)


@given(_dims, _dims)
def test_laws(a: list[int | None] | None, b: list[int | None] | None) -> None:
    one, other = TensorShape(a), TensorShape(b)
    assert one.is_compatible_with(other) == other.is_compatible_with(one)
    general = one.most_specific_compatible_shape(other)
    assert general == other.most_specific_compatible_shape(one)
    assert general.is_compatible_with(one)
    assert general.is_compatible_with(other)
    if one.is_compatible_with(other):
        merged = one.merge_with(other)
        assert merged == other.merge_with(one)
        assert merged.merge_with(one) == merged
    assert TensorShape._from_native(one._to_native()) == one
