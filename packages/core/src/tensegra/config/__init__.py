"""Settings of the engine: `tg.config.*`."""

from . import experimental as experimental
from . import threading as threading
from ._memory import memory_info as memory_info
from ._memory import reset_memory_stats as reset_memory_stats
from ._memory import set_memory_limit as set_memory_limit
from ._memory import trim_memory as trim_memory

__all__ = [
    "experimental",
    "memory_info",
    "reset_memory_stats",
    "set_memory_limit",
    "threading",
    "trim_memory",
]
