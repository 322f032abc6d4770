"""Which packages need which release, computed from the goldens of the last one and from the fragments."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from ._compatible import breaks, layout_change
from ._golden import changes, goldens
from ._release import fragments, records, version
from ._snapshot import Snapshot

FIRST = "first"
_REQUIREMENT = re.compile(r'"tensegra-([a-z]+)')


@dataclass(frozen=True)
class Step:
    """What one package needs: `bump` is first, major, minor, patch or none."""

    package: str
    released: str
    bump: str
    version: str
    counts: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, object]:
        """The step as `--json` prints it."""
        return {
            "package": self.package,
            "released": self.released or None,
            "bump": self.bump,
            "version": self.version or None,
            "counts": dict(self.counts),
        }


def plan(tree: Snapshot) -> list[Step]:
    """Returns a step for every package that is released, each after those it depends on."""
    known = records(tree)
    names = [name for name in _in_order(tree) if name != "devtools"]
    then, now = goldens(tree, released=True), goldens(tree)
    waiting = Counter(item.package for item in fragments(tree))
    found = []
    for name in names:
        last = known.of[name][-1] if known.bound(name) else None
        counts: Counter[str] = Counter(fragments=waiting[name])
        if last is None:
            first = ".".join(map(str, version(tree, name)))
            found.append(Step(name, "", FIRST, first, counts))
            continue
        old = {key: line for key, line in then.items() if key[0] == name}
        new = {key: line for key, line in now.items() if key[0] == name}
        layout = layout_change(
            [line for key, line in old.items() if key[1] == "c_layout.txt"],
            [line for key, line in new.items() if key[1] == "c_layout.txt"],
        )[0]
        for change in changes(old, new):
            if not change.line.experimental:
                counts["breaking" if breaks(change) and change.line.contract != "c" else change.kind] += 1
        counts["breaking"] += layout == "broken"
        bump = "major" if counts["breaking"] or counts["removed"] else "minor" if counts["added"] else ""
        bump = bump or ("minor" if counts["changed"] else "patch" if waiting[name] else "none")
        found.append(Step(name, last.text, bump, next_version(last.version, bump), counts))
    return found


def next_version(last: tuple[int, int, int], bump: str) -> str:
    """Returns the version after `last`; on the beta train (major 0) a minor release may break."""
    major, minor, patch = last
    if bump == "none":
        return ""
    if bump == "patch":
        return f"{major}.{minor}.{patch + 1}"
    if bump == "minor" or major == 0:
        return f"{major}.{minor + 1}.0"
    return f"{major + 1}.0.0"


def _in_order(tree: Snapshot) -> list[str]:
    """The packages, each after those it requires."""
    needs = {
        name: set(_REQUIREMENT.findall(tree.read(f"{directory}/pyproject.toml") or ""))
        & set(tree.packages) - {name}
        for name, directory in tree.packages.items()
    }
    ordered: list[str] = []
    while len(ordered) < len(needs):
        ready = [name for name in sorted(needs) if name not in ordered and needs[name] <= set(ordered)]
        ordered += ready or sorted(set(needs) - set(ordered))
    return ordered
