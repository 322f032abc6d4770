"""What the command shows: coloured differences, what is left to do, and a progress bar."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from ._report import count_line, issues
from ._result import UpgradeResult

if TYPE_CHECKING:
    from collections.abc import Callable

_STYLES = {"+++": "bold", "---": "bold", "@@": "cyan", "+": "green", "-": "red"}


def difference(result: UpgradeResult) -> list[str]:
    """The unified difference of one file, line by line."""
    before, after = result.source.splitlines(), result.text.splitlines()
    name = result.filename
    return list(
        difflib.unified_diff(before, after, f"{name} (TensorFlow 1.x)", f"{name} (Tensegra)", lineterm="")
    )


def show_difference(console: Console, result: UpgradeResult) -> None:
    """Prints the difference of one file; colours follow NO_COLOR and whether a terminal listens."""
    for line in difference(result):
        style = next((style for start, style in _STYLES.items() if line.startswith(start)), "")
        console.print(Text(line, style=style), soft_wrap=True)


def show_summary(console: Console, results: Sequence[UpgradeResult]) -> None:
    """Prints what is left to do, then one line that sums up."""
    for result in results:
        for finding in result.todo:
            place = f"{result.filename}:{finding.line}" if finding.line else result.filename
            text = Text.assemble(
                (place, "bold"), ": ", (finding.construct, "yellow"), f": {finding.why} ({finding.code})"
            )
            console.print(text, soft_wrap=True)
        if result.verification is not None:
            told = Text.assemble((result.filename, "bold"), ": compared: ", result.verification.says)
            console.print(told, soft_wrap=True)
    done = not issues(results)
    console.print(Text(count_line(results), style="bold green" if done else "bold yellow"), soft_wrap=True)


@contextmanager
def file_progress(console: Console) -> Iterator[Callable[[int, int, str], None]]:
    """A progress bar over files, shown when there are several and a terminal is there to show it."""
    columns = (TextColumn("upgrading"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", visible=False)

        def advance(number: int, total: int, name: str) -> None:
            bar.update(task, completed=number, total=total, description=name, visible=total > 1)

        yield advance
