import subprocess
import sys

import numpy as np
import pytest

import tensegra as tg

K = tg.keras


def digits_like(rng, count=60):
    x = rng.normal(size=(count, 6, 6, 1)).astype(np.float32)
    return x, (x[:, :3].mean(axis=(1, 2, 3)) > x[:, 3:].mean(axis=(1, 2, 3))).astype(np.int32)


def cnn():
    model = K.Sequential(
        [
            K.Input((6, 6, 1), name="images"),
            K.layers.Conv2D(4, 3, activation="relu"),
            K.layers.BatchNormalization(),
            K.layers.MaxPooling2D(),
            K.layers.Flatten(),
            K.layers.Dropout(0.3),
            K.layers.Dense(2, kernel_regularizer="l2"),
        ]
    )
    model.compile(
        K.optimizers.Adam(K.optimizers.schedules.ExponentialDecay(0.01, 5, 0.9), clipnorm=1.0),
        K.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy", K.metrics.SparseTopKCategoricalAccuracy(k=1)],
    )
    return model


def test_training_goes_on_bit_for_bit(tmp_path, rng):
    x, y = digits_like(rng)
    K.utils.set_random_seed(9)
    whole = cnn()
    start = whole.get_weights()
    whole_history = whole.fit(x, y, epochs=4, batch_size=16, verbose=0).history

    K.utils.set_random_seed(9)
    halved = cnn()
    for a, b in zip(start, halved.get_weights()):
        np.testing.assert_array_equal(a, b)
    halved.fit(x, y, epochs=2, batch_size=16, verbose=0)
    halved.save(tmp_path / "half")
    again = K.models.load_model(tmp_path / "half")
    history = again.fit(x, y, epochs=4, initial_epoch=2, batch_size=16, verbose=0).history
    for a, b in zip(whole.variables, again.variables):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    for a, b in zip(whole.optimizer.variables, again.optimizer.variables):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    assert {name: values[2:] for name, values in whole_history.items()} == history


_RESUME = """
import sys
import numpy as np
import tensegra as tg
folder = sys.argv[1]
data = np.load(folder + "/data.npz")
model = tg.keras.models.load_model(folder + "/half")
model.fit(data["x"], data["y"], epochs=2, batch_size=16, verbose=0)
np.savez(folder + "/after.npz", *[v.numpy() for v in (*model.variables, *model.optimizer.variables)])
"""


def test_training_goes_on_bit_for_bit_in_a_new_process(tmp_path, rng):
    x, y = digits_like(rng)
    np.savez(tmp_path / "data.npz", x=x, y=y)
    K.utils.set_random_seed(9)
    model = cnn()
    model.fit(x, y, epochs=2, batch_size=16, verbose=0)
    model.save(tmp_path / "half")
    checkpoint = tg.train.Checkpoint(model=model, optimizer=model.optimizer)
    path = checkpoint.save(tmp_path / "ckpt")
    model.fit(x, y, epochs=2, batch_size=16, verbose=0)
    wanted = [variable.numpy() for variable in (*model.variables, *model.optimizer.variables)]
    done = subprocess.run([sys.executable, "-c", _RESUME, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "after.npz") as after:
        found = [after[name] for name in after.files]
    assert len(found) == len(wanted)
    for one, other in zip(wanted, found):
        np.testing.assert_array_equal(one, other)
    # The same from a checkpoint, restored before the model and its optimizer have variables.
    K.utils.set_random_seed(9)
    other = cnn()
    status = tg.train.Checkpoint(model=other, optimizer=other.optimizer).restore(path)
    other.fit(x, y, epochs=2, batch_size=16, verbose=0)
    status.assert_consumed()
    for one, variable in zip(wanted, (*other.variables, *other.optimizer.variables)):
        np.testing.assert_array_equal(one, variable.numpy())


def test_a_checkpoint_of_a_model_that_is_not_built(tmp_path, rng):
    x, y = digits_like(rng)

    def unbuilt():
        K.utils.set_random_seed(2)
        model = K.Sequential(
            [K.layers.Flatten(), K.layers.Dense(5), K.layers.Dropout(0.3), K.layers.Dense(2)]
        )
        model.compile(K.optimizers.Adam(0.01), K.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    model = unbuilt()
    model.fit(x, y, verbose=0)
    path = tg.train.Checkpoint(model=model, optimizer=model.optimizer).save(tmp_path / "ckpt")
    names = [name for name, _ in tg.train.list_variables(path)]
    assert "model/layer-1/kernel/.ATTRIBUTES/VARIABLE_VALUE" in names
    model.fit(x, y, verbose=0)
    other = unbuilt()
    status = tg.train.Checkpoint(model=other, optimizer=other.optimizer).restore(path)
    other.fit(x, y, verbose=0)
    status.assert_consumed()
    for one, variable in zip(
        (*model.variables, *model.optimizer.variables), (*other.variables, *other.optimizer.variables)
    ):
        np.testing.assert_array_equal(one.numpy(), variable.numpy())


def test_the_signature_runs_without_layers(tmp_path, rng):
    x, y = digits_like(rng, 8)
    model = cnn()
    model.fit(x, y, verbose=0)
    model.save(tmp_path / "m")
    np.save(tmp_path / "x.npy", x)
    wanted = model.predict(x, verbose=0)
    code = """
import sys
import numpy as np
import tensegra as tg
loaded = tg.saved_model.load(sys.argv[1] + "/m")
serve = loaded.signatures["serving_default"]
print(sorted(serve.structured_input_signature[1]), sorted(serve.structured_outputs))
outputs = serve(images=tg.constant(np.load(sys.argv[1] + "/x.npy")))
np.save(sys.argv[1] + "/y.npy", outputs["output_0"].numpy())
assert "tensegra.layers" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "['images'] ['output_0']"
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), wanted)


def test_saving_any_built_model_gives_it_a_signature(tmp_path, rng):
    model = K.Sequential([K.layers.Dense(4, activation="relu"), K.layers.Dense(2)])
    tg.saved_model.save(model, tmp_path / "unbuilt")
    assert not tg.saved_model.load(tmp_path / "unbuilt").signatures
    x = rng.normal(size=(3, 5)).astype(np.float32)
    expected = model(x)
    tg.saved_model.save(model, tmp_path / "built")
    serve = tg.saved_model.load(tmp_path / "built").signatures["serving_default"]
    np.testing.assert_array_equal(serve(inputs=tg.constant(x))["output_0"], expected)


def test_any_batch_size(tmp_path, rng):
    model = cnn()
    model.export(tmp_path / "e")
    serve = tg.saved_model.load(str(tmp_path / "e")).signatures["serving_default"]
    for count in (1, 3, 8):
        x = rng.normal(size=(count, 6, 6, 1)).astype(np.float32)
        np.testing.assert_array_equal(serve(images=tg.constant(x))["output_0"].numpy(), model(x).numpy())
    with pytest.raises(ValueError, match="TG-1040"):
        K.models.load_model(tmp_path / "e")


def test_names_of_several_inputs_and_outputs(tmp_path):
    a, b = K.Input((2,), name="a"), K.Input((2,))
    model = K.Model({"first": a, "second": b}, {"sum": K.layers.Add()([a, b]), "a": a})
    model.save(tmp_path / "m")
    serve = tg.saved_model.load(str(tmp_path / "m")).signatures["serving_default"]
    outputs = serve(first=tg.constant([[1.0, 2.0]]), second=tg.constant([[3.0, 4.0]]))
    assert outputs["sum"].numpy().tolist() == [[4.0, 6.0]]
    assert outputs["a"].numpy().tolist() == [[1.0, 2.0]]


def test_compile_settings_come_back(tmp_path):
    model = cnn()
    model.save(tmp_path / "m")
    again = K.models.load_model(tmp_path / "m")
    assert again._compiled.get_config() == model._compiled.get_config()
    assert not K.models.load_model(tmp_path / "m", compile=False).compiled
    model.save(tmp_path / "m", include_optimizer=False)
    assert K.models.load_model(tmp_path / "m").count_params() == model.count_params()


def test_classes_and_functions_of_ones_own(tmp_path):
    class Shift(K.layers.Layer):
        def __init__(self, by, **kwargs):
            super().__init__(**kwargs)
            self.by = by

        def call(self, x):
            return x + self.by

    def error(y_true, y_pred):
        return tg.reduce_mean(tg.abs(y_true - y_pred), axis=-1)

    model = K.Sequential([K.Input((2,)), Shift(0.5)])
    model.compile("sgd", error, metrics=[error])
    model.save(tmp_path / "m")
    with pytest.raises(ValueError, match=r"'Shift'.*TG-1003"):
        K.models.load_model(tmp_path / "m")
    again = K.models.load_model(tmp_path / "m", custom_objects={"Shift": Shift, "error": error})
    assert again.evaluate(np.zeros((2, 2)), np.zeros((2, 2)), verbose=0) == [0.5, 0.5]


def test_weights_alone(tmp_path, rng):
    model, other = cnn(), cnn()
    model.save_weights(tmp_path / "w")
    other.load_weights(tmp_path / "w")
    for a, b in zip(model.variables, other.variables):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    small = K.Sequential([K.Input((2,)), K.layers.Dense(2)])
    before = small.get_weights()
    with pytest.raises(ValueError, match=r"kernel.*TG-1042"):
        small.load_weights(tmp_path / "w")
    np.testing.assert_array_equal(small.get_weights()[0], before[0])
    with pytest.raises(ValueError, match=r"save_weights.*TG-1040"):
        K.models.load_model(tmp_path / "w")


def test_wrong_paths(tmp_path):
    model = cnn()
    model.save(tmp_path / "m")
    with pytest.raises(tg.errors.AlreadyExistsError, match="TG-1044"):
        model.save(tmp_path / "m", overwrite=False)
    with pytest.raises(tg.errors.UnimplementedError, match="TG-1013"):
        model.save(tmp_path / "m.keras")
    with pytest.raises(tg.errors.NotFoundError, match="TG-1041"):
        K.models.load_model(tmp_path / "nothing")


def test_a_lambda_cannot_be_saved(tmp_path):
    model = K.Sequential([K.Input((2,)), K.layers.Dense(2)])
    model.compile("sgd", lambda y, p: y - p)
    with pytest.raises(ValueError, match="TG-1043"):
        model.save(tmp_path / "m")
    assert not (tmp_path / "m").exists()
