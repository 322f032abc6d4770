import numpy as np
import pytest
from scipy import special

import tensegra as tg

A = tg.layers.activations
X = np.linspace(-7, 7, 29, dtype=np.float64)

REFERENCES = {
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "exponential": np.exp,
    "gelu": lambda x: x * special.ndtr(x),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "linear": lambda x: x,
    "log_softmax": special.log_softmax,
    "mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x)),
    "sigmoid": special.expit,
    "silu": lambda x: x * special.expit(x),
    "softmax": special.softmax,
    "softplus": lambda x: np.log1p(np.exp(x)),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "swish": lambda x: x * special.expit(x),
    "tanh": np.tanh,
}


def test_every_activation_has_a_reference():
    assert set(REFERENCES) == set(A.__all__) - {"get", "serialize", "deserialize"}


@pytest.mark.parametrize("name", sorted(REFERENCES))
def test_values(name):
    wanted = REFERENCES[name](X)
    np.testing.assert_allclose(getattr(A, name)(X).numpy(), wanted, rtol=1e-6, atol=1e-9)
    single = A.get(name)(X.astype(np.float32)).numpy()
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", sorted(set(REFERENCES) - {"swish"}))
def test_names_round_trip(name):
    assert A.serialize(A.get(name)) == name
    assert A.deserialize(name) is getattr(A, name)


def test_other_parameters():
    np.testing.assert_allclose(A.elu(X, alpha=2.0).numpy(), np.where(X > 0, X, 2 * np.expm1(X)), rtol=1e-6)
    tanh_gelu = 0.5 * X * (1 + np.tanh(np.sqrt(2 / np.pi) * (X + 0.044715 * X**3)))
    np.testing.assert_allclose(A.gelu(X, approximate=True).numpy(), tanh_gelu, rtol=1e-6, atol=1e-9)


def test_unknown_names_get_the_nearest():
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"name='sigmoyd'.*'sigmoid'.*TG-1003"):
        A.get("sigmoyd")
    assert A.get(None) is None
    assert A.get(np.tanh) is np.tanh


def test_a_function_without_a_name_cannot_be_written():
    with pytest.raises(ValueError, match="TG-1043"):
        A.serialize(lambda x: x)
