import numpy as np
import pytest

import tensegra as tg

K = tg.keras


def spirals(rng, count=300):
    """Two classes that no line separates."""
    angle = rng.uniform(0.5, 2.5, size=count) * np.pi
    label = rng.integers(0, 2, size=count)
    turn = angle + label * np.pi
    x = np.stack([np.cos(turn), np.sin(turn)], axis=1) * angle[:, None] / np.pi
    return x.astype(np.float32), label


def classifier(classes=2, loss=None, **options):
    model = K.Sequential([K.Input((2,)), K.layers.Dense(32, activation="relu"), K.layers.Dense(classes)])
    loss = loss or K.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(K.optimizers.Adam(0.02), loss, metrics=["accuracy"], **options)
    return model


def line(momentum=0.0, **options):
    model = K.Sequential([K.Input((2,)), K.layers.Dense(1, kernel_initializer="ones")])
    model.compile(K.optimizers.SGD(0.1, momentum=momentum), "mse", **options)
    return model


def test_fit_learns(rng):
    x, y = spirals(rng)
    model = classifier()
    history = model.fit(x, y, epochs=60, validation_split=0.2, verbose=0)
    assert history.history["val_accuracy"][-1] > 0.95
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert history.epoch == list(range(60))
    loss, accuracy = model.evaluate(x, y, verbose=0)
    logits = model.predict(x, verbose=0)
    assert accuracy == pytest.approx(np.mean(logits.argmax(axis=-1) == y))
    assert loss < 0.2


@pytest.mark.parametrize("eager", [False, True])
def test_steps_are_those_of_the_formulas(rng, eager):
    x = rng.normal(size=(10, 2)).astype(np.float32)
    y = rng.normal(size=(10, 1)).astype(np.float32)
    model = line(momentum=0.5, run_eagerly=eager)
    history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
    kernel, bias = np.ones((2, 1)), np.zeros(1)
    moves = [0.0, 0.0]
    losses = []
    for _ in range(3):
        total = 0.0
        for start in (0, 4, 8):
            a, b = x[start : start + 4].astype(np.float64), y[start : start + 4]
            error = a @ kernel + bias - b
            total += (error**2).sum()
            slopes = [2 * a.T @ error / len(a), 2 * error.mean(axis=0)]
            moves = [0.5 * m - 0.1 * s for m, s in zip(moves, slopes)]
            kernel, bias = kernel + moves[0], bias + moves[1]
        losses.append(total / 10)
    np.testing.assert_allclose(model.get_weights()[0], kernel, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(model.get_weights()[1], bias, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(history.history["loss"], losses, rtol=1e-4)


def test_one_trace_serves_all_batch_sizes(rng):
    traces = []

    class Watched(K.layers.Layer):
        def call(self, x):
            traces.append(x.shape.as_list())
            return x

    model = K.Sequential([Watched(), K.layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = rng.normal(size=(10, 2)), rng.normal(size=(10, 1))
    model.fit(x, y, batch_size=4, epochs=2, verbose=0)
    after_fit = len(traces)
    model.fit(x, y, batch_size=3, epochs=2, verbose=0)
    assert len(traces) == after_fit
    assert traces[-1] == [None, 2]


def test_other_axes_may_change_too():
    model = K.Sequential([K.Input((None, None, 1)), K.layers.Conv2D(2, 3), K.layers.GlobalAveragePooling2D()])
    assert [model.predict(np.ones((2, n, n, 1)), verbose=0).shape for n in (5, 6, 7)] == [(2, 2)] * 3


@pytest.mark.parametrize("first", [(K.Input((2,)),), ()])
def test_a_wrong_shape_names_the_layer_also_after_a_right_one(first):
    model = K.Sequential([*first, K.layers.Dense(1, name="slope")])
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    with pytest.raises(ValueError, match=r"(size 2|shape \(None, 2\)).*shape=\(None, 3\).*TG-1001"):
        model.fit(np.ones((4, 3)), np.ones((4, 1)), verbose=0)


def test_the_same_seed_gives_the_same_weights(rng):
    x, y = spirals(rng, 50)

    def train(seed):
        K.utils.set_random_seed(seed)
        model = K.Sequential([K.Input((2,)), K.layers.Dense(8), K.layers.Dropout(0.3), K.layers.Dense(2)])
        model.compile("adam", K.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(x, y, epochs=2, batch_size=16, verbose=0)
        return model.get_weights()

    first, again, other = train(1), train(1), train(2)
    for a, b, c in zip(first, again, other):
        np.testing.assert_array_equal(a, b)
        assert not np.array_equal(a, c)


def test_data_sets_and_generators(rng):
    x, y = rng.normal(size=(12, 2)).astype(np.float32), rng.normal(size=(12, 1)).astype(np.float32)
    wanted = line()
    wanted.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0)

    class Batches:
        def __iter__(self):
            return ((x[i : i + 4], y[i : i + 4]) for i in range(0, 12, 4))

    def endless():
        while True:
            yield from Batches()

    results = []
    for data, options in ((Batches(), {}), (endless(), {"steps_per_epoch": 3})):
        model = line()
        history = model.fit(data, epochs=2, verbose=0, validation_data=Batches(), **options)
        assert set(history.history) == {"loss", "val_loss"}
        results.append(model)
    if hasattr(tg, "data"):
        model = line()
        model.fit(tg.data.Dataset.from_tensor_slices((x, y)).batch(4).prefetch(1), epochs=2, verbose=0)
        results.append(model)
    for model in results:
        np.testing.assert_array_equal(model.get_weights()[0], wanted.get_weights()[0])
    loss = wanted.evaluate(Batches(), verbose=0)
    assert loss == pytest.approx(wanted.evaluate(x, y, verbose=0), rel=1e-5)
    np.testing.assert_array_equal(
        wanted.predict(Batches(), verbose=0), wanted.predict(x, batch_size=4, verbose=0)
    )
    assert wanted.predict(endless(), steps=2, verbose=0).shape == (8, 1)


def test_a_generator_that_runs_out_ends_the_training(rng):
    batches = ((np.ones((4, 2)), np.ones((4, 1))) for _ in range(3))
    with pytest.warns(UserWarning, match="ran out"):
        history = line().fit(batches, epochs=3, verbose=0)
    assert history.epoch == [0]
    with pytest.raises(ValueError, match=r"at least one batch.*TG-1022"):
        line().fit(iter([]), verbose=0)
    with pytest.raises(ValueError, match="TG-1022"):
        line().predict(iter([]), verbose=0)


def test_sample_and_class_weights(rng):
    x, y = spirals(rng, 40)
    plain, weighted, classed = (classifier() for _ in range(3))
    weighted.set_weights(plain.get_weights())
    classed.set_weights(plain.get_weights())
    for model in (weighted, classed):
        model.compile(K.optimizers.SGD(0.1), model.loss, weighted_metrics=["accuracy"])
    weights = np.where(y == 1, 3.0, 0.5)
    weighted.fit(x, y, sample_weight=weights, epochs=2, shuffle=False, verbose=0)
    classed.fit(x, y, class_weight={0: 0.5, 1: 3.0}, epochs=2, shuffle=False, verbose=0)
    for a, b in zip(weighted.get_weights(), classed.get_weights()):
        np.testing.assert_array_equal(a, b)
    right = weighted.predict(x, verbose=0).argmax(axis=-1) == y
    figures = weighted.evaluate(x, y, sample_weight=weights, verbose=0, return_dict=True)
    assert figures["accuracy"] == pytest.approx(np.average(right, weights=weights), rel=1e-5)
    one_hot = classifier(loss=K.losses.CategoricalCrossentropy(from_logits=True))
    one_hot.fit(x, np.eye(2)[y], class_weight={0: 0.5, 1: 3.0}, verbose=0)
    with pytest.raises(ValueError, match="TG-1023"):
        classed.fit(x, [y], class_weight={0: 1.0}, verbose=0)


@pytest.mark.parametrize(
    ("classes", "loss", "target", "kind"),
    [
        (3, "sparse_categorical_crossentropy", np.array([0, 2]), "sparse_categorical_accuracy"),
        (3, "sparse_categorical_crossentropy", np.array([[0], [2]]), "sparse_categorical_accuracy"),
        (3, "categorical_crossentropy", np.eye(3)[[0, 2]], "categorical_accuracy"),
        (1, "binary_crossentropy", np.array([[0.0], [1.0]]), "binary_accuracy"),
        (1, "binary_crossentropy", np.array([0.0, 1.0]), "binary_accuracy"),
    ],
)
def test_accuracy_fits_the_shapes(classes, loss, target, kind):
    model = K.Sequential([K.Input((2,)), K.layers.Dense(classes, activation="sigmoid")])
    model.compile("sgd", loss, metrics=["accuracy"])
    model.train_on_batch(np.ones((2, 2)), target)
    assert model.metrics[1].fn.__name__ == kind
    assert model.metrics_names == ["loss", "accuracy"]


def test_metrics_by_name_function_and_object():
    def bias(y_true, y_pred):
        return y_pred - y_true

    model = line()
    model.compile(
        "sgd", "mse", metrics=["mae", "mean_squared_error", bias, K.metrics.MeanAbsoluteError(name="d")]
    )
    logs = model.test_on_batch(np.ones((2, 2)), np.zeros((2, 1)), return_dict=True)
    assert logs == {"loss": 4.0, "mae": 2.0, "mean_squared_error": 4.0, "bias": 2.0, "d": 2.0}


def test_single_batches(rng):
    x, y = rng.normal(size=(4, 2)), rng.normal(size=(4, 1))
    one, two = line(), line()
    loss = one.train_on_batch(x, y)
    two.fit(x, y, batch_size=4, shuffle=False, verbose=0)
    np.testing.assert_array_equal(one.get_weights()[0], two.get_weights()[0])
    assert loss == pytest.approx(two.history.history["loss"][0])
    np.testing.assert_allclose(one.predict_on_batch(x), one.predict(x, verbose=0), rtol=1e-6)


def test_regularization_is_part_of_the_loss():
    model = K.Sequential(
        [
            K.Input((2,)),
            K.layers.Dense(1, kernel_initializer="ones", kernel_regularizer=K.regularizers.L2(0.5)),
        ]
    )
    model.compile(K.optimizers.SGD(0.1), "mse")
    assert model.train_on_batch(np.zeros((2, 2)), np.zeros((2, 1))) == pytest.approx(1.0)
    np.testing.assert_allclose(model.get_weights()[0], [[0.9], [0.9]], rtol=1e-6)


def test_frozen_layers_stay(rng):
    model = classifier()
    model.layers[0].trainable = False
    model.compile("adam", model.loss)
    before = model.get_weights()
    model.fit(*spirals(rng, 20), verbose=0)
    after = model.get_weights()
    np.testing.assert_array_equal(before[0], after[0])
    assert not np.array_equal(before[2], after[2])


def test_batch_normalization_moves_its_averages_in_fit_only(rng):
    model = K.Sequential([K.Input((2,)), K.layers.BatchNormalization(), K.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = rng.normal(size=(32, 2)) + 5
    model.evaluate(x, x[:, :1], verbose=0)
    np.testing.assert_array_equal(model.layers[0].moving_mean.numpy(), [0, 0])
    model.fit(x, x[:, :1], batch_size=32, verbose=0)
    np.testing.assert_allclose(model.layers[0].moving_mean.numpy(), 0.01 * x.mean(axis=0), rtol=1e-4)


def test_a_step_of_ones_own():
    class Halving(K.Model):
        def __init__(self):
            super().__init__()
            self.dense = K.layers.Dense(1, kernel_initializer="ones")
            self.seen = K.metrics.Mean(name="seen")

        def call(self, x):
            return self.dense(x)

        def train_step(self, data):
            x = data[0]
            self.seen.update_state(self(x, training=True))
            for variable in self.trainable_variables:
                variable.assign(variable * 0.5)
            return {"seen": self.seen.result()}

    model = Halving()
    model.compile()
    history = model.fit(np.ones((4, 2)), np.ones((4, 1)), batch_size=2, epochs=2, verbose=0)
    assert history.history == {"seen": [1.5, 0.375]}


def test_losses_that_layers_add():
    class Penalty(K.layers.Layer):
        def call(self, x):
            self.add_loss(tg.reduce_mean(tg.square(x)))
            return x

    model = K.Sequential([K.Input((2,)), K.layers.Dense(1, kernel_initializer="ones"), Penalty()])
    model.compile("sgd")
    assert model.train_on_batch(np.ones((3, 2))) == pytest.approx(4.0)


@pytest.mark.parametrize("call", ["fit", "evaluate", "train_on_batch", "test_on_batch"])
def test_training_needs_compile(call):
    model = K.Sequential([K.Input((2,)), K.layers.Dense(1)])
    with pytest.raises(tg.errors.FailedPreconditionError, match=r"compile\(optimizer, loss\).*TG-1020"):
        getattr(model, call)(np.ones((2, 2)), np.ones((2, 1)))


def test_wrong_arguments():
    x, y = np.ones((4, 2)), np.ones((4, 1))
    with pytest.raises(ValueError, match=r"x of 4, y of 3.*TG-1021"):
        line().fit(x, y[:3])
    with pytest.raises(ValueError, match="TG-1024"):
        line().fit(x, y, validation_split=0.9)
    with pytest.raises(ValueError, match=r"needs arrays.*TG-1024"):
        line().fit(iter([(x, y)]), validation_split=0.5)
    with pytest.raises(ValueError, match="TG-1027"):
        line().fit(iter([(x, y, y, y)]), verbose=0)
    with pytest.raises(ValueError, match=r"size 2|shape \(None, 2\).*TG-1001"):
        line().fit(np.ones((4, 3)), y, verbose=0)
    with pytest.raises(ValueError, match=r"epochs.*TG-1002"):
        line().fit(x, y, epochs=0)
    with pytest.raises(ValueError, match=r"verbose.*TG-1002"):
        line().fit(x, y, verbose=7)
    model = line()
    model.compile("sgd")
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-1026"):
        model.fit(x, y, verbose=0)
    with pytest.raises(ValueError, match=r"1 targets|2 targets.*TG-1025"):
        line().fit(x, [y, y], verbose=0)
    with pytest.raises(ValueError, match=r"y=None.*TG-1054"):
        line().fit(x, verbose=0)
    with pytest.raises(ValueError, match=r"string.*numpy.unique.*TG-1054"):
        classifier().fit(x, np.array(["cat", "dog"] * 2), verbose=0)
    with pytest.raises(ValueError, match=r"must hold numbers.*string.*TG-1015"):
        line().fit(np.array([["a", "b"]] * 4), y, verbose=0)


@pytest.mark.parametrize("call", ["evaluate", "predict"])
def test_errors_in_the_data_name_the_call(call):
    with pytest.raises(ValueError, match=rf"^\[layers.{call}\].*TG-1022"):
        getattr(line(), call)(np.ones((0, 2)), verbose=0)
    with pytest.raises(ValueError, match=rf"^\[layers.{call}\].*TG-1022"):
        getattr(line(), call)(iter([]), verbose=0)


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        ({"optimizer": "adamm"}, "Adam"),
        ({"loss": "sparse_crossentropy"}, r"^\[layers.losses.get\].*sparse_categorical_crossentropy"),
        ({"metrics": ["acuracy"]}, "Accuracy"),
        ({"loss": {"a": "msee"}}, "mse"),
    ],
)
def test_unknown_names_are_reported_by_compile(arguments, near):
    with pytest.raises(ValueError, match=f"{near}.*TG-1003"):
        classifier().compile(**arguments)
