"""Functions that move, repeat, partition and combine elements: against NumPy, also in graphs of unknown sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tensegra as tg

RANDOM = np.random.default_rng(5)


def both_ways(f: Callable[..., Any], *arrays: Any) -> list[Any]:
    """The results of an eager call and of one in a graph that knows ranks only."""
    tensors = [tg.constant(a) for a in arrays]
    specs = [tg.TensorSpec([None] * len(t.shape), t.dtype) for t in tensors]
    return [f(*tensors), tg.function(f, input_signature=specs)(*tensors)]


def agree(f: Callable[..., Any], wanted: Any, *arrays: Any) -> None:
    for result in both_ways(f, *arrays):
        parts = result if isinstance(result, list | tuple) else [result]
        wants = wanted if isinstance(wanted, list | tuple) else [wanted]
        assert len(parts) == len(wants)
        for got, want in zip(parts, wants, strict=True):
            np.testing.assert_allclose(got.numpy(), want, rtol=1e-12)
            assert got.shape == np.shape(want)


def gradient(f: Callable[..., Any], *values: Any) -> list[Any]:
    tensors = [tg.constant(v, tg.float64) for v in values]
    with tg.GradientTape() as tape:
        tape.watch(tensors)
        y = f(*tensors)
    return [g.numpy().tolist() for g in tape.gradient(y, tensors)]


def test_roll() -> None:
    x = RANDOM.normal(size=(3, 4, 5))
    agree(lambda a: tg.roll(a, 2, 1), np.roll(x, 2, 1), x)
    agree(lambda a: tg.roll(a, [-7, 3], [0, -1]), np.roll(x, (-7, 3), (0, -1)), x)
    agree(lambda a, s: tg.roll(a, s, 0), np.roll(x, 2, 0), x, np.array(2))
    assert tg.roll(tg.zeros([0, 2]), 1, 0).shape == (0, 2)
    assert gradient(lambda a: tg.roll(a, 1, 0) * tg.constant([1.0, 2.0, 3.0], tg.float64), [0.0, 0, 0]) == [
        [2, 3, 1]
    ]


def test_repeat() -> None:
    x = RANDOM.normal(size=(3, 4))
    agree(lambda a: tg.repeat(a, 2), np.repeat(x, 2), x)
    agree(lambda a: tg.repeat(a, [2, 0, 3], axis=0), np.repeat(x, [2, 0, 3], 0), x)
    agree(lambda a, n: tg.repeat(a, n, axis=-1), np.repeat(x, [1, 2, 3, 4], 1), x, np.array([1, 2, 3, 4]))
    assert tg.repeat(3, 2).numpy().tolist() == [3, 3]
    assert tg.repeat([1, 2], [-1, 2]).numpy().tolist() == [2, 2]
    assert tg.repeat(["a", "b"], [1, 2]).numpy().tolist() == [b"a", b"b", b"b"]
    assert gradient(lambda a: tg.repeat(a, [1, 2]), [5.0, 7.0]) == [[1.0, 2.0]]


def test_reverse_sequence() -> None:
    x = RANDOM.normal(size=(3, 4, 5))
    lengths = np.array([0, 2, 4])
    wanted = x.copy()
    for i, n in enumerate(lengths):
        wanted[i, :n] = x[i, :n][::-1]
    agree(lambda a, n: tg.reverse_sequence(a, n, seq_axis=1), wanted, x, lengths)
    moved = np.moveaxis(x, 0, 2)
    agree(
        lambda a, n: tg.reverse_sequence(a, n, seq_axis=0, batch_axis=2),
        np.moveaxis(wanted, 0, 2),
        moved,
        lengths,
    )


@pytest.mark.parametrize("indexing", ["xy", "ij"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_meshgrid(indexing: Any, count: int) -> None:
    vectors = [RANDOM.normal(size=n + 2) for n in range(count)]
    agree(
        lambda *v: tg.meshgrid(*v, indexing=indexing),
        list(np.meshgrid(*vectors, indexing=indexing)),
        *vectors,
    )


def test_linspace() -> None:
    for count in (1, 2, 7):
        agree(
            lambda a, b, n=count: tg.linspace(a, b, n),
            np.linspace(-1.5, 4.0, count),
            np.array(-1.5),
            np.array(4.0),
        )
    start, stop = RANDOM.normal(size=(2, 3)), RANDOM.normal(size=(2, 3))
    for axis in (0, 1, -1):
        agree(
            lambda a, b, i=axis: tg.linspace(a, b, 5, axis=i),
            np.linspace(start, stop, 5, axis=axis),
            start,
            stop,
        )
    agree(lambda n: tg.linspace(tg.constant(0.0, tg.float64), 1.0, n), np.linspace(0, 1, 4), np.array(4))
    assert tg.linspace(0, 10, 3).numpy().tolist() == [0.0, 5.0, 10.0]
    assert tg.linspace(0.1, 0.7, 9).numpy()[-1] == np.float32(0.7)
    assert gradient(lambda a, b: tg.linspace(a, b, 3), 0.0, 1.0) == [1.5, 1.5]


def test_unravel_index() -> None:
    places = RANDOM.integers(0, 60, (4, 2))
    agree(lambda i: tg.unravel_index(i, [3, 4, 5]), np.stack(np.unravel_index(places, (3, 4, 5))), places)
    agree(lambda i: tg.unravel_index(i, [3, 4]), np.array(np.unravel_index(7, (3, 4))), np.array(7))


def test_sequence_mask() -> None:
    lengths = np.array([[0, 2], [3, 1]])
    agree(tg.sequence_mask, np.arange(3) < lengths[..., None], lengths)
    agree(lambda n: tg.sequence_mask(n, 5, tg.float32), np.arange(5) < lengths[..., None], lengths)
    agree(lambda n, m: tg.sequence_mask(n, m), np.arange(2) < lengths[..., None], lengths, np.array(2))
    assert tg.sequence_mask(tg.zeros([0], tg.int32)).shape == (0, 0)


def test_boolean_mask() -> None:
    x, mask = RANDOM.normal(size=(3, 4, 5)), RANDOM.random((3, 4)) < 0.5
    for result in (tg.boolean_mask(x, mask), tg.boolean_mask(np.moveaxis(x, 2, 0), mask, axis=1)):
        assert result.shape[0] in (mask.sum(), 5)
    np.testing.assert_array_equal(tg.boolean_mask(x, mask).numpy(), x[mask])
    np.testing.assert_array_equal(
        tg.boolean_mask(x, [True, False, True, True], axis=-2).numpy(), x[:, [0, 2, 3]]
    )
    assert gradient(lambda a: tg.boolean_mask(a, [True, False]), [1.0, 2.0]) == [[1.0, 0.0]]


def test_partition_and_stitch() -> None:
    x, ids = RANDOM.normal(size=(6, 2)), np.array([0, 2, 0, 1, 2, 2])
    agree(lambda a, i: tg.dynamic_partition(a, i, 4), [x[ids == k] for k in range(4)], x, ids)
    places = [np.flatnonzero(ids == k) for k in range(3)]
    parts = [x[p] for p in places]
    agree(lambda *v: tg.dynamic_stitch(v[:3], v[3:]), x, *places, *parts)
    got = tg.dynamic_stitch([[0, 3], [[3]]], [[[1.0], [2.0]], [[[9.0]]]])
    assert got.numpy().tolist() == [[1.0], [0.0], [0.0], [9.0]]
    assert tg.dynamic_stitch([[1], [0]], [["b"], ["a"]]).numpy().tolist() == [b"a", b"b"]
    assert tg.dynamic_stitch([[], []], [tg.zeros([0, 2]), tg.zeros([0, 2])]).shape == (0, 2)
    assert gradient(lambda a, b: tg.dynamic_stitch([[0, 1], [1]], [a, b]), [1.0, 2.0], [3.0]) == [
        [1.0, 0.0],
        [1.0],
    ]


def test_collapse_repeated() -> None:
    labels, lengths = np.array([[1, 1, 2, 2, 1], [3, 3, 3, 0, 0], [4, 5, 5, 5, 5]]), np.array([5, 3, 0])
    agree(
        tg.nn.collapse_repeated,
        [np.array([[1, 2, 1], [3, 0, 0], [0, 0, 0]]), np.array([3, 1, 0])],
        labels,
        lengths,
    )


def test_shapes() -> None:
    assert [s.numpy().tolist() for s in tg.shape_n([tg.zeros([2]), tg.zeros([3, 1])], tg.int64)] == [
        [2],
        [3, 1],
    ]
    assert tg.broadcast_static_shape([None, 3], [2, 1, 1]).as_list() == [2, None, 3]
    assert tg.broadcast_static_shape([None], [4]).as_list() == [4]
    assert tg.broadcast_static_shape(tg.TensorShape(None), [4]).rank is None
    for one, two in (([2, 1, 3], [4, 1]), ([], [5]), ([1], [0])):
        wanted = list(np.broadcast_shapes(tuple(one), tuple(two)))
        a, b = tg.constant(one, tg.int32), tg.constant(two, tg.int32)
        assert tg.broadcast_dynamic_shape(a, b).numpy().tolist() == wanted
        assert tg.function(tg.broadcast_dynamic_shape)(a, b).numpy().tolist() == wanted
    assert tg.parallel_stack([[1, 2], [3, 4]]).numpy().tolist() == [[1, 2], [3, 4]]


def test_required_paddings_suit_space_to_batch() -> None:
    paddings, crops = tg.required_space_to_batch_paddings([5, 6], [2, 4], base_paddings=[[1, 0], [0, 2]])
    assert paddings.numpy().tolist() == [[1, 0], [0, 2]]
    assert crops.numpy().tolist() == [[0, 0], [0, 0]]
    x = RANDOM.normal(size=(1, 5, 7, 1))
    paddings, crops = tg.required_space_to_batch_paddings([5, 7], [2, 3])
    there = tg.space_to_batch(x, [2, 3], paddings.numpy())
    np.testing.assert_array_equal(tg.batch_to_space(there, [2, 3], crops.numpy()).numpy(), x)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("TG-0104", lambda: tg.roll([1], 1, 1)),
        ("TG-0105", lambda: tg.roll([1], [1, 2], [0])),
        ("TG-0104", lambda: tg.repeat([1], 1, axis=1)),
        ("TG-0101", lambda: tg.repeat([1, 2, 3], [1, 2])),
        ("TG-0104", lambda: tg.reverse_sequence([[1]], [1])),
        ("TG-0104", lambda: tg.reverse_sequence([[1]], [1], seq_axis=0)),
        ("TG-0107", lambda: tg.reverse_sequence([[1]], [2], seq_axis=1)),
        ("TG-0106", lambda: tg.meshgrid([1], indexing="yx")),
        ("TG-0106", lambda: tg.linspace(0.0, 1.0, 0)),
        ("TG-0107", lambda: tg.unravel_index([6], [2, 3])),
        ("TG-0103", lambda: tg.boolean_mask([1], True)),
        ("TG-0104", lambda: tg.boolean_mask([1], [[True]])),
        ("TG-0105", lambda: tg.boolean_mask([1, 2], [True])),
        ("TG-0105", lambda: tg.dynamic_partition([1, 2], [0], 1)),
        ("TG-0106", lambda: tg.dynamic_partition([1], [0], 0)),
        ("TG-0107", lambda: tg.dynamic_partition([1], [1], 1)),
        ("TG-0110", lambda: tg.dynamic_stitch([[0]], [])),
        ("TG-0107", lambda: tg.dynamic_stitch([[-1]], [[1]])),
        ("TG-0101", lambda: tg.broadcast_static_shape([2], [3])),
        ("TG-0101", lambda: tg.broadcast_dynamic_shape([2], [3])),
    ],
)
def test_code(code: str, call: Any) -> None:
    with pytest.raises(tg.errors.Error, match=code):
        call()
