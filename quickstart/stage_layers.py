"""Stage 2: a small convolutional network learns the digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

import tensegra as tg

from .runner import Context, Result, Stage
from .stage_data import Digits

EPOCHS = 10
LEARNING_RATE = 4e-3
ACCURACY = 0.97


@dataclass(frozen=True)
class Trained:
    """The model and what it says about the test digits."""

    model: Any
    probabilities: np.ndarray
    accuracy: float


class _Bar(tg.keras.callbacks.Callback):
    """Moves a progress bar after each batch."""

    def __init__(self, advance: Callable[[], None]) -> None:
        super().__init__()
        self._advance = advance

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._advance()


def build() -> Any:
    """The network: two convolutions, each pooled, and a classifier."""
    layers = tg.keras.layers
    return tg.keras.Sequential(
        [
            tg.keras.Input((28, 28, 1), name="images"),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ],
        name="digits",
    )


def train(digits: Digits, seed: int, advance: Callable[[], None]) -> tuple[Any, dict[str, list[float]]]:
    """A trained network and the history of its epochs; `advance` is called after each batch."""
    tg.keras.utils.set_random_seed(seed)
    model = build()
    schedule = tg.keras.optimizers.schedules.CosineDecay(LEARNING_RATE, EPOCHS * len(digits.train))
    model.compile(
        optimizer=tg.keras.optimizers.Adam(schedule),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    history = model.fit(
        digits.train,
        epochs=EPOCHS,
        validation_data=(digits.test_images, digits.test_labels),
        callbacks=[_Bar(advance)],
        verbose=0,
    )
    return model, history.history


def run(context: Context) -> Result:
    """Trains, evaluates, and draws the learning curve."""
    digits: Digits = context.value("data")
    build().summary(print_fn=context.note)
    with context.bar(f"training, {EPOCHS} epochs", EPOCHS * len(digits.train)) as advance:
        model, history = train(digits, context.seed, advance)
    loss, accuracy = model.evaluate(digits.test_images, digits.test_labels, verbose=0)
    draw(history, context.artefact("learning_curve.png"))
    context.check(
        accuracy >= ACCURACY,
        f"test accuracy of at least {ACCURACY:.1%} after {EPOCHS} epochs",
        f"{accuracy:.2%}",
    )
    return Result(
        figure=f"test accuracy {accuracy:.2%}, loss {loss:.4f}",
        size=sum(weight.nbytes for weight in model.get_weights()),
        values=Trained(model, np.asarray(model.predict(digits.test_images, verbose=0)), float(accuracy)),
    )


def draw(history: dict[str, list[float]], path: Path) -> None:
    """Loss and accuracy by epoch, of training and of testing."""
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    epochs = range(1, len(history["loss"]) + 1)
    colors = {"training": "#2a6f97", "test": "#e76f51"}
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), dpi=130, layout="constrained")
    for axis, key, title in ((axes[0], "loss", "Loss"), (axes[1], "accuracy", "Accuracy")):
        for label, series in (("training", history[key]), ("test", history[f"val_{key}"])):
            axis.plot(
                epochs, series, color=colors[label], marker="o", markersize=3.5, linewidth=1.8, label=label
            )
        axis.set_title(title, loc="left", fontweight="bold")
        axis.set_xlabel("epoch")
        axis.grid(alpha=0.25)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylim(bottom=0)
    axes[1].axhline(ACCURACY, color="#888888", linewidth=1, linestyle=":")
    axes[1].annotate(
        f"{ACCURACY:.0%}", (epochs[-1], ACCURACY), color="#666666", fontsize=8, va="top", ha="right"
    )
    axes[1].legend(frameon=False, loc="lower right")
    figure.suptitle("A small convolutional network on 4,000 digits", x=0.01, ha="left", fontsize=11)
    figure.savefig(path)
    plt.close(figure)


STAGE = Stage("layers", "a small convolutional network learns them", run, needs=("data",))
