"""Python control flow over tensors in what users write: layers, losses, metrics, schedules, training steps."""

from __future__ import annotations

import numpy as np

import tensegra as tg

K = tg.keras


class Gate(K.layers.Layer):
    def call(self, inputs, training=False):
        if training:
            inputs = inputs * 1.0
        total = tg.reduce_sum(inputs)
        if total > 0:
            return inputs
        for _ in tg.range(3):
            inputs = inputs + 1.0
        return inputs


def huber(y_true, y_pred):
    error = tg.reduce_mean(tg.abs(y_true - y_pred))
    if error > 1.0:
        return error - 0.5
    return 0.5 * error * error


def share_above(y_true, y_pred):
    count = 0.0
    for value in tg.reshape(y_pred, [-1]):
        if value > 0.5:
            count += 1.0
    return count / float(len(tg.reshape(y_pred, [-1])))


class Halving(K.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        if step < 2:
            return 0.1
        return 0.0

    def get_config(self):
        return {}


class Stepping(K.Model):
    def __init__(self):
        super().__init__()
        self.dense = K.layers.Dense(1, kernel_initializer="ones")
        self.gate = Gate()
        self.skipped = tg.Variable(0, trainable=False)

    def call(self, inputs):
        return self.gate(self.dense(inputs))

    def train_step(self, data):
        if tg.reduce_sum(data[0]) > 100.0:
            self.skipped.assign_add(1)
        return super().train_step(data)


def test_a_layer_in_a_function():
    layer = Gate()
    traced = tg.function(lambda x: layer(x))
    for value in (2.0, -2.0):
        np.testing.assert_array_equal(traced(tg.fill([2], value)), layer(tg.fill([2], value)))


def test_fit_with_control_flow_everywhere():
    model = Stepping()
    model.compile(K.optimizers.SGD(Halving()), loss=huber, metrics=[share_above])
    x, y = np.ones([8, 2], np.float32), np.zeros([8, 1], np.float32)
    first = model.fit(x, y, batch_size=4, epochs=1, shuffle=False, verbose=0).history
    assert 0.0 <= first["share_above"][0] <= 1.0
    weights = model.get_weights()
    model.fit(x, y, batch_size=4, epochs=1, verbose=0)  # the schedule is at 0 by now
    for before, after in zip(weights, model.get_weights()):
        np.testing.assert_array_equal(before, after)
    model.fit(x * 100, y, batch_size=4, epochs=1, verbose=0)
    assert model.skipped.numpy() == 2
