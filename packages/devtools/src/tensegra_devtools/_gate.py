"""The gate: no public line changes without an accepted proposal, a fragment that cites it, and the notice it owes."""

from __future__ import annotations

import datetime
import fnmatch
import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ._abidw import check_released
from ._compatible import breaks, layout_change, op_needs_version
from ._finding import Finding
from ._golden import Change, Key, Line, changes, golden_files, goldens
from ._problem import problem
from ._release import Deprecation, Fragment, Records, deprecations, fragments, records, version
from ._rfc import Rfc, rfcs
from ._snapshot import Snapshot, WorkTree

NOTICE_MINORS = 2
NOTICE_DAYS = 183


@dataclass(frozen=True)
class Side:
    """What may cover a change: proposals with the surface that counts, and the notice that was given."""

    rfcs: dict[int, Rfc]
    small: frozenset[int]  # those that came with the change: they cover what breaks nothing
    deprecations: dict[str, dict[str, Deprecation]]


def check_changes(tree: Snapshot, base: Snapshot | None) -> Iterator[Finding]:
    """Checks the public surface against the last release, and against `base` where there is one."""
    now = goldens(tree)
    known = records(tree)
    yield from _check_experimental(tree, now)
    yield from _check_released(tree, now, known)
    if isinstance(tree, WorkTree):
        yield from check_released(tree.root)
    if base is None:
        yield problem("TG-9315", ".", "no commit to compare with", fatal=os.environ.get("CI") == "true")
        return
    yield from _check_history(tree, base)
    bound = records(base)
    side = Side(_accepted(base), frozenset(_small(tree, base)), _notices(base))
    side.rfcs.update({number: rfcs(tree)[number] for number in side.small})
    yield from _check_side(tree, goldens(base), now, side, bound, f"since {base.label}")


def surface_changes(tree: Snapshot, base: Snapshot) -> list[Change]:
    """Returns the public lines that differ between two trees."""
    return changes(goldens(base), goldens(tree))


def covers(rfc: Rfc, line: Line) -> bool:
    """Tells whether the surface of a proposal names the line."""
    return any(
        fnmatch.fnmatchcase(symbol, pattern)
        for pattern in rfc.surface
        for symbol in (line.symbol, line.alias)
        if symbol
    )


def _accepted(tree: Snapshot) -> dict[int, Rfc]:
    return {
        number: rfc for number, rfc in rfcs(tree).items() if rfc.state == "accepted" and rfc.kind != "record"
    }


def _small(tree: Snapshot, base: Snapshot) -> Iterator[int]:
    before = rfcs(base)
    for number, rfc in _accepted(tree).items():
        if rfc.kind == "small" and (number not in before or before[number].state != "accepted"):
            yield number


def _notices(tree: Snapshot) -> dict[str, dict[str, Deprecation]]:
    return {package: deprecations(tree, package)[0] for package in tree.packages}


def _check_released(tree: Snapshot, now: dict[Key, Line], known: Records) -> Iterator[Finding]:
    """The same rules from the last release to now: they need no history."""
    bound = {package for package in tree.packages if known.bound(package)}
    then = {key: line for key, line in goldens(tree, released=True).items() if key[0] in bound}
    chosen = {key: line for key, line in now.items() if key[0] in bound}
    for package in sorted({key[0] for key in chosen} - {key[0] for key in then}):
        yield problem("TG-9317", f"{tree.packages[package]}/api/released", "no goldens of the last release")
    side = Side(_accepted(tree), frozenset(), _notices(tree))
    yield from _check_side(tree, then, chosen, side, known, "since the release")


def _check_side(
    tree: Snapshot, old: dict[Key, Line], new: dict[Key, Line], side: Side, bound: Records, since: str
) -> Iterator[Finding]:
    found = [change for change in changes(old, new) if bound.bound(change.line.package)]
    found = [change for change in found if not change.line.experimental]
    cited = fragments(tree)
    proposals = rfcs(tree)
    layout = _Layouts(old, new, found)
    added = {change.line.symbol for change in found if change.kind == "added"}
    for change in found:
        line = change.line
        if line.symbol == "c:version" or ".reserved." in line.symbol:
            continue
        reason = (
            layout.broken.get((line.package, line.symbol), "") if line.contract == "c" else breaks(change)
        )
        covering = [rfc for rfc in side.rfcs.values() if _covers(rfc, change, added)]
        if reason:
            covering = [rfc for rfc in covering if rfc.number not in side.small]
        if not covering:
            yield _uncovered(change, proposals, added, reason, since)
            continue
        yield from _check_fragments(change, covering, cited)
        if reason:
            yield from _check_break(tree, change, reason, covering, side, bound)
    yield from layout.check()
    yield from _check_ops(found)
    yield from _check_fields(old, new, found)


def _covers(rfc: Rfc, change: Change, added: set[str]) -> bool:
    """A new class, struct or command that is covered brings its members along."""
    if covers(rfc, change.line):
        return True
    line = change.line
    whole = change.kind == "added" and line.parent in added and _is_whole(line)
    return whole and any(fnmatch.fnmatchcase(line.parent, pattern) for pattern in rfc.surface)


def _is_whole(line: Line) -> bool:
    """Tells whether what the line belongs to is one thing: a class, a struct, a command, a message; not a module."""
    if line.contract == "py":
        return line.parent.rpartition(".")[2][:1].isupper()
    return line.contract in ("c", "format", "cli") and "." in line.symbol


def _uncovered(
    change: Change, proposals: dict[int, Rfc], added: set[str], reason: str, since: str
) -> Finding:
    line = change.line
    what = f"{change.kind} {line.symbol} {since}" + (
        f" ({reason})" if reason and change.kind == "changed" else ""
    )
    for rfc in proposals.values():
        if rfc.kind != "record" and _covers(rfc, change, added):
            state = rfc.state if rfc.state != "accepted" else f"{rfc.kind} and accepted in this same change"
            return problem("TG-9312", line.path, f"{what}, which {rfc.name} names; it is {state}")
    return problem("TG-9301", line.path, what)


def _check_fragments(change: Change, covering: list[Rfc], cited: Iterable[Fragment]) -> Iterator[Finding]:
    line = change.line
    numbers = {rfc.number for rfc in covering}
    mine = [item for item in cited if item.package == line.package and item.rfcs & numbers]
    names = " or ".join(rfc.name for rfc in covering)
    if not mine:
        yield problem(
            "TG-9302",
            line.path,
            f"{change.kind} {line.symbol}, and no fragment of {line.package} cites {names}",
        )
    elif change.kind == "removed" and not any(item.kind == "removed" for item in mine):
        yield problem("TG-9318", line.path, f"removed {line.symbol}, and {names} cited by {mine[0].path}")


def _check_break(
    tree: Snapshot, change: Change, reason: str, covering: list[Rfc], side: Side, bound: Records
) -> Iterator[Finding]:
    line = change.line
    wanted = {"c": "abi-major", "format": "format-major"}.get(line.contract, "deprecation")
    if not any(rfc.breaking == wanted for rfc in covering):
        said = ", ".join(f"{rfc.name} says {rfc.breaking!r}" for rfc in covering)
        yield problem("TG-9313", line.path, f"{change.kind} {line.symbol}: {reason}; {said}, not {wanted!r}")
    elif wanted == "deprecation":
        lacking = _notice_lacks(side.deprecations.get(line.package, {}), line, bound, tree.today)
        if lacking:
            yield problem("TG-9303", line.path, f"{change.kind} {line.symbol}: {reason}; {lacking}")


def _notice_lacks(given: dict[str, Deprecation], line: Line, bound: Records, today: datetime.date) -> str:
    """Returns what is missing of the notice that an incompatible change owes; '' when it has lasted its time."""
    entry = next((given[name] for name in (line.symbol, line.parent) if name in given), None)
    if entry is None:
        return "no deprecation at the base"
    minors = bound.minors_since(line.package, entry.since)
    if len(minors) < NOTICE_MINORS:
        return f"announced in {len(minors)} minor releases since {entry.since[0]}.{entry.since[1]}, not {NOTICE_MINORS}"
    first = bound.first(line.package, min(minors))
    days = (today - first.date).days if first else 0
    return "" if days >= NOTICE_DAYS else f"announced {days} days ago, not {NOTICE_DAYS}"


class _Layouts:
    """The C layouts that changed, each judged as a whole."""

    def __init__(self, old: dict[Key, Line], new: dict[Key, Line], found: list[Change]) -> None:
        self.broken: dict[tuple[str, str], str] = {}
        self._judged: list[tuple[Line, str, Line | None, Line | None, list[tuple[str, str]]]] = []
        for package in sorted({change.line.package for change in found if change.line.contract == "c"}):
            before = [line for key, line in old.items() if key[0] == package and key[1] == "c_layout.txt"]
            after = [line for key, line in new.items() if key[0] == package and key[1] == "c_layout.txt"]
            verdict, reasons = layout_change(before, after)
            gone = [change for change in found if change.line.package == package and change.kind == "removed"]
            exports = [
                (c.line.symbol, "it is no longer exported")
                for c in gone
                if c.line.path.endswith("c_symbols.txt")
            ]
            reasons = [*reasons, *exports]
            verdict = "broken" if reasons else verdict
            self.broken |= {(package, symbol): reason for symbol, reason in reasons}
            if (before or after) and verdict != "same":
                some = (after or before)[0]
                self._judged.append((some, verdict, _version(before), _version(after), reasons))

    def check(self) -> Iterator[Finding]:
        """Checks the version of each layout that changed."""
        for some, verdict, before, after, reasons in self._judged:
            if before is None:
                continue
            old, new = _numbers(before), _numbers(after) if after else (0, 0)
            if verdict == "appended" and new <= old:
                yield problem("TG-9304", some.path, f"version {old[0]}.{old[1]} -> {new[0]}.{new[1]}")
            unstable = old[0] == 0  # until the major is 1 or more, a minor may break
            if verdict == "broken" and not (new[0] > old[0] or (unstable and new > old)):
                symbol, reason = reasons[0]
                yield problem(
                    "TG-9305",
                    some.path,
                    f"{symbol}: {reason}; version {old[0]}.{old[1]} -> {new[0]}.{new[1]}",
                )


def _version(lines: list[Line]) -> Line | None:
    return next((line for line in lines if line.symbol == "c:version"), None)


def _numbers(line: Line) -> tuple[int, int]:
    major, minor = line.text.split()[1].split(".")
    return int(major), int(minor)


def _check_ops(found: list[Change]) -> Iterator[Finding]:
    for change in found:
        if change.line.contract == "op" and change.old and change.new:
            reason = op_needs_version(change.old.text, change.new.text)
            if reason:
                yield problem("TG-9307", change.line.path, f"{change.line.symbol}: {reason}")


def _check_fields(old: dict[Key, Line], new: dict[Key, Line], found: list[Change]) -> Iterator[Finding]:
    """A number of a message means one thing for ever."""
    reserved = {(key[0], line.alias) for key, line in old.items() if ".reserved." in line.symbol}
    reserved_now = {(key[0], line.alias) for key, line in new.items() if ".reserved." in line.symbol}
    numbers = {
        (key[0], line.alias): line
        for key, line in old.items()
        if line.alias and ".reserved." not in line.symbol
    }
    for change in found:
        line = change.line
        if line.contract != "format":
            continue
        place = (line.package, line.alias)
        if change.new is None and ".reserved." in line.symbol:
            yield problem("TG-9306", line.path, f"{line.symbol} is no longer reserved")
        elif change.new is None and place not in reserved_now:
            yield problem("TG-9306", line.path, f"{line.symbol} is gone and its number is not reserved")
        elif change.old is None and ".reserved." not in line.symbol:
            other = numbers.get(place)
            if place in reserved or (other is not None and other.symbol != line.symbol):
                was = other.symbol if other else "reserved"
                yield problem("TG-9306", line.path, f"{line.symbol} takes the number of {was}")


def _check_experimental(tree: Snapshot, now: dict[Key, Line]) -> Iterator[Finding]:
    for package, directory in tree.packages.items():
        path = f"{directory}/api/experimental.toml"
        try:
            table = tomllib.loads(tree.read(path) or "")
        except tomllib.TOMLDecodeError as error:
            yield problem("TG-9308", path, f"TOML: {error}")
            continue
        current = version(tree, package)[:2]
        for symbol, entry in table.items():
            match = (
                re.fullmatch(r"(\d+)\.(\d+)", str(entry.get("expires", "")))
                if isinstance(entry, dict)
                else None
            )
            if not match:
                yield problem("TG-9308", path, f"{symbol!r} = {entry}")
            elif current >= (int(match[1]), int(match[2])):
                yield problem(
                    "TG-9308",
                    path,
                    f"{symbol} expires in {match[0]}, and {package} is {current[0]}.{current[1]}",
                )
        for line in now.values():
            named = any(line.symbol == name or line.symbol.startswith(f"{name}.") for name in table)
            free = line.package == package and line.experimental and not line.symbol.endswith(".experimental")
            if free and not named:
                yield problem("TG-9308", line.path, f"{line.symbol}, which is not in {path}")


def _check_history(tree: Snapshot, base: Snapshot) -> Iterator[Finding]:
    """What was released stays as it was, and only a release writes what a release writes."""
    before, after = records(base), records(tree)
    for path, trouble in after.troubles:
        yield problem("TG-9309", path, trouble)
    for items in before.of.values():
        for record in items:
            if tree.read(record.path) != base.read(record.path):
                yield problem("TG-9309", record.path, "an edited or removed record")
    for package, directory in tree.packages.items():
        old, new = before.of.get(package, []), after.of.get(package, [])
        fresh = [record for record in new if record.path not in {item.path for item in old}]
        for record in fresh:
            if old and record.version <= old[-1].version:
                yield problem("TG-9309", record.path, f"version={record.text} after {old[-1].text}")
        yield from _check_release_files(tree, base, package, directory, bool(fresh))
        if before.bound(package):
            yield from _check_golden_files(tree, base, package)
        yield from _check_deprecations(tree, base, package, before)


def _check_release_files(
    tree: Snapshot, base: Snapshot, package: str, directory: str, releasing: bool
) -> Iterator[Finding]:
    log = f"{directory}/CHANGELOG.md"
    if not releasing and base.read(log) is not None and tree.read(log) != base.read(log):
        yield problem("TG-9311", log, f"an edit without a release of {package}")
    start = f"{directory}/api/released/"
    names = sorted({name for side in (tree, base) for name in side.names if name.startswith(start)})
    for name in names:
        text = tree.read(name)
        if releasing:
            golden = f"{directory}/api/{name.removeprefix(start)}"
            if text not in (tree.read(golden), base.read(golden)):
                yield problem(
                    "TG-9310", name, f"a text that differs from the golden that {package} is released with"
                )
        elif text != base.read(name):
            yield problem("TG-9310", name, f"an edit without a release of {package}")


def _check_golden_files(tree: Snapshot, base: Snapshot, package: str) -> Iterator[Finding]:
    there = {name for owner, name, _ in golden_files(tree) if owner == package}
    for owner, name, path in golden_files(base):
        if owner == package and name not in there and not name.startswith("cli/"):
            yield problem("TG-9317", path, "no file")


def _check_deprecations(tree: Snapshot, base: Snapshot, package: str, bound: Records) -> Iterator[Finding]:
    path = f"{tree.packages[package]}/api/deprecations.toml"
    now, troubles = deprecations(tree, package)
    before = deprecations(base, package)[0] if package in base.packages else {}
    for trouble in troubles:
        yield problem("TG-9314", path, trouble)
    proposals = rfcs(tree)
    for symbol, entry in now.items():
        old = before.get(symbol)
        since = f"{entry.since[0]}.{entry.since[1]}"
        if old is not None and old.since != entry.since:
            yield problem("TG-9314", path, f"{symbol}: since {old.since[0]}.{old.since[1]} became {since}")
        if old is None and bound.minors_since(package, entry.since):
            yield problem("TG-9314", path, f"{symbol}: since {since}, which was released without this notice")
        rfc = proposals.get(entry.rfc)
        if rfc is None or rfc.state != "accepted" or rfc.breaking != "deprecation":
            yield problem("TG-9314", path, f"{symbol}: rfc={entry.rfc}, which is no accepted deprecation")
    if before.keys() <= now.keys() or not bound.bound(package):
        return
    lines = [*goldens(tree).values(), *goldens(tree, released=True).values()]
    symbols = {line.symbol for line in lines if line.package == package}
    for symbol in sorted(before.keys() - now.keys()):
        if symbol in symbols:
            yield problem(
                "TG-9314", path, f"{symbol}: the notice is gone before the name is, and its release"
            )
