"""Arithmetic, comparisons, reductions."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np

from ._apply import apply, convert_to_tensor, is_graph_value
from ._core import tg
from ._define import binary_op, renamed, unary
from ._graph import get_default_graph, name_scope
from ._operators import binary, div
from ._static import constant_value
from ._symbols import export
from ._tensor import Tensor, core_dtype

for _names, _type, _function in (
    ("negative neg math.negative", "Neg", tg.negative),
    ("abs math.abs complex_abs", "Abs", tg.abs),
    ("exp math.exp", "Exp", tg.exp),
    ("log math.log", "Log", tg.math.log),
    ("log1p math.log1p", "Log1p", tg.math.log1p),
    ("expm1 math.expm1", "Expm1", tg.math.expm1),
    ("sqrt math.sqrt", "Sqrt", tg.sqrt),
    ("rsqrt math.rsqrt", "Rsqrt", tg.math.rsqrt),
    ("square math.square", "Square", tg.square),
    ("reciprocal math.reciprocal inv", "Reciprocal", tg.math.reciprocal),
    ("tanh math.tanh nn.tanh", "Tanh", tg.tanh),
    ("sigmoid math.sigmoid nn.sigmoid", "Sigmoid", tg.sigmoid),
    ("sin math.sin", "Sin", tg.sin),
    ("cos math.cos", "Cos", tg.cos),
    ("tan math.tan", "Tan", tg.tan),
    ("asin math.asin", "Asin", tg.asin),
    ("acos math.acos", "Acos", tg.acos),
    ("atan math.atan", "Atan", tg.atan),
    ("sinh math.sinh", "Sinh", tg.sinh),
    ("cosh math.cosh", "Cosh", tg.cosh),
    ("asinh math.asinh", "Asinh", tg.asinh),
    ("acosh math.acosh", "Acosh", tg.acosh),
    ("atanh math.atanh", "Atanh", tg.atanh),
    ("erf math.erf", "Erf", tg.math.erf),
    ("erfc math.erfc", "Erfc", tg.math.erfc),
    ("lgamma math.lgamma", "Lgamma", tg.math.lgamma),
    ("digamma math.digamma", "Digamma", tg.math.digamma),
    ("sign math.sign", "Sign", tg.sign),
    ("floor math.floor", "Floor", tg.floor),
    ("ceil math.ceil", "Ceil", tg.math.ceil),
    ("round math.round", "Round", tg.round),
    ("rint math.rint", "Rint", tg.math.rint),
    ("is_nan debugging.is_nan math.is_nan", "IsNan", tg.math.is_nan),
    ("is_inf debugging.is_inf math.is_inf", "IsInf", tg.math.is_inf),
    ("is_finite debugging.is_finite math.is_finite", "IsFinite", tg.math.is_finite),
    ("logical_not math.logical_not", "LogicalNot", tg.logical_not),
    ("real math.real", "Real", tg.math.real),
    ("imag math.imag", "Imag", tg.math.imag),
    ("conj math.conj", "Conj", tg.math.conj),
    ("angle math.angle", "Angle", tg.math.angle),
    ("log_sigmoid math.log_sigmoid", "LogSigmoid", tg.math.log_sigmoid),
    ("diag linalg.tensor_diag", "Diag", tg.linalg.tensor_diag),
    ("diag_part linalg.tensor_diag_part", "DiagPart", tg.linalg.tensor_diag_part),
    ("matrix_diag linalg.diag", "MatrixDiag", tg.linalg.diag),
    ("matrix_diag_part linalg.diag_part", "MatrixDiagPart", tg.linalg.diag_part),
    ("trace linalg.trace", "Trace", tg.linalg.trace),
    ("matrix_inverse linalg.inv", "MatrixInverse", tg.linalg.inv),
    ("matrix_determinant linalg.det", "MatrixDeterminant", tg.linalg.det),
    ("cholesky linalg.cholesky", "Cholesky", tg.linalg.cholesky),
    ("invert_permutation math.invert_permutation", "InvertPermutation", tg.math.invert_permutation),
):
    unary(_names, _type, _function)

for _names, _type, _function in (
    ("add math.add", "Add", tg.add),
    ("subtract math.subtract", "Sub", tg.subtract),
    ("sub", "Sub", tg.subtract),
    ("multiply math.multiply", "Mul", tg.multiply),
    ("mul", "Mul", tg.multiply),
    ("pow math.pow", "Pow", tg.pow),
    ("maximum math.maximum", "Maximum", tg.maximum),
    ("minimum math.minimum", "Minimum", tg.minimum),
    ("equal math.equal", "Equal", tg.equal),
    ("not_equal math.not_equal", "NotEqual", tg.not_equal),
    ("less math.less", "Less", tg.less),
    ("less_equal math.less_equal", "LessEqual", tg.less_equal),
    ("greater math.greater", "Greater", tg.greater),
    ("greater_equal math.greater_equal", "GreaterEqual", tg.greater_equal),
    ("logical_and math.logical_and", "LogicalAnd", tg.logical_and),
    ("logical_or math.logical_or", "LogicalOr", tg.logical_or),
    ("logical_xor math.logical_xor", "LogicalXor", tg.math.logical_xor),
    ("squared_difference math.squared_difference", "SquaredDifference", tg.math.squared_difference),
    ("floordiv math.floordiv floor_div", "FloorDiv", tg.floordiv),
    ("truediv math.truediv", "truediv", tg.truediv),
    ("realdiv", "RealDiv", tg.realdiv),
    ("truncatediv", "TruncateDiv", tg.truncatediv),
    ("truncatemod", "TruncateMod", tg.truncatemod),
    ("atan2 math.atan2", "Atan2", tg.math.atan2),
    ("zeta math.zeta", "Zeta", tg.math.zeta),
    ("polygamma math.polygamma", "Polygamma", tg.math.polygamma),
    ("igamma math.igamma", "Igamma", tg.math.igamma),
    ("igammac math.igammac", "Igammac", tg.math.igammac),
    ("divide_no_nan div_no_nan math.divide_no_nan", "DivNoNan", tg.math.divide_no_nan),
):
    binary_op(_names, _type, _function)

export("div")(div)


@export("divide math.divide")
def divide(x: Any, y: Any, name: str | None = None) -> Any:
    """Division of Python 3."""
    return binary("truediv", tg.truediv, x, y, name)


@export("scalar_mul math.scalar_mul")
def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Any:
    """A number times a tensor."""
    if hasattr(x, "_as_dense"):
        return type(x)(binary("Mul", tg.multiply, scalar, x.values, name), x.indices, x.dense_shape)
    return binary("Mul", tg.multiply, scalar, x, name)


@export("matmul linalg.matmul")
def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """The product of matrices."""

    def function(x: Any, y: Any) -> Any:
        return tg.matmul(
            x, y, transpose_a=transpose_a, transpose_b=transpose_b, adjoint_a=adjoint_a, adjoint_b=adjoint_b
        )

    return binary("MatMul", function, a, b, name)  # type: ignore[no-any-return]


@export("batch_matmul")
def batch_matmul(x: Any, y: Any, adj_x: bool = False, adj_y: bool = False, name: str | None = None) -> Tensor:
    """The product of batches of matrices."""
    return matmul(x, y, adjoint_a=adj_x, adjoint_b=adj_y, name=name or "BatchMatMul")


# ---- reductions


def _axis(value: Any) -> Any:
    if is_graph_value(value):
        known = constant_value(convert_to_tensor(value))
        return value if known is None else known.tolist()
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value


def _reduction(name: str, type: str, function: Callable[..., Any]) -> None:
    @export(f"{name} math.{name}")
    @renamed(reduction_indices="axis", keep_dims="keepdims")
    def reduce(input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None) -> Tensor:
        places = _axis(axis)
        value = convert_to_tensor(input_tensor)
        if is_graph_value(places):
            made: Tensor = apply(
                type, lambda x, n: function(x, n, bool(keepdims)), value, places, op_name=name
            )
            return made
        if isinstance(places, (list, tuple)):
            places = [int(_axis(each)) for each in places]
        return apply(type, lambda x: function(x, places, bool(keepdims)), value, op_name=name)  # type: ignore[no-any-return]

    reduce.__name__ = name
    reduce.__doc__ = f"{type} over dimensions, by default all."


for _name, _type, _function in (
    ("reduce_sum", "Sum", tg.reduce_sum), ("reduce_mean", "Mean", tg.reduce_mean), ("reduce_max", "Max", tg.reduce_max),
    ("reduce_min", "Min", tg.reduce_min), ("reduce_prod", "Prod", tg.reduce_prod), ("reduce_all", "All", tg.reduce_all),
    ("reduce_any", "Any", tg.reduce_any), ("reduce_logsumexp", "logsumexp", tg.reduce_logsumexp),
    ("reduce_variance", "reduce_variance", tg.math.reduce_variance), ("reduce_std", "reduce_std", tg.math.reduce_std),
    ("reduce_euclidean_norm", "EuclideanNorm", tg.math.reduce_euclidean_norm),
):  # fmt: skip
    _reduction(_name, _type, _function)


@export("count_nonzero math.count_nonzero")
@renamed(reduction_indices="axis", keep_dims="keepdims", input_tensor="input")
def count_nonzero(
    input: Any = None, axis: Any = None, keepdims: Any = None, dtype: Any = tg.int64, name: str | None = None
) -> Tensor:
    """How many elements are not zero."""
    return apply(  # type: ignore[no-any-return]
        "count_nonzero",
        lambda x: tg.math.count_nonzero(x, _axis(axis), bool(keepdims), core_dtype(dtype)),
        convert_to_tensor(input),
        op_name=name,
    )


@export("cumsum math.cumsum")
def cumsum(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """Sums of beginnings."""
    return apply(
        "Cumsum", lambda v: tg.cumsum(v, _axis(axis), exclusive, reverse), convert_to_tensor(x), op_name=name
    )  # type: ignore[no-any-return]


@export("cumprod math.cumprod")
def cumprod(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """Products of beginnings."""
    return apply(
        "Cumprod",
        lambda v: tg.math.cumprod(v, _axis(axis), exclusive, reverse),
        convert_to_tensor(x),
        op_name=name,
    )  # type: ignore[no-any-return]


@export("add_n math.add_n accumulate_n math.accumulate_n")
def add_n(inputs: Any, *args: Any, name: str | None = None, **kwargs: Any) -> Tensor:
    """The sum of tensors."""
    items = [convert_to_tensor(each) for each in (inputs if isinstance(inputs, (list, tuple)) else [inputs])]
    if len(items) == 1 and name is None:
        return items[0]
    return apply("AddN", lambda *parts: tg.add_n(builtins.list(parts)), *items, op_name=name)  # type: ignore[no-any-return]


# ---- clipping


@export("clip_by_value")
def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """The values, at most and at least what is given."""
    if hasattr(t, "_as_dense"):
        return type(t)(
            clip_by_value(t.values, clip_value_min, clip_value_max, name), t.indices, t.dense_shape
        )
    value = convert_to_tensor(t)
    low, high = (
        each if is_graph_value(each) else convert_to_tensor(each, value.dtype)
        for each in (clip_value_min, clip_value_max)
    )
    return apply(
        "clip_by_value",
        lambda x, a, b: tg.minimum(tg.maximum(x, a), b) if x.dtype.is_integer else tg.clip_by_value(x, a, b),
        value,
        low,
        high,
        op_name=name or "clip_by_value",
    )


@export("clip_by_norm")
@renamed(axis="axes")
def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """The tensor, scaled down where its norm is larger."""
    if hasattr(t, "_as_dense"):
        return type(t)(clip_by_norm(t.values, clip_norm, axes=axes, name=name), t.indices, t.dense_shape)
    return apply(
        "clip_by_norm",
        lambda x, n: tg.clip_by_norm(x, n, axes),
        convert_to_tensor(t),
        clip_norm,
        op_name=name or "clip_by_norm",
    )


def _part(each: Any) -> Any:
    return each.values if hasattr(each, "_as_dense") else convert_to_tensor(each)


@export("global_norm linalg.global_norm")
def global_norm(t_list: Any, name: str | None = None) -> Tensor:
    """The norm of all tensors together."""
    parts = [_part(each) for each in t_list if each is not None]

    def function(*values: Any) -> Any:
        halves = [tg.nn.l2_loss(value) for value in values]
        return tg.sqrt(tg.reduce_sum(tg.stack(halves)) * tg.constant(2.0, values[0].dtype))

    return apply("global_norm", function, *parts, op_name=name or "global_norm/global_norm")  # type: ignore[no-any-return]


@export("clip_by_global_norm")
def clip_by_global_norm(
    t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Tensor]:
    """The tensors, scaled down together where their norm is larger, and that norm."""
    with name_scope(name, "clip_by_global_norm"):
        norm = global_norm(t_list) if use_norm is None else convert_to_tensor(use_norm)

        def factor(value: Any, limit: Any) -> Any:
            one = tg.constant(1.0, value.dtype)
            limit = tg.convert_to_tensor(limit, value.dtype) if not isinstance(limit, tg.Tensor) else limit
            scale = limit * tg.minimum(one / value, one / limit)
            return tg.where(tg.math.is_finite(value), scale, tg.constant(float("nan"), value.dtype))

        scale = apply("mul", factor, norm, clip_norm)
        clipped: list[Any] = []
        for each in t_list:
            if each is None:
                clipped.append(None)
            elif hasattr(each, "_as_dense"):
                clipped.append(
                    type(each)(binary("Mul", tg.multiply, each.values, scale), each.indices, each.dense_shape)
                )
                clipped[-1]._static = each.shape
            else:
                clipped.append(binary("Mul", tg.multiply, convert_to_tensor(each), scale))
        return clipped, norm


@export("clip_by_average_norm")
def clip_by_average_norm(t: Any, clip_norm: Any, name: str | None = None) -> Tensor:
    """The tensor, scaled down where its norm per element is larger."""

    def function(x: Any, limit: Any) -> Any:
        count = tg.cast(tg.size(x), x.dtype)
        inverse = tg.math.rsqrt(tg.reduce_sum(x * x)) * count
        one = tg.constant(1.0, x.dtype)
        return x * limit * tg.minimum(inverse, one / limit)

    return apply(
        "clip_by_average_norm",
        function,
        convert_to_tensor(t),
        convert_to_tensor(clip_norm, tg.float32),
        op_name=name,
    )  # type: ignore[no-any-return]


# ---- segments, bins


def _segments(name: str, function: Any) -> None:
    @export(f"{name} math.{name}")
    def op(
        data: Any, segment_ids: Any, *count: Any, name: str | None = None, num_segments: Any = None
    ) -> Tensor:
        given = count or (() if num_segments is None else (num_segments,))
        return apply(
            kind,
            function,
            convert_to_tensor(data),
            convert_to_tensor(segment_ids),
            *[_axis(each) for each in given],
            op_name=name,
        )  # type: ignore[no-any-return]

    kind = "".join(part.capitalize() for part in name.split("_"))
    op.__name__, op.__doc__ = name, f"{kind}: rows of one number put together."


for _name in ("segment_sum", "segment_mean", "segment_max", "segment_min", "segment_prod", "unsorted_segment_sum",
              "unsorted_segment_mean", "unsorted_segment_max", "unsorted_segment_min", "unsorted_segment_prod",
              "unsorted_segment_sqrt_n"):  # fmt: skip
    if hasattr(tg.math, _name):
        _segments(_name, getattr(tg.math, _name))


@export("bincount math.bincount")
def bincount(
    arr: Any, weights: Any = None, minlength: Any = None, maxlength: Any = None, dtype: Any = tg.int32
) -> Tensor:
    """How often each number occurs."""
    return apply(  # type: ignore[no-any-return]
        "Bincount",
        lambda x, w: tg.math.bincount(x, w, minlength, maxlength, core_dtype(dtype)),
        convert_to_tensor(arr),
        weights,
    )


@export("confusion_matrix math.confusion_matrix contrib.metrics.confusion_matrix")
def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: Any = None,
    dtype: Any = tg.int32,
    name: str | None = None,
    weights: Any = None,
) -> Tensor:
    """How often each class was taken for each."""
    return apply(  # type: ignore[no-any-return]
        "confusion_matrix", lambda a, b, w: tg.math.confusion_matrix(a, b, num_classes, w, core_dtype(dtype)),
        convert_to_tensor(labels), convert_to_tensor(predictions), weights, op_name=name,
    )  # fmt: skip


@export("norm linalg.norm")
@renamed(keep_dims="keepdims")
def norm(
    tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: Any = None, name: str | None = None
) -> Tensor:
    """The norm of vectors or matrices."""
    return apply(
        "norm", lambda x: tg.norm(x, ord, axis, bool(keepdims)), convert_to_tensor(tensor), op_name=name
    )  # type: ignore[no-any-return]


@export("py_func numpy_function")
def py_func(
    func: Callable[..., Any], inp: Any, Tout: Any, stateful: bool = True, name: str | None = None
) -> Any:
    """Calls a Python function of arrays each time that the graph runs."""
    several = isinstance(Tout, (list, tuple))
    dtypes = [core_dtype(each) for each in (Tout if several else [Tout])]
    inputs = [convert_to_tensor(each) for each in inp]

    def lower(emitter: Any, *values: Any) -> list[Any]:
        made = tg.numpy_function(func, list(values), dtypes)
        return builtins.list(made or [])

    op = get_default_graph().create(
        "PyFunc",
        lower,
        inputs,
        name,
        outputs=[(each, None) for each in dtypes],
        stateful=True,
        effect=bool(stateful),
    )
    if not op.outputs:
        return op
    return builtins.list(op.outputs) if several else op.outputs[0]


@export("py_function contrib.eager.py_func")
def py_function(func: Callable[..., Any], inp: Any, Tout: Any, name: str | None = None) -> Any:
    """Calls a Python function of Tensegra's tensors each time that the graph runs."""
    several = isinstance(Tout, (list, tuple))
    dtypes = [core_dtype(each) for each in (Tout if several else [Tout])]
    inputs = [convert_to_tensor(each) for each in inp]

    def lower(emitter: Any, *values: Any) -> list[Any]:
        return builtins.list(tg.py_function(func, list(values), dtypes) or [])

    op = get_default_graph().create(
        "EagerPyFunc",
        lower,
        inputs,
        name,
        outputs=[(each, None) for each in dtypes],
        stateful=True,
        effect=True,
    )
    return builtins.list(op.outputs) if several else op.outputs[0]


@export("Print")
def Print(
    input_: Any,
    data: Any = None,
    message: str | None = None,
    first_n: int | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> Any:
    """The tensor; prints other ones to the standard error when it is computed."""
    tensor = convert_to_tensor(input_)
    shown = [convert_to_tensor(each) for each in data or []]
    count = [0]

    def show(*arrays: Any) -> None:
        count[0] += 1
        if first_n is None or first_n < 0 or count[0] <= first_n:
            import sys

            most = 3 if summarize is None else summarize
            parts = "".join(f"[{_brief(array, most)}]" for array in arrays)
            sys.stderr.write(f"{message or ''}{parts}\n")

    def lower(emitter: Any, value: Any, *values: Any) -> list[Any]:
        tg.numpy_function(show, list(values), [])
        return [tg.identity(value)]

    op = get_default_graph().create(
        "Print",
        lower,
        [tensor, *shown],
        name,
        outputs=[(tensor.dtype, tensor.shape)],
        stateful=True,
        effect=True,
    )
    return op.outputs[0]


def _brief(array: Any, most: int) -> str:
    flat = np.asarray(array).reshape(-1).tolist()
    dots = "..." if most >= 0 and len(flat) > most else ""
    return " ".join(str(each) for each in (flat if most < 0 else flat[:most])) + dots


@export("Assert debugging.Assert")
def Assert(condition: Any, data: Any, summarize: int | None = None, name: str | None = None) -> Any:
    """An op that fails where a condition does not hold."""
    shown = [convert_to_tensor(each) for each in data]

    def lower(emitter: Any, holds: Any, *values: Any) -> list[Any]:
        tg.Assert(holds, list(values), summarize)
        return []

    return get_default_graph().create(
        "Assert", lower, [convert_to_tensor(condition), *shown], name, outputs=[], stateful=True, effect=True
    )


def _assertion(name: str, holds: Callable[[Any, Any], Any]) -> None:
    @export(f"{name} debugging.{name}")
    def op(
        x: Any, y: Any = None, data: Any = None, summarize: Any = None, message: Any = None, name: Any = None
    ) -> Any:
        with name_scope(name, kind):
            first = convert_to_tensor(x)
            other = convert_to_tensor(0 if y is None else y, first.dtype)
            condition = apply("All", lambda a, b: tg.reduce_all(holds(a, b)), first, other)
            return Assert(condition, [message or f"{kind} does not hold", first, other], summarize)

    kind = name
    op.__name__, op.__doc__ = name, "An op that fails where this does not hold for all elements."


for _name, _holds in (
    ("assert_equal", tg.equal), ("assert_none_equal", tg.not_equal), ("assert_less", tg.less),
    ("assert_less_equal", tg.less_equal), ("assert_greater", tg.greater), ("assert_greater_equal", tg.greater_equal),
    ("assert_positive", tg.greater), ("assert_non_negative", tg.greater_equal), ("assert_negative", tg.less),
    ("assert_non_positive", tg.less_equal),
):  # fmt: skip
    _assertion(_name, _holds)
