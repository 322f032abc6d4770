"""Walks the objects that are saved and fills the messages that describe them."""

from __future__ import annotations

import contextlib
import json
import os
from collections import deque
from collections.abc import Mapping
from typing import Any

from tensegra import _native, _stateful, _variable_registry
from tensegra._dtypes import resource
from tensegra._errors import FailedPreconditionError, InvalidArgumentError
from tensegra._function import ConcreteFunction, Function, RestoredFunction
from tensegra._function._parameters import Parameters
from tensegra._module import Module, is_tracked
from tensegra._stateful import Stateful
from tensegra._tensor import Tensor
from tensegra._variable import Variable

from . import _classes
from ._asset import Asset
from ._messages import all_nodes, message_class
from ._nests import CannotBeSaved, write_nest, write_type
from ._signatures import output_names


class ObjectGraph:
    """Fills objects, functions and signatures of a SavedModel message, and lists the weights they need.

    Attributes:
        weights: The tensors to store, by name.
        assets: Files to copy, by name.
    """

    def __init__(self, message: Any) -> None:
        self._message = message
        self.weights: dict[str, Tensor] = {}
        self.assets: dict[str, str] = {}
        self._numbers: dict[tuple[str, int], int] = {}
        self._kept: list[Any] = []  # so that no identity is used twice
        self._queue: deque[tuple[int, Any, str]] = deque()
        self._function_names: dict[int, str] = {}
        self._used_names: set[str] = set()
        self._required_ops: dict[str, int] = {}

    def add(self, root: Any, signatures: Mapping[str, ConcreteFunction]) -> None:
        """Adds everything that is reachable from `root` and from the signatures.

        Raises:
            tg.errors.InvalidArgumentError: Something cannot be saved (TG-0407).
        """
        if not isinstance(root, Module) and not is_tracked(root, set()):
            raise _cannot(
                "what is saved must be a tg.Module, a function, a variable, or a nest of these",
                root,
                "Keep it in an attribute of a tg.Module.",
            )
        _trace_all(root)
        self._number(root, "")
        self._drain()
        for name, concrete in signatures.items():
            self._add_signature(name, concrete)
            self._drain()
        for op, version in sorted(self._required_ops.items()):
            package = "" if "::" in op else "tensegra-core"
            self._message.required_ops.add(name=op, version=version, package=package)

    def _drain(self) -> None:
        while self._queue:
            number, value, path = self._queue.popleft()
            self._fill(self._message.objects[number], value, path)

    def _number(self, value: Any, path: str) -> int:
        identity = _identity(value)
        number = self._numbers.get(identity)
        if number is None:
            number = len(self._message.objects)
            self._numbers[identity] = number
            self._kept.append(value)
            self._message.objects.add()
            self._queue.append((number, value, path))
        return number

    def _fill(self, message: Any, value: Any, path: str) -> None:
        message.type_name = type(value).__name__
        if isinstance(value, Module):
            message.kind = "module"
            message.type_name = getattr(value, "_type_name", message.type_name)
            self._fill_children(message, value._tensegra_children(), path)
            for key, text in value._tensegra_metadata().items():
                message.metadata[key] = text
        elif isinstance(value, Variable):
            message.kind = "variable"
            self._fill_variable(message.variable, value, path or value.name.removesuffix(":0"))
        elif isinstance(value, Stateful):
            self._fill_stateful(message, value, path)
        elif isinstance(value, _native.Tensor):
            message.kind = "constant"
            message.weight = self._weight(path, value)  # type: ignore[arg-type]
        elif isinstance(value, (Function, RestoredFunction, ConcreteFunction)):
            message.kind = "function"
            self._fill_function(message, value)
        elif isinstance(value, Mapping):
            message.kind = "dict"
            self._fill_children(message, value, path)
        else:
            message.kind = "list"
            self._fill_children(message, {str(index): item for index, item in enumerate(value)}, path)

    def _fill_children(self, message: Any, children: Mapping[Any, Any], path: str) -> None:
        for name, child in children.items():
            if not isinstance(child, Module) and not is_tracked(child, set()):
                continue
            if not isinstance(name, str):
                raise _cannot("the keys of a dict that holds state must be strings", name, "Use str(key).")
            number = self._number(child, f"{path}/{name}" if path else name)
            message.children.add(name=name, object=number)

    def _fill_variable(self, message: Any, variable: Variable, path: str) -> None:
        message.name = variable.name.removesuffix(":0")
        message.dtype = variable.dtype._number
        message.trainable = variable.trainable
        value = None
        with contextlib.suppress(FailedPreconditionError):  # without a value it is loaded without one
            value = _native.variable_read(variable.handle)
        dims = variable.shape._dims
        if dims is None:
            if value is None:
                raise _cannot(
                    "a variable of unknown rank must have a value", variable, "Assign to it before saving."
                )
            dims = (None,) * len(value._shape)
        message.dims.extend(-1 if size is None else size for size in dims)
        if value is not None:
            message.weight = self._weight(path, value)

    def _fill_stateful(self, message: Any, value: Stateful, path: str) -> None:
        if not isinstance(value, _RandomState):
            message.metadata[_classes.KEY] = _classes.name_of(value)
        for key, text in value._tensegra_metadata().items():
            message.metadata[key] = text
        resource = value._tensegra_resource()
        if isinstance(value, Asset):
            message.kind = "asset"
            message.asset = len(self.assets)
            source = value.__fspath__()
            base, count = os.path.basename(source), 0
            name = base
            while name in self.assets:
                count += 1
                name = f"{count}/{base}"
            self.assets[name] = source
        elif resource is not None:
            message.kind = "resource"
            message.resource.type = resource[0]
            for index, tensor in enumerate(value._tensegra_state()):
                message.resource.weights.append(self._weight(f"{path or resource[0]}/{index}", tensor))
        else:
            message.kind = "module"
        children = value._tensegra_children()
        if resource is None:
            state = {str(index): tensor for index, tensor in enumerate(value._tensegra_state())}
            if state:
                message.metadata[_classes.STATE] = str(len(state))
            children |= state
        self._fill_children(message, children, path)

    def _weight(self, path: str, tensor: Tensor) -> str:
        base = path or "value"
        name, count = base, 0
        while name in self.weights:
            count += 1
            name = f"{base}_{count}"
        self.weights[name] = tensor
        return name

    def _fill_function(self, message: Any, function: Function | RestoredFunction | ConcreteFunction) -> None:
        concrete_functions = (
            [function] if isinstance(function, ConcreteFunction) else function._concrete_functions()
        )
        left_out = list(function._left_out) if isinstance(function, RestoredFunction) else []
        for concrete in concrete_functions:
            entry = message_class("ConcreteFunction")()
            try:
                write_nest(concrete._inputs, concrete._names, entry.inputs)
                write_nest(concrete._outputs, (), entry.outputs)
                entry.function = self._function(concrete)
            except CannotBeSaved as reason:
                left_out.append(f"{concrete!r}: {reason}")
                continue
            message.concrete_functions.append(entry)
        message.metadata["name"] = function.name
        message.metadata["parameters"] = _parameters_text(function._parameters)
        if left_out:
            message.metadata["left_out"] = json.dumps(left_out)

    def _function(self, concrete: ConcreteFunction) -> str:
        """The name in the file of a concrete function, which is added where it is new."""
        native = concrete._function
        known = self._function_names.get(id(native))
        if known is not None:
            return known
        captures = [self._capture(concrete, native.capture(index)) for index in range(native.num_captures)]
        message = message_class("Function").FromString(native.serialize())
        name, count = native.name, 0
        while name in self._used_names:
            count += 1
            name = f"{native.name}_{count}"
        message.name = name
        message.captures.extend(captures)
        for node in all_nodes(message):
            self._required_ops[node.op] = max(node.version, self._required_ops.get(node.op, 0))
        self._used_names.add(name)
        self._function_names[id(native)] = name
        self._kept.append(native)
        self._message.functions.append(message)
        return name

    def _capture(self, concrete: ConcreteFunction, tensor: Tensor) -> int:
        if tensor._is_symbolic:
            raise CannotBeSaved("it uses a value of the function that it was made in")
        if tensor._dtype_number != resource._number:
            return self._number(tensor, "captured")
        holder = _stateful.find(tensor)
        if holder is not None:
            return self._number(holder, "")
        for variable in concrete._variables:
            if variable.handle._id == tensor._id:
                return self._number(variable, "")
        found = _variable_registry.find(tensor)
        if found is None:
            found = _random_state(tensor)
        return self._number(found, "")

    def _add_signature(self, name: str, concrete: ConcreteFunction) -> None:
        results = output_names(name, concrete)
        try:
            function = self._function(concrete)
        except CannotBeSaved as reason:
            raise _cannot(f"the function of signature {name!r} cannot be saved: {reason}", concrete) from None
        signature = self._message.signatures.add(name=name, function=function)
        native = concrete._function
        for index, input_name in enumerate(concrete._names):
            write_type(*native.value_type(index), input_name, signature.inputs.add())
        for index, output_name in enumerate(results):
            write_type(*native.value_type(native.output_value(index)), output_name, signature.outputs.add())


class _RandomState(Stateful):
    """The state of a random op in a function, which no object of the program stands for."""

    def __init__(self, handle: Tensor) -> None:
        self._handle = handle

    def _tensegra_resource(self) -> tuple[str, Any]:
        return "random_state", self._handle

    def _tensegra_state(self) -> list[Any]:
        return [_native.execute("read_random_state", (self._handle,))]


def _random_state(tensor: Tensor) -> Stateful:
    try:
        _native.execute("read_random_state", (tensor,))
    except InvalidArgumentError:
        raise CannotBeSaved("it uses state that is no variable, no table and no random state") from None
    return _RandomState(tensor)


def _identity(value: Any) -> tuple[str, int]:
    if isinstance(value, Variable):
        return "tensor", value.handle._id
    if isinstance(value, _native.Tensor):
        return "tensor", value._id
    if isinstance(value, Asset):
        return "tensor", value._path.handle._id
    if isinstance(value, Stateful):
        resource = value._tensegra_resource()
        if resource is not None:
            return "tensor", resource[1]._id
    return "object", id(value)


def _trace_all(root: Any) -> None:
    """Makes the traces of functions with an input_signature, which may make variables, before anything is listed."""
    seen: set[int] = set()
    kept: list[Any] = []
    pending = [root]
    while pending:
        value = pending.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        kept.append(value)
        if isinstance(value, (Module, Stateful)):
            children = value._tensegra_children()
            pending.extend(children.values())
        elif isinstance(value, Mapping):
            pending.extend(value.values())
        elif isinstance(value, (list, tuple)):
            pending.extend(value)
        elif isinstance(value, Function):
            value._concrete_functions()


def _parameters_text(parameters: Parameters) -> str:
    defaults = {
        name: value
        for name, value in parameters.defaults.items()
        if value is None or type(value) in (bool, int, float, str)
    }
    facts = {
        "names": list(parameters.names),
        "defaults": defaults,
        "keyword_only": list(parameters.keyword_only),
        "variadic": parameters.variadic,
        "keywords": parameters.keywords,
    }
    return json.dumps(facts)


def _cannot(rule: str, received: Any, cure: str = "Leave it out.") -> InvalidArgumentError:
    return InvalidArgumentError(
        f"[saved_model.save] {rule}. Received: {received!r} of type {type(received).__name__}. {cure}",
        code="TG-0407",
    )
