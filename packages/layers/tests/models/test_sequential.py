import numpy as np
import pytest

import tensegra as tg

K = tg.keras


def test_with_and_without_an_input(rng):
    x = rng.normal(size=(3, 4)).astype(np.float32)
    known = K.Sequential([K.Input((4,), name="x"), K.layers.Dense(3), K.layers.Dense(2)])
    late = K.Sequential([K.layers.Dense(3), K.layers.Dense(2)])
    assert known.built and not late.built
    late(x)
    assert late.built
    late.set_weights(known.get_weights())
    np.testing.assert_array_equal(late(x).numpy(), known(x).numpy())
    a, b, c, d = known.get_weights()
    np.testing.assert_allclose(known(x).numpy(), (x @ a + b) @ c + d, rtol=1e-5, atol=1e-6)
    assert (known.input_shape, known.output_shape) == ((None, 4), (None, 2))
    assert [layer.name for layer in known.layers] == [layer.name for layer in known._row[1:]]
    assert late.compute_output_shape((7, 4)) == (7, 2)


def test_built_by_shape_and_by_the_argument_of_the_first_layer():
    model = K.Sequential([K.layers.Dense(3)])
    model.build((None, 4))
    assert model.count_params() == 15
    model = K.Sequential([K.layers.Dense(3, input_shape=(4,))])
    assert model.count_params() == 15


def test_add_and_pop(rng):
    model = K.Sequential(name="row")
    model.add(K.Input((4,)))
    model.add(K.layers.Dense(3))
    model.add(K.layers.Dense(2))
    assert model.output_shape == (None, 2)
    model.pop()
    assert model.output_shape == (None, 3)
    assert model(rng.normal(size=(1, 4)).astype(np.float32)).shape == (1, 3)
    model.add(K.layers.Dense(5))
    assert model.output_shape == (None, 5)


def test_add_and_pop_after_training_are_seen_at_once():
    x, y = np.ones((4, 2), np.float32), np.ones((4, 1), np.float32)
    model = K.Sequential([K.Input((2,)), K.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, y, verbose=0)
    assert model.predict(x, verbose=0).shape == (4, 1)
    model.add(K.layers.Dense(3))
    assert model.predict(x, verbose=0).shape == (4, 3)
    with pytest.raises(ValueError, match="TG-1031"):
        model.fit(x, np.ones((4, 3)), verbose=0)
    model.compile("sgd", "mse")
    last = model.get_weights()[2]
    model.fit(x, np.ones((4, 3)), verbose=0)
    assert np.any(model.get_weights()[2] != last)
    model.pop()
    assert model.predict(x, verbose=0).shape == (4, 1)


def test_layers_of_a_row_feed_other_models(rng):
    model = K.Sequential([K.Input((4,)), K.layers.Dense(3, name="features"), K.layers.Dense(2)])
    features = K.Model(model.inputs, model.get_layer("features").output)
    x = rng.normal(size=(2, 4)).astype(np.float32)
    np.testing.assert_array_equal(features(x).numpy(), model.layers[0](x).numpy())


def test_round_trip(rng):
    model = K.Sequential(
        [
            K.Input((8, 8, 1)),
            K.layers.Conv2D(2, 3, activation="relu"),
            K.layers.MaxPooling2D(),
            K.layers.Flatten(),
            K.layers.Dropout(0.5, seed=3),
            K.layers.Dense(2),
        ]
    )
    again = K.Sequential.from_config(model.get_config())
    assert again.get_config() == model.get_config()
    again.set_weights(model.get_weights())
    x = rng.normal(size=(2, 8, 8, 1)).astype(np.float32)
    np.testing.assert_array_equal(again(x).numpy(), model(x).numpy())


def test_wrong_use():
    with pytest.raises(ValueError, match=r"made of layers.*type.*TG-1010"):
        K.Sequential([K.layers.Dense])
    with pytest.raises(ValueError, match=r"comes first.*TG-1010"):
        K.Sequential([K.layers.Dense(2), K.Input((2,))])
    with pytest.raises(ValueError, match=r"'a'.*TG-1012"):
        K.Sequential([K.layers.Dense(2, name="a"), K.layers.Dense(2, name="a")])
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-1010"):
        K.Sequential()(np.ones((1, 2), np.float32))
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-1010"):
        K.Sequential().pop()
    with pytest.raises(ValueError, match=r"one input.*TG-1028"):
        K.Sequential([K.layers.Add()])([np.ones((1, 2), np.float32)] * 2)
    model = K.Sequential([K.layers.Dense(2)])
    for use in (lambda: model.outputs, model.count_params, lambda: model.save("nowhere")):
        with pytest.raises(tg.errors.FailedPreconditionError, match="TG-1005"):
            use()
