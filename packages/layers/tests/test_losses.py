import numpy as np
import pytest
from scipy import special

import tensegra as tg

L = tg.layers.losses


@pytest.fixture
def probabilities(rng):
    return special.softmax(rng.normal(size=(6, 4)), axis=-1)


LABELS = np.array([0, 3, 1, 2, 2, 0])
HOT = np.eye(4)[LABELS]


def test_sparse_categorical_crossentropy(rng, probabilities):
    wanted = -np.log(probabilities[np.arange(6), LABELS])
    np.testing.assert_allclose(
        L.sparse_categorical_crossentropy(LABELS, probabilities).numpy(), wanted, rtol=1e-5
    )
    np.testing.assert_allclose(
        L.sparse_categorical_crossentropy(LABELS[:, None], probabilities).numpy(), wanted, rtol=1e-5
    )
    logits = rng.normal(size=(6, 4)) * 10
    wanted = -special.log_softmax(logits, axis=-1)[np.arange(6), LABELS]
    loss = L.SparseCategoricalCrossentropy(from_logits=True)
    assert float(loss(LABELS, logits)) == pytest.approx(wanted.mean(), rel=1e-6)
    per_position = L.sparse_categorical_crossentropy(
        LABELS.reshape(2, 3), logits.reshape(2, 3, 4), from_logits=True
    )
    np.testing.assert_allclose(per_position.numpy(), wanted.reshape(2, 3), rtol=1e-6)


def test_ignored_class(probabilities):
    values = L.sparse_categorical_crossentropy(LABELS, probabilities, ignore_class=2).numpy()
    np.testing.assert_array_equal(values == 0, LABELS == 2)


def test_categorical_crossentropy(rng, probabilities):
    np.testing.assert_allclose(
        L.categorical_crossentropy(HOT, 3 * probabilities).numpy(),
        -np.log(probabilities[np.arange(6), LABELS]),
        rtol=1e-5,
    )
    logits = rng.normal(size=(6, 4))
    smooth = 0.8 * HOT + 0.2 / 4
    wanted = -(smooth * special.log_softmax(logits, axis=-1)).sum(axis=-1)
    loss = L.CategoricalCrossentropy(from_logits=True, label_smoothing=0.2, reduction="none")
    np.testing.assert_allclose(loss(HOT, logits).numpy(), wanted, rtol=1e-6)


def test_binary_crossentropy(rng):
    y = rng.integers(0, 2, size=(5, 3)).astype(np.float64)
    logits = rng.normal(size=(5, 3)) * 5
    p = special.expit(logits)
    wanted = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean(axis=-1)
    np.testing.assert_allclose(L.binary_crossentropy(y, p).numpy(), wanted, rtol=1e-5)
    np.testing.assert_allclose(L.binary_crossentropy(y, logits, from_logits=True).numpy(), wanted, rtol=1e-6)
    smooth = 0.9 * y + 0.05
    wanted = -(smooth * np.log(p) + (1 - smooth) * np.log(1 - p)).mean()
    assert float(L.BinaryCrossentropy(label_smoothing=0.1)(y, p)) == pytest.approx(wanted, rel=1e-5)


def test_sure_and_wrong_predictions_stay_finite():
    for loss, y in ((L.BinaryCrossentropy(), [[1.0]]), (L.CategoricalCrossentropy(), [[1.0, 0.0]])):
        p = np.zeros((1, len(y[0])))
        p[0, -1] = 0.0 if len(y[0]) == 1 else 1.0
        assert float(loss(y, p)) == pytest.approx(-np.log(1e-7), rel=1e-3)


def test_differences(rng):
    y, p = rng.normal(size=(5, 3)), 2 * rng.normal(size=(5, 3))
    d = np.abs(y - p)
    np.testing.assert_allclose(L.mean_squared_error(y, p).numpy(), (d**2).mean(axis=-1), rtol=1e-6)
    np.testing.assert_allclose(L.mean_absolute_error(y, p).numpy(), d.mean(axis=-1), rtol=1e-6)
    wanted = np.where(d <= 1.5, 0.5 * d**2, 1.5 * d - 0.5 * 1.5**2)
    np.testing.assert_allclose(L.huber(y, p, delta=1.5).numpy(), wanted.mean(axis=-1), rtol=1e-6)
    assert float(L.Huber(1.5)(y, p)) == pytest.approx(wanted.mean(), rel=1e-6)


@pytest.mark.parametrize(
    ("reduction", "weights", "wanted"),
    [
        ("sum_over_batch_size", None, 14 / 3),
        ("mean", [1.0, 0.0, 2.0], 19 / 3),
        ("sum", None, 14.0),
        ("sum", [1.0, 0.0, 2.0], 19.0),
        ("sum_over_batch_size", [1.0, 0.0, 2.0], 19 / 3),
        ("mean_with_sample_weight", [1.0, 0.0, 2.0], 19 / 3),
        ("mean_with_sample_weight", [1.0, 0.0, 3.0], 28 / 4),
        ("mean_with_sample_weight", None, 14 / 3),
        ("none", [1.0, 0.0, 2.0], [1.0, 0.0, 18.0]),
        (None, None, [1.0, 4.0, 9.0]),
    ],
)
def test_reductions(reduction, weights, wanted):
    loss = L.MeanSquaredError(reduction=reduction)
    value = loss(np.zeros((3, 1)), [[1.0], [2.0], [3.0]], sample_weight=weights)
    np.testing.assert_allclose(value.numpy(), wanted, rtol=1e-6)


def test_ranks_that_differ_by_a_last_axis_of_one():
    assert float(L.MeanSquaredError()([1.0, 2.0], [[1.0], [4.0]])) == 2.0


def test_wrong_shapes():
    with pytest.raises(ValueError, match=r"y_true shape=\(2, 3\), y_pred shape=\(2, 4\).*TG-1053"):
        L.mean_squared_error(np.zeros((2, 3)), np.zeros((2, 4)))
    with pytest.raises(ValueError, match=r"one-hot.*TG-1053"):
        L.sparse_categorical_crossentropy(np.zeros((2, 3)), np.zeros((2, 3)))
    with pytest.raises(ValueError, match="TG-1002"):
        L.MeanSquaredError(reduction="average")
    with pytest.raises(ValueError, match="TG-1002"):
        L.BinaryCrossentropy(label_smoothing=2.0)
    with pytest.raises(tg.errors.UnimplementedError, match="TG-1013"):
        L.sparse_categorical_crossentropy(np.zeros((2, 3)), np.zeros((2, 4, 3)), axis=1)
    with pytest.raises(tg.errors.UnimplementedError, match="TG-1013"):
        L.Loss()(1.0, 2.0)


@pytest.mark.parametrize(
    "loss",
    [
        L.SparseCategoricalCrossentropy(from_logits=True),
        L.CategoricalCrossentropy(label_smoothing=0.1),
        L.BinaryCrossentropy(reduction="sum"),
        L.MeanSquaredError(name="error"),
        L.MeanAbsoluteError(),
        L.Huber(2.0),
    ],
    ids=lambda loss: loss.name,
)
def test_round_trip(loss):
    config = L.serialize(loss)
    assert config["module"] == "keras.losses"
    assert L.serialize(L.deserialize(config)) == config


def test_names():
    assert L.get("mse") is L.mean_squared_error
    assert isinstance(L.get("SparseCategoricalCrossentropy"), L.SparseCategoricalCrossentropy)
    with pytest.raises(ValueError, match=r"'mean_square_error'.*'mean_squared_error'.*TG-1003"):
        L.get("mean_square_error")
