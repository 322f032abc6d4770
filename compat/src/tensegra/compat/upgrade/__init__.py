"""Rewrites TensorFlow 1.x sources."""

from ._result import Finding as Finding
from ._result import UpgradeResult as UpgradeResult
from ._upgrade_paths import upgrade_paths as upgrade_paths
from ._upgrade_source import upgrade_source as upgrade_source
from ._verification import Verification as Verification
from ._verify import verify_program as verify_program

__all__ = [
    "Finding",
    "UpgradeResult",
    "Verification",
    "upgrade_paths",
    "upgrade_source",
    "verify_program",
]
