"""When a tg.function is traced, and what stays the same then."""

from __future__ import annotations

import threading
import warnings
from typing import Any

import numpy as np
import pytest

import tensegra as tg


def counting(**options: Any) -> tuple[Any, list[Any]]:
    calls: list[Any] = []

    @tg.function(**options)
    def f(x: Any, y: Any = None) -> Any:
        calls.append((x, y))
        return x + 1 if isinstance(x, tg.Tensor) else tg.constant(0)

    return f, calls


def test_python_runs_once_for_calls_that_are_alike() -> None:
    f, calls = counting()
    for _ in range(3):
        np.testing.assert_array_equal(f(tg.constant([1.0, 2.0])), [2.0, 3.0])
    assert len(calls) == 1
    f(np.array([1.0, 2.0], np.float32))
    assert len(calls) == 1
    assert f.experimental_get_tracing_count() == 1


def test_sizes_become_unknown_at_the_second_shape() -> None:
    f, calls = counting()
    f(tg.ones([8, 3]))
    assert calls[-1][0].shape == [8, 3]
    f(tg.ones([5, 3]))
    assert calls[-1][0].shape == [None, 3]
    for size in (1, 2, 0, 100):
        assert f(tg.ones([size, 3])).shape == [size, 3]
    assert len(calls) == 2
    f(tg.ones([5, 4]))
    assert calls[-1][0].shape == [None, None]
    f(tg.ones([9, 9]))
    assert len(calls) == 3
    assert f(tg.ones([8, 3])).shape == [8, 3]
    assert len(calls) == 3


def test_each_shape_is_traced_where_that_is_wanted() -> None:
    f, calls = counting(reduce_retracing=False)
    for size in (1, 2, 3, 2, 1):
        f(tg.ones([size]))
    assert [call[0].shape.as_list() for call in calls] == [[1], [2], [3]]


def test_structure_dtype_rank_and_python_values_distinguish() -> None:
    f, calls = counting()
    x = tg.constant([1.0])
    different: list[Any] = [
        (x,),
        (tg.constant([1]),),
        (tg.constant(1.0),),
        (x, 1),
        (x, 1.0),
        (x, True),
        (x, "1"),
        (x, b"1"),
        (x, 0.0),
        (x, -0.0),
        (x, [x]),
        (x, (x,)),
        (x, {"a": x}),
        (x, {"b": x}),
        (x, [x, x]),
        (x, tg.float32),
        (x, tg.TensorShape([1])),
    ]
    with pytest.warns(RuntimeWarning, match="traced 6 times"):
        for args in different:
            f(*args)
    assert len(calls) == len(different)
    for args in different:
        f(*args)
    assert len(calls) == len(different)
    f(x, None)
    f(x, y=None)
    f(y=None, x=x)
    assert len(calls) == len(different)


def test_objects_are_told_apart_by_identity() -> None:
    f, calls = counting()
    x = tg.constant(1.0)

    class Thing:
        __hash__ = None  # type: ignore[assignment]

    one, other = Thing(), Thing()
    for thing in (one, other, one, other):
        f(x, thing)
    assert [call[1] for call in calls] == [one, other]
    v, w = tg.Variable(1.0), tg.Variable(1.0)
    for variable in (v, w, v):
        f(x, variable)
    assert [call[1] is variable for call, variable in zip(calls[2:], (v, w))] == [True, True]
    assert len(calls) == 4


def test_a_signature_is_final() -> None:
    f, calls = counting(input_signature=[tg.TensorSpec([None, 2], tg.float32)])
    for size in (1, 2, 3):
        assert f(tg.ones([size, 2])).shape == [size, 2]
    np.testing.assert_array_equal(f([[1.0, 2.0]]), [[2.0, 3.0]])
    np.testing.assert_array_equal(f(tg.Variable([[1.0, 2.0]])), [[2.0, 3.0]])
    assert len(calls) == 1
    assert calls[0][0].shape == [None, 2]
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[f\] argument x.*shape=\(2, 3\).*TG-0303"):
        f(tg.ones([2, 3]))
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"int32.*TG-0303"):
        f(tg.constant([[1, 2]]))
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"argument y must be None.*TG-0303"):
        f(tg.ones([2, 2]), 3)
    with pytest.raises(
        tg.errors.InvalidArgumentError, match=r"argument x must be a tensor of float32.*TG-0303"
    ):
        f("text")


def test_a_signature_may_hold_nests() -> None:
    spec = tg.TensorSpec([None], tg.float32)

    @tg.function(input_signature=[{"a": spec, "b": (spec, spec)}, spec])
    def f(nest: Any, scale: Any) -> Any:
        return scale * (nest["a"] + nest["b"][0] - nest["b"][1])

    np.testing.assert_array_equal(f({"b": [[2.0], [3.0]], "a": [10.0]}, scale=[2.0]), [18.0])
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"keys \['a', 'b'\].*TG-0303"):
        f({"a": [1.0]}, [1.0])
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"nest\['b'\] must be a tuple of 2.*TG-0303"):
        f({"a": [1.0], "b": [1.0]}, [1.0])


def test_wrong_signatures_are_refused() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0305"):
        tg.function(lambda x: x, input_signature=["float32"])
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"Use \[tg.TensorSpec.*TG-0305"):
        tg.function(lambda x: x, input_signature=tg.TensorSpec([]))  # type: ignore[arg-type]
    too_long = tg.function(lambda x: x, input_signature=[tg.TensorSpec([]), tg.TensorSpec([])])
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"takes 1 positional.*TG-0303"):
        too_long(1.0, 2.0)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0305"):
        tg.function(3)  # type: ignore[call-overload]


def test_many_python_numbers_are_warned_about_once() -> None:
    f, _ = counting()
    x = tg.constant(1.0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for number in range(5):
            f(x, number)
        assert caught == []
        for number in range(5, 10):
            f(x, number)
    assert len(caught) == 1
    assert "[f] traced 6 times" in str(caught[0].message)
    assert "The last reason: argument y is 5 instead of 4." in str(caught[0].message)
    assert caught[0].filename == __file__


def test_functions_inside_of_functions() -> None:
    traced: list[Any] = []

    @tg.function
    def inner(x: Any) -> Any:
        traced.append(x.shape.as_list())
        return 2.0 * x

    @tg.function
    def outer(x: Any) -> Any:
        return inner(x) + inner(x)

    np.testing.assert_array_equal(outer(tg.constant([1.0])), [4.0])
    np.testing.assert_array_equal(outer(tg.constant([1.0, 2.0])), [4.0, 8.0])
    np.testing.assert_array_equal(outer(tg.ones([3])), [4.0, 4.0, 4.0])
    assert traced == [[1], [None]]


def test_methods_have_traces_for_each_object() -> None:
    class Counter(tg.Module):
        def __init__(self, step: float) -> None:
            super().__init__()
            self.step = step
            self.total = tg.Variable(0.0)
            self.traces = 0

        @tg.function
        def add(self, x: Any, *, times: Any = 1.0) -> Any:
            """Adds."""
            self.traces += 1
            return self.total.assign_add(self.step * x * times)

        @tg.function(input_signature=[tg.TensorSpec([], tg.float32)])
        def __call__(self, x: Any) -> Any:
            return self.add(x)

    one, other = Counter(1.0), Counter(10.0)
    x = tg.constant(2.0)
    for counter in (one, other, one):
        counter.add(x)
    one(x)
    assert (one.total.numpy(), other.total.numpy()) == (6.0, 20.0)
    one.add(x, times=tg.constant(10.0))
    assert one.total.numpy() == 26.0
    assert (one.traces, other.traces) == (2, 1)
    assert one.add is one.add
    assert one.add is not other.add
    assert Counter.add.__doc__ == "Adds."
    assert one.add.name == "add"


def test_variables_are_made_on_the_first_call_only() -> None:
    made: list[tg.Variable] = []

    @tg.function
    def f(x: Any) -> Any:
        if not made:
            made.append(tg.Variable(lambda: tg.ones([2]) * 3.0))
        return made[0] * x

    np.testing.assert_array_equal(f(tg.constant(2.0)), [6.0, 6.0])
    np.testing.assert_array_equal(f(tg.constant([2.0, 1.0])), [6.0, 3.0])
    made[0].assign([1.0, 1.0])
    np.testing.assert_array_equal(f(tg.constant(2.0)), [2.0, 2.0])

    @tg.function
    def always(x: Any) -> Any:
        return tg.Variable(1.0, name="lost") * x

    always(tg.constant(2.0))
    with pytest.raises(tg.errors.FailedPreconditionError, match=r"\[always\].*name='lost'.*TG-0304"):
        always(tg.constant([2.0]))
    assert tg.executing_eagerly()
    tg.Variable(1.0)


def test_init_scope_lifts_out() -> None:
    @tg.function
    def f(x: Any) -> Any:
        assert tg.inside_function()
        assert not tg.executing_eagerly()
        with tg.init_scope():
            assert tg.executing_eagerly()
            value = tg.constant(2.0).numpy() + 1.0
            tg.Variable(1.0)
        assert not tg.executing_eagerly()
        return value * x

    assert f(tg.constant(2.0)).numpy() == 6.0
    np.testing.assert_array_equal(f(tg.constant([2.0])), [6.0])


def test_an_error_while_tracing_leaves_nothing_behind() -> None:
    @tg.function
    def inner(x: Any) -> Any:
        raise KeyError("mine")

    @tg.function
    def outer(x: Any, fail: bool) -> Any:
        if fail:
            with tg.init_scope(), tg.GradientTape():
                return inner(x)
        return x

    with pytest.raises(KeyError, match="mine"):
        outer(tg.constant(1.0), True)
    assert tg.executing_eagerly()
    assert not tg.inside_function()
    assert tg._tracing.traces() == []
    assert (tg.constant(1.0) + 1.0).numpy() == 2.0
    assert outer(tg.constant(1.0), False).numpy() == 1.0


def test_errors_name_the_line_of_the_user() -> None:
    @tg.function
    def f(x: Any, y: Any) -> Any:
        return tg.matmul(x, y)

    with pytest.raises(tg.errors.InvalidArgumentError, match="matmul"):
        f(tg.ones([2, 3]), tg.ones([4, 5]))
    graph = f.get_concrete_function(tg.TensorSpec([None, 3]), tg.TensorSpec([3, 1])).graph
    line = f.python_function.__code__.co_firstlineno + 2
    assert f"test_tracing.py:{line}" in graph


def test_a_value_of_a_graph_cannot_leave_it() -> None:
    leaked: list[Any] = []

    @tg.function
    def f(x: Any) -> Any:
        leaked.append(2.0 * x)
        return x

    f(tg.constant(1.0))
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0118"):
        leaked[0] + 1.0


def test_wrong_calls() -> None:
    @tg.function
    def f(x: Any, *, y: Any) -> Any:
        return x + y

    one = tg.constant(1.0)
    for args, kwargs, problem in (
        ((), {"y": one}, "argument x is missing"),
        ((one,), {}, "argument y is missing"),
        ((one, one), {"y": one}, "takes 1 positional"),
        ((one,), {"x": one, "y": one}, "argument x is given twice"),
        ((one,), {"y": one, "z": one}, "no argument z"),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match=rf"\[f\].*{problem}.*\(x, \*, y\).*TG-0303"):
            f(*args, **kwargs)


def test_variadic_functions() -> None:
    @tg.function
    def f(first: Any, *rest: Any, **named: Any) -> Any:
        total = first
        for item in rest:
            total += item
        return {name: total * value for name, value in named.items()}

    one = tg.constant(1.0)
    result = f(one, one, one, b=one, a=2.0 * one)
    assert {name: value.numpy() for name, value in result.items()} == {"a": 6.0, "b": 3.0}
    assert list(result) == ["b", "a"]


def test_results_are_nests() -> None:
    v = tg.Variable(5.0)

    @tg.function
    def f(x: Any) -> Any:
        return {"z": (x, [x + 1.0, None]), "a": 2, "s": "text", "v": v, "n": np.float64(3.0), "again": x}

    result = f(tg.constant(1.0))
    assert list(result) == ["z", "a", "s", "v", "n", "again"]
    assert result["z"][0].numpy() == result["again"].numpy() == 1.0
    assert isinstance(result["z"], tuple)
    assert isinstance(result["z"][1], list)
    assert (result["z"][1][0].numpy(), result["z"][1][1]) == (2.0, None)
    assert (result["a"].dtype, result["a"].numpy()) == (tg.int32, 2)
    assert result["s"].numpy() == b"text"
    assert result["v"].numpy() == 5.0
    assert result["n"].dtype == tg.float64
    assert tg.function(lambda: None)() is None
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[lambda\].*of type object.*TG-0305"):
        tg.function(lambda: object())()


def test_many_threads_trace_and_call() -> None:
    f = tg.function(lambda x: tg.reduce_sum(x * 2.0))
    results: dict[int, float] = {}

    def work(size: int) -> None:
        for _ in range(5):
            results[size] = float(f(tg.ones([size])))

    threads = [threading.Thread(target=work, args=(size,)) for size in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {size: 2.0 * size for size in range(1, 9)}
    assert f.experimental_get_tracing_count() == 2
