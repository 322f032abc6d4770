"""The one validator behind every command, the noxfile and CI."""

from __future__ import annotations

from collections.abc import Iterable

from ._finding import Finding
from ._gate import check_changes
from ._rfc_check import check_rfcs
from ._sig import check_sigs
from ._snapshot import Snapshot

PARTS = ("rfcs", "sigs", "gate")


def validate(tree: Snapshot, base: Snapshot | None = None, parts: Iterable[str] = PARTS) -> list[Finding]:
    """Checks the proposals, the groups and the public surface of a tree.

    Args:
        tree: The tree to check.
        base: The tree where the work began; None when there is no history.
        parts: Which of `PARTS` to check.

    Returns:
        What is wrong, worst first.
    """
    found: list[Finding] = []
    if "rfcs" in parts:
        found += check_rfcs(tree, base)
    if "sigs" in parts:
        found += check_sigs(tree)
    if "gate" in parts:
        found += check_changes(tree, base)
    return sorted(dict.fromkeys(found), key=lambda finding: (not finding.fatal, finding.path, finding.code))
