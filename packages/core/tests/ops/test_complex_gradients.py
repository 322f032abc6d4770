"""Gradients with respect to complex numbers against central differences along both of their parts.

The gradient of a real loss is its slope along the real part plus i times that along the imaginary part, which is
TensorFlow's convention: the gradient of z * w with respect to z is g * conj(w).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tensegra as tg

from .calls import OPS, Call, all_samples, argument_types, numpy_of, type_variables

# Moved by element size, whatever they are; conv and pools take halves alone.
_MOVERS = {
    "broadcast_to", "concat", "expand_dims", "gather", "identity", "pad", "reshape", "reverse", "select", "slice",
    "squeeze", "stack", "strided_slice", "tile", "transpose",
}  # fmt: skip
# The gradient takes the result as constant in places, see their documentation.
# The phases of eigenvectors, singular vectors and of what QR gives are free, and matrices taken as Hermitian get
# a Hermitian gradient: tests/linalg/test_eig.py and test_complex.py ask for what does not depend on such choices.
_SKIPPED = {
    "broadcast_like", "cholesky", "eig", "equal", "log_matrix_determinant", "not_equal", "ones_like", "qr",
    "self_adjoint_eig", "stop_gradient", "svd", "zeros_like",
}  # fmt: skip


def in_complex128(call: Call) -> Call | None:
    kinds = argument_types(call.op, len(call.inputs))
    variables = [name for name, dtypes in type_variables(call.op).items() if "complex128" in dtypes]
    if call.op in _MOVERS and not variables:
        random = np.random.default_rng(5)
        inputs = tuple(
            np.asarray(x + 1j * random.normal(size=x.shape)) if x.dtype == np.float32 else x
            for x in call.inputs
        )
        return Call(call.op, inputs, call.attributes, call.number)
    for variable in variables:
        if variable in kinds and OPS[call.op].differentiable | OPS[call.op].composite:
            return call.with_dtype(variable, "complex128")
    return None


def calls() -> list[Call]:
    found = []
    for sample in all_samples():
        call = None if sample.op in _SKIPPED else in_complex128(sample)
        if call is None or call.attributes.get("mode", "CONSTANT") != "CONSTANT":
            continue
        if any(x.dtype == np.complex128 for x in call.inputs) and sum(x.size for x in call.inputs) <= 60:
            found.append(call)
    return found


def real_loss(call: Call, inputs: list[Any]) -> Any:
    """One real number made of all results, each element with a complex weight of its own."""
    random = np.random.default_rng(11)
    total = tg.constant(0.0, tg.float64)
    for output in call.outputs(*inputs):
        weights = random.uniform(0.5, 1.5, numpy_of(output).shape)
        if output.dtype == tg.complex128:
            weights = weights + 1j * random.uniform(0.5, 1.5, weights.shape)
            total = total + tg.reduce_sum(tg.math.real(output * tg.constant(weights)))
        elif output.dtype == tg.float64:
            total = total + tg.reduce_sum(output * weights)
    return total


def gradients(call: Call, inputs: list[Any]) -> list[Any]:
    sources = [x for x in inputs if x.dtype == tg.complex128]
    with tg.GradientTape() as tape:
        tape.watch(sources)
        total = real_loss(call, inputs)
    found = tape.gradient(total, sources)
    return [tg.zeros_like(x) if g is None else g for x, g in zip(sources, found, strict=True)]


def slopes(function: Callable[[list[Any]], float], arrays: list[Any], which: int) -> Any:
    step = 1e-6
    result = np.zeros(arrays[which].shape, np.complex128)
    for place in np.ndindex(result.shape):
        for direction in (1, 1j):
            ends = []
            for sign in (1, -1):
                moved = [x.copy() for x in arrays]
                moved[which][place] += sign * step * direction
                ends.append(function([tg.constant(x) for x in moved]))
            result[place] += direction * (ends[0] - ends[1]) / (2 * step)
    return result


@pytest.mark.parametrize("call", calls(), ids=str)
def test_first_order(call: Call) -> None:
    arrays = list(call.inputs)
    places = [i for i, x in enumerate(arrays) if x.dtype == np.complex128]
    found = gradients(call, [tg.constant(x) for x in arrays])
    for place, gradient in zip(places, found, strict=True):
        assert gradient.dtype == tg.complex128
        wanted = slopes(lambda inputs: float(real_loss(call, inputs)), arrays, place)
        np.testing.assert_allclose(gradient.numpy(), wanted, rtol=1e-6, atol=1e-7)


def loss_of_gradients(call: Call, inputs: list[Any]) -> Any:
    random = np.random.default_rng(13)
    total = tg.constant(0.0, tg.float64)
    for gradient in gradients(call, inputs):
        shape = numpy_of(gradient).shape
        weights = tg.constant(random.uniform(0.5, 1.5, shape) + 1j * random.uniform(0.5, 1.5, shape))
        total = total + tg.reduce_sum(tg.math.real(gradient * weights))
    return total


@pytest.mark.parametrize("call", [c for c in calls() if sum(x.size for x in c.inputs) <= 18], ids=str)
def test_second_order(call: Call) -> None:
    arrays = list(call.inputs)
    places = [i for i, x in enumerate(arrays) if x.dtype == np.complex128]
    inputs = [tg.constant(x) for x in arrays]
    sources = [inputs[i] for i in places]
    with tg.GradientTape() as tape:
        tape.watch(sources)
        total = loss_of_gradients(call, inputs)
    found = tape.gradient(total, sources)
    for place, gradient in zip(places, found, strict=True):
        wanted = slopes(lambda inputs: float(loss_of_gradients(call, inputs)), arrays, place)
        got = np.zeros(wanted.shape) if gradient is None else gradient.numpy()
        np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-5)


def test_the_convention() -> None:
    z, w = tg.constant(1 + 2j), tg.constant(3 - 1j)
    with tg.GradientTape(persistent=True) as tape:
        tape.watch(z)
        product = z * w
        magnitude = abs(z)
    assert complex(tape.gradient(product, z)) == 3 + 1j
    assert complex(tape.gradient(magnitude, z)) == pytest.approx((1 + 2j) / abs(1 + 2j))


@pytest.mark.parametrize("adjoint_a", [False, True])
@pytest.mark.parametrize("adjoint_b", [False, True])
def test_products_of_adjoints(adjoint_a: bool, adjoint_b: bool) -> None:
    random = np.random.default_rng(0)
    a = random.normal(size=(2, 3)) + 1j * random.normal(size=(2, 3))
    b = random.normal(size=(3, 2)) + 1j * random.normal(size=(3, 2))
    x, y = (a.T.copy() if adjoint_a else a), (b.T.copy() if adjoint_b else b)
    call = Call("matmul", (x, y), {"adjoint_a": adjoint_a, "adjoint_b": adjoint_b})
    wanted = (x.conj().T if adjoint_a else x) @ (y.conj().T if adjoint_b else y)
    np.testing.assert_allclose(call.run().numpy(), wanted)
    for place, gradient in enumerate(gradients(call, [tg.constant(x), tg.constant(y)])):
        slope = slopes(lambda inputs: float(real_loss(call, inputs)), [x, y], place)
        np.testing.assert_allclose(gradient.numpy(), slope, rtol=1e-6, atol=1e-7)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0540"):
        tg.matmul(x, y, transpose_a=True, adjoint_a=True)
