import numpy as np
import pytest

import tensegra as tg

U = tg.layers.utils


def test_set_random_seed_covers_all_sources():
    def draw():
        U.set_random_seed(11)
        layer = tg.layers.Dense(2)
        layer.build((None, 3))
        return [layer.get_weights()[0], np.random.rand(3), tg.random.normal([3]).numpy()]

    for first, second in zip(draw(), draw()):
        np.testing.assert_array_equal(first, second)
    with pytest.raises(ValueError, match=r"seed=-1.*TG-1002"):
        U.set_random_seed(-1)


def test_to_categorical():
    np.testing.assert_array_equal(U.to_categorical([[0], [2]]), [[1, 0, 0], [0, 0, 1]])
    assert U.to_categorical(np.zeros((2, 3), int), 4).shape == (2, 3, 4)
    with pytest.raises(ValueError, match=r"\[0, 2\).*TG-1060"):
        U.to_categorical([0, 2], num_classes=2)


def test_registered_classes_are_found_by_name():
    @U.register_keras_serializable("tests")
    class Double(tg.layers.Layer):
        def call(self, x):
            return x + x

    config = tg.layers._registry.serialize(Double(name="d"))
    assert config["registered_name"] == "tests>Double"
    assert isinstance(tg.layers._registry.deserialize("layer", config), Double)
    with pytest.raises(ValueError, match="TG-1003"):
        tg.layers._registry.deserialize("layer", {"class_name": "Nowhere", "config": {}})
