"""A function that was loaded: its traces without the Python they came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tensegra import _native
from tensegra._errors import InvalidArgumentError

from ._concrete import ConcreteFunction, remember
from ._parameters import Parameters
from ._structure import Encoder

_MANY_SHAPES = 4096


class RestoredFunction(_native.CachedCall):
    """What a saved `tg.function` becomes: it takes the arguments that it was traced for before saving.

    Args:
        name: The name of the Python function.
        parameters: Its parameters.
        concrete_functions: Its traces.
        left_out: Why other traces could not be saved.
    """

    def __init__(
        self,
        name: str,
        parameters: Parameters,
        concrete_functions: Sequence[ConcreteFunction],
        left_out: Sequence[str] = (),
    ) -> None:
        self._name = name
        self._parameters = parameters
        # A trace with known sizes is preferred to one that takes any.
        self._concrete = sorted(concrete_functions, key=_unknown_sizes)
        self._left_out = tuple(left_out)
        self._encoder = Encoder()
        self._chosen: dict[Any, ConcreteFunction] = {}

    @property
    def name(self) -> str:
        """The name of the Python function."""
        return self._name

    @property
    def concrete_functions(self) -> tuple[ConcreteFunction, ...]:
        """The traces that it consists of."""
        return tuple(self._concrete)

    def _call(self, *given: Any, **named: Any) -> Any:
        args, kwargs = self._parameters.bind(given, named, self._name)
        key: list[Any] = []
        shapes: list[Any] = []
        self._encoder.encode((args, kwargs), key, shapes, [])
        whole_key = (tuple(key), tuple(shapes))
        known = self._chosen.get(whole_key)
        if known is not None:
            tensors: list[Any] = [None] * len(known._names)
            known._match(args, kwargs, tensors)
        else:
            known, tensors = self._find(args, kwargs)
            if len(self._chosen) >= _MANY_SHAPES:
                self._chosen.clear()
            self._chosen[whole_key] = known
        results = known._run(tensors)
        remember(self, given, named, known, tensors)
        return results

    def _find(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[ConcreteFunction, list[Any]]:
        problems = []
        for concrete in self._concrete:
            tensors: list[Any] = [None] * len(concrete._names)
            try:
                concrete._match(args, kwargs, tensors)
            except InvalidArgumentError as error:
                problems.append(error.message)
                continue
            return concrete, tensors
        if len(problems) == 1:
            raise InvalidArgumentError(problems[0], code="TG-0303")
        known = "; ".join(repr(concrete) for concrete in self._concrete) or "none"
        left_out = f" Left out when it was saved: {'; '.join(self._left_out)}." if self._left_out else ""
        raise InvalidArgumentError(
            f"[{self._name}] a loaded function takes the arguments that it was saved for. Received: args={args!r}, "
            f"kwargs={kwargs!r}. There are: {known}.{left_out} Call it with such arguments before saving it.",
            code="TG-0303",
        )

    def _concrete_functions(self) -> list[ConcreteFunction]:
        return list(self._concrete)

    def __repr__(self) -> str:
        return f"<loaded function {self._name}, {len(self._concrete)} traces>"


def _unknown_sizes(concrete: ConcreteFunction) -> int:
    unknown = 0
    for spec in concrete._specs:
        unknown += 1000 if spec.shape._dims is None else spec.shape._dims.count(None)
    return unknown
