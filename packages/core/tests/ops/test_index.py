"""Sorting, distinct elements, segments, and rows that coordinates name, where the generic tests do not reach."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg

nan, inf = float("nan"), float("inf")
DTYPES = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float32",
    "float64",
]


def numbers(dtype: str, size: Any) -> Any:
    random = np.random.default_rng(3)
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return (random.normal(size=size) * 10.0 ** random.integers(-30, 30, size)).astype(kind)
    if dtype == "bool":
        return random.random(size) < 0.5
    info = np.iinfo(kind)
    return random.integers(info.min, info.max, size, dtype=kind, endpoint=True)


@pytest.mark.parametrize("n", [0, 1, 2, 31, 33, 300, 5000])
@pytest.mark.parametrize("dtype", DTYPES)
def test_sort_and_argsort_of_every_size(dtype: str, n: int) -> None:
    x = numbers(dtype, (2, n))
    np.testing.assert_array_equal(tg.sort(x).numpy(), np.sort(x))
    np.testing.assert_array_equal(tg.argsort(x).numpy(), np.argsort(x, kind="stable"))
    down = tg.argsort(x.T, axis=0, direction="DESCENDING").numpy()
    np.testing.assert_array_equal(np.take_along_axis(x.T, down, 0), np.sort(x.T, 0)[::-1])
    np.testing.assert_array_equal(tg.sort(x.T, axis=0, direction="DESCENDING").numpy(), np.sort(x.T, 0)[::-1])


def test_equal_elements_keep_their_order_in_both_directions() -> None:
    x = np.random.default_rng(0).integers(0, 5, 400).astype(np.float32)
    x[x == 0] = -0.0
    x[::7] = np.abs(x[::7])  # zeros of both signs
    wanted = sorted(range(400), key=lambda i: -x[i])
    assert tg.argsort(x, direction="DESCENDING", stable=True).numpy().tolist() == wanted
    assert tg.argsort(x).numpy().tolist() == sorted(range(400), key=lambda i: x[i])


def test_nan_is_greatest() -> None:
    x = tg.constant([nan, inf, -nan, -inf, 0.0])
    np.testing.assert_array_equal(tg.sort(x).numpy(), [-inf, 0, inf, nan, nan])
    np.testing.assert_array_equal(tg.sort(x, direction="DESCENDING").numpy(), [nan, nan, inf, 0, -inf])
    assert tg.argsort(x).numpy().tolist() == [3, 4, 1, 0, 2]
    assert tg.searchsorted([0.0, inf, nan], [nan, inf], side="left").numpy().tolist() == [2, 1]
    assert tg.searchsorted([0.0, inf, nan], [nan, inf], side="right").numpy().tolist() == [3, 2]


@pytest.mark.parametrize("half", ["float16", "bfloat16"])
def test_halves_are_sorted_and_searched(half: str) -> None:
    x = tg.cast(tg.constant([1.5, -2.0, 0.0, inf, -0.25, 6e-8]), half)
    assert tg.cast(tg.sort(x), tg.float32).numpy().tolist() == sorted(tg.cast(x, tg.float32).numpy().tolist())
    rows = tg.cast(tg.constant([-2.0, 0.0, 1.5]), half)
    assert tg.searchsorted(rows, x).numpy().tolist() == [2, 0, 1, 3, 1, 2]


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_searchsorted(dtype: str, side: Any) -> None:
    rows = np.sort(numbers(dtype, 100))
    values = np.concatenate([rows[::3], numbers(dtype, 50)])
    got = tg.searchsorted(rows, values, side=side, out_type=tg.int64)
    np.testing.assert_array_equal(got.numpy(), np.searchsorted(rows, values, side))


@pytest.mark.parametrize("dtype", DTYPES)
def test_unique_of_many(dtype: str) -> None:
    values = numbers(dtype, 40)
    x = values[np.random.default_rng(0).integers(0, 40, 3000)]
    y, idx, count = tg.unique_with_counts(x)
    assert y.numpy().tolist() == list(dict.fromkeys(x.tolist()))
    np.testing.assert_array_equal(y.numpy()[idx.numpy()], x)
    np.testing.assert_array_equal(count.numpy(), [np.sum(x == v) for v in y.numpy()])


def test_unique_of_what_compares_oddly() -> None:
    y, idx = tg.unique([0.0, -0.0, nan, nan])
    np.testing.assert_array_equal(y.numpy(), [0.0, nan, nan])
    assert idx.numpy().tolist() == [0, 0, 1, 2]
    assert [t.numpy().tolist() for t in tg.unique_with_counts(tg.zeros([0]))] == [[], [], []]


def test_strings_are_distinguished_and_gathered() -> None:
    y, idx, count = tg.unique_with_counts(["b", "", "b", "é"], out_idx=tg.int64)
    assert y.numpy().tolist() == [b"b", b"", "é".encode()]
    assert (idx.numpy().tolist(), count.numpy().tolist()) == ([0, 1, 0, 2], [2, 1, 1])
    words = tg.constant([["a", "bc"], ["", "def"]])
    assert tg.gather(words, [1, 1]).numpy().tolist() == [[b"", b"def"], [b"", b"def"]]
    assert tg.gather(words, [1, 0], axis=1).numpy().tolist() == [[b"bc", b"a"], [b"def", b""]]
    assert tg.gather(words, [1, 0], batch_dims=1).numpy().tolist() == [b"bc", b""]
    assert tg.gather_nd(words, [[1, 1], [0, 0]]).numpy().tolist() == [b"def", b"a"]
    assert tg.gather_nd(words, [[1]]).numpy().tolist() == [[b"", b"def"]]
    with pytest.raises(tg.errors.OutOfRangeError, match="TG-0107"):
        tg.gather(words, [2])


def test_updates_of_one_place_keep_their_order() -> None:
    """Also where rows are shared among threads."""
    random = np.random.default_rng(0)
    indices = random.integers(0, 50, (4000, 1))
    updates = random.normal(size=(4000, 40)).astype(np.float32)
    x = np.zeros((50, 40), np.float32)
    wanted = x.copy()
    for i, row in zip(indices[:, 0], updates, strict=True):
        wanted[i] = row
    np.testing.assert_array_equal(tg.tensor_scatter_nd_update(x, indices, updates).numpy(), wanted)
    wanted = x.copy()
    np.add.at(wanted, indices[:, 0], updates)
    np.testing.assert_array_equal(tg.scatter_nd(indices, updates, [50, 40]).numpy(), wanted)


def test_a_scatter_leaves_its_input_alone() -> None:
    x = tg.constant([1.0, 2.0])
    assert tg.tensor_scatter_nd_update(x, [[0]], [9.0]).numpy().tolist() == [9.0, 2.0]
    assert x.numpy().tolist() == [1.0, 2.0]


def test_coordinates_may_name_everything_or_nothing() -> None:
    x = np.arange(6.0).reshape(2, 3)
    nothing = np.zeros((2, 0), np.int32)
    np.testing.assert_array_equal(tg.gather_nd(x, nothing).numpy(), [x, x])
    np.testing.assert_array_equal(tg.gather_nd(x, np.zeros((0, 2), np.int32)).numpy(), np.zeros(0))
    np.testing.assert_array_equal(tg.tensor_scatter_nd_add(x, nothing, np.stack([x, x])).numpy(), 3 * x)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("TG-0103", lambda: tg.gather_nd([1, 2], 0)),
        ("TG-0105", lambda: tg.gather_nd([1, 2], [[0, 0]])),
        ("TG-0105", lambda: tg.gather_nd([[1, 2]], [[0], [0]], batch_dims=1)),
        ("TG-0106", lambda: tg.gather_nd([1, 2], [[0]], batch_dims=2)),
        ("TG-0107", lambda: tg.gather_nd([[1, 2]], [[0, 2]])),
        ("TG-0105", lambda: tg.scatter_nd([[0]], [1, 2], [3])),
        ("TG-0107", lambda: tg.scatter_nd([[3]], [1], [3])),
        ("TG-0109", lambda: tg.scatter_nd([[0]], [1], [-3])),
        ("TG-0105", lambda: tg.tensor_scatter_nd_add([1, 2], [[0]], [1, 2])),
        ("TG-0105", lambda: tg.gather([[1], [2]], [[0]], axis=1, batch_dims=1)),
        ("TG-0106", lambda: tg.sort([1], direction="UP")),
        ("TG-0104", lambda: tg.sort([1], axis=1)),
        ("TG-0106", lambda: tg.searchsorted([1], [1], side="middle")),
        ("TG-0106", lambda: tg.searchsorted([1], [1], out_type=tg.float32)),
        ("TG-0105", lambda: tg.searchsorted([[1]], [1])),
        ("TG-0103", lambda: tg.unique([[1]])),
        ("TG-0106", lambda: tg.unique([1], out_idx=tg.float32)),
        ("TG-0550", lambda: tg.math.segment_sum([1, 2], [1, 0])),
        ("TG-0550", lambda: tg.math.segment_sum([1, 2], [-1, 0])),
        ("TG-0105", lambda: tg.math.segment_sum([1, 2], [0])),
        ("TG-0109", lambda: tg.math.segment_sum([[1, 2]], tg.constant([2**62]))),
        ("TG-0105", lambda: tg.math.unsorted_segment_sum([1, 2], [0], 1)),
        ("TG-0107", lambda: tg.math.unsorted_segment_sum([1, 2], [0, 1], 1)),
        ("TG-0109", lambda: tg.math.unsorted_segment_sum([1, 2], [0, 0], -1)),
    ],
)
def test_code(code: str, call: Any) -> None:
    with pytest.raises(tg.errors.Error, match=code):
        call()


def test_segments() -> None:
    x, ids = tg.constant([5, 7, 1, 4]), [0, 0, 2, 2]
    assert tg.math.segment_mean(x, ids).numpy().tolist() == [6, 0, 2]
    assert tg.math.segment_max(x, ids).numpy().tolist() == [7, 0, 4]
    assert tg.math.segment_min(x, ids).numpy().tolist() == [5, 0, 1]
    assert tg.math.segment_prod(x, ids).numpy().tolist() == [35, 1, 4]
    assert tg.math.segment_sum(tg.zeros([0, 2]), np.zeros(0, np.int32)).shape == (0, 2)
    assert tg.math.unsorted_segment_max(x, [0, -1, 0, 0], 2).numpy().tolist() == [5, -(2**31)]


def gradient(f: Any, x: Any) -> list[float]:
    x = tg.constant(x, tg.float64)
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    found: list[float] = tape.gradient(y, x).numpy().tolist()
    return found


def test_gradients_of_segments_at_special_points() -> None:
    def product(x: Any) -> Any:
        return tg.reduce_sum(
            tg.math.unsorted_segment_prod(x, [0, 0, 1, 1, 1, -1], 3)
            * tg.constant([1.0, 10.0, 100.0], tg.float64)
        )

    assert gradient(product, [0.0, 3.0, 0.0, 0.0, 2.0, 5.0]) == [3.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    ids = [0, 0, 0, 1]
    assert gradient(lambda x: tg.math.segment_max(x, ids), [2.0, 2.0, 1.0, 0.0]) == [0.5, 0.5, 0.0, 1.0]
    assert gradient(lambda x: tg.math.segment_mean(x, ids), [2.0, 2.0, 1.0, 0.0]) == pytest.approx(
        [1 / 3] * 3 + [1.0]
    )


def test_gradients_of_the_greater_of_two_are_shared() -> None:
    assert gradient(lambda x: tg.tensor_scatter_nd_max(x, [[0]], [3.0]), [3.0, 1.0]) == [0.5, 1.0]


def test_gradient_of_sort_follows_the_elements() -> None:
    weights = tg.constant([1.0, 2.0, 3.0], tg.float64)
    assert gradient(lambda x: tg.sort(x) * weights, [5.0, 1.0, 3.0]) == [3.0, 1.0, 2.0]
    assert gradient(lambda x: tg.sort(x, direction="DESCENDING") * weights, [5.0, 1.0, 3.0]) == [
        1.0,
        3.0,
        2.0,
    ]


def test_gradient_of_unique_goes_to_the_first() -> None:
    assert gradient(lambda x: tg.unique(x).y * tg.constant([1.0, 2.0], tg.float64), [5.0, 1.0, 5.0]) == [
        1.0,
        2.0,
        0.0,
    ]
