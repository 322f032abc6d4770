"""The parameters of a Python function, and how a call's arguments meet them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tensegra._errors import InvalidArgumentError

_EMPTY = inspect.Parameter.empty


class Parameters:
    """Parameters in a form that is saved with a model: names and defaults.

    Args:
        names: The parameters that may be given by position, in order.
        defaults: Defaults by name, those of keyword-only parameters too.
        keyword_only: The parameters that are given by name only.
        variadic: Whether more positional arguments are taken.
        keywords: Whether other keyword arguments are taken.
    """

    def __init__(
        self,
        names: Sequence[str],
        defaults: Mapping[str, Any],
        keyword_only: Sequence[str] = (),
        variadic: bool = False,
        keywords: bool = False,
    ) -> None:
        self.names = tuple(names)
        self.defaults = dict(defaults)
        self.keyword_only = tuple(keyword_only)
        self.variadic = variadic
        self.keywords = keywords
        # With exactly these many positional arguments and no others there is nothing to do.
        self.simple_count = len(self.names) if not self.keyword_only else -1

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Parameters:
        """The parameters of a Python callable; a builtin without a signature takes anything."""
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):
            return cls((), {}, variadic=True, keywords=True)
        parameters = signature.parameters.values()
        positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        return cls(
            [p.name for p in parameters if p.kind in positional],
            {p.name: p.default for p in parameters if p.default is not _EMPTY},
            [p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY],
            any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters),
            any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters),
        )

    def bind(
        self, args: tuple[Any, ...], kwargs: Mapping[str, Any], where: str
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The canonical form of a call: what can be positional is, and defaults are filled in.

        Raises:
            tg.errors.InvalidArgumentError: An argument is missing, unknown or given twice.
        """
        if len(args) > len(self.names) and not self.variadic:
            raise self._wrong(where, f"it takes {len(self.names)} positional arguments", f"{len(args)}")
        given = dict(kwargs)
        bound = list(args)
        for name in self.names[len(args) :]:
            if name in given:
                bound.append(given.pop(name))
            elif name in self.defaults:
                bound.append(self.defaults[name])
            else:
                raise self._wrong(where, f"argument {name} is missing", self._call_text(args, kwargs))
        named = {}
        for name in self.keyword_only:
            if name in given:
                named[name] = given.pop(name)
            elif name in self.defaults:
                named[name] = self.defaults[name]
            else:
                raise self._wrong(where, f"argument {name} is missing", self._call_text(args, kwargs))
        if given and not self.keywords:
            name = next(iter(given))
            problem = (
                f"argument {name} is given twice" if name in self.names else f"there is no argument {name}"
            )
            raise self._wrong(where, problem, self._call_text(args, kwargs))
        named.update(given)
        return tuple(bound), named

    def path(self, index: int) -> str:
        """The name of a positional argument, for messages and graph inputs."""
        return self.names[index] if index < len(self.names) else f"args_{index - len(self.names)}"

    def _call_text(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
        return f"{len(args)} positional arguments and keywords {sorted(kwargs)}"

    def _wrong(self, where: str, problem: str, received: str) -> InvalidArgumentError:
        parts = [name + ("=..." if name in self.defaults else "") for name in self.names]
        parts += ["*args"] * self.variadic + ([] if self.variadic or not self.keyword_only else ["*"])
        parts += [name + ("=..." if name in self.defaults else "") for name in self.keyword_only]
        parts += ["**kwargs"] * self.keywords
        return InvalidArgumentError(
            f"[{where}] the call must fit the parameters: {problem}. Received: {received}. "
            f"The signature is ({', '.join(parts)}).",
            code="TG-0303",
        )
