"""Errors name the variable, and the user's file and line."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

import tensegra as tg

from .programs import compiled

E = tg.errors.InvalidArgumentError


def failing(function: Any, *arguments: Any) -> BaseException:
    with pytest.raises(Exception) as caught:
        tg.function(function)(*map(tg.constant, arguments))
    return caught.value


def lines_of(error: BaseException) -> list[tuple[str, int | None]]:
    frames = traceback.extract_tb(error.__traceback__)
    return [(frame.name, frame.lineno) for frame in frames if frame.filename == __file__]


def test_a_variable_of_one_branch() -> None:
    def f(x: Any) -> Any:
        if x > 0:
            y = x
        return y

    error = failing(f, 1)
    line = f.__code__.co_firstlineno
    assert isinstance(error, E)
    assert f"'y' without a value where the condition at test_errors.py:{line + 1} is false" in str(error)
    assert "TG-0801" in str(error)
    assert lines_of(error)[-1] == ("f", line + 3)


def test_a_variable_of_one_branch_may_go_unread() -> None:
    @tg.function
    def f(x: Any) -> Any:
        if x > 0:
            y = x
            x = y + 1
        for i in tg.range(3):
            z = i * 2
            x += z
        return x

    assert f(tg.constant(1)).numpy() == 8


def test_a_variable_of_a_loop() -> None:
    def f(n: Any) -> Any:
        for i in tg.range(n):
            last = i
        return last

    error = failing(f, 3)
    assert (
        f"'last' without a value where the for loop at test_errors.py:{f.__code__.co_firstlineno + 1}"
        in str(error)
    )


def test_plain_python_errors_stay() -> None:
    def f(x: Any) -> Any:
        if x is None:
            y = 1
        return y

    error = failing(f, 1)
    assert isinstance(error, UnboundLocalError) and "'y'" in str(error)


def test_branches_of_different_kinds() -> None:
    def dtype(x: Any) -> Any:
        if x > 0:
            y = tg.constant(1.0)
        else:
            y = tg.constant(2)
        return y

    error = failing(dtype, 1)
    assert "'y' must have the same structure and dtype" in str(error) and "float32 and int32" in str(error)
    assert f"test_errors.py:{dtype.__code__.co_firstlineno + 1}" in str(error) and "TG-0511" in str(error)

    def structure(x: Any) -> Any:
        return (x, x) if x > 0 else x

    assert "TG-0511" in str(failing(structure, 1))

    def nothing(x: Any) -> Any:
        if x > 0:
            return x
        return None

    assert "the returned value must have the same structure" in str(failing(nothing, 1))


def test_loop_variables_that_change() -> None:
    def dtype(n: Any) -> Any:
        total = 0
        for i in tg.range(n):
            total = tg.cast(i, tg.float32) * 0.5
        return total

    error = str(failing(dtype, 3))
    assert "'total' must keep its structure, dtype and shape in the for loop at test_errors.py" in error
    assert "dtype int32 before an iteration, dtype float32 after it" in error and "TG-0511" in error

    def shape(n: Any) -> Any:
        x = tg.zeros([1])
        while n > 0:
            x = tg.concat([x, x], axis=0)
            n -= 1
        return x

    error = str(failing(shape, 3))
    assert "'x' must keep" in error and "shape (1,) before an iteration, shape (2,) after it" in error
    assert "shape_invariants=[(x, " in error


def test_python_objects_cannot_be_chosen() -> None:
    def branch(x: Any) -> Any:
        if x > 0:
            f = object()
        else:
            f = object()
        return x, f is None

    error = failing(branch, 1)
    assert (
        isinstance(error, E) and "'f' with a value of type object" in str(error) and "TG-0802" in str(error)
    )

    def loop(n: Any) -> Any:
        f = object()
        for _ in tg.range(n):
            f = object()
        return n, f is None

    assert "TG-0802" in str(failing(loop, 2))


def test_recursion_is_refused() -> None:
    def factorial(n: Any) -> Any:
        if n <= 1:
            return 1
        return n * factorial(n - 1)

    error = failing(factorial, 5)
    assert isinstance(error, tg.errors.UnimplementedError)
    assert "factorial, 32 branches deep" in str(error) and "TG-0803" in str(error)
    assert tg.function(lambda: tg.constant(factorial(5)))().numpy() == 120


def test_lists() -> None:
    def empty(n: Any) -> Any:
        values = []
        if n > 0:
            for _ in tg.range(n):
                if False:
                    values.append(n)
            n = values[0]
        return n

    assert "TG-0804" in str(failing(empty, 1)) or "list index" in str(failing(empty, 1))

    def unread(n: Any) -> Any:
        values = []
        for _ in tg.range(n):
            first = values[0]
            values.append(first)
        return n

    assert "an empty list" in str(failing(unread, 1)) and "TG-0804" in str(failing(unread, 1))

    def joined(n: Any) -> Any:
        values = []
        for _ in tg.range(n):
            values.append(tg.zeros([2, 2]))
        return tg.concat(values, axis=1)

    assert "TG-0804" in str(failing(joined, 1))

    def length(n: Any) -> Any:
        values = []
        for _ in tg.range(n):
            values.append(n)
        return values.__len__()

    assert isinstance(failing(length, 2), TypeError)


def test_loops_over_scalars() -> None:
    def loop(x: Any) -> Any:
        for each in x:
            x = each
        return x

    assert "TG-0805" in str(failing(loop, 1))
    assert "[sum]" in str(failing(lambda x: sum(x), [[1, 2]]))
    assert "[max]" in str(failing(lambda x: max(x), [[1, 2]]))


def test_options() -> None:
    def wrong_form(n: Any) -> Any:
        for _ in tg.range(n):
            tg.autograph.experimental.set_loop_options(shape_invariants=[n])
            n += 0
        return n

    assert "TG-0806" in str(failing(wrong_form, 1))

    def unknown(n: Any) -> Any:
        other = tg.zeros([1])
        for _ in tg.range(n):
            tg.autograph.experimental.set_loop_options(shape_invariants=[(other, tg.TensorShape([None]))])
            n += 0
        return n

    assert "TG-0806" in str(failing(unknown, 1))
    with pytest.raises(E, match="TG-0806"):
        tg.function(lambda x: x, experimental_autograph_options="LISTS")


def test_what_cannot_be_converted() -> None:
    def numbers() -> Any:
        yield 1

    with pytest.raises(E, match="generators and coroutines run as they are.*TG-0809"):
        tg.autograph.to_code(numbers)
    with pytest.raises(E, match="TG-0809"):
        tg.autograph.to_graph(3)
    namespace: dict[str, Any] = {}
    exec("def f(x):\n    return x", namespace)
    with pytest.raises(E, match="its source was not found.*TG-0809"):
        tg.autograph.to_graph(namespace["f"])


def test_predicates_are_one_bool() -> None:
    def f(x: Any) -> Any:
        return 1 if x else 0

    error = str(failing(f, [True, False]))
    assert "test_errors.py" in error and "TG-0514" in error


def test_tracebacks_show_the_users_lines() -> None:
    def helper(x: Any) -> Any:
        if x > 0:
            for _ in tg.range(3):
                x = x + undefined_name  # noqa: F821
        return x

    def f(x: Any) -> Any:
        while x < 10:
            x = helper(x)
        return x

    error = failing(f, 1)
    assert isinstance(error, NameError)
    first = helper.__code__.co_firstlineno
    outer = f.__code__.co_firstlineno
    assert lines_of(error)[-2:] != []
    assert ("f", outer + 2) in lines_of(error)
    assert lines_of(error)[-1] == ("helper", first + 3)
    files = {frame.filename for frame in traceback.extract_tb(error.__traceback__)}
    assert not any("_autograph" in name for name in files)


def test_errors_of_running_name_the_line() -> None:
    def f(x: Any) -> Any:
        if x > 0:
            x = tg.gather(tg.constant([1, 2]), x)
        return x

    error = str(failing(f, 7))
    assert f"test_errors.py:{f.__code__.co_firstlineno + 2}" in error


def test_the_state_is_as_before_after_an_error() -> None:
    f = compiled(
        "def f(x):\n"
        "    y = 1\n"
        "    try:\n"
        "        if x > 0:\n"
        "            y = 2\n"
        "            raise KeyError('k')\n"
        "    except KeyError:\n"
        "        pass\n"
        "    return y\n"
    )
    assert tg.function(f)(tg.constant(1)).numpy() == 1
