"""TensorFlow 1.x programs on Tensegra: rewritten (`upgrade_source`, `upgrade_paths`), or run as they are (`v1`)."""

import importlib as _importlib
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

if _TYPE_CHECKING:
    from . import rnn as rnn
    from . import summaries as summaries
    from . import v1 as v1
    from .upgrade import Finding as Finding
    from .upgrade import UpgradeResult as UpgradeResult
    from .upgrade import Verification as Verification
    from .upgrade import upgrade_paths as upgrade_paths
    from .upgrade import upgrade_source as upgrade_source
    from .upgrade import verify_program as verify_program

__all__ = [
    "Finding",
    "UpgradeResult",
    "Verification",
    "rnn",
    "summaries",
    "upgrade_paths",
    "upgrade_source",
    "v1",
    "verify_program",
]


def __getattr__(name: str) -> _Any:
    """Imports the half that is asked for: programs that run on `v1` need none of the upgrader's parser."""
    if name in ("rnn", "summaries", "v1"):
        return _importlib.import_module(f"{__name__}.{name}")
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(_importlib.import_module(f"{__name__}.upgrade"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
