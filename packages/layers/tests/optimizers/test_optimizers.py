import numpy as np
import pytest

import tensegra as tg

O = tg.layers.optimizers
STEPS = 6


class Sgd:
    def __init__(self, momentum=0.0, nesterov=False):
        self.momentum, self.nesterov, self.v = momentum, nesterov, 0.0

    def step(self, w, g, lr, t):
        self.v = self.momentum * self.v - lr * g
        if self.nesterov:
            return w + self.momentum * self.v - lr * g
        return w + self.v


class Adam:
    def __init__(self, b1=0.9, b2=0.999, eps=1e-7, amsgrad=False):
        self.b1, self.b2, self.eps, self.amsgrad = b1, b2, eps, amsgrad
        self.m = self.v = self.top = 0.0

    def step(self, w, g, lr, t):
        self.m = self.b1 * self.m + (1 - self.b1) * g
        self.v = self.b2 * self.v + (1 - self.b2) * g**2
        self.top = np.maximum(self.top, self.v)
        v = self.top if self.amsgrad else self.v
        alpha = lr * np.sqrt(1 - self.b2**t) / (1 - self.b1**t)
        return w - alpha * self.m / (np.sqrt(v) + self.eps)


class AdamW(Adam):
    def step(self, w, g, lr, t):
        return super().step(w - lr * 0.1 * w, g, lr, t)


class Rms:
    def __init__(self, rho=0.9, momentum=0.0, eps=1e-7, centered=False, initial=0.0):
        self.rho, self.momentum, self.eps, self.centered = rho, momentum, eps, centered
        self.v, self.a, self.m = initial, 0.0, 0.0

    def step(self, w, g, lr, t):
        self.v = self.rho * self.v + (1 - self.rho) * g**2
        self.a = self.rho * self.a + (1 - self.rho) * g
        spread = self.v - self.a**2 if self.centered else self.v
        self.m = self.momentum * self.m + lr * g / np.sqrt(spread + self.eps)
        return w - self.m


CASES = [
    (lambda: O.SGD(0.1), Sgd),
    (lambda: O.SGD(0.1, momentum=0.8), lambda: Sgd(0.8)),
    (lambda: O.SGD(0.1, momentum=0.8, nesterov=True), lambda: Sgd(0.8, True)),
    (lambda: O.Adam(0.1), Adam),
    (
        lambda: O.Adam(0.1, beta_1=0.5, beta_2=0.7, epsilon=1e-3, amsgrad=True),
        lambda: Adam(0.5, 0.7, 1e-3, True),
    ),
    (lambda: O.AdamW(0.1, weight_decay=0.1), AdamW),
    (lambda: O.RMSprop(0.1), Rms),
    (lambda: O.RMSprop(0.1, initial_average=1.0), lambda: Rms(initial=1.0)),
    (lambda: O.RMSprop(0.1, rho=0.7, momentum=0.5, centered=True), lambda: Rms(0.7, 0.5, centered=True)),
]


@pytest.mark.parametrize(("make", "reference"), CASES)
@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_steps_follow_the_formulas(rng, make, reference, traced, dtype):
    starts = [rng.normal(size=(3, 2)).astype(dtype), rng.normal(size=4).astype(dtype)]
    gradients = [[rng.normal(size=s.shape).astype(dtype) for s in starts] for _ in range(STEPS)]
    variables = [tg.Variable(start) for start in starts]
    optimizer = make()
    optimizer.build(variables)

    def apply(a, b):
        optimizer.apply_gradients(zip([a, b], variables))

    run = tg.function(apply) if traced else apply
    for step in gradients:
        run(*map(tg.constant, step))
    for place, (start, variable) in enumerate(zip(starts, variables)):
        wanted, rule = start.astype(np.float64), reference()
        for t, step in enumerate(gradients, 1):
            wanted = rule.step(wanted, step[place].astype(np.float64), 0.1, t)
        # The learning rate and its powers are float32, as in Keras.
        np.testing.assert_allclose(variable.numpy(), wanted, rtol=3e-5, atol=3e-6)
    assert int(optimizer.iterations.numpy()) == STEPS


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ({"clipnorm": 1.0}, ([0.6, 0.8], [0.3])),
        ({"clipvalue": 2.0}, ([2.0, 2.0], [0.3])),
        ({"global_clipnorm": 1.0}, (np.array([3.0, 4.0]) / np.sqrt(25.09), np.array([0.3]) / np.sqrt(25.09))),
        ({"global_clipnorm": 100.0}, ([3.0, 4.0], [0.3])),
    ],
)
def test_clipping(arguments, wanted):
    variables = [tg.Variable([0.0, 0.0]), tg.Variable([0.0])]
    O.SGD(1.0, **arguments).apply_gradients(zip([tg.constant([3.0, 4.0]), tg.constant([0.3])], variables))
    for variable, value in zip(variables, wanted):
        np.testing.assert_allclose(-variable.numpy(), value, rtol=1e-6)


def test_variables_without_a_gradient_stay():
    a, b = tg.Variable(1.0), tg.Variable(1.0)
    O.SGD(0.5).apply_gradients([(None, a), (tg.constant(1.0), b)])
    assert (float(a), float(b)) == (1.0, 0.5)


def test_weight_decay_leaves_excluded_variables_alone():
    kernel, bias = tg.Variable(1.0, name="kernel"), tg.Variable(1.0, name="bias")
    optimizer = O.SGD(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(["bias"])
    optimizer.apply_gradients([(tg.constant(0.0), kernel), (tg.constant(0.0), bias)])
    assert float(kernel) == pytest.approx(0.95)
    assert float(bias) == 1.0


def test_learning_rate_can_be_set_unless_scheduled():
    optimizer = O.SGD(0.5)
    optimizer.learning_rate = 0.25
    assert float(optimizer.learning_rate) == 0.25
    scheduled = O.SGD(O.schedules.ExponentialDecay(1.0, 1, 0.5))
    x = tg.Variable(0.0)
    for _ in range(3):
        scheduled.apply_gradients([(tg.constant(1.0), x)])
    assert float(x) == -1.75
    assert float(scheduled.learning_rate) == 0.125
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-1032"):
        scheduled.learning_rate = 1.0


def test_wrong_use():
    x = tg.Variable(0.0, name="x")
    with pytest.raises(ValueError, match=r"x.*TG-1030"):
        O.SGD().apply_gradients([(None, x)])
    optimizer = O.Adam()
    optimizer.build([x])
    with pytest.raises(ValueError, match=r"other.*TG-1031"):
        optimizer.apply_gradients([(tg.constant(1.0), tg.Variable(0.0, name="other"))])
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-1031"):
        O.Adam().apply([tg.constant(1.0)])
    for arguments in ({"learning_rate": -1.0}, {"clipnorm": 1.0, "clipvalue": 1.0}, {"weight_decay": -0.1}):
        with pytest.raises(ValueError, match="TG-1002"):
            O.SGD(**arguments)
    with pytest.raises(ValueError, match=r"'adm'.*'Adam'.*TG-1003"):
        O.get("adm")
    with pytest.raises(tg.errors.UnimplementedError, match="TG-1013"):
        O.Optimizer().apply_gradients([(tg.constant(1.0), x)])


@pytest.mark.parametrize("make", [case[0] for case in CASES])
def test_round_trip(make):
    config = O.serialize(make())
    assert config["module"] == "keras.optimizers"
    assert O.serialize(O.deserialize(config)) == config


def test_round_trip_with_a_schedule():
    config = O.serialize(O.Adam(O.schedules.CosineDecay(0.1, 10), clipnorm=1.0))
    assert O.serialize(O.deserialize(config)) == config
