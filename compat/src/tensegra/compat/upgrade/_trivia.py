"""Comments and blank lines above statements."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

EMPTY = cst.EmptyLine(indent=False)


def stripped(lines: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """Leading lines without the blank ones before the first comment."""
    start = next((i for i, line in enumerate(lines) if line.comment), len(lines))
    return list(lines[start:])


def joined(first: list[cst.EmptyLine], second: list[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """Two runs of leading lines in a row; blank lines where they meet do not add up."""
    if any(line.comment for line in first):
        return [*first, *second]
    blanks = next((i for i, line in enumerate(second) if line.comment), len(second))
    return [*([EMPTY] * max(len(first), blanks)), *second[blanks:]]


def detached(lines: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """Leading lines up to the last blank one: what does not belong to the statement itself."""
    last = max((i for i, line in enumerate(lines) if not line.comment), default=-1)
    return list(lines[: last + 1])


def attached(lines: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """The comments right above a statement."""
    return list(lines[len(detached(lines)) :])
