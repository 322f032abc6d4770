"""`Variable`: its ops in the graph. Sessions hold the values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensegra as tg

from . import _operators
from ._apply import apply, convert_to_tensor, is_graph_value
from ._errors import invalid, wrong_type
from ._graph import Graph, GraphKeys, get_default_graph, name_scope
from ._shapes import TensorShape
from ._symbols import export
from ._tensor import Operation, Tensor, core_dtype


@export("Variable")
class Variable:
    """A tensor that changes.

    Args:
        initial_value: A value, a tensor, or a function that returns one.
        trainable: Whether optimizers change it. Default: True, unless the collections say otherwise.
        collections: The lists that it is added to; default: that of the global variables.
        validate_shape: Whether it keeps the shape of its initial value.
        name: Its name.
        dtype: The dtype that the initial value is converted to.

    The other arguments are kept, or accepted without effect where one device makes them so.
    """

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        expected_shape: Any = None,
        import_scope: Any = None,
        constraint: Any = None,
        use_resource: Any = None,
        synchronization: Any = None,
        aggregation: Any = None,
        shape: Any = None,
    ) -> None:
        if initial_value is None:
            raise invalid(
                "Variable",
                "a variable needs an initial value",
                "initial_value=None",
                "Give a value or a function.",
                "TG-7230",
            )
        wanted = None if dtype is None else core_dtype(dtype)
        graph = get_default_graph()
        self.trainable = True if trainable is None else bool(trainable)
        self.constraint = constraint
        self.synchronization = synchronization
        self.aggregation = aggregation
        self._validate = validate_shape
        self._save_slice_info: Any = None
        if collections is None:
            collections = [GraphKeys.GLOBAL_VARIABLES]
        if not isinstance(collections, (list, tuple, set)):
            raise invalid(
                "Variable",
                "collections must be a list",
                repr(collections),
                "Put the name into a list.",
                "TG-7230",
            )
        collections = list(collections)
        if self.trainable and GraphKeys.TRAINABLE_VARIABLES not in collections:
            collections.append(GraphKeys.TRAINABLE_VARIABLES)
        with graph.control_dependencies(None), name_scope(name, "Variable") as scope:
            if callable(initial_value) and not is_graph_value(initial_value):
                with name_scope("Initializer"):
                    initial = convert_to_tensor(_called(initial_value), wanted, name="initial_value")
            else:
                initial = convert_to_tensor(initial_value, wanted, name="initial_value")
            self._initial_value = initial
            declared = initial.shape if validate_shape else TensorShape(None)
            if shape is not None:
                declared = TensorShape(shape)
            variable = self
            op = graph.create(
                "VariableV2", _no_lower, (), scope, outputs=[(initial.dtype, declared)],
                attributes={"variable": variable, "shape": declared, "dtype": initial.dtype},
            )  # fmt: skip
            self._reference = op.outputs[0]
            self._initializer = _assignment(
                "Assign",
                self,
                lambda state, value: state.assign(value),
                [initial],
                "Assign",
                {"initializes": self},
            ).op
            self._snapshot = graph.create(
                "Identity", _no_lower, [self._reference], "read", outputs=[(initial.dtype, declared)],
                attributes={"variable": variable},
            ).outputs[0]  # fmt: skip
        graph.add_to_collections(collections, self)

    # ---- what it is

    @property
    def name(self) -> str:
        """The name of its op with ":0"."""
        return self._reference.name

    @property
    def _shared_name(self) -> str:
        return self._reference.op.name

    @property
    def op(self) -> Operation:
        """Its op."""
        return self._reference.op

    @property
    def graph(self) -> Graph:
        """Its graph."""
        return self._reference.graph

    @property
    def dtype(self) -> Any:
        """The type of its elements."""
        return self._reference.dtype

    @property
    def shape(self) -> TensorShape:
        """What is known of its shape."""
        return self._reference.shape

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return self._reference.shape

    def set_shape(self, shape: Any) -> None:
        """Adds to what is known of its shape."""
        self._reference.set_shape(shape)
        self._snapshot.set_shape(shape)

    @property
    def device(self) -> str:
        """The device that was asked for."""
        return self._reference.device

    @property
    def initializer(self) -> Operation:
        """The op that gives it its initial value."""
        return self._initializer

    @property
    def initial_value(self) -> Tensor:
        """The tensor of its initial value."""
        return self._initial_value

    def _as_graph_tensor(self) -> Tensor:
        return self._snapshot

    def _as_graph_element(self) -> Tensor:
        return self._reference

    def _control_op(self) -> Operation:
        return self._reference.op

    # ---- its value

    def value(self) -> Tensor:
        """Its value as a tensor."""
        return self._snapshot

    def read_value(self) -> Tensor:
        """Its value when this op runs, which control dependencies decide."""
        return apply("Identity", tg.identity, self._reference, op_name="read")  # type: ignore[no-any-return]

    def initialized_value(self) -> Tensor:
        """Its value, or its initial value where it has none yet."""
        from ._control import cond

        initialized = is_variable_initialized(self)
        return cond(initialized, self.read_value, lambda: self._initial_value)  # type: ignore[no-any-return]

    def eval(self, session: Any = None) -> Any:
        """Its value in a session, by default the current one."""
        return self._reference.eval(session=session)

    def load(self, value: Any, session: Any = None) -> None:
        """Gives it a value in a session, by default the current one."""
        from ._graph import default_session

        default_session(session, "Variable.load").run(self._initializer, {self._initializer.inputs[1]: value})

    def assign(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """An op that changes it."""
        made = assign(self, value, use_locking=use_locking, name=name)
        return made if read_value else made.op

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """An op that adds to it."""
        made = assign_add(self, delta, use_locking, name)
        return made if read_value else made.op

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """An op that subtracts from it."""
        made = assign_sub(self, delta, use_locking, name)
        return made if read_value else made.op

    def count_up_to(self, limit: int) -> Tensor:
        """An op that counts it up and gives what it was before."""
        return count_up_to(self, limit)

    def to_proto(self, export_scope: Any = None) -> Any:
        """Its names, in the fields of the message."""
        return {
            "variable_name": self.name,
            "initializer_name": self._initializer.name,
            "snapshot_name": self._snapshot.name,
        }

    def _get_save_slice_info(self) -> Any:
        return self._save_slice_info

    def _set_save_slice_info(self, info: Any) -> None:
        self._save_slice_info = info

    def experimental_ref(self) -> Any:
        """Something hashable that stands for it."""
        return self._reference.experimental_ref()

    ref = experimental_ref

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __iter__(self) -> Any:
        raise wrong_type(
            "Variable", "a variable cannot be iterated over", repr(self), "Use tf.unstack.", "TG-7203"
        )

    __array_priority__ = 100

    def __repr__(self) -> str:
        return f"<tf.Variable '{self.name}' shape={self.shape} dtype={self.dtype.name}_ref>"


def _called(initial_value: Callable[[], Any]) -> Any:
    return initial_value()


def _no_lower(*values: Any) -> list[Any]:
    return list(values)


def _scatter_method(name: str) -> Callable[..., Any]:
    def method(self: Any, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        return _scatter(kind, self, sparse_delta.indices, sparse_delta.values, name)

    kind = name
    return method


for _kind in (
    "scatter_add",
    "scatter_sub",
    "scatter_update",
    "scatter_mul",
    "scatter_div",
    "scatter_max",
    "scatter_min",
):
    setattr(Variable, _kind, _scatter_method(_kind))
_operators.install(Variable)


# ---- ops that change variables


def variable_of(reference: Any, where: str) -> Variable:
    """The variable that a reference stands for.

    Raises:
        TypeError: It stands for none (TG-7231).
    """
    if isinstance(reference, Variable):
        return reference
    if isinstance(reference, Tensor):
        for key in ("variable", "alias"):
            if key in reference.op.attributes:
                return reference.op.attributes[key]  # type: ignore[no-any-return]
    if hasattr(reference, "_variable"):
        return reference._variable()  # type: ignore[no-any-return]
    raise wrong_type(
        where, "the first argument must be a variable", repr(reference), "Give a tf.Variable.", "TG-7231"
    )


def _assignment(
    type: str,
    variable: Variable,
    change: Callable[..., Any],
    inputs: list[Any],
    name: str | None,
    attributes: dict[str, Any] | None = None,
) -> Tensor:
    """An op that changes a variable; its output is the variable."""

    def lower(emitter: Any, reference: Any, *values: Any) -> list[Any]:
        change(emitter.write(variable, type != "Assign"), *values)
        return []

    op = variable.graph.create(
        type, lower, [variable._reference, *inputs], name, outputs=[(variable.dtype, variable.shape)],
        stateful=True, effect=True,
        attributes={"alias": variable, "writes": [variable], "unread": 1, **(attributes or {})},
    )  # fmt: skip
    return op.outputs[0]


@export("assign")
def assign(
    ref: Any, value: Any, validate_shape: Any = None, use_locking: Any = None, name: str | None = None
) -> Tensor:
    """Replaces the value of a variable."""
    variable = variable_of(ref, "assign")
    tensor = convert_to_tensor(value, variable.dtype)
    if validate_shape is not False and variable._validate:
        tensor.shape.assert_is_compatible_with(variable.shape)
    return _assignment("Assign", variable, lambda state, new: state.assign(new), [tensor], name or "Assign")


@export("assign_add")
def assign_add(ref: Any, value: Any, use_locking: Any = None, name: str | None = None) -> Tensor:
    """Adds to a variable."""
    variable = variable_of(ref, "assign_add")
    tensor = convert_to_tensor(value, variable.dtype)
    return _assignment(
        "AssignAdd", variable, lambda state, new: state.assign_add(new), [tensor], name or "AssignAdd"
    )


@export("assign_sub")
def assign_sub(ref: Any, value: Any, use_locking: Any = None, name: str | None = None) -> Tensor:
    """Subtracts from a variable."""
    variable = variable_of(ref, "assign_sub")
    tensor = convert_to_tensor(value, variable.dtype)
    return _assignment(
        "AssignSub", variable, lambda state, new: state.assign_sub(new), [tensor], name or "AssignSub"
    )


@export("count_up_to")
def count_up_to(ref: Any, limit: int, name: str | None = None) -> Tensor:
    """Counts a variable up and gives what it was before.

    Raises:
        tg.errors.OutOfRangeError: When it runs and the limit is reached (TG-7232).
    """
    variable = variable_of(ref, "count_up_to")

    def checked(value: Any) -> Any:
        if int(value) >= limit:
            raise tg.errors.OutOfRangeError(
                f"[compat.v1.count_up_to] the variable must be below the limit. Received: {int(value)} for {limit}. "
                "Catch tf.errors.OutOfRangeError where the loop should end.",
                code="TG-7232",
            )
        return value

    def lower(emitter: Any, reference: Any) -> list[Any]:
        before = emitter.variable_value(variable)
        before = tg.ensure_shape(tg.numpy_function(checked, [before], variable.dtype), [])
        emitter.write(variable).assign(before + 1)
        return [before]

    op = variable.graph.create(
        "CountUpTo", lower, [variable._reference], name or "CountUpTo", outputs=[(variable.dtype, [])],
        stateful=True, effect=True, attributes={"writes": [variable], "unread": 1},
    )  # fmt: skip
    return op.outputs[0]


def _scatter(kind: str, ref: Any, indices: Any, updates: Any, name: str | None) -> Tensor:
    variable = variable_of(ref, kind)
    rows = convert_to_tensor(indices)
    tensor = convert_to_tensor(updates, variable.dtype)

    def change(state: Any, places: Any, new: Any) -> None:
        wanted = tg.concat([tg.shape(places), tg.shape(state.value())[1:]], 0)
        getattr(state, kind)(tg.IndexedSlices(tg.broadcast_to(new, wanted), places))

    type_ = "".join(part.capitalize() for part in kind.split("_"))
    return _assignment(type_, variable, change, [rows, tensor], name or type_)


def _scatter_function(kind: str) -> Callable[..., Any]:
    def function(
        ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        return _scatter(kind, ref, indices, updates, name)

    function.__name__ = kind
    function.__doc__ = f"Changes rows of a variable: `{kind.removeprefix('scatter_')}`."
    return function


for _kind in (
    "scatter_add",
    "scatter_sub",
    "scatter_update",
    "scatter_mul",
    "scatter_div",
    "scatter_max",
    "scatter_min",
):
    export(_kind)(_scatter_function(_kind))


def _scatter_nd(kind: str) -> Callable[..., Any]:
    def function(
        ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        variable = variable_of(ref, kind)

        def change(state: Any, places: Any, new: Any) -> None:
            getattr(state, kind)(places, new)

        type_ = {"add": "ScatterNdAdd", "sub": "ScatterNdSub", "update": "ScatterNdUpdate"}[kind[11:]]
        inputs = [convert_to_tensor(indices), convert_to_tensor(updates, variable.dtype)]
        return _assignment(type_, variable, change, inputs, name or type_)

    function.__name__ = kind
    function.__doc__ = f"Changes parts of a variable: `{kind.removeprefix('scatter_nd_')}`."
    return function


for _kind in ("scatter_nd_add", "scatter_nd_sub", "scatter_nd_update"):
    export(_kind)(_scatter_nd(_kind))


# ---- lists of variables and their initializers


@export("global_variables all_variables")
def global_variables(scope: str | None = None) -> list[Any]:
    """The variables of the graph, but for the local ones."""
    return get_default_graph().get_collection(GraphKeys.GLOBAL_VARIABLES, scope)


@export("local_variables")
def local_variables(scope: str | None = None) -> list[Any]:
    """The variables that are not saved: those of metrics and the like."""
    return get_default_graph().get_collection(GraphKeys.LOCAL_VARIABLES, scope)


@export("model_variables")
def model_variables(scope: str | None = None) -> list[Any]:
    """The variables of contrib layers."""
    return get_default_graph().get_collection(GraphKeys.MODEL_VARIABLES, scope)


@export("trainable_variables")
def trainable_variables(scope: str | None = None) -> list[Any]:
    """The variables that optimizers change."""
    return get_default_graph().get_collection(GraphKeys.TRAINABLE_VARIABLES, scope)


@export("moving_average_variables")
def moving_average_variables(scope: str | None = None) -> list[Any]:
    """The variables that have moving averages."""
    return get_default_graph().get_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, scope)


@export("variables_initializer initialize_variables")
def variables_initializer(var_list: Any, name: str = "init") -> Operation:
    """An op that gives variables their initial values."""
    from ._control import group

    return group(*[variable.initializer for variable in var_list or ()], name=name)


@export("global_variables_initializer initialize_all_variables")
def global_variables_initializer() -> Operation:
    """The same for all global variables."""
    return variables_initializer(global_variables())


@export("local_variables_initializer initialize_local_variables")
def local_variables_initializer() -> Operation:
    """The same for all local variables."""
    return variables_initializer(local_variables())


@export("is_variable_initialized")
def is_variable_initialized(variable: Any) -> Tensor:
    """Whether a variable had a value when the run began."""
    found = variable_of(variable, "is_variable_initialized")

    def host(session: Any, feeds: Any) -> list[Any]:
        return [tg.constant(found in session.state.initialized)]

    op = found.graph.create(
        "IsVariableInitialized",
        _no_lower,
        [found._reference],
        None,
        outputs=[(tg.bool, [])],
        attributes={"host": host},
    )
    return op.outputs[0]


@export("report_uninitialized_variables")
def report_uninitialized_variables(
    var_list: Any = None, name: str = "report_uninitialized_variables"
) -> Tensor:
    """The names of variables that had no value when the run began."""
    if var_list is None:
        var_list = [*global_variables(), *local_variables()]
    wanted = list(var_list)

    def host(session: Any, feeds: Any) -> list[Any]:
        missing = [variable.op.name for variable in wanted if variable not in session.state.initialized]
        return [tg.constant(missing, tg.string) if missing else tg.fill([0], tg.constant(b""))]

    op = get_default_graph().create(
        "ReportUninitializedVariables",
        _no_lower,
        (),
        name,
        outputs=[(tg.string, [None])],
        attributes={"host": host},
    )
    return op.outputs[0]


@export("assert_variables_initialized")
def assert_variables_initialized(var_list: Any = None) -> Any:
    """An op that fails where a variable has no value."""
    from ._control import group

    variables = [*global_variables(), *local_variables()] if var_list is None else list(var_list)
    with name_scope("assert_variables_initialized"):
        return group(*[apply("Identity", tg.identity, variable) for variable in variables])
