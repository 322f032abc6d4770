import numpy as np
import pytest

import tensegra as tg

I = tg.layers.initializers


@pytest.mark.parametrize(
    ("initializer", "mean", "stddev", "bound"),
    [
        (I.RandomNormal(1.0, 0.5, seed=1), 1.0, 0.5, None),
        (I.RandomUniform(-1.0, 3.0, seed=1), 1.0, 4 / 12**0.5, (-1.0, 3.0)),
        (I.TruncatedNormal(0.0, 1.0, seed=1), 0.0, 0.87962566, (-2.0, 2.0)),
        (I.GlorotNormal(seed=1), 0.0, (2 / 500) ** 0.5, None),
        (I.GlorotUniform(seed=1), 0.0, (2 / 500) ** 0.5, (-((6 / 500) ** 0.5), (6 / 500) ** 0.5)),
        (I.HeNormal(seed=1), 0.0, (2 / 300) ** 0.5, None),
        (I.HeUniform(seed=1), 0.0, (2 / 300) ** 0.5, (-((6 / 300) ** 0.5), (6 / 300) ** 0.5)),
        (I.LecunNormal(seed=1), 0.0, (1 / 300) ** 0.5, None),
        (I.LecunUniform(seed=1), 0.0, (1 / 300) ** 0.5, (-((3 / 300) ** 0.5), (3 / 300) ** 0.5)),
        (I.VarianceScaling(2.0, "fan_out", "untruncated_normal", seed=1), 0.0, (2 / 200) ** 0.5, None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, I.Initializer) else "",
)
def test_moments(initializer, mean, stddev, bound):
    values = initializer((300, 200)).numpy().astype(np.float64)
    assert values.mean() == pytest.approx(mean, abs=6 * stddev / values.size**0.5)
    assert values.std() == pytest.approx(stddev, rel=0.02)
    if bound:
        assert bound[0] <= values.min() and values.max() <= bound[1]


def test_window_counts_in_the_fans():
    values = I.HeNormal(seed=2)((3, 3, 16, 64)).numpy()
    assert values.std() == pytest.approx((2 / (9 * 16)) ** 0.5, rel=0.03)


def test_constants():
    np.testing.assert_array_equal(I.Zeros()((2, 3)).numpy(), np.zeros((2, 3)))
    np.testing.assert_array_equal(I.Ones()((2,), dtype="float64").numpy(), np.ones(2))
    np.testing.assert_array_equal(I.Constant([1.0, 2.0])((3, 2)).numpy(), [[1, 2]] * 3)
    assert I.Ones()((2,), dtype="int32").dtype == tg.int32


def test_seeds():
    same = I.GlorotUniform(seed=3)((4, 4)).numpy()
    np.testing.assert_array_equal(I.GlorotUniform(seed=3)((4, 4)).numpy(), same)
    assert not np.array_equal(I.GlorotUniform(seed=4)((4, 4)).numpy(), same)
    # Without a seed, instances differ, and follow set_random_seed.
    tg.keras.utils.set_random_seed(5)
    first = [I.GlorotUniform()((4,)).numpy() for _ in range(2)]
    assert not np.array_equal(*first)
    tg.keras.utils.set_random_seed(5)
    np.testing.assert_array_equal(I.GlorotUniform()((4,)).numpy(), first[0])


@pytest.mark.parametrize("name", [name for name in I.__all__ if name[0].isupper() and name != "Initializer"])
def test_round_trip(name):
    initializer = getattr(I, name)()
    config = I.serialize(initializer)
    assert config["module"] == "keras.initializers"
    assert I.serialize(I.deserialize(config)) == config
    assert type(I.get(name)) is type(initializer)


def test_names():
    assert isinstance(I.get("glorot_uniform"), I.GlorotUniform)
    assert isinstance(I.get("uniform"), I.RandomUniform)
    with pytest.raises(ValueError, match=r"GlorotUniform.*TG-1003"):
        I.get("glorot_unifrom")
    with pytest.raises(ValueError, match="TG-1004"):
        I.get({"name": "zeros"})


def test_wrong_arguments():
    for arguments in ({"scale": 0.0}, {"mode": "fan"}, {"distribution": "cauchy"}):
        with pytest.raises(ValueError, match="TG-1002"):
            I.VarianceScaling(**arguments)
    with pytest.raises(tg.errors.UnimplementedError, match="TG-1013"):
        I.Initializer()((2,))
