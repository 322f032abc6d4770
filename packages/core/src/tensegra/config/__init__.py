"""Settings of the engine: `tg.config.*`."""

from .. import _native
from . import threading as threading

__all__ = ["memory_info", "threading"]


def memory_info() -> dict[str, int]:
    """Bytes that the engine holds: ``current`` in tensors, ``peak`` the most so far, ``cached`` for reuse.

    >>> import tensegra as tg
    >>> sorted(tg.config.memory_info())
    ['cached', 'current', 'peak']
    """
    current, peak, cached = _native.memory_info()
    return {"current": current, "peak": peak, "cached": cached}
