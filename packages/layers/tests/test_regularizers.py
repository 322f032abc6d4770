import numpy as np
import pytest

import tensegra as tg

R = tg.layers.regularizers


def test_values_and_gradients(rng):
    x = rng.normal(size=(3, 4))
    variable = tg.Variable(x)
    for regularizer, wanted, slope in (
        (R.L1(0.3), 0.3 * np.abs(x).sum(), 0.3 * np.sign(x)),
        (R.L2(0.2), 0.2 * (x**2).sum(), 0.4 * x),
        (R.L1L2(0.3, 0.2), 0.3 * np.abs(x).sum() + 0.2 * (x**2).sum(), 0.3 * np.sign(x) + 0.4 * x),
    ):
        with tg.GradientTape() as tape:
            penalty = regularizer(variable)
        np.testing.assert_allclose(tape.gradient(penalty, variable).numpy(), slope, rtol=1e-6)
        assert float(penalty) == pytest.approx(wanted, rel=1e-6)


def test_names_and_configurations():
    assert isinstance(R.get("l2"), R.L2)
    assert isinstance(R.get("l1_l2"), R.L1L2)
    for regularizer in (R.L1(0.1), R.L2(0.2), R.L1L2(0.1, 0.2)):
        assert R.deserialize(R.serialize(regularizer)).get_config() == regularizer.get_config()
    with pytest.raises(ValueError, match="TG-1002"):
        R.L1(-1.0)
    with pytest.raises(tg.errors.UnimplementedError, match="TG-1013"):
        R.Regularizer()(1.0)
