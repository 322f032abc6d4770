"""Runs stages one after the other, with progress bars, and sums up.

A stage that fails does not hide the others: those that need it are reported as not run, the rest go on.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text


class CheckError(Exception):
    """A check of a stage did not hold."""


@dataclass
class Result:
    """What a stage reports and hands to the stages after it."""

    figure: str
    """The one number to remember, for the summary."""
    size: int | None = None
    """Bytes of what it made or read."""
    values: Any = None
    """For the stages that need this one."""


@dataclass(frozen=True)
class Stage:
    """One step of the quickstart."""

    name: str
    title: str
    run: Callable[[Context], Result]
    needs: tuple[str, ...] = ()


@dataclass
class Context:
    """What a stage works with."""

    out: Path
    core_python: Path
    seed: int = 1
    console: Console = field(default_factory=lambda: Console(highlight=False))
    results: dict[str, Result] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    _progress: Progress | None = None
    _held: int = 0

    def value(self, stage: str) -> Any:
        """What an earlier stage handed on."""
        return self.results[stage].values

    def say(self, text: Any) -> None:
        """Prints above the progress bars."""
        self.console.print(text)

    def note(self, text: str) -> None:
        """Prints plain text above the progress bars, set in, markup characters as they are."""
        self.console.print(Padding(Text(text), (0, 0, 0, 2)))

    def artefact(self, name: str) -> Path:
        """A path under the output folder, listed at the end."""
        path = self.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.files.append(path)
        return path

    def check(self, holds: bool, claim: str, found: Any) -> None:
        """Stops the stage unless `holds`.

        Raises:
            CheckError: with the claim and what was found instead.
        """
        if not holds:
            raise CheckError(f"{claim}; found {found}")
        self._held += 1
        line = Text.assemble(("✓ ", "green"), claim, (f" ({found})", "dim"))
        self.console.print(Padding(line, (0, 0, 0, 2)))

    @contextmanager
    def bar(self, title: str, total: int | None = None) -> Iterator[Callable[[], None]]:
        """A progress bar (a spinner without `total`); call what it gives after each step."""
        assert self._progress is not None
        task = self._progress.add_task(f"  {title}", total=total)
        yield lambda: self._progress.advance(task) if self._progress else None
        self._progress.update(task, total=total or 1, completed=total or 1)
        self._progress.stop_task(task)

    @contextmanager
    def live(self) -> Iterator[None]:
        """Shows the bars of one stage."""
        columns = (
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=36),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._held = 0
        with Progress(*columns, console=self.console) as self._progress:
            yield
        self._progress = None


@dataclass
class Report:
    """How a stage went, for the summary."""

    stage: Stage
    status: str
    seconds: float = 0.0
    figure: str = ""
    size: int | None = None


class Runner:
    """Runs `stages` in order."""

    def __init__(self, stages: Sequence[Stage], context: Context) -> None:
        self._stages = stages
        self._context = context
        self._reports: list[Report] = []

    def run(self, only: Sequence[str] | None = None) -> int:
        """Runs all stages, or `only` these and what they need; returns the exit code."""
        context = self._context
        context.out.mkdir(parents=True, exist_ok=True)
        chosen = self._with_needs(only)
        for number, stage in enumerate(chosen, 1):
            context.say(f"\n[bold cyan]{number}/{len(chosen)} {stage.name}[/]  {stage.title}")
            try:
                self._reports.append(self._run_one(stage))
            except KeyboardInterrupt:
                context.say(
                    f"\n[bold red]interrupted[/] in stage {stage.name}; what it had not finished is not kept"
                )
                return 130
        self._summary()
        return 0 if all(report.status == "ok" for report in self._reports) else 1

    def _with_needs(self, only: Sequence[str] | None) -> list[Stage]:
        if only is None:
            return list(self._stages)
        by_name = {stage.name: stage for stage in self._stages}
        wanted: set[str] = set()
        open_names = list(only)
        while open_names:
            name = open_names.pop()
            wanted.add(name)
            open_names.extend(set(by_name[name].needs) - wanted)
        return [stage for stage in self._stages if stage.name in wanted]

    def _run_one(self, stage: Stage) -> Report:
        context = self._context
        missing = [name for name in stage.needs if name not in context.results]
        if missing:
            reason = f"not run: needs {', '.join(missing)}"
            context.say(f"  [yellow]{reason}[/]")
            return Report(stage, "not run", figure=reason)
        start = time.perf_counter()
        try:
            with context.live():
                result = stage.run(context)
        except CheckError as error:
            return self._failed(stage, start, f"check failed: {error}")
        except Exception as error:
            log = context.artefact(f"{stage.name}.traceback.txt")
            log.write_text(traceback.format_exc())
            return self._failed(stage, start, f"{type(error).__name__}: {error} (traceback: {_shown(log)})")
        context.results[stage.name] = result
        return Report(stage, "ok", time.perf_counter() - start, result.figure, result.size)

    def _failed(self, stage: Stage, start: float, reason: str) -> Report:
        self._context.console.print(f"  ✗ {stage.name} failed: {reason}", style="bold red", markup=False)
        return Report(stage, "failed", time.perf_counter() - start, reason)

    def _summary(self) -> None:
        table = Table(title="quickstart", title_style="bold", show_lines=False)
        table.add_column("stage", style="cyan", no_wrap=True)
        table.add_column("", no_wrap=True)
        table.add_column("time", justify="right", no_wrap=True)
        table.add_column("size", justify="right", no_wrap=True)
        table.add_column("figure")
        marks = {"ok": "[green]✓[/]", "failed": "[red]✗[/]", "not run": "[yellow]-[/]"}
        for report in self._reports:
            seconds = f"{report.seconds:.1f} s" if report.status != "not run" else ""
            figure = report.figure.replace("[", r"\[")
            table.add_row(report.stage.name, marks[report.status], seconds, _size(report.size), figure)
        self._context.say("")
        self._context.say(table)
        files = [path for path in self._context.files if path.exists()]
        if files:
            lines = "\n".join(f"{_shown(path)}  [dim]{_size(total_size(path))}[/]" for path in files)
            self._context.say(Panel(lines, title="made", title_align="left", border_style="dim"))
        bad = [report.stage.name for report in self._reports if report.status != "ok"]
        if bad:
            self._context.say(f"[bold red]not every check held[/]: {', '.join(bad)}")
        else:
            self._context.say("[bold green]every check held[/]")


def total_size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(item.stat().st_size for item in path.rglob("*") if item.is_file())


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _size(count: int | None) -> str:
    if count is None:
        return ""
    return f"{count / 1e6:.2f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"
