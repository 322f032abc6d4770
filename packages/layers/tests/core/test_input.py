import pytest

import tensegra as tg


def test_shapes():
    assert tg.keras.Input((2, 3)).shape == (None, 2, 3)
    assert tg.keras.Input((2,), batch_size=5).shape == (5, 2)
    assert tg.keras.Input(batch_shape=(None, 7)).shape == (None, 7)
    layer = tg.layers.InputLayer((2,), name="x")
    assert tg.layers.InputLayer.from_config(layer.get_config()).get_config() == layer.get_config()


@pytest.mark.parametrize(
    "arguments", [{}, {"shape": (2,), "batch_shape": (1, 2)}, {"shape": (0,)}, {"shape": 3}]
)
def test_wrong_shapes(arguments):
    with pytest.raises(ValueError, match="TG-1002"):
        tg.keras.Input(**arguments)
