"""The public names: who defines what is said where it is defined, and found when it is first asked for.

`@export("nn.relu")` above a function gives it the name `tf.nn.relu`. A namespace (`tf.nn`, `tf.contrib.layers`) is a
module whose names are looked up in this order: what is exported already; the module that the index has for the name,
which is then imported; the function of the same name of Tensegra, made into one of the graph. The index is generated
(`tools/name_index.py`) from what all modules export when they are imported (`PROVIDERS`).
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import pkgutil
import sys
import types
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from ._errors import MissingSymbol

T = TypeVar("T")
ROOT = "tensegra.compat.v1"

table: dict[str, Any] = {}
"""What is exported so far, by dotted name."""

PROVIDERS: dict[str, tuple[str, ...]] = {
    "": (
        "_graph",
        "_shapes",
        "_session",
        "_variables",
        "_variable_scope",
        "_gradients",
        "_control",
        "_arrays",
        "_ops",
        "_nn",
        "_random",
        "_initializers",
        "_constants",
        "_names",
        "_layers",
        "_rnn",
        "_losses",
        "_metrics",
        "_train",
        "_data",
        "_flags",
        "_files",
        "_summary",
        "_io",
        "_sparse",
        "_strings",
        "_image",
        "_testing",
        "_estimator",
        "_contrib",
        "_extra",
        "_aliases",
        "_lookup",
        "_nest",
        "_messages",
    ),
    "contrib": ("_contrib", "_examples"),
    "examples": ("_examples",),
    "estimator": ("_estimator",),
    "feature_column": ("_estimator",),
    "summary": ("_summary",),
    "data": ("_data",),
    "train": ("_train",),
    "layers": ("_layers",),
    "losses": ("_losses",),
    "metrics": ("_metrics",),
    "nn": ("_nn", "_rnn"),
    "image": ("_image",),
    "flags": ("_flags",),
    "app": ("_flags",),
    "logging": ("_flags",),
    "gfile": ("_files",),
    "saved_model": ("_extra",),
}
"""The modules, or packages all of whose modules, that are imported for a namespace; see `_imported`."""

CORE = (
    "math",
    "nn",
    "linalg",
    "bitwise",
    "image",
    "io",
    "sets",
    "signal",
    "sparse",
    "strings",
    "debugging",
    "errors",
)
"""The namespaces of Tensegra in which functions are looked for."""

_imported: set[str] = set()


@cache
def index() -> dict[str, str]:
    """Which module of this package defines a name, by dotted name; `tools/name_index.py` writes the file."""
    # Beside this file, not in the package: that may have been imported under the name of TensorFlow.
    text = Path(__file__).with_name("name_index.txt").read_text(encoding="utf-8")
    return {name: module for module, *found in map(str.split, text.splitlines()) for name in found}


@cache
def _namespaces() -> frozenset[str]:
    """The names in which others lie."""
    return frozenset(name[:dot] for name in index() for dot in _dots(name))


def _dots(name: str) -> list[int]:
    return [place for place, letter in enumerate(name) if letter == "."]


def export(names: str) -> Callable[[T], T]:
    """Gives a function or class public names of 1.x, separated by spaces."""

    def give(thing: T) -> T:
        for name in names.split():
            put(name, thing)
        return thing

    return give


def put(name: str, thing: Any) -> None:
    """Gives anything a public name."""
    table[name] = thing
    module = sys.modules.get(f"{ROOT}.{name.rpartition('.')[0]}".rstrip("."))
    if module is not None and isinstance(module, Namespace):
        module.__dict__[name.rpartition(".")[2]] = thing


class Namespace(types.ModuleType):
    """`tf.nn` and the like."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{ROOT}.{path}", f"Names of `tf.{path}`.")
        self.__dict__.update(_path=path, __path__=[], __package__=f"{ROOT}.{path}")

    def __getattr__(self, name: str) -> Any:
        return find(self.__dict__["_path"], name)

    def __dir__(self) -> list[str]:
        return names(self.__dict__["_path"])


def names(path: str) -> list[str]:
    """The names of a namespace."""
    for module in _modules(path):
        _load(module)
    prefix = f"{path}." if path else ""
    found = {name[len(prefix) :].partition(".")[0] for name in table if name.startswith(prefix)}
    return sorted(found)


def find(path: str, name: str) -> Any:
    """The thing of a name in a namespace.

    Raises:
        AttributeError: There is none; also an UnimplementedError that says what to do (TG-7201).
    """
    if name.startswith("_"):
        raise AttributeError(name)
    full = f"{path}.{name}" if path else name
    if full in table:
        return _keep(path, name, table[full])
    if full in index():
        importlib.import_module(f"{ROOT}.{index()[full]}")
        return _keep(path, name, table[full])
    if full in _namespaces() or full in PROVIDERS or full in CORE:
        return _keep(path, name, namespace(full))
    from ._fallback import fallback

    found = fallback(full)
    if found is not None:
        return _keep(path, name, found)
    raise MissingSymbol(
        f"[compat.v1] a symbol must be one of those that are there. Received: tf.{full}. Replace it, or keep the "
        "program on TensorFlow 1.x for now; `tensegra-upgrade --report` names all such symbols of a program.",
        code="TG-7201",
    )


def namespace(path: str) -> Namespace:
    """The module of a namespace."""
    full = f"{ROOT}.{path}"
    module = sys.modules.get(full)
    if isinstance(module, Namespace):
        return module
    module = sys.modules[full] = Namespace(path)
    return module


def exists(path: str) -> bool:
    """Whether there is such a namespace."""
    return path in PROVIDERS or path in CORE or path in _namespaces()


def _keep(path: str, name: str, thing: Any) -> Any:
    module = sys.modules.get(f"{ROOT}.{path}" if path else ROOT)
    if module is not None:
        module.__dict__[name] = thing
    return thing


def _modules(path: str) -> tuple[str, ...]:
    first = path.partition(".")[0]
    own = PROVIDERS.get(first, ())
    return own + tuple(each for each in PROVIDERS[""] if each not in own)


def _load(module: str) -> None:
    """Imports a module of this package; of a package, all its modules."""
    if module in _imported:
        return
    _imported.add(module)
    package = ROOT
    try:
        loaded = importlib.import_module(f"{package}.{module}")
    except ModuleNotFoundError as error:
        if error.name != f"{package}.{module}":
            raise
        return
    if hasattr(loaded, "__path__"):
        for each in pkgutil.iter_modules(loaded.__path__):
            importlib.import_module(f"{package}.{module}.{each.name}")


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes `import tensegra.compat.v1.contrib.rnn` work, and `import tensorflow` where that is asked for."""

    def __init__(self, alias: str | None = None) -> None:
        self.alias = alias

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The way Python asks for a module."""
        prefix = ROOT if self.alias is None else self.alias
        if fullname == prefix and self.alias is not None:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        if not fullname.startswith(f"{prefix}."):
            return None
        inner = canonical(fullname[len(prefix) + 1 :])
        if inner and (inner.rpartition(".")[2].startswith("_") or not exists(inner)):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """The namespace of that name."""
        prefix = ROOT if self.alias is None else self.alias
        inner = canonical(spec.name[len(prefix) + 1 :])
        return importlib.import_module(ROOT) if not inner else namespace(inner)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing is left to do."""


_MOVED = {
    "python": "", "compat.v1": "", "python.ops": "", "python.framework": "", "python.training": "train",
    "python.platform": "", "python.framework.ops": "", "python.ops.math_ops": "math",
    "python.ops.array_ops": "", "python.ops.rnn_cell": "nn.rnn_cell", "python.ops.rnn_cell_impl": "nn.rnn_cell",
    "python.ops.variable_scope": "", "python.ops.init_ops": "", "python.ops.control_flow_ops": "",
    "python.ops.nn": "nn", "python.ops.nn_ops": "nn", "python.ops.rnn": "nn", "python.platform.gfile": "gfile",
    "python.platform.flags": "flags", "python.platform.app": "app", "python.util.nest": "nest",
    "python.util": "", "python.ops.random_ops": "", "python.framework.dtypes": "", "python.ops.losses": "losses",
    "python.layers": "layers", "python.layers.core": "layers", "python.ops.state_ops": "", "python.client": "",
    "python.ops.variables": "", "python.ops.clip_ops": "", "python.ops.embedding_ops": "nn",
    "python.framework.tensor_shape": "", "python.framework.constant_op": "", "python.ops.string_ops": "strings",
    "python.ops.losses.losses": "losses", "python.summary": "summary", "python.training.training": "train",
    "contrib.layers.python.layers.layers": "contrib.layers",
    "contrib.slim.python.slim.learning": "contrib.slim.learning",
    "contrib.layers.python.layers.initializers": "contrib.layers",
    "contrib.layers.python.layers.regularizers": "contrib.layers",
    "contrib.framework.python.ops.variables": "contrib.framework",
    "contrib.framework.python.ops.arg_scope": "contrib.framework",
}  # fmt: skip
"""Where the public names of TensorFlow's own modules are."""


def canonical(path: str) -> str:
    """The namespace that a path inside of TensorFlow stands for."""
    return _MOVED.get(path, path)


def install(name: str = "tensorflow") -> None:
    """Makes `import tensorflow` give this runtime, for programs that are run as they are.

    Args:
        name: The name that stands for it from now on, in all modules that are imported later.
    """
    if any(isinstance(finder, Finder) and finder.alias == name for finder in sys.meta_path):
        return
    for loaded in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
        del sys.modules[loaded]
    sys.meta_path.insert(0, Finder(name))
