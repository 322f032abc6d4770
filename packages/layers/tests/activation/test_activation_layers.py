import numpy as np
import pytest

import tensegra as tg

X = np.array([[-3.0, -0.5, 0.0, 0.5, 3.0, 8.0]], np.float32)


def test_activation(check_layer):
    np.testing.assert_allclose(check_layer(lambda: tg.layers.Activation("tanh"), X), np.tanh(X), rtol=1e-5)
    np.testing.assert_array_equal(tg.layers.Activation(None)(X).numpy(), X)


def test_relu(check_layer):
    y = check_layer(lambda: tg.layers.ReLU(max_value=6.0, negative_slope=0.1, threshold=0.2), X)
    wanted = np.where(X >= 6, 6, np.where(X >= 0.2, X, 0.1 * (X - 0.2)))
    np.testing.assert_allclose(y, wanted, rtol=1e-5)
    with pytest.raises(ValueError, match="TG-1002"):
        tg.layers.ReLU(max_value=-1.0)


@pytest.mark.parametrize("axis", [-1, 1])
def test_softmax(check_layer, axis):
    x = np.arange(12, dtype=np.float32).reshape(2, 3, 2)
    y = check_layer(lambda: tg.layers.Softmax(axis), x)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    np.testing.assert_allclose(y, e / e.sum(axis=axis, keepdims=True), rtol=1e-5)
