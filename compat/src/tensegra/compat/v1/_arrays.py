"""Placeholders, and ops that make, join, cut and move tensors."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from ._apply import apply, convert_to_tensor, is_graph_value
from ._core import tg
from ._define import renamed
from ._graph import get_default_graph
from ._operators import binary
from ._shapes import TensorShape
from ._static import constant_value, shape_from
from ._symbols import export
from ._tensor import Tensor, core_dtype


@export("placeholder")
def placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> Tensor:
    """A tensor whose value is given with each run."""
    op = get_default_graph().create(
        "Placeholder", list, (), name or "Placeholder", outputs=[(core_dtype(dtype), TensorShape(shape))],
        attributes={"shape": TensorShape(shape)},
    )  # fmt: skip
    return op.outputs[0]


@export("placeholder_with_default")
def placeholder_with_default(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """A tensor that has a value unless another one is given with a run."""
    value = convert_to_tensor(input)
    op = get_default_graph().create(
        "PlaceholderWithDefault", lambda x: [x], [value], name or "PlaceholderWithDefault",
        outputs=[(value.dtype, TensorShape(shape))],
    )  # fmt: skip
    return op.outputs[0]


@export("identity")
def identity(input: Any, name: str | None = None) -> Any:
    """The tensor; a variable as it is when this op runs."""
    if hasattr(input, "_reference"):
        input = input._reference
    if hasattr(input, "_graph_components") or hasattr(input, "_as_dense"):
        return input
    return apply("Identity", tg.identity, convert_to_tensor(input), op_name=name)


@export("shape")
def shape(input: Any, name: str | None = None, out_type: Any = tg.int32) -> Tensor:
    """The sizes of a tensor, as a tensor."""
    if hasattr(input, "dense_shape") and hasattr(input, "indices") and input.dense_shape is not None:
        return cast(input.dense_shape, out_type)
    tensor = convert_to_tensor(input)
    return apply("Shape", lambda x: tg.cast(tg.shape(x), core_dtype(out_type)), tensor, op_name=name)  # type: ignore[no-any-return]


@export("shape_n")
def shape_n(input: Any, out_type: Any = tg.int32, name: str | None = None) -> list[Tensor]:
    """The sizes of several tensors."""
    return [shape(each, out_type=out_type) for each in input]


@export("rank")
def rank(input: Any, name: str | None = None) -> Tensor:
    """The number of dimensions."""
    return apply("Rank", tg.rank, convert_to_tensor(input), op_name=name)  # type: ignore[no-any-return]


@export("size")
def size(input: Any, name: str | None = None, out_type: Any = tg.int32) -> Tensor:
    """The number of elements."""
    return apply("Size", lambda x: tg.size(x, core_dtype(out_type)), convert_to_tensor(input), op_name=name)  # type: ignore[no-any-return]


@export("reshape")
def reshape(tensor: Any, shape: Any, name: str | None = None) -> Tensor:
    """The elements in another shape."""
    value = convert_to_tensor(tensor)
    known = shape_from(shape)
    made: Tensor = apply(
        "Reshape", tg.reshape, value, shape if is_graph_value(shape) else _sizes(shape), op_name=name
    )
    if known.ndims is not None:
        count = value.shape.num_elements()
        sizes = known.as_list()
        if count is not None and sizes.count(None) == 1:
            rest = int(np.prod([each for each in sizes if each is not None], dtype=np.int64))
            if rest and count % rest == 0:
                sizes[sizes.index(None)] = count // rest
        made.set_shape(sizes)
    return made


def _sizes(value: Any) -> Any:
    """A shape argument with -1 in place of None."""
    if isinstance(value, (builtins.list, builtins.tuple, TensorShape)):
        items: list[Any] = []
        for each in value.as_list() if isinstance(value, TensorShape) else value:
            item: Any = each
            plain = item.value if hasattr(each, "value") and not is_graph_value(each) else each
            items.append(-1 if plain is None else plain)
        return items
    if isinstance(value, np.ndarray):
        return value.astype(np.int64) if value.dtype.kind == "f" else value
    return value


def filled(type: str, function: Any, dims: Any, *rest: Any, op_name: str | None = None) -> Tensor:
    """An op whose first argument is the shape of its result."""
    made: Tensor = apply(
        type, function, dims if is_graph_value(dims) else _vector(dims), *rest, op_name=op_name
    )
    known = shape_from(dims)
    if known.ndims is not None:
        made.set_shape(known)
    return made


def _vector(dims: Any) -> Any:
    sizes = _sizes(dims)
    if isinstance(sizes, (int, np.integer)):
        return [int(sizes)]
    if isinstance(sizes, builtins.list) and not sizes:
        return np.zeros([0], np.int32)
    return sizes


@export("zeros")
def zeros(shape: Any, dtype: Any = tg.float32, name: str | None = None) -> Tensor:
    """Zeros, False, or empty strings."""
    wanted = core_dtype(dtype)
    if wanted == tg.string:
        return filled("Fill", lambda dims: tg.fill(dims, tg.constant(b"")), shape, op_name=name or "zeros")
    return filled("Fill", lambda dims: tg.zeros(dims, wanted), shape, op_name=name or "zeros")


@export("ones")
def ones(shape: Any, dtype: Any = tg.float32, name: str | None = None) -> Tensor:
    """Ones."""
    wanted = core_dtype(dtype)
    return filled("Fill", lambda dims: tg.ones(dims, wanted), shape, op_name=name or "ones")


@export("fill")
def fill(dims: Any, value: Any, name: str | None = None) -> Tensor:
    """One value everywhere."""
    return filled("Fill", tg.fill, dims, convert_to_tensor(value), op_name=name or "Fill")


@export("zeros_like")
def zeros_like(tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True) -> Tensor:
    """Zeros in the shape of a tensor."""
    wanted = None if dtype is None else core_dtype(dtype)
    return apply(
        "ZerosLike",
        lambda x: tg.zeros_like(x, wanted),
        convert_to_tensor(tensor),
        op_name=name or "zeros_like",
    )  # type: ignore[no-any-return]


@export("ones_like")
def ones_like(tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True) -> Tensor:
    """Ones in the shape of a tensor."""
    wanted = None if dtype is None else core_dtype(dtype)
    return apply(
        "OnesLike", lambda x: tg.ones_like(x, wanted), convert_to_tensor(tensor), op_name=name or "ones_like"
    )  # type: ignore[no-any-return]


@export("cast")
def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """The values in another dtype."""
    wanted = core_dtype(dtype)
    if hasattr(x, "_graph_components"):
        return type(x)(x.indices, cast(x.values, wanted), x.dense_shape)
    value = convert_to_tensor(x)
    if value.dtype == wanted:
        return value
    return apply("Cast", lambda given: tg.cast(given, wanted), value, op_name=name)


for _name, _dtype in {
    "to_float": tg.float32, "to_double": tg.float64, "to_int32": tg.int32, "to_int64": tg.int64,
    "to_bfloat16": tg.bfloat16, "to_complex64": tg.complex64, "to_complex128": tg.complex128,
}.items():  # fmt: skip

    def _to(x: Any, name: str | None = None, _kind: Any = _dtype, _default: str = _name) -> Any:
        return cast(
            x,
            _kind,
            name or {"to_float": "ToFloat", "to_int32": "ToInt32", "to_int64": "ToInt64"}.get(_default),
        )

    _to.__name__, _to.__doc__ = _name, f"The values as {_dtype.name}."
    export(_name)(_to)


@export("saturate_cast")
def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Tensor:
    """The values in another dtype, at its limits where they are outside."""
    return apply(
        "saturate_cast",
        lambda x: tg.saturate_cast(x, core_dtype(dtype)),
        convert_to_tensor(value),
        op_name=name,
    )  # type: ignore[no-any-return]


@export("expand_dims")
@renamed(dim="axis")
def expand_dims(input: Any, axis: Any = None, name: str | None = None) -> Tensor:
    """A dimension of size 1 more."""
    place = _static_int(axis)
    if isinstance(place, (builtins.list, builtins.tuple)) and len(place) == 1:
        place = place[0]  # 1.x takes the axis as a tensor, of one element in any shape
    return apply("ExpandDims", lambda x: tg.expand_dims(x, place), convert_to_tensor(input), op_name=name)  # type: ignore[no-any-return]


def _static_int(value: Any) -> Any:
    if is_graph_value(value):
        known = constant_value(convert_to_tensor(value))
        if known is not None:
            return known.tolist()
    return value


@export("squeeze")
@renamed(squeeze_dims="axis")
def squeeze(input: Any, axis: Any = None, name: str | None = None) -> Tensor:
    """The tensor without dimensions of size 1."""
    return apply(
        "Squeeze", lambda x: tg.squeeze(x, _static_int(axis)), convert_to_tensor(input), op_name=name
    )  # type: ignore[no-any-return]


def listed(values: Any) -> list[Any]:
    """A list of tensors of one dtype from tensors and Python values."""
    if is_graph_value(values):
        values = unstack(values) if isinstance(values, Tensor) and not hasattr(values, "_parts") else [values]
    items = builtins.list(values)
    dtype = next((each.dtype for each in items if is_graph_value(each)), None)
    return [
        convert_to_tensor(each, dtype) if not is_graph_value(each) else convert_to_tensor(each)
        for each in items
    ]


@export("concat")
@renamed(concat_dim="axis")
def concat(values: Any, axis: Any = None, name: str = "concat") -> Tensor:
    """Tensors one after the other along a dimension; the oldest programs give the dimension first."""
    if isinstance(values, int) and isinstance(axis, (builtins.list, builtins.tuple)):
        values, axis = axis, values
    place = _static_int(axis)
    items = [convert_to_tensor(values)] if isinstance(values, Tensor) else listed(values)
    if len(items) == 1:
        return apply("Identity", tg.identity, items[0], op_name=name)  # type: ignore[no-any-return]
    return apply("ConcatV2", lambda *parts: tg.concat(builtins.list(parts), place), *items, op_name=name)  # type: ignore[no-any-return]


@export("stack")
def stack(values: Any, axis: int = 0, name: str = "stack") -> Tensor:
    """Tensors in one of a higher rank."""
    items = listed(values)
    if axis == 0:
        return apply("Pack", lambda *parts: tg.stack(builtins.list(parts)), *items, op_name=name)  # type: ignore[no-any-return]
    return apply("PackAxis", lambda *parts: tg.stack(builtins.list(parts), axis), *items, op_name=name)  # type: ignore[no-any-return]


@export("pack")
def pack(values: Any, axis: int = 0, name: str = "pack") -> Tensor:
    """The same as `stack`."""
    return stack(values, axis, name)


@export("parallel_stack")
def parallel_stack(values: Any, name: str = "parallel_stack") -> Tensor:
    """The same as `stack`."""
    return stack(values, 0, name)


@export("unstack unpack")
def unstack(value: Any, num: int | None = None, axis: int = 0, name: str = "unstack") -> list[Tensor]:
    """The parts of a tensor along a dimension of known size."""
    tensor = convert_to_tensor(value)
    made = apply("Unpack", lambda x: builtins.list(tg.unstack(x, num, axis)), tensor, op_name=name)
    return builtins.list(made)


@export("split")
@renamed(split_dim="axis")
def split(
    value: Any, num_or_size_splits: Any = None, axis: Any = 0, num: int | None = None, name: str = "split"
) -> list[Tensor]:
    """A tensor in parts along a dimension; the oldest programs give dimension and number first."""
    if isinstance(value, int) and is_graph_value(axis):
        value, num_or_size_splits, axis = axis, num_or_size_splits, value
    sizes = _static_int(num_or_size_splits)
    if hasattr(sizes, "value") and not is_graph_value(sizes):
        sizes = sizes.value
    tensor = convert_to_tensor(value)
    place = _static_int(axis)
    return builtins.list(
        apply("Split", lambda x: builtins.list(tg.split(x, sizes, place)), tensor, op_name=name)
        if not is_graph_value(sizes)
        else apply(
            "SplitV", lambda x, n: builtins.list(tg.split(x, n, place, num)), tensor, sizes, op_name=name
        )
    )


@export("slice")
def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> Tensor:
    """A part of a tensor, by its beginning and its size (-1: to the end)."""
    tensor = convert_to_tensor(input_)
    return apply("Slice", tg.slice, tensor, _sizes(begin), _sizes(size), op_name=name)  # type: ignore[no-any-return]


@export("transpose")
def transpose(a: Any, perm: Any = None, name: str = "transpose", conjugate: bool = False) -> Tensor:
    """The dimensions in another order."""
    order = _static_int(perm)
    return apply(
        "Transpose",
        lambda x: tg.math.conj(tg.transpose(x, order)) if conjugate else tg.transpose(x, order),
        convert_to_tensor(a),
        op_name=name,
    )  # type: ignore[no-any-return]


@export("matrix_transpose linalg.transpose linalg.matrix_transpose")
def matrix_transpose(a: Any, name: str = "matrix_transpose", conjugate: bool = False) -> Tensor:
    """The last two dimensions changed."""
    return apply("Transpose", lambda x: tg.linalg.matrix_transpose(x), convert_to_tensor(a), op_name=name)  # type: ignore[no-any-return]


@export("tile")
def tile(input: Any, multiples: Any, name: str | None = None) -> Tensor:
    """The tensor repeated along its dimensions."""
    tensor = convert_to_tensor(input)
    made: Tensor = apply("Tile", tg.tile, tensor, _sizes(multiples), op_name=name)
    known = shape_from(multiples)
    if tensor.shape.ndims is not None and known.ndims == tensor.shape.ndims:
        pairs = zip(tensor.shape.as_list(), known.as_list())
        made.set_shape([None if a is None or b is None else a * b for a, b in pairs])
    return made


@export("pad")
def pad(
    tensor: Any, paddings: Any, mode: str = "CONSTANT", name: str | None = None, constant_values: Any = 0
) -> Tensor:
    """The tensor with a border."""
    sizes = _static_int(paddings)
    value = convert_to_tensor(tensor)
    return apply("Pad", lambda x, n: tg.pad(x, n, mode, constant_values), value, sizes, op_name=name)  # type: ignore[no-any-return]


@export("range")
def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str = "range") -> Tensor:
    """Numbers from one to another."""
    if limit is None:
        start, limit = 0, start
    wanted = None if dtype is None else core_dtype(dtype)
    made: Tensor = apply(
        "Range",
        lambda a, b, c: tg.range(a, b, c, dtype=wanted),
        _plain(start),
        _plain(limit),
        _plain(delta),
        op_name=name,
    )
    return made


def _plain(value: Any) -> Any:
    return (
        value.value
        if hasattr(value, "value") and not is_graph_value(value) and not isinstance(value, np.generic)
        else value
    )


@export("linspace lin_space")
def linspace(start: Any, stop: Any, num: Any, name: str | None = None) -> Tensor:
    """Numbers in equal steps."""
    return apply("LinSpace", tg.linspace, start, stop, num, op_name=name)  # type: ignore[no-any-return]


@export("one_hot")
def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = None,
    off_value: Any = None,
    axis: Any = None,
    dtype: Any = None,
    name: str | None = None,
) -> Tensor:
    """A vector with a one in one place for each number."""
    wanted = None if dtype is None else core_dtype(dtype)
    count = _static_int(_plain(depth))
    return apply(  # type: ignore[no-any-return]
        "OneHot",
        lambda x, on, off: tg.one_hot(x, count, on, off, -1 if axis is None else axis, wanted),
        convert_to_tensor(indices), on_value, off_value, op_name=name or "one_hot",
    )  # fmt: skip


@export("gather")
def gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    name: str | None = None,
    axis: Any = None,
    batch_dims: int = 0,
) -> Tensor:
    """Rows by their numbers."""
    place = 0 if axis is None else _static_int(axis)
    rows = convert_to_tensor(indices)
    source = params if hasattr(params, "_reference") else convert_to_tensor(params)
    return apply(  # type: ignore[no-any-return]
        "GatherV2", lambda x, n: tg.gather(x, n, axis=place, batch_dims=batch_dims), source, rows,
        op_name=name or "GatherV2", attributes={"rows": 1} if place == 0 and batch_dims == 0 else None,
    )  # fmt: skip


@export("batch_gather")
def batch_gather(params: Any, indices: Any, name: str | None = None) -> Tensor:
    """Rows by their numbers, within each batch."""
    rows = convert_to_tensor(indices)
    dims = (rows.shape.ndims or 1) - 1
    return apply(
        "BatchGather",
        lambda x, n: tg.gather(x, n, axis=dims, batch_dims=dims),
        convert_to_tensor(params),
        rows,
        op_name=name,
    )  # type: ignore[no-any-return]


@export("boolean_mask")
def boolean_mask(tensor: Any, mask: Any, name: str = "boolean_mask", axis: Any = None) -> Tensor:
    """What a mask is true for."""
    return apply(
        "boolean_mask",
        lambda x, m: tg.boolean_mask(x, m, axis),
        convert_to_tensor(tensor),
        convert_to_tensor(mask),
        op_name=name,
    )  # type: ignore[no-any-return]


@export("where select")
def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """x where a condition holds, else y; a vector of conditions chooses rows. Without them: where it holds."""
    chosen = convert_to_tensor(condition)
    if x is None and y is None:
        return apply("Where", tg.where, chosen, op_name=name or "Where")  # type: ignore[no-any-return]
    first = (
        convert_to_tensor(x, None if not is_graph_value(y) else y.dtype)
        if not is_graph_value(x)
        else convert_to_tensor(x)
    )
    second = convert_to_tensor(y, first.dtype)
    return apply("Select", _select, chosen, first, second, op_name=name or "Select")  # type: ignore[no-any-return]


def _select(condition: Any, x: Any, y: Any) -> Any:
    # 1.x: a vector chooses rows of tensors of higher rank; the shapes are the same otherwise.
    if condition.shape.rank == 1 and x.shape.rank is not None and x.shape.rank > 1:
        condition = tg.reshape(condition, [-1, *[1] * (x.shape.rank - 1)])
    return tg.where(condition, x, y)


@export("where_v2 compat.v2.where")
def where_v2(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """x where a condition holds, else y, all broadcast."""
    chosen = convert_to_tensor(condition)
    if x is None and y is None:
        return apply("Where", tg.where, chosen, op_name=name or "Where")  # type: ignore[no-any-return]
    return apply("SelectV2", tg.where, chosen, x, y, op_name=name or "SelectV2")  # type: ignore[no-any-return]


@export("reverse")
@renamed(dims="axis")
def reverse(tensor: Any, axis: Any, name: str | None = None) -> Tensor:
    """The tensor backwards along dimensions; the oldest programs give a bool for each."""
    places = _static_int(axis)
    if (
        isinstance(places, (builtins.list, builtins.tuple))
        and places
        and all(isinstance(each, bool) for each in places)
    ):
        places = [index for index, each in enumerate(places) if each]
    return apply("ReverseV2", lambda x: tg.reverse(x, places), convert_to_tensor(tensor), op_name=name)  # type: ignore[no-any-return]


@export("reverse_v2 manip.reverse")
def reverse_v2(tensor: Any, axis: Any, name: str | None = None) -> Tensor:
    """The same as `reverse`."""
    return reverse(tensor, axis, name)  # type: ignore[no-any-return]


@export("reverse_sequence")
@renamed(seq_dim="seq_axis", batch_dim="batch_axis")
def reverse_sequence(
    input: Any,
    seq_lengths: Any,
    seq_axis: Any = None,
    batch_axis: Any = None,
    name: str | None = None,
) -> Tensor:
    """The beginnings of sequences backwards."""
    return apply(  # type: ignore[no-any-return]
        "ReverseSequence", lambda x, n: tg.reverse_sequence(x, n, seq_axis, 0 if batch_axis is None else batch_axis),
        convert_to_tensor(input), convert_to_tensor(seq_lengths), op_name=name,
    )  # fmt: skip


@export("argmax arg_max math.argmax")
@renamed(dimension="axis")
def argmax(input: Any, axis: Any = None, name: str | None = None, output_type: Any = tg.int64) -> Tensor:
    """Where the largest value is."""
    return _arg("ArgMax", tg.argmax, input, axis, name, output_type)


@export("argmin arg_min math.argmin")
@renamed(dimension="axis")
def argmin(input: Any, axis: Any = None, name: str | None = None, output_type: Any = tg.int64) -> Tensor:
    """Where the smallest value is."""
    return _arg("ArgMin", tg.argmin, input, axis, name, output_type)


def _arg(type: str, function: Any, value: Any, axis: Any, name: str | None, output_type: Any) -> Tensor:
    place = _static_int(axis)
    wanted = core_dtype(output_type)
    return apply(
        type,
        lambda x: function(x, 0 if place is None else place, output_type=wanted),
        convert_to_tensor(value),
        op_name=name,
    )  # type: ignore[no-any-return]


@export("stop_gradient")
def stop_gradient(input: Any, name: str | None = None) -> Tensor:
    """The tensor as a constant to gradients."""
    return apply("StopGradient", tg.stop_gradient, convert_to_tensor(input), op_name=name)  # type: ignore[no-any-return]


@export("broadcast_to")
def broadcast_to(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """The tensor repeated to a shape."""
    made: Tensor = apply(
        "BroadcastTo",
        tg.broadcast_to,
        convert_to_tensor(input),
        _vector(shape) if not is_graph_value(shape) else shape,
        op_name=name,
    )
    known = shape_from(shape)
    if known.ndims is not None:
        made.set_shape(known)
    return made


@export("meshgrid")
def meshgrid(*args: Any, **kwargs: Any) -> list[Tensor]:
    """Grids of coordinates."""
    name = kwargs.pop("name", "meshgrid")
    return builtins.list(
        apply("meshgrid", lambda *x: builtins.list(tg.meshgrid(*x, **kwargs)), *args, op_name=name)
    )


@export("sequence_mask")
def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = tg.bool, name: str | None = None) -> Tensor:
    """True for as many places as each length says."""
    wanted = core_dtype(dtype)
    return apply(  # type: ignore[no-any-return]
        "SequenceMask",
        lambda n, most: tg.sequence_mask(n, most, wanted),
        convert_to_tensor(lengths),
        _plain(maxlen),
        op_name=name,
    )


@export("unique")
def unique(x: Any, out_idx: Any = tg.int32, name: str | None = None) -> Any:
    """The values without repetitions, and where each one went."""
    return apply("Unique", lambda v: tg.unique(v, core_dtype(out_idx)), convert_to_tensor(x), op_name=name)


@export("floormod mod math.mod math.floormod")
def floormod(x: Any, y: Any, name: str | None = None) -> Tensor:
    """What is left of a division, with the sign of y."""
    return binary("FloorMod", tg.math.floormod, x, y, name)  # type: ignore[no-any-return]


@export("size_of_dimension")
def size_of_dimension(tensor: Tensor, index: int) -> Any:
    """A size as a number where it is known, else as a tensor."""
    known = tensor.shape[index].value
    whole: Any = shape(tensor)
    return known if known is not None else whole[index]
