"""Recurrent layers: the kernels' gradients against differences, masks, directions, and what a graph knows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg

STATES = {"lstm": 2, "gru": 1, "simple_rnn": 1}
GATES = {"lstm": 4, "gru": 3, "simple_rnn": 1}
CELLS = [
    ("lstm", {}),
    ("gru", {}),
    ("simple_rnn", {"activation": "tanh"}),
    ("simple_rnn", {"activation": "linear"}),
]


def weights(cell: str, inputs: int, units: int, batch: int, seed: int = 0) -> list[np.ndarray[Any, Any]]:
    """The kernels, the bias and the states to start with."""
    random = np.random.default_rng(seed)
    width = GATES[cell] * units
    bias = (2, width) if cell == "gru" else (width,)
    shapes = [(inputs, width), (units, width), bias, *[(batch, units)] * STATES[cell]]
    return [random.normal(size=shape) * 0.7 for shape in shapes]


def run(cell: str, x: Any, parts: list[Any], **attributes: Any) -> tuple[Any, list[Any]]:
    kernel, recurrent, bias, *states = parts
    function: Any = getattr(tg.nn.experimental, cell)
    y, last = function(
        x, kernel, recurrent, bias, tuple(states) if cell == "lstm" else states[0], **attributes
    )
    return y, list(last) if cell == "lstm" else [last]


def loss(cell: str, values: list[Any], weight: np.ndarray[Any, Any], **attributes: Any) -> Any:
    y, last = run(cell, values[0], values[1:], **attributes)
    total = tg.reduce_sum(y * weight)
    for state in last:
        total = total + tg.reduce_sum(tg.square(state))
    return total


@pytest.mark.parametrize(("cell", "attributes"), CELLS, ids=str)
@pytest.mark.parametrize("go_backwards", [False, True])
def test_gradients_of_the_kernels(cell: str, attributes: dict[str, Any], go_backwards: bool) -> None:
    random = np.random.default_rng(1)
    values = [random.normal(size=(2, 4, 3)), *weights(cell, 3, 2, 2)]
    weight = random.normal(size=(2, 4, 2))
    attributes = dict(attributes, mask=[[True, False, True, True], [False, True, True, False]])
    attributes["go_backwards"] = go_backwards
    tensors = [tg.constant(value) for value in values]
    with tg.GradientTape() as tape:
        tape.watch(tensors)
        total = loss(cell, tensors, weight, **attributes)
    for which, gradient in enumerate(tape.gradient(total, tensors)):
        wanted = np.zeros_like(values[which])
        for place in np.ndindex(wanted.shape):
            ends = []
            for sign in (1, -1):
                moved = [value.copy() for value in values]
                moved[which][place] += sign * 1e-5
                ends.append(float(loss(cell, moved, weight, **attributes)))
            wanted[place] = (ends[0] - ends[1]) / 2e-5
        np.testing.assert_allclose(gradient.numpy(), wanted, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("cell", list(GATES))
def test_a_masked_end_is_a_shorter_sequence(cell: str) -> None:
    random = np.random.default_rng(2)
    x, parts = random.normal(size=(2, 5, 3)), weights(cell, 3, 4, 2)
    mask = np.arange(5) < np.array([[3], [5]])
    y, last = run(cell, x, parts, mask=mask)
    short, short_last = run(cell, x[:1, :3], [*parts[:3], *(state[:1] for state in parts[3:])])
    np.testing.assert_allclose(y.numpy()[:1, :3], short.numpy(), rtol=1e-12)
    np.testing.assert_array_equal(y.numpy()[0, 3:], np.stack([y.numpy()[0, 2]] * 2))
    for state, wanted in zip(last, short_last, strict=True):
        np.testing.assert_allclose(state.numpy()[:1], wanted.numpy(), rtol=1e-12)


@pytest.mark.parametrize("cell", list(GATES))
def test_backwards_is_the_turned_sequence(cell: str) -> None:
    random = np.random.default_rng(3)
    x, parts = random.normal(size=(2, 5, 3)), weights(cell, 3, 4, 2)
    y, last = run(cell, x, parts, go_backwards=True)
    turned, turned_last = run(cell, x[:, ::-1].copy(), parts)
    np.testing.assert_allclose(y.numpy()[:, ::-1], turned.numpy(), rtol=1e-12)
    np.testing.assert_allclose(last[0].numpy(), turned_last[0].numpy(), rtol=1e-12)


@pytest.mark.parametrize("cell", list(GATES))
def test_float32_at_the_size_of_a_network(cell: str) -> None:
    random = np.random.default_rng(4)
    x, parts = random.normal(size=(16, 20, 40)), weights(cell, 40, 70, 16)
    parts[:2] = [part / 10 for part in parts[:2]]

    def gradients(dtype: Any) -> list[np.ndarray[Any, Any]]:
        tensors = [tg.constant(value.astype(dtype)) for value in (x, *parts)]
        with tg.GradientTape() as tape:
            tape.watch(tensors)
            y, last = run(cell, tensors[0], tensors[1:])
            total = tg.reduce_sum(y * y) + tg.reduce_sum(last[0])
        return [y.numpy(), *(g.numpy() for g in tape.gradient(total, tensors))]

    for got, wanted in zip(gradients(np.float32), gradients(np.float64), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-5 * np.abs(wanted).max())


@pytest.mark.parametrize("cell", list(GATES))
@pytest.mark.parametrize(("batch", "steps", "inputs"), [(0, 3, 2), (2, 0, 2), (2, 3, 0)])
def test_empty_sequences(cell: str, batch: int, steps: int, inputs: int) -> None:
    x, parts = tg.ones([batch, steps, inputs], tg.float64), weights(cell, inputs, 3, batch)
    tensors = [x, *(tg.constant(part) for part in parts)]
    with tg.GradientTape() as tape:
        tape.watch(tensors)
        y, last = run(cell, x, tensors[1:])
        total = tg.reduce_sum(y) + tg.reduce_sum(last[0])
    assert y.shape == (batch, steps, 3)
    if steps == 0:
        np.testing.assert_array_equal(last[0].numpy(), parts[3])
    for gradient, tensor in zip(tape.gradient(total, tensors), tensors, strict=True):
        assert gradient.shape == tensor.shape


def test_units_of_the_start_are_zeros_where_none_are_given() -> None:
    kernel, recurrent, bias, *_ = weights("gru", 2, 3, 4)
    x = np.random.default_rng(5).normal(size=(4, 2, 2))
    y, _ = tg.nn.experimental.gru(x, kernel, recurrent, bias)
    wanted, _ = tg.nn.experimental.gru(x, kernel, recurrent, bias, np.zeros((4, 3)))
    np.testing.assert_array_equal(y.numpy(), wanted.numpy())


@pytest.mark.parametrize("cell", list(GATES))
def test_sizes_that_a_graph_does_not_know(cell: str) -> None:
    parts = [tg.constant(part) for part in weights(cell, 2, 3, 1)[:3]]

    @tg.function(input_signature=[tg.TensorSpec([None, None, 2], tg.float64)])
    def gradient(x: Any) -> Any:
        with tg.GradientTape() as tape:
            tape.watch(x)
            y, _ = getattr(tg.nn.experimental, cell)(x, *parts)
            total = tg.reduce_sum(y)
        return tape.gradient(total, x)

    x = tg.constant(np.random.default_rng(6).normal(size=(2, 4, 2)))
    with tg.GradientTape() as tape:
        tape.watch(x)
        total = tg.reduce_sum(getattr(tg.nn.experimental, cell)(x, *parts)[0])
    np.testing.assert_allclose(gradient(x).numpy(), tape.gradient(total, x).numpy(), rtol=1e-12)


def test_second_derivatives_need_the_number_of_steps() -> None:
    parts = [tg.constant(part) for part in weights("gru", 2, 3, 1)[:3]]

    @tg.function(input_signature=[tg.TensorSpec([None, None, 2], tg.float64)])
    def second(x: Any) -> Any:
        with tg.GradientTape() as outer:
            outer.watch(x)
            with tg.GradientTape() as inner:
                inner.watch(x)
                y, _ = tg.nn.experimental.gru(x, *parts)
                total = tg.reduce_sum(y)
            first = tg.reduce_sum(tg.square(inner.gradient(total, x)))
        return outer.gradient(first, x)

    with pytest.raises(tg.errors.UnimplementedError) as error:
        second(tg.ones([2, 4, 2], tg.float64))
    assert error.value.error_code == "TG-0590"


def test_errors() -> None:
    kernel, recurrent, bias, *_ = weights("simple_rnn", 2, 3, 4)
    for code, call in {
        "TG-0103": lambda: tg.nn.experimental.simple_rnn(np.ones((4, 2)), kernel, recurrent, bias),
        "TG-0105": lambda: tg.nn.experimental.simple_rnn(np.ones((4, 2, 3)), kernel, recurrent, bias),
        "TG-0106": lambda: tg.nn.experimental.simple_rnn(
            np.ones((4, 2, 2)), kernel, recurrent, bias, activation="gelu"
        ),
    }.items():
        with pytest.raises(tg.errors.InvalidArgumentError) as error:
            call()
        assert error.value.error_code == code
