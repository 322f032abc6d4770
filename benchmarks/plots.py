"""Plots of the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .graphs.tables import OURS

COLORS = {
    "onnxruntime inference": "#7a5af8",
    "openvino inference": "#0e9384",
    "torch eager": "#f79009",
    "torch compiled": "#d92d20",
    "jax compiled": "#12b76a",
    "tensorflow eager": "#98a2b3",
    "tensorflow xla": "#475467",
}
INK, OWN = "#1d2430", "#2e6bff"


def relative(results: dict[str, Any], key: str, title: str, path: Path) -> bool:
    """Draws the time of each peer divided by ours, a panel for each number of threads; False without matplotlib.

    Args:
        results: The figures of the systems, by workload and number of threads.
        key: Which figure.
        title: What stands above.
        path: The SVG file.
    """
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("Agg")
    from matplotlib import pyplot

    panels: dict[str, dict[str, dict[str, float]]] = {}
    for name, systems in results.items():
        workload, _, threads = name.partition(", ")
        ours = systems.get(OURS, {"error": ""})
        if "error" not in ours:
            peers = {s: f[key] / ours[key] for s, f in systems.items() if s != OURS and "error" not in f}
            panels.setdefault(threads, {})[workload] = peers
    if not panels:
        return False
    rows = max(len(found) for found in panels.values())
    with pyplot.rc_context({"font.family": "sans-serif", "font.size": 10, "svg.hashsalt": "tensegra"}):
        figure, every = pyplot.subplots(
            1,
            len(panels),
            figsize=(9.5, 1.35 + 0.42 * rows),
            sharex=True,
            squeeze=False,
            layout="constrained",
        )
        for axes, (threads, found) in zip(every[0], panels.items()):
            _panel(axes, threads, found)
        handles, labels = [], []
        for axes in every[0]:
            for handle, label in zip(*axes.get_legend_handles_labels()):
                if label not in labels:
                    handles.append(handle)
                    labels.append(label)
        figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False, fontsize=9)
        figure.suptitle(title, fontsize=11, color=INK, x=0.01, ha="left")
        figure.savefig(path, metadata={"Date": None})
        pyplot.close(figure)
    return True


def _panel(axes: Any, threads: str, found: dict[str, dict[str, float]]) -> None:
    names = list(found)
    for row, name in enumerate(names):
        values = found[name].values()
        axes.plot([min([1.0, *values]), max([1.0, *values])], [row, row], color="#e4e7ec", zorder=1)
    for system in dict.fromkeys(s for peers in found.values() for s in peers):
        points = [(peers[system], row) for row, peers in enumerate(found.values()) if system in peers]
        axes.scatter(*zip(*points), s=42, color=COLORS.get(system, INK), label=system, zorder=3)
    axes.axvline(1.0, color=OWN, linewidth=2, label="tensegra compiled", zorder=2)
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    ticks = [t for t in (0.25, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20, 50, 100) if low <= t <= high]
    axes.set_xticks(ticks, [f"{tick:g}x" for tick in ticks])
    axes.minorticks_off()
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_title(threads, fontsize=10, color=INK)
    axes.grid(axis="x", color="#f2f4f7")
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(left=False)
