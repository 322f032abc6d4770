"""Models that somebody made to do harm: `ATTACKS`, each a change of a good one, and how it is refused."""

from __future__ import annotations

from .files import FILES
from .messages import MESSAGES

ATTACKS = {**MESSAGES, **FILES}
"""By name: a function from the directory of a model, which it changes."""
