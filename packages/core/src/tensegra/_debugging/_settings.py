"""What is switched on for all that runs: checks of numbers, tracebacks, placements."""

from __future__ import annotations

from tensegra import _native
from tensegra._public import public


@public("debugging.enable_check_numerics")
def enable_check_numerics(stack_height_limit: int = 30, path_length_limit: int = 50) -> None:
    """From now on NaN or infinity in the result of any op is an error that names the op.

    In a `tg.function` the error names the source line too. Ops of all threads are looked at; each costs one more pass
    over its results.

    Args:
        stack_height_limit: Taken for the sake of programs that give it; without effect.
        path_length_limit: Likewise.

    >>> import tensegra as tg
    >>> tg.debugging.enable_check_numerics()
    >>> tg.math.log(0.0)
    Traceback (most recent call last):
    ...
    tensegra.errors.InvalidArgumentError: [log] while numbers are checked, no result may be NaN or infinite. Received: \
result 0 of float32(), element 0 (TG-0711)
    >>> tg.debugging.disable_check_numerics()
    """
    _native.set_check_numerics(True)


@public("debugging.disable_check_numerics")
def disable_check_numerics() -> None:
    """Ends what `enable_check_numerics` began.

    >>> import tensegra as tg
    >>> tg.debugging.disable_check_numerics()
    """
    _native.set_check_numerics(False)
