"""Upgrades files and folders."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ._errors import invalid_argument, not_found, permission_denied
from ._reading import SourceText, UnreadableSource, read_source
from ._result import Finding, UpgradeResult
from ._upgrade_programs import upgrade_programs
from ._upgrade_source import Alias, Mode, Source, check_options, known_release

_SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages"})


def upgrade_paths(
    paths: Sequence[str | os.PathLike[str]],
    *,
    out: str | os.PathLike[str] | None = None,
    in_place: bool = False,
    mode: Mode = "auto",
    alias: Alias = "keep",
    release: Source = "auto",
    jobs: int = 1,
    progress: Callable[[int, int, str], None] | None = None,
) -> list[UpgradeResult]:
    """Upgrades Python files and notebooks, and those in folders, and writes the results where asked.

    Files that import each other are one program: either all of it becomes native, or all of it runs on
    `tensegra.compat.v1`. A file that cannot be upgraded is written unchanged, with the reasons in its findings; no file
    makes the others fail.

    Args:
        paths: files and folders.
        out: folder for the results; a folder's own tree is kept below it.
        in_place: write over the sources; each one that changes is kept beside it with `.orig` added to its name.
        mode: as for `upgrade_source`.
        alias: as for `upgrade_source`.
        release: as for `upgrade_source`.
        jobs: how many processes look at the files.
        progress: called for each file with its number from 0, the number of files, and its name; and at the end.

    Returns:
        One result for each file, in the order of `paths` and by name within folders.

    Raises:
        NotFoundError: TG-7001 if a path does not exist.
        PermissionDeniedError: TG-7002 if a given folder may not be read, TG-7006 if a result cannot be written.
        InvalidArgumentError: TG-7003 if `out` would write over a source, TG-7005 if both `out` and `in_place` are
            given, TG-7006 if `out` is a file.

    Examples:
        >>> import pathlib, tempfile
        >>> from tensegra.compat import upgrade_paths
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> _ = (folder / "plain.py").write_text("print(1)")
        >>> [result.status for result in upgrade_paths([folder])]
        ['unchanged']
    """
    if out is not None and in_place:
        raise invalid_argument(
            "out and in_place exclude each other",
            f"out={os.fspath(out)!r}, in_place=True",
            "Give one.",
            "TG-7005",
        )
    check_options(mode, alias, release)
    files = [pair for path in paths for pair in _files(Path(path))]
    targets = _targets(files, None if out is None else Path(out))
    sources: dict[Path, SourceText] = {}
    failures: dict[Path, UpgradeResult] = {}
    for path, _ in files:
        try:
            sources[path] = read_source(path, notebook=path.suffix == ".ipynb")
        except UnreadableSource as error:
            finding = Finding(0, "file", "manual", f"it was not touched: {error}", error.code)
            failures[path] = UpgradeResult(str(path), "", "", "unreadable", (finding,))
    found = upgrade_programs(
        {path: source.text for path, source in sources.items()},
        roots=[Path(path) for path in paths if Path(path).is_dir()],
        mode=mode,
        alias=alias,
        release=known_release(release),
        jobs=jobs,
        progress=progress,
    )
    results = [
        failures[path] if path in failures else _storable(found[path], sources[path]) for path, _ in files
    ]
    for (path, _), target, result in zip(files, targets, results, strict=True):
        if target is not None:
            _write(path, target, result, sources.get(path))
        elif in_place and result.changed:
            _keep_original(path)
            _write(path, path, result, sources[path])
    return results


def _files(path: Path) -> Iterator[tuple[Path, Path]]:
    """Each file below a path, and its place relative to what was given."""
    if not path.exists():
        raise not_found(
            "a path does not exist", f"path={os.fspath(path)!r}", "Check its spelling.", "TG-7001"
        )
    if not path.is_dir():
        yield path, Path(path.name)
        return
    if not os.access(path, os.R_OK | os.X_OK):
        raise permission_denied(
            "a folder may not be read", f"path={os.fspath(path)!r}", "Change its permissions.", "TG-7002"
        )
    found = []
    for folder, names, leaves in os.walk(path):
        names[:] = sorted(n for n in names if n not in _SKIPPED_FOLDERS and not n.startswith("."))
        found += [Path(folder, leaf) for leaf in leaves if leaf.endswith((".py", ".ipynb"))]
    for leaf in sorted(found):
        yield leaf, leaf.relative_to(path)


def _targets(files: list[tuple[Path, Path]], out: Path | None) -> list[Path | None]:
    """Where each file goes; nothing is written before all of this is known to be right."""
    if out is None:
        return [None] * len(files)
    if out.exists() and not out.is_dir():
        raise invalid_argument(
            "out must be a folder", f"out={os.fspath(out)!r}, which is a file", "Name a folder.", "TG-7006"
        )
    taken: dict[Path, Path] = {}
    for path, place in files:
        target = out / place
        if target.resolve() == path.resolve():
            raise invalid_argument(
                "out must not be the folder of the sources, which would be written over",
                f"out={os.fspath(out)!r}",
                "Name another folder, or use in_place, which keeps the originals.",
                "TG-7003",
            )
        if target in taken and taken[target] != path:
            raise invalid_argument(
                "two sources must not go to the same file",
                f"{os.fspath(taken[target])!r} and {os.fspath(path)!r}, both to {os.fspath(target)!r}",
                "Upgrade them separately, or give the folder that holds both.",
                "TG-7003",
            )
        taken[target] = path
    return [out / place for _, place in files]


def _storable(result: UpgradeResult, source: SourceText) -> UpgradeResult:
    """The result, refused where its text does not fit the encoding of the file."""
    try:
        source.encode(result.text)
    except UnicodeEncodeError:
        why = f"the new text does not fit the encoding of the file, {source.encoding}"
        finding = Finding(0, "encoding", "manual", why, "TG-7012")
        return UpgradeResult(result.filename, result.source, result.source, "refused", (finding,))
    return result


def _keep_original(path: Path) -> None:
    backup = path.with_name(path.name + ".orig")
    number = 1
    while backup.exists():
        backup = path.with_name(f"{path.name}.orig.{number}")
        number += 1
    try:
        shutil.copy2(path, backup)
    except OSError as error:
        raise _unwritable(backup, error) from None


def _write(path: Path, target: Path, result: UpgradeResult, source: SourceText | None) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if result.changed and source is not None:
            target.write_bytes(source.encode(result.text))
            if target != path:
                shutil.copymode(path, target)
        elif os.access(path, os.R_OK):
            shutil.copy2(path, target)
    except OSError as error:
        raise _unwritable(target, error) from None


def _unwritable(target: Path, error: OSError) -> Exception:
    received = f"path={os.fspath(target)!r} ({error.strerror or error})"
    return permission_denied(
        "a result cannot be written", received, "Choose a folder you may write to.", "TG-7006"
    )
