"""Pools in TensorFlow's argument order: formats, ranks and shapes beyond what the ops' samples cover."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg


def normal(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).normal(size=shape)


SPATIAL = {1: (7,), 2: (6, 5), 3: (4, 5, 3)}
FORMATS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("kind", ["MAX", "AVG"])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("dilations", [1, 2])
def test_channels_first_is_channels_last_transposed(n: int, kind: str, padding: str, dilations: int) -> None:
    x = normal(2, *SPATIAL[n], 3)
    wanted = tg.nn.pool(x, [2] * n, kind, None, padding, FORMATS[n][0], [dilations] * n).numpy()
    first = np.moveaxis(x, -1, 1)
    got = tg.nn.pool(first, [2] * n, kind, None, padding, FORMATS[n][1], [dilations] * n).numpy()
    np.testing.assert_array_equal(np.moveaxis(got, 1, -1), wanted)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_by_the_rank_of_the_input(n: int) -> None:
    x = normal(2, *SPATIAL[n], 3)
    for kind, run in (("max", tg.nn.max_pool), ("avg", tg.nn.avg_pool)):
        own: Any = getattr(tg.nn, f"{kind}_pool{n}d")
        np.testing.assert_array_equal(run(x, 2, 2, "SAME").numpy(), own(x, 2, 2, "SAME").numpy())


def test_a_sequence_is_pooled_as_numpy_does() -> None:
    x = normal(2, 9, 3)
    windows = np.lib.stride_tricks.sliding_window_view(x, 3, axis=1)[:, ::2]
    np.testing.assert_array_equal(tg.nn.max_pool1d(x, 3, 2, "VALID").numpy(), windows.max(-1))
    np.testing.assert_allclose(
        tg.nn.avg_pool1d(x, [1, 3, 1], [2], "VALID").numpy(), windows.mean(-1), rtol=1e-14
    )


def test_explicit_pads_never_win() -> None:
    x = -np.ones((1, 2, 2, 1), np.float32)
    y = tg.nn.max_pool2d(x, 2, 1, [[0, 0], [1, 1], [0, 1], [0, 0]])
    assert y.shape == (1, 3, 2, 1)
    assert (y.numpy() == -1).all()


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int32", "int64", "float64"])
def test_the_place_of_the_greatest(dtype: str) -> None:
    x = np.random.default_rng(0).permutation(96).astype(dtype).reshape(2, 6, 4, 2)
    values, places = tg.nn.max_pool_with_argmax(x, 2, 2, "SAME", include_batch_in_index=True)
    np.testing.assert_array_equal(x.reshape(-1)[places.numpy()], values.numpy())
    np.testing.assert_array_equal(values.numpy(), tg.nn.max_pool2d(x, 2, 2, "SAME").numpy())


def test_nan_wins_and_takes_the_gradient() -> None:
    x = tg.constant(np.array([1.0, np.nan, 3.0, 2.0]).reshape(1, 4, 1, 1, 1))
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = tg.nn.max_pool3d(x, [4, 1, 1], 1, "VALID")
    assert np.isnan(y.numpy()).all()
    assert tape.gradient(y, x).numpy().ravel().tolist() == [0.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("TG-0103", lambda: tg.nn.max_pool(tg.ones([1, 2]), 1, 1, "SAME")),
        ("TG-0106", lambda: tg.nn.pool(tg.ones([1, 2, 1]), 1, "SUM")),
        ("TG-0106", lambda: tg.nn.max_pool1d(tg.ones([1, 2, 1]), 1, 1, "SAME", data_format="NHWC")),
        ("TG-0106", lambda: tg.nn.max_pool1d(tg.ones([1, 2, 1]), [1, 1], 1, "SAME")),
        ("TG-0106", lambda: tg.nn.avg_pool2d(tg.ones([1, 2, 2, 1]), 1, 1, [[0, 0], [1, 1], [1, 1], [0, 0]])),
    ],
)  # fmt: skip
def test_errors(code: str, call: Any) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError) as error:
        call()
    assert error.value.error_code == code
