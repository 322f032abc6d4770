"""`Operation` and `Tensor`: the nodes of a graph of 1.x and what they give."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import tensegra as tg
from tensegra import TensorSpec

from ._errors import invalid, wrong_type
from ._shapes import TensorShape
from ._symbols import export

if TYPE_CHECKING:
    from ._graph import Graph

Lower = Callable[..., list[Any]]
"""Adds the op to a graph of the engine: takes values of it, returns those of the outputs."""


@export("Operation")
class Operation:
    """A node of a graph.

    Attributes:
        lower: What it does, in terms of the engine. It takes the values of `inputs`; with `stateful` first the
            `Emitter` (variables, states of random ops, inner graphs).
        effect: Whether it changes something, so that its place among others of this kind matters.
        context: The branch or loop body that it belongs to, or None.
    """

    def __init__(
        self,
        graph: Graph,
        name: str,
        type: str,
        inputs: list[Tensor],
        lower: Lower,
        stateful: bool,
        effect: bool,
        attributes: dict[str, Any],
    ) -> None:
        self.graph = graph
        self.name = name
        self.type = type
        self.inputs = inputs
        self.lower = lower
        self.stateful = stateful
        self.effect = effect
        self.attributes = attributes
        self.control_inputs: list[Operation] = []
        self.outputs: list[Tensor] = []
        self.context: Any = None
        self.device = ""
        self._id = 0
        self.source: str | None = None

    def __repr__(self) -> str:
        return f"<tf.Operation '{self.name}' type={self.type}>"

    def run(self, feed_dict: Any = None, session: Any = None) -> None:
        """Runs it in a session, by default the current one."""
        from ._graph import default_session

        default_session(session, "Operation.run").run(self, feed_dict)

    def values(self) -> tuple[Tensor, ...]:
        """Its outputs."""
        return tuple(self.outputs)

    def get_attr(self, name: str) -> Any:
        """An attribute.

        Raises:
            tg.errors.InvalidArgumentError: There is none of this name (TG-7202).
        """
        if name in self.attributes:
            return self.attributes[name]
        if name in ("T", "dtype") and self.outputs:
            return self.outputs[0].dtype
        raise invalid(
            "Operation.get_attr",
            "an op must have the attribute",
            f"{name!r} of {self!r}",
            "See op_def.",
            "TG-7202",
        )

    @property
    def node_def(self) -> Any:
        """Name, type, inputs, device and attributes, as the message has them."""
        return NodeDef(self)

    @property
    def op_def(self) -> Any:
        """The kind of the op, by name."""
        return NodeDef(self)

    @property
    def traceback(self) -> list[str]:
        """Where it was made."""
        return [self.source] if self.source else []

    def _add_control_input(self, op: Operation) -> None:
        if op is not self and op not in self.control_inputs:
            self.control_inputs.append(op)

    def _add_control_inputs(self, ops: Any) -> None:
        for op in ops:
            self._add_control_input(op)

    def _set_attr(self, name: str, value: Any) -> None:
        self.attributes[name] = value

    def colocation_groups(self) -> list[bytes]:
        """Its name in the form that messages have."""
        return [b"loc:@" + self.name.encode()]


class NodeDef:
    """The fields of the message of a node."""

    def __init__(self, op: Operation) -> None:
        self.name = op.name
        self.op = op.type
        self.input = [each.name.removesuffix(":0") for each in op.inputs]
        self.input += [f"^{each.name}" for each in op.control_inputs]
        self.device = op.device
        self.attr = op.attributes

    def __repr__(self) -> str:
        return f"name: {self.name!r}\nop: {self.op!r}\ninput: {self.input!r}"


@export("Tensor")
class Tensor:
    """What an op gives when it runs."""

    __array_priority__ = 100

    def __init__(self, op: Operation, value_index: int, dtype: Any, shape: TensorShape, symbol: Any) -> None:
        self.op = op
        self.value_index = value_index
        self._dtype = dtype
        self._shape = shape
        self.symbol = symbol
        self._consumers: list[Operation] = []

    @property
    def graph(self) -> Graph:
        """The graph that it belongs to."""
        return self.op.graph

    @property
    def name(self) -> str:
        """The name of the op, a colon, and the number of the output."""
        return f"{self.op.name}:{self.value_index}"

    @property
    def dtype(self) -> Any:
        """The type of the elements."""
        return self._dtype

    @property
    def device(self) -> str:
        """The device that was asked for."""
        return self.op.device

    @property
    def shape(self) -> TensorShape:
        """What is known of the shape before it runs."""
        return self._shape

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return self._shape

    def _shape_as_list(self) -> Any:
        return None if self._shape.ndims is None else self._shape.as_list()

    def set_shape(self, shape: Any) -> None:
        """Adds to what is known of the shape."""
        merged = self._shape.merge_with(shape)
        if merged == self._shape:
            return
        self._shape = merged
        with self.graph.inference as inference:
            self.symbol = inference.add_input(self._dtype._number, merged._list)

    def consumers(self) -> list[Operation]:
        """The ops that take it."""
        return list(self._consumers)

    def eval(self, feed_dict: Any = None, session: Any = None) -> Any:
        """Its value in a session, by default the current one."""
        from ._graph import default_session

        return default_session(session, "Tensor.eval").run(self, feed_dict)

    def _as_graph_element(self) -> Tensor:
        return self

    def experimental_ref(self) -> Any:
        """Something hashable that stands for it."""
        return _Reference(self)

    ref = experimental_ref

    def __repr__(self) -> str:
        return f"<tf.Tensor '{self.name}' shape={self._shape} dtype={self._dtype.name}>"

    def __str__(self) -> str:
        shape = "" if self._shape.ndims is None else f", shape={self._shape}"
        return f'Tensor("{self.name}"{shape}, dtype={self._dtype.name})'

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __copy__(self) -> Tensor:
        return self

    def __deepcopy__(self, memo: Any) -> Tensor:
        return self

    def __bool__(self) -> bool:
        raise wrong_type(
            "Tensor",
            "a tensor of a graph has no truth value",
            repr(self),
            "Use `if t is not None:`, or tf.cond for what depends on its value.",
            "TG-7203",
        )

    __nonzero__ = __bool__

    def __iter__(self) -> Any:
        raise wrong_type(
            "Tensor",
            "a tensor of a graph cannot be iterated over",
            repr(self),
            "Use tf.unstack or tf.map_fn.",
            "TG-7203",
        )

    def __len__(self) -> int:
        raise wrong_type(
            "Tensor",
            "a tensor of a graph has no len()",
            repr(self),
            "Use tf.shape(t)[0], or t.shape[0].value.",
            "TG-7203",
        )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        raise wrong_type(
            "Tensor",
            "a tensor of a graph is no array",
            repr(self),
            "Get its value with Session.run.",
            "TG-7203",
        )

    def __float__(self) -> float:
        raise wrong_type(
            "Tensor", "a tensor of a graph is no number", repr(self), "Use Session.run.", "TG-7203"
        )

    __int__ = __index__ = __float__  # type: ignore[assignment]


class _Reference:
    def __init__(self, thing: Any) -> None:
        self._thing = thing

    def deref(self) -> Any:
        return self._thing

    def __hash__(self) -> int:
        return id(self._thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reference) and other._thing is self._thing


def spec(tensor: Tensor) -> TensorSpec:
    """Shape and dtype of a tensor as the engine's spec."""
    return TensorSpec(tensor.shape.as_core(), tensor.dtype)


class Opaque:
    """The dtype of what is no tensor of the engine: an array of tensors on its way through a loop."""

    name = "variant"
    _number = 0
    is_floating = is_integer = is_complex = is_bool = False

    @property
    def base_dtype(self) -> Opaque:
        """Itself."""
        return self

    def __repr__(self) -> str:
        return "tf.variant"


variant = Opaque()


def is_floating(dtype: Any) -> bool:
    """Whether gradients flow through such tensors."""
    return bool(dtype.is_floating or dtype.is_complex)


def core_dtype(value: Any) -> Any:
    """A dtype of the engine from whatever 1.x takes for one."""
    if value is variant:
        return variant
    if isinstance(value, str) and value.endswith("_ref"):
        value = value[:-4]
    if value == "float":
        value = "float32"
    if value is float:
        return tg.float32
    if value is int:
        return tg.int32
    return tg.as_dtype(value)
