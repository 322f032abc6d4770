"""Planned execution equals eager execution, bit for bit."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native
from tensegra.testing._random_graphs import COLUMNS, arguments, program

SPECS = (
    tg.TensorSpec([None, COLUMNS], tg.float32),
    tg.TensorSpec([COLUMNS], tg.float32),
    tg.TensorSpec([], tg.float32),
)


def same(results: list[Any], expected: list[Any]) -> None:
    assert len(results) == len(expected)
    for result, reference in zip(results, expected):
        assert result.dtype == reference.dtype
        np.testing.assert_array_equal(result.numpy(), reference.numpy())


@pytest.mark.parametrize("seed", range(100))
def test_random_graphs(seed: int) -> None:
    run = program(seed, steps=6 + seed % 24)
    concrete = tg.function(run).get_concrete_function(*SPECS)
    # Plans are made by shape: several batch sizes, and the first one again.
    for rows in (3, 1, 8, 3):
        inputs = arguments(seed, rows)
        kept = [tensor.numpy().copy() for tensor in inputs]
        results = concrete(*inputs)
        same(results, run(*inputs))
        snapshots = [result.numpy().copy() for result in results]
        concrete(*arguments(seed + 1, rows))
        for result, snapshot in zip(results, snapshots):  # a later run leaves earlier results alone
            np.testing.assert_array_equal(result.numpy(), snapshot)
        for tensor, before in zip(inputs, kept):  # and nothing writes to an input
            np.testing.assert_array_equal(tensor.numpy(), before)


@pytest.mark.parametrize("rows", [0, 1, 1000])
def test_extreme_sizes(rows: int) -> None:
    for seed in range(12):
        run = program(seed)
        inputs = arguments(seed, rows)
        same(tg.function(run).get_concrete_function(*SPECS)(*inputs), run(*inputs))


def test_results_are_tensors_of_their_own() -> None:
    @tg.function
    def f(x: Any) -> Any:
        y = tg.exp(x)
        return x, x, y, y, tg.reshape(y, [-1]), tg.constant([1.0, 2.0])

    x = tg.constant([[1.0, 2.0]])
    results = f(x)
    assert len({result.ref() for result in (x, *results)}) == 7
    np.testing.assert_array_equal(results[0], x)
    np.testing.assert_array_equal(results[4], tg.exp(tg.constant([1.0, 2.0])))


def test_memory_is_taken_over_only_where_nobody_reads_it_later() -> None:
    def f(x: Any) -> Any:
        a = x + 1.0
        b = tg.exp(a)  # may not overwrite a
        c = tg.reshape(a, [-1])  # a, seen differently
        d = tg.square(b)
        e = d * tg.reshape(c, tg.shape(d))
        g = tg.negative(e) + e  # e is read twice
        return tg.reduce_sum(g + d), a * 2.0, e

    x = tg.constant(np.random.default_rng(1).normal(size=(4, 5)).astype(np.float32))
    same(list(tg.function(f)(x)), list(f(x)))


def test_broadcast_from_the_memory_that_dies() -> None:
    def f(x: Any) -> Any:
        a = tg.exp(x)
        row = tg.reshape(tg.reduce_sum(a, axis=0), [1, -1])
        square = tg.exp(row) * tg.transpose(tg.exp(row))
        return square + tg.reduce_sum(square, axis=0), tg.transpose(tg.negative(square)) + square

    x = tg.constant(np.random.default_rng(2).normal(size=(3, 3)).astype(np.float32))
    same(list(tg.function(f)(x)), list(f(x)))


def test_shapes_that_only_the_run_knows() -> None:
    def f(x: Any) -> Any:
        where = tg.where(x > 0.0)[:, 0]
        picked = tg.gather(x, where)
        doubled = tg.reshape(tg.stack([picked, picked]), [-1])
        total = tg.reduce_sum(picked)
        return (
            picked,
            tg.exp(doubled) * total,
            total,
            tg.shape(doubled),
            tg.reduce_max(tg.abs(doubled - total)),
        )

    traced = tg.function(f).get_concrete_function(tg.TensorSpec([None], tg.float32))
    generator = np.random.default_rng(3)
    for size in (10, 1, 57, 10):
        x = generator.normal(size=size).astype(np.float32)
        x[0] = 1.0
        same(list(traced(tg.constant(x))), list(f(tg.constant(x))))
    x = np.full(4, -1.0, np.float32)
    picked, scaled, total, shape, _ = traced(tg.constant(np.append(x, np.float32(1))))
    assert (picked.shape, scaled.shape, float(total), shape.numpy().tolist()) == ([1], [2], 1.0, [2])
    empty = tg.function(lambda v: tg.reduce_sum(tg.gather(v, tg.where(v > 0.0)[:, 0])))
    assert float(empty(tg.constant(x))) == 0.0


def test_a_dynamic_view_of_planned_memory() -> None:
    @tg.function
    def f(x: Any) -> Any:
        y = tg.exp(x)  # in the arena
        count = tg.reduce_max(tg.cast(x, tg.int32))  # known when it runs
        z = tg.reshape(y, tg.stack([count, -1]))
        other = tg.exp(x + 1.0)  # must not take over the memory that z shows
        return tg.reduce_sum(z, axis=0) * 1.0, other * 2.0

    x = np.array([2, 0, 1, 1, 0, 2], np.float32)
    first, second = f(tg.constant(x))
    np.testing.assert_allclose(first, np.exp(x).reshape(2, -1).sum(0), rtol=1e-6)
    np.testing.assert_allclose(second, 2 * np.exp(x + 1), rtol=1e-6)


def test_variables_are_updated_in_program_order() -> None:
    v = tg.Variable([1.0, 2.0])
    w = tg.Variable([0.0, 0.0])

    @tg.function
    def step(x: Any) -> Any:
        old = v.read_value()
        v.assign(v + x)
        w.assign(old)  # what a variable keeps must outlive the run
        v.assign(tg.reverse(v, axis=[0]))
        return v * 1.0, w + old

    a, b = np.array([1.0, 2.0], np.float32), np.zeros(2, np.float32)
    for k in range(5):
        x = np.array([k, 10.0], np.float32)
        b, a = a, (a + x)[::-1]
        new, both = step(tg.constant(x))
        np.testing.assert_array_equal(new, a)
        np.testing.assert_array_equal(both, 2 * b)
        np.testing.assert_array_equal(v, a)
        np.testing.assert_array_equal(w, b)


def test_a_value_read_before_an_update_is_not_updated() -> None:
    v = tg.Variable(np.arange(6, dtype=np.float32))

    @tg.function
    def f() -> Any:
        before = tg.reshape(v.read_value(), [2, 3])
        v.assign_add(tg.ones([6]))
        v.assign_sub(tg.fill([6], 3.0))
        return before, v.read_value()

    kept = v.read_value()
    before, after = f()
    np.testing.assert_array_equal(before, np.arange(6).reshape(2, 3))
    np.testing.assert_array_equal(after, np.arange(6) - 2)
    np.testing.assert_array_equal(kept, np.arange(6))


def test_one_function_called_by_four_threads() -> None:
    run = program(7, steps=20)
    concrete = tg.function(run).get_concrete_function(*SPECS)
    cases = [arguments(seed, rows) for seed, rows in enumerate([1, 5, 64, 200])]
    expected = [[result.numpy() for result in run(*case)] for case in cases]
    problems: list[str] = []

    def work(start: int) -> None:
        try:
            for k in range(60):
                at = (start + k) % len(cases)
                for result, reference in zip(concrete(*cases[at]), expected[at]):
                    np.testing.assert_array_equal(result.numpy(), reference)
        except Exception as error:
            problems.append(repr(error))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_an_error_at_run_time_names_the_line_and_leaves_the_function_usable() -> None:
    @tg.function
    def f(x: Any, i: Any) -> Any:
        y = tg.exp(x)
        return tg.gather(y, i)  # the line

    x = tg.constant([0.0, 1.0])
    expected = f(x, tg.constant([1, 0])).numpy()
    np.testing.assert_allclose(expected, np.exp([1.0, 0.0]), rtol=1e-6)
    for _ in range(3):
        with pytest.raises(tg.errors.OutOfRangeError, match=r"\[gather\].*test_executor\.py:\d+.*TG-0107"):
            f(x, tg.constant([7, 0]))
        np.testing.assert_array_equal(f(x, tg.constant([1, 0])), expected)


def test_an_error_of_planning_names_the_line() -> None:
    @tg.function(input_signature=[tg.TensorSpec([None], tg.float32), tg.TensorSpec([None], tg.float32)])
    def f(x: Any, y: Any) -> Any:
        return x + y

    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[add\].*test_executor\.py:\d+.*TG-0101"):
        f(tg.ones([2]), tg.ones([3]))
    np.testing.assert_array_equal(f(tg.ones([3]), tg.ones([1])), [2.0, 2.0, 2.0])


def test_wrong_arguments_are_refused_by_the_engine() -> None:
    native = (
        tg.function(lambda x, y: x + y)
        .get_concrete_function(tg.TensorSpec([None, 2], tg.float32), tg.TensorSpec([None, 2], tg.float32))
        ._function
    )
    x = tg.ones([3, 2])
    np.testing.assert_array_equal(native.call([x, x])[0], np.full((3, 2), 2))
    for wrong in ([x], [x, x, x], [x, tg.ones([3, 3])], [x, tg.ones([3])], [x, tg.ones([3, 2], tg.float64)]):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0303"):
            native.call(wrong)


def test_equal_symbols_must_have_equal_sizes() -> None:
    function = _native.Function.parse(
        'function "f" {\n  %0 = input "x" float32[-2]\n  %1 = input "y" float32[-2]\n'
        '  %2 = add(%0, %1) -> float32[-2]  # "add:0"\n  return %2\n}\n'
    )
    np.testing.assert_array_equal(function.call([tg.ones([2]), tg.ones([2])])[0], [2.0, 2.0])
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"'y'.*TG-0303"):
        function.call([tg.ones([2]), tg.ones([1])])


def test_more_shapes_than_plans_are_kept() -> None:
    @tg.function(input_signature=[tg.TensorSpec([None], tg.float32)])
    def f(x: Any) -> Any:
        return tg.reduce_sum(x * 2.0)

    for size in [*range(1, 80), 1, 2, 3]:
        assert float(f(tg.ones([size]))) == 2.0 * size
