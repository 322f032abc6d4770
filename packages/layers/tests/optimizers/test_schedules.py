import numpy as np
import pytest

import tensegra as tg

S = tg.layers.optimizers.schedules


def test_exponential_decay():
    for step in (0, 3, 10, 25):
        assert float(S.ExponentialDecay(0.1, 10, 0.5)(step)) == pytest.approx(
            0.1 * 0.5 ** (step / 10), rel=1e-6
        )
        stairs = S.ExponentialDecay(0.1, 10, 0.5, staircase=True)
        assert float(stairs(step)) == pytest.approx(0.1 * 0.5 ** (step // 10), rel=1e-6)


def test_cosine_decay():
    schedule = S.CosineDecay(0.1, 100, alpha=0.2)
    for step in (0, 25, 50, 100, 1000):
        wave = 0.5 * (1 + np.cos(np.pi * min(step, 100) / 100))
        assert float(schedule(step)) == pytest.approx(0.1 * (0.8 * wave + 0.2), rel=1e-5)


def test_warmup():
    schedule = S.CosineDecay(0.0, 100, warmup_target=1.0, warmup_steps=10)
    assert [float(schedule(step)) for step in (0, 5, 10)] == pytest.approx([0.0, 0.5, 1.0])
    assert float(schedule(60)) == pytest.approx(0.5, abs=1e-6)
    assert float(schedule(110)) == pytest.approx(0.0, abs=1e-6)


def test_wrong_arguments():
    for cls in (S.ExponentialDecay, S.CosineDecay):
        with pytest.raises(ValueError, match=r"decay_steps.*TG-1002"):
            cls(0.1, 0, 0.5)
    with pytest.raises(tg.errors.UnimplementedError, match="TG-1013"):
        S.LearningRateSchedule()(1)
