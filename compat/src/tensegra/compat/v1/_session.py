"""`Session`: prunes the graph to what is asked for, makes one plan of it, and runs that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import tensegra as tg

from . import _engine
from ._apply import as_array, from_array, rebuild
from ._emit import Emitter, needed
from ._errors import invalid, precondition, wrong_type
from ._graph import Graph, get_default_graph, stacks
from ._symbols import export
from ._tensor import Operation, Tensor


class SessionState:
    """What belongs to one session: variables, states of random ops, plans, and what other modules keep."""

    def __init__(self) -> None:
        self.variables: dict[Any, tg.Variable] = {}
        self.initialized: set[Any] = set()
        self.random: dict[Any, Any] = {}
        self.extra: dict[Any, Any] = {}

    def variable(self, variable: Any) -> tg.Variable:
        """The engine's variable that holds the value of one of the graph."""
        found = self.variables.get(variable)
        if found is None:
            with _engine.outside():
                found = self.variables[variable] = _blank(variable)
        return found

    def random_state(self, op: Any, seed: int | None, seed2: int | None) -> Any:
        """The state of a random op."""
        state = self.random.get(op)
        if state is None:
            if seed is None or seed2 is None:
                entropy = np.random.SeedSequence().generate_state(2, np.uint64)
                seed, seed2 = int(entropy[0] >> 1) + 1, int(entropy[1] >> 1)
            state = self.random[op] = _engine.random_state(seed, seed2)
        return state


def _blank(variable: Any) -> tg.Variable:
    shape = variable.shape
    dtype = variable.dtype
    sizes = [] if shape.ndims is None else [size or 0 for size in shape.as_list()]
    initial = tg.zeros(sizes, dtype) if dtype != tg.string else tg.fill(sizes, tg.constant(b""))
    return tg.Variable(
        initial, trainable=False, name=variable.op.name, dtype=dtype, shape=tg.TensorShape(shape._list)
    )


class _Compiled:
    """One plan with what a run has to do around it."""

    def __init__(
        self,
        call: Callable[[list[Any]], list[Any]],
        positions: list[int | None],
        sources: list[Any],
        required: list[Any],
        written: list[Any],
        count: int,
    ) -> None:
        self.call = call
        self.positions = positions
        self.sources = sources
        self.required = required
        self.written = written
        self.count = count
        self.ready = False


@export("Session")
class Session:
    """Runs parts of a graph; holds the values of its variables.

    Args:
        target: Only the empty name of this process.
        graph: By default the current graph.
        config: A `ConfigProto`; numbers of threads and placement are the engine's affair.
    """

    def __init__(self, target: Any = "", graph: Graph | None = None, config: Any = None) -> None:
        if graph is not None and not isinstance(graph, Graph):
            raise wrong_type("Session", "graph must be a tf.Graph", repr(graph), "Give a Graph.", "TG-7222")
        self._graph = get_default_graph() if graph is None else graph
        self._config = config
        self._closed = False
        self.state = SessionState()
        self._plans: dict[Any, _Compiled] = {}
        self._structures: dict[Any, Any] = {}
        self._contexts: list[Any] = []
        self.target = target

    @property
    def graph(self) -> Graph:
        """The graph that it runs."""
        return self._graph

    @property
    def graph_def(self) -> Any:
        """The nodes of the graph."""
        return self._graph.as_graph_def()

    @property
    def sess_str(self) -> Any:
        """The target."""
        return self.target

    def close(self) -> None:
        """Frees variables and plans."""
        self._closed = True
        self._plans.clear()
        self.state = SessionState()

    def as_default(self) -> Any:
        """A context in which `eval` and `run` use it."""
        return _Default(self)

    def __enter__(self) -> Any:
        context = self._graph.as_default()
        context.__enter__()
        self._contexts.append(context)
        stacks.sessions.append(self)
        return self

    def __exit__(self, *exception: Any) -> None:
        stacks.sessions.pop()
        self._contexts.pop().__exit__(*exception)
        if not self._contexts:
            self.close()

    def list_devices(self) -> list[Any]:
        """The devices of the engine."""
        return list(tg.config.list_physical_devices())

    def reset(self, *args: Any, **kwargs: Any) -> None:
        """Forgets all variables."""
        self.state = SessionState()
        self._plans.clear()

    # ---- running

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        """Computes what is fetched.

        Args:
            fetches: Tensors, ops, variables, their names, and nests of these.
            feed_dict: Values for tensors.
            options: Accepted, without effect.
            run_metadata: Accepted, without effect.

        Returns:
            Arrays in the structure of `fetches`; None for ops.

        Raises:
            tg.errors.FailedPreconditionError: A variable has no value yet (TG-7225).
            tg.errors.InvalidArgumentError: A placeholder has no value (TG-7224); a value does not fit (TG-7223).
        """
        if self._closed:
            raise _closed()
        targets: list[Any] = []
        structure = self._flatten(fetches, targets)
        feeds = self._feeds(feed_dict) if feed_dict else {}
        results = self._execute(targets, feeds)
        return structure(results)

    def _flatten(self, fetches: Any, targets: list[Any]) -> Callable[[list[Any]], Any]:
        """Appends the tensors and ops fetched to `targets`; a function from their values to the result."""
        if isinstance(fetches, (list, tuple)):
            parts = [self._flatten(each, targets) for each in fetches]
            return lambda values: rebuild(fetches, [part(values) for part in parts])
        if isinstance(fetches, Mapping):
            parts = [self._flatten(each, targets) for each in fetches.values()]
            return lambda values: rebuild(fetches, [part(values) for part in parts])
        if fetches is None:
            raise wrong_type(
                "Session.run", "None cannot be fetched", "fetches=None", "Leave it out.", "TG-7209"
            )
        if hasattr(fetches, "_fetch"):
            inner, make = fetches._fetch()
            whole = self._flatten(inner, targets)
            return lambda values: make(whole(values))
        element = self._graph.as_graph_element(fetches)
        position = len(targets)
        targets.append(element)
        return lambda values: values[position]

    def _feeds(self, feed_dict: Any) -> dict[Tensor, Any]:
        fed: dict[Tensor, Any] = {}
        for key, value in feed_dict.items():
            if hasattr(key, "_feed"):
                for tensor, part in key._feed(value):
                    fed[tensor] = self._fed_value(tensor, part)
                continue
            if isinstance(key, (tuple, list)):
                for each, part in zip(key, value):
                    fed.update(self._feeds({each: part}))
                continue
            tensor = self._graph.as_graph_element(key, allow_operation=False)
            fed[tensor] = self._fed_value(tensor, value)
        return fed

    def _fed_value(self, tensor: Tensor, value: Any) -> Any:
        if isinstance(value, Tensor):
            raise wrong_type(
                "Session.run",
                "a fed value is no tensor of the graph",
                repr(value),
                "Feed an array; fetch it first.",
                "TG-7223",
            )
        dtype = tensor.dtype
        if isinstance(value, tg.Tensor):
            made = value if value.dtype == dtype else tg.cast(value, dtype)
        elif type(value) is np.ndarray and value.dtype == dtype.as_numpy_dtype and value.dtype != object:
            made = _engine.to_tensor(value)
        else:
            if isinstance(value, int) and dtype.is_integer and not dtype.min <= value <= dtype.max:
                raise wrong_type(
                    "Session.run",
                    f"a fed value must fit {dtype.name}",
                    repr(value),
                    "Use another dtype.",
                    "TG-7223",
                )
            if (
                isinstance(value, np.ndarray)
                and value.dtype != object
                and dtype != tg.string
                and value.dtype.kind != "U"
            ):
                array = value.astype(dtype.as_numpy_dtype)
            else:
                array = as_array(
                    np.asarray(value) if dtype != tg.string and _plain(value) else value, dtype, "Session.run"
                )
            made = from_array(array, dtype)
        if not tensor.shape.is_compatible_with(made.shape):
            raise invalid(
                "Session.run",
                f"the value for {tensor.name!r} must have shape {tensor.shape}",
                f"shape {tuple(made.shape.as_list())}",
                "Reshape it, or make the placeholder with None in place of a size.",
                "TG-7223",
            )
        return made

    def _execute(self, targets: list[Any], feeds: dict[Tensor, Any]) -> list[Any]:
        open_ranks = tuple(
            value._rank if tensor._shape.ndims is None else -2 for tensor, value in feeds.items()
        )
        key = (
            tuple(map(id, targets)),
            tuple(map(id, feeds)),
            open_ranks,
            self._graph.extra.get("changes", 0),
        )
        compiled = self._plans.get(key)
        if compiled is None:
            compiled = self._compile(targets, feeds)
            self._plans[key] = compiled
            compiled.keep = (targets, list(feeds))  # type: ignore[attr-defined]  # ids stay theirs
        if not compiled.ready:
            state = self.state.initialized
            for variable in compiled.required:
                if variable not in state:
                    raise _uninitialized(variable)
            compiled.ready = True
        arguments = list(feeds.values())
        for source in compiled.sources:
            arguments.extend(source(self, feeds))
        made = compiled.call(arguments)
        if compiled.written:
            self.state.initialized.update(compiled.written)
        results: list[Any] = []
        for position in compiled.positions:
            results.append(None if position is None else made[position]._numpy())
        return results

    def _compile(self, targets: list[Any], feeds: dict[Tensor, Any]) -> _Compiled:
        fed_tensors = list(feeds)
        ops = needed(targets, set(feeds))
        specs: list[tuple[int, Any]] = []
        for tensor, value in feeds.items():
            dims = tensor._shape._list
            specs.append((tensor.dtype._number, [None] * value._rank if dims is None else dims))
        # What the host gives: the elements of iterators and queues come before the run.
        hosts: list[tuple[Operation, Any]] = []
        for op in ops:
            if op.type in ("Placeholder",) and op.outputs[0] not in feeds:
                raise _unfed(op)
            host = op.attributes.get("host")
            if host is not None:
                hosts.append((op, host))
                for tensor in op.outputs:
                    specs.append((tensor.dtype._number, tensor._shape._list))
        tensors = [each for each in targets if isinstance(each, Tensor)]
        positions: list[int | None] = []
        count = 0
        for each in targets:
            positions.append(count if isinstance(each, Tensor) else None)
            count += isinstance(each, Tensor)
        emitters: list[Emitter] = []

        def emit(values: list[Any]) -> list[Any]:
            fed = dict(zip(fed_tensors, values))
            rest = iter(values[len(fed_tensors) :])
            for op, _ in hosts:
                fed.update((tensor, next(rest)) for tensor in op.outputs)
            emitter = Emitter(self.state, fed)
            emitters.append(emitter)
            emitter.run(targets)
            return [_single(emitter.value(each)) for each in tensors]

        plan = _engine.Plan("session", specs, emit)
        emitter = emitters[-1]
        return _Compiled(
            plan.call,
            positions,
            [host for _, host in hosts],
            list(emitter.read),
            list(emitter.written),
            count,
        )

    def make_callable(
        self, fetches: Any, feed_list: Any = None, accept_options: bool = False
    ) -> Callable[..., Any]:
        """A function that runs the fetches; it takes the values of `feed_list`."""
        keys = list(feed_list or ())

        def call(*values: Any, **options: Any) -> Any:
            return self.run(fetches, dict(zip(keys, values)))

        return call

    def partial_run_setup(self, fetches: Any, feeds: Any = None) -> Any:
        """Begins a run in several steps; what was fed and fetched stays known to later steps."""
        from ._partial import PartialRun

        return PartialRun(self, fetches, feeds)

    def partial_run(self, handle: Any, fetches: Any, feed_dict: Any = None) -> Any:
        """A step of such a run."""
        return handle.step(fetches, feed_dict)


def _single(value: Any) -> Any:
    return value.stack() if isinstance(value, tg.TensorArray) else value


def _plain(value: Any) -> bool:
    return isinstance(value, (list, tuple, int, float, bool, np.generic))


class _Default:
    """Makes a session the default without closing it afterwards."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> Session:
        stacks.sessions.append(self._session)
        return self._session

    def __exit__(self, *exception: Any) -> None:
        stacks.sessions.pop()


@export("InteractiveSession")
class InteractiveSession(Session):
    """A session that is the default from its making to its `close`, with its graph."""

    def __init__(self, target: Any = "", graph: Graph | None = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        stacks.sessions.append(self)
        self._explicit = graph is not None
        if self._explicit:
            stacks.graphs.append(self._graph)

    def close(self) -> None:
        """Frees it and is no default any more."""
        if not self._closed:
            if self in stacks.sessions:
                stacks.sessions.remove(self)
            if self._explicit and self._graph in stacks.graphs:
                stacks.graphs.remove(self._graph)
        super().close()


def _closed() -> Exception:
    class Closed(tg.errors.FailedPreconditionError, RuntimeError):
        pass

    return Closed(
        "[compat.v1.Session.run] a session must be open. Received: a closed one. Make a new one.",
        code="TG-7226",
    )


def _unfed(op: Operation) -> Exception:
    return invalid(
        "Session.run",
        f"placeholder {op.name!r} must be fed a value of dtype {op.outputs[0].dtype.name} and shape "
        f"{op.outputs[0].shape}",
        "none" + (f" (made at {op.source})" if op.source else ""),
        f"Put it into feed_dict: {{{op.name}: value}}.",
        "TG-7224",
    )


def _uninitialized(variable: Any) -> Exception:
    return precondition(
        "Session.run",
        f"Attempting to use uninitialized value {variable.op.name}: a variable must have a value before it is read",
        "none",
        "Run tf.global_variables_initializer() first (tf.local_variables_initializer() for metrics), or restore it.",
        "TG-7225",
    )
