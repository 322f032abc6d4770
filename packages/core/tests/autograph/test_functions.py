"""Which functions are converted, and how they are found."""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tensegra as tg

from .programs import compiled


def clipped(x: Any, *, top: Any = 3) -> Any:
    if x > top:
        return top
    return x


def test_functions_that_are_called_are_converted() -> None:
    f = tg.function(lambda x: clipped(x) + clipped(x, top=1))
    assert f(tg.constant(5)).numpy() == 4
    assert f(tg.constant(0)).numpy() == 0


def test_lambdas_on_one_line() -> None:
    pair = (lambda x: x if x > 0 else -x), (lambda x: 0 if x > 0 else x)
    for function in pair:
        for value in (3, -3):
            assert tg.function(function)(tg.constant(value)).numpy() == function(value)


def test_nested_functions_and_closures() -> None:
    limit = tg.constant(3)

    @tg.function
    def f(x: Any) -> Any:
        count = 0

        def step(y: Any) -> Any:
            nonlocal count
            count += 1
            if y > limit:
                return y - limit
            return y

        for _ in range(2):
            x = step(x)
        return x, count

    assert [value.numpy() for value in f(tg.constant(10))] == [4, 2]


class Base(tg.Module):
    def shifted(self, x: Any) -> Any:
        if x > 0:
            return x + 1
        return x


class Derived(Base):
    def __init__(self) -> None:
        super().__init__()
        self.__secret = 10

    def shifted(self, x: Any) -> Any:
        if x < 5:
            x = super().shifted(x)
        return x + self.__secret

    @tg.function
    def __call__(self, x: Any) -> Any:
        return self.shifted(x) + self.doubled(x) + self.named(x)

    @staticmethod
    def doubled(x: Any) -> Any:
        return 2 * x if x > 1 else x

    @classmethod
    def named(cls, x: Any) -> Any:
        return len(cls.__name__) if x > 2 else 0


def test_methods() -> None:
    module = Derived()
    assert module(tg.constant(3)).numpy() == 3 + 1 + 10 + 6 + 7
    assert module(tg.constant(-1)).numpy() == -1 + 10 - 1


def test_methods_of_classes_inside() -> None:
    @tg.function
    def f(x: Any) -> Any:
        class Clip:
            def apply(self, y: Any) -> Any:
                return y if y < 3 else 3

        return Clip().apply(x)

    assert (f(tg.constant(5)).numpy(), f(tg.constant(1)).numpy()) == (3, 1)


def test_partials_and_callable_objects() -> None:
    class Scale:
        def __call__(self, x: Any) -> Any:
            return x * 2 if x > 0 else x

    f = tg.function(lambda x: functools.partial(clipped, top=2)(x) + Scale()(x))
    assert f(tg.constant(4)).numpy() == 10


def twice(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs) + function(*args, **kwargs)

    return wrapper


def test_decorated_functions() -> None:
    @tg.function
    @twice
    def f(x: Any, scale: int = 2) -> Any:
        if x > 0:
            x = x * scale
        return x

    assert f(tg.constant(3)).numpy() == 12
    assert f(tg.constant(3), scale=1).numpy() == 6


def test_callbacks_of_control_flow_are_converted() -> None:
    def sign(x: Any) -> Any:
        if x > 0:
            return 1
        return -1

    np.testing.assert_array_equal(tg.function(lambda x: tg.map_fn(sign, x))(tg.constant([3, -2])), [1, -1])


def test_generators_run_as_they_are() -> None:
    def numbers(n: int) -> Iterator[int]:
        while n > 0:
            yield n
            n -= 1

    @tg.function
    def f(x: Any) -> Any:
        return x * sum(numbers(3)) + sum(k for k in numbers(2) if k != 1)

    assert f(tg.constant(2)).numpy() == 14


def test_context_managers_of_the_user() -> None:
    entered = []

    @contextlib.contextmanager
    def noted(name: str) -> Iterator[None]:
        entered.append(name)
        yield

    @tg.function
    def f(x: Any) -> Any:
        with noted("a"):
            if x > 0:
                return x
        return -x

    assert (f(tg.constant(-2)).numpy(), entered) == (2, ["a"])


def test_do_not_convert() -> None:
    @tg.autograph.experimental.do_not_convert
    def plain(x: Any) -> Any:
        return x if x > 0 else -x

    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0302"):
        tg.function(lambda x: plain(x))(tg.constant(1))
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0302"):
        tg.function(clipped, autograph=False)(tg.constant(1))
    assert tg.function(clipped)(tg.constant(7)).numpy() == 3
    assert tg.autograph.experimental.do_not_convert()(clipped)(5) == 3


def test_code_without_source_runs_as_it_is() -> None:
    namespace: dict[str, Any] = {}
    exec("def f(x, flag=True):\n    if flag:\n        return x + 1\n    return x\n", namespace)
    with pytest.warns(RuntimeWarning, match=r"\[autograph\] f runs as it is, without conversion: its source"):
        assert tg.function(namespace["f"])(tg.constant(1)).numpy() == 2
    exec("def g(x):\n    return x + 1\n", namespace)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tg.function(namespace["g"])(tg.constant(1)).numpy() == 2
        assert tg.function(namespace["f"])(tg.constant(2)).numpy() == 3


def test_source_of_notebooks_is_found() -> None:
    f = compiled("def f(x):\n    if x > 0:\n        x = x * 2\n    return x\n")
    assert tg.function(f)(tg.constant(4)).numpy() == 8


def test_jumps_out_of_finally_run_as_they_are() -> None:
    def f(x: Any) -> Any:
        for k in range(3):
            try:
                x = x + k
            finally:
                break  # noqa: B012
        return x

    with pytest.warns(RuntimeWarning, match="jumps out of a finally block"):
        assert tg.function(f)(tg.constant(1)).numpy() == 1


def test_names_are_looked_up_when_they_are_used() -> None:
    f = compiled("def f(x):\n    if x > 0:\n        return g(x)\n    return x\n")
    f.__globals__["g"] = lambda x: x + 1
    assert tg.function(f)(tg.constant(4)).numpy() == 5
    f.__globals__["g"] = lambda x: x + 2
    assert tg.function(f)(tg.constant(4)).numpy() == 6


def test_globals_are_variables() -> None:
    f = compiled("def f(x):\n    global total\n    if x > 0:\n        total = x\n    return total\n", total=0)
    assert tg.function(f)(tg.constant(4)).numpy() == 4


def test_interface() -> None:
    code = tg.autograph.to_code(clipped)
    assert code.startswith("def clipped(x: Any, *, top: Any=3)")
    assert "ag__.if_stmt(x > top" in code
    converted = tg.autograph.to_graph(clipped)
    assert (converted(5), converted(5, top=9), converted.__name__) == (3, 5, "clipped")
    assert tg.autograph.to_graph(tg.function(clipped), recursive=False)(4) == 3
    features = tg.autograph.experimental.Feature
    assert features.ALL in features.all()
    assert features.LISTS not in features.all_but(features.LISTS)
    f = tg.function(clipped, experimental_autograph_options=features.all_but([features.LISTS]))
    assert f(tg.constant(9)).numpy() == 3
    assert tg.autograph.experimental.set_loop_options(parallel_iterations=1) is None
    assert tg.autograph.experimental.as_traced(clipped) is clipped


def test_it_tells_what_it_converts(capsys: pytest.CaptureFixture[str]) -> None:
    tg.autograph.set_verbosity(1, alsologtostdout=True)
    try:
        tg.function(compiled("def f(x):\n    return x\n"))(tg.constant(1))
    finally:
        tg.autograph.set_verbosity(0)
    tg.autograph.trace("x", 1)
    assert capsys.readouterr().out.splitlines()[0].startswith("AutoGraph: converted f (<program")


def test_converted_functions_run_eagerly() -> None:
    tg.config.run_functions_eagerly(True)
    try:
        assert tg.config.functions_run_eagerly()
        assert tg.function(clipped)(tg.constant(9)) == 3
    finally:
        tg.config.run_functions_eagerly(False)
    assert tg.autograph.to_graph(clipped)(tg.constant(2)).numpy() == 2


def power(x: tg.Tensor, n: int) -> tg.Tensor:
    if n < 1:
        return x
    return tg.matmul(x, power(x, n - 1))


def test_a_function_that_calls_itself_with_python_numbers() -> None:
    x = tg.constant([[1.0, 1.0], [0.0, 1.0]])
    assert tg.function(lambda a: power(a, 2))(x).numpy().tolist() == [[1.0, 3.0], [0.0, 1.0]]

    def inner(a: tg.Tensor, n: int) -> tg.Tensor:
        return a if n < 1 else inner(a, n - 1) + 1.0

    assert tg.function(lambda a: inner(a, 3))(x).numpy().tolist() == [[4.0, 4.0], [3.0, 4.0]]
