"""What a variable is told about copies of it on several devices."""

from __future__ import annotations

import enum

from tensegra._public import public


@public("VariableSynchronization")
class VariableSynchronization(enum.Enum):
    """When copies of a variable on several devices are brought together; one process has one copy.

    >>> import tensegra as tg
    >>> v = tg.Variable(0.0, synchronization=tg.VariableSynchronization.ON_READ)
    >>> v.synchronization
    <VariableSynchronization.ON_READ: 3>
    """

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


@public("VariableAggregation")
class VariableAggregation(enum.Enum):
    """How copies of a variable on several devices become one value; one process has one copy.

    >>> import tensegra as tg
    >>> tg.Variable(0.0, aggregation=tg.VariableAggregation.MEAN).aggregation
    <VariableAggregation.MEAN: 2>
    """

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3
