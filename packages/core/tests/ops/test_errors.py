"""Wrong calls of every op: an error of the catalogue with the op's name, never a crash and never an internal error."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native

from .calls import OPS, Call, argument_types, attributes_of, samples, signature_parts, tensor

CALLS = [samples(op)[0] for op in OPS if samples(op)]
WITH_INPUTS = [call for call in CALLS if call.inputs]


def attempt(op: str, inputs: Any, attributes: dict[str, Any]) -> str | None:
    """Runs the call; the catalogue's code of the error that it raises, or None."""
    try:
        _native.execute(op, inputs, attributes)
    except tg.errors.Error as error:
        assert re.fullmatch(r"TG-0[1-9]\d\d", error.error_code), str(error)
        assert str(error).startswith("["), str(error)
        return error.error_code
    return None


def attempt_call(call: Call) -> str | None:
    values: Any = tuple(map(tensor, call.inputs))
    packed = (list(values),) if "[" in signature_parts(call.op)[0] else values
    return attempt(call.op, packed, call.native_attributes())


@pytest.mark.parametrize("call", [c for c in CALLS if "[" not in signature_parts(c.op)[0]], ids=str)
def test_wrong_number_of_inputs(call: Call) -> None:
    inputs = tuple(map(tensor, call.inputs))
    assert attempt(call.op, (*inputs, tg.constant(1.0)), call.native_attributes()) == "TG-0110"
    if inputs:
        assert attempt(call.op, inputs[:-1], call.native_attributes()) == "TG-0110"


def test_empty_lists() -> None:
    assert attempt("concat", ([],), {"axis": 0}) == "TG-0110"
    assert attempt("stack", ([],), {}) == "TG-0110"


def test_unknown_and_missing_attributes() -> None:
    assert attempt("square", (tg.constant(1.0),), {"axis": 0}) == "TG-0111"
    assert attempt("concat", ([tg.constant([1.0])],), {}) == "TG-0111"
    assert attempt("reduce_sum", (tg.constant([1.0]),), {"axis": "x"}) == "TG-0111"


@pytest.mark.parametrize("call", WITH_INPUTS, ids=str)
@pytest.mark.parametrize("dtype", ["string", "complex64", "bool"])
def test_wrong_dtypes(call: Call, dtype: str) -> None:
    types = argument_types(call.op, len(call.inputs))
    for i, (x, kind) in enumerate(zip(call.inputs, types, strict=True)):
        wrong = np.full(x.shape, "a", dtype=object) if dtype == "string" else np.ones(x.shape, dtype)
        code = attempt_call(replace(call, inputs=(*call.inputs[:i], wrong, *call.inputs[i + 1 :])))
        if kind in ("int32|int64", "int32|int64|uint8") or (
            kind not in ("any", "string")
            and OPS[call.op].types
            and not re.search(rf"\b{dtype}\b", OPS[call.op].types)
            and kind != "bool"
        ):
            assert code == "TG-0102"
        else:
            # What the op takes may still have a value that it refuses: a matrix of ones has no inverse.
            values = ("TG-0571", "TG-0572", "TG-0633", "TG-0646", "TG-0647", "TG-0651")
            assert code in (None, "TG-0102", "TG-0121", "TG-0501", *values)


@pytest.mark.parametrize("call", WITH_INPUTS, ids=str)
def test_wrong_shapes(call: Call) -> None:
    refused = 0
    shapes: list[tuple[int, ...]] = [
        (),
        (7,),
        (0,),
        (2, 2),
        (5, 0, 3),
        (1, 2, 3, 4),
        (2, 1, 1, 3, 1),
        (1,) * 8,
    ]
    for i, shape in itertools.product(range(len(call.inputs)), shapes):
        x = call.inputs[i]
        wrong = np.resize(x, shape) if np.prod(shape) and x.size else np.zeros(shape, x.dtype)
        refused += (
            attempt_call(replace(call, inputs=(*call.inputs[:i], wrong, *call.inputs[i + 1 :]))) is not None
        )
    if len(call.inputs) > 1 and not call.op.endswith("_like"):
        assert refused > 0


_NUMBERS = [-(2**63), -(2**31), -9, -1, 0, 1, 7, 2**31, 2**62, 2**63 - 1]
_LISTS = [
    [],
    [0],
    [-1],
    [-(2**63)],
    [2**63 - 1],
    [0, 0],
    [1, 1, 1],
    [2**62, 2**62],
    [-9, 9],
    [0] * 8,
    [3] * 70,
]


_FREE_TEXT = {"separator", "left_pad", "right_pad", "key"}


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_extreme_attributes(call: Call) -> None:
    for name, kind, _ in attributes_of(call.op):
        extremes: dict[str, list[Any]] = {
            "int": _NUMBERS,
            "ints": _LISTS,
            "str": ["", "BAD", "SAME"],
            "float": [float("inf"), float("nan"), -1e300],
            "dtype": [tg.string._number, tg.complex64._number, 0, 99],
            "bool": [True, False],
            "tensor": [],
        }
        for value in extremes[kind]:
            attributes = {**call.native_attributes(), name: value}
            values_in: Any = tuple(map(tensor, call.inputs))
            packed = (list(values_in),) if "[" in signature_parts(call.op)[0] else values_in
            code = attempt(call.op, packed, attributes)
            if kind == "str" and value == "BAD" and name not in _FREE_TEXT:
                assert code in ("TG-0106", "TG-0121")
            if name == "axis" and kind == "int" and abs(value) > 9:
                assert code == "TG-0104"


_SIZED_BY_VALUES = {
    "fill", "broadcast_to", "tile", "stateless_uniform", "stateless_normal", "stateless_truncated_normal",
}  # fmt: skip
INDEXED = [c for c in WITH_INPUTS if c.op != "range" and any(x.dtype.kind == "i" for x in c.inputs)]


@pytest.mark.parametrize("call", INDEXED, ids=str)
def test_extreme_indices_and_shapes(call: Call) -> None:
    for i, x in enumerate(call.inputs):
        if x.dtype.kind != "i":
            continue
        for extreme in (-(2**31), -2, 2**31 - 1):
            wrong = np.full(x.shape, extreme, x.dtype)
            if call.op in _SIZED_BY_VALUES and extreme > 0 and x.ndim:
                wrong = np.full(x.shape, 2**62, np.int64)  # too much for any memory
            attempt_call(replace(call, inputs=(*call.inputs[:i], wrong, *call.inputs[i + 1 :])))


def array(*shape: int) -> np.ndarray[Any, Any]:
    return np.ones(shape, np.float32)


def ints(*values: int) -> np.ndarray[Any, Any]:
    return np.array(values, np.int32)


_IMAGE, _FILTER = array(1, 4, 4, 1), array(2, 2, 1, 1)
_ONE, _POOL = {"strides": [1]}, {"ksize": [2], "strides": [2], "padding": "SAME"}
_AT_0 = {"begin": [0], "end": [1], "strides": [1]}


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("TG-0101", Call("add", (array(2, 3), array(2)))),
        ("TG-0101", Call("select", (np.ones(3, bool), array(2), array(2)))),
        ("TG-0101", Call("sum_to_like", (array(3), array(2)))),
        ("TG-0101", Call("broadcast_like", (array(2, 3), array(3)))),
        ("TG-0101", Call("broadcast_to", (array(2), ints(3)))),
        ("TG-0101", Call("matmul", (array(2, 2, 3), array(3, 3, 2)))),
        ("TG-0102", Call("constant", (), {"value": array(2), "dtype": "int32"})),
        ("TG-0103", Call("matmul", (array(3), array(3, 2)))),
        ("TG-0103", Call("top_k", (array(),))),
        ("TG-0103", Call("fill", (ints(2), array(1)))),
        ("TG-0103", Call("fill", (ints(*[1] * 9), array()))),
        ("TG-0103", Call("expand_dims", (array(*[1] * 8),), {"axis": 0})),
        ("TG-0103", Call("gather", (array(*[1] * 8), np.zeros((1, 1), np.int32)))),
        ("TG-0103", Call("conv2d", (array(4, 4, 1), array(2, 2, 1, 1)), {"strides": [1]})),
        ("TG-0103", Call("depthwise_conv2d", (array(1, 4, 4, 1), array(2, 2, 1)), {"strides": [1], "padding": "SAME"})),
        ("TG-0103", Call("bias_add", (array(3), array(3)))),
        ("TG-0103", Call("concat", (array(), array()), {"axis": 0})),
        ("TG-0103", Call("strided_slice", (array(3),), {"begin": [0, 0], "end": [1, 1], "strides": [1, 1]})),
        ("TG-0103", Call("softmax_cross_entropy", (array(), array()))),
        ("TG-0103", Call("stateless_categorical", (array(3), ints(1, 2)), {"num_samples": 1})),
        ("TG-0104", Call("reduce_sum", (array(2, 3),), {"axis": [2]})),
        ("TG-0104", Call("reduce_sum", (array(2, 3),), {"axis": [0, -2]})),
        ("TG-0104", Call("transpose", (array(2, 3),), {"perm": [0, 0]})),
        ("TG-0104", Call("transpose", (array(2, 3),), {"perm": [0]})),
        ("TG-0104", Call("cumsum", (array(),))),
        ("TG-0104", Call("softmax", (array(),))),
        ("TG-0104", Call("one_hot", (ints(1),), {"depth": 2, "axis": 2})),
        ("TG-0104", Call("gather", (array(2), ints(0)), {"axis": 1})),
        ("TG-0105", Call("matmul", (array(2, 3), array(2, 3)))),
        ("TG-0105", Call("reshape", (array(6), ints(4)))),
        ("TG-0105", Call("reshape", (array(6), ints(4, -1)))),
        ("TG-0105", Call("reshape", (array(6), ints(0, -1)))),
        ("TG-0105", Call("reshape_like", (array(6), array(5)))),
        ("TG-0105", Call("squeeze", (array(2, 3),), {"axis": [0]})),
        ("TG-0105", Call("concat", (array(2, 3), array(2, 4)), {"axis": 0})),
        ("TG-0105", Call("stack", (array(2), array(3)))),
        ("TG-0105", Call("slice", (array(3), ints(0, 0), ints(1)))),
        ("TG-0105", Call("tile", (array(3), ints(1, 2)))),
        ("TG-0105", Call("tile_grad", (array(3), array(5), ints(2)))),
        ("TG-0105", Call("pad", (array(3),), {"paddings": [1]})),
        ("TG-0105", Call("pad_grad", (array(3),), {"paddings": [2, 2], "mode": "REFLECT"})),
        ("TG-0105", Call("scatter_add_like", (array(3), ints(0), array(2)))),
        ("TG-0105", Call("strided_slice_grad", (array(3), array(2)), {"begin": [0], "end": [3], "strides": [1]})),
        ("TG-0105", Call("conv2d", (array(1, 4, 4, 3), array(2, 2, 2, 4)), {"strides": [1]})),
        ("TG-0105", Call("conv2d", (array(1, 4, 4, 1), array(0, 2, 1, 4)), {"strides": [1]})),
        ("TG-0105", Call("conv2d_backprop_input", (_IMAGE, _FILTER, _IMAGE), _ONE)),
        ("TG-0105", Call("conv2d_backprop_filter", (_IMAGE, _FILTER, _IMAGE), _ONE)),
        ("TG-0105", Call("conv2d_transpose", (_IMAGE, _FILTER, ints(1, 4, 4, 1)), _ONE)),
        ("TG-0105", Call("conv3d_transpose", (array(1, 1, 1, 1, 1), array(1, 1, 1, 1, 1), ints(1, 2, 1, 1, 1)), _ONE)),
        ("TG-0105", Call("depthwise_conv2d", (_IMAGE, array(2, 2, 2, 1)), {**_ONE, "padding": "SAME"})),
        ("TG-0105", Call("max_pool2d_grad", (_IMAGE, array(1, 3, 3, 1)), _POOL)),
        ("TG-0105", Call("max_pool2d_grad_grad", (_IMAGE, array(1, 3, 3, 1)), _POOL)),
        ("TG-0105", Call("bias_add", (array(2, 3), array(2)))),
        ("TG-0105", Call("relu_grad", (array(2), array(3)))),
        ("TG-0105", Call("softmax_grad", (array(2), array(3)))),
        ("TG-0105", Call("softmax_cross_entropy", (array(2, 3), array(2, 4)))),
        ("TG-0105", Call("sparse_softmax_cross_entropy", (ints(0), array(2, 4)))),
        ("TG-0105", Call("sigmoid_cross_entropy_with_logits", (array(2), array(3)))),
        ("TG-0105", Call("stateless_normal", (ints(2), ints(1)))),
        ("TG-0106", Call("argmax", (array(3),), {"output_type": "float32"})),
        ("TG-0106", Call("shape", (array(3),), {"out_type": "uint8"})),
        ("TG-0106", Call("top_k", (array(3),), {"k": 4})),
        ("TG-0106", Call("pad", (array(3),), {"paddings": [1, 1], "mode": "EDGE"})),
        ("TG-0106", Call("pad", (array(3),), {"paddings": [3, 0], "mode": "REFLECT"})),
        ("TG-0106", Call("pad", (array(0),), {"paddings": [1, 0], "mode": "SYMMETRIC"})),
        ("TG-0106", Call("pad_grad", (array(3),), {"paddings": [1, 1], "mode": "CONSTANT"})),
        ("TG-0106", Call("strided_slice", (array(3),), {**_AT_0, "strides": [0]})),
        ("TG-0106", Call("strided_slice", (array(3),), {**_AT_0, "strides": [1, 1]})),
        ("TG-0106", Call("strided_slice", (array(3),), {**_AT_0, "strides": [-1], "shrink_axis_mask": 1})),
        ("TG-0106", Call("strided_slice", (array(3),), {k: v * 2 for k, v in _AT_0.items()} | {"ellipsis_mask": 3})),
        ("TG-0106", Call("conv2d", (_IMAGE, _FILTER), {"strides": [0]})),
        ("TG-0106", Call("conv2d", (_IMAGE, _FILTER), {"strides": [2, 1, 1, 1]})),
        ("TG-0106", Call("conv2d", (_IMAGE, _FILTER), {"strides": [1, 1, 1]})),
        ("TG-0106", Call("conv2d", (_IMAGE, _FILTER), {"strides": [1], "padding": "EXPLICIT"})),
        ("TG-0106", Call("conv2d", (_IMAGE, _FILTER), {**_ONE, "explicit_paddings": [0] * 8})),
        ("TG-0106", Call("conv2d", (_IMAGE, _FILTER), {**_ONE, "data_format": "NCWH"})),
        ("TG-0106", Call("conv2d", (_IMAGE, array(2, 1, 1, 1)), {**_ONE, "dilations": [2**31 - 1]})),
        ("TG-0106", Call("max_pool2d", (array(1, 4, 4, 1),), {"ksize": [2], "strides": [2], "padding": "EXPLICIT"})),
        ("TG-0106", Call("avg_pool2d", (array(1, 4, 4, 1),), {"ksize": [2], "strides": [2], "padding": "EXPLICIT"})),
        ("TG-0106", Call("max_pool_with_argmax", (_IMAGE,), {**_POOL, "output_dtype": "int16"})),
        ("TG-0106", Call("bias_add", (array(2, 3), array(3)), {"data_format": "CHW"})),
        ("TG-0106", Call("stateless_normal", (ints(2), ints(1, 2)), {"dtype": "int32"})),
        ("TG-0106", Call("stateless_categorical", (array(1, 3), ints(1, 2)), {"num_samples": 1, "dtype": "float32"})),
        ("TG-0107", Call("gather", (array(3), ints(3)))),
        ("TG-0107", Call("gather", (array(3), ints(-1)))),
        ("TG-0107", Call("scatter_add_like", (array(3), ints(-1), array(1)))),
        ("TG-0107", Call("slice", (array(3), ints(2), ints(2)))),
        ("TG-0107", Call("slice_grad", (array(3), ints(2), array(2)))),
        ("TG-0107", Call("strided_slice", (array(3),), {**_AT_0, "begin": [3], "shrink_axis_mask": 1})),
        ("TG-0107", Call("sparse_softmax_cross_entropy", (ints(0, 4), array(2, 4)))),
        ("TG-0108", Call("floordiv", (ints(1), ints(0)))),
        ("TG-0108", Call("floormod", (ints(1), ints(0)))),
        ("TG-0109", Call("fill", (ints(-1), array()))),
        ("TG-0109", Call("fill", (np.array([2**40, 2**40]), array()))),
        ("TG-0109", Call("reshape", (array(6), ints(-1, -1)))),
        ("TG-0109", Call("reshape", (array(6), ints(-2)))),
        ("TG-0109", Call("tile", (array(3), ints(-1)))),
        ("TG-0109", Call("tile", (array(3), np.array([2**62])))),
        ("TG-0109", Call("pad", (array(3),), {"paddings": [-1, 0]})),
        ("TG-0109", Call("pad", (array(3),), {"paddings": [2**62, 2**62]})),
        ("TG-0109", Call("one_hot", (ints(1),), {"depth": -1})),
        ("TG-0109", Call("one_hot", (ints(1, 2, 3, 4),), {"depth": 2**62})),
        ("TG-0109", Call("stateless_categorical", (array(1, 3), ints(1, 2)), {"num_samples": -1})),
        ("TG-0121", Call("max_pool_with_argmax", (_IMAGE,), {**_POOL, "data_format": "NCHW"})),
        ("TG-0121", Call("stateless_shuffle", (np.array(["a"], dtype=object), np.array([1, 2], np.int32)))),
        ("TG-0121", Call("cast", (array(1),), {"dtype": "string"})),
        ("TG-0121", Call("ones_like", (np.array(["a"], dtype=object),))),
        ("TG-0123", Call("pow", (ints(2), ints(-1)))),
        ("TG-0123", Call("range", (ints(0)[0], ints(5)[0], ints(0)[0]))),
        ("TG-0123", Call("range", (ints(0)[0], ints(5)[0], ints(-1)[0]))),
        ("TG-0123", Call("range", tuple(np.array(x, np.float32) for x in (0, np.nan, 1)))),
        ("TG-0123", Call("stateless_uniform", (ints(1), ints(1, 2), ints(5)[0], ints(5)[0]))),
        ("TG-0124", Call("argmax", (array(0, 3),))),
        ("TG-0124", Call("stateless_categorical", (array(1, 0), ints(1, 2)), {"num_samples": 1})),
    ],
    ids=str,
)  # fmt: skip
def test_code(code: str, call: Call) -> None:
    assert attempt_call(call) == code


def test_dropout_of_integers_is_refused_by_its_own_name() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"^\[dropout\].*dtype=int32.*TG-0102"):
        tg.nn.dropout([1, 2], rate=0.5)


def test_an_error_names_the_op_the_rule_and_the_values() -> None:
    with pytest.raises(tg.errors.OutOfRangeError) as error:
        tg.gather([10, 20, 30], [1, 7])
    assert str(error.value) == (
        "[gather] an index must lie in [0, size). Received: indices[1]=7 (counted row by row), size=3 (TG-0107)"
    )
    with pytest.raises(
        tg.errors.InvalidArgumentError, match=r"\[matmul\].*a.shape=\(2, 3\), b.shape=\(2, 3\)"
    ):
        tg.matmul(tg.ones([2, 3]), tg.ones([2, 3]))
