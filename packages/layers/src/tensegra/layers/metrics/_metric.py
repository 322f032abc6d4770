"""The base class of metrics."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .. import _registry
from .._errors import unimplemented
from .._names import snake_case, unique_name


class Metric:
    """A figure gathered over many batches.

    `update_state` takes a batch in, `result` gives the figure, `reset_state` forgets all batches.

    Args:
        name: A name; made from the class if not given.
        dtype: The dtype of the state, float32 if not given.

    Example:
        >>> import tensegra as tg
        >>> class Largest(tg.layers.metrics.Metric):
        ...     def __init__(self, name="largest"):
        ...         super().__init__(name)
        ...         self.largest = self.add_variable((), "zeros", name="largest")
        ...     def update_state(self, y_true, y_pred, sample_weight=None):
        ...         self.largest.assign(tg.maximum(self.largest, tg.reduce_max(y_pred)))
        ...     def result(self):
        ...         return self.largest.read_value()
        >>> metric = Largest()
        >>> float(metric(None, tg.constant([1.0, 3.0])))
        3.0
    """

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        self.name = name or unique_name(snake_case(type(self).__name__))
        self._dtype = tg.as_dtype(dtype or "float32")
        self._variables: list[tg.Variable] = []

    @property
    def dtype(self) -> str:
        """The name of the dtype of the state."""
        return self._dtype.name

    @property
    def variables(self) -> list[tg.Variable]:
        """The state."""
        return list(self._variables)

    def add_variable(
        self, shape: Any, initializer: Any = "zeros", dtype: Any = None, name: str | None = None
    ) -> tg.Variable:
        """A new part of the state.

        Args:
            shape: Its shape.
            initializer: An initializer or its name.
            dtype: Its dtype, that of the metric if not given.
            name: A name.

        Returns:
            The variable.
        """
        with tg.init_scope():
            value = _registry.get("initializer", initializer)(tuple(shape), dtype=dtype or self._dtype)
            variable = tg.Variable(value, trainable=False, name=f"{self.name}/{name or 'variable'}")
        self._variables.append(variable)
        return variable

    add_weight = add_variable

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Takes one batch in."""
        raise unimplemented(
            type(self).__name__,
            "a metric gathers in update_state().",
            "a class without it",
            "Write update_state() and result() in the class.",
        )

    def result(self) -> Any:
        """The figure, a scalar tensor."""
        raise unimplemented(
            type(self).__name__,
            "a metric computes its figure in result().",
            "a class without it",
            "Write update_state() and result() in the class.",
        )

    def reset_state(self) -> None:
        """Forgets all batches."""
        for variable in self._variables:
            variable.assign(tg.zeros(list(variable.shape), dtype=variable.dtype))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Takes one batch in and returns the figure so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The metric that `get_config` described."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
