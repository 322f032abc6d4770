from __future__ import annotations

import gc
import threading

import pytest

import tensegra as tg

Dataset = tg.data.Dataset


@pytest.mark.parametrize("size", [0, 1, 3, tg.data.AUTOTUNE])
def test_the_same_elements(size: int, values, no_threads_left: None) -> None:
    ds = Dataset.range(20).batch(3).prefetch(size)
    assert values(ds) == values(Dataset.range(20).batch(3))
    assert len(ds) == 7
    assert ds.element_spec.shape.as_list() == [None]


def test_it_runs_ahead_but_not_further_than_its_buffer(no_threads_left: None) -> None:
    made = []
    third = threading.Event()

    def fn(n):
        made.append(int(n))
        if int(n) == 3:
            third.set()
        return n

    iterator = iter(Dataset.range(100).map(fn).prefetch(2))
    assert int(next(iterator)) == 0
    assert third.wait(10)  # 1 and 2 fill the buffer, 3 waits for room
    assert made == [0, 1, 2, 3]


def test_the_work_is_done_on_another_thread(values, no_threads_left: None) -> None:
    names = set()

    def fn(n):
        names.add(threading.current_thread().name)
        return n

    values(Dataset.range(3).map(fn).prefetch(1))
    assert names == {"tensegra.data.prefetch"}


@pytest.mark.parametrize("count", [1, 5])
def test_leaving_early_ends_the_threads_and_the_source(count: int, no_threads_left: None) -> None:
    closed = threading.Event()

    def source():
        try:
            n = 0
            while True:
                yield n
                n += 1
        finally:
            closed.set()

    ds = Dataset.from_generator(source, output_signature=tg.TensorSpec([], tg.int64))
    ds = ds.prefetch(2).map(lambda n: n, num_parallel_calls=2).batch(2).prefetch(1)
    for number, _ in enumerate(ds, 1):
        if number == count:
            break
    assert closed.wait(10)


def test_many_abandoned_passes_leave_nothing(no_threads_left: None) -> None:
    ds = Dataset.range(100).prefetch(1)
    for _ in range(50):
        next(iter(ds))
    gc.collect()


def test_a_pass_without_a_first_element_starts_no_thread() -> None:
    before = threading.active_count()
    iterator = iter(Dataset.range(3).prefetch(1))
    assert threading.active_count() == before
    del iterator


def test_an_error_arrives_after_the_elements_before_it(no_threads_left: None) -> None:
    ds = Dataset.range(5).map(lambda n: 6 // (3 - int(n))).prefetch(2)
    seen = []
    with pytest.raises(Exception, match=r"\[data.map\].*ZeroDivisionError.*TG-2021"):
        for element in ds:
            seen.append(int(element))
    assert seen == [2, 3, 6]
