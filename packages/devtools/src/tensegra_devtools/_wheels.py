"""Builds the packages' wheels into `build/wheels/`, each only when its sources changed.

Standard library only: the noxfile imports it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import sysconfig
import tomllib
from collections.abc import Iterable
from pathlib import Path

from ._environments import Environment, ensure, group
from ._run import TaskError, run, step
from ._tree import Package, packages

# What a wheel is made of. Tests, change fragments and longer documents are not.
_SOURCES = ("pyproject.toml", "README.md", "CMakeLists.txt", "cmake", "include", "proto", "bindings", "src")
_UNPUBLISHED = "devtools"


def published(root: Path) -> list[Package]:
    """Returns the packages whose wheels are released, core first."""
    return [package for package in packages(root) if package.name != _UNPUBLISHED]


def metadata(package: Package) -> dict:
    """Returns the `[project]` table of the package."""
    return tomllib.loads((package.directory / "pyproject.toml").read_text())["project"]


def has_commands(package: Package) -> bool:
    """Tells whether the package installs a command or adds a subcommand of `tensegra`."""
    project = metadata(package)
    return bool(project.get("scripts") or project.get("entry-points", {}).get("tensegra.commands"))


def all_requirements(package: Package, *, extras: bool = True) -> list[str]:
    """Returns the requirements of the package as its metadata lists them."""
    project = metadata(package)
    found = list(project.get("dependencies", []))
    if extras:
        for items in project.get("optional-dependencies", {}).values():
            found += items
    return found


def requirements(package: Package, *, extras: bool) -> list[str]:
    """Returns the requirements of the package on others than ours."""
    found = all_requirements(package, extras=extras)
    return [item for item in found if not re.match(r"tensegra(?![a-zA-Z0-9])", item)]


def closure(root: Path, names: Iterable[str]) -> list[Package]:
    """Returns the named packages and those of ours that they need, with all extras, core first."""
    known = {metadata(package)["name"]: package for package in published(root)}
    short = {package.name: package for package in known.values()}
    waiting, found = list(names), set()
    while waiting:
        name = waiting.pop()
        if name in found or name == _UNPUBLISHED:
            continue
        found.add(name)
        for item in all_requirements(short[name]):
            distribution = re.match(r"[A-Za-z0-9._-]+", item)
            if distribution and distribution[0] in known:
                waiting.append(known[distribution[0]].name)
    return [package for package in published(root) if package.name in found]


def build(root: Path, chosen: Iterable[Package]) -> dict[Path, str]:
    """Builds what changed of the chosen packages and returns each wheel with the hash of its sources."""
    wheels: dict[Path, str] = {}
    for package in chosen:
        sources = _hash(root, package)
        wheel = _built(root, package, sources)
        if wheel is None:
            with step(f"wheel {metadata(package)['name']}"):
                wheel = _build(root, package, sources)
        wheels[wheel] = sources
    return wheels


def is_native(package: Package) -> bool:
    """Tells whether the package is compiled."""
    return (package.directory / "CMakeLists.txt").is_file()


def _build(root: Path, package: Package, sources: str) -> Path:
    native = is_native(package)
    if native:
        _check_compiler()
    tools = ensure(root, "build", group(root, "build"))
    out = root / "build" / "wheels" / package.name
    fresh = out.with_name(f"{package.name}.new")  # a build that fails leaves the last wheel
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    options = _native_options(root, package) if native else []
    env = {"PATH": f"{tools.directory / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    if native:
        env["CMAKE_BUILD_PARALLEL_LEVEL"] = str(len(os.sched_getaffinity(0)))
        env |= _ccache(root, tools)
    command = (
        tools.python,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--skip-dependency-check",
        "-o",
        fresh,
    )
    run(*command, *options, package.directory, env=env)
    (fresh / "sources").write_text(sources)
    shutil.rmtree(out, ignore_errors=True)
    fresh.rename(out)
    wheel = _built(root, package, sources)
    if wheel is None:
        raise TaskError(f"building {package.name} left no wheel in {out}")
    return wheel


def _native_options(root: Path, package: Package) -> list[str]:
    tag = f"cp{sys.version_info[0]}{sys.version_info[1]}-{sysconfig.get_platform()}"
    options = [f"-Cbuild-dir={root / 'build' / package.name / tag}"]
    if os.environ.get("CI") == "true" or os.environ.get("TG_DEV") == "1":
        options.append("-Ccmake.define.TG_DEV=ON")
    return options


def _ccache(root: Path, tools: Environment) -> dict[str, str]:
    own = tools.program("ccache")
    ccache = str(own) if own.is_file() else shutil.which("ccache")
    if not ccache:
        return {}
    launchers = {f"CMAKE_{language}_COMPILER_LAUNCHER": ccache for language in ("C", "CXX")}
    return launchers | {"CCACHE_BASEDIR": str(root), "CCACHE_NOHASHDIR": "1"}


def _built(root: Path, package: Package, sources: str) -> Path | None:
    out = root / "build" / "wheels" / package.name
    stamp = out / "sources"
    if not stamp.is_file() or stamp.read_text() != sources:
        return None
    return next(iter(out.glob("*.whl")), None)


def _hash(root: Path, package: Package) -> str:
    roots = [package.directory / name for name in _SOURCES]
    if is_native(package):
        if package.name != "core":
            roots.append(root / "packages" / "core" / "src" / "kernels")
        roots.append(root / "constraints.txt")
    digest = hashlib.sha256(f"{sys.version} {os.environ.get('CI')} {os.environ.get('TG_DEV')}".encode())
    for start in roots:
        files = sorted(start.rglob("*")) if start.is_dir() else [start]
        for path in files:
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".so":
                digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _check_compiler() -> None:
    compiler = os.environ.get("CXX", "").split(" ")[0]
    if not any(shutil.which(name) for name in (compiler, "c++", "g++", "clang++") if name):
        raise TaskError(
            "tensegra-core is C++17 and no C++ compiler was found. "
            "Install one: apt-get install g++ (or set CXX)."
        )
    if not (Path(sysconfig.get_paths()["include"]) / "Python.h").is_file():
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise TaskError(
            f"the headers of Python {version} (Python.h) were not found. "
            f"Install them: apt-get install python{version}-dev."
        )
