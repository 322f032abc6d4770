"""Upgrades TensorFlow 1.x programs to Tensegra."""

from .upgrade import Finding as Finding
from .upgrade import UpgradeResult as UpgradeResult
from .upgrade import upgrade_paths as upgrade_paths
from .upgrade import upgrade_source as upgrade_source

__all__ = ["Finding", "UpgradeResult", "upgrade_paths", "upgrade_source"]
