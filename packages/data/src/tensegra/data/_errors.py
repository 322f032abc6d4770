"""How this package words and surfaces errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tensegra import errors

from ._structure import Nest


def invalid(where: str, rule: str, received: str, cure: str, code: str) -> Exception:
    """An `InvalidArgumentError` in the project's wording."""
    return errors.InvalidArgumentError(f"[data.{where}] {rule} Received: {received}. {cure}", code=code)


_CLASSES: list[type[errors.Error]] = [getattr(errors, name) for name in errors.__all__ if name != "Error"]


def _class_for(error: BaseException) -> type[errors.Error]:
    """The canonical class that is caught where `error` would be: InvalidArgumentError for a ValueError, and so on."""
    if isinstance(error, errors.Error):
        return type(error)
    for builtin in type(error).__mro__:
        for cls in _CLASSES:
            if builtin in cls.__bases__:
                return cls
    return errors.UnknownError


def surfaced(where: str, what: str, error: Exception, received: str, cure: str, code: str) -> Exception:
    """What to raise, `from error`, when code that the user supplied failed in the stage `where`.

    It keeps the kind of `error`, so that ``except ValueError`` still catches a ValueError of the user's function.
    """
    text = f"[data.{where}] {what} raised {type(error).__name__}: {error}. Received: {received}. {cure}"
    return _class_for(error)(text, code=code)


def function_name(fn: Any) -> str:
    """A name for messages."""
    return getattr(fn, "__qualname__", None) or type(fn).__name__


def call(where: str, fn: Callable[..., Any], element: Nest, code: str) -> Any:
    """`fn` applied to an element, a tuple spread over its parameters; its failure names the stage."""
    try:
        return fn(*element) if type(element) is tuple else fn(element)
    except Exception as error:
        raise surfaced(
            where,
            f"the function given to {where}",
            error,
            f"fn={function_name(fn)}",
            "Mend the function, or filter out the elements that it cannot take.",
            code,
        ) from error
