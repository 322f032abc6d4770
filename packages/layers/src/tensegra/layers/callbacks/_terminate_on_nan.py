"""The end of training when the loss is not a number."""

from __future__ import annotations

import math
from typing import Any

from ._callback import Callback


class TerminateOnNaN(Callback):
    """Ends training when the loss is infinite or not a number.

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> model = tg.keras.Sequential([tg.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x = np.full((8, 1), np.nan)
        >>> stop = tg.keras.callbacks.TerminateOnNaN()
        >>> len(model.fit(x, x, epochs=5, verbose=0, callbacks=[stop]).epoch)
        Step 0: the loss is nan; training ends.
        1
    """

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Looks at the loss."""
        loss = (logs or {}).get("loss")
        if loss is not None and not math.isfinite(loss):
            print(f"Step {batch}: the loss is {loss}; training ends.")
            self.model.stop_training = True
