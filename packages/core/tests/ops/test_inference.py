"""What is said of a result before it is computed holds; a traced call gives what an eager one does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native

from .calls import Call, all_samples, numpy_of

# Their composition asks for shapes or ranks, as their documentation says.
_NEED_SHAPES = {"depthwise_conv2d", "bias_add", "stack"}


def trace(call: Call, known: str) -> tuple[Any, list[Any]]:
    """The call as a function whose inputs have their sizes known, their ranks known, or nothing."""
    graph = _native.Graph(call.op)
    graph.enter()
    try:
        inputs = []
        for i, x in enumerate(call.inputs):
            dims = {"sizes": x.shape, "ranks": (-1,) * x.ndim, "nothing": None}[known]
            inputs.append(graph.add_input(f"x{i}", tg.constant(x).dtype._number, dims))
        outputs = call.outputs(*inputs)
    finally:
        graph.leave()
    return _native.Function.create(graph, outputs), outputs


def fits(inferred: tuple[int, ...] | None, shape: tuple[int, ...]) -> bool:
    if inferred is None:
        return True
    return len(inferred) == len(shape) and all(
        a in (-1, b) or a < -1 for a, b in zip(inferred, shape, strict=True)
    )


def traceable() -> list[Call]:
    return [call for call in all_samples() if call.inputs]


@pytest.mark.parametrize("known", ["sizes", "ranks", "nothing"])
@pytest.mark.parametrize("call", traceable(), ids=str)
def test_traced_equals_eager(call: Call, known: str) -> None:
    eager = call.outputs()
    try:
        function, outputs = trace(call, known)
    except tg.errors.InvalidArgumentError as error:
        assert known != "sizes"
        assert call.op in _NEED_SHAPES
        assert error.error_code == "TG-0103"
        return
    for output, result in zip(outputs, eager, strict=True):
        assert output._dtype_number == result._dtype_number
        assert fits(output._shape, result._shape)
    for output, result in zip(function.call([_native.tensor(x) for x in call.inputs]), eager, strict=True):
        assert output._dtype_number == result._dtype_number
        np.testing.assert_array_equal(numpy_of(output), numpy_of(result), strict=True)


# These take sizes from values, or from what they find; all others from the inputs' shapes alone.
_SIZES_FROM_VALUES = {
    "reshape", "slice", "tile", "broadcast_to", "fill", "range", "resample", "conv2d_transpose",
    "conv3d_transpose",
    "stateless_uniform", "stateless_normal", "stateless_truncated_normal", "scatter_nd",
    *(f"unsorted_segment_{kind}" for kind in ("sum", "prod", "min", "max")),
}  # fmt: skip
# What they find, and so how much of it, depends on all values.
_FINDERS = {"where_indices", "non_max_suppression", "non_max_suppression_overlaps", "unique"}
_FINDERS |= {f"segment_{kind}" for kind in ("sum", "mean", "prod", "min", "max")}
_SIZES_FROM_VALUES |= _FINDERS | {
    "string_unsorted_segment_join",
    "ragged_row_splits",
    "sparse_places",
    "stateless_full_int",
    "stateless_gamma",
    "stateless_poisson",
    "stateless_binomial",
    "stateless_parameterized_truncated_normal",
}


# How many pieces there are, the strings tell.
_PIECES = {
    "parse_tensor",
    "string_example_feature",
    "decode_raw",
    "string_csv_fields",
    "set_operation",
    "ragged_row_ids",
    "string_split",
    "string_bytes_split",
    "string_ngrams",
    "unicode_decode_with_offsets",
}
_SIZES_FROM_VALUES |= _PIECES


@pytest.mark.parametrize("call", traceable(), ids=str)
def test_known_shapes_give_known_shapes(call: Call) -> None:
    _, outputs = trace(call, "sizes")
    if call.op not in _SIZES_FROM_VALUES:
        assert [output._shape for output in outputs] == [result._shape for result in call.outputs()]
    else:
        assert all(output._shape is None or len(output._shape) == result._rank for output, result in
                   zip(outputs, call.outputs(), strict=True))  # fmt: skip


@pytest.mark.parametrize("op", sorted(_SIZES_FROM_VALUES - _FINDERS - _PIECES))
def test_constant_values_give_known_shapes(op: str) -> None:
    call = next(c for c in all_samples() if c.op == op)
    graph = _native.Graph(op)
    graph.enter()
    try:
        inputs = [
            _native.tensor(x)
            if x.dtype.kind == "i" or op == "range"
            else graph.add_input(f"x{i}", tg.constant(x).dtype._number, x.shape)
            for i, x in enumerate(call.inputs)
        ]
        outputs = call.outputs(*inputs)
    finally:
        graph.leave()
    assert [output._shape for output in outputs] == [result._shape for result in call.outputs()]


def test_a_symbolic_batch_survives() -> None:
    """A size that is not known stays the same symbol through the ops of a network."""

    @tg.function(input_signature=[tg.TensorSpec([None, 8, 8, 2], tg.float32)])
    def network(images: tg.Tensor) -> tg.Tensor:
        x = tg.nn.relu(tg.nn.conv2d(images, tg.ones([3, 3, 2, 4]), strides=1, padding="SAME"))
        x = tg.nn.max_pool2d(x, 2, 2, "VALID")
        assert x.shape.as_list() == [None, 4, 4, 4]
        x = tg.reshape(x, [-1, 64])
        assert x.shape.as_list() == [None, 64]
        x = tg.nn.bias_add(tg.matmul(x, tg.ones([64, 3])), tg.ones([3]))
        assert x.shape.as_list() == [None, 3]
        return tg.nn.softmax(x) + tg.reduce_sum(x, axis=1, keepdims=True) * 0.0

    for batch in (1, 5):
        assert network(tg.ones([batch, 8, 8, 2])).shape == (batch, 3)
