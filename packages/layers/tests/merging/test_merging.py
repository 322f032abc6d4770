import numpy as np
import pytest

import tensegra as tg


def test_add(check_layer, rng):
    a, b, c = (rng.normal(size=shape).astype(np.float32) for shape in ((2, 3, 4), (2, 3, 4), (2, 1, 4)))
    np.testing.assert_allclose(check_layer(tg.layers.Add, [a, b, c]), a + b + c, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("axis", [-1, 1])
def test_concatenate(check_layer, rng, axis):
    a, b = (rng.normal(size=(2, 3, 4)).astype(np.float32) for _ in range(2))
    y = check_layer(lambda: tg.layers.Concatenate(axis), [a, b, a])
    np.testing.assert_array_equal(y, np.concatenate([a, b, a], axis=axis))


@pytest.mark.parametrize("layer", [tg.layers.Add, tg.layers.Concatenate])
def test_wrong_inputs(layer):
    x = np.ones((2, 3), np.float32)
    with pytest.raises(ValueError, match="TG-1008"):
        layer()(x)
    with pytest.raises(ValueError, match="TG-1008"):
        layer()([x])
    with pytest.raises(ValueError, match=r"\(2, 3\), \(4, 5\).*TG-1008"):
        layer()([x, np.ones((4, 5), np.float32)])
