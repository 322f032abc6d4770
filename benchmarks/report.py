"""A page with plots of what `./dev bench` wrote: build/bench/report/index.html."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

from .graphs import tables as steps

STYLE = "body{font-family:sans-serif;max-width:60em;margin:2em auto}td,th{padding:.2em .8em;text-align:right}"


def write(place: Path) -> Path:
    """Writes the page beside plots and returns its path.

    Args:
        place: The directory that holds the JSON files of the groups.

    Raises:
        SystemExit: There are no results.
    """
    found = {group: _read(place / f"{group}.json") for group in ("graphs", "engine")}
    if not any(found.values()):
        raise SystemExit(f"no results in {place}: run `./dev bench -- graphs` first")
    target = place / "report"
    target.mkdir(parents=True, exist_ok=True)
    parts = ["<h1>Benchmarks</h1>", _machine(found["graphs"] or found["engine"])]
    for table in ("training", "inference"):
        if results := found["graphs"].get(table):
            parts.append(f"<h2>{table}</h2>")
            parts.append(
                _plot(results, "median_ms", f"{table}: wall time beside ours", target / f"{table}.svg")
            )
            parts.append(
                _plot(results, "cpu_ms", f"{table}: CPU time beside ours", target / f"{table}_cpu.svg")
            )
            parts += [_steps(name, systems) for name, systems in results.items()]
    for group, table in (
        ("graphs", "overhead"),
        ("graphs", "chain"),
        *(("engine", t) for t in found["engine"]),
    ):
        if table in found[group] and table not in ("machine", "versions", "load"):
            text = html.escape(json.dumps(found[group][table], indent=1))
            parts.append(
                f"<h2>{group}: {table}</h2><details><summary>figures</summary><pre>{text}</pre></details>"
            )
    page = target / "index.html"
    body = "\n".join(parts)
    page.write_text(
        f"<!doctype html><meta charset=utf-8><title>Benchmarks</title><style>{STYLE}</style>{body}\n"
    )
    return page


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text())) if path.is_file() else {}


def _machine(record: dict[str, Any]) -> str:
    machine, load = record["machine"], record.get("load", ["?"])
    text = f"{machine['processor']}, {machine['cores']} cores, {machine['system']}; load average {load[0]}"
    return f"<p>{html.escape(text)}. Systems took turns in processes of their own; ratios are those of one run.</p>"


def _steps(name: str, systems: dict[str, Any]) -> str:
    rows = []
    for system, figures in systems.items():
        if "error" in figures:
            rows.append(f"<tr><th>{system}<td colspan=6>SKIPPED: {html.escape(figures['error'])}")
            continue
        cells = [
            figures[key]
            for key in ("median_ms", "least_ms", "cpu_ms", "first_step_s", "import_to_first_step_s")
        ]
        cells.append(figures["peak_above_import_mb"])
        numbers = "".join(f"<td>{cell:.3f}" for cell in cells)
        rows.append(
            f"<tr title='{html.escape(figures['settings'])}'><th>{system} {figures['version']}{numbers}"
        )
    heads = "".join(
        f"<th>{head}"
        for head in ("system", "median ms", "least ms", "CPU ms", "first step s", "from import s", "MB")
    )
    best = steps.ratio(systems)
    said = f"; {best[0]:.2f} times as fast as {best[1]}" if best[1] else ""
    return f"<h3>{html.escape(name)}{said}</h3><table><tr>{heads}{''.join(rows)}</table>"


def _plot(results: dict[str, Any], key: str, title: str, path: Path) -> str:
    """Bars of each system's time divided by ours."""
    try:
        import matplotlib
    except ImportError:
        return f"<p>{html.escape(title)}: a plot needs matplotlib (pip install matplotlib).</p>"
    matplotlib.use("Agg")
    from matplotlib import pyplot

    names = [
        name for name, systems in results.items() if "error" not in systems.get(steps.OURS, {"error": ""})
    ]
    systems = list(
        dict.fromkeys(s for name in names for s in results[name] if "error" not in results[name][s])
    )
    figure, axes = pyplot.subplots(figsize=(9, 0.5 + 0.28 * max(1, len(names)) * max(1, len(systems))))
    for number, system in enumerate(systems):
        rows = [i for i, name in enumerate(names) if "error" not in results[name].get(system, {"error": ""})]
        values = [results[names[i]][system][key] / results[names[i]][steps.OURS][key] for i in rows]
        places = [i + (number - len(systems) / 2) * 0.8 / len(systems) for i in rows]
        axes.barh(places, values, height=0.8 / len(systems), label=system)
    axes.set_yticks(range(len(names)), names)
    axes.axvline(1.0, color="black", linewidth=0.8)
    axes.set_title(title)
    axes.invert_yaxis()
    axes.legend(fontsize="small")
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
    return f"<img src='{path.name}' alt='{html.escape(title)}'>"
