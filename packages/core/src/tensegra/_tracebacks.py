"""Tracebacks that show the user's own lines."""

from __future__ import annotations

import threading
import types

from ._public import public


class _Setting(threading.local):
    filtering = True


_setting = _Setting()


@public("debugging.enable_traceback_filtering")
def enable_traceback_filtering() -> None:
    """From now on the tracebacks of errors out of a `tg.function` leave out the frames of Tensegra's own files.

    That is so from the start. The setting is the calling thread's. It looks at errors of functions, while they are
    traced and when they run; the few frames of an eager op stay, since an eager call pays nothing for this.

    >>> import tensegra as tg
    >>> tg.debugging.enable_traceback_filtering()
    >>> tg.debugging.is_traceback_filtering_enabled()
    True
    """
    _setting.filtering = True


@public("debugging.disable_traceback_filtering")
def disable_traceback_filtering() -> None:
    """From now on tracebacks have all frames: for those who look for an error in Tensegra itself.

    >>> import tensegra as tg
    >>> tg.debugging.disable_traceback_filtering()
    >>> tg.debugging.is_traceback_filtering_enabled()
    False
    >>> tg.debugging.enable_traceback_filtering()
    """
    _setting.filtering = False


@public("debugging.is_traceback_filtering_enabled")
def is_traceback_filtering_enabled() -> bool:
    """Whether tracebacks leave out the frames of Tensegra's own files, in this thread.

    >>> import tensegra as tg
    >>> tg.debugging.is_traceback_filtering_enabled()
    True
    """
    return _setting.filtering


def of_the_user(trace: types.TracebackType | None) -> types.TracebackType | None:
    """A traceback without frames of Tensegra's own files, or as it is while that is switched off."""
    if not _setting.filtering:
        return trace
    frames = []
    while trace is not None:
        if not str(trace.tb_frame.f_globals.get("__name__", "")).startswith("tensegra."):
            frames.append(trace)
        trace = trace.tb_next
    kept: types.TracebackType | None = None
    for each in reversed(frames):
        kept = types.TracebackType(kept, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return kept
