"""Records of kernels: `tg.profiler.Profile`."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from tensegra import _native
from tensegra._errors import FailedPreconditionError
from tensegra._public import public


class Record(NamedTuple):
    """One run of one kernel."""

    op: str
    start_ns: int
    end_ns: int
    bytes: int
    operations: float
    thread: int
    in_graph: bool


class OpTotal(NamedTuple):
    """All runs of one op."""

    op: str
    calls: int
    seconds: float
    bytes: int
    operations: float


@public("profiler.Profile")
class Profile:
    """Records every kernel that runs in its context: which op, when, on how much memory.

    One profile records at a time, for all threads. What is recorded costs about a microsecond for each kernel.

    Args:
        max_records: How many runs are kept at most; later ones are counted only.

    Raises:
        tg.errors.FailedPreconditionError: Another profile records already (TG-0710).

    >>> import tensegra as tg
    >>> with tg.profiler.Profile() as profile:
    ...     y = tg.matmul(tg.ones((64, 64)), tg.ones((64, 64)))
    >>> [total.op for total in profile.totals() if total.op == "matmul"], profile.dropped
    (['matmul'], 0)
    """

    def __init__(self, max_records: int = 1_000_000) -> None:
        self._max_records = max_records
        self._running = False
        self.records: list[Record] = []
        self.dropped = 0

    def __enter__(self) -> Profile:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Begins to record; what was recorded before is forgotten."""
        _native.start_profile(self._max_records)
        self._running = True

    def stop(self) -> None:
        """Ends recording.

        Raises:
            tg.errors.FailedPreconditionError: It does not record (TG-0710).
        """
        if not self._running:
            raise FailedPreconditionError(
                "[profiler.Profile] a profile is ended after it was started. Received: one that does not record. "
                "Use it in a with statement, or call start first.",
                code="TG-0710",
            )
        self._running = False
        rows, self.dropped = _native.stop_profile()
        self.records = [Record(*row) for row in rows]

    def totals(self) -> list[OpTotal]:
        """What each op took in all, the most expensive first."""
        rows: dict[str, list[Record]] = defaultdict(list)
        for record in self.records:
            rows[record.op].append(record)
        totals = [
            OpTotal(
                op,
                len(records),
                sum(record.end_ns - record.start_ns for record in records) * 1e-9,
                sum(record.bytes for record in records),
                sum(max(record.operations, 0.0) for record in records),
            )
            for op, records in rows.items()
        ]
        return sorted(totals, key=lambda total: -total.seconds)

    def table(self, rows: int = 20) -> str:
        """A table of the ops that took the most time.

        Args:
            rows: How many ops at most.
        """
        totals = self.totals()
        whole = sum(total.seconds for total in totals) or 1.0
        lines = [
            f"{'op':32}{'calls':>9}{'total ms':>11}{'mean us':>11}{'share':>8}{'GB/s':>8}{'GFLOP/s':>10}"
        ]
        for total in totals[:rows]:
            seconds = total.seconds or 1e-9
            flops = f"{total.operations / seconds * 1e-9:10.1f}" if total.operations else f"{'-':>10}"
            lines.append(
                f"{total.op:32}{total.calls:>9}{total.seconds * 1e3:>11.3f}{total.seconds / total.calls * 1e6:>11.2f}"
                f"{total.seconds / whole:>8.1%}{total.bytes / seconds * 1e-9:>8.1f}{flops}"
            )
        if len(totals) > rows:
            lines.append(f"... and {len(totals) - rows} ops more")
        if self.dropped:
            lines.append(f"{self.dropped} runs beyond max_records={self._max_records} are not counted")
        return "\n".join(lines)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the records as a trace that Perfetto and Chrome's trace viewer open.

        The file follows the Trace Event Format: complete events, times in microseconds.

        Args:
            path: A file, which is replaced.
        """
        process = os.getpid()
        events = [
            {
                "name": record.op,
                "cat": "function" if record.in_graph else "eager",
                "ph": "X",
                "ts": record.start_ns / 1e3,
                "dur": (record.end_ns - record.start_ns) / 1e3,
                "pid": process,
                "tid": record.thread,
                "args": {"bytes": record.bytes, "operations": max(record.operations, 0.0)},
            }
            for record in self.records
        ]
        text = json.dumps({"traceEvents": events, "displayTimeUnit": "ms"})
        Path(path).write_text(text, encoding="utf-8")
