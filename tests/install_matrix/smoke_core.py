"""Core alone: an operation, a gradient, a traced function, a saved model."""

import numpy as np

import tensegra as tg


class Line(tg.Module):
    """y = w x + 1."""

    def __init__(self) -> None:
        super().__init__()
        self.w = tg.Variable([2.0, 3.0])

    @tg.function(input_signature=[tg.TensorSpec([None, 2], tg.float32, name="x")])
    def __call__(self, x: tg.Tensor) -> tg.Tensor:
        return tg.reduce_sum(x * self.w, axis=1) + 1.0


line = Line()
x = tg.constant([[1.0, 1.0], [2.0, 0.0]])
with tg.GradientTape() as tape:
    loss = tg.reduce_sum(line(x))
np.testing.assert_array_equal(tape.gradient(loss, line.w).numpy(), [3.0, 1.0])
np.testing.assert_array_equal(line(x).numpy(), [6.0, 5.0])

tg.saved_model.save(line, "line")
np.testing.assert_array_equal(tg.saved_model.load("line")(x).numpy(), [6.0, 5.0])
print("ok")
