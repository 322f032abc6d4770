"""Ops on variables."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native

F32 = tg.float32._number


def variable(value: Any = None, dims: tuple[int, ...] | None = (2,)) -> Any:
    initial = None if value is None else tg.constant(np.asarray(value, np.float32))
    return _native.variable_create("v", F32, dims, True, initial)


def read(handle: Any, **attributes: Any) -> Any:
    return _native.execute("read_variable", (handle,), {"dtype": F32, **attributes})


def test_reading_gives_the_value() -> None:
    np.testing.assert_array_equal(read(variable([1.0, 2.0]), shape=[2]).numpy(), [1.0, 2.0])


@pytest.mark.parametrize(
    ("op", "wanted"), [("assign", [5, 7]), ("assign_add", [6, 9]), ("assign_sub", [-4, -5])]
)
def test_updates(op: str, wanted: list[float]) -> None:
    handle = variable([1.0, 2.0])
    assert _native.execute(f"{op}_variable", (handle, tg.constant([5.0, 7.0])), {}) is None
    np.testing.assert_array_equal(read(handle).numpy(), wanted)


@pytest.mark.parametrize("op", ["assign_variable", "assign_add_variable", "assign_sub_variable"])
def test_what_was_read_before_keeps_its_value(op: str) -> None:
    handle = variable([1.0, 2.0])
    before = read(handle)
    array = before.numpy()
    _native.execute(op, (handle, tg.constant([5.0, 7.0])), {})
    np.testing.assert_array_equal(before.numpy(), [1.0, 2.0])
    np.testing.assert_array_equal(array, [1.0, 2.0])


def test_updates_by_several_threads_all_count() -> None:
    handle = variable(np.zeros(2))
    one = tg.constant([1.0, 1.0])

    def work() -> None:
        for _ in range(200):
            _native.execute("assign_add_variable", (handle, one), {})

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(read(handle).numpy(), [800.0, 800.0])


def test_the_gradient_of_a_read_is_that_of_the_variable() -> None:
    v = tg.Variable([3.0, 4.0])
    with tg.GradientTape() as tape:
        y = tg.reduce_sum(v * v)
    np.testing.assert_array_equal(tape.gradient(y, v).numpy(), [6.0, 8.0])


def test_reads_and_writes_in_a_graph_keep_their_order() -> None:
    v = tg.Variable(1.0)

    @tg.function
    def step() -> Any:
        first = v.read_value()
        v.assign_add(10.0)
        second = v.read_value()
        v.assign(2.0)
        return first, second, v.read_value()

    assert [float(x) for x in step()] == [1.0, 11.0, 2.0]
    assert [float(x) for x in step()] == [2.0, 12.0, 2.0]


@pytest.mark.parametrize("op", ["assign_variable", "assign_add_variable", "assign_sub_variable"])
def test_a_variable_keeps_its_dtype_and_shape(op: str) -> None:
    handle = variable([1.0, 2.0])
    for wrong in (tg.constant([1.0, 2.0, 3.0]), tg.constant([1, 2]), tg.constant(1.0)):
        with pytest.raises(tg.errors.InvalidArgumentError) as error:
            _native.execute(op, (handle, wrong), {})
        assert error.value.error_code == "TG-0116"
    np.testing.assert_array_equal(read(handle).numpy(), [1.0, 2.0])


def test_a_read_must_name_the_dtype_and_shape_of_the_variable() -> None:
    handle = variable([1.0, 2.0])
    for attributes in ({"dtype": tg.int32._number}, {"shape": [3]}, {"shape": [2, 1]}):
        with pytest.raises(tg.errors.InvalidArgumentError) as error:
            read(handle, **attributes)
        assert error.value.error_code == "TG-0116"


def test_a_variable_without_value_cannot_be_read_or_updated() -> None:
    handle = variable()
    with pytest.raises(tg.errors.FailedPreconditionError) as error:
        read(handle)
    assert error.value.error_code == "TG-0115"
    with pytest.raises(tg.errors.FailedPreconditionError):
        _native.execute("assign_add_variable", (handle, tg.constant([1.0, 2.0])), {})


def test_only_variables_are_read_and_assigned() -> None:
    generator = _native.execute("random_state", (), {"seed": 1, "seed2": 2})
    for op, inputs, attributes in (
        ("read_variable", (), {"dtype": F32}),
        ("assign_variable", (tg.constant(1.0),), {}),
        ("assign_add_variable", (tg.constant(1.0),), {}),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError) as error:
            _native.execute(op, (generator, *inputs), attributes)
        assert error.value.error_code == "TG-0501"
        with pytest.raises(tg.errors.InvalidArgumentError) as error:
            _native.execute(op, (tg.constant(1.0), *inputs), attributes)
        assert error.value.error_code == "TG-0102"
