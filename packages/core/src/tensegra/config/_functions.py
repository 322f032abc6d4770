"""Whether functions are traced."""

from __future__ import annotations

from tensegra import _native, _tracing
from tensegra._errors import InvalidArgumentError


def run_functions_eagerly(run_eagerly: bool) -> None:
    """From now on a `tg.function` runs as plain Python, op by op, where the argument is true: for debugging.

    Functions that are traced already keep their graphs and use them again afterwards. Loaded functions have no Python
    and run as graphs all the same.

    Args:
        run_eagerly: Whether functions run as plain Python.

    Raises:
        tg.errors.InvalidArgumentError: It is no bool.

    >>> import tensegra as tg
    >>> tg.config.run_functions_eagerly(True)
    >>> tg.function(lambda: tg.executing_eagerly())()
    True
    >>> tg.config.run_functions_eagerly(False)
    """
    if not isinstance(run_eagerly, bool):
        raise InvalidArgumentError(
            f"[config.run_functions_eagerly] the argument must be a bool. Received: run_eagerly={run_eagerly!r}. "
            "Use True or False.",
            code="TG-0601",
        )
    _tracing.functions_run_eagerly = run_eagerly
    _native.set_cached_calls(not run_eagerly)


def functions_run_eagerly() -> bool:
    """Whether a `tg.function` runs as plain Python.

    >>> import tensegra as tg
    >>> tg.config.functions_run_eagerly()
    False
    """
    return _tracing.functions_run_eagerly
