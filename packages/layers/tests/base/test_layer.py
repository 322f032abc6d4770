import numpy as np
import pytest

import tensegra as tg


class Scale(tg.layers.Layer):
    def __init__(self, start=1.0, **kwargs):
        super().__init__(**kwargs)
        self.start = start

    def build(self, input_shape):
        self.factor = self.add_weight(
            (input_shape[-1],), tg.layers.initializers.Constant(self.start), name="factor"
        )

    def call(self, x):
        return x * self.factor


class Block(tg.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.parts = [tg.layers.Dense(3), {"norm": tg.layers.BatchNormalization()}]
        self.drop = tg.layers.Dropout(0.5)
        self.own = tg.Variable(1.0)

    def call(self, x, training=False):
        return self.drop(self.parts[1]["norm"](self.parts[0](x), training=training)) * self.own


def test_names_count_up_like_keras():
    tg.keras.utils.clear_session()
    names = [tg.layers.Dense(1).name, tg.layers.Dense(1).name, tg.layers.GlobalAveragePooling2D().name]
    assert names == ["dense", "dense_1", "global_average_pooling2d"]
    assert tg.layers.Dense(1, name="head").name == "head"


def test_weights_inside_are_found_own_first():
    block = Block()
    block(np.ones((4, 2), np.float32))
    # Own, then Dense (kernel, bias) and BatchNormalization (gamma, beta, two averages).
    assert [tuple(w.shape) for w in block.weights] == [(), (2, 3), (3,), (3,), (3,), (3,), (3,)]
    assert len(block.trainable_weights) == 5
    assert len(block.non_trainable_weights) == 2
    # The random state of Dropout is a variable but not a weight.
    assert len(block.variables) == len(block.weights) + 1
    assert block.count_params() == 1 + 6 + 5 * 3


def test_trainable_reaches_all_layers_inside():
    block = Block()
    block(np.ones((4, 2), np.float32))
    block.trainable = False
    assert block.trainable_weights == []
    assert len(block.non_trainable_weights) == 7
    block.trainable = True
    assert len(block.trainable_weights) == 5


def test_training_flag_reaches_layers_inside():
    layer = Block()
    x = np.ones((64, 2), np.float32)
    layer(x)
    assert np.count_nonzero(layer(x, training=True).numpy() == 0) > 10
    quiet = layer(x, training=False).numpy()
    np.testing.assert_array_equal(quiet, layer(x).numpy())


def test_config_of_a_plain_subclass_comes_from_its_arguments():
    layer = Scale(start=2.0, name="twice")
    assert layer.get_config() == {"start": 2.0, "name": "twice", "trainable": True, "dtype": "float32"}
    again = Scale.from_config(layer.get_config())
    np.testing.assert_array_equal(again(np.ones((1, 2), np.float32)).numpy(), [[2.0, 2.0]])


def test_config_leaves_the_layer_itself_out():
    class Short(tg.layers.Layer):
        def __init__(me, factor, **kwargs):
            super().__init__(**kwargs)
            me.factor = factor

    assert Short(3, name="x").get_config() == {
        "factor": 3,
        "name": "x",
        "trainable": True,
        "dtype": "float32",
    }


@pytest.mark.parametrize("value", [3, "text", [[1.0, 2.0]], None])
def test_only_tensors_and_arrays_are_taken(value):
    layer = tg.layers.Dense(2)
    for _ in range(2):
        with pytest.raises(tg.errors.InvalidArgumentError, match=r"dense.*numpy.asarray.*TG-1015"):
            layer(value)
        layer(np.ones((1, 2)))


def test_config_of_arguments_that_are_not_plain_is_refused():
    with pytest.raises(ValueError, match=r"start=.*TG-1043"):
        Scale(start=np.ones(2)).get_config()


def test_floats_are_cast_to_the_dtype_of_the_layer():
    assert Scale()(np.ones((1, 2))).dtype == tg.float32
    assert Scale(dtype="float64")(np.ones((1, 2), np.float32)).dtype == tg.float64


def test_output_shape_without_a_method_is_found_by_tracing():
    layer = Scale()
    assert layer.compute_output_shape((None, 5)) == (None, 5)
    assert layer.built
    assert layer.count_params() == 5


def test_losses_hold_penalties_and_those_of_the_last_call():
    class Busy(tg.layers.Layer):
        def __init__(self):
            super().__init__()
            self.dense = tg.layers.Dense(1, kernel_initializer="ones", kernel_regularizer="l2")

        def call(self, x):
            self.add_loss(tg.reduce_sum(x))
            return self.dense(x)

    layer = Busy()
    for _ in range(2):
        layer(np.ones((1, 3), np.float32))
        assert [float(loss) for loss in layer.losses] == pytest.approx([3.0, 0.03])
    layer.trainable = False
    assert len(layer.losses) == 1


def test_activity_regularizer_adds_a_loss():
    layer = Scale(activity_regularizer=tg.layers.regularizers.L1(0.5))
    layer(np.ones((2, 3), np.float32))
    assert [float(loss) for loss in layer.losses] == [3.0]
    assert layer.get_config()["activity_regularizer"]["config"] == {"l1": 0.5}


def test_get_and_set_weights():
    layer = tg.layers.Dense(2)
    layer.build((None, 3))
    values = [np.arange(6, dtype=np.float32).reshape(3, 2), np.array([7.0, 8.0], np.float32)]
    layer.set_weights(values)
    for got, wanted in zip(layer.get_weights(), values):
        np.testing.assert_array_equal(got, wanted)
    with pytest.raises(ValueError, match=r"1 arrays for 2 weights.*TG-1009"):
        layer.set_weights(values[:1])
    with pytest.raises(ValueError, match=r"kernel.*shape=\(2, 2\).*TG-1009"):
        layer.set_weights([np.zeros((2, 2)), values[1]])
    np.testing.assert_array_equal(layer.get_weights()[0], values[0])


def test_a_wrong_shape_names_the_layer():
    layer = tg.layers.Dense(2, name="head")
    layer.build((None, 3))
    with pytest.raises(ValueError, match=r"\[layers.layer 'head'\].*size 3.*\(1, 4\).*TG-1001"):
        layer(np.ones((1, 4), np.float32))


def test_errors_in_call_name_the_layer():
    class Broken(tg.layers.Layer):
        def call(self, x):
            raise KeyError("oops")

    with pytest.raises(KeyError) as caught:
        Broken(name="bad")(np.ones((1, 2), np.float32))
    assert "while calling layer 'bad' (Broken)" in caught.value.__notes__


def test_a_constructor_that_forgets_its_base_class():
    class Forgetful(tg.layers.Layer):
        def __init__(self):
            pass

    with pytest.raises(tg.errors.FailedPreconditionError, match=r"super\(\).*TG-1011"):
        Forgetful()(np.ones((1, 2), np.float32))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [({"units": 2, "unit": 3}, "TG-1014"), ({"units": 2, "name": "a/b"}, "TG-1002")],
)
def test_wrong_arguments(arguments, code):
    with pytest.raises(ValueError, match=code):
        tg.layers.Dense(**arguments)


def test_other_dtypes_are_refused():
    with pytest.raises(tg.errors.UnimplementedError, match=r"mixed_float16.*TG-1013"):
        tg.layers.Dense(2, dtype="mixed_float16")


def test_an_unbuilt_layer_has_no_weights_to_count():
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-1005"):
        tg.layers.Dense(2).count_params()
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-1005"):
        _ = tg.layers.Dense(2).output


def test_layers_are_built_inside_of_functions():
    layer = tg.layers.Dense(2)
    run = tg.function(lambda x: layer(x))
    x = np.ones((3, 4), np.float32)
    np.testing.assert_allclose(run(x).numpy(), layer(x).numpy(), rtol=1e-6)
    assert len(layer.weights) == 2
