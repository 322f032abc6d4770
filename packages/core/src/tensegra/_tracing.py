"""What is known while Python is traced: the graphs of this thread, and whether there are any."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from typing import Any

from tensegra import _deferred, _forks, _native

functions_run_eagerly = False
"""Whether a `tg.function` runs as plain Python: see `tg.config.run_functions_eagerly`."""


def _forget_other_threads() -> None:
    from tensegra import _variable

    _variable.creation_hook.clear()


lock = _forks.lock(_forget_other_threads)
"""Held while a function is traced: Python code is traced by one thread at a time."""


class Trace:
    """One graph being traced.

    Attributes:
        name: The name of the function.
        seed: The global seed when it began, or None.
        draws: How many random ops without a seed of their own it has so far.
        autograph: Whether what is called is converted by AutoGraph.
        scope: The name scope that is entered.
    """

    def __init__(self, name: str, seed: int | None) -> None:
        self.name = name
        self.seed = seed
        self.draws = 0
        self.autograph = False
        self.scope = ""
        self._scopes: dict[str, int] = {}

    def unique(self, scope: str) -> str:
        """The name of a scope that is entered: with a number from the second time on."""
        count = self._scopes.get(scope, 0)
        self._scopes[scope] = count + 1
        return f"{scope}_{count}" if count else scope


_threads = threading.local()


def traces() -> list[Trace]:
    """The graphs that this thread traces, innermost last."""
    if not hasattr(_threads, "traces"):
        _threads.traces = []
    return _threads.traces  # type: ignore[no-any-return]


def current_trace() -> Trace | None:
    """The innermost graph being traced, or None where ops run at once."""
    if _native.executing_eagerly():
        return None
    stack = traces()
    return stack[-1] if stack else None


def as_traced(function: Any) -> Any:
    """A user's function as it is called now: converted by AutoGraph where the graph being traced wants that."""
    trace = current_trace()
    if trace is None or not trace.autograph:
        return function
    from tensegra._autograph import converted

    return converted(function)


@contextlib.contextmanager
def autograph_off() -> Iterator[None]:
    """What is called inside runs as it is."""
    trace = current_trace()
    before = trace is not None and trace.autograph
    if trace is not None:
        trace.autograph = False
    try:
        yield
    finally:
        if trace is not None:
            trace.autograph = before


def executing_eagerly() -> bool:
    """Whether ops run at once; False inside a `tg.function` that is being traced.

    >>> import tensegra as tg
    >>> tg.executing_eagerly(), tg.function(lambda: tg.constant(tg.executing_eagerly()))().numpy().item()
    (True, False)
    """
    return _native.executing_eagerly()


def inside_function() -> bool:
    """Whether the caller is being traced by `tg.function`.

    >>> import tensegra as tg
    >>> tg.inside_function()
    False
    """
    return not _native.executing_eagerly()


@contextlib.contextmanager
def init_scope() -> Iterator[None]:
    """Lifts code out of the function that is being traced: what is inside runs at once, and on no tape.

    >>> import tensegra as tg
    >>> @tg.function
    ... def made_once():
    ...     with tg.init_scope():
    ...         return tg.constant(tg.executing_eagerly())
    >>> made_once().numpy().item()
    True
    """
    _native.lift()
    _native.pause_tapes()
    try:
        yield
    finally:
        _native.resume_tapes()
        _native.leave()
        if _deferred.pending:
            _deferred.rescan()


def source_line() -> str | None:
    """ "file.py:12" of the nearest caller that is not part of Tensegra; the engine asks while tracing."""
    frame = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__") or ""
        if not (module.startswith("tensegra.") or module == "tensegra"):
            name = os.path.basename(frame.f_code.co_filename)
            if name != "contextlib.py":
                return f"{name}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return None


_native.set_source_hook(source_line)
