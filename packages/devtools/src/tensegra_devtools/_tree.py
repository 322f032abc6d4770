"""Where things are in the repository."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


def find_root(start: Path | None = None) -> Path:
    """Returns the repository root: the nearest directory upwards that holds `noxfile.py`.

    Raises:
        FileNotFoundError: no directory upwards of `start` (default: the working directory) holds one.
    """
    here = (start or Path.cwd()).resolve()
    for directory in (here, *here.parents):
        if (directory / "noxfile.py").is_file() and (directory / "packages").is_dir():
            return directory
    raise FileNotFoundError(
        f"[devtools] the command runs inside the repository. Received: directory={str(here)!r}. "
        "Change to a directory of a checkout. (TG-9001)"
    )


@dataclass(frozen=True)
class Package:
    """One directory that builds one wheel."""

    name: str
    directory: Path

    @cached_property
    def roots(self) -> dict[str, Path]:
        """The directory of each import root, by its dotted name; the meta-package has none.

        Core owns `tensegra` itself; the others one folder below it, or more (layers also serves `tensegra.keras`).
        """
        source = self.directory / "src"
        tensegra = source / "tensegra"
        if self.name == "core":
            return {"tensegra": tensegra} if tensegra.is_dir() else {}
        below = {f"tensegra.{path.name}": path for path in _folders(tensegra)}
        return below | {path.name: path for path in _folders(source) if path.name != "tensegra"}

    @property
    def tests(self) -> Path:
        """The directory of the package's tests."""
        return self.directory / "tests"

    @property
    def errors(self) -> Path:
        """The package's error catalogue."""
        return self.directory / "errors.toml"


def _folders(directory: Path) -> list[Path]:
    return sorted(path for path in directory.glob("*") if path.is_dir() and path.name != "__pycache__")


def packages(root: Path) -> list[Package]:
    """Returns every package of the tree, core first, the others by name."""
    directories = [
        path for path in sorted((root / "packages").iterdir()) if (path / "pyproject.toml").is_file()
    ]
    if (root / "compat" / "pyproject.toml").is_file():
        directories.append(root / "compat")
    found = [Package(path.name, path) for path in directories]
    return sorted(found, key=lambda package: (package.name != "core", package.name))
