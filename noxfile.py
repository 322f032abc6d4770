"""Every task of the repository; `./dev TASK` runs one, CI runs nothing else.

The environments are made under `build/venvs/` and the wheels under `build/wheels/`; both are kept and reused while
what they are made from is unchanged (`rm -rf build` starts afresh).
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parent
DEVTOOLS = ROOT / "packages" / "devtools" / "src"
sys.dont_write_bytecode = True
sys.path.insert(0, str(DEVTOOLS))

from tensegra_devtools import _environments as environments  # noqa: E402
from tensegra_devtools import _sanitize as sanitizers  # noqa: E402
from tensegra_devtools import _sanitize_parts as parts  # noqa: E402
from tensegra_devtools import _wheels as ours  # noqa: E402
from tensegra_devtools._links import make_links  # noqa: E402
from tensegra_devtools._matrix import install_matrix as measure_installs  # noqa: E402
from tensegra_devtools._run import TaskError, run, say, step  # noqa: E402
from tensegra_devtools._tree import packages  # noqa: E402

nox.options.default_venv_backend = "none"
nox.options.sessions = ["tests"]

os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
os.environ.setdefault("RUFF_CACHE_DIR", str(ROOT / "build" / "ruff"))
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(ROOT / "build" / "hypothesis"))

Task = Callable[[list[str]], None]


def task(function: Task) -> Task:
    """Registers a nox session; what goes wrong is told in one sentence."""

    def session(session: nox.Session) -> None:
        try:
            function(list(session.posargs))
        except TaskError as error:
            session.error(str(error))

    session.__doc__ = function.__doc__
    nox.session(session, name=function.__name__, venv_backend="none")
    return function


def choose(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Splits arguments into leading package names and the rest."""
    known = {package.name for package in packages(ROOT)}
    names = []
    while arguments and not arguments[0].startswith("-"):
        if arguments[0] not in known:
            raise TaskError(
                f"there is no package {arguments[0]!r}; the packages are {', '.join(sorted(known))}"
            )
        names.append(arguments.pop(0))
    return names, arguments


def our_requirements() -> list[str]:
    """What all packages, with all extras, need from others."""
    return [item for package in packages(ROOT) for item in ours.requirements(package, extras=True)]


@functools.cache
def check_environment() -> environments.Environment:
    """The environment of lint and types: the tools and what the packages import, but none of our own wheels."""
    return environments.ensure(ROOT, "check", environments.group(ROOT, "check") + our_requirements())


@functools.cache
def test_environment(names: tuple[str, ...] = ()) -> environments.Environment:
    """The environment of the tests: every package, or the named ones and what they need, in the installed form."""
    chosen = ours.closure(ROOT, names) if names else ours.published(ROOT)
    needed = environments.group(ROOT, "test") + our_requirements()
    return environments.ensure(ROOT, "tests", needed, ours.build(ROOT, chosen))


def devtools(python: str | Path, *arguments: str | Path) -> None:
    """Runs one of the repository's own checks."""
    run(python, "-m", "tensegra_devtools", *arguments, cwd=ROOT, env={"PYTHONPATH": str(DEVTOOLS)})


@task
def gen(arguments: list[str]) -> None:
    """Write the generated files (-- --check: only compare; -- --constraints: refresh constraints.txt)."""
    if "--constraints" in arguments:
        env = environments.Environment(ROOT / "build" / "venvs" / "constraints")
        env.create()
        devtools(sys.executable, "constraints", env.python)
        return
    for package in packages(ROOT):
        script = package.directory / "tools" / "gen.py"
        if script.is_file():
            with step(f"generated files of {package.name}"):
                run(test_environment(("core",)).python, script, *arguments)
    with step("goldens of the public surface"):
        check = [item for item in arguments if item == "--check"]
        tools = check_environment().python
        devtools(tools, "api", "dump", *check)
        devtools(tools, "abi", "dump", *check)
        commands = ours.closure(
            ROOT, [package.name for package in packages(ROOT) if ours.has_commands(package)]
        )
        devtools(
            test_environment(tuple(item.name for item in commands)).python, "api", "dump", "--cli", *check
        )


@task
def lint(arguments: list[str]) -> None:
    """Check style, imports, file sizes, error catalogues, groups, proposals and the gate (-- --fix repairs style)."""
    env = check_environment()
    dev = make_links(ROOT)
    with step("lint"):
        if "--fix" in arguments:
            run(env.program("ruff"), "check", "-q", "--fix", ".", cwd=ROOT)
            run(env.program("ruff"), "format", "-q", ".", cwd=ROOT)
        run(env.program("ruff"), "check", ".", cwd=ROOT)
        run(env.program("ruff"), "format", "--check", ".", cwd=ROOT)
        linter = (env.program("lint-imports"), "--config", "pyproject.toml", "--no-cache")
        run(*linter, cwd=ROOT, env={"PYTHONPATH": str(dev)})
        devtools(env.python, "check")
        devtools(env.python, "api", "dump", "--check")
        devtools(env.python, "abi", "dump", "--check")
        devtools(env.python, "sig", "check")
        devtools(env.python, "gate")


@task
def rfc(arguments: list[str]) -> None:
    """Begin, check, list, show and decide proposals (-- new TITLE | check | list | show N | decide N STATE)."""
    devtools(check_environment().python, "rfc", *arguments)


@task
def sig(arguments: list[str]) -> None:
    """Check the groups, or write CODEOWNERS (-- check | codeowners)."""
    devtools(check_environment().python, "sig", *arguments)


@task
def gate(arguments: list[str]) -> None:
    """Say what differs in public and what it lacks (-- [BASE [HEAD]] [--json] [--all])."""
    devtools(check_environment().python, "gate", *arguments)


@task
def release(arguments: list[str]) -> None:
    """Say which packages need which release, and its notes (-- plan | notes PACKAGE)."""
    devtools(check_environment().python, "release", *arguments)


@task
def types(arguments: list[str]) -> None:
    """Check the types of all packages, or of those named."""
    names, rest = choose(arguments)
    env = check_environment()
    dev = make_links(ROOT)
    modules = [_module(name) for name in names] or [
        "tensegra",
        "tensegra_devtools",
        "quickstart",
        "benchmarks",
    ]
    targets = [part for module in modules for part in ("-p", module)]
    with step("types"):
        mypy = (env.python, "-m", "mypy", "--config-file", ROOT / "pyproject.toml")
        run(*mypy, *targets, *rest, cwd=dev, env={"MYPYPATH": f"{dev}:{ROOT}"})


def _module(name: str) -> str:
    return {"core": "tensegra", "devtools": "tensegra_devtools"}.get(name, f"tensegra.{name}")


@task
def tests(arguments: list[str]) -> None:
    """Test everything in its installed form (-- PACKAGE: only that one, without lint and types)."""
    names, rest = choose(arguments)
    if not names:
        gen(["--check"])
        lint([])
        types([])
    _pytest(names, ["-m", "not full", *rest])


@task
def tests_full(arguments: list[str]) -> None:
    """Test everything, the slow tests, the docs and the install matrix included."""
    names, rest = choose(arguments)
    if not names:
        gen(["--check"])
        lint([])
        types([])
        docs([])
        install_matrix([])
        fuzz(["ops", "--seconds", "60"])
        fuzz(["graphs", "--seconds", "60"])
        fuzz(["c", "--seconds", "30"])
        fuzz(["saved_model", "--seconds", "60"])
    _pytest(names, rest)


def _pytest(names: list[str], arguments: list[str]) -> None:
    env = test_environment(tuple(names))
    chosen = [package for package in packages(ROOT) if not names or package.name in names]
    folders = [package.tests for package in chosen if package.tests.is_dir()]
    if not names:
        folders.append(ROOT / "tests")
    with step(f"tests of {', '.join(names) or 'everything'}"):
        pytest = (env.program("pytest"), "-o", "cache_dir=build/pytest")
        run(*pytest, *folders, *arguments, cwd=ROOT, env={"PYTHONPATH": str(DEVTOOLS)})


@task
def quickstart(arguments: list[str]) -> None:
    """Train, save, serve, shrink and migrate on real digits."""
    built = ours.build(ROOT, ours.published(ROOT))
    needed = environments.group(ROOT, "quickstart") + our_requirements()
    whole = environments.ensure(ROOT, "quickstart", needed, built)
    core = ours.closure(ROOT, ["core"])
    needed = [item for package in core for item in ours.requirements(package, extras=False)]
    only_core = environments.ensure(ROOT, "core-only", needed, ours.build(ROOT, core))
    run(whole.python, "-m", "quickstart", "--core-python", only_core.python, *arguments, cwd=ROOT)


@task
def docs(arguments: list[str]) -> None:
    """Build the documentation into site/ (strict; -- --serve shows it while editing)."""
    env = environments.ensure(ROOT, "docs", environments.group(ROOT, "docs"))
    dev = make_links(ROOT)
    command = ["serve"] if "--serve" in arguments else ["build", "--strict", "--quiet"]
    with step("docs"):
        path = {"PYTHONPATH": os.pathsep.join([str(dev), str(DEVTOOLS)])}
        run(env.python, "-m", "mkdocs", *command, cwd=ROOT, env=path | {"NO_MKDOCS_2_WARNING": "1"})


@task
def sanitize(arguments: list[str]) -> None:
    """Test core built with sanitizers (-- [thread] [TESTS] [PYTEST OPTIONS], or -- [thread] fuzz ops ...).

    The sanitizers are those of addresses and undefined behaviour, or that of threads.
    """
    checks = arguments.pop(0) if arguments[:1] == ["thread"] else "address"
    tools = environments.ensure(ROOT, "build", environments.group(ROOT, "build"))
    needed = environments.group(ROOT, "test") + our_requirements()
    with step("core with sanitizers"):
        env = sanitizers.build(ROOT, tools, checks)
    python = environments.ensure(ROOT, "sanitize", needed).python
    if arguments[:1] == ["fuzz"]:
        tool = ROOT / "packages" / "core" / "tools" / "fuzz.py"
        run(python, tool, *(arguments[1:] or ["ops"]), cwd=ROOT, env=env)
        return
    place = sanitizers.directory(ROOT, checks)
    what = parts.Sanitized(ROOT, python, sanitizers.with_reports(env, place / "reports"), place)
    with step("tests under the sanitizers"):
        parts.run_parts(what, parts.chosen(checks, arguments), parts.options(arguments))


@task
def fuzz(arguments: list[str]) -> None:
    """Feed the engine what it does not expect (-- ops | graphs | c | saved_model, --seconds N, --seed N)."""
    python = test_environment(("core",)).python
    run(python, ROOT / "packages" / "core" / "tools" / "fuzz.py", *(arguments or ["ops"]), cwd=ROOT)


@task
def ops(arguments: list[str]) -> None:
    """Print the ops, and what TensorFlow offers by namespace and state (-- --missing: only what is missing)."""
    python = test_environment(("core",)).python
    run(python, ROOT / "packages" / "core" / "tools" / "required.py", *arguments, cwd=ROOT)


@task
def bench(arguments: list[str]) -> None:
    """Run the benchmarks beside peers (-- graphs, -- engine, -- saved_model, -- report); results go to build/bench/."""
    env = test_environment()
    run(env.python, "-m", "benchmarks", *arguments, cwd=ROOT)


@task
def compat_corpus(arguments: list[str]) -> None:
    """Score the upgrader on real programs (-- --from DIR: one folder a repository, owner__name; --run [--native])."""
    env = test_environment()
    tool = "runnable.py" if "--run" in arguments else "corpus.py"
    rest = [word for word in arguments if word != "--run"]
    run(env.python, ROOT / "compat" / "tools" / tool, *rest, cwd=ROOT)


@task
def wheels(arguments: list[str]) -> None:
    """Build all wheels, or those named, into dist/."""
    names, _ = choose(arguments)
    chosen = [package for package in ours.published(ROOT) if not names or package.name in names]
    dist = ROOT / "dist"
    dist.mkdir(exist_ok=True)
    for wheel in ours.build(ROOT, chosen):
        shutil.copy2(wheel, dist)
        say(f"{dist.name}/{wheel.name}  {wheel.stat().st_size / 1e6:.2f} MB")


@task
def install_matrix(arguments: list[str]) -> None:
    """Install each package alone, run its smoke test, and print sizes and import times (exit 1 past a bar)."""
    names, _ = choose(arguments)
    measure_installs(ROOT, names)
