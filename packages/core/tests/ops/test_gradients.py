"""The gradient of every op against central differences, and the gradient of the gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tensegra as tg

from .calls import OPS, RANDOM, STATE, Call, all_samples, argument_types, numpy_of, type_variables

# Defined to be constant to gradients, whatever they compute.
_CUT = {"stop_gradient", "stateless_parameterized_truncated_normal"}
# Draws by rejection jump; the gradient is that of their quantiles (test_random.py).
_JUMPS = {"stateless_gamma"}
# Of integers, strings and seeds alone.
_WITHOUT_FLOATS = {"random_index_shuffle", "random_gamma_grad", "stateless_full_int", "stateless_shuffle"} | {
    name
    for name in OPS
    if name.startswith(
        (
            "string_",
            "unicode_",
            "table_",
            "mutable_table",
            "encode_base64",
            "decode_base64",
            "decode_raw",
            "set_operation",
            "serialize_tensor",
            "parse_tensor",
            "ragged_",
            "sparse_places",
            "sparse_order",
        )
    )
}
# Differentiable nowhere: they round, count, compare or pick by chance.
_NOT_DIFFERENTIABLE = {
    "assert", "format_tensors", "numpy_function", "packed_shape", "print_text",
    "non_max_suppression", "non_max_suppression_overlaps",
    "one_hot", "range", "shape", "size", "rank", "where_indices", "constant", "logical_not", "logical_and",
    "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor", "equal", "not_equal", "less",
    "less_equal", "greater", "invert", "left_shift", "right_shift", "bitcast",
    "greater_equal", "is_nan", "is_inf", "is_finite", "reduce_all", "reduce_any", "stateless_normal",
    "stateless_truncated_normal", "searchsorted",
}  # fmt: skip
# No gradient flows into these inputs, by their number, as in TensorFlow.
_NO_GRADIENT_INTO = {"zeta": (0,), "polygamma": (0,), "betainc": (0, 1), "igamma_grad_a2": (0,)}
# The labels' place in the second derivative assumes that they add up to 1, which differences do not keep.
# The derivatives of igamma by `a` end with the second.
_FIRST_ORDER_ONLY = {"softmax_cross_entropy": (0,), "igamma_grad_a": (0,)}


def test_every_op_but_these_has_a_gradient() -> None:
    without = {name for name, op in OPS.items() if not op.differentiable and not op.composite}
    assert without - RANDOM - STATE - _WITHOUT_FLOATS == _NOT_DIFFERENTIABLE


def in_float64(call: Call) -> Call:
    """The call with all floats as float64, which differences need."""
    for variable, dtypes in type_variables(call.op).items():
        if "float64" in dtypes and any(
            x.dtype == np.float32 and kind == variable
            for x, kind in zip(call.inputs, argument_types(call.op, len(call.inputs)), strict=True)
        ):
            call = call.with_dtype(variable, "float64")
    inputs = tuple(x.astype(np.float64) if x.dtype == np.float32 else x for x in call.inputs)
    return Call(call.op, inputs, call.attributes, call.number)


def differentiable_calls() -> list[Call]:
    calls = []
    for call in map(in_float64, all_samples()):
        if call.op in _NOT_DIFFERENTIABLE | _CUT | _JUMPS | _WITHOUT_FLOATS or call.op in RANDOM:
            continue
        results = call.outputs()
        if any(r.dtype.name == "float64" for r in results) and any(
            x.dtype == np.float64 for x in call.inputs
        ):
            calls.append(call)
    return calls


# They read one triangle of a symmetric matrix; their gradient is that of both.
_SYMMETRIC = {"cholesky"}


def weighted_sum(call: Call, inputs: list[Any]) -> Any:
    """One number made of all floating-point results, each element with a weight of its own."""
    if call.op in _SYMMETRIC:
        inputs = [(x + tg.linalg.matrix_transpose(x)) * 0.5 for x in inputs]
    random = np.random.default_rng(11)
    total = tg.constant(0.0, tg.float64)
    for output in call.outputs(*inputs):
        if output.dtype.name == "float64":
            weights = random.uniform(0.5, 1.5, numpy_of(output).shape)
            total = total + tg.reduce_sum(output * weights)
    return total


def gradients(call: Call, inputs: list[Any]) -> list[Any]:
    floats = [x for x in inputs if x.dtype.name == "float64"]
    fixed = _NO_GRADIENT_INTO.get(call.op, ())
    with tg.GradientTape() as tape:
        tape.watch([x for i, x in enumerate(inputs) if x.dtype.name == "float64" and i not in fixed])
        total = weighted_sum(call, inputs)
    found = tape.gradient(total, floats)
    return [tg.zeros_like(x) if g is None else g for x, g in zip(floats, found, strict=True)]


def differences(
    function: Callable[[list[Any]], float], arrays: list[np.ndarray[Any, Any]], which: int
) -> Any:
    """Central differences of function with respect to one of the arrays."""
    step = 1e-5
    result = np.zeros(arrays[which].shape)
    for place in np.ndindex(result.shape):
        ends = []
        for sign in (1, -1):
            moved = [x.copy() for x in arrays]
            moved[which][place] += sign * step
            ends.append(function([tg.constant(x) for x in moved]))
        result[place] = (ends[0] - ends[1]) / (2 * step)
    return result


@pytest.mark.parametrize("call", differentiable_calls(), ids=str)
def test_first_order(call: Call) -> None:
    arrays = list(call.inputs)
    places = [i for i, x in enumerate(arrays) if x.dtype == np.float64]
    found = gradients(call, [tg.constant(x) for x in arrays])
    for place, gradient in zip(places, found, strict=True):
        if place in _NO_GRADIENT_INTO.get(call.op, ()):
            continue
        wanted = differences(lambda inputs: float(weighted_sum(call, inputs)), arrays, place)
        assert gradient.shape == arrays[place].shape
        np.testing.assert_allclose(gradient.numpy(), wanted, rtol=1e-6, atol=1e-7)


def weighted_gradients(call: Call, inputs: list[Any]) -> Any:
    """One number made of all gradients."""
    random = np.random.default_rng(13)
    total = tg.constant(0.0, tg.float64)
    for gradient in gradients(call, inputs):
        total = total + tg.reduce_sum(gradient * random.uniform(0.5, 1.5, numpy_of(gradient).shape))
    return total


def smallest_calls() -> list[Call]:
    """For each op the calls that are cheap to differentiate twice by differences."""
    return [call for call in differentiable_calls() if sum(x.size for x in call.inputs) <= 100]


@pytest.mark.parametrize("call", smallest_calls(), ids=str)
def test_second_order(call: Call) -> None:
    arrays = list(call.inputs)
    places = [i for i, x in enumerate(arrays) if x.dtype == np.float64]
    inputs = [tg.constant(x) for x in arrays]
    fixed = _FIRST_ORDER_ONLY.get(call.op, ()) + _NO_GRADIENT_INTO.get(call.op, ())
    places = [i for i in places if i not in fixed]
    floats = [inputs[i] for i in places]
    with tg.GradientTape() as tape:
        tape.watch(floats)
        total = weighted_gradients(call, inputs)
    found = tape.gradient(total, floats)
    for place, gradient in zip(places, found, strict=True):
        wanted = differences(lambda inputs: float(weighted_gradients(call, inputs)), arrays, place)
        got = np.zeros(wanted.shape) if gradient is None else gradient.numpy()
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)


def test_no_gradient_flows_through_stop_gradient() -> None:
    x = tg.constant([1.0, 2.0])
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = x * tg.stop_gradient(x)
    np.testing.assert_array_equal(tape.gradient(y, x).numpy(), [1.0, 2.0])


@pytest.mark.parametrize(
    ("op", "point", "wanted"),
    [
        ("relu", 0.0, 0.0),
        ("abs", 0.0, 0.0),
        ("sign", 2.0, 0.0),
        ("elu", 100.0, 1.0),
        ("selu", 1000.0, 1.0507009873554805),
        ("softplus", -1000.0, 0.0),
        ("sigmoid", 1000.0, 0.0),
        ("log_sigmoid", -1000.0, 1.0),
    ],
)
def test_gradient_at_a_special_point(op: str, point: float, wanted: float) -> None:
    x = tg.constant(point, tg.float64)
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = Call(op, (np.array(point),)).run(x)
    assert float(tape.gradient(y, x)) == pytest.approx(wanted, abs=1e-12)


def gradient_of(function: Callable[..., Any], *values: Any) -> list[Any]:
    tensors = [tg.constant(value, tg.float64) for value in values]
    with tg.GradientTape() as tape:
        tape.watch(tensors)
        y = function(*tensors)
    return [None if g is None else g.numpy().tolist() for g in tape.gradient(y, tensors)]


def test_gradient_of_pow_where_the_exponent_or_the_base_is_0() -> None:
    assert gradient_of(tg.pow, [0.0, 0.0, -2.0], [0.0, 2.0, 3.0]) == [[0.0, 0.0, 12.0], [0.0, 0.0, 0.0]]


def test_gradient_of_a_division_by_0_that_gives_0() -> None:
    assert gradient_of(tg.math.divide_no_nan, [1.0, 2.0], [0.0, 4.0]) == [[0.0, 0.25], [0.0, -0.125]]


def test_gradient_of_maximum_where_both_are_equal_goes_to_x() -> None:
    assert gradient_of(tg.maximum, [1.0, 5.0], [1.0, 7.0]) == [[1.0, 0.0], [0.0, 1.0]]


def test_equal_greatest_elements_share_the_gradient() -> None:
    assert gradient_of(tg.reduce_max, [1.0, 3.0, 3.0]) == [[0.0, 0.5, 0.5]]


def test_gradient_of_a_product_with_zeros() -> None:
    assert gradient_of(tg.reduce_prod, [[2.0, 0.0], [3.0, 4.0]]) == [[[0.0, 24.0], [0.0, 0.0]]]
    assert gradient_of(tg.reduce_prod, [0.0, 0.0]) == [[0.0, 0.0]]


def test_gradient_of_a_cumulative_product_with_zeros_is_finite() -> None:
    assert gradient_of(tg.math.cumprod, [2.0, 0.0, 3.0]) == [[1.0, 0.0, 0.0]]


def test_gradient_of_squares_in_place_of_inputs_of_size_0() -> None:
    assert gradient_of(lambda x: tg.reduce_sum(x * x), np.zeros((0, 2))) == [[]]


@pytest.mark.parametrize("batch", [1, 3])
def test_gradients_with_a_symbolic_batch_equal_the_eager_ones(batch: int) -> None:
    """Where sizes are unknown, gradients take them from the tensors when the graph runs."""
    weights = tg.constant(np.random.default_rng(0).normal(size=(4, 3)))

    def loss(x: Any) -> Any:
        y = tg.concat([tg.matmul(x, weights), x], axis=0 if x.shape[1] == 3 else 1)
        y = tg.reduce_mean(y, axis=0) + tg.reduce_max(y) + tg.reduce_std(y) + tg.reduce_prod(y, axis=[0])
        top, _ = tg.math.top_k(tg.transpose(x), k=1)
        tiled = tg.tile(x, [2, 1])[1:, ::2]
        return (
            tg.reduce_sum(y)
            + tg.reduce_sum(tg.square(top))
            + tg.reduce_sum(tg.exp(tiled))
            + tg.reduce_logsumexp(x)
        )

    def value_and_gradient(x: Any) -> tuple[Any, Any]:
        with tg.GradientTape() as tape:
            tape.watch(x)
            value = loss(x)
        return value, tape.gradient(value, x)

    traced = tg.function(value_and_gradient, input_signature=[tg.TensorSpec([None, 4], tg.float64)])
    x = tg.constant(np.random.default_rng(batch).normal(size=(batch, 4)))
    for got, wanted in zip(traced(x), value_and_gradient(x), strict=True):
        np.testing.assert_allclose(got.numpy(), wanted.numpy(), rtol=1e-12)


def test_concat_along_an_unknown_size_has_a_gradient() -> None:
    @tg.function(input_signature=[tg.TensorSpec([None, 2], tg.float64), tg.TensorSpec([None, 2], tg.float64)])
    def both(x: Any, y: Any) -> Any:
        with tg.GradientTape() as tape:
            tape.watch([x, y])
            total = tg.reduce_sum(tg.square(tg.concat([x, y], axis=0)))
        return tape.gradient(total, [x, y])

    x, y = np.ones((2, 2)), np.full((3, 2), 5.0)
    found = both(tg.constant(x), tg.constant(y))
    np.testing.assert_array_equal(found[0].numpy(), 2 * x)
    np.testing.assert_array_equal(found[1].numpy(), 2 * y)
