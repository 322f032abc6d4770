"""Loading libraries of ops and devices."""

from __future__ import annotations

import inspect
import os
import re
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

from tensegra import _forks, _native
from tensegra._errors import Error, NotFoundError
from tensegra._public import public

DEVICES = "tensegra.devices"  # the group of entry points

_lock = _forks.lock()
_modules: dict[str, ModuleType] = {}
_searched = False
_ATTRIBUTE = re.compile(r"(\w+): (\w+)(\??)(?: = (\[[^]]*\]|'[^']*'|[^,)]+))?")


@public("load_op_library")
def load_op_library(library_filename: str | os.PathLike[str]) -> ModuleType:
    """Loads a library of ops and returns a module with a function for each.

    A library is loaded once; a second call returns the same module. `vendor::op` becomes the function `op`.

    Args:
        library_filename: The path of a shared library, built against the headers in `tg.sysconfig.get_include()`.

    Raises:
        tg.errors.NotFoundError: There is no such file (TG-0755).
        tg.errors.FailedPreconditionError: It is no plug-in (TG-0503), or needs a newer core (TG-0753).
        tg.errors.InvalidArgumentError: It defines an op that is wrong or there already (TG-0120).

    >>> import tensegra as tg
    >>> tg.load_op_library("x.so")
    Traceback (most recent call last):
    ...
    tensegra.errors.NotFoundError: [load_op_library] a library must exist. Received: library_filename='x.so'. (TG-0755)
    """
    path = os.path.realpath(library_filename)
    if not os.path.isfile(path):
        raise NotFoundError(
            f"[load_op_library] a library must exist. Received: library_filename={os.fspath(library_filename)!r}.",
            code="TG-0755",
        )
    with _lock:
        if path not in _modules:
            before = {op.name for op in _native.all_ops()}
            _native.load_plugin(path)
            module = ModuleType(re.sub(r"\W", "_", Path(path).stem), f"The ops of {Path(path).name}.")
            module.__file__ = path
            ops = [op for op in _native.all_ops() if op.name not in before]
            for op in ops:
                function = wrap_op(op)
                setattr(module, function.__name__, function)
            module.__dict__["__all__"] = sorted(op.name.rpartition("::")[2] for op in ops)
            _modules[path] = module
        return _modules[path]


@public("load_library")
def load_library(library_location: str | os.PathLike[str]) -> None:
    """Loads a plug-in, or all plug-ins of a directory: libraries of ops and of devices.

    Args:
        library_location: The path of a shared library, or of a directory that holds some (`*.so`).

    Raises:
        tg.errors.NotFoundError: There is no library at that place (TG-0755).
        tg.errors.FailedPreconditionError: It is no plug-in (TG-0503), or needs a newer core (TG-0753).
        tg.errors.InvalidArgumentError: What it defines is wrong or there already (TG-0120, TG-0751).

    >>> import tensegra as tg
    >>> tg.load_library("x.so")
    Traceback (most recent call last):
    ...
    tensegra.errors.NotFoundError: [load_library] there must be a library. Received: library_location='x.so'. (TG-0755)
    """
    place = Path(library_location)
    libraries = sorted(place.glob("*.so")) if place.is_dir() else [place]
    if not libraries or not libraries[0].is_file():
        raise NotFoundError(
            "[load_library] there must be a library. "
            f"Received: library_location={os.fspath(library_location)!r}.",
            code="TG-0755",
        )
    for library in libraries:
        load_op_library(library)


def load_installed_devices() -> None:
    """Loads the plug-ins of installed packages, once. One that fails is warned of; the others are there."""
    import importlib.metadata  # slow, and seldom needed

    global _searched
    with _lock:
        if _searched:
            return
        _searched = True
        for entry in importlib.metadata.entry_points(group=DEVICES):
            try:
                found = entry.load()
                load_library(found() if callable(found) else found)
            except (Error, ImportError, AttributeError, OSError, TypeError) as error:
                package = entry.dist.name if entry.dist is not None else entry.value
                warnings.warn(
                    f"[devices] the plug-in {entry.name!r} of {package} does not load: {error} (TG-0756)",
                    RuntimeWarning,
                    stacklevel=3,
                )


def wrap_op(op: _native.Op) -> Any:
    """A Python function for an op: inputs first, then attributes, then `name`, as the functions of core have them."""
    inside = op.signature[op.signature.index("(") + 1 :].rpartition(")")[0]
    arguments, _, attributes = inside.partition("*")
    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    inputs = [part.split(":")[0].strip() for part in arguments.strip(" ,").split(",") if part.strip()]
    found = _ATTRIBUTE.findall(attributes)
    # Those without a default come first, as Python wants it; the engine fills in the others.
    ordered = sorted(found, key=lambda item: bool(item[2] or item[3]))
    parameters = [inspect.Parameter(name, positional) for name in inputs]
    for name, _, optional, default in ordered:
        empty = inspect.Parameter.empty if not (optional or default) else None
        parameters.append(inspect.Parameter(name, positional, default=empty))
    parameters.append(inspect.Parameter("name", positional, default=None))
    signature = inspect.Signature(parameters)
    names = [name for name, *_ in found]

    def call(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs).arguments
        given = {name: bound[name] for name in names if bound.get(name) is not None}
        return _native.execute(op, tuple(bound[name] for name in inputs), given)

    call.__name__ = op.name.rpartition("::")[2]
    call.__qualname__ = call.__name__
    call.__doc__ = "\n\n".join(part for part in (op.summary, op.doc.strip()) if part)
    call.__signature__ = signature  # type: ignore[attr-defined]
    return call
