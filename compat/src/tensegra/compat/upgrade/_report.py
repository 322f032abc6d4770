"""The account of an upgrade, as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ._result import UpgradeResult

_STATUS_SAYS = {
    "upgraded": "upgraded to native Tensegra",
    "unchanged": "nothing to upgrade",
    "refused": "left unchanged; the reasons are below",
    "unreadable": "not touched; the reason is below",
}


def issues(results: Sequence[UpgradeResult]) -> int:
    """How many findings are left to a person."""
    return sum(len(result.todo) for result in results)


def count_line(results: Sequence[UpgradeResult]) -> str:
    """One line that sums everything up, such as `3 files: 2 upgraded, 1 refused; 4 issues`."""
    counts = [f"{n} {s}" for s in _STATUS_SAYS if (n := sum(r.status == s for r in results))]
    files = f"{len(results)} file{'s' * (len(results) != 1)}"
    number = issues(results)
    return f"{files}: {', '.join(counts) or 'nothing found'}; {number} issue{'s' * (number != 1)}"


def markdown_report(results: Sequence[UpgradeResult]) -> str:
    """The report for people: the to-do list first, then each file construct by construct."""
    lines = ["# Upgrade report", "", count_line(results) + ".", ""]
    if issues(results):
        lines += ["## To do, in order", ""]
        for result in results:
            for finding in result.todo:
                place = f"{result.filename}:{finding.line}" if finding.line else result.filename
                lines.append(f"1. `{place}` `{_inline(finding.construct)}`: {finding.why} ({finding.code})")
        lines.append("")
    for result in results:
        lines += [f"## {result.filename}", "", f"**{result.status}**: {_STATUS_SAYS[result.status]}.", ""]
        if result.findings:
            lines += ["| line | construct | fate | why |", "|---:|---|---|---|"]
            for finding in result.findings:
                cells = [f"`{_inline(finding.construct)}`", finding.fate, finding.why.replace("|", "\\|")]
                lines.append(f"| {finding.line or ''} | " + " | ".join(cells) + " |")
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def json_report(results: Sequence[UpgradeResult]) -> str:
    """The report for programs."""
    account = {"files": [result.as_dict() for result in results], "issues": issues(results)}
    return json.dumps(account, indent=2, ensure_ascii=False) + "\n"


def _inline(text: str) -> str:
    return text.replace("`", "'").replace("|", "\\|")
