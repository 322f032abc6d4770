"""Functions of Tensegra that have the name and the arguments of 1.x, made into ops of the graph when asked for."""

from __future__ import annotations

import functools
import inspect
import types
from typing import Any

from ._apply import apply
from ._core import tg
from ._tensor import core_dtype

_NAMESPACES = (
    "math",
    "nn",
    "linalg",
    "bitwise",
    "image",
    "io",
    "sets",
    "signal",
    "sparse",
    "strings",
    "debugging",
    "errors",
)
_DIFFERENT = {
    "function",
    "GradientTape",
    "Module",
    "Variable",
    "Tensor",
    "TensorShape",
    "TensorArray",
    "config",
    "random",
    "compat",
    "saved_model",
    "layers",
    "data",
    "keras",
    "probability",
    "agents",
    "serving",
    "lite",
    "profiler",
    "init_scope",
    "executing_eagerly",
    "testing",
    "nest",
    "autodiff",
    "control_dependencies",
    "device",
    "lookup",
    "ragged",
    "RaggedTensor",
    "SparseTensor",
    "IndexedSlices",
    "switch_case",
    "constant",
    "print",
}
_TYPES = {
    "abs": "Abs",
    "exp": "Exp",
    "log": "Log",
    "sqrt": "Sqrt",
    "rsqrt": "Rsqrt",
    "square": "Square",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "sign": "Sign",
    "floor": "Floor",
    "ceil": "Ceil",
    "round": "Round",
    "erf": "Erf",
    "argsort": "argsort",
    "sort": "sort",
    "einsum": "einsum",
    "tensordot": "Tensordot",
    "norm": "norm",
    "log_softmax": "LogSoftmax",
    "softmax": "Softmax",
    "l2_loss": "L2Loss",
    "top_k": "TopKV2",
    "gather_nd": "GatherNd",
    "scatter_nd": "ScatterNd",
    "clip_by_value": "clip_by_value",
}


def fallback(path: str) -> Any:
    """What Tensegra has under a dotted name, for use in a graph; None where it has nothing that fits."""
    parts = path.split(".")
    if parts[0] in _DIFFERENT or (len(parts) > 1 and parts[0] not in _NAMESPACES) or len(parts) > 2:
        return None
    owner: Any = tg
    for part in parts[:-1]:
        owner = getattr(owner, part, None)
    name = parts[-1]
    if owner is None or name.startswith("_"):
        return None
    thing = owner.__dict__.get(name) if isinstance(owner, types.ModuleType) else None
    if thing is None and hasattr(owner, name):
        thing = getattr(owner, name)
    if thing is None and len(parts) == 1:
        for each in ("math", "linalg", "image", "strings", "io", "sparse"):
            thing = getattr(getattr(tg, each), name, None) if name not in dir(types) else None
            if isinstance(thing, types.FunctionType):
                break
            thing = None
    if thing is None:
        return None
    if isinstance(thing, types.FunctionType):
        return graph_function(thing, name)
    if isinstance(thing, (tg.DType, type)) and not isinstance(thing, types.ModuleType):
        return thing
    return None


def camel(name: str) -> str:
    """`log_softmax` as `LogSoftmax`: the way op types are written."""
    return _TYPES.get(name) or "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def graph_function(function: Any, name: str, type: str | None = None) -> Any:
    """A function that adds an op which calls one of Tensegra."""
    kind = type or camel(name)
    takes_name = "name" in inspect.signature(function).parameters
    positions = list(inspect.signature(function).parameters)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        op_name = kwargs.pop("name", None)
        if takes_name and len(args) > positions.index("name"):
            given = list(args)
            op_name = given.pop(positions.index("name"))
            args = tuple(given)
        for key in ("dtype", "out_type", "output_type"):
            if isinstance(kwargs.get(key), (str, type_)):
                kwargs[key] = core_dtype(kwargs[key])
        return apply(kind, function, *args, op_name=op_name, **kwargs)

    return call


type_ = type
