"""Adam with weight decay."""

from __future__ import annotations

from typing import Any

from ._adam import Adam


class AdamW(Adam):
    """Adam with weight decay that does not pass through the averages.

    Before each step of Adam, `w -= learning_rate * weight_decay * w`.

    Args:
        learning_rate: A number or a schedule.
        weight_decay: The share.
        beta_1: See `Adam`.
        beta_2: See `Adam`.
        epsilon: See `Adam`.
        amsgrad: See `Adam`.
        **kwargs: Arguments of `Optimizer`.

    Raises:
        tg.errors.InvalidArgumentError: A negative `weight_decay` (TG-1002).

    Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.

    Example:
        >>> import tensegra as tg
        >>> x = tg.Variable(1.0)
        >>> tg.layers.optimizers.AdamW(0.1, weight_decay=0.5).apply_gradients([(tg.constant(5.0), x)])
        >>> round(float(x), 4)
        0.85
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float | None = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **kwargs)
