"""A Python function that is traced when it is called: what `tg.function` returns."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Sequence
from typing import Any

from tensegra import _native, _tracing
from tensegra._errors import InvalidArgumentError, UnimplementedError
from tensegra._shape import TensorShape
from tensegra._spec import TensorSpec
from tensegra._tracebacks import of_the_user
from tensegra._tracing import lock
from tensegra.nest import flatten

from ._concrete import ConcreteFunction, remember
from ._options import DEFAULT, Options
from ._parameters import Parameters
from ._reason import report
from ._structure import Encoder
from ._trace import trace

_MANY_SHAPES = 4096


class _Traces:
    """The traces for one structure of arguments with its Python values, dtypes and ranks."""

    def __init__(self) -> None:
        self.by_shapes: dict[tuple[Any, ...], ConcreteFunction] = {}
        self.all: list[ConcreteFunction] = []

    def accepting(self, shapes: Sequence[Any]) -> ConcreteFunction | None:
        wanted = [TensorShape(shape) for shape in shapes]
        for concrete in self.all:
            if all(spec._accepts(shape) for spec, shape in zip(concrete._specs, wanted, strict=False)):
                return concrete
        return None


class Function(_native.CachedCall):
    """A Python function whose graphs are made on demand; see `tg.function`."""

    def __init__(
        self,
        python_function: Callable[..., Any],
        input_signature: Sequence[Any] | None = None,
        options: Options = DEFAULT,
    ) -> None:
        functools.update_wrapper(self, python_function)
        self._python_function = python_function
        self._name = getattr(python_function, "__name__", type(python_function).__name__).strip("<>")
        self._parameters = Parameters.of(python_function)
        self._input_signature = self._checked_signature(input_signature)
        self._options = options
        self._relax = options.reduce_retracing is not False
        self._encoder = Encoder()
        self._traces: dict[tuple[Any, ...], _Traces] = {}
        self._signature_trace: ConcreteFunction | None = None
        self._tracing_count = 0
        self._retraces = 0
        self._last: ConcreteFunction | None = None

    @property
    def python_function(self) -> Callable[..., Any]:
        """The function that is traced."""
        return self._python_function

    @property
    def input_signature(self) -> tuple[Any, ...] | None:
        """The specs that were given to `tg.function`, or None."""
        return self._input_signature

    @property
    def name(self) -> str:
        """The name of the Python function."""
        return self._name

    def experimental_get_tracing_count(self) -> int:
        """How many times it has been traced."""
        return self._tracing_count

    @property
    def function_type(self) -> inspect.Signature:
        """The signature of the Python function."""
        return inspect.signature(self._python_function)

    def pretty_printed_concrete_signatures(self, verbose: bool = True) -> str:
        """The traces there are, as text.

        Args:
            verbose: Whether dtypes and shapes are shown, one line for each tensor, or one line for each trace.

        >>> import tensegra as tg
        >>> f = tg.function(lambda x: x + 1.0)
        >>> _ = f(tg.ones([2]))
        >>> print(f.pretty_printed_concrete_signatures(verbose=False))
        <lambda>(x: float32 (2,)) -> float32 (2,)
        """
        parts = [concrete.pretty_printed_signature(verbose) for concrete in self._made()]
        return ("\n\n" if verbose else "\n").join(parts)

    def experimental_get_compiler_ir(self, *args: Any, **kwargs: Any) -> Any:
        """Not there: no other compiler is asked. `ConcreteFunction.graph` is the graph as text.

        Raises:
            tg.errors.UnimplementedError: Always (TG-0531).
        """
        raise UnimplementedError(
            f"[{self._name}] there is no compiler whose code could be shown. Received: a call of "
            "experimental_get_compiler_ir. See get_concrete_function(...).graph.",
            code="TG-0531",
        )

    def _call(self, *given: Any, **named: Any) -> Any:
        """A call with arguments that the base does not remember."""
        try:
            if _tracing.functions_run_eagerly:
                return self._python_function(*given, **named)
            args, kwargs = given, named
            parameters = self._parameters
            if kwargs or len(args) != parameters.simple_count:
                args, kwargs = parameters.bind(args, kwargs, self._name)
            if self._input_signature is not None:
                concrete = self._signature_trace or self._trace_signature()
                tensors: list[Any] = [None] * len(concrete._names)
                concrete._match(args, kwargs, tensors)
                results = concrete._run(tensors)
                remember(self, given, named, concrete, tensors)
                return results
            key: list[Any] = []
            shapes: list[Any] = []
            tensors = []
            encode = self._encoder.encode
            for value in args:
                encode(value, key, shapes, tensors)
            if kwargs:
                encode(kwargs, key, shapes, tensors)
            whole_key, all_shapes = tuple(key), tuple(shapes)
            traces = self._traces.get(whole_key)
            found = None if traces is None else traces.by_shapes.get(all_shapes)
            if found is None:
                found = self._find_or_trace(whole_key, all_shapes, args, kwargs)
            results = found._run(tensors)
            remember(self, given, named, found, tensors)
            return results
        except BaseException as error:
            error.__traceback__ = of_the_user(error.__traceback__)
            raise

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """The trace for certain arguments; it is made where there is none.

        Args:
            *args: Arguments; `tg.TensorSpec` stands for tensors, whose sizes may then be None. A name in a spec names
                the argument of a signature.
            **kwargs: Likewise.

        Raises:
            tg.errors.InvalidArgumentError: They do not fit the function.
        """
        if self._input_signature is not None:
            concrete = self._signature_trace or self._trace_signature()
            if args or kwargs:
                self._check_specs(concrete, *self._parameters.bind(args, kwargs, self._name))
            return concrete
        args, kwargs = self._parameters.bind(args, kwargs, self._name)
        key: list[Any] = []
        shapes: list[Any] = []
        specs: list[Any] = []
        for value in args:
            self._encoder.encode(value, key, shapes, specs)
        if kwargs:
            self._encoder.encode(kwargs, key, shapes, specs)
        with lock:
            traces = self._traces.setdefault(tuple(key), _Traces())
            for concrete in traces.all:
                if _same(concrete, shapes, specs):
                    return concrete
            return self._add(traces, args, kwargs, None)

    def _find_or_trace(
        self, key: tuple[Any, ...], shapes: tuple[Any, ...], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> ConcreteFunction:
        with lock:
            traces = self._traces.setdefault(key, _Traces())
            found = traces.by_shapes.get(shapes) or traces.accepting(shapes)
            if found is None:
                relaxed: list[Any] = [TensorShape(shape) for shape in shapes]
                if traces.all and self._relax:
                    last = traces.all[-1]
                    relaxed = [
                        spec.shape.most_specific_compatible_shape(shape)
                        for spec, shape in zip(last._specs, relaxed, strict=False)
                    ]
                if self._last is not None:
                    self._retraces += 1
                    report(self._name, self._parameters, self._last._inputs, args, kwargs, self._retraces)
                found = self._add(traces, args, kwargs, relaxed)
            if len(traces.by_shapes) >= _MANY_SHAPES:
                traces.by_shapes.clear()
            traces.by_shapes[shapes] = found
            return found

    def _add(
        self,
        traces: _Traces,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        shapes: Any,
    ) -> ConcreteFunction:
        concrete = self._trace(args, kwargs, shapes)
        traces.all.append(concrete)
        self._last = concrete
        return concrete

    def _trace(self, args: tuple[Any, ...], kwargs: dict[str, Any], shapes: Any) -> ConcreteFunction:
        concrete = trace(
            self._python_function,
            self._name,
            self._parameters,
            args,
            kwargs,
            shapes,
            self._tracing_count == 0,
            self._options.autograph,
        )
        self._tracing_count += 1
        return concrete

    def _trace_signature(self) -> ConcreteFunction:
        with lock:
            if self._signature_trace is None:
                assert self._input_signature is not None
                args, kwargs = self._parameters.bind(self._input_signature, {}, self._name)
                self._signature_trace = self._trace(args, kwargs, None)
            return self._signature_trace

    def _made(self) -> list[ConcreteFunction]:
        """The traces that were made so far."""
        with lock:
            if self._signature_trace is not None:
                return [self._signature_trace]
            return [concrete for traces in self._traces.values() for concrete in traces.all]

    def _concrete_functions(self) -> list[ConcreteFunction]:
        """All traces there are, in the order of the keys; what is saved with a model."""
        with lock:
            if self._input_signature is not None:
                return [self._signature_trace or self._trace_signature()]
            return self._made()

    def _checked_signature(self, given: Sequence[Any] | None) -> tuple[Any, ...] | None:
        if given is None:
            return None
        specs = flatten(given) if isinstance(given, list | tuple) else [given]
        wrong = [spec for spec in specs if not isinstance(spec, TensorSpec) and not hasattr(spec, "_as_form")]
        if wrong or not isinstance(given, list | tuple):
            raise InvalidArgumentError(
                "[tg.function] input_signature must be a list of nests of tg.TensorSpec, one for each argument. "
                f"Received: {(wrong or specs)[0]!r} for {self._name}. Use [tg.TensorSpec(shape, dtype)].",
                code="TG-0305",
            )
        return tuple(given)

    def _check_specs(self, concrete: ConcreteFunction, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        given = flatten((args, kwargs))
        wanted = flatten(concrete.structured_input_signature)
        fits = len(given) == len(wanted) and all(
            not isinstance(spec, TensorSpec)
            or not isinstance(value, TensorSpec)
            or spec.is_compatible_with(value)
            for spec, value in zip(wanted, given, strict=False)
        )
        if not fits:
            raise InvalidArgumentError(
                f"[{self._name}] the arguments must fit the input_signature {self._input_signature}. "
                f"Received: args={args}, kwargs={kwargs}. Leave them out, or change the input_signature.",
                code="TG-0303",
            )

    def __get__(self, instance: Any, owner: type | None = None) -> Function:
        """The function bound to an object; each object has traces of its own."""
        try:
            return instance.__dict__["_tensegra_bound"][self]  # type: ignore[no-any-return]
        except KeyError:
            bound = instance.__dict__.setdefault("_tensegra_bound", _BoundFunctions())
            return bound.setdefault(self, self._bind(instance))  # type: ignore[no-any-return]
        except AttributeError:
            return self if instance is None else self._bind(instance)

    def _bind(self, instance: Any) -> Function:
        method = types.MethodType(self._python_function, instance)
        return type(self)(method, self._input_signature, self._options)

    def __copy__(self) -> Function:
        return type(self)(self._python_function, self._input_signature, self._options)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise UnimplementedError(
            f"[{self._name}] a tg.function has a graph and captures of this process and cannot be pickled. Received: a "
            "call of pickle. Save it with tg.saved_model.save, or pickle the Python function.",
            code="TG-0763",
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> Function:
        import copy

        python_function = self._python_function
        if isinstance(python_function, types.MethodType):
            owner = copy.deepcopy(python_function.__self__, memo)
            python_function = types.MethodType(python_function.__func__, owner)
        return type(self)(python_function, self._input_signature, self._options)

    def __repr__(self) -> str:
        return f"<tg.function {self._name}, traced {self._tracing_count} times>"


class _BoundFunctions(dict[Function, Function]):
    """The bound functions of one object. A copy of the object, or a pickled one, has none yet."""

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return _BoundFunctions, ()


def _same(concrete: ConcreteFunction, shapes: Sequence[Any], specs: Sequence[Any]) -> bool:
    """Whether a trace has exactly these shapes, and the names that the specs ask for."""
    return all(
        known.shape._dims == dims
        and (getattr(spec, "name", None) if isinstance(spec, TensorSpec) else None) in (None, name)
        for known, name, dims, spec in zip(concrete._specs, concrete._names, shapes, specs, strict=False)
    )
