"""Dropout by seeds and by draws of one's own."""

from __future__ import annotations

import numpy as np
import pytest

import tensegra as tg

# Which of 3 x 5 elements TensorFlow 2.21 keeps at a rate of 0.4 with the seed [1, 2].
KEPT = np.array([[1, 0, 1, 0, 0], [1, 0, 0, 1, 0], [0, 0, 1, 0, 1]], bool)


def test_a_seed_keeps_what_tensorflow_keeps() -> None:
    x = np.arange(1.0, 16.0, dtype=np.float32).reshape(3, 5)
    got = tg.nn.experimental.stateless_dropout(x, rate=0.4, seed=[1, 2]).numpy()
    np.testing.assert_allclose(got, np.where(KEPT, x / 0.6, 0), rtol=1e-6)


@pytest.mark.parametrize("noise_shape", [[3, 1], [None, 1]])
def test_whole_rows(noise_shape: list[int | None]) -> None:
    got = tg.nn.experimental.stateless_dropout(tg.ones([3, 5]), 0.4, [1, 2], noise_shape=noise_shape)
    np.testing.assert_array_equal(got.numpy() > 0, np.repeat([[True], [False], [True]], 5, axis=1))


def test_dropped_infinities_are_zero() -> None:
    x = [np.inf, np.inf]
    got = tg.nn.experimental.general_dropout(x, 0.5, lambda shape, dtype: tg.constant([0.2, 0.7], dtype))
    assert got.numpy().tolist() == [0.0, np.inf]


def test_errors() -> None:
    for code, x, rate in (("TG-0106", [1.0], 1.0), ("TG-0102", [1], 0.5)):
        with pytest.raises(tg.errors.InvalidArgumentError) as error:
            tg.nn.experimental.stateless_dropout(x, rate, [1, 2])
        assert error.value.error_code == code
