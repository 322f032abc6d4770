import numpy as np
import pytest

import tensegra as tg


@pytest.mark.parametrize("shape", [(2, 3, 4), (2,), (2, 5)])
def test_flatten(check_layer, rng, shape):
    x = rng.normal(size=shape).astype(np.float32)
    if len(shape) > 1:
        y = check_layer(tg.layers.Flatten, x)
        np.testing.assert_array_equal(y, x.reshape(2, -1))
    else:
        np.testing.assert_array_equal(tg.layers.Flatten()(x).numpy(), x[:, None])


def test_flatten_of_unknown_sizes():
    layer = tg.layers.Flatten()
    run = tg.function(lambda x: layer(x), input_signature=[tg.TensorSpec((None, None, 2), tg.float32)])
    assert run(np.ones((3, 4, 2), np.float32)).shape.as_list() == [3, 8]
    assert layer.compute_output_shape((None, None, 2)) == (None, None)


def test_integers_stay_integers():
    assert tg.layers.Flatten()(np.ones((2, 3), np.int32)).dtype == tg.int32


@pytest.mark.parametrize("target", [(4, 3), (-1,), (2, -1, 3)])
def test_reshape(check_layer, rng, target):
    x = rng.normal(size=(5, 12)).astype(np.float32)
    y = check_layer(lambda: tg.layers.Reshape(target), x)
    np.testing.assert_array_equal(y, x.reshape(5, *target))


def test_wrong_reshape():
    with pytest.raises(ValueError, match=r"target_shape=\(5,\).*TG-1001"):
        tg.layers.Reshape((5,))(np.ones((2, 6), np.float32))
    with pytest.raises(ValueError, match="TG-1002"):
        tg.layers.Reshape((-1, -1))
