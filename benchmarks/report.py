"""A page with plots of what `./dev bench` wrote: build/bench/report/index.html."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from . import plots
from .engine.overhead import CALLS
from .engine.systems.kernel_cases import TABLES as KERNEL_TABLES
from .graphs import beside, chain, overhead, tables
from .graphs.tables import OURS
from .html_parts import Cell, definitions, graded, heading, note, page, table
from .saved_model import files

GROUPS = ("graphs", "engine", "saved_model")
Row = tuple[str, list[Cell | str]]


def write(place: Path) -> Path:
    """Writes the page beside plots and returns its path.

    Args:
        place: The directory that holds the JSON files of the groups.

    Raises:
        SystemExit: There are no results.
    """
    found = {group: _read(place / f"{group}.json") for group in GROUPS}
    if not any(found.values()):
        raise SystemExit(f"no results in {place}: run `./dev bench -- graphs` first")
    target = place / "report"
    target.mkdir(parents=True, exist_ok=True)
    parts = [
        "<h1>Benchmarks</h1>",
        "<p>Systems took turns in processes of their own, so a ratio compares what one run measured on one machine. "
        "Above 1: Tensegra is faster.</p>",
        _machines(found),
    ]
    graphs = found["graphs"]
    for name, title in (("training", "training steps"), ("inference", "inference, float32")):
        if graphs.get(name):
            parts += _workloads(name, title, graphs[name], target)
    sections: dict[str, dict[str, Callable[[Any], list[str]]]] = {
        "graphs": {"overhead": _compiled, "chain": _chain, "beside": _beside},
        "engine": {"overhead": _calls, "throughput": _throughput},
        "saved_model": {"files": _files},
    }
    for which in KERNEL_TABLES:
        sections["engine"][which] = partial(_kernels, which)
    for group, every in sections.items():
        for name, section in every.items():
            if found[group].get(name):
                parts += section(found[group][name])
    path = target / "index.html"
    path.write_text(page("Benchmarks", parts))
    return path


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text())) if path.is_file() else {}


def _machines(found: dict[str, dict[str, Any]]) -> str:
    """Where and when each group was measured."""
    items = []
    for group, record in found.items():
        if record:
            machine, versions = record["machine"], record["versions"]
            items.append(
                (
                    f"{group}, {record.get('date', 'date unknown')}",
                    f"{machine['processor']}, {machine['cores']} cores, {machine['system']}; "
                    f"Tensegra {versions['tensegra']}, Python {versions['python']}, NumPy {versions['numpy']}; "
                    f"load average at the start {record['load'][0]:.1f}",
                )
            )
    return definitions(items)


# ---- whole workloads


def _workloads(name: str, title: str, results: dict[str, Any], target: Path) -> list[str]:
    parts = [heading(2, title.capitalize()), _summary(title, results)]
    for key, what in (("median_ms", "Wall time"), ("cpu_ms", "CPU time")):
        file = target / f"{name}_{key.removesuffix('_ms')}.svg"
        text = f"{what} of a step beside ours; right of the line: slower than Tensegra"
        if plots.relative(results, key, text, file):
            parts.append(f"<img src='{file.name}' alt='{html.escape(text)}'>")
        else:
            parts.append(note(f"{text}: no plot, since matplotlib or our own figures are missing"))
    parts += [_settings(results), "<details><summary>All figures</summary>"]
    for workload, systems in results.items():
        parts.append(heading(3, workload))
        parts.append(_figures(systems))
        if differing := tables.differing(systems):
            parts.append(note(f"DIFFERS: {', '.join(differing)}: other results than the first system"))
    return [*parts, "</details>"]


def _summary(title: str, results: dict[str, Any]) -> str:
    trains = title.startswith("training")
    rows: list[Row] = []
    walls: list[float] = []
    cpus: list[float] = []
    for name, systems in results.items():
        of = tables.ratios(systems)
        value, peer = of["wall time"]
        if not peer:
            rows.append(("", [name, Cell("no peer was measured", "skipped", 7)]))
            continue
        walls.append(value)
        cpus.append(of["CPU time"][0])
        ours = systems[OURS]
        start = of["start"][0]
        rows.append(
            (
                "",
                [
                    name,
                    tables.milliseconds(ours["median_ms"]),
                    Cell(peer, "left"),
                    tables.milliseconds(systems[peer]["median_ms"]),
                    graded(value, tables.BAR, tables.FLOOR),
                    f"{of['CPU time'][0]:.2f}",
                    graded(start, tables.START_BAR) if trains else f"{start:.2f}",
                    graded(ours.get("memory_ratio") or 0.0, tables.MEMORY_BAR, least=False),
                ],
            )
        )
    mean_bar = tables.MEAN_BARS[title]
    if walls:
        mean = graded(tables.geometric_mean(walls), mean_bar, 1.0)
        cpu = f"{tables.geometric_mean(cpus):.2f}"
        rows.append(("total", ["geometric mean", "", "", "", mean, cpu, "", ""]))
    heads = ["workload", "ours ms", "fastest peer", "its ms", "ratio", "CPU ratio", "start ratio", "memory"]
    beginning = f", {tables.START_BAR:g} for the start (import to the end of the first step, compiled peers)"
    return table(heads, rows) + note(
        f"Asked: {tables.BAR} for each, {mean_bar} for the geometric mean{beginning if trains else ''}; memory above "
        f"the import at most {tables.MEMORY_BAR} times weights, slots and live activations. Green holds its bar, ochre "
        f"is at least {tables.FLOOR} (a mean: 1.0), red is below."
    )


def _figures(systems: dict[str, Any]) -> str:
    rows: list[Row] = []
    for system, figures in systems.items():
        if "error" in figures:
            text = f"SKIPPED: {figures['error']}"
            rows.append(("", [system, Cell(text, "skipped", len(tables.COLUMNS))]))
        else:
            kind = "ours" if system == OURS else ""
            rows.append((kind, [system, *(text(figures) for _, text in tables.COLUMNS)]))
    return table(["system", *(head for head, _ in tables.COLUMNS)], rows)


def _settings(results: dict[str, Any]) -> str:
    """How each system was tuned."""
    said = {
        f"{system} {figures['version']}": figures["settings"]
        for systems in results.values()
        for system, figures in systems.items()
        if "error" not in figures
    }
    return f"<details><summary>Versions and settings</summary>{definitions(said.items())}</details>"


# ---- the other tables of graphs


def _compiled(record: dict[str, Any]) -> list[str]:
    rows: list[Row] = [
        ("", ["call of a compiled add", f"{record['call_us']:.2f} us", f"{record['call_bar_us']:g} us"]),
        ("", ["the same add, eager", f"{record['eager_us']:.2f} us", ""]),
        ("", [f"tracing {overhead.NODES} nodes", f"{record['trace_ms']:.2f} ms", ""]),
        ("", ["first call of other shapes", f"{record['plan_ms']:.2f} ms", ""]),
    ]
    return [heading(2, "A compiled function beside its kernels"), table(["what", "figure", "bar"], rows)]


def _chain(record: dict[str, Any]) -> list[str]:
    keys = ("loop_ms", "tensegra_ms", "torch_eager_ms", "torch_compiled_ms")
    rows: list[Row] = [
        (
            "",
            [
                threads,
                *(f"{found[key]:.2f}" if key in found else "-" for key in keys),
                graded(found.get("ratio", 0.0), chain.BAR, least=False),
            ],
        )
        for threads, found in record.items()
    ]
    heads = ["", "loop in C ms", "tensegra ms", "torch eager ms", "torch compiled ms", "beside the loop"]
    caption = f"asked: at most {chain.BAR} times the loop, faster than PyTorch compiled"
    return [heading(2, "gelu(a * b + c) * d over 16 M floats"), table(heads, rows, caption)]


def _beside(record: dict[str, Any]) -> list[str]:
    rows: list[Row] = []
    for threads, systems in record.items():
        if "error" in systems:
            rows.append(("", [threads, Cell(f"SKIPPED: {systems['error']}", "skipped", 4)]))
            continue
        for system, found in systems.items():
            cells = [f"{found['alone_ms']:.2f}", f"{found['alternating_ms']:.2f}"]
            cost = graded(found["cost"], beside.BAR, least=False)
            rows.append(("", [threads, Cell(system, "left"), *cells, cost]))
    heads = ["", "system", "alone ms", "alternating ms", "cost"]
    caption = f"steps of {beside.WORKLOAD}; asked: at most {beside.BAR}"
    return [heading(2, "Beside PyTorch in one process"), table(heads, rows, caption)]


# ---- the engine


def _calls(record: dict[str, Any]) -> list[str]:
    versions = record["versions"]
    rows: list[Row] = []
    for name, found in record["microseconds"].items():
        ours, bar = found.get("tensegra"), CALLS.get(name)
        cells: list[Cell | str] = [name]
        for system in versions:
            cells.append(f"{found[system]['median']:.2f}" if system in found else "-")
        for peer in (system for system in versions if system != "tensegra"):
            both = ours and peer in found
            cells.append(f"{found[peer]['median'] / ours['median']:.2f}" if both else "-")
        cells.append(graded(ours["median"], bar, least=False) if ours and bar else Cell("-"))
        rows.append(("", [*cells, f"{bar:g}" if bar else ""]))
    heads = ["call", *(f"{system} {version}" for system, version in versions.items())]
    heads += [f"{system} / ours" for system in versions if system != "tensegra"]
    parts = [
        heading(2, "The cost of one call"),
        table([*heads, "ours", "bar"], rows, "microseconds, medians"),
    ]
    return parts + [note(f"SKIPPED {system}: {why}") for system, why in record["skipped"].items()]


def _throughput(record: dict[str, Any]) -> list[str]:
    rows: list[Row] = [
        (
            "",
            [
                name,
                *(f"{found[system]['least'] * 1e3:.3f}" for system in ("numpy", "tensegra")),
                f"{found['numpy']['least'] / found['tensegra']['least']:.2f}",
            ],
        )
        for name, found in record["seconds_per_call"].items()
    ]
    heads = ["workload", "numpy ms", "tensegra ms", "ratio"]
    return [heading(2, "The engine beside NumPy"), table(heads, rows)]


def _kernels(which: str, record: dict[str, Any]) -> list[str]:
    cases = {case.name: case for case in KERNEL_TABLES[which]}
    parts = [heading(2, f"Kernels: {which}")]
    for threads, found in record.items():
        systems = list(dict.fromkeys(system for times in found.values() for system in times))
        rows: list[Row] = []
        for name, times in found.items():
            if name not in cases:
                continue
            rates = [f"{cases[name].work / times[s] * 1e6:.1f}" if s in times else "-" for s in systems]
            others = [time for system, time in times.items() if system != "tensegra"]
            both = others and "tensegra" in times
            value = f"{min(others) / times['tensegra']:.2f}" if both else "-"
            rows.append(("", [name, *rates, Cell(cases[name].unit, "left"), value]))
        parts.append(table(["case", *systems, "unit", "ratio"], rows, threads))
    return parts


# ---- saved models


def _files(record: dict[str, Any]) -> list[str]:
    rows: list[Row] = []
    for row in files.rows(record):
        ours = row["system"] == "tensegra"
        beside: Cell | str = f"{row['beside_cp']:.2f}"
        load: Cell | str = "" if row["load"] is None else f"{row['load'] * 1e3:.1f}"
        if ours:
            beside = graded(row["beside_cp"], files.SAVE_BAR, least=False)
            load = Cell(str(load), "good" if row["load"] <= files.LOAD_BAR else "bad")
        peaks = [f"{row['peak_mb'][action]:.0f}" if row["peak_mb"] else "" for action in ("save", "load")]
        cells = [row["system"], f"{row['save']:.2f}", f"{row['least']:.2f}", beside, load, *peaks]
        rows.append(("ours" if ours else "", cells))
    heads = [
        "system",
        "save and sync s",
        "least s",
        "beside cp",
        "load and one row ms",
        "MB saving",
        "MB loading",
    ]
    caption = (
        f"asked: saving at most {files.SAVE_BAR} times cp, loading at most {files.LOAD_BAR * 1e3:.0f} ms"
    )
    parts = [heading(2, f"A saved model of {record['megabytes']} MB"), table(heads, rows, caption)]
    return parts + [note(f"SKIPPED {system}: {why}") for system, why in record["skipped"].items()]
