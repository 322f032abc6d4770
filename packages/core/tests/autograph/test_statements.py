"""Statements and expressions that depend on tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg

INT = tg.TensorSpec([], tg.int32)
FLOAT = tg.TensorSpec([], tg.float32)


def same(function: Any, *calls: Any, spec: Any = INT) -> None:
    """The traced function gives for tensors what Python gives for numbers."""
    count = len(calls[0]) if isinstance(calls[0], tuple) else 1
    traced = tg.function(function, input_signature=[spec] * count)
    for call in calls:
        arguments = call if isinstance(call, tuple) else (call,)
        expected = function(*arguments)
        np.testing.assert_array_equal(traced(*arguments), expected)
    assert traced.experimental_get_tracing_count() == 1


def test_if_elif_else() -> None:
    def f(x: Any) -> Any:
        if x < 0:
            y = -x
        elif x > 10:
            y = x - 10
            x = 100
        else:
            y = 7
        return y + x

    same(f, -3, 0, 15)


def test_if_without_else_and_nested_conditions() -> None:
    def f(x: Any, y: Any) -> Any:
        if x > y:
            if x > 2 * y:
                x = 0
            y += 1
        return x * 10 + y

    same(f, (1, 2), (3, 2), (5, 2))


def test_returns_in_branches() -> None:
    def f(x: Any) -> Any:
        if x < 0:
            return -1
        if x < 10:
            if x == 5:
                return 50
            x = x + 1
        else:
            return 3
        return x

    same(f, -4, 5, 7, 12)


def test_while_with_break_continue_and_else() -> None:
    def f(n: Any) -> Any:
        total = 0
        while n > 0:
            n -= 1
            if n % 3 == 0:
                continue
            if total > 20:
                break
            total += n
        else:
            total = -total
        return total * 100 + n

    same(f, 0, 4, 30)


def test_return_from_loops() -> None:
    def f(n: Any) -> Any:
        for i in range(n):
            for j in range(i):
                if i * j > 20:
                    return i * 100 + j
        return -1

    same(f, 3, 50)


def test_while_true_is_left_by_a_tensor() -> None:
    def f(x: Any) -> Any:
        steps = 0
        while True:
            x = x * 2
            steps += 1
            if x > 100:
                break
        return x + steps

    same(f, 3, 200)


def test_the_test_of_a_loop_runs_as_often_as_in_python() -> None:
    counter = tg.Variable(0)

    @tg.function
    def f(n: Any) -> Any:
        while counter.assign_add(1) < n:
            pass
        return counter.read_value()

    assert f(tg.constant(5)).numpy() == 5


def test_for_over_tensors_of_any_length() -> None:
    @tg.function(input_signature=[tg.TensorSpec([None, 2], tg.float32)])
    def f(x: Any) -> Any:
        total = tg.zeros([2])
        for row in x:
            if row[0] < 0:
                continue
            total += row
        return total

    np.testing.assert_array_equal(f([[1, 2], [-1, 5], [3, 4]]), [4, 6])
    np.testing.assert_array_equal(f(np.zeros([0, 2])), [0, 0])


def test_enumerate_and_zip_of_tensors() -> None:
    def f(x: Any, y: Any) -> Any:
        total = 0
        for i, (a, b) in enumerate(zip(x, y), 1):
            total += i * a * b
        return total

    x, y = np.array([1, 2, 3], np.int32), np.array([4, 5, 6, 7], np.int32)
    assert tg.function(f)(tg.constant(x), tg.constant(y)).numpy() == f(x, y)


def test_python_loops_stay_python() -> None:
    made = []

    @tg.function
    def f(x: Any) -> Any:
        for name, scale in {"a": 2, "b": 3}.items():
            made.append(name)
            x = x * scale
        return x

    assert f(tg.constant(1)).numpy() == 6
    assert made == ["a", "b"]
    assert "while" not in f.get_concrete_function(tg.constant(1)).graph


def test_a_python_loop_is_left_by_a_tensor() -> None:
    def f(x: Any) -> Any:
        for step in (1, 2, 3, 4):
            if x > 5:
                break
            x += step
        return x

    same(f, 0, 4, 5, 9)


def test_logic_is_lazy() -> None:
    def f(x: Any) -> Any:
        return (x > 0 and 10 // x > 3) or not x < 5

    same(f, 0, 2, 4, 7, -3)

    @tg.function
    def both(x: Any, flag: bool) -> Any:
        return flag and x > 0

    assert both(tg.constant(1), False).numpy() == np.False_
    assert both(tg.constant(1), True).numpy() == np.True_


def test_chains_evaluate_each_operand_once() -> None:
    calls = []

    def middle(x: Any) -> Any:
        calls.append(x)
        return x

    def f(x: Any) -> Any:
        return 0 < middle(x) <= 3

    same(f, 0, 2, 4)
    assert len(calls) == 3 + 1


def test_names_that_expressions_bind() -> None:
    def f(x: Any) -> Any:
        if (y := x * 2) > 3 and y < 100:
            return y
        while (y := y + 3) < 10:
            pass
        return y

    same(f, 5, 1, 70)


def test_any_and_all_of_lists() -> None:
    def f(x: Any) -> Any:
        return any([x > 0, x > 5]) and not all([x > 0, x > 5, x > 9])

    same(f, -1, 3, 10)


def test_conditional_expressions() -> None:
    def f(x: Any) -> Any:
        return (x if x > 0 else -x) + (1 if x == 2 else 0)

    same(f, 2, -7, 3)


def test_assert_and_print_happen_in_the_graph(capfd: pytest.CaptureFixture[str]) -> None:
    @tg.function
    def f(x: Any) -> Any:
        print("x is", x)
        assert x > 0, "x must be positive"
        return x

    f(tg.constant(2))
    f(tg.constant(3))
    with pytest.raises(tg.errors.InvalidArgumentError, match="x must be positive.*TG-0518"):
        f(tg.constant(-1))
    assert capfd.readouterr().out.splitlines() == ["x is 2", "x is 3", "x is -1"]


def test_builtins_of_tensors() -> None:
    @tg.function(input_signature=[tg.TensorSpec([None], tg.int32)])
    def f(x: Any) -> Any:
        return (
            len(x),
            sum(x),
            max(x),
            min(x),
            any(x > 3),
            all(x > 3),
            float(x[0]),
            int(1.5 * float(x[0])),
            (max(x[0], 2)),
            sorted(x),
        )

    got = [value.numpy().tolist() for value in f([5, 2, 4])]
    assert got == [3, 11, 5, 2, True, False, 5.0, 7, 5, [2, 4, 5]]


def test_lists_that_grow() -> None:
    @tg.function
    def f(n: Any) -> Any:
        squares, some = [], [tg.constant(-1)]
        for i in range(n):
            squares.append(i * i)
            if i % 2 == 0:
                some += [i]
        return tg.stack(squares), squares[1], squares[-1], len(some), some, len(squares)

    stacked, second, last, count, some, length = f(tg.constant(5))
    np.testing.assert_array_equal(stacked, [0, 1, 4, 9, 16])
    assert (second.numpy(), last.numpy(), count.numpy(), length.numpy()) == (1, 16, 4, 5)
    np.testing.assert_array_equal(some, [-1, 0, 2, 4])


def test_lists_of_rows_are_joined_and_differentiated() -> None:
    @tg.function
    def f(x: Any) -> Any:
        rows = []
        for row in x:
            rows.append(row * row)
        total = 0.0
        for row in rows:
            total += tg.reduce_sum(row)
        return tg.concat(rows, axis=0), tg.stack(rows, axis=1), total

    x = tg.constant([[1.0, 2.0], [3.0, 4.0]])
    with tg.GradientTape() as tape:
        tape.watch(x)
        joined, stacked, total = f(x)
    np.testing.assert_array_equal(joined, [1, 4, 9, 16])
    np.testing.assert_array_equal(stacked, [[1, 9], [4, 16]])
    np.testing.assert_array_equal(tape.gradient(total, x), 2 * x)


def test_lists_in_python_loops_stay_lists() -> None:
    @tg.function
    def f(x: Any) -> Any:
        parts = []
        alias = parts
        for k in range(3):
            parts.append(x * k)
        assert alias is parts and type(parts) is list
        return parts

    assert [part.numpy() for part in f(tg.constant(2))] == [0, 2, 4]


def test_shapes_that_change_are_named() -> None:
    @tg.function
    def f(n: Any) -> Any:
        x = tg.zeros([0])
        for i in tg.range(n):
            tg.autograph.experimental.set_loop_options(
                shape_invariants=[(x, tg.TensorShape([None]))], maximum_iterations=4, parallel_iterations=1
            )
            x = tg.concat([x, [float(i)]], axis=0)
        return x

    np.testing.assert_array_equal(f(tg.constant(2)), [0, 1])
    np.testing.assert_array_equal(f(tg.constant(9)), [0, 1, 2, 3])


def test_attributes_and_items_are_variables_of_loops() -> None:
    class Counter:
        value: Any = 0

    counter = Counter()
    state = {"sum": 0}

    @tg.function
    def f(n: Any) -> Any:
        counter.value = n
        state["sum"] = 0
        while counter.value > 0:
            counter.value -= 1
            state["sum"] += counter.value
        return state["sum"]

    assert f(tg.constant(4)).numpy() == 6


def test_nests_are_variables() -> None:
    @tg.function
    def f(n: Any) -> Any:
        pair = {"a": (n, 0), "b": float(n) * 0.5}
        for i in tg.range(3):
            pair = {"a": (pair["a"][0] + i, pair["a"][1] + 1), "b": pair["b"] * 2.0}
        if n > 5:
            pair = {"a": (0, 0), "b": 1.0}
        return pair

    assert tg.nest.map_structure(lambda t: t.numpy().item(), f(tg.constant(1))) == {"a": (4, 3), "b": 4.0}
    assert tg.nest.map_structure(lambda t: t.numpy().item(), f(tg.constant(6))) == {"a": (0, 0), "b": 1.0}


def test_ragged_tensors_are_variables() -> None:
    @tg.function
    def f(x: Any) -> Any:
        total = 0
        y = x
        for row in x:
            total += tg.reduce_sum(row)
        if total > 5:
            y = x * 2
        return y, total

    ragged = tg.ragged.constant([[1, 2], [], [3]])
    doubled, total = f(ragged)
    assert (doubled.to_list(), total.numpy()) == ([[2, 4], [], [6]], 6)
    assert f(tg.ragged.constant([[1], [2]]))[0].to_list() == [[1], [2]]


def test_gradients_flow_through_converted_loops() -> None:
    @tg.function
    def power(x: Any, n: Any) -> Any:
        y = 1.0
        for _ in range(n):
            y = y * x
        return y if y > 0 else -y

    x = tg.constant(-2.0)
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = power(x, tg.constant(3))
    assert (y.numpy(), tape.gradient(y, x).numpy()) == (8.0, -12.0)


def test_variables_are_assigned_in_branches() -> None:
    v = tg.Variable(0.0)

    @tg.function
    def f(x: Any) -> None:
        if x > 0:
            v.assign_add(x)
        else:
            v.assign(0.0)

    for value, expected in ((2.0, 2.0), (3.0, 5.0), (-1.0, 0.0)):
        f(tg.constant(value))
        assert v.numpy() == expected


def test_try_and_with_are_kept() -> None:
    def f(x: Any) -> Any:
        y = 0
        try:
            with tg.GradientTape():
                if x > 0:
                    y = x
            raise KeyError
        except KeyError:
            y = y + 1
        finally:
            if x > 5:
                y = y * 2
        return y

    same(f, 0, 3, 7)


def test_random_numbers_do_not_depend_on_the_conversion() -> None:
    def draws(function: Any) -> Any:
        tg.random.set_seed(7)
        return function(tg.constant(2)).numpy()

    def f(n: Any) -> Any:
        x = tg.random.uniform([])
        if n > 100:
            return x
        for _ in range(n):
            if x > 2.0:
                return x
            x += tg.random.uniform([])
        return x

    assert draws(tg.function(f)) == draws(tg.function(f))


def test_what_python_may_do_without_tensors() -> None:
    @tg.function
    def f(x: Any) -> Any:
        log = []
        for name in ["a", "b", "c"]:
            if name == "b":
                continue
            log.append(name)
        else:
            log.append("end")
        if "a" in log and len(log) == 3:
            factor = {"a": 2}[log[0]]
        del log
        text = f"{factor if factor > 1 else 'none'}"
        return x * int(text)

    assert f(tg.constant(4)).numpy() == 8
