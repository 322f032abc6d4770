"""Drivers: `tg.agents.drivers.*`."""

from ._bandit_driver import run_bandit as run_bandit

__all__ = ["run_bandit"]
