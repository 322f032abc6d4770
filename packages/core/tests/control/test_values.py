"""Every construct does the same eagerly, in a graph and once it was saved and loaded; gradients are true."""

from __future__ import annotations

import math
import random
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg

X = np.array([[0.3, -0.2], [0.5, 0.4], [-0.6, 0.1]])


def power(x: Any) -> Any:
    return tg.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), (0, x))[1]


def branch(x: Any) -> Any:
    return tg.cond(
        tg.reduce_sum(x) > 0.1, lambda: {"a": x * 2.0, "b": (tg.sin(x),)}, lambda: {"a": x, "b": (x,)}
    )["b"][0]


def other_branch(x: Any) -> Any:
    return tg.cond(tg.reduce_sum(x) > 9.0, lambda: tg.tanh(x) * x, lambda: tg.exp(x))


def cases(x: Any) -> Any:
    total = tg.reduce_sum(x)
    pairs = [(total < 0.0, lambda: x), (total < 0.6, lambda: x * x), (total < 0.7, lambda: x + 1.0)]
    return tg.case(pairs, default=lambda: -x)


def switches(x: Any) -> Any:
    number = tg.cast(tg.reduce_sum(x) * 4.0 + 0.5, tg.int32)
    return tg.switch_case(number, {0: lambda: x, 2: lambda: tg.sin(x)}, default=lambda: -x)


def mapped(x: Any) -> Any:
    doubled, summed = tg.map_fn(
        lambda row: (row * 2.0, tg.reduce_sum(row) ** 2), x, fn_output_signature=(x.dtype, x.dtype)
    )
    return doubled + summed[:, None]


def scanned(x: Any) -> Any:
    return tg.scan(lambda state, row: tg.tanh(state * 0.7 + row), x)


def scanned_back(x: Any) -> Any:
    states = tg.scan(lambda state, row: (state[0] * row, state[1] + row), x, (x[0], x[1]), reverse=True)
    return states[0] + states[1]


def folded(x: Any) -> Any:
    return tg.foldl(lambda a, row: tg.sin(a) + row, x) * tg.foldr(lambda a, row: a * row, x, initializer=x[1])


def written(x: Any) -> Any:
    array = tg.TensorArray(x.dtype, size=0, dynamic_size=True, clear_after_read=False)
    array = array.unstack(x[:1] * 1.5)
    step = lambda i, array: (i + 1, array.write(i, array.read(i - 1) * x[i % 3] + x[1]))
    array = tg.while_loop(lambda i, array: i < 7, step, (1, array))[1]
    return array.stack() * tg.cast(array.size(), x.dtype)


def rewritten(x: Any) -> Any:
    array = tg.TensorArray(x.dtype, size=3, clear_after_read=False).unstack(x)
    step = lambda i, array: (i + 1, array.write(i, array.read(i - 1) * array.read(i)))
    array = tg.while_loop(lambda i, array: i < 3, step, (1, array))[1]
    return array.concat() * tg.reduce_sum(array.gather([2, 0]))


def scattered(x: Any) -> Any:
    array = tg.TensorArray(x.dtype, size=4, element_shape=[2], clear_after_read=False).scatter([3, 0, 1], x)
    pair = tg.TensorArray(x.dtype, size=2, clear_after_read=False).split(x[:2], [1, 1])
    return array.read(3) * array.read(1) + tg.reduce_sum(pair.identity().read(1), 0)


def nested(x: Any) -> Any:
    def inner(i: Any, y: Any) -> Any:
        return tg.while_loop(lambda k, z: k < i, lambda k, z: (k + 1, tg.sin(z) + y * 0.1), (0, y))[1]

    def body(i: Any, y: Any) -> Any:
        return i + 1, tg.cond(tg.reduce_sum(y) > 0.7, lambda: inner(i, y), lambda: y * 1.5)

    return tg.cond(
        tg.reduce_sum(x) > 0.0, lambda: tg.while_loop(lambda i, y: i < 5, body, (0, x))[1], lambda: x
    )


def growing(x: Any) -> Any:
    body = lambda i, y: (i + 1, tg.concat([y, tg.sin(y[:1]) * x[:1]], 0))
    shapes = (tg.TensorShape([]), tg.TensorShape([None, 2]))
    return tg.while_loop(lambda i, y: i < 3, body, (0, x), shape_invariants=shapes)[1]


def collatz(x: Any) -> Any:
    body = lambda n, y: (tg.where(n % 2 == 0, n // 2, 3 * n + 1), y * 0.9 + 0.01)
    return tg.while_loop(lambda n, y: n > 1, body, (tg.constant(7), x), maximum_iterations=tg.constant(12))[1]


CASES = [
    power, branch, other_branch, cases, switches, mapped, scanned, scanned_back, folded, written, rewritten, scattered,
    nested, growing, collatz,
]  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_eager_traced_and_loaded_are_the_same(case: Callable[[Any], Any], tmp_path: Path) -> None:
    x = tg.constant(X, tg.float64)
    eager = case(x).numpy()
    traced = tg.function(case)
    np.testing.assert_array_equal(traced(x).numpy(), eager)
    module = tg.Module()
    module.run = tg.function(case, input_signature=[tg.TensorSpec([None, 2], tg.float64, name="x")])
    np.testing.assert_array_equal(module.run(x).numpy(), eager)
    tg.saved_model.save(module, tmp_path, signatures=module.run)
    loaded = tg.saved_model.load(tmp_path)
    np.testing.assert_array_equal(loaded.run(x).numpy(), eager)
    function = module.run.get_concrete_function()._function
    text = function.text()
    assert type(function).parse(text).text() == text
    assert type(function).deserialize(function.serialize(), []).text() == text


def central_differences(case: Callable[[Any], Any], x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    step = 1e-6
    found = np.zeros_like(x)
    for index in np.ndindex(*x.shape):
        ends = []
        for sign in (1.0, -1.0):
            moved = x.copy()
            moved[index] += sign * step
            ends.append(float(np.sum(case(tg.constant(moved)).numpy() * weights)))
        found[index] = (ends[0] - ends[1]) / (2 * step)
    return found


@pytest.mark.parametrize("case", CASES)
def test_gradients_are_those_of_numbers(case: Callable[[Any], Any], tmp_path: Path) -> None:
    x = tg.constant(X, tg.float64)
    shape = case(x).shape.as_list()
    weights = np.random.default_rng(1).uniform(0.5, 1.5, shape)
    wanted = central_differences(case, X, weights)

    def gradient_of(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def gradient(x: Any) -> Any:
            with tg.GradientTape() as tape:
                tape.watch(x)
                y = tg.reduce_sum(function(x) * weights)
            return tape.gradient(y, x)

        return gradient

    for gradient in (gradient_of(case), gradient_of(tg.function(case)), tg.function(gradient_of(case))):
        np.testing.assert_allclose(gradient(x).numpy(), wanted, rtol=1e-6, atol=1e-8)
    module = tg.Module()
    module.run = tg.function(case, input_signature=[tg.TensorSpec([None, 2], tg.float64, name="x")])
    module.slope = tg.function(
        gradient_of(case), input_signature=[tg.TensorSpec([None, 2], tg.float64, name="x")]
    )
    tg.saved_model.save(module, tmp_path)
    loaded = tg.saved_model.load(tmp_path)
    np.testing.assert_allclose(gradient_of(loaded.run)(x).numpy(), wanted, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(loaded.slope(x).numpy(), wanted, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("case", CASES)
def test_gradients_of_gradients(case: Callable[[Any], Any]) -> None:
    x = tg.constant(X, tg.float64)
    weights = np.random.default_rng(2).uniform(0.5, 1.5, X.shape)

    def slope(x: Any, function: Callable[[Any], Any] = case) -> Any:
        with tg.GradientTape() as tape:
            tape.watch(x)
            y = tg.reduce_sum(tg.sin(function(x)))
        gradient = tape.gradient(y, x)
        return tg.zeros_like(x) if gradient is None else gradient

    wanted = central_differences(slope, X, weights)

    def second(x: Any, function: Callable[[Any], Any]) -> Any:
        with tg.GradientTape() as tape:
            tape.watch(x)
            y = tg.reduce_sum(slope(x, function) * weights)
        return tape.gradient(y, x)

    for function in (case, tg.function(case)):
        found = second(x, function)
        np.testing.assert_allclose(0.0 if found is None else found.numpy(), wanted, rtol=1e-5, atol=1e-7)
    found = tg.function(lambda x: second(x, case))(x) if wanted.any() else tg.zeros_like(x)
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-5, atol=1e-7)


def test_third_derivatives() -> None:
    @tg.function
    def fourth_power(x: Any) -> Any:
        return tg.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), (0, x))[1]

    x = tg.constant(2.0)
    with tg.GradientTape() as third:
        third.watch(x)
        with tg.GradientTape() as second:
            second.watch(x)
            with tg.GradientTape() as first:
                first.watch(x)
                y = fourth_power(x)
            dy = first.gradient(y, x)
        ddy = second.gradient(dy, x)
    assert [each.numpy() for each in (y, dy, ddy, third.gradient(ddy, x))] == [16.0, 32.0, 48.0, 48.0]


def test_any_batch_size() -> None:
    @tg.function(input_signature=[tg.TensorSpec([None, 3], tg.float32), tg.TensorSpec([3, 3], tg.float32)])
    def run(x: Any, w: Any) -> Any:
        with tg.GradientTape() as tape:
            tape.watch(w)
            state = tg.while_loop(
                lambda i, h: i < 4, lambda i, h: (i + 1, tg.tanh(tg.matmul(h, w) + x)), (0, x)
            )[1]
            loss = tg.reduce_sum(state * state)
        return loss, tape.gradient(loss, w)

    w = np.random.default_rng(0).normal(size=(3, 3)).astype(np.float32)
    for batch in (1, 5, 2, 0):
        x = np.ones([batch, 3], np.float32)
        h = x
        for _ in range(4):
            h = np.tanh(h @ w + x)
        loss, gradient = run(x, w)
        np.testing.assert_allclose(loss.numpy(), np.sum(h * h), rtol=1e-5)
        assert gradient.shape == (3, 3)


def test_variables_and_random_numbers_keep_their_order() -> None:
    total, factor = tg.Variable(0.0), tg.Variable([1.0, 2.0])

    @tg.function
    def run(n: Any) -> Any:
        def body(i: Any, draws: Any) -> Any:
            total.assign_add(1.0)
            tg.cond(i % 2 == 0, lambda: total.assign(total * 2.0), lambda: total.assign_sub(0.5))
            return i + 1, draws.write(i, tg.random.uniform([]))

        return tg.while_loop(lambda i, draws: i < n, body, (0, tg.TensorArray(tg.float32, size=n)))[1].stack()

    first, second = run(tg.constant(4)).numpy(), run(tg.constant(4)).numpy()
    assert len({*first.tolist(), *second.tolist()}) == 8
    expected = 0.0
    for i in [*range(4), *range(4)]:
        expected += 1.0
        expected = expected * 2.0 if i % 2 == 0 else expected - 0.5
    assert total.numpy() == expected

    @tg.function
    def product(x: Any) -> Any:
        y = tg.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * factor), (0, x))[1]
        return tg.reduce_sum(y) + tg.cond(x[0] > 0.0, lambda: tg.reduce_sum(factor), lambda: 0.0)

    with tg.GradientTape() as tape:
        y = product(tg.constant([1.0, 1.0]))
    np.testing.assert_allclose(tape.gradient(y, factor).numpy(), [4.0, 13.0])


def test_what_was_drawn_in_a_loop_is_what_its_gradient_sees() -> None:
    @tg.function
    def run(x: Any) -> Any:
        step = lambda i, y, draws: (i + 1, y * draws.read(i), draws)
        fill = lambda i, draws: (i + 1, draws.write(i, tg.random.uniform([], 1.0, 2.0)))
        draws = tg.while_loop(
            lambda i, draws: i < 3, fill, (0, tg.TensorArray(tg.float32, size=3, clear_after_read=False))
        )[1]
        return tg.while_loop(lambda i, *rest: i < 3, step, (0, x, draws))[1]

    x = tg.constant(1.0)
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = run(x)
    np.testing.assert_allclose(tape.gradient(y, x).numpy(), y.numpy(), rtol=1e-6)


def test_many_iterations_need_no_memory() -> None:
    @tg.function
    def run(n: Any) -> Any:
        body = lambda i, s: (i + 1, s + tg.reduce_sum(tg.ones([8]) * 0.125))
        return tg.while_loop(lambda i, s: i < n, body, (0, 0.0))[1]

    run(tg.constant(1000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert run(tg.constant(100_000)).numpy() == 100_000.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4096


def test_gradients_of_many_iterations_take_linear_time() -> None:
    n = 20_000

    @tg.function
    def run(x: Any) -> Any:
        return tg.reduce_sum(tg.scan(lambda s, e: 0.5 * s + e, x))

    x = tg.ones([n], tg.float64)
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = run(x)
    # An array that is copied in each iteration would be 3 GB of copies here, and a minute.
    np.testing.assert_allclose(tape.gradient(y, x).numpy()[[0, -1]], [2.0, 1.0], rtol=1e-9)


def test_what_is_printed(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    values = tg.reshape(tg.range(24), [4, 6])
    texts = {
        "[[0 1 2 3 4 5]\n [6 7 8 9 10 11]\n [12 13 14 15 16 17]\n [18 19 20 21 22 23]]": (values,),
        "1 0.1 [0 ... 5] ": (True, tg.constant(0.1), tg.range(6), ""),
        '["a" "b"] a (1, [2.5])': (tg.constant(["a", "b"]), tg.constant("a"), (tg.constant(1), [2.5])),
        "nan inf 1e+10 0.3": (
            tg.constant([math.nan])[0],
            tg.constant(math.inf),
            tg.constant(1e10),
            tg.constant(0.3),
        ),
    }
    for expected, inputs in texts.items():
        summarize = 1 if "..." in expected else 3
        tg.print(*inputs, summarize=summarize)
        assert capfd.readouterr().err.strip("\n") == expected.replace("1 0.1", "True 0.1")
        tg.function(lambda inputs=inputs, s=summarize: tg.print(*inputs, summarize=s))()
        assert capfd.readouterr().err.strip("\n") == expected.replace("1 0.1", "True 0.1")
    path = tmp_path / "log"

    @tg.function
    def run(n: Any) -> None:
        def body(i: Any) -> list[Any]:
            tg.print("step", i, output_stream=f"file://{path}", sep="-", end=";")
            return [i + 1]

        tg.while_loop(lambda i: i < n, body, [0])

    run(tg.constant(3))
    run(tg.constant(1))
    assert path.read_text() == "step-0;step-1;step-2;step-0;"


def test_python_functions() -> None:
    seen = []

    @tg.function
    def run(x: Any) -> Any:
        y = tg.py_function(lambda a: (seen.append(a.numpy().item()), a * a)[1], [x], tg.float32)
        return 2.0 * y + tg.numpy_function(lambda a: a + 1, [x], tg.float32)

    x = tg.constant(3.0)
    assert run(x).numpy() == 22.0
    assert seen == [3.0]
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = tg.function(lambda x: tg.py_function(lambda a, b: a * a * b, [x, 2.0], tg.float32))(x)
    assert tape.gradient(y, x).numpy() == 12.0
    assert tg.function(lambda: tg.py_function(lambda: seen.append(0), [], []))() == []
    assert seen == [3.0, 0]

    @tg.function
    def looped(x: Any) -> Any:
        body = lambda i, y: (i + 1, tg.ensure_shape(tg.py_function(lambda a: a * a, [y], tg.float32), []))
        return tg.while_loop(lambda i, y: i < 3, body, (0, x))[1]

    with tg.GradientTape() as tape:
        tape.watch(x)
        y = looped(x)
    assert (y.numpy(), tape.gradient(y, x).numpy()) == (6561.0, 17496.0)


def test_small_things() -> None:
    v = tg.Variable(1.0)
    with tg.control_dependencies([v.assign_add(1.0), lambda: v.assign_add(1.0)]):
        assert v.numpy() == 3.0
    assert tg.group(v.assign(0.0)) is None
    assert tg.no_op() is None
    assert [None if each is None else each.numpy() for each in tg.tuple([tg.constant(1), None])] == [1, None]
    assert [each.numpy() for each in tg.identity_n([1, 2.0])] == [1, 2.0]
    x, y = tg.constant(1.0), tg.constant(2.0)
    with tg.GradientTape(persistent=True) as tape:
        tape.watch([x, y])
        z = x * x
    assert tape.gradient(z, y, unconnected_gradients=tg.UnconnectedGradients.NONE) is None
    assert tape.gradient(z, y, unconnected_gradients=tg.UnconnectedGradients.ZERO).numpy() == 0.0
    spec = tg.TensorArraySpec([2], tg.int32)
    array = tg.TensorArray(tg.int32, size=1, element_shape=[2])
    assert spec == tg.TensorArraySpec.from_value(array)
    assert spec.is_compatible_with(array)
    assert spec != tg.TensorArraySpec([2], tg.float32)


class Program:
    """A random program of conditions and loops over two numbers, for Python and for graphs."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._statements = self._block(3)

    def _block(self, depth: int) -> list[Any]:
        return [self._statement(depth) for _ in range(self._random.randint(1, 3))]

    def _statement(self, depth: int) -> Any:
        kind = self._random.choice(["assign", "if", "while"] if depth else ["assign"])
        constant = self._random.randint(-3, 3)
        if kind == "assign":
            return (
                kind,
                self._random.choice("ab"),
                self._random.choice("+-*"),
                self._random.choice("ab"),
                constant,
            )
        inner = self._block(depth - 1)
        return (
            kind,
            self._random.choice("ab"),
            constant,
            inner,
            self._block(depth - 1) if kind == "if" else [],
        )

    def in_python(self, a: int, b: int) -> tuple[int, int]:
        return self._python(self._statements, (a, b))

    def _python(self, block: list[Any], state: Any) -> Any:
        for kind, name, *rest in block:
            if kind == "assign":
                state = self._assign(state, name, *rest)
            elif kind == "if":
                state = self._python(rest[1] if self._value(state, name) % 7 > rest[0] else rest[2], state)
            else:
                for _ in range(4):
                    if not self._value(state, name) % 5 > rest[0]:
                        break
                    state = self._python(rest[1], state)
        return state

    def in_graph(self, a: Any, b: Any) -> Any:
        return self._graph(self._statements, (a, b))

    def _graph(self, block: list[Any], state: Any) -> Any:
        for kind, name, *rest in block:
            if kind == "assign":
                state = self._assign(state, name, *rest)
            elif kind == "if":
                before = state
                state = tg.cond(
                    self._value(before, name) % 7 > rest[0],
                    lambda rest=rest, before=before: self._graph(rest[1], before),
                    lambda rest=rest, before=before: self._graph(rest[2], before),
                )
            else:
                state = tg.while_loop(
                    lambda a, b, name=name, rest=rest: self._value((a, b), name) % 5 > rest[0],
                    lambda a, b, rest=rest: self._graph(rest[1], (a, b)),
                    state,
                    maximum_iterations=4,
                )
        return state

    @staticmethod
    def _value(state: Any, name: str) -> Any:
        return state["ab".index(name)]

    def _assign(self, state: Any, name: str, operator: str, other: str, constant: int) -> Any:
        x, y = self._value(state, name), self._value(state, other)
        value = (
            x + y + constant if operator == "+" else x - y if operator == "-" else x * constant + y
        ) % 1000
        return (value, state[1]) if name == "a" else (state[0], value)


@pytest.mark.parametrize("seed", range(25))
def test_random_programs(seed: int) -> None:
    program = Program(seed)
    traced = tg.function(program.in_graph)
    for a, b in [(0, 1), (5, -7), (123, 456)]:
        wanted = program.in_python(a, b)
        x, y = tg.constant(a, tg.int64), tg.constant(b, tg.int64)
        assert tuple(each.numpy() for each in program.in_graph(x, y)) == wanted
        assert tuple(each.numpy() for each in traced(x, y)) == wanted
