import numpy as np
import pytest

import tensegra as tg

K = tg.keras


def residual():
    x = K.Input((4,), name="x")
    first = K.layers.Dense(4, activation="relu", name="first")
    y = first(x)
    y = K.layers.Add(name="sum")([x, first(y)])
    return K.Model(x, K.layers.Dense(2, name="head")(y), name="residual")


def two_heads():
    a, b = K.Input((3,), name="a"), K.Input((2,), name="b")
    joined = K.layers.Concatenate(name="joined")([a, b])
    number = K.layers.Dense(1, name="number")(joined)
    label = K.layers.Dense(4, name="label")(joined)
    return K.Model([a, b], [number, label])


def test_a_shared_layer_is_run_twice(rng):
    model = residual()
    x = rng.normal(size=(5, 4)).astype(np.float32)
    w, b, u, c = model.get_weights()
    y = np.maximum(x @ w + b, 0)
    y = x + np.maximum(y @ w + b, 0)
    np.testing.assert_allclose(model(x).numpy(), y @ u + c, rtol=1e-5, atol=1e-6)
    assert [layer.name for layer in model.layers] == ["x", "first", "sum", "head"]


@pytest.mark.parametrize("make", [residual, two_heads])
def test_round_trip(rng, make):
    model = make()
    again = K.Model.from_config(model.get_config())
    assert again.get_config() == model.get_config()
    again.set_weights(model.get_weights())
    inputs = [rng.normal(size=(2, *tensor.shape[1:])).astype(np.float32) for tensor in model.inputs]
    inputs = inputs if len(inputs) > 1 else inputs[0]
    for one, two in zip(tg.nest.flatten(model(inputs)), tg.nest.flatten(again(inputs))):
        np.testing.assert_array_equal(one.numpy(), two.numpy())


def test_inputs_by_order_and_by_name(rng):
    model = two_heads()
    a, b = rng.normal(size=(2, 3)).astype(np.float32), rng.normal(size=(2, 2)).astype(np.float32)
    number, label = model([a, b])
    np.testing.assert_array_equal(model({"b": b, "a": a})[1].numpy(), label.numpy())
    results = model.predict({"a": a, "b": b}, verbose=0)
    assert [result.shape for result in results] == [(2, 1), (2, 4)]
    np.testing.assert_allclose(results[0], number.numpy(), rtol=1e-6)
    assert model.output_names == ["number", "label"]
    assert model.input_shape == [(None, 3), (None, 2)]


def test_several_outputs_train(rng):
    a, b = rng.normal(size=(40, 3)).astype(np.float32), rng.normal(size=(40, 2)).astype(np.float32)
    number, label = a.sum(axis=1, keepdims=True), rng.integers(0, 4, size=40)
    model = two_heads()
    model.compile(
        K.optimizers.Adam(0.05),
        loss={"number": "mse", "label": K.losses.SparseCategoricalCrossentropy(from_logits=True)},
        loss_weights={"number": 2.0},
        metrics={"label": ["accuracy"]},
    )
    history = model.fit([a, b], {"label": label, "number": number}, epochs=30, verbose=0).history
    assert set(history) == {"loss", "number_loss", "label_loss", "label_accuracy"}
    assert history["number_loss"][-1] < 0.2 * history["number_loss"][0]
    for total, first, second in zip(history["loss"], history["number_loss"], history["label_loss"]):
        assert total == pytest.approx(2 * first + second, rel=1e-4)
    figures = model.evaluate({"a": a, "b": b}, [number, label], verbose=0, return_dict=True)
    outputs = model.predict([a, b], verbose=0)
    assert figures["label_accuracy"] == pytest.approx(np.mean(outputs[1].argmax(axis=-1) == label))
    assert figures["number_loss"] == pytest.approx(np.mean((outputs[0] - number) ** 2), rel=1e-4)


def test_outputs_in_a_dict(rng):
    x = K.Input((3,))
    model = K.Model(x, {"twice": K.layers.Rescaling(2.0)(x), "head": K.layers.Dense(1)(x)})
    data = rng.normal(size=(4, 3)).astype(np.float32)
    np.testing.assert_allclose(model(data)["twice"].numpy(), 2 * data, rtol=1e-6)
    model.compile("sgd", {"head": "mse"})
    assert set(model.fit(data, {"head": data[:, :1]}, verbose=0).history) == {"loss", "head_loss"}


def test_models_are_layers(rng):
    inner = residual()
    x = K.Input((4,))
    outer = K.Model(x, K.layers.Dense(1)(inner(x)))
    assert outer.output_shape == (None, 1)
    assert len(outer.weights) == len(inner.weights) + 2
    again = K.Model.from_config(outer.get_config())
    again.set_weights(outer.get_weights())
    data = rng.normal(size=(2, 4)).astype(np.float32)
    np.testing.assert_array_equal(outer(data).numpy(), again(data).numpy())


def test_a_last_axis_of_one_may_be_missing():
    x = K.Input((1,))
    model = K.Model(x, K.layers.Dense(2)(x))
    assert model(np.ones(5, np.float32)).shape == (5, 2)


def test_wrong_graphs():
    a, b = K.Input((2,)), K.Input((2,), name="forgotten")
    with pytest.raises(ValueError, match=r"'forgotten'.*TG-1006"):
        K.Model(a, K.layers.Add()([a, b]))
    with pytest.raises(ValueError, match=r"symbolic.*ndarray.*TG-1006"):
        K.Model(np.ones(2), a)
    with pytest.raises(ValueError, match="TG-1006"):
        K.Model(a)
    with pytest.raises(ValueError, match=r"'d'.*TG-1012"):
        K.Model(a, K.layers.Dense(2, name="d")(K.layers.Dense(2, name="d")(a)))
    config = residual().get_config()
    del config["layers"][1]["inbound_nodes"][0]
    with pytest.raises(ValueError, match="TG-1006"):
        K.Model.from_config(config)


def test_layers_by_name_and_index():
    model = K.Sequential([K.Input((2,)), K.layers.Dense(3, name="a"), K.layers.Dense(1, name="b")])
    assert model.get_layer("b") is model.get_layer(index=-1)
    with pytest.raises(ValueError, match="TG-1003"):
        model.get_layer("c")
    with pytest.raises(ValueError, match=r"index=2, 2 layers.*TG-1002"):
        model.get_layer(index=2)


def test_wrong_inputs():
    model = two_heads()
    a, b = np.ones((2, 3), np.float32), np.ones((2, 2), np.float32)
    with pytest.raises(ValueError, match=r"\['a', 'b'\].*1 tensors.*TG-1028"):
        model(a)
    with pytest.raises(ValueError, match=r"\['a', 'c'\].*TG-1028"):
        model({"a": a, "c": b})
    with pytest.raises(ValueError, match=r"input 'b' must have the shape \(None, 2\).*\(2, 3\).*TG-1001"):
        model([a, a])
    model.compile("sgd", {"number": "mse", "labels": "mse"})
    with pytest.raises(ValueError, match=r"'labels'.*TG-1025"):
        model.fit([a, b], [a, b], verbose=0)
    model.compile("sgd", ["mse"])
    with pytest.raises(ValueError, match=r"1 entries.*TG-1025"):
        model.fit([a, b], [a, b], verbose=0)
    with pytest.raises(ValueError, match=r"'lable'.*'label'.*TG-1003"):
        model.get_layer("lable")
    with pytest.raises(ValueError, match="TG-1002"):
        model.get_layer()
