"""Errors that cross from the engine and the binding into Python."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native


def test_engine_errors_have_their_class_and_code() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError) as caught:
        tg.constant([1.0, 2.0]) + tg.constant([1.0, 2.0, 3.0])
    assert caught.value.error_code == "TG-0101"
    assert caught.value.code == 3
    assert isinstance(caught.value, ValueError)
    assert str(caught.value).startswith("[add]")
    assert str(caught.value).endswith("(TG-0101)")


def test_unknown_op_names_the_nearest() -> None:
    with pytest.raises(tg.errors.NotFoundError, match=r"sqare.*square.*TG-0112"):
        _native.find_op("sqare")
    with pytest.raises(tg.errors.NotFoundError, match="TG-0112"):
        _native.execute("sqare", (1.0,))


def test_number_of_inputs() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[add\].*Received: 1 instead of 2.*TG-0110"):
        _native.execute("add", (1.0,))


@pytest.mark.parametrize(
    ("op", "inputs", "attributes"),
    [
        ("reduce_sum", ([1.0],), {"axes": 0}),
        ("reduce_sum", ([1.0],), (0, False, 1)),
        ("reduce_sum", ([1.0],), {"axis": "x"}),
        ("reduce_sum", ([1.0],), {"axis": 0.5}),
        ("reduce_sum", ([1.0],), {"axis": [0, "x"]}),
        ("reduce_sum", ([1.0],), {"keepdims": "yes"}),
        ("concat", ([[1.0]],), {"axis": 0.5}),
        ("concat", ([[1.0]],), {"axis": 2**70}),
        ("concat", ([[1.0]],), {}),
        ("concat", ([[1.0]],), {"axis": [0, 1]}),
        ("one_hot", ([0],), {"depth": 2, "on_value": "a"}),
        ("conv2d", (np.zeros([1, 2, 2, 1]), np.zeros([1, 1, 1, 1])), {"strides": 1, "padding": 1}),
    ],
)
def test_wrong_attributes(op: str, inputs: tuple[Any, ...], attributes: Any) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=rf"\[{op}\].*TG-0111"):
        _native.execute(op, inputs, attributes)


def test_attributes_in_many_forms() -> None:
    x = tg.constant([[1.0, 2.0], [3.0, 4.0]])
    for axis in (
        0,
        [0],
        (0,),
        np.int64(0),
        np.array([0]),
        tg.constant(0),
        tg.constant([0], tg.int64),
        tg.Variable(0),
    ):
        assert tg.reduce_sum(x, axis).numpy().tolist() == [4.0, 6.0]
    assert tg.concat([x, x], tg.constant(1)).shape == (2, 4)
    for keep in (True, 1, np.bool_(True), tg.constant(True)):
        assert tg.reduce_sum(x, 0, keep).shape == (1, 2)
    for dtype in (tg.float64, "float64", np.float64, np.dtype("float64"), float):
        assert tg.cast(x, dtype).dtype in (tg.float64, tg.float32)


def test_misuse_of_execute() -> None:
    for arguments in ((), ("add",), ("add", [1, 2]), (5, (1,)), ("add", (1, 2), 3), ("add", (1, 2), {}, 1)):
        with pytest.raises(TypeError):
            _native.execute(*arguments)  # type: ignore[call-overload]


def test_a_list_is_needed() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[concat\] values must be a list.*TG-0117"):
        tg.concat(5, axis=0)


def test_errors_of_iterators_pass_through() -> None:
    class Broken:
        def __len__(self) -> int:
            return 2

        def __getitem__(self, i: int) -> float:
            raise KeyError("gone")

    with pytest.raises(KeyError, match="gone"):
        tg.constant([Broken(), 1.0])


def test_error_in_a_custom_gradient_keeps_its_class() -> None:
    @tg.custom_gradient
    def broken(x: tg.Tensor) -> tuple[tg.Tensor, Any]:
        def gradient(dy: tg.Tensor) -> tg.Tensor:
            raise LookupError("from the gradient")

        return tg.square(x), gradient

    x = tg.constant(2.0)
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = broken(x)
    with pytest.raises(LookupError, match="from the gradient"):
        tape.gradient(y, x)


def test_threads_run_ops_at_once() -> None:
    x = tg.constant(np.ones((128, 128), np.float32))
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(20):
                y = x @ x
                assert float(y[0, 0]) == 128.0
                with pytest.raises(ValueError, match="TG-0101"):
                    x + tg.constant([1.0, 2.0])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_events() -> None:
    event = _native.Event()
    assert not event.is_ready
    waiter = threading.Thread(target=event.wait)
    waiter.start()
    event.signal()
    waiter.join(timeout=10)
    assert not waiter.is_alive()
    assert event.is_ready
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0505"):
        event.signal()


def test_plugins_that_are_none() -> None:
    with pytest.raises(tg.errors.Error, match="TG-0503"):
        _native.load_plugin("/nonexistent/plugin.so")


def test_devices_and_threads() -> None:
    assert "CPU:0" in _native.devices()
    count = _native.num_threads()
    _native.set_num_threads(1)
    assert _native.num_threads() == 1
    _native.set_num_threads(count)
    assert _native.num_threads() == count
