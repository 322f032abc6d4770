"""Every op against NumPy and SciPy: its samples, in every dtype, on empty and 0-d tensors, and broadcast."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import tensegra as tg

from .calls import (
    CONTROL,
    OPS,
    RANDOM,
    STATE,
    Call,
    all_samples,
    argument_types,
    numpy_of,
    samples,
    signature_parts,
    type_variables,
)
from .references import references

HALVES = ("float16", "bfloat16")
# How far results may be from a reference of the same precision, or of float64 for halves, relative to the greatest of
# them.
TOLERANCE = {
    "float16": 1e-3, "bfloat16": 8e-3, "float32": 2e-6, "float64": 2e-14, "complex64": 2e-6, "complex128": 2e-14,
}  # fmt: skip

STATELESS_RANDOM = {op for op in OPS if op.startswith("stateless_")}  # test_stateless_random.py
ELEMENTWISE = sorted(
    op for op in OPS if op in references and (OPS[op].fusion == 1 or OPS[op].composite) and samples(op)
)
BINARY = [
    op
    for op in ELEMENTWISE
    if OPS[op].fusion == 1 and len(samples(op)[0].inputs) == 2 and not op.endswith("_grad")
]


def expected(call: Call) -> list[np.ndarray[Any, Any]]:
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        result = references[call.op](*call.inputs, **call.all_attributes())
    return list(result) if isinstance(result, tuple) else [result]


def check(call: Call, inputs: list[Any] | None = None) -> None:
    """Compares the results for the call's inputs, or for these tensors, with the reference's."""
    results, wanted = call.outputs(*(inputs or ())), expected(call)
    assert len(results) == len(wanted)
    for result, reference in zip(results, map(np.asarray, wanted), strict=True):
        got = numpy_of(result)
        dtype = result.dtype.name
        assert got.shape == reference.shape
        if dtype in TOLERANCE:
            if dtype not in HALVES:
                assert got.dtype == reference.dtype or reference.dtype == np.float64
            finite = np.abs(reference[np.isfinite(reference)]).astype(float)
            scale = max(1.0, finite.max() if finite.size else 0.0)
            # The parts of a composite round their results too.
            tolerance = TOLERANCE[dtype] * (4 if dtype in HALVES and OPS[call.op].composite else 1)
            np.testing.assert_allclose(got, reference, rtol=tolerance, atol=tolerance * scale)
        elif dtype == "string":
            assert [text.decode() for text in got.reshape(-1)] == reference.reshape(-1).tolist()
        else:
            np.testing.assert_array_equal(got, reference)
            assert got.dtype == reference.dtype or inputs is not None


def test_every_op_has_samples_and_a_reference() -> None:
    own_tests = CONTROL | STATE | RANDOM | STATELESS_RANDOM
    assert [op for op in OPS if not samples(op) and op not in own_tests] == []
    assert [op for op in OPS if op not in references and op not in own_tests] == []
    assert [op for op in references if op not in OPS] == []


@pytest.mark.parametrize("call", [c for c in all_samples() if c.op in references], ids=str)
def test_sample(call: Call) -> None:
    check(call)


def other_dtypes() -> list[tuple[Call, str, str]]:
    cases = []
    for call in all_samples():
        if call.op not in references or call.number > 0:
            continue
        for variable, dtypes in type_variables(call.op).items():
            if variable in argument_types(call.op, len(call.inputs)):
                cases += [(call, variable, dtype) for dtype in dtypes]
    return cases


@pytest.mark.parametrize(
    ("call", "variable", "dtype"), [case for case in other_dtypes() if case[2] not in HALVES], ids=str
)
def test_every_dtype_of_the_signature(call: Call, variable: str, dtype: str) -> None:
    check(call.with_dtype(variable, dtype))


@pytest.mark.parametrize(
    ("call", "variable", "dtype"), [case for case in other_dtypes() if case[2] in HALVES], ids=str
)
def test_half_precision(call: Call, variable: str, dtype: str) -> None:
    """The reference computes with float64 on inputs that are halves."""
    kinds = argument_types(call.op, len(call.inputs))
    wide = call.with_dtype(
        variable, "float64" if "float64" in type_variables(call.op)[variable] else "float32"
    )
    inputs = [
        tg.cast(x, dtype) if kind == variable else tg.constant(x)
        for x, kind in zip(wide.inputs, kinds, strict=True)
    ]
    rounded = [
        numpy_of(x).astype(np.float64) if kind == variable else numpy_of(x)
        for x, kind in zip(inputs, kinds, strict=True)
    ]
    check(Call(call.op, tuple(rounded), call.attributes), inputs)
    results = signature_parts(call.op)[2].split(",")
    for result, kind in zip(call.outputs(*inputs), results, strict=True):
        assert kind.strip() != variable or result.dtype.name == dtype


@pytest.mark.parametrize(
    "op", ["cast", "fill", "zeros_like", "ones_like", "transpose", "gather", "reverse", "tile"]
)
@pytest.mark.parametrize(
    "dtype", ["bool", "int8", "uint16", "int32", "uint64", "float16", "bfloat16", "float64"]
)
def test_ops_of_any_dtype(op: str, dtype: str) -> None:
    for call in samples(op):
        if call.op == "cast" and call.attributes["dtype"] in ("bool", "int32"):
            continue
        chosen = [x.dtype == np.float32 for x in call.inputs]  # the others are indices and shapes
        if not any(chosen):
            continue
        inputs = [
            tg.cast(np.abs(np.rint(x)), dtype) if change else tg.constant(x)
            for x, change in zip(call.inputs, chosen, strict=True)
        ]
        result = call.run(*inputs)
        wanted = expected(Call(op, tuple(map(numpy_of, inputs)), call.attributes))[0]
        np.testing.assert_array_equal(
            numpy_of(result).astype(np.float32), np.asarray(wanted).astype(np.float32)
        )
        if op != "cast":
            assert result.dtype == tg.as_dtype(dtype)


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (1,), (1000,), (3, 1, 7)])
@pytest.mark.parametrize("op", [op for op in ELEMENTWISE if op in references and "shape" not in op])
def test_elementwise_ops_take_every_shape(op: str, shape: tuple[int, ...]) -> None:
    call = samples(op)[0]
    random = np.random.default_rng(7)
    inputs = []
    for x in call.inputs:
        if x.ndim and x.dtype.kind == "f":
            inputs.append(random.uniform(x.min(), x.max(), shape).astype(x.dtype))
        else:
            inputs.append(np.resize(x, shape) if np.prod(shape) else np.zeros(shape, x.dtype))
    if not OPS[op].composite or op in ("gelu", "elu", "silu", "selu", "relu6", "leaky_relu", "log_sigmoid"):
        check(Call(op, tuple(inputs), call.attributes))


@pytest.mark.parametrize("op", BINARY)
@pytest.mark.parametrize(
    "shapes",
    [
        ((3,), ()),
        ((), (2, 3)),
        ((2, 1), (1, 3)),
        ((4, 1, 3), (2, 1)),
        ((1,), (0,)),
        ((2, 0), (1, 1)),
        ((5, 1, 1, 2), (1, 3, 4, 1)),
    ],
    ids=str,
)
def test_broadcasting(op: str, shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    call = samples(op)[0]
    random = np.random.default_rng(3)
    inputs = []
    for x, shape in zip(call.inputs, shapes, strict=True):
        if x.dtype.kind == "f":
            inputs.append(random.uniform(x.min(), x.max(), shape).astype(x.dtype))
        else:
            inputs.append(np.asarray(random.integers(0, 2 if x.dtype == bool else 9, shape)).astype(x.dtype))
    check(Call(op, tuple(inputs), call.attributes))


i32 = np.int32
EDGES = [
    Call("reduce_sum", (np.zeros((0, 3), np.float32),), {"axis": [0]}),
    Call("reduce_prod", (np.zeros((0, 3), np.float32),), {"axis": [0]}),
    Call("reduce_sum", (np.zeros((0, 3), np.float32),), {"axis": [1]}),
    Call("reduce_sum", (np.ones((2, 3), np.float32),), {"axis": []}),
    Call("reduce_all", (np.zeros((2, 0), bool),), {"axis": [1]}),
    Call("reduce_any", (np.zeros((2, 0), bool),), {"axis": [1]}),
    Call("reduce_max", (np.array([1.0, np.nan, 3.0], np.float32),)),
    Call("reduce_mean", (np.ones((100, 1000), np.float32),)),
    Call("reduce_logsumexp", (np.array([1000.0, 1000.0], np.float32),)),
    Call("reduce_logsumexp", (np.array([-np.inf, -np.inf], np.float32),)),
    Call("cumsum", (np.zeros((0, 3), np.float32),)),
    Call("cumsum", (np.arange(6, dtype=np.int64).reshape(2, 3),), {"axis": 1, "exclusive": True, "reverse": True}),
    Call("argmax", (np.array([[1.0, np.nan], [5.0, 2.0]], np.float32),), {"axis": 1}),
    Call("top_k", (np.arange(12, dtype=np.float32).reshape(2, 6),), {"k": 0}),
    Call("top_k", (np.zeros((0, 6), np.float32),), {"k": 2}),
    Call("reshape", (np.zeros((0, 3), np.float32), np.array([0, 7], i32))),
    Call("transpose", (np.arange(2 * 3 * 4 * 5, dtype=np.int64).reshape(2, 3, 4, 5),), {"perm": [2, 0, 3, 1]}),
    Call("transpose", (np.zeros((0, 3), np.float32),)),
    Call("concat", (np.zeros((0, 3), np.float32), np.ones((2, 3), np.float32)), {"axis": 0}),
    Call("stack", (np.zeros((0,), np.float32), np.zeros((0,), np.float32)), {"axis": 1}),
    Call("tile", (np.arange(6, dtype=i32).reshape(1, 2, 3), np.array([3, 1, 2], i32))),
    Call("tile", (np.arange(6, dtype=i32).reshape(2, 3), np.array([0, 2], i32))),
    Call("tile", (np.arange(256, dtype=i32).reshape((2,) * 8), np.array([2, 1, 1, 3, 1, 1, 1, 2], i32))),
    Call("slice", (np.arange(6, dtype=i32).reshape(2, 3), np.array([1, 3], i32), np.array([1, 0], i32))),
    Call("gather", (np.zeros((4, 0), np.float32), np.array([1, 2], i32))),
    Call("gather", (np.zeros((4, 2), np.float32), np.zeros((0,), i32))),
    Call("one_hot", (np.zeros((0,), i32),), {"depth": 3}),
    Call("one_hot", (np.array([1, 2], i32),), {"depth": 0}),
    Call("one_hot", (np.array([[1, 2]], i32),), {"depth": 3, "axis": 0}),
    Call("range", (np.array(10, i32), np.array(-1, i32), np.array(-4, i32))),
    Call("range", (np.array(0, np.int64), np.array(2**62, np.int64), np.array(2**61, np.int64))),
    Call("range", (np.array(0.5, np.float64), np.array(3.5, np.float64), np.array(0.75, np.float64))),
    Call("where_indices", (np.array(True),)),
    Call("where_indices", (np.zeros((0, 2), bool),)),
    Call("pad", (np.zeros((0, 2), np.float32),), {"paddings": [1, 1, 0, 2], "constant_values": 3.0}),
    Call("pad", (np.arange(3, dtype=np.int8),), {"paddings": [2, 2], "mode": "REFLECT"}),
    Call("matmul", (np.ones((2, 0), np.float32), np.ones((0, 3), np.float32))),
    Call("matmul", (np.ones((0, 2, 3), np.float32), np.ones((3, 4), np.float32))),
    Call("matmul", (np.ones((5, 1, 2, 3), np.int64), np.ones((1, 4, 3, 2), np.int64))),
    Call("strided_slice", (np.arange(10, dtype=i32),), {"begin": [-3], "end": [-100], "strides": [-2]}),
    Call("strided_slice", (np.arange(10, dtype=i32),), {"begin": [8], "end": [3], "strides": [1]}),
    Call("strided_slice", (np.arange(24, dtype=i32).reshape(2, 3, 4),),
         {"begin": [1, 0, 0], "end": [0, 0, 3], "strides": [1, 1, 2], "shrink_axis_mask": 1, "ellipsis_mask": 2}),
    Call("softmax", (np.zeros((0, 3), np.float32),)),
    Call("softmax", (np.array([[1000.0, -1000.0, 999.0]], np.float32),)),
    Call("log_softmax", (np.array([[1000.0, -1000.0, 999.0]], np.float64),)),
    Call("sparse_softmax_cross_entropy", (np.zeros((0,), i32), np.zeros((0, 3), np.float32))),
    Call("softmax_cross_entropy", (np.array([0.0, 1.0]), np.array([50.0, -50.0]))),
    Call("sigmoid_cross_entropy_with_logits", (np.array([0.0, 1.0, 1.0]), np.array([80.0, 80.0, -80.0]))),
    Call("fill", (np.array([0, 2], i32), np.array(1.5))),
    Call("max_pool2d", (-np.ones((1, 3, 3, 1), np.float32),), {"ksize": [2], "strides": [2], "padding": "SAME"}),
    Call("avg_pool2d", (np.ones((1, 3, 3, 1), np.float32),), {"ksize": [2], "strides": [2], "padding": "SAME"}),
    Call("pow", (np.array([0.0, 0.0, -2.0]), np.array([0.0, 2.0, 3.0]))),
    Call("floormod", (np.array([5, -5, 5, -5], i32), np.array([3, 3, -3, -3], i32))),
    Call("floordiv", (np.array([5, -5, 5, -5], i32), np.array([3, 3, -3, -3], i32))),
    Call("add", (np.array([2**31 - 1], i32), np.array([1], i32))),
    Call("maximum", (np.array([np.nan, 1.0]), np.array([1.0, np.nan]))),
    Call("divide_no_nan", (np.array([1.0, 2.0]), np.array([0.0, 4.0]))),
    Call("divide", (np.array([1.0, -1.0, 0.0]), np.array(0.0))),
    Call("cast", (np.array([300, -1], i32),), {"dtype": "uint8"}),
]  # fmt: skip


@pytest.mark.parametrize("call", EDGES, ids=str)
def test_edge(call: Call) -> None:
    check(call)


def test_an_empty_image_batch_gives_an_empty_result() -> None:
    images, filters = np.ones((0, 4, 4, 1), np.float32), np.ones((2, 2, 1, 3), np.float32)
    assert Call("conv2d", (images, filters), {"strides": [1]}).run().shape == (0, 3, 3, 3)
    assert Call("max_pool2d", (images,), {"ksize": [2], "strides": [2], "padding": "VALID"}).run().shape == (
        0,
        2,
        2,
        1,
    )


def test_casting_floats_to_integers_saturates() -> None:
    x = tg.constant([1e20, -1e20, float("nan"), 2.9, -2.9])
    assert tg.cast(x, tg.int32).numpy().tolist() == [2**31 - 1, -(2**31), 0, 2, -2]


@pytest.mark.parametrize("op", ["equal", "not_equal"])
def test_strings_are_compared(op: str) -> None:
    x = np.array([["a", "bc"], ["", "é"]], dtype=object)
    result = Call(op, (x, np.array(["bc", "é"], dtype=object))).run()
    same = np.array([[False, False], [False, True]])
    np.testing.assert_array_equal(numpy_of(result), same if op == "equal" else ~same)
