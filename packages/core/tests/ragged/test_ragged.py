"""`tg.RaggedTensor` against nested lists."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg

ROWS = [[3, 1], [], [4, 1, 5]]
DEEP = [[[1], [2, 3]], [], [[4, 5, 6]]]
R = tg.RaggedTensor


@pytest.mark.parametrize(
    "made",
    [
        lambda v: R.from_row_splits(v, [0, 2, 2, 5]),
        lambda v: R.from_row_lengths(v, [2, 0, 3]),
        lambda v: R.from_row_starts(v, [0, 2, 2]),
        lambda v: R.from_row_limits(v, [2, 2, 5]),
        lambda v: R.from_value_rowids(v, [0, 0, 2, 2, 2]),
        lambda v: R.from_tensor([[3, 1, 9], [9, 9, 9], [4, 1, 5]], padding=9),
        lambda v: R.from_tensor([[3, 1, 9], [9, 9, 9], [4, 1, 5]], lengths=[2, 0, 3]),
        lambda v: tg.ragged.constant(ROWS),
        lambda v: R.from_sparse(tg.ragged.constant(ROWS).to_sparse()),
    ],
)
def test_factories(made: Any) -> None:
    ragged = made([3, 1, 4, 1, 5])
    assert ragged.to_list() == ROWS
    assert ragged.row_splits.numpy().tolist() == [0, 2, 2, 5]
    assert ragged.row_lengths().numpy().tolist() == [2, 0, 3]
    assert ragged.value_rowids().numpy().tolist() == [0, 0, 2, 2, 2]
    assert (int(ragged.nrows()), ragged.ragged_rank, len(ragged)) == (3, 1, 3)
    assert ragged.shape.as_list() == [3, None]
    assert ragged.bounding_shape().numpy().tolist() == [3, 3]
    assert [row.numpy().tolist() for row in ragged] == ROWS


def test_several_ragged_dimensions() -> None:
    deep = tg.ragged.constant(DEEP)
    assert deep.to_list() == DEEP
    assert deep.nested_row_lengths()[1].numpy().tolist() == [1, 2, 3]
    assert R.from_nested_row_splits(deep.flat_values, deep.nested_row_splits).to_list() == DEEP
    assert R.from_nested_row_lengths(deep.flat_values, deep.nested_row_lengths()).to_list() == DEEP
    ids = deep.nested_value_rowids()
    assert R.from_nested_value_rowids(deep.flat_values, ids, [3, 3]).to_list() == DEEP
    assert deep.row_lengths(2).to_list() == [[1, 2], [], [3]]
    assert deep.merge_dims(0, 1).to_list() == [[1], [2, 3], [4, 5, 6]]
    assert deep.merge_dims(1, 2).to_list() == [[1, 2, 3], [], [4, 5, 6]]
    assert deep.merge_dims(0, 2).numpy().tolist() == [1, 2, 3, 4, 5, 6]
    dense = deep.to_tensor(-1).numpy()
    assert dense.shape == (3, 2, 3)
    assert dense[0].tolist() == [[1, -1, -1], [2, 3, -1]]
    np.testing.assert_array_equal(tg.sparse.to_dense(deep.to_sparse()), deep.to_tensor())
    uniform = R.from_uniform_row_length(tg.range(6), 2)
    assert (uniform.to_list(), uniform.shape.as_list()) == ([[0, 1], [2, 3], [4, 5]], [3, 2])
    assert R.from_tensor(np.arange(8).reshape(2, 2, 2), ragged_rank=2).to_list() == [
        [[0, 1], [2, 3]],
        [[4, 5], [6, 7]],
    ]
    assert deep.with_row_splits_dtype(tg.int32).row_splits.dtype == tg.int32
    boxes = R.from_row_splits(tg.ones([3, 2]), [0, 1, 3])
    assert boxes.to_tensor().shape == [2, 2, 2]
    assert boxes.to_sparse().values.shape == [6]


INDICES: list[Any] = [0, 2, -1, slice(1, None), slice(None, 2), slice(None, None, -1), slice(None)]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_rows(index: Any) -> None:
    found = tg.ragged.constant(ROWS)[index]
    wanted = ROWS[index]
    assert (found.to_list() if isinstance(found, R) else found.numpy().tolist()) == wanted
    deep = tg.ragged.constant(DEEP)[index]
    assert deep.to_list() == DEEP[index]


@pytest.mark.parametrize(
    "cut", [slice(1, None), slice(None, 2), slice(-1, None), slice(None, -1), slice(1, 2)], ids=str
)
def test_parts_of_rows(cut: slice) -> None:
    assert tg.ragged.constant(ROWS)[:, cut].to_list() == [row[cut] for row in ROWS]
    assert tg.ragged.constant(DEEP)[:, :, cut].to_list() == [[row[cut] for row in rows] for rows in DEEP]
    assert tg.ragged.constant(DEEP)[:, cut].to_list() == [rows[cut] for rows in DEEP]


def test_more_indices() -> None:
    ragged = tg.ragged.constant(ROWS)
    assert ragged[2, 1].numpy() == 1
    assert tg.ragged.constant(DEEP)[0, 1].numpy().tolist() == [2, 3]
    assert ragged[tg.constant(2)].numpy().tolist() == [4, 1, 5]
    assert ragged[..., :1].to_list() == [[3], [], [4]]
    assert ragged[None].to_list() == [ROWS]
    with pytest.raises(tg.errors.OutOfRangeError, match="TG-0107"):
        ragged[3]
    with pytest.raises(tg.errors.UnimplementedError, match="TG-0611"):
        ragged[:, 0]


def test_arithmetic() -> None:
    ragged = tg.ragged.constant(ROWS)
    assert (ragged * 2 + ragged - 1).to_list() == [[8, 2], [], [11, 2, 14]]
    assert (10 - ragged).to_list() == [[7, 9], [], [6, 9, 5]]
    assert (ragged * [[1], [2], [3]]).to_list() == [[3, 1], [], [12, 3, 15]]
    assert (ragged > 2).to_list() == [[True, False], [], [True, False, True]]
    assert (-ragged).to_list() == [[-3, -1], [], [-4, -1, -5]]
    assert (ragged == ragged).to_list() == [[True, True], [], [True] * 3]
    assert tg.ragged.map_flat_values(tg.square, ragged).to_list() == [[9, 1], [], [16, 1, 25]]
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0610"):
        ragged + tg.ragged.constant([[1], [2], [3]])
    with pytest.raises(tg.errors.UnimplementedError, match="TG-0611"):
        ragged + tg.ones([3, 3], tg.int32)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
        bool(ragged)
    x = tg.constant([1.0, 2.0, 3.0])
    with tg.GradientTape() as tape:
        tape.watch(x)
        loss = tg.reduce_sum(R.from_row_lengths(x, [1, 2]).to_tensor() * [[2.0, 0.0], [3.0, 4.0]])
    assert tape.gradient(loss, x).numpy().tolist() == [2.0, 3.0, 4.0]


def test_functions() -> None:
    assert tg.ragged.range([0, 5], [4, 10], [1, 2]).to_list() == [[0, 1, 2, 3], [5, 7, 9]]
    assert tg.ragged.range([3.0], dtype=tg.float64).to_list() == [[0.0, 1.0, 2.0]]
    mask = tg.ragged.constant([[True, False], [], [False, True, True]])
    assert tg.ragged.boolean_mask(tg.ragged.constant(ROWS), mask).to_list() == [[3], [], [1, 5]]
    assert tg.ragged.boolean_mask(tg.ragged.constant(ROWS), [True, False, True]).to_list() == [
        ROWS[0],
        ROWS[2],
    ]
    assert tg.ragged.stack([tg.ragged.constant(ROWS), [[7]]]).to_list() == [ROWS, [[7]]]
    assert tg.ragged.stack_dynamic_partitions(tg.ragged.constant(ROWS), [1, 0, 1], 2).to_list() == [
        [[]],
        [ROWS[0], ROWS[2]],
    ]
    assert tg.ragged.constant([[[1, 2]], [[3, 4]]], inner_shape=(2,)).shape.as_list() == [2, None, 2]
    assert tg.ragged.constant([], ragged_rank=1).to_list() == []
    assert tg.ragged.constant(3).numpy() == 3


def test_in_functions() -> None:
    spec = tg.RaggedTensorSpec([None, None], tg.int32)
    double = tg.function(lambda x: {"twice": x * 2, "dense": x.to_tensor()}, input_signature=[spec])
    for rows in (ROWS, [[1]], [[], []]):
        found = double(tg.ragged.constant(rows, tg.int32))
        assert found["twice"].to_list() == [[2 * v for v in row] for row in rows]
    traces = []

    @tg.function
    def length(x: Any) -> Any:
        traces.append(x)
        return x.row_lengths()

    for rows in (ROWS, [[1], [2], [3]], [[1, 2, 3, 4]], [[5]] * 9):
        assert length(tg.ragged.constant(rows)).numpy().tolist() == [len(row) for row in rows]
    assert len(traces) == 3  # both sizes fixed, one of them, none
    assert spec.is_compatible_with(tg.ragged.constant(ROWS))
    assert tg.RaggedTensorSpec.from_value(tg.ragged.constant(ROWS)).ragged_rank == 1
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0303"):
        double(tg.constant([1]))


def test_bad_rows() -> None:
    for wrong in (
        lambda: R.from_row_splits([1, 2], [0, 1]),
        lambda: R.from_row_splits([1, 2], [1, 2]),
        lambda: R.from_row_splits([1, 2], [0, 2, 1, 2]),
        lambda: R.from_row_splits([1, 2], [0.0, 2.0]),
        lambda: R.from_value_rowids([1, 2], [1, 0]),
        lambda: R.from_uniform_row_length([1, 2, 3], 2),
        lambda: R.from_uniform_row_length([], 0),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0634"):
            wrong()
    for wrong in (lambda: tg.ragged.constant([1, [2]]), lambda: tg.ragged.constant([[1]], ragged_rank=2)):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0612"):
            wrong()
    for wrong in (lambda: R.from_tensor([1, 2]), lambda: R.from_row_splits(1, [0, 1])):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0103"):
            wrong()
