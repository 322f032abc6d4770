"""The mean of what is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensegra as tg

from .. import _registry
from .._shapes import shape_of
from .._user_code import as_called
from ..losses._arithmetic import as_float, same_rank, weighted
from ._metric import Metric


class Mean(Metric):
    """The weighted mean of all values; 0 before the first.

    Args:
        name: A name.
        dtype: The dtype of the state, float32 if not given.

    Example:
        >>> import tensegra as tg
        >>> mean = tg.layers.metrics.Mean()
        >>> mean.update_state([1.0, 3.0])
        >>> mean.update_state(8.0, sample_weight=2.0)
        >>> float(mean.result())
        5.0
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.total = self.add_variable((), name="total")
        self.count = self.add_variable((), name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Takes values in.

        Args:
            values: A tensor of any shape.
            sample_weight: Weights, of the same rank or with fewer axes on the right.
        """
        values = tg.cast(tg.convert_to_tensor(values), self._dtype)
        if sample_weight is None:
            self.total.assign_add(tg.reduce_sum(values))
            self.count.assign_add(tg.cast(tg.size(values), self._dtype))
            return
        weights = as_float(sample_weight, values)
        if len(shape_of(weights)) > len(shape_of(values)):
            weights, values = same_rank(weights, values)
        # Keras reduces values with more axes than weights to one value per weight.
        extra = list(range(len(shape_of(weights)), len(shape_of(values))))
        if extra and len(shape_of(weights)):
            values = tg.reduce_mean(values, axis=extra)
        self.total.assign_add(tg.reduce_sum(weighted(values, weights)))
        self.count.assign_add(tg.reduce_sum(weighted(tg.ones_like(values), weights)))

    def result(self) -> tg.Tensor:
        """The mean."""
        return tg.math.divide_no_nan(self.total.read_value(), self.count.read_value())


class MeanMetricWrapper(Mean):
    """The mean of a function of `y_true` and `y_pred`.

    Args:
        fn: The function; it returns one value per example, or per position.
        name: A name, that of the function if not given.
        dtype: The dtype of the state, float32 if not given.
        **arguments: Further arguments of the function.

    Example:
        >>> import tensegra as tg
        >>> metric = tg.layers.metrics.MeanMetricWrapper(lambda y, p: tg.abs(y - p), name="distance")
        >>> float(metric(tg.constant([1.0, 2.0]), tg.constant([1.0, 4.0])))
        1.0
    """

    def __init__(
        self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **arguments: Any
    ) -> None:
        super().__init__(name or getattr(fn, "__name__", "metric"), dtype)
        self.fn = fn
        self.arguments = arguments

    def update_state(  # type: ignore[override]  # as in Keras: labels and predictions instead of values
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Takes one batch in.

        Args:
            y_true: The true values.
            y_pred: The predictions.
            sample_weight: One weight per example.
        """
        super().update_state(as_called(self.fn)(y_true, y_pred, **self.arguments), sample_weight)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        config = super().get_config() | self.arguments
        return (
            config
            if type(self) is not MeanMetricWrapper
            else config | {"fn": _registry.function_name(self.fn)}
        )

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """The metric that `get_config` described."""
        if "fn" in config:
            config = config | {"fn": _registry.lookup("loss", config["fn"], custom_objects)}
        return cls(**config)
