from __future__ import annotations

import threading
import time

import numpy as np
import pytest

import tensegra as tg

Dataset = tg.data.Dataset


def test_the_function_receives_tensors_and_tuples_spread() -> None:
    ds = Dataset.from_tensor_slices((np.arange(3.0), {"y": np.arange(3)}))

    def fn(x, rest):
        assert tg.is_tensor(x) and tg.is_tensor(rest["y"])
        return {"sum": x + tg.cast(rest["y"], tg.float64), "x": x}

    assert [float(e["sum"]) for e in ds.map(fn)] == [0.0, 2.0, 4.0]


def test_arrays_and_numbers_may_be_returned() -> None:
    ds = Dataset.range(2).map(lambda n: (np.full(2, int(n)), 1.5, [1, 2]))
    a, b, c = next(iter(ds))
    assert (a.dtype, b.dtype, c.dtype) == (tg.int64, tg.float32, tg.int32)


def test_parallel_calls_keep_the_order(values, no_threads_left: None) -> None:
    def fn(n):
        time.sleep(0.002 * (int(n) % 3))
        return n * n

    assert values(Dataset.range(40).map(fn, num_parallel_calls=4)) == [n * n for n in range(40)]


def test_parallel_calls_overlap(values, no_threads_left: None) -> None:
    barrier = threading.Barrier(3)

    def fn(n):
        barrier.wait(timeout=10)  # passes only if three calls run at once
        return n

    assert values(Dataset.range(6).map(fn, num_parallel_calls=3)) == list(range(6))


def test_without_order_elements_come_as_they_are_ready(values, no_threads_left: None) -> None:
    gate = threading.Event()

    def fn(n):
        if int(n) == 0:
            gate.wait(10)
        return n

    seen = []
    for element in Dataset.range(30).map(fn, num_parallel_calls=2, deterministic=False):
        seen.append(int(element))
        gate.set()
    assert sorted(seen) == list(range(30))
    assert seen[0] != 0


@pytest.mark.parametrize("deterministic", [True, False])
def test_leaving_early_ends_the_threads(deterministic: bool, no_threads_left: None) -> None:
    for _ in Dataset.range(10**9).map(lambda n: n, num_parallel_calls=2, deterministic=deterministic):
        break


def test_spec_is_traced_without_running_the_source() -> None:
    def source():
        raise AssertionError("not to be run")

    spec = tg.TensorSpec([None, 4], tg.uint8)
    ds = Dataset.from_generator(source, output_signature=spec).map(lambda x: (tg.cast(x, tg.float32), x))
    first, second = ds.element_spec
    assert first.dtype == tg.float32
    assert first.shape.as_list() == [None, 4]
    assert second.dtype == tg.uint8


def test_spec_of_a_function_that_needs_values() -> None:
    ds = Dataset.from_tensor_slices(np.zeros((3, 2))).map(lambda x: x.numpy().astype(np.float32))
    assert ds.element_spec.dtype == tg.float32
    assert ds.element_spec.shape.as_list() == [2]
    batched = Dataset.from_tensor_slices(np.zeros((3, 2))).batch(2).map(lambda x: x.numpy())
    assert batched.element_spec.shape.as_list() == [None, None]
    empty = Dataset.range(0).map(lambda x: x.numpy())
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[data.map\].*TG-2020"):
        empty.element_spec


@pytest.mark.parametrize("calls", [None, 2])
def test_an_error_in_the_function_reaches_the_consumer(calls: int | None, no_threads_left: None) -> None:
    def fn(n):
        if int(n) == 3:
            raise KeyError("three")
        return n

    seen = []
    with pytest.raises(Exception, match=r"\[data.map\].*KeyError: 'three'.*TG-2021"):
        for element in Dataset.range(9).map(fn, num_parallel_calls=calls).prefetch(1):
            seen.append(int(element))
    assert seen == [0, 1, 2]


def test_an_error_of_an_operation_keeps_its_name() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[data.map\].*reshape.*TG-2021"):
        list(Dataset.range(1).map(lambda n: tg.reshape(n, [2])))


@pytest.mark.parametrize("result", [None, (), (1, None)])
def test_nothing_returned(result: object) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[data.map\].*TG-2022"):
        list(Dataset.range(1).map(lambda n: result))


@pytest.mark.parametrize("result", [object(), {1, 2}, np.array([None])])
def test_something_returned_that_no_tensor_holds(result: object) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[data.map\].*TG-2023"):
        list(Dataset.range(1).map(lambda n: (n, result)))


def test_bad_arguments() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[data.map\] map_func.*TG-2005"):
        Dataset.range(1).map("f")
    for calls in (0, -2):
        with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[data.map\] num_parallel_calls.*TG-2004"):
            Dataset.range(1).map(lambda n: n, num_parallel_calls=calls)
