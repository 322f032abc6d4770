import numpy as np
import pytest

import tensegra as tg

M = tg.layers.metrics


def test_mean_over_batches():
    mean = M.Mean()
    assert float(mean.result()) == 0.0
    mean.update_state([1.0, 2.0, 3.0])
    mean.update_state(10.0)
    assert float(mean.result()) == 4.0
    mean.update_state([[1.0, 3.0], [5.0, 7.0]], sample_weight=[0.0, 2.0])
    assert float(mean.result()) == pytest.approx((16 + 2 * 6) / (4 + 2))
    mean.reset_state()
    assert [variable.numpy() for variable in mean.variables] == [0, 0]


@pytest.mark.parametrize(
    ("metric", "y_true", "y_pred", "wanted"),
    [
        (M.Accuracy(), [1, 2, 3, 4], [1, 0, 3, 4], [1, 0, 1, 1]),
        (M.BinaryAccuracy(), [[1.0], [0.0], [1.0], [0.0]], [[0.9], [0.6], [0.5], [0.2]], [1, 0, 0, 1]),
        (M.BinaryAccuracy(threshold=0.7), [[1], [0]], [[0.9], [0.6]], [1, 1]),
        (M.SparseCategoricalAccuracy(), [2, 0, 1], [[0.1, 0.2, 0.7], [0.3, 0.4, 0.3], [0, 1, 0]], [1, 0, 1]),
        (M.SparseCategoricalAccuracy(), [[2], [0]], [[0.1, 0.2, 0.7], [0.3, 0.4, 0.3]], [1, 0]),
        (M.CategoricalAccuracy(), [[0, 0, 1], [1, 0, 0]], [[0.1, 0.2, 0.7], [0.3, 0.4, 0.3]], [1, 0]),
        (
            M.SparseTopKCategoricalAccuracy(k=2),
            [0, 0, 2],
            [[5, 4, 3, 2], [1, 4, 3, 2], [5, 4, 3, 2]],
            [1, 0, 0],
        ),
        (M.TopKCategoricalAccuracy(k=3), [[0, 0, 1, 0]], [[5, 4, 3, 2]], [1]),
        (M.MeanSquaredError(), [[0.0, 0.0], [0.0, 0.0]], [[1.0, 3.0], [2.0, 0.0]], [5, 2]),
        (M.MeanAbsoluteError(), [[0.0, 0.0], [0.0, 0.0]], [[1.0, -3.0], [2.0, 0.0]], [2, 1]),
    ],
    ids=lambda value: value.name if isinstance(value, M.Metric) else "",
)
def test_values_and_weights(metric, y_true, y_pred, wanted):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred, np.float32)
    metric.update_state(y_true, y_pred)
    assert float(metric.result()) == pytest.approx(np.mean(wanted))
    metric.reset_state()
    weights = np.arange(len(wanted)) + 1.0
    for row in range(len(wanted)):
        metric.update_state(
            y_true[row : row + 1], y_pred[row : row + 1], sample_weight=weights[row : row + 1]
        )
    assert float(metric.result()) == pytest.approx(np.average(wanted, weights=weights))


def test_inside_of_a_function():
    metric = M.SparseCategoricalAccuracy()
    update = tg.function(
        lambda y, p: metric(y, p),
        input_signature=[tg.TensorSpec((None,), tg.int32), tg.TensorSpec((None, 2), tg.float32)],
    )
    assert float(update(np.array([0, 1], np.int32), np.array([[1, 0], [1, 0]], np.float32))) == 0.5
    assert float(update(np.array([1], np.int32), np.array([[0, 1]], np.float32))) == pytest.approx(2 / 3)


@pytest.mark.parametrize("name", [name for name in M.__all__ if name.endswith(("Accuracy", "Error", "Mean"))])
def test_round_trip(name):
    metric = getattr(M, name)()
    config = M.serialize(metric)
    assert M.serialize(M.deserialize(config)) == config


def test_a_metric_of_a_function():
    metric = M.MeanMetricWrapper(tg.layers.losses.mean_absolute_error, name="distance")
    assert float(metric([[0.0]], [[3.0]])) == 3.0
    assert float(M.deserialize(M.serialize(metric))([[0.0]], [[3.0]])) == 3.0


def test_the_base_class_says_what_to_write():
    for call in (M.Metric().update_state, M.Metric().result):
        with pytest.raises(tg.errors.UnimplementedError, match="TG-1013"):
            call()
