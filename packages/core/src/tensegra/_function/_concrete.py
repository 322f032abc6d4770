"""One trace of a function: `tg.ConcreteFunction`."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tensegra import _native
from tensegra._composite_tensor import CompositeTensor
from tensegra._errors import InvalidArgumentError
from tensegra._spec import TensorSpec
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._variable import Variable
from tensegra.nest import _sorted_keys, is_nested, rebuild

from ._parameters import Parameters
from ._structure import Leaf, match, pack, specs_of


class ConcreteFunction(_native.CachedCall):
    """A graph with its captures, made by `tg.function` for arguments of certain structure, dtypes and shapes.

    It is called as the Python function was, or with its tensors by name.

    >>> import tensegra as tg
    >>> @tg.function
    ... def double(x):
    ...     return 2.0 * x
    >>> concrete = double.get_concrete_function(tg.TensorSpec([None], tg.float32, name="x"))
    >>> concrete
    <ConcreteFunction double(x: float32 (None,)) -> float32 (None,)>
    >>> concrete(x=tg.constant([1.0, 2.0])).numpy().tolist()
    [2.0, 4.0]
    """

    def __init__(
        self,
        native: _native.Function,
        parameters: Parameters,
        inputs: tuple[Any, Any],
        outputs: Any,
        names: Sequence[str],
        specs: Sequence[TensorSpec],
        variables: Sequence[Variable],
    ) -> None:
        self._function = native
        self._parameters = parameters
        self._inputs = inputs
        self._outputs = outputs
        self._names = tuple(names)
        self._specs = tuple(specs)
        self._variables = tuple(variables)
        self._one_output = type(outputs) is Leaf

    @property
    def name(self) -> str:
        """The name of the Python function."""
        return self._function.name

    @property
    def structured_input_signature(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments it is made for, as (args, kwargs), with a `tg.TensorSpec` for each tensor."""
        args, kwargs = specs_of(self._inputs)
        return args, kwargs

    @property
    def structured_outputs(self) -> Any:
        """What it returns, with a `tg.TensorSpec` for each tensor."""
        return specs_of(self._outputs)

    @property
    def inputs(self) -> list[TensorSpec]:
        """The tensors it takes, in order, with their names; captures are not among them."""
        return [
            TensorSpec(spec.shape, spec.dtype, name)
            for spec, name in zip(self._specs, self._names, strict=False)
        ]

    @property
    def outputs(self) -> list[TensorSpec]:
        """The tensors it returns, in order."""
        leaves: dict[int, TensorSpec] = {}
        _collect(self._outputs, leaves)
        return [leaves[index] for index in sorted(leaves)]

    @property
    def captured_inputs(self) -> list[Tensor]:
        """The tensors and the handles of variables that the graph refers to."""
        return [self._function.capture(index) for index in range(self._function.num_captures)]

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables that the graph refers to."""
        return self._variables

    @property
    def trainable_variables(self) -> tuple[Variable, ...]:
        """Those of `variables` that are trainable."""
        return tuple(variable for variable in self._variables if variable.trainable)

    @property
    def graph(self) -> str:
        """The graph in its readable text form."""
        return self._function.text()

    @property
    def optimized_graph(self) -> str:
        """The graph that runs here, after all passes, as text. It may hold ops that no saved model holds."""
        return self._function.optimized_text()

    def statistics(self, *args: Any, **kwargs: Any) -> dict[str, dict[str, Any]]:
        """What a call with these arguments costs, as written and after the passes.

        Args:
            *args: Arguments as for a call.
            **kwargs: Likewise.

        Returns:
            `written` and `optimized`, each with the number of `nodes`, that of `instructions` that are left to run, the
            arithmetic `operations` as far as ops tell them, the `bytes` that ops read and write, `arena_bytes`, the
            memory planned for intermediate values, and `peak_bytes`, the most that is alive at once.

        Raises:
            tg.errors.InvalidArgumentError: The arguments are not those it is made for (TG-0303).

        >>> import tensegra as tg
        >>> f = tg.function(lambda x: tg.exp(x) * 2.0 + 1.0)
        >>> x = tg.ones([1000])
        >>> costs = f.get_concrete_function(x).statistics(x)
        >>> costs["written"]["instructions"], costs["optimized"]["instructions"]
        (3, 1)
        """
        tensors: list[Any] = [None] * len(self._names)
        bound, named = self._parameters.bind(args, kwargs, self.name)
        self._match(bound, named, tensors)
        return {
            "written": self._function.statistics(tensors, False),
            "optimized": self._function.statistics(tensors, True),
        }

    def pretty_printed_signature(self, verbose: bool = True) -> str:
        """The arguments and results as text.

        Args:
            verbose: Whether each has a line.
        """
        outputs = ", ".join(_spec_text(spec) for spec in self.outputs) or "None"
        if not verbose:
            return f"{self._label()}{self._signature_text()} -> {outputs}"
        lines = [f"{self._label()}"]
        lines += ["  Args:"] + [f"    {spec.name}: {_spec_text(spec)}" for spec in self.inputs]
        lines += ["  Returns:"] + [f"    {_spec_text(spec)}" for spec in self.outputs]
        return "\n".join(lines)

    def _label(self) -> str:
        return "<lambda>" if self.name == "lambda" else self.name

    def _call(self, *args: Any, **kwargs: Any) -> Any:
        """Calls it as the Python function, or with all its tensors by name.

        Raises:
            tg.errors.InvalidArgumentError: The arguments are not those it is made for (TG-0303).
        """
        tensors: list[Any] = [None] * len(self._names)
        if not args and set(kwargs) == set(self._names):
            for index, name in enumerate(self._names):
                match(Leaf(index, self._specs[index]), kwargs[name], tensors, self.name, name)
        else:
            bound, named = self._parameters.bind(args, kwargs, self.name)
            self._match(bound, named, tensors)
        results = self._run(tensors)
        remember(self, args, kwargs, self, tensors)
        return results

    def _match(self, args: tuple[Any, ...], kwargs: Mapping[str, Any], tensors: list[Any]) -> None:
        """Fills `tensors` from arguments in canonical form."""
        expected_args, expected_kwargs = self._inputs
        if len(args) != len(expected_args) or set(kwargs) != set(expected_kwargs):
            raise InvalidArgumentError(
                f"[{self.name}] the function must be called with the arguments that it was made for: "
                f"{self._signature_text()}. Received: {len(args)} positional arguments and keywords {sorted(kwargs)}. "
                "Call it with such arguments, or make it for these.",
                code="TG-0303",
            )
        for index, (expected, given) in enumerate(zip(expected_args, args, strict=False)):
            match(expected, given, tensors, self.name, self._parameters.path(index))
        for name, expected in expected_kwargs.items():
            match(expected, kwargs[name], tensors, self.name, name)

    @functools.cached_property
    def _pack(self) -> Callable[[list[Any]], Any] | None:
        """What makes the result from the list of outputs; None: the one output is it."""
        if self._one_output:
            return None
        outputs = self._outputs
        plain = type(outputs) in (tuple, list) and all(
            type(each) is Leaf and each.index == index for index, each in enumerate(outputs)
        )
        return type(outputs) if plain else functools.partial(pack, outputs)

    def _run(self, tensors: Sequence[Any]) -> Any:
        results = self._function.call(tensors)
        return results[0] if self._one_output else pack(self._outputs, results)

    def _signature_text(self) -> str:
        parts = [f"{name}: {_spec_text(spec)}" for name, spec in zip(self._names, self._specs, strict=False)]
        return f"({', '.join(parts)})"

    def __repr__(self) -> str:
        outputs = self.outputs
        text = ", ".join(_spec_text(spec) for spec in outputs)
        result = text if len(outputs) == 1 else f"({text})"
        return f"<ConcreteFunction {self.name}{self._signature_text()} -> {result}>"


def remember(
    called: _native.CachedCall,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    concrete: ConcreteFunction,
    tensors: Sequence[Any],
) -> None:
    """Lets the engine answer the next call of this kind, where the tensors are just those among the arguments."""
    given = [value for value in (*args, *kwargs.values()) if isinstance(value, _native.Tensor)]
    if len(given) == len(tensors) and all(map(operator.is_, given, tensors)):
        called._remember(args, kwargs, concrete._function, concrete._pack)


def _collect(structure: Any, leaves: dict[int, TensorSpec]) -> None:
    if type(structure) is Leaf:
        leaves[structure.index] = structure.spec
    elif is_nested(structure):
        for item in structure.values() if isinstance(structure, Mapping) else structure:
            _collect(item, leaves)


def to_outputs(result: Any, tensors: list[Tensor], where: str) -> Any:
    """The structure of what a traced function returned; its tensors are appended to `tensors`.

    Raises:
        tg.errors.InvalidArgumentError: Something in it cannot be a tensor (TG-0305).
    """
    if result is None:
        return None
    if isinstance(result, Mapping):
        changed = {key: to_outputs(result[key], tensors, where) for key in _sorted_keys(result)}
        return rebuild(result, [changed[key] for key in result])
    if isinstance(result, (tuple, list)):
        return rebuild(result, [to_outputs(item, tensors, where) for item in result])
    if isinstance(result, CompositeTensor):
        return result._rebuilt([to_outputs(part, tensors, where) for part in result._parts()])
    try:
        tensor = convert_to_tensor(result)
    except InvalidArgumentError as error:
        raise InvalidArgumentError(
            f"[{where}] a tg.function returns tensors, numbers, strings, None, and nests of these. "
            f"Received: {result!r} of type {type(result).__name__}. Convert it to a tensor, or keep it in an "
            "attribute instead of returning it.",
            code="TG-0305",
        ) from error
    leaf = Leaf(len(tensors), TensorSpec(tensor.shape, tensor.dtype))
    tensors.append(tensor)
    return leaf


def _spec_text(spec: TensorSpec) -> str:
    return f"{spec.dtype.name} {spec.shape}"
