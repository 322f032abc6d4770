"""Scores the upgrader on real programs: `python compat/tools/corpus.py --from DIR [--json FILE] [--out DIR]`.

DIR holds one folder for each repository, `owner__name`, as it was checked out at the commit that the development set
names. What is measured, as the mean of the rates of the repositories:

    parses     files that are written and are valid Python 3 (each cell of a notebook)
    unreported files whose output uses a name that does not exist and that the report does not tell
    resolve    files that need no manual work: every name exists, nothing is left to do
    alone      stand-alone scripts (graph and session in a file of their own) that come out native
    native     files of TensorFlow 1.x that come out native

Names are looked up here a second time, from the tokens of the output and without the upgrader's own analysis.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import io
import json
import keyword
import os
import re
import sys
import tokenize
import types
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tensegra.compat import UpgradeResult, upgrade_paths

_IMPORT = re.compile(r"^\s*import (tensegra[\w.]*) as (\w+)", re.MULTILINE)
_ROOT = re.compile(r"^\s*import (tensegra)\s*$", re.MULTILINE)
_FROM = re.compile(r"^\s*from (tensegra[\w.]*) import ([\w ,]+)", re.MULTILINE)
_LEFT = re.compile(r"^\s*(?:import|from) tensorflow\b", re.MULTILINE)
_MAGIC = re.compile(r"^\s*(?:[%!?].*|\w[\w.]*\s*=\s*[%!].*)$")
MEASURES = ("parses", "unreported", "resolve", "alone", "native")


@dataclass
class Score:
    """The counts of one repository; each measure as how many of how many."""

    repository: str
    files: int = 0
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    unreported: list[str] = field(default_factory=list)

    def rate(self, measure: str) -> float | None:
        """The rate of a measure, or None where there is nothing to measure."""
        good, of = self.counts[measure]
        return good / of if of else None


def texts(result: UpgradeResult) -> list[str]:
    """The pieces of Python of an output: the text, or the cells of a notebook without what only IPython knows."""
    if not result.filename.endswith(".ipynb"):
        return [result.text]
    try:
        content = json.loads(result.text)
    except ValueError:
        return []
    cells = content.get("cells") or (content.get("worksheets") or [{}])[0].get("cells", [])
    found = []
    for cell in cells:
        if cell.get("cell_type") != "code":
            continue
        source = cell.get("source", cell.get("input", ""))
        source = "".join(source) if isinstance(source, list) else source
        if not source.lstrip().startswith("%%"):
            found.append("\n".join("pass" if _MAGIC.match(line) else line for line in source.split("\n")))
    return found


def parses(result: UpgradeResult) -> bool:
    """Whether an output is Python 3."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for text in texts(result):
            try:
                ast.parse(text.strip("\n"))
            except (SyntaxError, ValueError):
                return False
    return True


def exists(dotted: str) -> bool:
    """Whether a dotted name is there; below what is neither a module nor a class everything is."""
    parts = dotted.split(".")
    thing: object = importlib.import_module(parts[0])
    for place, name in enumerate(parts[1:], 1):
        if not isinstance(thing, (types.ModuleType, type)):
            return True
        try:
            thing = getattr(thing, name)
        except AttributeError:
            try:
                thing = importlib.import_module(".".join(parts[: place + 1]))
            except ImportError:
                return False
    return True


def chains(text: str) -> Iterator[str]:
    """The dotted names of a text, from its tokens."""
    try:
        tokens = [
            (t.type, t.string)
            for t in tokenize.generate_tokens(io.StringIO(text).readline)
            if t.type in (tokenize.NAME, tokenize.OP)
        ]
    except (tokenize.TokenError, SyntaxError):
        return
    place = 0
    while place < len(tokens):
        kind, word = tokens[place]
        if (
            kind == tokenize.NAME
            and not keyword.iskeyword(word)
            and (place == 0 or tokens[place - 1][1] != ".")
        ):
            parts = [word]
            while (
                place + 2 < len(tokens)
                and tokens[place + 1][1] == "."
                and tokens[place + 2][0] == tokenize.NAME
            ):
                parts.append(tokens[place + 2][1])
                place += 2
            yield ".".join(parts)
        place += 1


def missing_names(text: str) -> set[str]:
    """Names of an output that do not exist."""
    roots = {local: module for module, local in _IMPORT.findall(text)}
    roots |= dict.fromkeys(_ROOT.findall(text), "tensegra")
    for module, names in _FROM.findall(text):
        for item in names.split(","):
            first, _, local = item.strip().partition(" as ")
            if first:
                roots[local or first] = f"{module}.{first}"
    found = {module for module in roots.values() if not exists(module)}
    for chain in chains(text):
        head, _, rest = chain.partition(".")
        if head in roots and rest and not exists(f"{roots[head]}.{rest}"):
            found.add(f"{roots[head]}.{rest}")
    return found


def imports_tensorflow(text: str) -> bool:
    """Whether a text still imports TensorFlow; words in strings do not count."""
    try:
        tree = ast.parse(text.strip("\n"))
    except (SyntaxError, ValueError):
        return _LEFT.search(text) is not None
    for node in ast.walk(tree):
        names = [item.name for item in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        if any(name.split(".")[0] == "tensorflow" for name in names):
            return True
    return False


def unreported(result: UpgradeResult) -> list[str]:
    """What is missing in an output without being reported."""
    whole = "\n".join(texts(result))
    told = [f.construct.removeprefix("import ") for f in result.todo]
    told += [f"tensegra.compat.v1.{name.removeprefix('tf.')}" for name in told]
    left = [
        name for name in missing_names(whole) if not any(name == t or name.startswith(f"{t}.") for t in told)
    ]
    if result.status not in ("refused", "unreadable") and any(
        imports_tensorflow(text) for text in texts(result)
    ):
        left.append("import tensorflow")
    return sorted(left)


def uses_tensorflow(result: UpgradeResult) -> bool:
    """Whether a source is one of TensorFlow."""
    source = result.source
    return bool(_LEFT.search(source) or re.search(r'"\s*(?:import|from) tensorflow\b', source)) or any(
        f.fate == "manual" or "tensegra" in f.why for f in result.findings
    )


def score(folder: Path, out: Path | None, jobs: int) -> Score:
    """The counts of one repository."""
    found = Score(folder.name.replace("__", "/"))
    results = [r for r in upgrade_paths([folder], out=out, jobs=jobs) if uses_tensorflow(r)]
    good: dict[str, list[bool]] = {measure: [] for measure in MEASURES}
    for result in results:
        readable = parses(result) or result.status == "unreadable"
        good["parses"].append(readable)
        lost = unreported(result)
        found.unreported += [f"{result.filename}: {name}" for name in lost]
        good["unreported"].append(bool(lost))
        native = result.status == "upgraded" and "compat.v1" not in result.text
        good["resolve"].append(result.status in ("upgraded", "shimmed", "unchanged") and not result.todo)
        good["native"].append(native)
        if result.shape == "script" and result.alone:
            good["alone"].append(native)
    found.files = len(results)
    found.counts = {measure: (sum(flags), len(flags)) for measure, flags in good.items()}
    return found


def table(scores: list[Score]) -> str:
    """The scores as a table of text, the means of the rates below."""
    rows = [["repository", "files", *MEASURES]]
    for one in scores:
        cells = [f"{a}/{b}" if b else "-" for a, b in (one.counts[m] for m in MEASURES)]
        rows.append([one.repository, str(one.files), *cells])
    means = []
    for measure in MEASURES:
        rates = [rate for one in scores if (rate := one.rate(measure)) is not None]
        means.append(f"{100 * sum(rates) / len(rates):.1f} %" if rates else "-")
    rows.append(["mean of rates", str(sum(one.files for one in scores)), *means])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def main() -> int:
    """Scores the repositories below a folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--from", dest="folder", type=Path, help="the folder of the repositories")
    parser.add_argument("--out", type=Path, help="where the upgraded files go")
    parser.add_argument("--json", type=Path, help="a file for the counts")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--only", action="append", default=[], help="a part of a repository's name")
    options = parser.parse_args()
    if options.folder is None or not options.folder.is_dir():
        print(f"SKIPPED: there is no folder of repositories at {options.folder} (give it with --from DIR)")
        return 0
    folders = sorted(p for p in options.folder.iterdir() if p.is_dir())
    folders = [p for p in folders if not options.only or any(word in p.name for word in options.only)]
    scores = []
    for folder in folders:
        scores.append(score(folder, options.out and options.out / folder.name, options.jobs))
        counts = ", ".join(f"{measure} {a}/{b}" for measure, (a, b) in scores[-1].counts.items() if b)
        print(f"{scores[-1].repository}: {counts}", flush=True)
    print("\n" + table(scores))
    for one in scores:
        for line in one.unreported:
            print(f"unreported: {line}")
    if options.json is not None:
        options.json.write_text(
            json.dumps([asdict(one) for one in scores], indent=1) + "\n", encoding="utf-8"
        )
    return 1 if any(one.unreported for one in scores) else 0


if __name__ == "__main__":
    sys.exit(main())
