"""The account of an upgrade, as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ._result import Finding, UpgradeResult
from ._verification import Verification

_STATUS_SAYS = {
    "upgraded": "rewritten for Tensegra",
    "shimmed": "runs on tensegra.compat.v1, the runtime for 1.x programs",
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
    """The report for people: what came of each file, the to-do list in order, then construct by construct."""
    lines = ["# Upgrade report", "", count_line(results) + ".", ""]
    concerned = [result for result in results if result.status != "unchanged"]
    if len(concerned) > 1:
        lines += ["| file | what was done | confidence | left to do |", "|---|---|---|---:|"]
        for result in concerned:
            left = len(result.todo) or ""
            lines.append(
                f"| `{_inline(result.filename)}` | {_STATUS_SAYS[result.status]} | {result.confidence} | {left} |"
            )
        lines.append("")
    if issues(results):
        lines += ["## To do, in order", ""]
        for result in results:
            for finding in result.todo:
                place = f"{result.filename}:{finding.line}" if finding.line else result.filename
                lines.append(f"1. `{place}` `{_inline(finding.construct)}`: {finding.why} ({finding.code})")
        lines.append("")
    for result in concerned or results:
        says = f"{_STATUS_SAYS[result.status]}; confidence {result.confidence}"
        lines += [f"## {result.filename}", "", f"**{result.status}**: {says}.", ""]
        if result.verification is not None:
            lines += [*_comparison(result.verification), ""]
        if result.findings:
            lines += ["| line | construct | fate | why |", "|---:|---|---|---|"]
            for place, finding in _grouped(result.findings):
                cells = [f"`{_inline(finding.construct)}`", finding.fate, finding.why.replace("|", "\\|")]
                lines.append(f"| {place} | " + " | ".join(cells) + " |")
            lines.append("")
    unchanged = [result.filename for result in results if result.status == "unchanged"]
    if unchanged and concerned:
        names = ", ".join(f"`{_inline(name)}`" for name in unchanged)
        lines += ["## Nothing to upgrade", "", f"These files do not use TensorFlow: {names}.", ""]
    return "\n".join(lines).rstrip() + "\n"


def _comparison(found: Verification) -> list[str]:
    """The values before and after, one line for each place that fetches."""
    lines = [f"**Compared**: {found.says}."]
    if found.rows:
        lines += ["", "| line | what it fetches | runs | numbers | largest difference | |"]
        lines.append("|---:|---|---:|---:|---:|---|")
    for row in found.rows:
        mark = "equal" if row.equal else "**differs**"
        lines.append(
            f"| {row.line} | `{_inline(row.fetched)}` | {row.runs} | {row.values} | {row.largest:.2g} | {mark} |"
        )
    return lines


def _grouped(findings: Sequence[Finding]) -> list[tuple[str, Finding]]:
    """Findings that differ in their lines only are told once, with all lines."""
    groups: dict[tuple[str, str, str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.construct, finding.fate, finding.why, finding.code), []).append(finding)
    rows = []
    for same in groups.values():
        lines = sorted({finding.line for finding in same if finding.line})
        more = f" and {len(lines) - 6} more" if len(lines) > 6 else ""
        rows.append((", ".join(map(str, lines[:6])) + more, same[0]))
    return rows


def json_report(results: Sequence[UpgradeResult]) -> str:
    """The report for programs."""
    account = {"files": [result.as_dict() for result in results], "issues": issues(results)}
    return json.dumps(account, indent=2, ensure_ascii=False) + "\n"


def _inline(text: str) -> str:
    return text.replace("`", "'").replace("|", "\\|")
