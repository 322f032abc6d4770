"""`tensor[...]` against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tensegra as tg

ARRAY = np.arange(2 * 3 * 4 * 5, dtype=np.int32).reshape(2, 3, 4, 5)


@st.composite
def basic(draw: Any) -> tuple[np.ndarray, Any]:
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=4, max_side=4))
    array = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    return array, draw(hnp.basic_indices(shape, allow_newaxis=True, max_dims=6))


@given(basic())
@settings(max_examples=300, deadline=None)
def test_basic_indices(case: tuple[np.ndarray, Any]) -> None:
    array, key = case
    np.testing.assert_array_equal(tg.constant(array)[key].numpy(), array[key])


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_one_index_tensor_among_slices(data: Any) -> None:
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4))
    array = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    axis = data.draw(st.integers(0, len(shape) - 1))
    size = shape[axis]
    index = data.draw(
        hnp.arrays(np.int64, hnp.array_shapes(max_dims=2, max_side=3), elements=st.integers(-size, size - 1))
    )
    entries = st.one_of(
        st.just(slice(None)), st.just(slice(0, 2)), st.just(slice(None, None, -1)), st.just(0), st.just(-1)
    )
    key = tuple(data.draw(entries) if i != axis else index for i in range(len(shape)))
    np.testing.assert_array_equal(tg.constant(array)[key].numpy(), array[key])


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_masks(data: Any) -> None:
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=3, max_side=4))
    array = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    first = data.draw(st.integers(0, len(shape) - 1))
    last = data.draw(st.integers(first + 1, len(shape)))
    mask = data.draw(hnp.arrays(np.bool_, shape[first:last]))
    key = (*[slice(None)] * first, mask)
    np.testing.assert_array_equal(tg.constant(array)[key].numpy(), array[key])


@pytest.mark.parametrize(
    "key",
    [
        0,
        -1,
        np.int64(1),
        (1, 2),
        ...,
        (..., 0),
        (0, ..., 1),
        None,
        (None, 1, None, ..., None),
        slice(None),
        slice(1, None),
        slice(None, None, -1),
        slice(10, -10, -2),
        (slice(None), slice(0, 0)),
        [1, 0, 1],
        (slice(None), [2, 0]),
        (..., [0, 3]),
        (..., [0, 3], slice(1, 3)),
        (0, ..., [0, 3]),
        ([0, 1], ..., 0),
        (0, [1, 2], 3),
        (None, [1, 0]),
        np.array([[0, 1], [1, 0]]),
        np.array([], dtype=np.int64),
        np.array([0, 1], dtype=np.uint8),
        np.array([True, False]),
        ARRAY > 50,
        (slice(None), np.array([True, False, True])),
        (..., np.array([True, False, True, False, True])),
    ],
    ids=repr,
)
def test_cases(key: Any) -> None:
    np.testing.assert_array_equal(tg.constant(ARRAY)[key].numpy(), ARRAY[key])


def test_tensors_as_index() -> None:
    x = tg.constant(ARRAY)
    np.testing.assert_array_equal(x[tg.constant(1)].numpy(), ARRAY[1])
    np.testing.assert_array_equal(x[:, tg.constant([2, -1])].numpy(), ARRAY[:, [2, -1]])
    np.testing.assert_array_equal(x[x > 70].numpy(), ARRAY[ARRAY > 70])
    np.testing.assert_array_equal(x[tg.constant(0) : tg.constant(1)].numpy(), ARRAY[0:1])
    np.testing.assert_array_equal(x[tg.Variable([1, 0])].numpy(), ARRAY[[1, 0]])


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (2, "TG-0107"),
        (-3, "TG-0107"),
        ((0, 0, 0, 0, 0), "TG-0107"),
        ([5], "TG-0107"),
        ([-3], "TG-0107"),
        (1.5, "TG-0125"),
        ("a", "TG-0125"),
        (True, "TG-0125"),
        (slice(1.5, None), "TG-0125"),
        (slice(None, None, 0), "TG-0125"),
        ((..., ...), "TG-0125"),
        ([0.5], "TG-0125"),
        ({}, "TG-0125"),
        (([0], [0]), "TG-0121"),
        (np.array([True, False, True]), "TG-0105"),
    ],
    ids=repr,
)
def test_refused(key: Any, code: str) -> None:
    with pytest.raises(tg.errors.Error, match=code):
        tg.constant(ARRAY)[key]


def test_scalars_cannot_be_indexed() -> None:
    with pytest.raises(IndexError, match="TG-0107"):
        tg.constant(1)[0]
    assert tg.constant(1)[...].numpy() == 1
    assert tg.constant(1)[None].shape == (1,)


def test_gradient_through_indexing() -> None:
    x = tg.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    with tg.GradientTape(persistent=True) as tape:
        tape.watch(x)
        sliced = tg.reduce_sum(x[0, ::2] * 2.0)
        gathered = tg.reduce_sum(x[:, [1, 1]])
        masked = tg.reduce_sum(x[x > 4.5] ** 2)
    assert tape.gradient(sliced, x).numpy().tolist() == [[2.0, 0.0, 2.0], [0.0, 0.0, 0.0]]
    assert tape.gradient(gathered, x).numpy().tolist() == [[0.0, 2.0, 0.0], [0.0, 2.0, 0.0]]
    assert tape.gradient(masked, x).numpy().tolist() == [[0.0, 0.0, 0.0], [0.0, 10.0, 12.0]]


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 2), (1, 100), (-2, None), (None, -1), (3, 1), (-100, 2), (None, None)], ids=repr
)
def test_bounds_from_a_graph(start: int | None, stop: int | None) -> None:
    array = np.arange(12.0, dtype=np.float32).reshape(4, 3)

    @tg.function
    def part(x: tg.Tensor, a: tg.Tensor, b: tg.Tensor) -> tg.Tensor:
        return x[(None if start is None else a) : (None if stop is None else b), 1:]

    got = part(tg.constant(array), tg.constant(start or 0), tg.constant(stop or 0))
    np.testing.assert_array_equal(got.numpy(), array[start:stop, 1:])


def test_index_and_mask_from_a_graph() -> None:
    array = np.arange(12.0, dtype=np.float32).reshape(4, 3)
    signature = [
        tg.TensorSpec([None, 3], tg.float32),
        tg.TensorSpec([], tg.int32),
        tg.TensorSpec([None], tg.int64),
    ]

    @tg.function(input_signature=signature)
    def parts(x: tg.Tensor, i: tg.Tensor, rows: tg.Tensor) -> tuple[tg.Tensor, ...]:
        return x[i], x[rows], x[-1], x[x > 4.0], x[:, None, ..., 0]

    row, rows, last, masked, column = parts(
        tg.constant(array), tg.constant(-1), tg.constant([0, -2], tg.int64)
    )
    np.testing.assert_array_equal(row.numpy(), array[-1])
    np.testing.assert_array_equal(rows.numpy(), array[[0, -2]])
    np.testing.assert_array_equal(last.numpy(), array[-1])
    np.testing.assert_array_equal(masked.numpy(), array[array > 4.0])
    np.testing.assert_array_equal(column.numpy(), array[:, None, ..., 0])
