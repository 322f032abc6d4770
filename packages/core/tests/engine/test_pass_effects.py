"""Each pass fires where it should, and only there."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

import tensegra as tg

from .pass_harness import arrays, assert_bits, ops, switched

R = np.random.default_rng(0)


def floats(*shape: int) -> tg.Tensor:
    return tg.constant(R.normal(size=shape).astype("float32"))


def traced(f: Any, *inputs: Any) -> tuple[Any, Counter[str]]:
    """The trace, whose results are those of eager calls; and the ops that run."""
    concrete = tg.function(f).get_concrete_function(*inputs)
    assert_bits(arrays(concrete(*inputs)), arrays(f(*inputs)), "traced")
    with switched(on=[]):
        assert_bits(arrays(concrete(*inputs)), arrays(f(*inputs)), "as written")
    return concrete, Counter(ops(concrete))


@pytest.mark.parametrize(
    ("f", "left"),
    [
        (lambda x: tg.sin(x * 1.0), {"sin": 1}),
        (lambda x: tg.sin(x + tg.constant(-0.0)), {"sin": 1}),
        (lambda x: tg.sin(x - 0.0), {"sin": 1}),
        (lambda x: tg.sin(x / 1.0), {"sin": 1}),
        (lambda x: tg.sin(tg.negative(tg.negative(x))), {"sin": 1}),
        (lambda x: tg.cumsum(tg.identity(tg.stop_gradient(x))), {"cumsum": 1}),
        (lambda x: tg.cumsum(tg.transpose(tg.transpose(x))), {"cumsum": 1}),
        (lambda x: tg.cumsum(tg.reshape(tg.reshape(x, [-1]), [4, 6])), {"cumsum": 1}),
        (lambda x: tg.cumsum(tg.cast(tg.cast(x, tg.float64), tg.float32)), {"cumsum": 1}),
        (lambda x: tg.cumsum(x**2.0), {"square": 1, "cumsum": 1}),
        (lambda x: tg.cumsum(x + -tg.sin(x)), {"_fused_elementwise": 1, "cumsum": 1}),
        (lambda x: tg.cumsum(tg.broadcast_to(x, [4, 6])), {"cumsum": 1}),
        (lambda x: tg.cumsum(x * tg.ones_like(x)), {"cumsum": 1}),
    ],
)
def test_simplify(f: Any, left: dict[str, int]) -> None:
    _, found = traced(f, floats(4, 6))
    del found["constant"]
    assert found == left


def test_simplify_asks_inputs_for_shapes() -> None:
    """A gradient need not wait for the value whose shape it has, and one number is read where it is."""

    def f(x: Any, y: Any) -> Any:
        with tg.GradientTape() as tape:
            tape.watch(x)
            loss = tg.reduce_sum(tg.reduce_sum(tg.sin(x) * y, axis=-1))
        return loss, tape.gradient(loss, x)

    x, y = floats(4, 6), floats(4, 6)
    concrete = tg.function(f).get_concrete_function(x, y)
    with switched(on=["simplify", "drop_dead"]):
        found = Counter(ops(concrete))
        assert found["broadcast_like"] == found["ones_like"] == 0
    assert_bits(arrays(concrete(x, y)), arrays(f(x, y)), "simplified")


def test_simplify_divides_by_powers_of_two() -> None:
    concrete, found = traced(lambda x: tg.cumsum(x / 8.0), floats(4, 6))
    assert found["multiply"] == 1 and found["divide"] == 0
    with switched(off=["simplify"]):
        assert "divide" in ops(concrete)


def test_simplify_leaves_what_would_change_bits() -> None:
    x = tg.constant([-0.0, 1.0])
    _, found = traced(lambda x: tg.cumsum(x + 0.0), x)
    assert found["add"] == 1
    _, found = traced(lambda x: tg.cumsum(x / 3.0), x)
    assert found["divide"] == 1
    _, found = traced(lambda x: tg.cast(tg.cast(x, tg.float16), tg.float32), x)
    assert found["cast"] + found["_fused_elementwise"] >= 1


def test_simplify_keeps_shapes() -> None:
    _, found = traced(lambda x: x * tg.ones([3, 1]), floats(1, 4))
    assert found["multiply"] == 1


def test_fuse_elementwise_joins_chains() -> None:
    def gelu(a: Any, b: Any, c: Any, d: Any) -> Any:
        return tg.nn.gelu(a * b + c, approximate=True) * d

    concrete, found = traced(gelu, floats(7, 300), floats(7, 300), floats(300), floats(7, 1))
    del found["constant"]
    assert found == {"_fused_elementwise": 1}
    with switched(off=["fuse_elementwise"]):
        assert len(ops(concrete)) > 8


def test_fuse_elementwise_returns_what_others_read() -> None:
    def f(x: Any) -> Any:
        a = tg.exp(x)
        b = a * 2.0
        c = tg.matmul(b, b, transpose_b=True)
        return tg.sin(a) + b, c, a

    concrete, found = traced(f, floats(8, 8))
    assert found["_fused_elementwise"] >= 1
    assert concrete(floats(8, 8))[1].shape == (8, 8)


def test_fuse_elementwise_never_makes_a_circle() -> None:
    def f(x: Any) -> Any:
        a = tg.exp(x)
        b = tg.cumsum(a)  # leads out of the group and back
        return a + b

    _, found = traced(f, floats(5, 6))
    assert found == {"exp": 1, "cumsum": 1, "add": 1}


def test_fuse_elementwise_mixes_dtypes() -> None:
    def f(x: Any, i: Any) -> Any:
        positive = tg.logical_and(x > 0.0, tg.not_equal(i, 3))
        return tg.where(positive, tg.cast(i, tg.float32), x), tg.cast(x, tg.float64) * 3.0

    _, found = traced(f, floats(9, 40), tg.constant(R.integers(0, 5, size=(9, 40))))
    del found["constant"]
    assert sum(found.values()) <= 2


@pytest.mark.parametrize("size", [1, 7, 8, 9, 300, 5000])
@pytest.mark.parametrize(
    ("f", "number"), [(lambda x: tg.nn.gelu(x, approximate=True), 5), (tg.nn.gelu, 6), (tg.nn.silu, 7)]
)
def test_fuse_elementwise_knows_formulas(f: Any, number: int, size: int) -> None:
    """gelu and silu are one step, to the bit, unless somebody reads what lies in between."""
    x = tg.concat([floats(size) * 3.0, tg.constant([np.nan, np.inf, -np.inf, 0.0, -0.0, 40.0, -40.0])], 0)
    concrete, _ = traced(lambda x: f(x * 1.5) - 1.0, x)
    assert f"7, {number}, 12, 12" in concrete.optimized_graph
    concrete, _ = traced(lambda x: (x * tg.sigmoid(x), tg.sigmoid(x) + 1.0), x)
    assert f"7, {number}, 12, 12" not in concrete.optimized_graph


def test_fuse_elementwise_splits_what_is_too_long() -> None:
    def f(x: Any) -> Any:
        for i in range(200):
            x = x * 0.5 + float(i)
        return x

    _, found = traced(f, floats(10, 10))
    assert 400 / 64 <= found["_fused_elementwise"] <= 12


def test_fuse_elementwise_keeps_the_order_of_effects() -> None:
    v = tg.Variable([1.0, 2.0])

    @tg.function
    def f(x: Any) -> Any:
        before = v * 2.0 + x
        v.assign(before)
        after = v * 3.0 + before
        v.assign_add(after)
        return before, after, v.read_value()

    results = [result.numpy().tolist() for result in f(tg.constant([1.0, 1.0]))]
    assert results == [[3.0, 5.0], [12.0, 20.0], [15.0, 25.0]]


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 100_000])
def test_fuse_elementwise_any_size(size: int) -> None:
    x, one = floats(size), floats(1)
    traced(lambda x, one: tg.tanh(x * one) - tg.sqrt(tg.abs(x)) * (one + 2.0), x, one)


def test_fuse_elementwise_large_outputs() -> None:
    x = floats(3 << 20)
    traced(lambda x: (tg.exp(x) + 1.0, tg.square(x) * 2.0 + x), x)


@pytest.mark.parametrize(
    "shapes", [((3, 1, 5), (4, 1)), ((2, 3, 1), (1, 3, 7)), ((6, 1), (1, 300)), ((), (5,))]
)
def test_fuse_elementwise_broadcasts(shapes: Any) -> None:
    a, b = (floats(*shape) for shape in shapes)
    traced(lambda a, b: tg.sin(a + b) * (a - b) + tg.maximum(b, a), a, b)


def close(f: Any, *inputs: Any) -> tuple[Any, Counter[str]]:
    """As traced, for passes that may round differently."""
    concrete = tg.function(f).get_concrete_function(*inputs)
    for _ in range(2):  # weights are kept by the first call
        for result, reference in zip(arrays(concrete(*inputs)), arrays(f(*inputs))):
            np.testing.assert_allclose(result, reference, rtol=2e-5, atol=2e-5)
    return concrete, Counter(ops(concrete))


def gelu_tanh(x: Any) -> Any:
    return tg.nn.gelu(x, approximate=True)


ACTIVATIONS = [tg.nn.relu, tg.nn.relu6, tg.tanh, tg.sigmoid, tg.nn.gelu, gelu_tanh, tg.nn.silu]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_fuse_epilogues_of_products(activation: Any) -> None:
    def f(x: Any, w: Any, b: Any, r: Any) -> Any:
        return (
            activation(tg.matmul(x, w) + b),
            activation(tg.matmul(x, w) + b + r) * 2.0,
            tg.matmul(x, w) * b + r,
        )

    _, found = close(f, floats(5, 40), floats(40, 7), floats(7), floats(5, 7))
    assert found["_fused_matmul"] == 0  # one product serves three
    assert found["matmul"] == 1

    _, found = close(
        lambda x, w, b: activation(tg.matmul(x, w) + b), floats(2, 5, 40), floats(40, 7), floats(7)
    )
    del found["constant"]
    assert found == {"_fused_matmul": 1}
    _, found = close(
        lambda x, w, b, r: activation(tg.matmul(x, w, transpose_b=True) + b + r),
        floats(5, 40), floats(7, 40), floats(7), floats(5, 7),
    )  # fmt: skip
    del found["constant"]
    assert found == {"_fused_matmul": 1}


def test_fuse_epilogues_takes_a_step_once() -> None:
    def f(x: Any, y: Any) -> Any:
        return tg.matmul(x, y) + tg.matmul(y, x)

    _, found = close(f, floats(6, 6), floats(6, 6))
    assert found == {"matmul": 1, "_fused_matmul": 1}


def test_fuse_epilogues_leaves_what_does_not_fit() -> None:
    _, found = close(lambda x, w, b: tg.matmul(x, w) + b, floats(1, 4), floats(4, 3), floats(5, 3))
    assert found == {"matmul": 1, "add": 1}
    _, found = close(lambda x, w, b: tg.matmul(x, w) + b, floats(3, 4), floats(4, 3), floats(3, 1))
    assert found == {"matmul": 1, "add": 1}


def test_fuse_epilogues_leaves_formulas_that_others_read() -> None:
    def gated(x: Any, w: Any) -> Any:
        y = tg.matmul(x, w)
        gate = tg.sigmoid(y)
        return y * gate, gate

    assert close(gated, floats(5, 4), floats(4, 3))[1]["_fused_matmul"] == 0

    def almost(x: Any, w: Any) -> Any:
        y = tg.matmul(x, w)
        return 0.5 * y * (1.0 + tg.math.erf(y * 0.7))

    assert close(almost, floats(5, 4), floats(4, 3))[1]["_fused_matmul"] == 0

    def wider(x: Any, w: Any) -> Any:
        y = tg.matmul(x, w)
        return y * tg.sigmoid(y) * tg.ones([1, 1, 1])

    assert close(wider, floats(5, 4), floats(4, 3))[1]["_fused_matmul"] == 1


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_fuse_epilogues_of_convolutions(activation: Any) -> None:
    def f(x: Any, w: Any, b: Any, r: Any) -> Any:
        return activation(tg.nn.conv2d(x, w, 1, "SAME") + b) + r

    _, found = close(f, floats(2, 9, 8, 3), floats(3, 3, 3, 5), floats(5), floats(2, 9, 8, 5))
    del found["constant"]
    assert found == {"_fused_conv2d": 1}


def test_fold_batch_norm() -> None:
    def f(x: Any, w: Any, scale: Any, offset: Any, mean: Any, variance: Any) -> Any:
        y = tg.nn.conv2d(x, w, 2, "VALID")
        y, _, _ = tg.nn.experimental.fused_batch_norm(y, scale, offset, mean, variance, is_training=False)
        return tg.nn.relu(y)

    inputs = [floats(2, 9, 8, 3), floats(3, 3, 3, 5), floats(5), floats(5), floats(5), tg.exp(floats(5))]
    concrete, found = close(f, *inputs)
    assert found["_fused_conv2d"] == 1 and found["fused_batch_norm"] == 0
    with switched(off=["fold_batch_norm"]):
        assert "fused_batch_norm" in ops(concrete)


def test_weights_are_packed_once_and_again_when_they_change() -> None:
    v, b = tg.Variable(floats(64, 48)), tg.Variable(floats(48))
    k = tg.Variable(floats(3, 3, 16, 16))
    w = floats(48, 32)

    def f(x: Any, image: Any) -> Any:
        y = tg.nn.relu(tg.matmul(x, v) + b)
        return tg.matmul(y, w), tg.nn.conv2d(image, k * 2.0, 1, "SAME")

    x, image = floats(5, 64), floats(1, 6, 6, 16)
    _, found = close(f, x, image)
    assert found["_pack_matmul"] == 2
    function = tg.function(f)
    for change in [None, lambda: v.assign(v * 2.0), lambda: k.assign_add(k), lambda: v.assign_sub(v * 0.5)]:
        if change is not None:
            change()
        for rows in (5, 3, 5):
            for result, reference in zip(function(x[:rows], image), f(x[:rows], image)):
                np.testing.assert_allclose(result, reference, rtol=2e-5, atol=2e-4)


def test_functions_that_change_state_keep_nothing() -> None:
    v = tg.Variable(floats(64, 48))

    def f(x: Any) -> Any:
        y = tg.matmul(x, v)
        v.assign_add(tg.ones([64, 48]))
        return y

    concrete = tg.function(f).get_concrete_function(tg.TensorSpec([5, 64], tg.float32))
    assert "_pack_matmul" not in ops(concrete)
    x = floats(5, 64)
    first, second = concrete(x).numpy(), concrete(x).numpy()
    np.testing.assert_allclose(
        second - first, np.sum(x.numpy(), 1, keepdims=True) + 0 * first, rtol=1e-3, atol=1e-3
    )


def gelu_step(x: Any, w: Any, u: Any) -> Any:
    with tg.GradientTape() as tape:
        tape.watch([w, u])
        y = tg.matmul(tg.nn.gelu(tg.matmul(x, w), approximate=True), u)
        loss = tg.reduce_sum(y * y)
    return loss, *tape.gradient(loss, [w, u])


def test_recompute_elementwise_keeps_what_the_gradient_needs_least() -> None:
    arguments = floats(16, 8), floats(8, 32), floats(32, 4)
    concrete, _ = traced(gelu_step, *arguments)
    forward = next(line for line in concrete.optimized_graph.splitlines() if "_fused_elementwise(" in line)
    assert forward.split(" = ")[0].count("%") == 1  # what the product reads
    results = arrays(concrete(*arguments))
    with switched(off=["recompute_elementwise"]):
        forward = next(
            line for line in concrete.optimized_graph.splitlines() if "_fused_elementwise(" in line
        )
        assert forward.split(" = ")[0].count("%") > 3
        assert_bits(arrays(concrete(*arguments)), results, "recompute_elementwise")


def test_recompute_elementwise_keeps_results_and_what_others_read() -> None:
    def f(x: Any, y: Any) -> Any:
        a = tg.exp(x)
        b = tg.tanh(a)
        c = tg.matmul(a * b, y)  # leads out of the group
        return b, c * a + b

    concrete, _ = traced(f, floats(8, 8), floats(8, 8))
    arguments = floats(8, 8), floats(8, 8)
    results = arrays(concrete(*arguments))
    with switched(on=[]):
        assert_bits(results, arrays(concrete(*arguments)), "recompute_elementwise")


def test_recompute_elementwise_leaves_what_would_cost_more() -> None:
    def f(x: Any, y: Any) -> Any:
        a = tg.exp(x) * 2.0
        b = a + 1.0
        return a, tg.matmul(b, y) + b  # b for x: nothing is won

    concrete, found = traced(f, floats(8, 8), floats(8, 8))
    with switched(off=["recompute_elementwise"]):
        assert Counter(ops(concrete)) == found


def test_memory_ends_where_only_shapes_are_asked_for() -> None:
    def step(x: Any, w: Any) -> Any:
        for _ in range(4):
            x = tg.matmul(tg.cumsum(x)[:, 1:], w)  # the gradient of the slice asks for the shape of the sum
        return x

    def graded(x: Any, w: Any) -> Any:
        with tg.GradientTape() as tape:
            tape.watch(w)
            y = step(x, w)
            loss = tg.reduce_sum(y * y)
        return tape.gradient(loss, w)

    x, w = floats(64, 101), floats(100, 101) * 0.1
    costs = tg.function(graded).get_concrete_function(x, w).statistics(x, w)["written"]
    # Four slices, which products read again, and six that come and go; the four sums are not kept.
    assert costs["arena_bytes"] < (4 + 6) * 64 * 101 * 4
    wanted = arrays(graded(x, w))
    np.testing.assert_allclose(arrays(tg.function(graded)(x, w))[0], wanted[0], rtol=1e-4)


def test_hoist_weights_keeps_values_alone() -> None:
    v = tg.Variable(floats(10, 10))

    def f(x: Any) -> Any:
        return x + tg.cumsum(v), tg.cumsum(v)

    _, found = close(f, floats(10, 10))
    assert found["cumsum"] == 2  # two reads
    function = tg.function(f)
    x = floats(10, 10)
    before = function(x)[1].numpy()
    function(x)[1]
    v.assign(v + 1.0)
    assert not np.allclose(function(x)[1], before)


def test_fuse_patterns() -> None:
    def softmax(x: Any) -> Any:
        e = tg.exp(x - tg.reduce_max(x, axis=-1, keepdims=True))
        return e / tg.reduce_sum(e, axis=-1, keepdims=True)

    def log_softmax(x: Any) -> Any:
        shifted = x - tg.reduce_max(x, axis=1, keepdims=True)
        return shifted - tg.math.log(tg.reduce_sum(tg.exp(shifted), axis=1, keepdims=True))

    def layer_norm(x: Any, scale: Any, offset: Any) -> Any:
        centered = x - tg.reduce_mean(x, axis=-1, keepdims=True)
        variance = tg.reduce_mean(tg.square(centered), axis=-1, keepdims=True)
        return centered * tg.math.rsqrt(variance + 0.001) * scale + offset

    x = floats(6, 30)
    assert close(softmax, x)[1] == {"softmax": 1}
    assert close(log_softmax, x)[1] == {"log_softmax": 1}
    assert close(lambda x: tg.math.log(softmax(x)), x)[1] == {"log_softmax": 1}
    assert close(layer_norm, x, floats(30), floats(30))[1] == {"layer_norm": 1}

    def read_elsewhere(x: Any) -> Any:
        e = tg.exp(x - tg.reduce_max(x, axis=-1, keepdims=True))
        return e / tg.reduce_sum(e, axis=-1, keepdims=True), e

    assert close(read_elsewhere, x)[1]["softmax"] == 0
