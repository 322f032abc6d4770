"""From functions of Tensegra to ops of a graph; values to tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ._core import tg
from ._engine import natural_dtype, outside, to_tensor
from ._errors import invalid, wrong_type
from ._graph import Graph, get_default_graph
from ._shapes import Dimension, TensorShape
from ._symbols import export
from ._tensor import Tensor, core_dtype, variant


class _Slot:
    """Stands for an input in the arguments of a function."""

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index


class _Composite:
    """Stands for something that is made of inputs."""

    __slots__ = ("make", "parts")

    def __init__(self, make: Callable[..., Any], parts: list[_Slot]) -> None:
        self.make = make
        self.parts = parts


def rebuild(like: Any, items: list[Any]) -> Any:
    """A list, tuple or dict of the kind of another one."""
    if isinstance(like, Mapping):
        made = dict(zip(like, items))
        cls: Any = type(like)
        return made if cls is dict else cls(made)
    if hasattr(like, "_fields"):
        return type(like)(*items)
    return type(like)(items) if type(like) in (list, tuple) else list(items)


def is_graph_value(value: Any) -> bool:
    """Whether it is a tensor of a graph, a variable, or the like."""
    return isinstance(value, Tensor) or hasattr(value, "_as_graph_tensor")


def contains_graph_value(value: Any) -> bool:
    """Whether a nest holds one."""
    if isinstance(value, (list, tuple)):
        return any(contains_graph_value(each) for each in value)
    if isinstance(value, Mapping):
        return any(contains_graph_value(each) for each in value.values())
    return is_graph_value(value) or hasattr(value, "_graph_components")


def _replace(value: Any, inputs: list[Tensor]) -> Any:
    if isinstance(value, Tensor):
        inputs.append(value)
        return _Slot(len(inputs) - 1)
    kind = type(value)
    if kind in (int, float, str, bool, bytes, type(None), np.ndarray):
        return value
    if isinstance(value, (list, tuple)):
        return rebuild(value, [_replace(each, inputs) for each in value])
    if isinstance(value, Mapping):
        return rebuild(value, [_replace(each, inputs) for each in value.values()])
    if hasattr(value, "_as_graph_tensor"):
        return _replace(value._as_graph_tensor(), inputs)
    if hasattr(value, "_graph_components"):
        make, parts = value._graph_components()
        return _Composite(make, [_replace(each, inputs) for each in parts])
    if isinstance(value, Dimension):
        return -1 if value.value is None else value.value
    if isinstance(value, TensorShape):
        return [-1 if size is None else size for size in value.as_list()]
    return value


def _fill(value: Any, values: tuple[Any, ...]) -> Any:
    kind = type(value)
    if kind is _Slot:
        return values[value.index]
    if kind is _Composite:
        return value.make(*[values[each.index] for each in value.parts])
    if isinstance(value, (list, tuple)):
        return rebuild(value, [_fill(each, values) for each in value])
    if isinstance(value, Mapping):
        return rebuild(value, [_fill(each, values) for each in value.values()])
    return value


_wrappers: list[tuple[type, Callable[[Any], list[Any]], Callable[[list[Tensor]], Any]]] = []
"""Composites of the engine: their class, their parts, and how 1.x has them."""


def register_composite(
    cls: type, parts: Callable[[Any], list[Any]], make: Callable[[list[Tensor]], Any]
) -> None:
    """Says how a composite of the engine comes out of a graph."""
    _wrappers.append((cls, parts, make))


def _take(result: Any, leaves: list[Any]) -> Any:
    """The structure of a result; its tensors are appended to `leaves`."""
    if isinstance(result, tg.Tensor):
        leaves.append(result)
        return _Slot(len(leaves) - 1)
    for cls, parts, make in _wrappers:
        if isinstance(result, cls):
            return _Composite(_maker(make), [_take(each, leaves) for each in parts(result)])
    if isinstance(result, (list, tuple)):
        return rebuild(result, [_take(each, leaves) for each in result])
    if isinstance(result, Mapping):
        return rebuild(result, [_take(each, leaves) for each in result.values()])
    if isinstance(result, tg.TensorArray):
        leaves.append(result)
        return _Slot(len(leaves) - 1)
    return result


def _maker(make: Callable[[list[Tensor]], Any]) -> Callable[..., Any]:
    return lambda *made: make(list(made))


def graph_of(value: Any) -> Graph:
    """The graph of the tensors in a nest, else the current one."""
    found = _first(value)
    return get_default_graph() if found is None else found


def _first(value: Any) -> Graph | None:
    if isinstance(value, Tensor):
        return value.op.graph
    if isinstance(value, (list, tuple)):
        for each in value:
            found = _first(each)
            if found is not None:
                return found
    elif isinstance(value, Mapping):
        return _first(list(value.values()))
    return None


def apply(
    type: str,
    function: Callable[..., Any],
    *args: Any,
    op_name: str | None = None,
    effect: bool = False,
    stateful: bool = False,
    attributes: dict[str, Any] | None = None,
    static_shape: Any = None,
    outputs: Any = None,
    **kwargs: Any,
) -> Any:
    """Adds an op that calls a function of Tensegra on these arguments, and returns what it gives.

    Args:
        type: The name that TensorFlow has for the op; also the default of its name.
        function: Called with `args` and `kwargs`, in which values of the engine stand for tensors of the graph; with
            `stateful`, first with the emitter.
        op_name: The name of the op.
        effect: Whether it changes something.
        stateful: See `function`; the result's types must then be given in `outputs`.
        attributes: See `Graph.create`.
        static_shape: What is known of the first output's shape beyond what the engine finds.
        outputs: dtype and shape of each output, where tracing cannot tell. The result is then a list, or one tensor.
        kwargs: Keyword arguments of the function.
    """
    inputs: list[Tensor] = []
    template = _replace((args, kwargs), inputs)
    structure: list[Any] = []

    def lower(*values: Any) -> list[Any]:
        first: tuple[Any, ...] = ()
        if stateful:
            first, values = values[:1], values[1:]
        filled, named = _fill(template, values)
        leaves: list[Any] = []
        made = _take(function(*first, *filled, **named), leaves)
        if not structure:
            structure.append(made)
        return leaves

    graph = get_default_graph()
    if inputs and "captures" not in graph.extra:
        graph = inputs[0].op.graph
    op = graph.create(
        type, lower, inputs, op_name, outputs=outputs, effect=effect, stateful=stateful, attributes=attributes
    )
    if static_shape is not None:
        op.outputs[0].set_shape(static_shape)
    if outputs is not None:
        return op.outputs[0] if len(op.outputs) == 1 else list(op.outputs)
    return _fill(structure[0], tuple(op.outputs)) if structure else op


# ---- values to tensors


def as_array(value: Any, dtype: Any = None, where: str = "constant") -> np.ndarray:
    """A Python value as the array that a constant holds."""
    if dtype is not None and dtype is not variant and dtype.name == "string":
        return np.array(_encoded(value), dtype=object)
    if isinstance(value, TensorShape):
        value = value.as_list()
    if isinstance(value, Dimension):
        value = value.value
    value = _numbers(value)
    number = 0 if dtype is None else dtype._number
    if isinstance(value, (np.ndarray, np.generic)) and number:
        array = np.asarray(value)
        if array.dtype.kind in "OSU":
            return np.array(_encoded(array.tolist()), dtype=object)
        if array.dtype.kind in "fc" and dtype.is_integer:
            raise wrong_type(
                where,
                f"the value must fit {dtype.name}",
                f"an array of {array.dtype}",
                "Use tf.cast.",
                "TG-7211",
            )
        return array.astype(dtype.as_numpy_dtype)
    if isinstance(value, (str, bytes)) or (isinstance(value, np.ndarray) and value.dtype.kind in "OSU"):
        return np.array(_encoded(value.tolist() if isinstance(value, np.ndarray) else value), dtype=object)
    with outside():
        try:
            tensor = to_tensor(value, number)
        except (TypeError, ValueError) as error:
            raise wrong_type(
                where,
                "the value must become a tensor" + (f" of {dtype.name}" if dtype is not None else ""),
                f"{value!r}"[:200],
                "Give numbers, strings or nested lists of one depth.",
                "TG-7211",
            ) from error
    return np.asarray(tensor.numpy())


def _numbers(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_numbers(each) for each in value]
    if isinstance(value, Dimension):
        return value.value
    if isinstance(value, TensorShape):
        return value.as_list()
    return value


def _encoded(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_encoded(each) for each in value]
    if isinstance(value, np.ndarray):
        return _encoded(value.tolist())
    return value.encode() if isinstance(value, str) else value


def from_array(array: np.ndarray, dtype: Any = None) -> Any:
    """A concrete tensor of the engine."""
    with outside():
        if array.dtype == object:
            return to_tensor(array.tolist() if array.ndim else array.item(), tg.string._number)
        return to_tensor(array, 0 if dtype is None else dtype._number)


@export("constant")
def constant(
    value: Any, dtype: Any = None, shape: Any = None, name: str = "Const", verify_shape: bool = False
) -> Tensor:
    """A tensor with this value; with a shape, a shorter value is continued with its last element.

    Raises:
        TypeError: The value cannot have the dtype (TG-7211).
        ValueError: The shape does not fit (TG-7212).
    """
    wanted = None if dtype is None else core_dtype(dtype)
    if is_graph_value(value):
        raise wrong_type("constant", "the value must be known", repr(value), "Use tf.identity.", "TG-7211")
    array = as_array(value, wanted)
    if shape is not None:
        sizes = [int(size) for size in TensorShape(shape).as_list()]  # type: ignore[arg-type]
        count = int(np.prod(sizes, dtype=np.int64))
        if array.size > count or (array.size != count and (verify_shape or array.size == 0)):
            raise invalid(
                "constant",
                f"the value must have at most {count} elements",
                f"{array.size} for shape {sizes}",
                "Change the shape.",
                "TG-7212",
            )
        if array.size == count:
            array = array.reshape(sizes)
        else:
            flat = array.reshape(-1)
            array = np.concatenate([flat, np.repeat(flat[-1:], count - array.size)]).reshape(sizes)
    return make_constant(array, wanted, name)


def make_constant(array: np.ndarray, dtype: Any = None, name: str | None = "Const") -> Tensor:
    """An op of type Const."""
    concrete = from_array(array, dtype)

    def lower() -> list[Any]:
        return [concrete]

    op = get_default_graph().create("Const", lower, (), name or "Const", attributes={"value": array})
    op.outputs[0].op.attributes["dtype"] = op.outputs[0].dtype
    return op.outputs[0]


@export("convert_to_tensor")
def convert_to_tensor(
    value: Any,
    dtype: Any = None,
    name: str | None = None,
    preferred_dtype: Any = None,
    dtype_hint: Any = None,
    as_ref: bool = False,
) -> Tensor:
    """The value as a tensor of the current graph.

    Raises:
        ValueError: It is a tensor of another dtype (TG-7213).
    """
    wanted = None if dtype is None else core_dtype(dtype)
    if hasattr(value, "_as_graph_tensor"):
        value = value._as_graph_tensor()
    if isinstance(value, Tensor):
        if wanted is not None and value.dtype is not wanted and value.dtype != wanted:
            raise invalid(
                "convert_to_tensor",
                f"the tensor must be of {wanted.name}",
                repr(value),
                "Use tf.cast.",
                "TG-7213",
            )
        return value
    if isinstance(value, tg.Tensor):
        value = value.numpy()
    if contains_graph_value(value):
        if isinstance(value, (list, tuple)):
            return _packed(value, wanted, name)
        return convert_to_tensor(apply("Identity", lambda x: x, value, op_name=name), wanted)
    hint = preferred_dtype if preferred_dtype is not None else dtype_hint
    if wanted is None and hint is not None:
        try:
            return constant(value, hint, name=name or "Const")
        except (TypeError, ValueError):
            pass
    return constant(value, wanted, name=name or "Const")


def _packed(value: Any, dtype: Any, name: str | None) -> Tensor:
    """A list that holds tensors: stacked, with the numbers in it taking their dtype."""
    found = dtype
    if found is None:
        for each in _leaves(value):
            if isinstance(each, Tensor):
                found = each.dtype
                break

    def stacked(items: Any) -> Tensor:
        parts = [
            stacked(each) if isinstance(each, (list, tuple)) else convert_to_tensor(each, found)
            for each in items
        ]
        return apply("Pack", lambda *given: tg.stack(list(given)), *parts, op_name=name or "packed")

    return stacked(value)


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [leaf for each in value for leaf in _leaves(each)]
    return [value._as_graph_tensor() if hasattr(value, "_as_graph_tensor") else value]


def like(value: Any, other: Any) -> Any:
    """A Python number or an array in the dtype of a tensor that it meets; other things as they are."""
    if isinstance(value, (np.ndarray, np.generic)) and not is_graph_value(value):
        dtype = other.dtype
        if value.dtype.kind in "biuf" and (
            dtype.is_floating or (dtype.is_integer and value.dtype.kind in "iu")
        ):
            return np.asarray(value).astype(dtype.as_numpy_dtype)
    return value


def is_number(value: Any) -> bool:
    """Whether a Python value could be a tensor of numbers."""
    return natural_dtype(value) != 0
