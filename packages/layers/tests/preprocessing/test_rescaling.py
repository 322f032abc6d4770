import numpy as np

import tensegra as tg


def test_bytes_become_floats(check_layer, rng):
    x = rng.integers(0, 256, size=(2, 3, 3, 2)).astype(np.uint8)
    y = check_layer(lambda: tg.layers.Rescaling(1 / 127.5, offset=-1.0), x)
    np.testing.assert_allclose(y, x / 127.5 - 1, rtol=1e-5, atol=1e-6)
    assert y.dtype == np.float32


def test_per_channel():
    x = np.ones((1, 2), np.float32)
    assert tg.layers.Rescaling([2.0, 3.0], [0.5, 0.0])(x).numpy().tolist() == [[2.5, 3.0]]
