"""Ops as Python calls them: by position, by name, with defaults; operators; and what happens on other threads."""

from __future__ import annotations

import gc
import threading
import time
import weakref

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native

matmul = _native.find_op("matmul")
reduce_sum = _native.find_op("reduce_sum")
concat = _native.find_op("concat")
x = tg.constant([[1.0, 2.0], [3.0, 4.0]])
numbers = np.asarray(x)


def test_inputs_and_attributes_by_position_and_by_name() -> None:
    expected = numbers @ numbers.T
    assert np.array_equal(matmul(x, x, False, True), expected)
    assert np.array_equal(matmul(x, x, transpose_b=True), expected)
    assert np.array_equal(matmul(x, x, None, True), expected)
    assert np.array_equal(matmul(x, x, False, transpose_b=True), expected)
    assert np.array_equal(_native.execute("matmul", (x, x), {"transpose_b": True}), expected)
    assert np.array_equal(_native.execute(matmul, (x, x), (False, True)), expected)
    assert np.array_equal(reduce_sum(x, [0], True), numbers.sum(axis=0, keepdims=True))
    assert concat([x, x], 1).shape == [2, 4]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: matmul(x), "TG-0110"),
        (lambda: matmul(x, x, True, True, True, True, True), "TG-0110"),
        (lambda: _native.execute(matmul, (x,)), "TG-0110"),
        (lambda: matmul(x, x, transposed=True), "TG-0111"),
        (lambda: matmul(x, x, True, transpose_a=True), "TG-0111"),
        (lambda: _native.execute(matmul, (x, x), {"transposed": True}), "TG-0111"),
        (lambda: matmul(x, x, "yes"), "TG-0111"),
        (lambda: reduce_sum(x, "first"), "TG-0111"),
        (lambda: concat(x=1), "TG-0110"),
        (lambda: concat(3, 0), "TG-0117"),
        (lambda: matmul(object(), x), "TG-0117"),
    ],
)
def test_wrong_calls(call: object, code: str) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=code):
        call()  # type: ignore[operator]


class Meters:
    """Knows what to do with tensors."""

    def __radd__(self, other: object) -> str:
        return "radd"

    def __rtruediv__(self, other: object) -> str:
        return "rtruediv"

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


def test_the_other_side_may_know_better() -> None:
    assert x + Meters() == "radd"
    assert x / Meters() == "rtruediv"
    assert (x == Meters()) is True
    with pytest.raises(TypeError):
        x - Meters()
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0117"):
        x + "text"
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0101"):
        x + tg.ones([3])


def test_operators_with_what_is_no_tensor() -> None:
    v = tg.Variable(numbers)
    for other in (2.0, 2, numbers, numbers.tolist(), v):
        plain = np.asarray(other, np.float32)
        assert np.array_equal(x + other, numbers + plain)
        assert np.array_equal(other + x, plain + numbers)
        assert np.array_equal(x / other, numbers / plain)
        assert np.array_equal(other - x, plain - numbers)
        assert np.array_equal(x <= other, numbers <= plain)
    assert np.array_equal(2.0**x, 2.0**numbers)
    assert np.array_equal(tg.constant([7, -7]) / 2, np.array([3.5, -3.5]))
    assert np.array_equal(tg.constant([6, 3]) & 2, np.array([2, 2]))
    assert np.array_equal(tg.constant([True, False]) | False, np.array([True, False]))
    assert (x == None) is False and (x != None) is True  # noqa: E711


def test_results_are_dropped_and_made_again() -> None:
    kept = [x + float(i) for i in range(1000)]
    references = [weakref.ref(each) for each in kept]
    assert all(np.array_equal(each, numbers + i) for i, each in enumerate(kept))
    assert not gc.is_tracked(kept[0])  # it refers to nothing that the collector would follow
    del kept
    assert all(reference() is None for reference in references)
    again = [x * float(i) for i in range(1000)]
    assert all(np.array_equal(each, numbers * i) for i, each in enumerate(again))


def test_a_long_kernel_lets_other_threads_run() -> None:
    a = tg.ones([1500, 1500])
    ticks: list[float] = []
    done = threading.Event()

    def tick() -> None:
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.0005)

    thread = threading.Thread(target=tick)
    thread.start()
    while not ticks:
        time.sleep(0.001)
    before = len(ticks)
    for _ in range(5):
        tg.matmul(a, a)
    during = len(ticks) - before
    done.set()
    thread.join()
    assert during >= 5


def test_threads_compute_side_by_side() -> None:
    results: list[bool] = []

    def work(seed: int) -> None:
        value = tg.fill([64, 64], float(seed))
        with tg.GradientTape() as tape:
            tape.watch(value)
            total = tg.reduce_sum(value * value)
        gradient = tape.gradient(total, value)
        ok = gradient is not None and float(gradient[0, 0]) == 2.0 * seed
        for i in range(300):
            ok = ok and float((value + float(i))[3, 3]) == seed + i
        results.append(ok)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 4


@pytest.mark.parametrize(
    "key",
    [
        0,
        -1,
        (0, 1),
        slice(None),
        slice(1, None),
        slice(None, None, -1),
        (slice(None), 1),
        (..., 0),
        (None, 0),
        (slice(0, 9), slice(-1, None)),
        (0, None, slice(None, -1)),
        ...,
        None,
        (),
        (slice(5, 1),),
        (slice(None), ..., None),
    ],
)
def test_plain_keys(key: object) -> None:
    assert np.array_equal(x[key], numbers[key])  # type: ignore[index]
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = tg.reduce_sum(x[key])
    gradient = tape.gradient(y, x)
    expected = np.zeros_like(numbers)
    expected[key] = 1.0  # type: ignore[index]
    assert gradient is not None and np.array_equal(gradient, expected)


def test_keys_outside() -> None:
    for key in (2, -3, (0, 5)):
        with pytest.raises(tg.errors.OutOfRangeError, match="TG-0107"):
            x[key]  # type: ignore[index]
    with pytest.raises(tg.errors.OutOfRangeError, match="TG-0107"):
        x[0, 0, 0]
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0125"):
        x[0.5]
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0125"):
        x[::0]
    with pytest.raises(TypeError):
        x[0] = 1.0  # type: ignore[index]
