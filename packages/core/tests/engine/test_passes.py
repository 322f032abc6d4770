"""Graph passes: they fire, keep the results bit for bit, and leave effects alone."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

import tensegra as tg

SPEC = tg.TensorSpec([None, 3], tg.float32, name="x")
X = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)


def trace(f: Any, *specs: tg.TensorSpec) -> tuple[Any, list[str]]:
    """The concrete function and the ops of its nodes, in order."""
    concrete = tg.function(f).get_concrete_function(*(specs or (SPEC,)))
    native = concrete._function
    native.verify()
    return concrete, [native.node(i)[0] for i in range(native.num_nodes)]


def test_what_is_known_before_running_becomes_a_constant() -> None:
    def f(x: Any) -> Any:
        scale = tg.exp(tg.constant([1.0, 2.0, 3.0])) * 2.0 + tg.cast(tg.shape(x)[1], tg.float32)
        return x * scale

    concrete, ops = trace(f, tg.TensorSpec([5, 3], tg.float32))
    assert ops == ["constant", "multiply"]
    np.testing.assert_array_equal(concrete(tg.constant(X)), f(tg.constant(X)))


def test_large_results_are_not_folded() -> None:
    _, ops = trace(lambda x: tg.reduce_sum(tg.fill([1000, 1000], 2.0)) + tg.reduce_sum(x))
    assert "fill" in ops


def test_what_is_computed_twice_is_merged() -> None:
    def f(x: Any) -> Any:
        return tg.exp(x) + tg.exp(x) * tg.exp(tg.identity(x)), tg.reduce_sum(tg.exp(x), axis=1)

    concrete, ops = trace(f)
    assert Counter(ops)["exp"] <= 2
    got, expected = concrete(tg.constant(X)), f(tg.constant(X))
    for result, reference in zip(got, expected):
        np.testing.assert_array_equal(result, reference)


def test_different_attributes_are_not_merged() -> None:
    concrete, ops = trace(
        lambda x: (tg.reduce_sum(x, axis=0), tg.reduce_sum(x, axis=1), tg.cumsum(x), tg.cumsum(x))
    )
    assert Counter(ops) == {"reduce_sum": 2, "cumsum": 1}
    a, b, c, d = concrete(tg.constant(X))
    np.testing.assert_allclose(a, X.sum(0), rtol=1e-6)
    np.testing.assert_allclose(b, X.sum(1), rtol=1e-5)
    np.testing.assert_array_equal(c, d)


def test_constants_that_differ_in_bits_only_are_kept_apart() -> None:
    concrete, _ = trace(lambda x: (x / tg.constant(0.0), x / tg.constant(-0.0)))
    up, down = concrete(tg.ones([1, 3]))
    np.testing.assert_array_equal(up, [[np.inf] * 3])
    np.testing.assert_array_equal(down, [[-np.inf] * 3])


def test_what_nothing_needs_is_dropped() -> None:
    def f(x: Any) -> Any:
        for _ in range(5):
            tg.matmul(x, x, transpose_b=True)
        return tg.negative(x)

    _, ops = trace(f)
    assert ops == ["negative"]


def test_reads_that_nothing_needs_are_dropped_but_writes_stay() -> None:
    v = tg.Variable(1.0)

    def f(x: Any) -> Any:
        tg.exp(v.read_value())
        v.assign_add(2.0)
        return x

    concrete, ops = trace(f)
    assert [op for op in ops if "variable" in op] == ["assign_add_variable"]
    concrete(tg.constant(X))
    assert v.numpy() == 3.0


def test_reads_keep_their_places_among_writes() -> None:
    v = tg.Variable(1.0)

    def f(x: Any) -> Any:
        before = v.read_value()
        v.assign(x)
        between = v.read_value()
        v.assign_add(10.0)
        v.assign(v * 2.0)
        after = v.read_value()
        return before, between, after, before + between

    concrete, ops = trace(f, tg.TensorSpec([], tg.float32))
    order = [op.removesuffix("_variable") for op in ops if op.endswith("_variable")]
    assert order == ["read", "assign", "read", "assign_add", "read", "assign", "read"]
    for start, x in [(1.0, 5.0), (30.0, 7.0)]:
        assert v.numpy() == start
        results = [float(result) for result in concrete(tg.constant(x))]
        assert results == [start, x, 2 * (x + 10), start + x]


def test_random_draws_are_neither_merged_nor_folded_nor_dropped() -> None:
    tg.random.set_seed(3)

    def f(x: Any) -> Any:
        tg.random.uniform([2])
        return tg.random.uniform([4], seed=1), tg.random.uniform([4], seed=1), x

    concrete, ops = trace(f)
    assert Counter(ops)["random_uniform"] == 3
    a, b, _ = concrete(tg.constant(X))
    again, _, _ = concrete(tg.constant(X))
    assert not np.array_equal(a, again)
    assert np.shape(b) == (4,)


def test_equal_stateless_draws_are_merged() -> None:
    def f(x: Any) -> Any:
        shape = tg.shape(x)
        return tg.random.stateless_normal(shape, [1, 2]) - tg.random.stateless_normal(shape, [1, 2])

    concrete, ops = trace(f)
    assert Counter(ops)["stateless_normal"] == 1
    np.testing.assert_array_equal(concrete(tg.constant(X)), np.zeros_like(X))
