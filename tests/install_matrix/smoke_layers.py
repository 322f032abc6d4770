"""Layers alone: a model is compiled, fitted and evaluated."""

import numpy as np

import tensegra as tg

tg.keras.utils.set_random_seed(0)
x = np.random.default_rng(0).normal(size=(256, 2)).astype(np.float32)
y = (x.sum(axis=1) > 0).astype(np.int32)
model = tg.keras.Sequential([tg.keras.Input((2,)), tg.layers.Dense(8, activation="relu"), tg.layers.Dense(2)])
model.compile(
    optimizer="adam",
    loss=tg.layers.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
losses = model.fit(x, y, epochs=5, verbose=0).history["loss"]
assert losses[-1] < losses[0]
assert model.predict(x, verbose=0).shape == (256, 2)
print("ok")
