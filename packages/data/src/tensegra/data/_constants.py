"""Numbers with a meaning in ``tf.data``."""

from __future__ import annotations

from typing import Final

AUTOTUNE: Final[int] = -1
"""Let the pipeline choose a degree of parallelism or a buffer size."""

INFINITE_CARDINALITY: Final[int] = -1
"""What ``Dataset.cardinality()`` gives for a data set without an end."""

UNKNOWN_CARDINALITY: Final[int] = -2
"""What ``Dataset.cardinality()`` gives when only a full pass could count the elements."""
