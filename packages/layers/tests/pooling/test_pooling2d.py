import numpy as np
import pytest

import tensegra as tg


def windows(x, size, strides, padding):
    """The parts of the images under each window, as (row, column, part)."""
    _, h, w, _ = x.shape
    if padding == "same":
        rows, columns = -(-h // strides[0]), -(-w // strides[1])
        top = max((rows - 1) * strides[0] + size[0] - h, 0) // 2
        left = max((columns - 1) * strides[1] + size[1] - w, 0) // 2
    else:
        rows, columns = (h - size[0]) // strides[0] + 1, (w - size[1]) // strides[1] + 1
        top = left = 0
    for i in range(rows):
        for j in range(columns):
            a, b = i * strides[0] - top, j * strides[1] - left
            yield i, j, x[:, max(a, 0) : a + size[0], max(b, 0) : b + size[1]]


@pytest.mark.parametrize(
    ("size", "strides", "padding"),
    [((2, 2), None, "valid"), ((3, 2), (2, 1), "same"), ((2, 3), (1, 2), "valid")],
)
@pytest.mark.parametrize("kind", ["MaxPooling2D", "AveragePooling2D"])
def test_pooling(check_layer, rng, kind, size, strides, padding):
    x = rng.normal(size=(2, 5, 7, 3)).astype(np.float32)
    y = check_layer(lambda: getattr(tg.layers, kind)(size, strides, padding), x)
    for i, j, part in windows(x, size, strides or size, padding):
        wanted = part.max(axis=(1, 2)) if kind == "MaxPooling2D" else part.mean(axis=(1, 2))
        np.testing.assert_allclose(y[:, i, j], wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("keepdims", [False, True])
def test_global_average_pooling(check_layer, rng, keepdims):
    x = rng.normal(size=(2, 5, 7, 3)).astype(np.float32)
    y = check_layer(lambda: tg.layers.GlobalAveragePooling2D(keepdims=keepdims), x)
    np.testing.assert_allclose(y, x.mean(axis=(1, 2), keepdims=keepdims), rtol=1e-5, atol=1e-6)


def test_wrong_input():
    with pytest.raises(ValueError, match=r"4 dimensions.*TG-1001"):
        tg.layers.MaxPooling2D()(np.ones((2, 2), np.float32))
    with pytest.raises(ValueError, match=r"window.*TG-1001"):
        tg.layers.MaxPooling2D(3)(tg.keras.Input((2, 2, 1)))
    with pytest.raises(ValueError, match=r"pool_size.*TG-1002"):
        tg.layers.AveragePooling2D(-1)
