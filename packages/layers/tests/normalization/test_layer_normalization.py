import numpy as np
import pytest

import tensegra as tg


@pytest.mark.parametrize("axis", [-1, 1, [1, 2], [-2, -1]])
def test_layer_normalization(check_layer, rng, axis):
    x = rng.normal(size=(4, 3, 5)).astype(np.float32)
    check_layer(lambda: tg.layers.LayerNormalization(axis, gamma_initializer="random_normal"), x)
    axes = tuple(axis) if isinstance(axis, list) else axis
    wanted = (x - x.mean(axis=axes, keepdims=True)) / np.sqrt(x.var(axis=axes, keepdims=True) + 1e-3)
    np.testing.assert_allclose(tg.layers.LayerNormalization(axis)(x).numpy(), wanted, rtol=1e-4, atol=1e-5)


def test_wrong_axis():
    with pytest.raises(ValueError, match="TG-1001"):
        tg.layers.LayerNormalization(axis=3)(np.ones((1, 2), np.float32))
