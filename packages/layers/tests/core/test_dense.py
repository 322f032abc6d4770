import numpy as np
import pytest

import tensegra as tg


@pytest.mark.parametrize("shape", [(5, 3), (2, 4, 3)])
def test_dense(check_layer, rng, shape):
    x = rng.normal(size=shape).astype(np.float32)
    check_layer(lambda: tg.layers.Dense(4, activation="tanh", bias_initializer="ones"), x)
    layer = tg.layers.Dense(4, activation="relu")
    y = layer(x).numpy()
    kernel, bias = layer.get_weights()
    np.testing.assert_allclose(y, np.maximum(x @ kernel + bias, 0), rtol=1e-5, atol=1e-6)


def test_without_bias(rng):
    layer = tg.layers.Dense(4, use_bias=False)
    x = rng.normal(size=(2, 3)).astype(np.float32)
    np.testing.assert_allclose(layer(x).numpy(), x @ layer.get_weights()[0], rtol=1e-5, atol=1e-6)
    assert len(layer.weights) == 1


def test_integers_are_cast():
    layer = tg.layers.Dense(1, kernel_initializer="ones")
    assert layer(np.array([[1, 2]])).numpy().tolist() == [[3.0]]


def test_wrong_input():
    with pytest.raises(ValueError, match=r"at least 2 dimensions.*TG-1001"):
        tg.layers.Dense(2)(np.ones(3, np.float32))
    with pytest.raises(ValueError, match=r"last axis.*TG-1001"):
        tg.layers.Dense(2)(tg.keras.Input((None,)))
    with pytest.raises(ValueError, match=r"units.*TG-1002"):
        tg.layers.Dense(0)
    with pytest.raises(ValueError, match=r"'rellu'.*'relu'.*TG-1003"):
        tg.layers.Dense(2, activation="rellu")
    with pytest.raises(ValueError, match="TG-1004"):
        tg.layers.Dense(2, activation=3)
