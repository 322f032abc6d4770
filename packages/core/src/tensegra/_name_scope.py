"""Names in front of names: `tg.name_scope`."""

from __future__ import annotations

import threading
from types import TracebackType

from tensegra import _tracing
from tensegra._errors import InvalidArgumentError
from tensegra._public import public


class _Eager(threading.local):
    """Where this thread is outside of graphs."""

    scope = ""


_eager = _Eager()


def _place() -> _Eager | _tracing.Trace:
    trace = _tracing.current_trace()
    return _eager if trace is None else trace


def scoped(name: str) -> str:
    """A name as it is called in the scope of the caller."""
    scope = _place().scope
    return f"{scope}/{name}" if scope else name


@public("get_current_name_scope")
def get_current_name_scope() -> str:
    """The name scope of the caller, without a slash at its end; `""` outside of all.

    A function that is being traced begins outside of all.

    >>> import tensegra as tg
    >>> with tg.name_scope("model"), tg.name_scope("head"):
    ...     tg.get_current_name_scope()
    'model/head'
    """
    return _place().scope


@public("name_scope")
class name_scope:
    """Puts a name and a slash in front of the names of variables that are made inside.

    The same scope may be entered again and again. In a function that is being traced the second one of a name gets a
    number, as in TensorFlow: `a`, `a_1`. Nodes of graphs are named after their ops alone.

    Args:
        name: The name, which is added to that of the scope around it. One that ends with a slash, as entering gives
            it, is the whole name; `""` leads out of all scopes.

    Raises:
        tg.errors.InvalidArgumentError: The name is no string (TG-0106).

    >>> import tensegra as tg
    >>> with tg.name_scope("model") as scope:
    ...     v = tg.Variable(1.0, name="weight")
    >>> v.name, scope
    ('model/weight:0', 'model/')
    >>> with tg.name_scope("elsewhere"), tg.name_scope(scope):
    ...     tg.get_current_name_scope()
    'model'
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise InvalidArgumentError(
                f"[name_scope] a name must be a string. Received: name={name!r} of type {type(name).__name__}. "
                'Use "" to leave all scopes.',
                code="TG-0106",
            )
        self._name = name
        self._left: list[tuple[_Eager | _tracing.Trace, str]] = []

    @property
    def name(self) -> str:
        """The name as it was given."""
        return self._name

    def __enter__(self) -> str:
        """Enters it.

        Returns:
            The whole name, with a slash at its end; `""` where that is outside of all scopes.
        """
        place = _place()
        self._left.append((place, place.scope))
        if self._name.endswith("/") or not self._name:
            place.scope = self._name.rstrip("/")
        else:
            whole = f"{place.scope}/{self._name}" if place.scope else self._name
            place.scope = place.unique(whole) if isinstance(place, _tracing.Trace) else whole
        return f"{place.scope}/" if place.scope else ""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Goes back to where it was entered."""
        place, scope = self._left.pop()
        place.scope = scope
