import numpy as np
import pytest

import tensegra as tg


def test_embedding(check_layer):
    ids = np.array([[0, 2, 2], [1, 0, 3]], np.int32)
    check_layer(lambda: tg.layers.Embedding(4, 5), ids)
    layer = tg.layers.Embedding(4, 5)
    y = layer(ids).numpy()
    np.testing.assert_array_equal(y, layer.get_weights()[0][ids])


def test_only_rows_that_are_used_get_a_gradient():
    layer = tg.layers.Embedding(4, 2)
    with tg.GradientTape() as tape:
        total = tg.reduce_sum(layer(np.array([[1, 1, 3]])))
    gradient = tg.convert_to_tensor(tape.gradient(total, layer.weights)[0]).numpy()
    np.testing.assert_array_equal(gradient, [[0, 0], [2, 2], [0, 0], [1, 1]])


def test_wrong_arguments():
    with pytest.raises(tg.errors.UnimplementedError, match="TG-1013"):
        tg.layers.Embedding(4, 5, mask_zero=True)
    with pytest.raises(ValueError, match=r"output_dim.*TG-1002"):
        tg.layers.Embedding(4, -5)
