"""Rewrites TensorFlow 1.x sources."""

from ._result import Finding as Finding
from ._result import UpgradeResult as UpgradeResult
from ._upgrade_paths import upgrade_paths as upgrade_paths
from ._upgrade_source import upgrade_source as upgrade_source

__all__ = ["Finding", "UpgradeResult", "upgrade_paths", "upgrade_source"]
