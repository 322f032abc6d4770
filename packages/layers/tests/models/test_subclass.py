import numpy as np
import pytest

import tensegra as tg

K = tg.keras


@K.utils.register_keras_serializable("tests")
class Tower(K.Model):
    def __init__(self, units, depth=2, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.blocks = [K.layers.Dense(units, activation="relu") for _ in range(depth)]
        self.drop = K.layers.Dropout(0.5)
        self.head = K.layers.Dense(2)

    def call(self, x, training=False):
        for block in self.blocks:
            x = block(x)
        return self.head(self.drop(x, training=training))


def test_weights_and_training(rng):
    model = Tower(16)
    x = rng.normal(size=(64, 3)).astype(np.float32)
    y = (x[:, 0] > 0).astype(int)
    model.compile(
        K.optimizers.Adam(0.02),
        K.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    history = model.fit(x, y, epochs=15, verbose=0).history
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    assert [len(layer.weights) for layer in model.layers] == [2, 2, 0, 2]
    assert model.predict(x, verbose=0).shape == (64, 2)
    assert model.predict(x, verbose=0).dtype == np.float32


def test_build_by_shape():
    model = Tower(4)
    model.build((None, 3))
    assert model.count_params() == 16 + 20 + 10


def test_save_and_load(tmp_path, rng):
    model = Tower(4, depth=1)
    x = rng.normal(size=(5, 3)).astype(np.float32)
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-1005"):
        model.save(tmp_path / "m")
    y = model(x).numpy()
    model.save(tmp_path / "m")
    again = K.models.load_model(tmp_path / "m")
    assert isinstance(again, Tower)
    np.testing.assert_array_equal(again(x).numpy(), y)
    loaded = tg.saved_model.load(str(tmp_path / "m"))
    np.testing.assert_array_equal(
        loaded.signatures["serving_default"](inputs=tg.constant(x))["output_0"].numpy(), y
    )


def test_functional_in_the_constructor(rng):
    class Named(K.Model):
        def __init__(self, units):
            x = K.Input((3,))
            super().__init__(inputs=x, outputs=K.layers.Dense(units)(x))
            self.units = units

    model = Named(2)
    assert model(rng.normal(size=(4, 3)).astype(np.float32)).shape == (4, 2)
    assert model.get_config()["units"] == 2
    assert len(model.weights) == 2


def test_a_model_without_call():
    with pytest.raises(tg.errors.UnimplementedError, match="TG-1013"):
        K.Model()(np.ones((1, 2), np.float32))
