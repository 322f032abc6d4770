"""Variables whose value changes in part: rows, coordinates, slices."""

from __future__ import annotations

import pickle
import threading
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import tensegra as tg

START = np.arange(1.0, 13.0).reshape(4, 3)


def rows(indices: Any, values: Any) -> Any:
    """What `tg.IndexedSlices` holds."""
    return SimpleNamespace(indices=tg.constant(indices), values=tg.constant(np.asarray(values, np.float64)))


def changed(function: Any, indices: Any, values: Any) -> np.ndarray:
    wanted = START.copy()
    function(wanted, indices, values)
    return wanted


_ROWS = {
    "add": np.add.at,
    "sub": np.subtract.at,
    "mul": np.multiply.at,
    "div": np.divide.at,
    "max": np.maximum.at,
    "min": np.minimum.at,
}


@pytest.mark.parametrize("operation", _ROWS)
def test_rows_change(operation: str) -> None:
    v = tg.Variable(START)
    values = np.array([[2.0, 4.0, 8.0], [1.0, 2.0, 4.0], [5.0, 5.0, 5.0]])
    before = v.value()
    assert getattr(v, f"scatter_{operation}")(rows([3, 0, 3], values)) is v
    np.testing.assert_allclose(v.numpy(), changed(_ROWS[operation], [3, 0, 3], values), rtol=1e-15)
    np.testing.assert_array_equal(before.numpy(), START)


def test_rows_are_replaced() -> None:
    v = tg.Variable(START)
    v.scatter_update(rows([3, 0], [[1.0, 1, 1], [2, 2, 2]]))
    wanted = START.copy()
    wanted[[3, 0]] = [[1, 1, 1], [2, 2, 2]]
    np.testing.assert_array_equal(v.numpy(), wanted)
    v = tg.Variable(START)
    v.batch_scatter_update(rows([[0], [2], [1], [1]], [[-1.0], [-2], [-3], [-4]]))
    wanted = START.copy()
    wanted[np.arange(4), [0, 2, 1, 1]] = [-1, -2, -3, -4]
    np.testing.assert_array_equal(v.numpy(), wanted)


@pytest.mark.parametrize("operation", ["add", "sub", "max", "min", "update"])
def test_coordinates_change(operation: str) -> None:
    v = tg.Variable(START)
    getattr(v, f"scatter_nd_{operation}")([[3, 1], [0, 0]], [6.0, 7.0])
    wanted = START.copy()
    for place, value in (((3, 1), 6.0), ((0, 0), 7.0)):
        old = wanted[place]
        wanted[place] = {"add": old + value, "sub": old - value, "max": max(old, value), "min": min(old, value),
                         "update": value}[operation]  # fmt: skip
    np.testing.assert_array_equal(v.numpy(), wanted)


def test_parts_are_read() -> None:
    v = tg.Variable(START)
    np.testing.assert_array_equal(v.sparse_read([2, 0]).numpy(), START[[2, 0]])
    np.testing.assert_array_equal(v.gather_nd([[2, 1]]).numpy(), [START[2, 1]])


_KEYS: list[Any] = [
    0,
    slice(1, 3),
    (slice(None), -1),
    (slice(None, None, -2), slice(0, 2)),
    Ellipsis,
    (Ellipsis, None, 1),
    START > 6,
    np.array([3, 0]),
]


@pytest.mark.parametrize("key", _KEYS, ids=str)
@pytest.mark.parametrize("method", ["assign", "assign_add", "assign_sub"])
def test_slices_change(method: str, key: Any) -> None:
    values = np.random.default_rng(0).normal(size=START[key].shape)
    for value in (values, 2.5):
        v = tg.Variable(START)
        part = v[key]
        assert isinstance(part, tg.Tensor)
        np.testing.assert_array_equal(part.numpy(), START[key])
        assert getattr(part, method)(value) is v
        wanted = START.copy()
        if method == "assign":
            wanted[key] = value
        else:
            wanted[key] += value if method == "assign_add" else -value
        np.testing.assert_array_equal(v.numpy(), wanted)


def test_a_part_is_a_tensor_in_every_way() -> None:
    v = tg.Variable(START)
    with tg.GradientTape() as tape:
        y = tg.reduce_sum(v[1] * v[1])
    np.testing.assert_array_equal(tape.gradient(y, v).numpy()[1], 2 * START[1])
    part = v[0]
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(part)).numpy(), START[0])
    assert repr(part).startswith("<tg.Tensor: shape=(3,)")

    @tg.function
    def step(x: Any) -> Any:
        v[2].assign(x)
        return v[2] + 1.0

    np.testing.assert_array_equal(step(tg.constant([7.0, 8.0, 9.0], tg.float64)).numpy(), [8, 9, 10])
    np.testing.assert_array_equal(v.numpy()[2], [7, 8, 9])


def test_changes_by_several_threads_all_count() -> None:
    v = tg.Variable(np.zeros(2))

    def work() -> None:
        for _ in range(100):
            v.scatter_nd_add([[0]], [1.0])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert v.numpy().tolist() == [400.0, 0.0]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("TG-0107", lambda v: v.scatter_nd_add([[9, 0]], [1.0])),
        ("TG-0105", lambda v: v.scatter_nd_add([[0, 0]], [1.0, 2.0])),
        ("TG-0116", lambda v: v.scatter_nd_add([[0, 0]], tg.constant([1.0]))),
        ("TG-0117", lambda v: v.scatter_add([1.0])),
        ("TG-0101", lambda v: v[0].assign([1.0, 2.0])),
        ("TG-0121", lambda v: tg.Variable([1, 2]).scatter_div(SimpleNamespace(indices=[0], values=tg.constant([2])))),
    ],
)  # fmt: skip
def test_code(code: str, change: Any) -> None:
    v = tg.Variable(START)
    with pytest.raises(tg.errors.Error, match=code):
        change(v)
    np.testing.assert_array_equal(v.numpy(), START)
