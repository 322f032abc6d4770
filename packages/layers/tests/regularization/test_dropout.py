import numpy as np
import pytest

import tensegra as tg


def test_nothing_happens_outside_of_training(check_layer, rng):
    x = rng.normal(size=(3, 4)).astype(np.float32)
    np.testing.assert_array_equal(check_layer(lambda: tg.layers.Dropout(0.5), x), x)


def test_share_and_scale():
    layer = tg.layers.Dropout(0.3, seed=1)
    y = layer(np.ones((100, 1000), np.float32), training=True).numpy()
    # The share of zeros has standard deviation sqrt(0.21 / 100000) = 0.0014.
    assert np.mean(y == 0) == pytest.approx(0.3, abs=0.008)
    np.testing.assert_allclose(y[y != 0], 1 / 0.7, rtol=1e-6)


def test_masks_differ_from_step_to_step_and_follow_the_seed():
    x = np.ones((1, 100), np.float32)
    first, second = tg.layers.Dropout(0.5, seed=1), tg.layers.Dropout(0.5, seed=1)
    masks = [first(x, training=True).numpy() for _ in range(2)]
    assert not np.array_equal(*masks)
    for mask in masks:
        np.testing.assert_array_equal(second(x, training=True).numpy(), mask)


def test_noise_shape_drops_whole_rows():
    y = tg.layers.Dropout(0.5, noise_shape=(None, 1), seed=1)(
        np.ones((50, 8), np.float32), training=True
    ).numpy()
    assert np.all(y == y[:, :1])
    assert 5 < np.count_nonzero(y[:, 0]) < 45


def test_unknown_batch_size_in_a_function():
    layer = tg.layers.Dropout(0.5, seed=1)
    run = tg.function(
        lambda x: layer(x, training=True), input_signature=[tg.TensorSpec((None, 1000), tg.float32)]
    )
    y = run(np.ones((3, 1000), np.float32)).numpy()
    assert np.mean(y == 0) == pytest.approx(0.5, abs=0.05)


def test_extreme_rates():
    x = np.ones((2, 3), np.float32)
    np.testing.assert_array_equal(tg.layers.Dropout(0.0)(x, training=True).numpy(), x)
    np.testing.assert_array_equal(tg.layers.Dropout(1.0)(x, training=True).numpy(), 0 * x)
    with pytest.raises(ValueError, match=r"rate.*TG-1002"):
        tg.layers.Dropout(1.5)
    with pytest.raises(ValueError, match=r"noise_shape.*TG-1001"):
        tg.layers.Dropout(0.5, noise_shape=(None,))(x, training=True)
