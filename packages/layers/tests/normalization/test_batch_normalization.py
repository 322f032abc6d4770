import numpy as np
import pytest

import tensegra as tg


@pytest.mark.parametrize(("shape", "axis"), [((6, 3), -1), ((4, 5, 2, 3), -1), ((4, 3, 5), 1)])
def test_batch_normalization(check_layer, rng, shape, axis):
    x = (rng.normal(size=shape) * 3 + 1).astype(np.float32)
    check_layer(lambda: tg.layers.BatchNormalization(axis=axis, gamma_initializer="glorot_uniform"), x)
    layer = tg.layers.BatchNormalization(axis=axis, momentum=0.9)
    others = tuple(other for other in range(len(shape)) if other != axis % len(shape))
    mean, variance = x.mean(axis=others), x.var(axis=others)
    along = [1] * len(shape)
    along[axis] = -1
    y = layer(x, training=True).numpy()
    wanted = (x - mean.reshape(along)) / np.sqrt(variance.reshape(along) + 1e-3)
    np.testing.assert_allclose(y, wanted, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(layer.moving_mean.numpy(), 0.1 * mean, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(layer.moving_variance.numpy(), 0.9 + 0.1 * variance, rtol=1e-4)
    before = layer.get_weights()
    inference = layer(x).numpy()
    wanted = (x - (0.1 * mean).reshape(along)) / np.sqrt((0.9 + 0.1 * variance).reshape(along) + 1e-3)
    np.testing.assert_allclose(inference, wanted, rtol=1e-4, atol=1e-4)
    for kept, now in zip(before, layer.get_weights()):
        np.testing.assert_array_equal(kept, now)


def test_a_frozen_layer_uses_its_averages_in_training(rng):
    x = rng.normal(size=(8, 2)).astype(np.float32)
    layer = tg.layers.BatchNormalization()
    layer.build((None, 2))
    layer.trainable = False
    np.testing.assert_array_equal(layer(x, training=True).numpy(), layer(x, training=False).numpy())
    np.testing.assert_array_equal(layer.moving_mean.numpy(), [0, 0])


def test_gradient_through_the_batch(rng):
    x = tg.Variable(rng.normal(size=(5, 2)))
    factor = rng.normal(size=(5, 2))
    layer = tg.layers.BatchNormalization(dtype="float64")

    def total():
        return tg.reduce_sum(layer(x, training=True) * factor)

    with tg.GradientTape() as tape:
        loss = total()
    gradient = tape.gradient(loss, x).numpy()
    value = x.numpy()
    for place in ((0, 0), (3, 1)):
        ends = []
        for sign in (1, -1):
            moved = value.copy()
            moved[place] += sign * 1e-6
            x.assign(moved)
            ends.append(float(total()))
        assert gradient[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-5, abs=1e-7)


def test_without_scale_and_center():
    layer = tg.layers.BatchNormalization(center=False, scale=False)
    layer.build((None, 2))
    assert len(layer.weights) == 2
    with pytest.raises(ValueError, match="TG-1001"):
        tg.layers.BatchNormalization(axis=3)(np.ones((1, 2), np.float32))
