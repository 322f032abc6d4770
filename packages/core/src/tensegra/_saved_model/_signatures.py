"""Signatures: named functions from named tensors to named tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tensegra._errors import InvalidArgumentError, NotFoundError
from tensegra._function import ConcreteFunction, Function, RestoredFunction
from tensegra._function._structure import Leaf
from tensegra._module import Module

DEFAULT = "serving_default"


class SignatureMap(dict[str, ConcreteFunction]):
    """The signatures of a loaded model, by name."""

    def __missing__(self, name: str) -> ConcreteFunction:
        raise NotFoundError(
            f"[saved_model] a signature must exist in the model. Received: signature={name!r}. "
            f"There are: {', '.join(self) or 'none; saved_model.save makes them of its argument signatures'}.",
            code="TG-0406",
        )


def find_signatures(root: Any, signatures: Any) -> dict[str, ConcreteFunction]:
    """The signatures to save: those given, or the one that the object suggests.

    Raises:
        tg.errors.InvalidArgumentError: One is no function of named tensors (TG-0409).
    """
    if signatures is None:
        signatures = _suggested(root)
    elif isinstance(signatures, (Function, ConcreteFunction, RestoredFunction)):
        signatures = {DEFAULT: signatures}
    elif not isinstance(signatures, Mapping):
        raise _wrong(DEFAULT, "signatures must be a dict of functions", signatures)
    found = {}
    for name, function in signatures.items():
        if not isinstance(name, str) or not name:
            raise _wrong(str(name), "the name of a signature must be a string", name)
        found[name] = _concrete(name, function)
        output_names(name, found[name])
    return found


def output_names(name: str, concrete: ConcreteFunction) -> list[str]:
    """The names of a signature's results, in the order of the function's.

    Raises:
        tg.errors.InvalidArgumentError: It does not return tensors that can be named (TG-0409).
    """
    structure = concrete._outputs
    if type(structure) is Leaf:
        return ["output_0"]
    if (
        isinstance(structure, Mapping)
        and structure
        and all(type(item) is Leaf for item in structure.values())
    ):
        if all(isinstance(key, str) for key in structure):
            return sorted(structure)
    elif isinstance(structure, (tuple, list)) and structure and all(type(item) is Leaf for item in structure):
        return [f"output_{index}" for index in range(len(structure))]
    raise _wrong(name, "it must return a tensor, a sequence of tensors or a dict of named tensors", concrete)


def _suggested(root: Any) -> dict[str, Any]:
    known = getattr(root, "signatures", None)
    if isinstance(known, SignatureMap):
        return dict(known)
    if isinstance(root, ConcreteFunction):
        return {DEFAULT: root}
    if hasattr(root, "_suggested_signatures"):
        suggested: dict[str, Any] = root._suggested_signatures()
        return suggested
    call = root._tensegra_children().get("__call__") if isinstance(root, Module) else root
    if isinstance(call, Function) and call.input_signature is not None:
        return {DEFAULT: call}
    return {}


def _concrete(name: str, function: Any) -> ConcreteFunction:
    if isinstance(function, ConcreteFunction):
        return function
    if isinstance(function, (Function, RestoredFunction)):
        traces = function._concrete_functions()
        if len(traces) == 1:
            return traces[0]
        raise _wrong(
            name,
            f"a function without input_signature must have exactly one trace, this one has {len(traces)}",
            function,
            "Give function.get_concrete_function(tg.TensorSpec(...)).",
        )
    raise _wrong(name, "it must be a tg.function or one of its concrete functions", function)


def _wrong(name: str, rule: str, received: Any, cure: str = "") -> InvalidArgumentError:
    cure = cure or "Give a tg.function with input_signature that returns a dict of tensors."
    return InvalidArgumentError(
        f"[saved_model.save] signature {name!r}: {rule}. Received: {received!r} of type {type(received).__name__}. "
        f"{cure}",
        code="TG-0409",
    )
