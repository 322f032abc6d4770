"""The golden of a package's public Python names: `api/python.api`, one line per name.

It is read from the sources by griffe, nothing is imported, so that it does not depend on the interpreter. What is
public is what the `__all__` of a public module lists. A line is a kind, a dotted name and its signature:

    def tensegra.math.add(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor
    class tensegra.Variable(Trackable)
    attribute tensegra.data.AUTOTUNE = -1
"""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Callable, Iterator, Set
from pathlib import Path
from typing import Any

import griffe

from ._pages import public_modules
from ._tree import Package, packages

_CALLED = {
    "__init__", "__call__", "__getitem__", "__setitem__", "__delitem__", "__iter__", "__next__", "__len__",
    "__contains__", "__enter__", "__exit__", "__aenter__", "__aexit__", "__bool__", "__int__", "__float__",
    "__index__", "__array__", "__dlpack__", "__dlpack_device__", "__getattr__",
    "__add__", "__sub__", "__mul__", "__truediv__", "__floordiv__", "__mod__", "__pow__", "__matmul__",
    "__neg__", "__abs__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__and__", "__or__",
    "__xor__", "__invert__",
}  # fmt: skip
_VALUE_LENGTH = 60


def dump_all(root: Path) -> dict[str, str]:
    """Returns the golden of each package that has public modules, by the package's name."""
    chosen = [package for package in packages(root) if package.name != "devtools" and package.roots]
    with _one_tree(chosen) as place:
        logging.getLogger("griffe").setLevel(logging.CRITICAL)
        loader = griffe.GriffeLoader(search_paths=[place], allow_inspection=False)
        tree = loader.load("tensegra")
        loader.resolve_aliases(external=False, implicit=True)
        public = frozenset(_canonical_classes(tree, chosen))
        return {package.name: _dump(tree, package, public) for package in chosen}


@contextlib.contextmanager
def _one_tree(chosen: list[Package]) -> Iterator[Path]:
    """A directory in which all packages are one. griffe takes a package that extends its path for an empty one."""
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch) / "tensegra"
        top.mkdir()
        (top / "__init__.py").touch()
        for package in chosen:
            for name, source in package.roots.items():
                if name != "tensegra":
                    top.joinpath(*name.split(".")[1:]).symlink_to(source.resolve())
                    continue
                for path in source.iterdir():
                    if path.name != "__init__.py":
                        (top / path.name).symlink_to(path.resolve())
                text = (source / "__init__.py").read_text(encoding="utf-8")
                lines = [line for line in text.splitlines() if not line.startswith("__path__")]
                (top / "__init__.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
        yield Path(scratch)


def _canonical_classes(tree: Any, chosen: list[Package]) -> Iterator[str]:
    """Where the public classes are defined: what they inherit from other classes is listed with them."""
    for package in chosen:
        for module in map(_finder(tree), public_modules(package)):
            for name in _names(module):
                target = _target(module.members.get(name))
                if target is not None and target.is_class:
                    yield target.canonical_path


def _finder(tree: Any) -> Callable[[str], Any]:
    return lambda name: tree if name == "tensegra" else tree[name.removeprefix("tensegra.")]


def _dump(tree: Any, package: Package, public: Set[str]) -> str:
    lines: set[str] = set()
    for name in public_modules(package):
        module = _finder(tree)(name)
        lines.add(f"module {name}")
        for each in _names(module):
            lines |= set(_lines(f"{name}.{each}", module.members.get(each), public))
    ordered = sorted(lines, key=lambda line: (line.split()[1].split("(")[0], line))
    return "\n".join(ordered) + "\n" if ordered else ""


def _names(module: Any) -> list[str]:
    listed = module.exports
    if listed is None:
        return [name for name in module.members if not name.startswith("_")]
    return [str(name) for name in listed if not str(name).startswith("_")]


def _lines(path: str, thing: Any, public: Set[str]) -> Iterator[str]:
    thing = _target(thing)
    if thing is None:
        yield f"attribute {path}"
    elif thing.is_class:
        yield from _class(path, thing, public)
    elif thing.is_function:
        yield f"def {path}{_signature(thing)}"
    elif thing.is_attribute:
        yield f"attribute {path}{_annotation(thing)}{_value(thing)}"


def _target(thing: Any) -> Any:
    """What a name stands for; None when it is not in the sources (the engine's extension module)."""
    if thing is None:
        return None
    if thing.is_alias:
        try:
            thing = thing.final_target
        except (griffe.AliasResolutionError, griffe.CyclicAliasError):
            return None
    return thing


def _class(path: str, thing: Any, public: Set[str]) -> Iterator[str]:
    bases = [str(base) for base in thing.bases if _is_public(base, public)]
    yield f"class {path}({', '.join(bases)})"
    for name, member in _members(thing, public).items():
        target = _target(member)
        if target is None or target.is_class or target.is_module:
            continue
        if "property" in target.labels:
            writable = (
                " (writable)"
                if getattr(target, "setter", None) is not None or "writable" in target.labels
                else ""
            )
            yield f"property {path}.{name}{_annotation(target)}{writable}"
        elif target.is_function:
            kind = next((label for label in ("classmethod", "staticmethod") if label in target.labels), "def")
            yield f"{kind} {path}.{name}{_signature(target)}"
        elif name not in ("__slots__",):
            yield f"attribute {path}.{name}{_annotation(target)}{_value(target)}"


def _is_public(base: Any, public: Set[str]) -> bool:
    path = getattr(base, "canonical_path", str(base))
    return not path.startswith("tensegra.") or path in public


def _members(thing: Any, public: Set[str]) -> dict[str, Any]:
    """The public members of a class, those of its bases that are not public included."""
    found: dict[str, Any] = {}
    private = [base for base in _mro(thing) if not _is_public(base, public)]
    for owner in [*reversed(private), thing]:
        for name, member in owner.members.items():
            if name in _CALLED or not name.startswith("_"):
                found[name] = member
    return found


def _mro(thing: Any) -> list[Any]:
    try:
        return list(thing.mro())
    except ValueError:
        return []


def _signature(thing: Any) -> str:
    parts: list[str] = []
    star = False
    for parameter in thing.parameters:
        kind = parameter.kind
        if kind is griffe.ParameterKind.keyword_only and not star:
            parts.append("*")
            star = True
        prefix = {
            griffe.ParameterKind.var_positional: "*",
            griffe.ParameterKind.var_keyword: "**",
        }.get(kind, "")
        star |= prefix == "*"
        text = prefix + parameter.name
        if parameter.annotation is not None:
            text += f": {_text(parameter.annotation)}"
        if parameter.default is not None and not prefix:
            text += (" = " if parameter.annotation is not None else "=") + _text(parameter.default)
        parts.append(text)
    last = max(
        (at for at, p in enumerate(thing.parameters) if p.kind is griffe.ParameterKind.positional_only),
        default=-1,
    )
    if last >= 0:
        parts.insert(last + 1, "/")
    returns = f" -> {_text(thing.returns)}" if thing.returns is not None else ""
    return f"({', '.join(parts)}){returns}"


def _annotation(thing: Any) -> str:
    return f": {_text(thing.annotation)}" if thing.annotation is not None else ""


def _value(thing: Any) -> str:
    value = thing.value
    text = "" if value is None else _text(value)
    return f" = {text}" if text and len(text) <= _VALUE_LENGTH and "(" not in text else ""


def _text(expression: Any) -> str:
    return " ".join(str(expression).split())
