"""What is wrong with control flow is said in words, with the name of the loop variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native

F = tg.constant([1.0, 2.0])


def code_of(function: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[str, str]:
    with pytest.raises(tg.errors.Error) as caught:
        function(*args, **kwargs)
    return caught.value.error_code, caught.value.message


def in_graph(function: Callable[..., Any], *args: Any) -> tuple[str, str]:
    return code_of(tg.function(function), *args)


def loop(body: Callable[..., Any], *variables: Any, **arguments: Any) -> Callable[[], Any]:
    return lambda: tg.while_loop(lambda i, *rest: i < 3, body, (0, *variables), **arguments)


@pytest.mark.parametrize("run", [code_of, in_graph])
@pytest.mark.parametrize(
    ("body", "part"),
    [
        (lambda i, state: (i + 1, tg.cast(state, tg.float64)), "loop variable 'state'"),
        (lambda i, state: (tg.cast(i, tg.int64), state), "loop variable 'i'"),
        (lambda i, state: (i + 1,), "structure of loop_vars"),
        (lambda i, state: (i + 1, (state, state)), "structure of loop_vars"),
        (lambda i, state: (i + 1, None), "loop variable 'state'"),
    ],
)
def test_a_loop_variable_keeps_its_kind(run: Any, body: Any, part: str) -> None:
    code, message = run(loop(body, F))
    assert code == "TG-0511"
    assert part in message


def test_a_loop_variable_keeps_its_shape_in_a_graph() -> None:
    code, message = in_graph(loop(lambda i, growing: (i + 1, tg.concat([growing, growing], 0)), F))
    assert code == "TG-0511"
    assert "loop variable 'growing'" in message


def test_a_shape_that_is_known_only_when_it_runs_is_checked_then() -> None:
    @tg.function(input_signature=[tg.TensorSpec([None], tg.int32)])
    def run(sizes: Any) -> Any:
        return loop(lambda i, x: (i + 1, tg.fill(sizes[i : i + 1], 1.0)), F)()

    assert run(tg.constant([2, 2, 2]))[1].shape == (2,)
    code, message = code_of(run, tg.constant([2, 5, 2]))
    assert code == "TG-0511"
    assert "loop variable 'x'" in message
    assert "iteration 2" in message


def test_an_invariant_allows_what_the_loop_begins_with() -> None:
    bad = loop(lambda i, x: (i + 1, x), F, shape_invariants=(tg.TensorShape([]), tg.TensorShape([3])))
    assert in_graph(bad)[0] == "TG-0511"
    assert in_graph(loop(lambda i, x: (i + 1, x), F, shape_invariants=(tg.TensorShape([]),)))[0] == "TG-0515"


@pytest.mark.parametrize(
    "branches",
    [
        (lambda: F, lambda: tg.cast(F, tg.float64)),
        (lambda: F, lambda: (F, F)),
        (lambda: F, lambda: None),
        (lambda: {"a": F}, lambda: {"b": F}),
    ],
)
def test_branches_return_the_same(branches: Any) -> None:
    assert in_graph(lambda x: tg.cond(x[0] > 0.0, *branches), F)[0] == "TG-0511"


def test_predicates_are_one_bool() -> None:
    for run in (code_of, in_graph):
        assert run(lambda x: tg.cond(x, lambda: 1, lambda: 2), F)[0] == "TG-0514"
        assert run(lambda x: tg.cond(x > 0.0, lambda: 1, lambda: 2), F)[0] == "TG-0514"
        assert run(lambda x: tg.while_loop(lambda i: i, lambda i: [i], [x]), F)[0] == "TG-0514"
        assert run(lambda x: tg.switch_case(x, [lambda: 1]), F)[0] == "TG-0514"
        assert run(lambda x: tg.case([(x, lambda: 1)]), F)[0] == "TG-0514"
        assert run(lambda x: tg.Assert(x, []), F)[0] == "TG-0514"

    @tg.function(input_signature=[tg.TensorSpec(None, tg.bool)])
    def unknown(pred: Any) -> Any:
        return tg.cond(pred, lambda: 1, lambda: 2)

    assert unknown(tg.constant(True)).numpy() == 1
    assert code_of(unknown, tg.constant([True, False]))[0] == "TG-0514"


@pytest.mark.parametrize(
    "call",
    [
        lambda: tg.cond(True, 1, lambda: 2),
        lambda: tg.cond(True, lambda: 1),
        lambda: tg.while_loop(lambda i: i < 3, 5, [0]),
        lambda: tg.while_loop(lambda i: i < 3, lambda i: i + 1, 0),
        lambda: tg.while_loop(lambda: True, lambda: (), []),
        lambda: tg.case([]),
        lambda: tg.case([(True, 3)]),
        lambda: tg.case([True]),
        lambda: tg.switch_case(0, []),
        lambda: tg.switch_case(0, {"a": lambda: 1}),
        lambda: tg.switch_case(0, [(1, lambda: 1), (1, lambda: 2)]),
        lambda: tg.map_fn(lambda x: x, tg.constant(1.0)),
        lambda: tg.map_fn(3, F),
        lambda: tg.foldl(lambda a, x: a, tg.zeros([0])),
        lambda: tg.py_function(3, [], tg.float32),
    ],
)
def test_arguments_have_their_form(call: Any) -> None:
    assert code_of(call)[0] == "TG-0515"
    assert in_graph(lambda: (call(), 0)[1])[0] == "TG-0515"


def test_elements_have_one_size_and_results_their_dtype() -> None:
    for run in (code_of, in_graph):
        assert run(lambda: tg.map_fn(lambda pair: pair[0], (F, tg.zeros([3]))))[0] == "TG-0105"
        assert run(lambda: tg.map_fn(lambda x: tg.cast(x, tg.int32), F))[0] == "TG-0511"
        assert run(lambda: tg.map_fn(lambda x: (x, x), F))[0] == "TG-0511"
        assert run(lambda: tg.scan(lambda a, x: (a, x), F))[0] == "TG-0511"


def test_functions_lie_in_each_other_a_limited_number_of_times() -> None:
    def deep(depth: int, x: Any) -> Any:
        return x if depth == 0 else tg.cond(x > 0.0, lambda: deep(depth - 1, x + 1.0), lambda: x)

    assert tg.function(lambda x: deep(20, x))(tg.constant(1.0)).numpy() == 21.0
    assert in_graph(lambda x: deep(40, x), tg.constant(1.0))[0] == "TG-0512"


def closed(
    name: str, outputs: Callable[[Any], list[Any]], inputs: list[tuple[Any, Any]], captured: Any = ()
) -> Any:
    graph = _native.Graph(name)
    graph.enter()
    try:
        values = [graph.add_input(f"x{i}", dtype._number, shape) for i, (dtype, shape) in enumerate(inputs)]
        results = [graph.capture(value) for value in outputs(values)]
    finally:
        graph.leave()
    return _native.Function.create(graph, results)


def test_the_engine_checks_functions() -> None:
    same = closed("same", lambda x: x, [(tg.float32, (2,))])
    double = closed("double", lambda x: x, [(tg.float64, (2,))])
    two = closed("two", lambda x: [x[0], x[0]], [(tg.float32, (2,))])
    other = closed("other", lambda x: x, [(tg.float32, (3,))])
    yes = closed("yes", lambda x: [tg.constant(True)], [(tg.float32, (2,))])

    def cond(then: Any, other_branch: Any, inputs: Any) -> Any:
        return _native.execute("cond", (True, inputs), {"then_branch": then, "else_branch": other_branch})

    def loop_of(test: Any, body: Any, count: int, **more: Any) -> Any:
        return _native.execute("while", ([F],), {"cond": test, "body": body, "num_loop": count, **more})

    np.testing.assert_array_equal(cond(same, same, [F]).numpy(), [1.0, 2.0])
    assert code_of(cond, same, double, [F])[0] == "TG-0513"
    assert code_of(cond, same, same, [F, F])[0] == "TG-0513"
    assert code_of(cond, other, other, [F])[0] == "TG-0513"
    assert code_of(cond, same, two, [F])[0] == "TG-0511"
    assert code_of(loop_of, same, same, 1)[0] == "TG-0514"
    assert code_of(loop_of, yes, double, 1)[0] == "TG-0513"
    assert code_of(loop_of, yes, same, 2)[0] == "TG-0106"
    assert code_of(loop_of, yes, same, 1, recorded=[5])[0] == "TG-0106"
    assert loop_of(yes, same, 1, maximum=7)[1].numpy() == 7

    # What functions capture becomes inputs.
    big = tg.ones([2000])
    captures = closed("captures", lambda x: [x[0], big], [(tg.float32, (2,))])
    other_captures = closed("other_captures", lambda x: [x[0], big * 2.0], [(tg.float32, (2,))])
    assert cond(captures, other_captures, [F])[1].shape == (2000,)


def test_gradients_that_a_loop_cannot_keep() -> None:
    def body(i: Any, x: Any, text: Any) -> Any:
        return i + 1, tg.cond(text == "a", lambda: x * x, lambda: x), tg.constant("a")

    @tg.function
    def run(x: Any) -> Any:
        return tg.while_loop(lambda i, *rest: i < 2, body, (0, x, tg.constant("b")))[1]

    assert run(F).numpy().tolist() == [1.0, 4.0]
    # A py_function takes its inputs again for its gradient, and a string is none that a loop can keep.
    function = lambda x, text: tg.py_function(lambda x, text: x * x, [x, text], tg.float32)

    def kept(x: Any) -> Any:
        step = lambda i, x, text: (i + 1, function(x, text), text)
        shapes = (tg.TensorShape([]), tg.TensorShape(None), tg.TensorShape([]))
        return tg.while_loop(lambda i, *rest: i < 2, step, (0, x, tg.constant("b")), shape_invariants=shapes)[
            1
        ]

    def gradient(x: Any) -> Any:
        with tg.GradientTape() as tape:
            tape.watch(x)
            y = tg.function(kept)(x)
        return tape.gradient(y, x)

    assert code_of(gradient, F)[0] == "TG-0516"


def test_shapes_are_ensured() -> None:
    @tg.function(input_signature=[tg.TensorSpec(None, tg.float32)])
    def run(x: Any) -> Any:
        return tg.ensure_shape(x, [None, 2])

    assert run(tg.ones([3, 2])).shape == (3, 2)
    assert code_of(run, tg.ones([3]))[0] == "TG-0517"
    assert code_of(tg.ensure_shape, F, [3])[0] == "TG-0517"


def test_assertions_and_printing() -> None:
    @tg.function
    def run(x: Any) -> Any:
        tg.Assert(tg.reduce_all(x > 0.0), [x, "below"])
        return x

    assert run(F).numpy().tolist() == [1.0, 2.0]
    code, message = code_of(run, -F)
    assert code == "TG-0518"
    assert "[-1 -2], below" in message
    assert "test_errors.py" in message
    assert code_of(tg.Assert, False, [F])[0] == "TG-0518"
    assert code_of(lambda: tg.print("x", stream=3))[0] == "TG-0519"
    assert code_of(lambda: tg.print("x", output_stream=3))[0] == "TG-0519"
    assert code_of(lambda: tg.print("x", output_stream="file:///no/such/directory/file"))[0] == "TG-0519"
    for run_case in (code_of, in_graph):
        assert (
            run_case(lambda x: tg.case([(x > 0, lambda: 1), (x > 1, lambda: 2)]), tg.constant(-1))[0]
            == "TG-0518"
        )
        pairs = lambda x: tg.case([(x > 0, lambda: 1), (x > 1, lambda: 2)], exclusive=True)
        assert run_case(pairs, tg.constant(5))[0] == "TG-0518"


def test_arrays() -> None:
    def array() -> Any:
        return tg.TensorArray(tg.float32, size=2, element_shape=[2])

    for run in (code_of, in_graph):
        assert run(lambda: tg.TensorArray(tg.float32).size())[0] == "TG-0520"
        assert run(lambda: tg.TensorArray(tg.float32, size="a").size())[0] in ("TG-0520", "TG-0102")
        assert run(lambda: array().write(2, F).stack())[0] == "TG-0107"
        assert run(lambda: array().read(-1))[0] == "TG-0107"
        assert run(lambda: array().write(0, tg.zeros([3])).stack())[0] == "TG-0105"
        assert run(lambda: array().write(0, tg.cast(F, tg.float64)).stack())[0] == "TG-0102"
        assert run(lambda: array().unstack(tg.constant(1.0)).stack())[0] == "TG-0520"
        assert run(lambda: array().grad("x"))[0] == "TG-0522"
    assert code_of(lambda: tg.TensorArray(tg.float32, size=-1))[0] == "TG-0520"
    unwritten = tg.TensorArray(tg.float32, size=2)
    assert code_of(unwritten.read, 0)[0] == "TG-0521"
    once = unwritten.write(0, F)
    once.read(0)
    assert code_of(once.read, 0)[0] == "TG-0521"
    assert in_graph(lambda: tg.TensorArray(tg.string, size=1).size())[0] == "TG-0522"
    assert in_graph(lambda: tg.TensorArray(tg.float32, size=2).split(F, [0, 2]).stack())[0] == "TG-0522"


def test_python_functions_return_what_they_announce() -> None:
    for run in (code_of, in_graph):
        assert run(lambda: tg.py_function(lambda: F, [], tg.float64))[0] == "TG-0523"
        assert run(lambda: tg.py_function(lambda: (F, F, F), [], [tg.float32, tg.float32]))[0] == "TG-0523"
        assert run(lambda: tg.numpy_function(lambda: "text", [], tg.float32))[0] == "TG-0523"

    @tg.function
    def fails() -> Any:
        return tg.py_function(lambda: 1 // 0, [], tg.int32)

    with pytest.raises(ZeroDivisionError):
        fails()


def test_what_only_python_knows_cannot_be_saved(tmp_path: Any) -> None:
    module = tg.Module()
    module.run = tg.function(
        lambda x: tg.py_function(lambda y: y, [x], tg.float32),
        input_signature=[tg.TensorSpec([2], tg.float32)],
    )
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0409|TG-0407"):
        tg.saved_model.save(module, tmp_path / "model", signatures=module.run)
