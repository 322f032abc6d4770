"""`Graph`: records ops with their names, scopes, control dependencies and collections."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import tensegra as tg

from ._engine import Inference
from ._errors import invalid, not_found, precondition, wrong_type
from ._shapes import TensorShape
from ._symbols import export
from ._tensor import Lower, Operation, Tensor, variant

_VALID = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$")
_HERE = __package__ or ""


class _Stacks(threading.local):
    def __init__(self) -> None:
        self.graphs: list[Graph] = []
        self.sessions: list[Any] = []


stacks = _Stacks()


class _Default:
    graph: Graph | None = None


@export("get_default_graph")
def get_default_graph() -> Graph:
    """The graph that ops are added to."""
    if stacks.graphs:
        return stacks.graphs[-1]
    if _Default.graph is None:
        _Default.graph = Graph()
    return _Default.graph


@export("reset_default_graph")
def reset_default_graph() -> None:
    """Begins with a new default graph.

    Raises:
        tg.errors.FailedPreconditionError: Inside of `with graph.as_default()` (TG-7204).
    """
    if stacks.graphs:
        raise precondition(
            "reset_default_graph",
            "the graph must not be in use",
            "a call inside of a graph's `with`",
            "Leave it first.",
            "TG-7204",
        )
    _Default.graph = None


@export("get_default_session")
def get_default_session() -> Any:
    """The session of the innermost `with`, or None."""
    return stacks.sessions[-1] if stacks.sessions else None


def default_session(session: Any, where: str) -> Any:
    """The session given, or the current one."""
    if session is None:
        session = get_default_session()
    if session is None:
        raise invalid(
            where,
            "there must be a session",
            "none, and no default session",
            "Use `with tf.Session():`.",
            "TG-7205",
        )
    return session


def core_shape(value: Any) -> TensorShape:
    """The static shape of a value of the engine."""
    return TensorShape(value.shape)


@export("Graph")
class Graph:
    """Ops and tensors that a session runs."""

    def __init__(self) -> None:
        self.inference = Inference()
        self.ops: list[Operation] = []
        self.seed: int | None = None
        self.draws = 0
        self.context: Any = None
        self.finalized = False
        self.name_stack = ""
        self._by_name: dict[str, Operation] = {}
        self._names_in_use: dict[str, int] = {}
        self._controls: list[list[Operation] | None] = []
        self._devices: list[Any] = []
        self._collections: dict[Any, list[Any]] = {}
        self.overrides: dict[str, str] = {}
        self.lock = threading.RLock()
        self.extra: dict[str, Any] = {}  # what other modules keep with a graph

    # ---- as the default

    @contextmanager
    def as_default(self) -> Iterator[Graph]:
        """Makes it the graph that ops are added to."""
        stacks.graphs.append(self)
        try:
            yield self
        finally:
            stacks.graphs.pop()

    def finalize(self) -> None:
        """Nothing can be added any more."""
        self.finalized = True

    def _unsafe_unfinalize(self) -> None:
        self.finalized = False

    @property
    def version(self) -> int:
        """Grows with each op."""
        return len(self.ops)

    @property
    def _last_id(self) -> int:
        return len(self.ops)

    @property
    def building_function(self) -> bool:
        """Whether it is the graph of a function."""
        return False

    # ---- names

    def unique_name(self, name: str, mark_as_used: bool = True) -> str:
        """The name in the current scope, with a number where it is taken."""
        if self.name_stack:
            name = f"{self.name_stack}/{name}"
        key = name.lower()
        number = self._names_in_use.get(key, 0)
        if mark_as_used:
            self._names_in_use[key] = number + 1
        if number > 0:
            base = key
            while key in self._names_in_use:
                key = f"{base}_{number}"
                number += 1
            if mark_as_used:
                self._names_in_use[key] = 1
            name = f"{name}_{number - 1}"
        return name

    @contextmanager
    def name_scope(self, name: str | None) -> Iterator[str]:
        """Names of ops made inside begin with this one."""
        if name:
            if isinstance(name, bytes):
                name = name.decode()
            name = str(name)
            if (
                not name.endswith("/")
                and not _VALID.match(name)
                and not (self.name_stack and re.match(r"^[A-Za-z0-9_.\\/>-]*$", name))
            ):
                raise invalid(
                    "name_scope",
                    "a name must be of letters, digits and _.\\/-",
                    f"{name!r}",
                    "Rename it.",
                    "TG-7206",
                )
        old = self.name_stack
        if not name:
            new = ""
        elif name.endswith("/"):
            new = name[:-1]
        else:
            new = self.unique_name(name)
        self.name_stack = new
        try:
            yield f"{new}/" if new else ""
        finally:
            self.name_stack = old

    def get_name_scope(self) -> str:
        """The current scope."""
        return self.name_stack

    # ---- ops

    def create(
        self,
        type: str,
        lower: Lower,
        inputs: Sequence[Tensor] = (),
        name: str | None = None,
        *,
        outputs: Sequence[tuple[Any, Any]] | None = None,
        stateful: bool = False,
        effect: bool = False,
        attributes: dict[str, Any] | None = None,
    ) -> Operation:
        """Adds an op.

        Args:
            type: The name that TensorFlow has for the op.
            lower: See `Operation`.
            inputs: The tensors that it takes.
            name: Its name; default: `type`.
            outputs: dtype and shape of each output; found by tracing `lower` where it is left out.
            stateful: Whether `lower` also takes the emitter.
            effect: Whether it changes something.
            attributes: What `get_attr` knows.
        """
        if self.finalized:
            raise precondition(
                "Graph", "a finalized graph takes no ops", f"a new {type}", "Make it before.", "TG-7204"
            )
        if "captures" in self.extra:
            inputs = [self._captured(each) for each in inputs]
        for each in inputs:
            if each.op.graph is not self:
                raise invalid(
                    "Graph",
                    "tensors must be of one graph",
                    f"{each!r} of another graph",
                    "See tf.Graph.",
                    "TG-7207",
                )
        specs: list[tuple[Any, TensorShape, Any]]
        with self.lock:
            if outputs is None:
                with self.inference:
                    values = lower(*[each.symbol for each in inputs])
                    specs = [_typed(value) for value in values]
            else:
                with self.inference as inference:
                    specs = []
                    for dtype, shape in outputs:
                        shape = TensorShape(shape)
                        symbol = None if dtype is variant else inference.add_input(dtype._number, shape._list)
                        specs.append((dtype, shape, symbol))
            if name and name.endswith("/"):
                full = name[:-1]
                self._names_in_use.setdefault(full.lower(), 1)
            else:
                full = self.unique_name(name or type)
            op = Operation(self, full, type, list(inputs), lower, stateful, effect, attributes or {})
            op.outputs = [Tensor(op, index, *each) for index, each in enumerate(specs)]
            op._id = len(self.ops)
            self.ops.append(op)
            self._by_name[full] = op
            for each in inputs:
                each._consumers.append(op)
            op.context = self.context
            if self.context is not None:
                self.context.add(op)
            for controls in reversed(self._controls):
                if controls is None:
                    break
                op._add_control_inputs(controls)
            if self._devices:
                op.device = self._device_of(op)
            op.source = _caller()
        return op

    def _captured(self, tensor: Tensor) -> Tensor:
        """A tensor of the surrounding graph as one of this graph, which is that of a function."""
        if tensor.op.graph is self:
            return tensor
        if tensor.op.type == "Const":
            copied = self.create("Const", tensor.op.lower, (), "Const", attributes=tensor.op.attributes)
            return copied.outputs[0]
        known: dict[Tensor, Tensor] = self.extra["captures"]
        if tensor not in known:
            made = self.create("Placeholder", list, (), "captured", outputs=[(tensor.dtype, tensor.shape)])
            known[tensor] = made.outputs[0]
        return known[tensor]

    def get_operations(self) -> list[Operation]:
        """All ops in the order in which they were made."""
        return list(self.ops)

    def get_operation_by_name(self, name: str) -> Operation:
        """The op of a name.

        Raises:
            KeyError: There is none (TG-7208).
        """
        return self.as_graph_element(name, allow_tensor=False, allow_operation=True)

    def get_tensor_by_name(self, name: str) -> Tensor:
        """The tensor of a name such as "add:0".

        Raises:
            KeyError: There is none (TG-7208).
        """
        return self.as_graph_element(name, allow_tensor=True, allow_operation=False)

    def as_graph_element(self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True) -> Any:
        """The tensor or op that an object or a name stands for."""
        if hasattr(obj, "_as_graph_element"):
            obj = obj._as_graph_element()
        if isinstance(obj, bytes):
            obj = obj.decode()
        if isinstance(obj, str):
            if ":" in obj and allow_tensor:
                name, _, number = obj.rpartition(":")
                op = self._by_name.get(name)
                if op is None or not number.isdigit() or int(number) >= len(op.outputs):
                    raise _no_such("tensor", obj)
                return op.outputs[int(number)]
            if ":" not in obj and allow_operation:
                if obj not in self._by_name:
                    raise _no_such("op", obj)
                return self._by_name[obj]
            kind = "tensor" if allow_tensor else "op"
            raise invalid(
                "Graph",
                f"the name of a{'n op' if kind == 'op' else ' tensor'} must be {'one' if kind == 'op' else 'name:0'}",
                f"{obj!r}",
                "A tensor is op:0, an op is without the colon.",
                "TG-7209",
            )
        if (isinstance(obj, Tensor) and allow_tensor) or (isinstance(obj, Operation) and allow_operation):
            if obj.graph is not self:
                raise invalid(
                    "Graph", "it must be of this graph", repr(obj), "Give one of this graph.", "TG-7207"
                )
            return obj
        wanted = " or ".join(["a tensor"] * allow_tensor + ["an op"] * allow_operation)
        raise wrong_type(
            "Graph",
            f"it must be {wanted}",
            f"{obj!r} of type {type(obj).__name__}",
            "See Session.run.",
            "TG-7209",
        )

    def is_feedable(self, tensor: Any) -> bool:
        """Whether a value can be given for it."""
        return True

    def prevent_feeding(self, tensor: Any) -> None:
        """Accepted, without effect."""

    def prevent_fetching(self, op: Any) -> None:
        """Accepted, without effect."""

    def is_fetchable(self, tensor_or_op: Any) -> bool:
        """Whether a session gives its value: not inside of branches and loops."""
        op = tensor_or_op.op if isinstance(tensor_or_op, Tensor) else tensor_or_op
        return getattr(op, "context", None) is None

    # ---- surroundings

    @contextmanager
    def control_dependencies(self, control_inputs: Any) -> Iterator[None]:
        """Ops made inside run after these; None: after none of the surroundings."""
        if control_inputs is None:
            self._controls.append(None)
            saved, self.context = self.context, None
            try:
                yield
            finally:
                self._controls.pop()
                self.context = saved
            return
        ops: list[Operation] = []
        for each in control_inputs:
            found = control_op(each, self)
            if found is not None and found not in ops:
                ops.append(found)
        self._controls.append(ops)
        try:
            yield
        finally:
            self._controls.pop()

    @contextmanager
    def device(self, device_name_or_function: Any) -> Iterator[None]:
        """Says where ops made inside should run; the name is kept, and the engine decides."""
        self._devices.append(device_name_or_function)
        try:
            yield
        finally:
            self._devices.pop()

    def _device_of(self, op: Operation) -> str:
        name = ""
        for each in self._devices:
            if callable(each):
                op.device = name
                name = str(each(op) or name)
            else:
                name = "" if each is None else str(each)
        return name

    @contextmanager
    def colocate_with(self, op: Any, ignore_existing: bool = False) -> Iterator[None]:
        """Accepted, without effect: one device runs the graph."""
        yield

    @contextmanager
    def container(self, container_name: str) -> Iterator[str]:
        """Accepted, without effect."""
        yield container_name

    @contextmanager
    def gradient_override_map(self, op_type_map: dict[str, str]) -> Iterator[None]:
        """Ops of these types get the gradients registered under these names."""
        saved, self.overrides = self.overrides, {**self.overrides, **op_type_map}
        try:
            yield
        finally:
            self.overrides = saved

    # ---- collections

    def add_to_collection(self, name: Any, value: Any) -> None:
        """Appends to a list that the graph keeps."""
        self._collections.setdefault(name, []).append(value)

    def add_to_collections(self, names: Any, value: Any) -> None:
        """The same for several lists."""
        for name in (names,) if isinstance(names, str) else dict.fromkeys(names or ()):
            self.add_to_collection(name, value)

    def get_collection_ref(self, name: Any) -> list[Any]:
        """The list itself."""
        return self._collections.setdefault(name, [])

    def get_collection(self, name: Any, scope: str | None = None) -> list[Any]:
        """A copy of a list; with a scope, those whose names match it from the beginning."""
        items = self._collections.get(name, [])
        if scope is None:
            return list(items)
        pattern = re.compile(scope)
        return [each for each in items if hasattr(each, "name") and pattern.match(each.name)]

    def get_all_collection_keys(self) -> list[Any]:
        """The names of the lists."""
        return [key for key in self._collections if isinstance(key, str)]

    @property
    def collections(self) -> list[Any]:
        """The names of the lists."""
        return list(self._collections)

    def clear_collection(self, name: Any) -> None:
        """Empties a list."""
        self._collections.pop(name, None)

    def as_graph_def(self, from_version: int | None = None, add_shapes: bool = False) -> Any:
        """The nodes in the fields of the message."""
        return GraphDef([op.node_def for op in self.ops[from_version or 0 :]])


class GraphDef:
    """The nodes of a graph, in the fields of the message."""

    def __init__(self, node: list[Any]) -> None:
        self.node = node

    def __repr__(self) -> str:
        return "\n".join(f"node {{\n{each!r}\n}}" for each in self.node)


class _NoSuch(tg.errors.NotFoundError, KeyError):
    """A `NotFoundError` that programs of TensorFlow 1.x may catch as a `KeyError`."""

    __str__ = tg.errors.Error.__str__


def _no_such(kind: str, name: str) -> _NoSuch:
    return _NoSuch(
        f"[compat.v1.Graph] the {kind} must be in the graph. Received: {name!r}. See Graph.get_operations.",
        code="TG-7208",
    )


def control_op(value: Any, graph: Graph) -> Operation | None:
    """The op that a control input stands for."""
    if isinstance(value, Operation):
        return value
    if isinstance(value, Tensor):
        return value.op
    if hasattr(value, "_control_op"):
        return value._control_op()  # type: ignore[no-any-return]
    if hasattr(value, "values") and isinstance(value.values, Tensor):
        return value.values.op
    if isinstance(value, str):
        found = graph.as_graph_element(value)
        return found.op if isinstance(found, Tensor) else found  # type: ignore[no-any-return]
    if hasattr(value, "_as_graph_element"):
        return value._as_graph_element().op  # type: ignore[no-any-return]
    if hasattr(value, "flow") and isinstance(value.flow, Tensor):
        return value.flow.op
    if value is None:
        return None
    raise wrong_type(
        "control_dependencies",
        "control inputs are ops and tensors",
        repr(value),
        "Give a list of them.",
        "TG-7209",
    )


def _typed(value: Any) -> tuple[Any, TensorShape, Any]:
    if isinstance(value, tg.Tensor):
        return value.dtype, core_shape(value), value
    return variant, TensorShape([]), value


def _caller() -> str | None:
    frame: Any = sys._getframe(2)
    while frame is not None:
        module = frame.f_globals.get("__name__") or ""
        if not module.startswith(_HERE) and module not in ("contextlib", "functools"):
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    return None


def missing_collection(name: str) -> Exception:
    """A list that must hold something is empty."""
    return not_found(
        "Graph", "the collection must hold something", f"{name!r}", "Add to it first.", "TG-7208"
    )


@export("GraphKeys")
class GraphKeys:
    """The names of the lists that the library itself keeps."""

    GLOBAL_VARIABLES = "variables"
    LOCAL_VARIABLES = "local_variables"
    METRIC_VARIABLES = "metric_variables"
    MODEL_VARIABLES = "model_variables"
    TRAINABLE_VARIABLES = "trainable_variables"
    SUMMARIES = "summaries"
    QUEUE_RUNNERS = "queue_runners"
    TABLE_INITIALIZERS = "table_initializer"
    ASSET_FILEPATHS = "asset_filepaths"
    MOVING_AVERAGE_VARIABLES = "moving_average_variables"
    REGULARIZATION_LOSSES = "regularization_losses"
    CONCATENATED_VARIABLES = "concatenated_variables"
    SAVERS = "savers"
    WEIGHTS = "weights"
    BIASES = "biases"
    ACTIVATIONS = "activations"
    UPDATE_OPS = "update_ops"
    LOSSES = "losses"
    SAVEABLE_OBJECTS = "saveable_objects"
    RESOURCES = "resources"
    LOCAL_RESOURCES = "local_resources"
    INIT_OP = "init_op"
    LOCAL_INIT_OP = "local_init_op"
    READY_OP = "ready_op"
    READY_FOR_LOCAL_INIT_OP = "ready_for_local_init_op"
    SUMMARY_OP = "summary_op"
    GLOBAL_STEP = "global_step"
    EVAL_STEP = "eval_step"
    TRAIN_OP = "train_op"
    COND_CONTEXT = "cond_context"
    WHILE_CONTEXT = "while_context"
    VARIABLES = "variables"
    GLOBAL_STEP_READ = "global_step_read_op_cache"


@export("add_to_collection")
def add_to_collection(name: Any, value: Any) -> None:
    """Appends to a list of the current graph."""
    get_default_graph().add_to_collection(name, value)


@export("add_to_collections")
def add_to_collections(names: Any, value: Any) -> None:
    """Appends to lists of the current graph."""
    get_default_graph().add_to_collections(names, value)


@export("get_collection")
def get_collection(key: Any, scope: str | None = None) -> list[Any]:
    """A list of the current graph."""
    return get_default_graph().get_collection(key, scope)


@export("get_collection_ref")
def get_collection_ref(key: Any) -> list[Any]:
    """A list of the current graph itself."""
    return get_default_graph().get_collection_ref(key)


@export("name_scope")
class name_scope:
    """Names of ops made inside begin with `name`, or `default_name` where that is None."""

    def __init__(self, name: Any = None, default_name: Any = None, values: Any = None) -> None:
        self._name = default_name if name is None else name
        self._values = values
        self._open: list[Any] = []

    @property
    def name(self) -> Any:
        """The name asked for."""
        return self._name

    def __enter__(self) -> str:
        graph = get_default_graph()
        scope = graph.name_scope(self._name)
        self._open.append(scope)
        return scope.__enter__()

    def __exit__(self, *exception: Any) -> None:
        self._open.pop().__exit__(*exception)


@export("op_scope")
def op_scope(values: Any, name: Any, default_name: Any = None) -> name_scope:
    """`name_scope` with the arguments in the order of the oldest programs."""
    return name_scope(name, default_name, values)


@export("control_dependencies")
def control_dependencies(control_inputs: Any) -> Any:
    """Ops made inside run after these."""
    return get_default_graph().control_dependencies(control_inputs)


@export("device")
def device(device_name_or_function: Any) -> Any:
    """Says where ops made inside should run."""
    return get_default_graph().device(device_name_or_function)


@export("colocate_with")
def colocate_with(op: Any, ignore_existing: bool = False) -> Any:
    """Accepted, without effect."""
    return get_default_graph().colocate_with(op, ignore_existing)


@export("container")
def container(container_name: str) -> Any:
    """Accepted, without effect."""
    return get_default_graph().container(container_name)


@export("set_random_seed random.set_random_seed")
def set_random_seed(seed: int | None) -> None:
    """Sets the seed of the current graph, from which those of its random ops follow."""
    graph = get_default_graph()
    graph.seed = None if seed is None else int(seed)


@export("get_seed random.get_seed")
def get_seed(op_seed: int | None) -> tuple[int | None, int | None]:
    """The two seeds of a random op, by the rules of TensorFlow 2's `compat.v1`.

    Where only the graph has a seed, the op's is the number of such ops before it; where only the op has one, the
    graph's is 87654321.
    """
    graph = get_default_graph()
    top = graph.extra.get("outermost", graph)
    first = graph.seed if graph.seed is not None else top.seed
    if first is not None:
        if op_seed is None:
            op_seed = top.draws
            top.draws += 1
        seeds = (first % (2**31 - 1), int(op_seed) % (2**31 - 1))
    elif op_seed is not None:
        seeds = (87654321, int(op_seed) % (2**31 - 1))
    else:
        return None, None
    return (0, 2**31 - 1) if seeds == (0, 0) else seeds
