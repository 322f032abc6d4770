"""`variable_scope` and `get_variable`: variables by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import tensegra as tg

from ._apply import is_graph_value
from ._errors import invalid, wrong_type
from ._graph import Graph, GraphKeys, get_default_graph, name_scope, stacks
from ._shapes import TensorShape
from ._symbols import export
from ._tensor import core_dtype
from ._variables import Variable


@export("AUTO_REUSE")
class _AutoReuse:
    """Whether a variable is reused is seen when it is asked for."""

    name = "AUTO_REUSE"
    value = 1

    def __repr__(self) -> str:
        return "<_ReuseMode.AUTO_REUSE: 1>"

    def __bool__(self) -> bool:
        return True


AUTO_REUSE = _AutoReuse()
export("AUTO_REUSE")(AUTO_REUSE)


class _Store:
    """The variables of a graph by name, and how often scopes were opened."""

    def __init__(self) -> None:
        self.variables: dict[str, Any] = {}
        self.partitioned: dict[str, Any] = {}
        self.counts: dict[str, int] = {}
        self.current = VariableScope(False)
        self.creators: list[Callable[..., Any]] = []

    def open(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1

    def close_below(self, name: str) -> None:
        for key in self.counts:
            if not name or key.startswith(f"{name}/"):
                self.counts[key] = 0


def store(graph: Graph | None = None) -> _Store:
    """The variables of a graph."""
    graph = get_default_graph() if graph is None else graph
    found = graph.extra.get("variable_store")
    if found is None:
        found = graph.extra["variable_store"] = _Store()
    return found  # type: ignore[no-any-return]


@export("VariableScope")
class VariableScope:
    """The defaults that `get_variable` takes from its surroundings."""

    def __init__(
        self,
        reuse: Any,
        name: str = "",
        initializer: Any = None,
        regularizer: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        custom_getter: Any = None,
        name_scope: str = "",
        dtype: Any = tg.float32,
        use_resource: Any = None,
        constraint: Any = None,
    ) -> None:
        self._name = name
        self._reuse = reuse
        self._initializer = initializer
        self._regularizer = regularizer
        self._caching_device = caching_device
        self._partitioner = partitioner
        self._custom_getter = custom_getter
        self._name_scope = name_scope
        self._dtype = dtype
        self._use_resource = use_resource
        self._constraint = constraint

    name = property(lambda self: self._name)
    original_name_scope = property(lambda self: self._name_scope)
    reuse = property(lambda self: self._reuse)
    initializer = property(lambda self: self._initializer)
    regularizer = property(lambda self: self._regularizer)
    caching_device = property(lambda self: self._caching_device)
    partitioner = property(lambda self: self._partitioner)
    custom_getter = property(lambda self: self._custom_getter)
    dtype = property(lambda self: self._dtype)
    use_resource = property(lambda self: self._use_resource)
    constraint = property(lambda self: self._constraint)

    def reuse_variables(self) -> None:
        """From now on variables must exist."""
        self._reuse = True

    def set_initializer(self, initializer: Any) -> None:
        """Changes the default initializer."""
        self._initializer = initializer

    def set_regularizer(self, regularizer: Any) -> None:
        """Changes the default regularizer."""
        self._regularizer = regularizer

    def set_dtype(self, dtype: Any) -> None:
        """Changes the default dtype."""
        self._dtype = dtype

    def set_caching_device(self, caching_device: Any) -> None:
        """Kept, without effect."""
        self._caching_device = caching_device

    def set_partitioner(self, partitioner: Any) -> None:
        """Changes the default partitioner."""
        self._partitioner = partitioner

    def set_custom_getter(self, custom_getter: Any) -> None:
        """Changes the custom getter."""
        self._custom_getter = custom_getter

    def set_use_resource(self, use_resource: Any) -> None:
        """Kept, without effect."""
        self._use_resource = use_resource

    def get_collection(self, name: Any) -> list[Any]:
        """What a collection has of this scope."""
        scope = f"{self._name}/" if self._name else ""
        return get_default_graph().get_collection(name, scope)

    def trainable_variables(self) -> list[Any]:
        """The trainable variables of this scope."""
        return self.get_collection(GraphKeys.TRAINABLE_VARIABLES)

    def global_variables(self) -> list[Any]:
        """The global variables of this scope."""
        return self.get_collection(GraphKeys.GLOBAL_VARIABLES)

    def local_variables(self) -> list[Any]:
        """The local variables of this scope."""
        return self.get_collection(GraphKeys.LOCAL_VARIABLES)

    def get_variable(self, name: str, **options: Any) -> Any:
        """A variable of this scope."""
        full = f"{self._name}/{name}" if self._name else name
        with name_scope(None):
            return _get(full, self, **options)

    def _copy(self) -> VariableScope:
        made = VariableScope.__new__(VariableScope)
        made.__dict__.update(self.__dict__)
        return made


@export("get_variable_scope")
def get_variable_scope() -> VariableScope:
    """The current scope."""
    return store().current


@export("get_variable")
def get_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool | None = None,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    validate_shape: bool = True,
    use_resource: Any = None,
    custom_getter: Any = None,
    constraint: Any = None,
    synchronization: Any = None,
    aggregation: Any = None,
) -> Any:
    """The variable of a name in the current scope: a new one, or where the scope reuses, the one that is there.

    Raises:
        ValueError: It exists and the scope does not reuse, or the other way round (TG-7233); the shape or dtype is
            another one (TG-7234).
    """
    return store().current.get_variable(
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        trainable=trainable,
        collections=collections,
        caching_device=caching_device,
        partitioner=partitioner,
        validate_shape=validate_shape,
        use_resource=use_resource,
        custom_getter=custom_getter,
        constraint=constraint,
    )


@export("get_local_variable")
def get_local_variable(name: str, *args: Any, **options: Any) -> Any:
    """The same for one that is neither trained nor saved."""
    collections = options.pop("collections", None)
    options["collections"] = (
        [GraphKeys.LOCAL_VARIABLES] if not collections else [*collections, GraphKeys.LOCAL_VARIABLES]
    )
    options["trainable"] = False
    return get_variable(name, *args, **options)


def _get(full: str, scope: VariableScope, **options: Any) -> Any:
    wanted = options.get("dtype")
    options["dtype"] = scope.dtype if wanted is None else core_dtype(wanted)
    if options.get("initializer") is None:
        options["initializer"] = scope.initializer
    if options.get("regularizer") is None:
        options["regularizer"] = scope.regularizer
    if options.get("partitioner") is None:
        options["partitioner"] = scope.partitioner
    if options.get("constraint") is None:
        options["constraint"] = scope.constraint
    if options.get("caching_device") is None:
        options["caching_device"] = scope.caching_device
    reuse = options.pop("reuse", None)
    options["reuse"] = scope.reuse if reuse is None else reuse
    getter = options.pop("custom_getter", None)
    getter = scope.custom_getter if getter is None else getter

    def true_getter(name: str, *args: Any, **given: Any) -> Any:
        for key, value in zip(_GETTER, args):
            given[key] = value
        given.setdefault("reuse", options["reuse"])
        given.setdefault("dtype", options["dtype"])
        return _get_true(name, **given)

    if getter is None:
        return true_getter(full, **options)
    passed = {
        "shape": None,
        "trainable": None,
        "collections": None,
        "validate_shape": True,
        "use_resource": None,
    }
    passed.update(options)
    if passed["trainable"] is None:
        passed["trainable"] = True
    if "kwargs" not in str(inspect.signature(getter)):
        known = inspect.signature(getter).parameters
        if not any(each.kind is inspect.Parameter.VAR_KEYWORD for each in known.values()):
            passed = {key: value for key, value in passed.items() if key in known}
    return getter(true_getter, full, **passed)


_GETTER = ("shape", "dtype", "initializer", "regularizer", "reuse", "trainable", "collections", "caching_device",
           "partitioner", "validate_shape", "use_resource", "constraint")  # fmt: skip


def _get_true(
    name: str,
    shape: Any = None,
    dtype: Any = tg.float32,
    initializer: Any = None,
    regularizer: Any = None,
    reuse: Any = None,
    trainable: Any = None,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    validate_shape: bool = True,
    use_resource: Any = None,
    constraint: Any = None,
    synchronization: Any = None,
    aggregation: Any = None,
) -> Any:
    from ._partitioned import get_partitioned

    shape = None if shape is None else TensorShape(shape)
    if partitioner is not None and (shape is None or shape.ndims != 0):
        return get_partitioned(
            name,
            shape,
            dtype,
            initializer,
            regularizer,
            reuse,
            trainable,
            collections,
            partitioner,
            constraint,
            _single,
        )
    return _single(
        name,
        shape,
        dtype,
        initializer,
        regularizer,
        reuse,
        trainable,
        collections,
        validate_shape,
        constraint,
    )


def _single(
    name: str,
    shape: Any,
    dtype: Any,
    initializer: Any,
    regularizer: Any,
    reuse: Any,
    trainable: Any,
    collections: Any,
    validate_shape: bool,
    constraint: Any,
) -> Any:
    known = store()
    if name in known.variables:
        found = known.variables[name]
        if not reuse:
            raise invalid(
                "get_variable",
                f"Variable {name} already exists, disallowed: a scope that does not reuse makes new variables only",
                f"reuse={reuse!r}" + (f" (made at {found.op.source})" if found.op.source else ""),
                "Set reuse=True or reuse=tf.AUTO_REUSE in its variable_scope.",
                "TG-7233",
            )
        if shape is not None and not shape.is_compatible_with(found.shape):
            raise invalid(
                "get_variable",
                f"the shape of {name} must be that which it has",
                f"{shape} for {found.shape}",
                "Ask for that.",
                "TG-7234",
            )
        if core_dtype(dtype) != found.dtype:
            raise invalid(
                "get_variable",
                f"the dtype of {name} must be that which it has",
                f"{dtype} for {found.dtype.name}",
                "Ask for that.",
                "TG-7234",
            )
        return found
    if reuse is True:
        raise invalid(
            "get_variable",
            f"Variable {name} does not exist, or was not created with tf.get_variable(): reusing makes none",
            "reuse=True",
            "Set reuse=tf.AUTO_REUSE, or make it first.",
            "TG-7233",
        )
    if initializer is None:
        initializer = default_initializer(dtype)
    if isinstance(initializer, type):
        initializer = initializer()
    initial: Any
    if callable(initializer) and not is_graph_value(initializer):
        if shape is None or not shape.is_fully_defined():
            raise invalid(
                "get_variable",
                f"the shape of a new variable ({name}) must be fully defined",
                f"{shape}",
                "Give all sizes.",
                "TG-7234",
            )
        sizes = shape.as_list()
        initial = _partial(initializer, sizes, dtype)
        variable_dtype = core_dtype(dtype)
    else:
        if shape is not None:
            raise invalid(
                "get_variable",
                "a constant initializer has the shape itself",
                f"shape={shape}",
                "Leave the shape out.",
                "TG-7234",
            )
        initial, variable_dtype = initializer, None
    graph = get_default_graph()
    with graph.control_dependencies(None):
        made: Any = _create(
            initial_value=initial,
            name=name,
            trainable=trainable,
            collections=collections,
            dtype=variable_dtype,
            validate_shape=validate_shape,
            constraint=constraint,
        )
        known.variables[name] = made
        if regularizer is not None:
            with name_scope(f"{name}/Regularizer/"):
                loss = regularizer(made)
            if loss is not None:
                graph.add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss)
    return made


def _create(**options: Any) -> Any:
    def default(next_creator: Any = None, **given: Any) -> Any:
        return Variable(**given)

    creator: Callable[..., Any] = default
    for each in store().creators:
        creator = _chained(each, creator)
    return creator(**options)


def _chained(outer: Any, inner: Any) -> Callable[..., Any]:
    return lambda **options: outer(inner, **options)


def _partial(initializer: Any, sizes: list[Any], dtype: Any) -> Callable[[], Any]:
    def initial() -> Any:
        try:
            signature = inspect.signature(initializer).parameters
        except (TypeError, ValueError):
            return initializer(sizes, dtype)
        taken: dict[str, Any] = {}
        anything = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in signature.values())
        if "dtype" in signature or anything:
            taken["dtype"] = dtype
        if "partition_info" in signature:
            taken["partition_info"] = None
        if not signature:
            return initializer()
        return initializer(sizes, **taken)

    return initial


def default_initializer(dtype: Any) -> Any:
    """What a new variable gets where nothing is said."""
    from ._initializers import GlorotUniform, Zeros

    dtype = core_dtype(dtype)
    if dtype.is_floating:
        return GlorotUniform()
    if dtype.is_integer or dtype.is_bool or dtype == tg.string or dtype.is_unsigned:
        return Zeros()
    raise invalid(
        "get_variable", "there must be an initializer for the dtype", dtype.name, "Give one.", "TG-7234"
    )


@export("variable_scope")
class variable_scope:
    """Names and defaults of the variables that are made inside, and the names of ops as `name_scope`."""

    def __init__(
        self,
        name_or_scope: Any = None,
        default_name: str | None = None,
        values: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        custom_getter: Any = None,
        reuse: Any = None,
        dtype: Any = None,
        use_resource: Any = None,
        constraint: Any = None,
        auxiliary_name_scope: bool = True,
    ) -> None:
        if default_name is None and name_or_scope is None:
            raise wrong_type(
                "variable_scope",
                "there must be a name",
                "name_or_scope=None, default_name=None",
                "Give one.",
                "TG-7235",
            )
        if name_or_scope is not None and not isinstance(name_or_scope, (str, bytes, VariableScope)):
            raise wrong_type(
                "variable_scope",
                "a scope is a name or a VariableScope",
                repr(name_or_scope),
                "Give one.",
                "TG-7235",
            )
        self._which = name_or_scope.decode() if isinstance(name_or_scope, bytes) else name_or_scope
        self._default_name = default_name
        self._reuse = False if reuse is False else reuse
        self._auxiliary = auxiliary_name_scope
        self._options = {
            "_initializer": initializer,
            "_regularizer": regularizer,
            "_caching_device": caching_device,
            "_partitioner": partitioner,
            "_custom_getter": custom_getter,
            "_dtype": None if dtype is None else core_dtype(dtype),
            "_use_resource": use_resource,
            "_constraint": constraint,
        }
        self._graph = _graph_of_values(values)
        self._open: list[Any] = []

    def __enter__(self) -> VariableScope:
        context = self._entered()
        scope = context.__enter__()
        self._open.append(context)
        return scope

    def __exit__(self, *exception: Any) -> Any:
        return self._open.pop().__exit__(*exception)

    @contextmanager
    def _entered(self) -> Iterator[VariableScope]:
        if self._graph is not None and self._graph is not get_default_graph():
            with self._graph.as_default():
                yield from self._inside()
        else:
            yield from self._inside()

    def _inside(self) -> Iterator[VariableScope]:
        known = store()
        old = known.current
        which: Any = self._which
        graph = get_default_graph()
        if isinstance(which, VariableScope):
            scope_name = which.name.split("/")[-1] if which.name else ""
        elif which is not None:
            scope_name = which
        else:
            assert self._default_name is not None
            scope_name = self._default_name
        counts = dict(known.counts)
        opened = name_scope(scope_name) if self._auxiliary and scope_name else None
        current_name = (
            opened.__enter__() if opened is not None else (f"{graph.name_stack}/" if graph.name_stack else "")
        )
        try:
            if isinstance(which, VariableScope):
                new = which._copy()
                full = which.name
                new._name_scope = which.original_name_scope
            else:
                if which is None:
                    which = _unique(known, old, scope_name)
                full = f"{old.name}/{which}" if old.name else which
                new = old._copy()
                new._name_scope = current_name
            new._name = full
            reuse = self._reuse
            if isinstance(self._which, VariableScope):
                new._reuse = which.reuse if reuse is None else reuse
                if not new._reuse and old._reuse:
                    new._reuse = old._reuse
            else:
                new._reuse = reuse if reuse else old.reuse
            options = {key: value for key, value in self._options.items() if value is not None}
            getter = options.pop("_custom_getter", None)
            for key, value in options.items():
                setattr(new, key, value)
            if getter is not None:
                new._custom_getter = _composed(getter, new._custom_getter)
            known.open(full)
            if isinstance(self._which, VariableScope):
                counts = dict(known.counts)
                known.close_below(full)
            known.current = new
            try:
                yield new
            finally:
                known.close_below(full)
                if isinstance(self._which, VariableScope):
                    known.counts = counts
                known.current = old
        finally:
            if opened is not None:
                opened.__exit__(None, None, None)


def _composed(getter: Any, old: Any) -> Any:
    if old is None:
        return getter
    return lambda inner, *args, **options: getter(lambda *a, **o: old(inner, *a, **o), *args, **options)


def _unique(known: _Store, old: VariableScope, prefix: str) -> str:
    name = f"{old.name}/{prefix}" if old.name else prefix
    if known.counts.get(name, 0) == 0:
        return prefix
    number = 1
    while known.counts.get(f"{name}_{number}", 0) > 0:
        number += 1
    return f"{prefix}_{number}"


def _graph_of_values(values: Any) -> Graph | None:
    from ._apply import graph_of

    if not values:
        return None
    found = graph_of(values)
    return found if stacks.graphs or found is not get_default_graph() else None


@export("variable_op_scope")
def variable_op_scope(
    values: Any, name_or_scope: Any, default_name: Any = None, **options: Any
) -> variable_scope:
    """`variable_scope` with the arguments in the order of the oldest programs."""
    return variable_scope(name_or_scope, default_name=default_name, values=values, **options)


@export("variable_creator_scope")
@contextmanager
def variable_creator_scope(variable_creator: Callable[..., Any]) -> Iterator[None]:
    """Variables made inside are made by this function, which gets the next creator."""
    creators = store().creators
    creators.append(variable_creator)
    try:
        yield
    finally:
        creators.pop()


@export("no_regularizer")
def no_regularizer(_: Any) -> None:
    """Regularizes nothing, whatever the scope says."""


def unique_layer_scope(prefix: str) -> str:
    """The name that `variable_scope(None, default_name=prefix)` would take in the current scope."""
    known = store()
    return _unique(known, known.current, prefix)
