"""Input functions from arrays and tables."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._data.dataset import Dataset
from .._errors import invalid
from .._symbols import export


@export("estimator.inputs.numpy_input_fn")
def numpy_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: Any = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
) -> Any:
    """A function that gives batches of arrays."""
    if not isinstance(shuffle, bool):
        raise invalid(
            "estimator.inputs.numpy_input_fn",
            "shuffle must be given",
            repr(shuffle),
            "Give True or False.",
            "TG-7305",
        )

    def input_fn() -> Any:
        data = x if y is None else (x, y)
        dataset = Dataset.from_tensor_slices(data)
        if shuffle:
            dataset = dataset.shuffle(queue_capacity)
        return dataset.repeat(num_epochs).batch(batch_size).make_one_shot_iterator().get_next()

    return input_fn


@export("estimator.inputs.pandas_input_fn")
def pandas_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: Any = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
    target_column: str = "target",
) -> Any:
    """A function that gives batches of the columns of a table."""
    columns: dict[str, Any] = {str(name): np.asarray(x[name]) for name in x.columns}
    labels = None if y is None else np.asarray(y)
    return numpy_input_fn(columns, labels, batch_size, num_epochs, shuffle, queue_capacity)
