"""Settings of the engine: `tg.config.*`."""

from . import experimental as experimental
from . import optimizer as optimizer
from . import threading as threading
from ._functions import functions_run_eagerly as experimental_functions_run_eagerly
from ._functions import functions_run_eagerly as functions_run_eagerly
from ._functions import run_functions_eagerly as experimental_run_functions_eagerly
from ._functions import run_functions_eagerly as run_functions_eagerly
from ._memory import memory_info as memory_info
from ._memory import reset_memory_stats as reset_memory_stats
from ._memory import set_memory_limit as set_memory_limit
from ._memory import trim_memory as trim_memory
from .devices import LogicalDevice as LogicalDevice
from .devices import PhysicalDevice as PhysicalDevice
from .devices import list_logical_devices as list_logical_devices
from .devices import list_physical_devices as list_physical_devices

__all__ = [
    "LogicalDevice",
    "PhysicalDevice",
    "experimental",
    "experimental_functions_run_eagerly",
    "experimental_run_functions_eagerly",
    "functions_run_eagerly",
    "list_logical_devices",
    "list_physical_devices",
    "memory_info",
    "optimizer",
    "reset_memory_stats",
    "run_functions_eagerly",
    "set_memory_limit",
    "threading",
    "trim_memory",
]
