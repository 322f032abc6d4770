"""Reductions over the last axes run with what is around them, to the bit, and halves run in tiles."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

import tensegra as tg

from .pass_harness import EXACT, NAMES, arrays, assert_bits, ops, switched

R = np.random.default_rng(0)
REASSOCIATING = [name for name in NAMES if name not in EXACT]


def floats(*shape: int, dtype: str = "float32") -> tg.Tensor:
    return tg.cast(tg.constant(R.normal(size=shape).astype("float32")), dtype)


def fused(f: Any, *inputs: Any) -> Counter[str]:
    """The ops that run once exact passes have worked; results are those of eager calls, to the bit."""
    concrete = tg.function(f).get_concrete_function(*inputs)
    with switched(off=REASSOCIATING):
        assert_bits(arrays(concrete(*inputs)), arrays(f(*inputs)), "exact passes")
        found = Counter(ops(concrete))
    del found["constant"]
    with switched(off=[*REASSOCIATING, "fuse_reductions"]):
        assert "_fused_rows" not in ops(concrete)
        assert_bits(arrays(concrete(*inputs)), arrays(f(*inputs)), "without fuse_reductions")
    return found


def softmax(x: Any) -> Any:
    e = tg.exp(x - tg.reduce_max(x, axis=-1, keepdims=True))
    return e / tg.reduce_sum(e, axis=-1, keepdims=True)


def rms_norm(x: Any, scale: Any) -> Any:
    return x * tg.math.rsqrt(tg.reduce_mean(tg.square(x), axis=-1, keepdims=True) + 1e-5) * scale


@pytest.mark.parametrize("n", [2, 3, 31, 32, 33, 255, 256, 257, 511, 600, 1024, 2047])
@pytest.mark.parametrize("rows", [1, 2, 700])
def test_rows_of_any_length(rows: int, n: int) -> None:
    assert fused(softmax, floats(rows, n)) == {"_fused_rows": 1}
    assert fused(rms_norm, floats(rows, n), floats(n)) == {"_fused_rows": 1}


def test_long_rows_are_left_alone() -> None:
    assert fused(rms_norm, floats(3, 2048), floats(2048))["_fused_rows"] == 0


def test_an_unknown_number_of_rows() -> None:
    concrete = tg.function(softmax).get_concrete_function(tg.TensorSpec([None, None, 40], tg.float32))
    for shape in [(3, 5), (1, 1), (0, 4), (200, 7)]:
        x = floats(*shape, 40)
        with switched(off=REASSOCIATING):
            assert ops(concrete).count("_fused_rows") == 1
            assert_bits(arrays(concrete(x)), arrays(softmax(x)), str(shape))


def test_an_unknown_length_is_left_alone() -> None:
    concrete = tg.function(softmax).get_concrete_function(tg.TensorSpec([4, None], tg.float32))
    with switched(off=REASSOCIATING):
        assert "_fused_rows" not in ops(concrete)
        x = floats(4, 9)
        assert_bits(arrays(concrete(x)), arrays(softmax(x)), "any length")


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "int64", "int8"])
@pytest.mark.parametrize(
    "reduce", [tg.reduce_sum, tg.reduce_mean, tg.reduce_max, tg.reduce_min, tg.reduce_prod]
)
def test_kinds_of_reductions(reduce: Any, dtype: str) -> None:
    x = tg.cast(tg.constant(R.integers(-9, 9, size=(13, 50))), dtype)
    assert fused(lambda x: x - reduce(tg.square(x), axis=1, keepdims=True), x) == {"_fused_rows": 1}
    assert fused(lambda x: reduce(x * x + x, axis=-1) * x[0, 0], x)["_fused_rows"] == 1


@pytest.mark.parametrize("reduce", [tg.reduce_all, tg.reduce_any])
def test_truth_values(reduce: Any) -> None:
    x = tg.constant(R.integers(-1, 9, size=(13, 5)))
    found = fused(lambda x: tg.where(reduce(x > 0, axis=1, keepdims=True), x, -x), x)
    assert found["_fused_rows"] == 1


def test_results_of_all_kinds() -> None:
    def f(x: Any, y: Any) -> Any:
        z = tg.exp(x) * y
        total = tg.reduce_sum(z, axis=-1)
        most = tg.reduce_max(z, axis=-1, keepdims=True)
        return z, total, tg.sqrt(total), most, z / most, tg.sin(most) - tg.expand_dims(total, -1)

    for rows in (1, 5, 3000):
        assert fused(f, floats(rows, 30), floats(30)) == {"_fused_rows": 1}


def test_one_value_in_two_shapes() -> None:
    def f(x: Any) -> Any:
        total = tg.reduce_sum(tg.sin(x), axis=-1)
        return total, tg.expand_dims(total, -1), tg.reshape(total, [-1, 1]) + 1.0, tg.expand_dims(total, -1)

    for rows in (1, 9, 400):
        assert fused(f, floats(rows, 20))["_fused_rows"] == 1


def test_several_axes() -> None:
    def f(x: Any, scale: Any) -> Any:
        centered = x - tg.reduce_mean(x, [1, 2], keepdims=True)
        variance = tg.reduce_mean(tg.square(centered), [-1, -2], keepdims=True)
        return centered * tg.math.rsqrt(variance + 1e-3) * scale, tg.reduce_sum(centered, [1, 2])

    assert fused(f, floats(6, 7, 5), floats(7, 1)) == {"_fused_rows": 1}
    assert fused(lambda x: tg.reduce_mean(tg.square(x - 1.0)), floats(20, 9)) == {"_fused_rows": 1}


def test_what_reads_numbers_across_rows_stays_outside() -> None:
    """A vector of sums beside the matrix is one for each column."""
    found = fused(lambda x: tg.sin(x) * tg.reduce_sum(tg.sin(x), axis=-1), floats(30, 30))
    assert found["_fused_rows"] == 1 and found["multiply"] == 1
    found = fused(lambda x: tg.reduce_sum(tg.sin(x), axis=0) + tg.sin(x), floats(30, 30))
    assert found["_fused_rows"] == 0


def test_axes_of_one_size_are_told_apart() -> None:
    for axis in (0, 1, 2, [0, 1], [0, 2], [1, 2], None):
        fused(lambda x, axis=axis: tg.reduce_sum(tg.exp(x), axis=axis), floats(4, 4, 4))


def test_vectors_of_columns_are_not_written_over() -> None:
    """A vector that all rows read dies with the group, which makes a vector of the same size."""

    def f(x: Any, y: Any) -> Any:
        columns = tg.cumsum(y)
        return tg.cumsum(tg.reduce_sum(tg.sin(x) * columns, axis=-1))

    assert fused(f, floats(300, 300), floats(300))["_fused_rows"] == 1


def test_large_results_are_streamed() -> None:
    fused(rms_norm, floats(1 << 13, 512), floats(512))
    fused(rms_norm, floats(1 << 13, 509), floats(509))


def test_more_than_a_group_holds() -> None:
    def f(x: Any) -> Any:
        for i in range(60):
            x = tg.sin(x) * float(i) - tg.reduce_mean(x, axis=-1, keepdims=True)
        return x

    assert 2 <= fused(f, floats(10, 100))["_fused_rows"] < 30
    assert fused(f, floats(3, 2000))["_fused_rows"] >= 2


def test_gradients_of_sums() -> None:
    def f(x: Any, scale: Any) -> Any:
        with tg.GradientTape() as tape:
            tape.watch([x, scale])
            loss = tg.reduce_sum(tg.square(rms_norm(x, scale)))
        return tape.gradient(loss, [x, scale])

    assert fused(f, floats(64, 48), floats(48))["_fused_rows"] >= 1


def test_sums_to_a_vector_of_columns_are_of_columns() -> None:
    """Of a square matrix, the shapes do not tell."""

    def f(x: Any, columns: Any) -> Any:
        with tg.GradientTape() as tape:
            tape.watch([x, columns])
            loss = tg.reduce_sum(tg.sin(x * columns) * 2.0)
        return tape.gradient(loss, [x, columns])

    fused(f, floats(8, 8), floats(8))
    fused(f, floats(8, 8, 8), floats(8, 8))
    fused(f, floats(8, 8), floats(8, 1))


def test_what_nobody_reads_makes_no_group() -> None:
    def f(x: Any) -> Any:
        tg.reduce_sum(tg.exp(x) * 2.0, axis=-1)
        tg.sin(tg.cos(x))
        return tg.sin(x)

    x = floats(6, 7)
    with switched(on=[]):
        concrete = tg.function(f).get_concrete_function(x)
        assert len(ops(concrete)) > 5
    with switched(on=["fuse_reductions", "fuse_elementwise"]):
        assert_bits(arrays(concrete(x)), arrays(f(x)), "dead nodes")
        assert "_fused_rows" not in ops(concrete)
        assert "outputs: []" not in concrete.optimized_graph


def labels(rows: int, classes: int, dtype: str = "int32") -> tg.Tensor:
    return tg.cast(tg.constant(R.integers(0, classes, size=rows)), dtype)


def dense(logits: Any, targets: Any) -> Any:
    return -tg.reduce_mean(tg.reduce_sum(targets * tg.nn.log_softmax(logits), axis=-1))


def sparse(logits: Any, targets: Any) -> Any:
    hot = tg.one_hot(targets, logits.shape[-1], dtype=logits.dtype)
    return -tg.reduce_mean(tg.reduce_sum(hot * tg.nn.log_softmax(logits), axis=-1))


def of_probabilities(logits: Any, targets: Any) -> Any:
    likely = tg.clip_by_value(tg.nn.softmax(logits), 1e-7, 1.0 - 1e-7)
    return tg.reduce_mean(
        tg.reduce_sum(-tg.one_hot(targets, logits.shape[-1]) * tg.math.log(likely), axis=-1)
    )


def with_gradient(loss: Any) -> Any:
    def both(logits: Any, targets: Any) -> Any:
        with tg.GradientTape() as tape:
            tape.watch(logits)
            value = loss(logits, targets)
        return value, tape.gradient(value, logits)

    return both


@pytest.mark.parametrize("classes", [2, 10, 33, 1000])
@pytest.mark.parametrize("loss", [dense, sparse, of_probabilities])
def test_cross_entropies(loss: Any, classes: int) -> None:
    """One op makes the loss of each row and the gradient; another one takes the mean."""
    rows = 37
    targets = tg.nn.softmax(floats(rows, classes)) if loss is dense else labels(rows, classes)
    for f in (loss, with_gradient(loss)):
        found = fused(f, floats(rows, classes), targets)
        assert found["_fused_rows"] <= 2
        assert not set(found) & {"softmax", "log_softmax", "softmax_grad", "log_softmax_grad", "one_hot"}


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_classes_out_of_range_have_no_loss(dtype: str) -> None:
    targets = tg.constant([0, -1, 4, 5, 1 << 30], dtype)
    assert fused(with_gradient(sparse), floats(5, 4), targets)["_fused_rows"] == 2
    assert fused(with_gradient(sparse), tg.cast(floats(5, 4), tg.float64), targets)["_fused_rows"] == 2


def test_attention_weights() -> None:
    def f(scores: Any, mask: Any) -> Any:
        return tg.nn.softmax(scores * 0.125 + (1.0 - mask) * -1e9) * mask

    mask = tg.cast(floats(2, 1, 1, 50) > 0.0, tg.float32)
    found = fused(f, floats(2, 3, 7, 50), mask)
    assert found["softmax"] == 0 and found["_fused_rows"] == 1


def test_softmax_along_other_axes_is_left_alone() -> None:
    assert fused(lambda x: tg.nn.softmax(x * 2.0, axis=0) + 1.0, floats(5, 6))["softmax"] == 1
    assert fused(lambda x: tg.nn.softmax(x), floats(5, 6)) == {"softmax": 1}


def test_effects_keep_their_order() -> None:
    v = tg.Variable(tg.zeros([5]))

    @tg.function
    def f(x: Any) -> Any:
        first = tg.reduce_sum(x * v, axis=-1)
        v.assign(tg.reduce_sum(tg.transpose(x), axis=-1) + 1.0)
        return first, tg.reduce_sum(x * v, axis=-1)

    x = floats(5, 5)
    first, second = f(x)
    np.testing.assert_array_equal(first, np.zeros(5))
    np.testing.assert_array_equal(second, tg.reduce_sum(x * v, axis=-1))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_halves_in_tiles(dtype: str) -> None:
    def f(x: Any, y: Any) -> Any:
        z = tg.nn.relu(x * y + 1.0) - tg.tanh(x)
        return tg.where(z > y, z, -x) * 0.5, tg.cast(z, tg.float32) + 1.0

    concrete = tg.function(f).get_concrete_function(floats(9, 70, dtype=dtype), floats(70, dtype=dtype))
    inputs = floats(9, 70, dtype=dtype), floats(70, dtype=dtype)
    found = Counter(ops(concrete))
    del found["constant"]
    assert found == {"_fused_elementwise": 1}
    for result, reference in zip(concrete(*inputs), f(*inputs), strict=True):
        assert result.dtype == reference.dtype
        np.testing.assert_array_equal(tg.cast(result, tg.float32), tg.cast(reference, tg.float32))
