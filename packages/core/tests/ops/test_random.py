"""Random ops against numbers that TensorFlow draws, and the ways to call them wrongly."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native

_GOLDENS = json.loads((pathlib.Path(__file__).parent / "random_goldens.json").read_text())["cases"]


def shape_of(*sizes: int) -> Any:
    return tg.constant(np.array(sizes, np.int32))


def state(seed: int, seed2: int) -> Any:
    return _native.execute("random_state", (), {"seed": seed, "seed2": seed2})


def draws(case: dict[str, Any]) -> list[np.ndarray[Any, Any]]:
    """What the op draws for a golden; twice for a stateful distribution."""
    op, dtype = case["op"], tg.as_dtype(case.get("dtype", "int32"))
    attributes: dict[str, Any] = {"dtype": dtype._number} if dtype.is_floating else {}
    first = (state(*case["seeds"]),) if "seeds" in case else ()
    rest: tuple[Any, ...] = ()
    if op == "random_shuffle":
        rest, attributes = (np.arange(17, dtype=np.int32),), {}
    elif "logits" in case:
        rest, attributes = (
            (np.array(case["logits"], np.float32),),
            {"num_samples": np.shape(case["values"])[1]},
        )
    else:
        rest = (shape_of(*case["shape"]),)
    if "seed" in case:
        rest += (np.array(case["seed"], np.int64),)
    if op == "stateless_uniform" or op == "random_uniform_int":
        low, high = case.get("range", (0, 1))
        rest, attributes = (*rest, tg.constant(low, dtype), tg.constant(high, dtype)), {}
    repeats = 2 if first and dtype.is_floating else 1
    return [_native.execute(op, (*first, *rest), attributes).numpy() for _ in range(repeats)]


@pytest.mark.parametrize(
    "case", _GOLDENS, ids=lambda c: f"{c['op']}-{c.get('dtype', '')}-{c.get('seeds', c.get('seed'))}"
)
def test_tensorflow_draws_the_same(case: dict[str, Any]) -> None:
    found = draws(case)
    wanted = case["values"] if len(found) == 2 else [case["values"]]
    for numbers, golden in zip(found, wanted, strict=True):
        reference = np.array(golden, numbers.dtype)
        if "normal" in case["op"]:  # two units in the last place
            np.testing.assert_allclose(numbers, reference, rtol=2 * np.finfo(numbers.dtype).eps, strict=True)
        else:
            np.testing.assert_array_equal(numbers, reference, strict=True)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize(
    ("op", "mean", "deviation", "low", "high"),
    [
        ("uniform", 0.5, 12**-0.5, 0.0, 1.0),
        ("normal", 0.0, 1.0, -10.0, 10.0),
        ("truncated_normal", 0.0, 0.8796, -2.0, 2.0),
    ],
)
def test_moments(op: str, mean: float, deviation: float, low: float, high: float, dtype: str) -> None:
    attributes = {"dtype": tg.as_dtype(dtype)._number}
    numbers = _native.execute(f"random_{op}", (state(1, 2), shape_of(20000)), attributes)
    values = tg.cast(numbers, tg.float64).numpy()
    assert abs(values.mean() - mean) < 0.03
    assert abs(values.std() - deviation) < 0.03
    assert values.min() >= low
    assert values.max() < high or (dtype != "float64" and values.max() <= high)


def test_a_state_moves_on_and_two_states_of_one_seed_agree() -> None:
    one, other = state(5, 6), state(5, 6)
    attributes = {"dtype": tg.float32._number}
    first, second = (
        _native.execute("random_normal", (one, shape_of(4)), attributes).numpy() for _ in range(2)
    )
    assert not np.array_equal(first, second)
    again = [_native.execute("random_normal", (other, shape_of(4)), attributes).numpy() for _ in range(2)]
    np.testing.assert_array_equal([first, second], again)


def test_seeds_of_0_come_from_the_system() -> None:
    attributes = {"dtype": tg.float64._number}
    numbers = [
        _native.execute("random_uniform", (state(0, 0), shape_of(4)), attributes).numpy() for _ in range(2)
    ]
    assert not np.array_equal(*numbers)


def test_draws_do_not_depend_on_the_number_of_threads() -> None:
    before = _native.num_threads()
    found = []
    try:
        for threads in (1, 2):
            _native.set_num_threads(threads)
            attributes = {"dtype": tg.float32._number}
            found.append(
                _native.execute("stateless_normal", (shape_of(300, 1000), shape_of(3, 4)), attributes).numpy()
            )
    finally:
        _native.set_num_threads(before)
    np.testing.assert_array_equal(*found)


def test_a_graph_draws_anew_in_each_run() -> None:
    generator = state(9, 9)

    @tg.function
    def draw() -> Any:
        uniform = _native.execute("random_uniform", (generator, shape_of(3)), {"dtype": tg.float32._number})
        return uniform, _native.execute(
            "random_uniform", (generator, shape_of(3)), {"dtype": tg.float32._number}
        )

    numbers = np.array([[x.numpy() for x in draw()] for _ in range(2)]).reshape(4, 3)
    assert len(np.unique(numbers)) == 12
    fresh = state(9, 9)
    eager = [
        _native.execute("random_uniform", (fresh, shape_of(3)), {"dtype": tg.float32._number}).numpy()
        for _ in range(4)
    ]
    np.testing.assert_array_equal(numbers, eager)


@pytest.mark.parametrize("shape", [(0,), (1,), (), (5, 0), (40, 3), (6, 2, 2)])
def test_a_shuffle_permutes_the_slices(shape: tuple[int, ...]) -> None:
    value = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    result = _native.execute("random_shuffle", (state(1, 1), value), {}).numpy()
    assert result.shape == shape
    if value.ndim:
        np.testing.assert_array_equal(np.sort(result, axis=0), value)
    if shape == (40, 3):
        assert not np.array_equal(result, value)


def test_classes_are_drawn_with_their_probabilities() -> None:
    logits = np.log(np.array([[0.1, 0.2, 0.7], [0.5, 0.5, 1e-30]]))
    drawn = _native.execute("stateless_categorical", (logits, shape_of(1, 2)), {"num_samples": 20000}).numpy()
    found = np.stack([np.bincount(row, minlength=3) for row in drawn]) / 20000
    np.testing.assert_allclose(found, np.exp(logits), atol=0.015)


def test_a_class_that_is_not_finite_is_never_drawn() -> None:
    logits = np.array([[0.0, -np.inf, np.nan, 0.0, -np.inf]])
    drawn = _native.execute("stateless_categorical", (logits, shape_of(1, 2)), {"num_samples": 1000}).numpy()
    assert set(drawn.ravel()) == {0, 3}


def test_the_gradient_of_the_bounds_of_a_uniform_draw() -> None:
    low, high = tg.constant(-1.0, tg.float64), tg.constant(3.0, tg.float64)
    with tg.GradientTape() as tape:
        tape.watch([low, high])
        drawn = _native.execute("stateless_uniform", (shape_of(5), shape_of(1, 2), low, high), {})
    share = (drawn.numpy() + 1) / 4
    found = tape.gradient(drawn, [low, high])
    np.testing.assert_allclose([g.numpy() for g in found], [(1 - share).sum(), share.sum()])


@pytest.mark.parametrize(
    ("code", "op", "inputs", "attributes"),
    [
        ("TG-0109", "random_uniform", (shape_of(-1),), {}),
        ("TG-0103", "random_normal", (tg.constant(3),), {}),
        ("TG-0106", "random_truncated_normal", (shape_of(2),), {"dtype": tg.int32._number}),
        ("TG-0123", "random_uniform_int", (shape_of(2), tg.constant(3), tg.constant(3)), {}),
        ("TG-0103", "random_uniform_int", (shape_of(2), shape_of(1), shape_of(2)), {}),
        ("TG-0103", "random_categorical", (tg.constant([1.0]),), {"num_samples": 1}),
        ("TG-0124", "random_categorical", (tg.zeros([1, 0]),), {"num_samples": 1}),
        ("TG-0109", "random_categorical", (tg.zeros([1, 2]),), {"num_samples": -1}),
        ("TG-0106", "random_categorical", (tg.zeros([1, 2]),), {"num_samples": 1, "dtype": tg.bool._number}),
        ("TG-0121", "random_shuffle", (tg.constant(["a"]),), {}),
    ],
)
def test_wrong_calls(code: str, op: str, inputs: tuple[Any, ...], attributes: dict[str, Any]) -> None:
    with pytest.raises(tg.errors.Error) as error:
        _native.execute(op, (state(1, 2), *inputs), attributes)
    assert error.value.error_code == code


def test_a_variable_is_no_random_state() -> None:
    handle = tg.Variable(1.0).handle
    for op, inputs, attributes in (
        ("random_uniform", (shape_of(2),), {}),
        ("random_shuffle", (shape_of(2, 3),), {}),
        ("random_categorical", (tg.zeros([1, 2]),), {"num_samples": 1}),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match="variable") as error:
            _native.execute(op, (handle, *inputs), attributes)
        assert error.value.error_code == "TG-0501"
