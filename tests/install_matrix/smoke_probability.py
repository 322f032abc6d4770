"""Probability alone: entropies and draws of known distributions."""

import numpy as np

import tensegra as tg

tfd = tg.probability.distributions
np.testing.assert_allclose(tfd.Categorical(logits=[0.0, 0.0]).entropy().numpy(), np.log(2.0), rtol=1e-6)
draws = tfd.Normal(3.0, 0.5).sample(10_000, seed=1).numpy()
np.testing.assert_allclose([draws.mean(), draws.std()], [3.0, 0.5], atol=0.02)
print("ok")
