"""Objects that hold variables: `tg.Module`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tensegra import _deferred, _native
from tensegra._errors import InvalidArgumentError
from tensegra._function import ConcreteFunction, Function, RestoredFunction
from tensegra._stateful import Stateful
from tensegra._variable import Variable


class Module:
    """A container for variables, other modules and functions, which are found through its attributes.

    Lists, tuples and dicts in attributes are looked into. What is found is saved by `tg.saved_model.save`.

    Args:
        name: A name for people; by default made from the name of the class.

    Raises:
        tg.errors.InvalidArgumentError: The name is no Python identifier.

    >>> import tensegra as tg
    >>> class Dense(tg.Module):
    ...     def __init__(self, inputs, outputs):
    ...         super().__init__()
    ...         self.w = tg.Variable(tg.ones([inputs, outputs]), name="w")
    ...         self.b = tg.Variable(tg.zeros([outputs]), name="b")
    ...     def __call__(self, x):
    ...         return x @ self.w + self.b
    >>> dense = Dense(3, 2)
    >>> dense.name, [v.name for v in dense.variables]
    ('dense', ['b:0', 'w:0'])
    """

    def __init__(self, name: str | None = None) -> None:
        if name is not None and not str(name).isidentifier():
            raise InvalidArgumentError(
                f"[Module] the name must be a Python identifier. Received: name={name!r}. "
                "Use letters, digits and underscores.",
                code="TG-0601",
            )
        self._name = name or snake_case(type(self).__name__)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        if _deferred.pending:
            _deferred.assigned(self)

    @property
    def name(self) -> str:
        """The name."""
        return getattr(self, "_name", None) or snake_case(type(self).__name__)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """All variables of this module and those in it, each once; attributes in alphabetical order."""
        return tuple(self._flatten(lambda value: isinstance(value, Variable)))

    @property
    def trainable_variables(self) -> tuple[Variable, ...]:
        """Those of `variables` that are trainable."""
        return tuple(variable for variable in self.variables if variable.trainable)

    @property
    def non_trainable_variables(self) -> tuple[Variable, ...]:
        """Those of `variables` that are not trainable."""
        return tuple(variable for variable in self.variables if not variable.trainable)

    @property
    def submodules(self) -> tuple[Module, ...]:
        """All modules in this one, each once, without itself.

        >>> import tensegra as tg
        >>> outer, inner = tg.Module(name="outer"), tg.Module(name="inner")
        >>> outer.parts = [inner]
        >>> outer.submodules == (inner,)
        True
        """
        return tuple(self._flatten(lambda value: isinstance(value, Module)))

    def _flatten(self, predicate: Callable[[Any], bool]) -> Iterator[Any]:
        seen: set[int] = {id(self)}
        queue: list[Module] = [self]
        for module in queue:
            attributes = vars(module)
            for name in sorted(attributes):
                if name == "_tensegra_bound":
                    continue
                for leaf in _leaves(attributes[name], seen):
                    if id(leaf) in seen:
                        continue
                    if isinstance(leaf, (Module, Variable)):
                        seen.add(id(leaf))
                        if predicate(leaf):
                            yield leaf
                    if isinstance(leaf, Module):
                        queue.append(leaf)

    def _tensegra_children(self) -> dict[str, Any]:
        """What is saved below this module, by name: attributes that hold state, and its `tg.function` methods.

        A subclass may give other names or leave things out.
        """
        children = {}
        for name, value in vars(self).items():
            if name != "_tensegra_bound" and is_tracked(value, set()):
                children[name] = value
        for cls in type(self).__mro__:
            for name, value in vars(cls).items():
                if isinstance(value, Function) and name not in children:
                    children[name] = getattr(self, name)
        return children

    def _tensegra_metadata(self) -> dict[str, str]:
        """Small facts that are saved with this module and come back as `_metadata`."""
        return {}


def _leaves(value: Any, seen: set[int]) -> Iterator[Any]:
    """The items of nested lists, tuples and dicts; containers that hold themselves are entered once."""
    if isinstance(value, (list, tuple, Mapping)):
        if id(value) in seen:
            return
        seen.add(id(value))
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _leaves(item, seen)
    else:
        yield value


def is_tracked(value: Any, seen: set[int]) -> bool:
    """Whether a value is, or holds, something that is saved with a model."""
    if isinstance(value, _native.Tensor):
        return not value._is_symbolic
    if isinstance(value, (list, tuple, Mapping)):
        if id(value) in seen:
            return False
        seen.add(id(value))
        items = list(value.values() if isinstance(value, Mapping) else value)
        return any(is_tracked(item, seen) for item in items)
    return isinstance(value, (Module, Variable, Function, ConcreteFunction, RestoredFunction, Stateful))


def snake_case(name: str) -> str:
    """MyClass as my_class."""
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
