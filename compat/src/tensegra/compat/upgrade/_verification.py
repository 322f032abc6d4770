"""What a comparison of a program before and after its upgrade came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Verdict = Literal["equal", "drifts", "differs", "random", "failed", "nothing"]

SAYS = {
    "equal": "the same values before and after",
    "drifts": "the same values in the first steps; later the differences of rounding grow, as training makes them",
    "differs": "other values after the upgrade",
    "random": "it draws random numbers while it runs, so values after the first draw cannot be equal",
    "failed": "it does not run",
    "nothing": "it fetched no values in the time it was given",
}


@dataclass(frozen=True)
class Row:
    """All runs of one place of the program.

    Attributes:
        line: the line of the source that made the runs.
        fetched: what it fetches, as the source names it.
        runs: how many of its runs were compared.
        values: how many numbers were compared.
        largest: the largest difference |a - b| / (1 + |a|).
        equal: whether all are within the tolerance.
    """

    line: int
    fetched: str
    runs: int
    values: int
    largest: float
    equal: bool


@dataclass(frozen=True)
class Verification:
    """The comparison of one program.

    Attributes:
        verdict: `equal`; `drifts` (equal over the first steps, later a little apart); `differs`; `random` (it draws
            at run time, and values differ); `failed` (one side does not run); `nothing` (no value was fetched).
        rows: one for each place of the source that fetches, in order of lines.
        variables: how many variables began with the same values.
        reason: one sentence, where there is more to say.
        tolerance: the difference that counts as equal.
    """

    verdict: Verdict
    rows: tuple[Row, ...] = ()
    variables: int = 0
    reason: str = ""
    tolerance: float = 1e-5

    @property
    def runs(self) -> int:
        """How many runs were compared."""
        return sum(row.runs for row in self.rows)

    @property
    def says(self) -> str:
        """One sentence."""
        text = SAYS[self.verdict]
        if self.rows:
            text += f" ({self.runs} runs, {self.variables} variables started equal)"
        return f"{text}: {self.reason}" if self.reason else text

    def as_dict(self) -> dict[str, Any]:
        """The comparison as plain values, for JSON."""
        return {
            "verdict": self.verdict,
            "reason": self.reason,
            "tolerance": self.tolerance,
            "variables": self.variables,
            "rows": [
                {
                    "line": row.line,
                    "fetched": row.fetched,
                    "runs": row.runs,
                    "values": row.values,
                    "largest": row.largest,
                    "equal": row.equal,
                }
                for row in self.rows
            ],
        }
