import numpy as np
import pytest

import tensegra as tg


def reference(x, kernel, bias, strides, padding, dilation, groups):
    """Convolution by loops over the window, in float64."""
    n, h, w, c = x.shape
    kh, kw, _, f = kernel.shape
    reach_h, reach_w = (kh - 1) * dilation[0] + 1, (kw - 1) * dilation[1] + 1
    if padding == "same":
        rows, columns = -(-h // strides[0]), -(-w // strides[1])
        pad_h = max((rows - 1) * strides[0] + reach_h - h, 0)
        pad_w = max((columns - 1) * strides[1] + reach_w - w, 0)
        x = np.pad(x, [(0, 0), (pad_h // 2, pad_h - pad_h // 2), (pad_w // 2, pad_w - pad_w // 2), (0, 0)])
    else:
        rows, columns = (h - reach_h) // strides[0] + 1, (w - reach_w) // strides[1] + 1
    y = np.zeros((n, rows, columns, f))
    per, outs = c // groups, f // groups
    for g in range(groups):
        for i in range(kh):
            for j in range(kw):
                top, left = i * dilation[0], j * dilation[1]
                part = x[
                    :,
                    top : top + (rows - 1) * strides[0] + 1 : strides[0],
                    left : left + (columns - 1) * strides[1] + 1 : strides[1],
                    g * per : (g + 1) * per,
                ].astype(np.float64)
                y[..., g * outs : (g + 1) * outs] += part @ kernel[i, j, :, g * outs : (g + 1) * outs]
    return y + bias


@pytest.mark.parametrize(
    ("kernel_size", "strides", "padding", "dilation", "groups"),
    [
        (3, 1, "valid", 1, 1),
        ((3, 2), (2, 1), "same", 1, 1),
        (2, 1, "same", 2, 1),
        (3, 2, "valid", 1, 2),
        (1, 1, "valid", 1, 1),
    ],
)
def test_conv2d(check_layer, rng, kernel_size, strides, padding, dilation, groups):
    x = rng.normal(size=(2, 7, 8, 4)).astype(np.float32)

    def make():
        return tg.layers.Conv2D(
            6, kernel_size, strides, padding, dilation_rate=dilation, groups=groups, bias_initializer="ones"
        )

    check_layer(make, x)
    layer = make()
    y = layer(x).numpy()
    wanted = reference(x, *layer.get_weights(), layer.strides, padding, layer.dilation_rate, groups)
    np.testing.assert_allclose(y, wanted, rtol=1e-4, atol=1e-4)


def test_wrong_input():
    with pytest.raises(ValueError, match=r"4 dimensions.*TG-1001"):
        tg.layers.Conv2D(2, 3)(np.ones((1, 5, 5), np.float32))
    layer = tg.layers.Conv2D(2, 3)
    layer.build((None, 5, 5, 3))
    with pytest.raises(ValueError, match=r"size 3.*TG-1001"):
        layer(np.ones((1, 5, 5, 4), np.float32))
    with pytest.raises(ValueError, match=r"larger than the image.*TG-1001"):
        tg.layers.Conv2D(2, 3)(tg.keras.Input((2, 2, 1)))
    with pytest.raises(ValueError, match=r"groups.*TG-1001"):
        tg.layers.Conv2D(2, 3, groups=2)(np.ones((1, 5, 5, 3), np.float32))


@pytest.mark.parametrize(
    "arguments",
    [
        {"filters": 0, "kernel_size": 3},
        {"filters": 2, "kernel_size": (3, 3, 3)},
        {"filters": 2, "kernel_size": 3, "padding": "full"},
        {"filters": 3, "kernel_size": 3, "groups": 2},
    ],
)
def test_wrong_arguments(arguments):
    with pytest.raises(ValueError, match="TG-1002"):
        tg.layers.Conv2D(**arguments)


def test_channels_first_is_refused():
    with pytest.raises(tg.errors.UnimplementedError, match="TG-1013"):
        tg.layers.Conv2D(2, 3, data_format="channels_first")
