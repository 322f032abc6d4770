"""Stage 6: how certain is the network? The entropy of each prediction, and the digits it is least certain of."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np

import tensegra as tg

from .runner import Context, Result, Stage
from .stage_data import Digits
from .stage_layers import Trained

SHOWN = 3


def run(context: Context) -> Result:
    """Computes the entropies, checks that they mean something, and draws the most uncertain digits."""
    digits: Digits = context.value("data")
    trained: Trained = context.value("layers")
    with context.bar("entropies", 1) as advance:
        predictive = tg.probability.distributions.Categorical(probs=tg.constant(trained.probabilities))
        entropies = predictive.entropy().numpy()
        advance()
    p = trained.probabilities.astype(np.float64)
    by_hand = -np.sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0), axis=1)
    context.check(
        entropies.shape == by_hand.shape and np.allclose(entropies, by_hand, atol=1e-5),
        "the entropies are those of the formula",
        f"greatest difference {np.abs(entropies - by_hand).max():.1e}",
    )
    right = p.argmax(axis=1) == digits.test_labels
    context.check(
        entropies[~right].mean() > entropies[right].mean(),
        "the network is less certain where it is wrong",
        f"{entropies[~right].mean():.2f} nats when wrong, {entropies[right].mean():.2f} when right",
    )
    worst = np.argsort(-entropies, kind="stable")[:SHOWN]
    picture = context.artefact("most_uncertain.png")
    draw(digits.test_images[worst, ..., 0], p[worst], entropies[worst], digits.test_labels[worst], picture)
    return Result(
        figure=f"mean entropy {entropies.mean():.3f} nats, greatest {entropies.max():.2f}",
        size=picture.stat().st_size,
        values=entropies,
    )


def draw(
    images: np.ndarray, probabilities: np.ndarray, entropies: np.ndarray, labels: np.ndarray, path: Path
) -> None:
    """Each digit above what the network thinks that it is; the true digit is marked."""
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(
        2, len(images), figsize=(3 * len(images), 4.6), dpi=130, layout="constrained", height_ratios=(3, 1.4)
    )
    for column, (image, p, entropy, label) in enumerate(
        zip(images, probabilities, entropies, labels, strict=True)
    ):
        top, bottom = axes[:, column]
        top.imshow(image, cmap="gray_r", interpolation="nearest")
        top.set_title(f"entropy {entropy:.2f} nats", fontsize=10)
        top.axis("off")
        bars = bottom.bar(range(10), p, color="#a9bcd0", width=0.8)
        bars[int(label)].set_color("#2a9d8f")
        bottom.set_ylim(0, 1)
        bottom.set_yticks([0, 1])
        bottom.set_xticks(range(10))
        bottom.tick_params(labelsize=8, length=0)
        bottom.spines[["top", "right"]].set_visible(False)
    axes[1, 0].set_ylabel("probability", fontsize=8)
    figure.suptitle("The digits that the network is least certain of (green: the truth)", fontsize=11)
    figure.savefig(path)
    plt.close(figure)


STAGE = Stage("probability", "how certain is it?", run, needs=("data", "layers"))
