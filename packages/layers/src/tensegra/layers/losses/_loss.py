"""The base class of losses, and losses made from functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensegra as tg

from .. import _registry
from .._errors import check_choice, unimplemented
from .._names import snake_case
from .._user_code import as_called
from ._arithmetic import reduced


class Loss:
    """A number to make small, from true and predicted values.

    A subclass computes in `call` one loss per example, or per position of an example; this class weights and
    reduces them.

    Args:
        name: A name.
        reduction: "sum_over_batch_size" (the mean), "sum", "mean", "mean_with_sample_weight" (the mean over
            the weights), or "none" for all losses.
        dtype: Accepted as Keras does; losses compute in the dtype of the predictions.

    Raises:
        tg.errors.InvalidArgumentError: An unknown reduction (TG-1002).

    Example:
        >>> import tensegra as tg
        >>> class Cubic(tg.layers.losses.Loss):
        ...     def call(self, y_true, y_pred):
        ...         return tg.reduce_mean(tg.abs(y_true - y_pred) ** 3.0, axis=-1)
        >>> float(Cubic()(tg.constant([[0.0]]), tg.constant([[2.0]])))
        8.0
    """

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        check_choice(
            type(self).__name__,
            "reduction",
            reduction,
            ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None),
        )
        self.name = name or snake_case(type(self).__name__)
        self.reduction = reduction
        self.dtype = dtype

    def call(self, y_true: Any, y_pred: Any) -> tg.Tensor:
        """The losses, one per example or position."""
        raise unimplemented(
            type(self).__name__,
            "a loss computes in call(y_true, y_pred).",
            "a class without it",
            "Write call() in the class.",
        )

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> tg.Tensor:
        """The reduced loss.

        Args:
            y_true: The true values.
            y_pred: The predictions.
            sample_weight: One weight per example, or per position.
        """
        return reduced(as_called(self.call)(y_true, y_pred), sample_weight, self.reduction)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The loss that `get_config` described."""
        return cls(**config)


class LossFunctionWrapper(Loss):
    """A loss made from a function of `y_true` and `y_pred`; the built-in losses derive from it."""

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **arguments: Any,
    ) -> None:
        super().__init__(name or getattr(fn, "__name__", None), reduction, dtype)
        self.fn = fn
        self.arguments = arguments

    def call(self, y_true: Any, y_pred: Any) -> tg.Tensor:
        """The losses of the function."""
        return tg.convert_to_tensor(as_called(self.fn)(y_true, y_pred, **self.arguments))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        config = super().get_config() | self.arguments
        return (
            config
            if type(self) is not LossFunctionWrapper
            else config | {"fn": _registry.function_name(self.fn)}
        )

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """The loss that `get_config` described."""
        if "fn" in config:
            config = config | {"fn": _registry.lookup("loss", config["fn"], custom_objects)}
        return cls(**config)


def as_loss(identifier: Any) -> Loss | None:
    """A loss object for whatever `compile` takes as one."""
    loss = _registry.get("loss", identifier)
    return loss if loss is None or isinstance(loss, Loss) else LossFunctionWrapper(loss)
