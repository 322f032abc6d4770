"""Writes the frozen table of the TensorFlow 1.15 API from the files of its wheels, which are read and never run.

    pip download tensorflow==1.15.0 --no-deps --only-binary=:all: --python-version 37 --platform manylinux2010_x86_64
    pip download tensorflow-estimator==1.15.1 --no-deps
    python compat/tools/frozen_api.py tensorflow-1.15.0-*.whl tensorflow_estimator-1.15.1-*.whl

The table is `src/tensegra/compat/upgrade/api_1_15.txt`: one symbol a line, five fields between tabs.

    name       without the leading `tf.`
    kind       f function, c class, v value, m module
    signature  parameters with their defaults (those of `__init__` for a class); `=name` for the same thing elsewhere
    2          where the name exists in the 2.x API, else empty
    origin     the module below `tensorflow` that defines it, and its name there where that differs, after a colon
"""

from __future__ import annotations

import ast
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "src/tensegra/compat/upgrade/api_1_15.txt"
_GENERATED = re.compile(r"\b_api\.v[12]\b|\bapi\._v[12]\b")
# tf.flags hands the functions of absl-py on.
_FLAGS = {
    "DEFINE": "parser, name, default, help, flag_values=FLAGS, serializer=None, module_name=None, **args",
    "DEFINE_bool": "name, default, help, flag_values=FLAGS, module_name=None, **args",
    "DEFINE_boolean": "name, default, help, flag_values=FLAGS, module_name=None, **args",
    "DEFINE_enum": "name, default, enum_values, help, flag_values=FLAGS, module_name=None, **args",
    "DEFINE_float": "name, default, help, lower_bound=None, upper_bound=None, flag_values=FLAGS, **args",
    "DEFINE_integer": "name, default, help, lower_bound=None, upper_bound=None, flag_values=FLAGS, **args",
    "DEFINE_list": "name, default, help, flag_values=FLAGS, **args",
    "DEFINE_multi_float": "name, default, help, lower_bound=None, upper_bound=None, flag_values=FLAGS, **args",
    "DEFINE_multi_integer": "name, default, help, lower_bound=None, upper_bound=None, flag_values=FLAGS, **args",
    "DEFINE_multi_string": "name, default, help, flag_values=FLAGS, **args",
    "DEFINE_spaceseplist": "name, default, help, comma_compat=False, flag_values=FLAGS, **args",
    "DEFINE_string": "name, default, help, flag_values=FLAGS, **args",
    "mark_flag_as_required": "flag_name, flag_values=FLAGS",
    "mark_flags_as_required": "flag_names, flag_values=FLAGS",
    "register_validator": "flag_name, checker, message='Flag validation failed', flag_values=FLAGS",
}
_TENSORFLOW = re.compile(r"^tensorflow(?=\.|$)")
_NOISE = frozenset({"absolute_import", "division", "print_function", "remove_undocumented", "make_all"})


@dataclass(frozen=True)
class Definition:
    """Where a name is defined and what it is."""

    kind: str
    signature: str
    module: str
    name: str


class Wheel:
    """The Python sources of wheels, read by module name."""

    def __init__(self, paths: list[Path]) -> None:
        zips = [zipfile.ZipFile(path) for path in paths]
        self._files = {name: file for file in zips for name in file.namelist()}

    def _place(self, module: str) -> str | None:
        base = _TENSORFLOW.sub("tensorflow_core", module).replace(".", "/")
        for place in (f"{base}.py", f"{base}/__init__.py"):
            if place in self._files:
                return place
        return None

    def exists(self, module: str) -> bool:
        """True if there is such a module."""
        return self._place(module) is not None

    def is_package(self, module: str) -> bool:
        """True if the module is a package."""
        return (self._place(module) or "").endswith("/__init__.py")

    @cache  # noqa: B019 - one object for the whole run
    def tree(self, module: str) -> ast.Module:
        """The syntax tree of a module."""
        place = self._place(module)
        return ast.parse(self._files[place].read(place)) if place else ast.Module(body=[], type_ignores=[])

    def children(self, module: str) -> Iterator[str]:
        """The names of the modules right below a package."""
        base = _TENSORFLOW.sub("tensorflow_core", module).replace(".", "/") + "/"
        seen = set()
        for file in self._files:
            if file.startswith(base) and file.endswith(".py"):
                head = file[len(base) :].split("/")[0].removesuffix(".py")
                if head != "__init__" and head not in seen:
                    seen.add(head)
                    yield head


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, those in conditions included."""
    for statement in body:
        if isinstance(statement, ast.If):
            yield from statements(statement.body)
            yield from statements(statement.orelse)
        elif isinstance(statement, ast.Try):
            yield from statements(statement.body)
        else:
            yield statement


def signature(arguments: ast.arguments, skip_first: bool = False) -> str:
    """The parameters as text, without annotations."""
    for parameter in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        parameter.annotation = None
    text = ast.unparse(arguments)
    if skip_first and arguments.args:
        first = arguments.args[0].arg
        text = text[len(first) :].lstrip(", ")
    return text


class Resolver:
    """Follows names through assignments and imports to what defines them."""

    def __init__(self, wheel: Wheel) -> None:
        self.wheel = wheel

    @cache  # noqa: B019
    def scope(self, module: str) -> dict[str, ast.stmt]:
        """The statement that binds each name of a module, and star imports under names with a star."""
        found: dict[str, ast.stmt] = {}
        for statement in statements(self.wheel.tree(module).body):
            if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                found[statement.name] = statement
            elif isinstance(statement, ast.Assign):
                for target in statement.targets:
                    if not isinstance(target, ast.Name):
                        continue
                    if not isinstance(
                        found.get(target.id), (ast.FunctionDef, ast.ClassDef)
                    ):  # not `f = export(f)`
                        found[target.id] = statement
            elif isinstance(statement, ast.ImportFrom):
                for item in statement.names:
                    local = f"*{statement.module}" if item.name == "*" else item.asname or item.name
                    found[local] = statement
            elif isinstance(statement, ast.Import):
                for item in statement.names:
                    found[item.asname or item.name.split(".")[0]] = statement
        return found

    @cache  # noqa: B019
    def resolve(self, module: str, name: str, depth: int = 0) -> Definition | None:
        """What a name of a module is, or None."""
        if depth > 25:
            return None
        statement = self.scope(module).get(name)
        if statement is None:
            for star in [n[1:] for n in self.scope(module) if n.startswith("*")]:
                if name in self.public(star) and (found := self.resolve(star, name, depth + 1)):
                    return found
            return (
                Definition("m", "", f"{module}.{name}", "") if self.wheel.exists(f"{module}.{name}") else None
            )
        if isinstance(statement, ast.FunctionDef):
            return Definition("f", signature(statement.args), module, name)
        if isinstance(statement, ast.ClassDef):
            return Definition("c", self.constructor(module, statement) or "", module, name)
        if isinstance(statement, ast.ImportFrom):
            item = next(i for i in statement.names if name in (i.asname, i.name))
            source = statement.module or module
            if found := self.resolve(source, item.name, depth + 1):
                return found
            inner = f"{source}.{item.name}"
            return (
                Definition("m", "", inner, "")
                if self.wheel.exists(inner)
                else Definition("v", "", source, item.name)
            )
        if isinstance(statement, ast.Import):
            item = next(i for i in statement.names if name in (i.asname, i.name.split(".")[0]))
            return Definition("m", "", item.name, "")
        assert isinstance(statement, ast.Assign)
        return self.value(module, statement.value, depth) or Definition("v", "", module, name)

    def value(self, module: str, node: ast.expr, depth: int) -> Definition | None:
        """What an assigned expression is, where it is another thing under a new name."""
        if isinstance(node, ast.Name):
            return self.resolve(module, node.id, depth + 1)
        if isinstance(node, ast.Attribute):
            owner = self.value(module, node.value, depth + 1)
            if owner and owner.kind == "m" and owner.module.startswith("tensorflow"):
                return self.resolve(owner.module, node.attr, depth + 1)
            if owner and owner.kind == "c":
                return self.method(owner, node.attr)
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Call) and len(node.args) == 1:  # deprecated(...)(function)
                return self.value(module, node.args[0], depth + 1)
            last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if last == "partial" and node.args:
                return self.value(module, node.args[0], depth + 1)
            if last == "to_raw_op" and node.args:
                return self.value(module, node.args[0], depth + 1)
            if last == "deprecated_alias" and len(node.args) > 2:
                return self.value(module, node.args[2], depth + 1)
            if last == "namedtuple" and len(node.args) > 1:
                return Definition("c", self.fields(node.args[1]), module, "")
        return None

    def fields(self, node: ast.expr) -> str:
        """The fields of a named tuple."""
        try:
            value = ast.literal_eval(node)
        except ValueError:
            return ""
        return ", ".join(value.replace(",", " ").split() if isinstance(value, str) else value)

    def method(self, owner: Definition, name: str) -> Definition | None:
        """A method of a class, as `Estimator.train`."""
        statement = self.scope(owner.module).get(owner.name)
        for item in statement.body if isinstance(statement, ast.ClassDef) else ():
            if isinstance(item, ast.FunctionDef) and item.name == name:
                return Definition("f", signature(item.args, True), owner.module, f"{owner.name}.{name}")
        return None

    def constructor(self, module: str, node: ast.ClassDef, depth: int = 0) -> str | None:
        """The parameters of a class, its own or those of the first base that has any."""
        methods = {item.name: item for item in node.body if isinstance(item, ast.FunctionDef)}
        for name in ("__init__", "__new__"):
            if name in methods:
                return signature(methods[name].args, True)
        for base in node.bases if depth < 12 else ():
            if isinstance(base, ast.Call) and (named := self.value(module, base, 0)):
                return named.signature
            found = self.value(module, base, 0)
            if found is None or found.kind != "c" or not found.name:
                continue
            statement = self.scope(found.module).get(found.name)
            if isinstance(statement, ast.ClassDef):
                inherited = self.constructor(found.module, statement, depth + 1)
                if inherited is not None:
                    return inherited
        return None

    @cache  # noqa: B019
    def public(self, module: str, star: bool = True) -> frozenset[str]:
        """The names that a module has; of those, with `star`, only what its `__all__` gives away."""
        tree, scope = self.wheel.tree(module), self.scope(module)
        documented = {
            line.strip()[2:]
            for line in (ast.get_docstring(tree) or "").splitlines()
            if line.strip().startswith("@@")
        }
        limited, allowed = False, set(documented)
        for statement in ast.walk(tree):
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                if statement.targets[0].id in ("__all__", "_allowed_symbols"):
                    if isinstance(statement.value, (ast.List, ast.Tuple)):
                        words = [e.value for e in statement.value.elts if isinstance(e, ast.Constant)]
                        allowed.update(str(word) for word in words)
                        limited |= star and statement.targets[0].id == "__all__"
                    elif isinstance(statement.value, ast.Call):
                        limited |= star and statement.targets[0].id == "__all__" and bool(documented)
            elif (
                isinstance(statement, ast.Call) and getattr(statement.func, "id", "") == "remove_undocumented"
            ):
                limited = True
        if limited and allowed:
            return frozenset(allowed)
        names = {n for n in scope if not n.startswith(("_", "*"))} - _NOISE
        for other in [n[1:] for n in scope if n.startswith("*")]:
            if other.startswith("tensorflow") and other != module:
                names |= self.public(other)
        return frozenset(names | allowed)


def api(
    resolver: Resolver, module: str, prefix: str, skip: tuple[str, ...] = ()
) -> Iterator[tuple[str, Definition]]:
    """The public names below a generated API module."""
    for name in sorted(n for n in resolver.scope(module) if not n.startswith(("_", "*"))):
        if prefix + name in skip:
            continue
        found = resolver.resolve(module, name)
        if found is None or name in _NOISE:
            continue
        if found.kind == "m" and _GENERATED.search(found.module):
            yield prefix + name, found
            yield from api(resolver, found.module, f"{prefix}{name}.", skip)
        else:
            yield prefix + name, found


def contrib(resolver: Resolver, module: str, prefix: str, depth: int) -> Iterator[tuple[str, Definition]]:
    """The public names of a contrib package and of the packages below it."""
    package = ".".join(module.split(".")[1:3])
    yield prefix, Definition("m", "", module, "")
    for name in sorted(resolver.public(module, False)):
        found = resolver.resolve(module, name)
        if found is None or not name.isidentifier():
            continue
        if found.kind != "m":
            if found.module.startswith("tensorflow"):
                yield f"{prefix}.{name}", found
        elif found.module.startswith(f"tensorflow.{package}.") and depth < 3 and found.module != module:
            yield from contrib(resolver, found.module, f"{prefix}.{name}", depth + 1)
    for name in sorted(resolver.wheel.children(module)) if depth < 1 else ():
        inner = f"{module}.{name}"
        if (
            name not in ("python", "ops", "kernels")
            and name not in resolver.public(module)
            and resolver.wheel.exists(inner)
        ):
            yield from contrib(resolver, inner, f"{prefix}.{name}", depth + 1)


def table(wheel: Wheel) -> list[str]:
    """The lines of the table."""
    resolver = Resolver(wheel)
    second = {name for name, _ in api(resolver, "tensorflow._api.v1.compat.v2", "", ("compat",))}
    second |= {f"keras.{name}" for name, _ in api(resolver, "tensorflow.python.keras.api._v2.keras", "")}
    found = dict(api(resolver, "tensorflow._api.v1.v1", "", ("compat.v1", "compat.v2")))
    for module, prefix in (
        ("tensorflow.python.keras.api._v1.keras", "keras"),
        ("tensorflow_estimator.python.estimator.api._v1.estimator", "estimator"),
    ):
        if not wheel.exists(module):
            raise SystemExit(f"none of the wheels holds {module}")
        found[prefix] = Definition("m", "", module, "")
        found |= dict(api(resolver, module, prefix + "."))
    for name in sorted(wheel.children("tensorflow.contrib")):
        if wheel.is_package(f"tensorflow.contrib.{name}"):
            known = resolver.resolve("tensorflow.contrib", name)
            module = known.module if known and known.kind == "m" else f"tensorflow.contrib.{name}"
            found |= dict(contrib(resolver, module, f"contrib.{name}", 0))
    found["contrib"] = Definition("m", "", "tensorflow.contrib", "")
    found["examples"] = Definition("m", "", "tensorflow.examples", "")
    found["examples.tutorials"] = Definition("m", "", "tensorflow.examples.tutorials", "")
    found |= dict(contrib(resolver, "tensorflow.examples.tutorials.mnist", "examples.tutorials.mnist", 0))
    for place in ("flags", "app.flags"):
        found[place] = Definition("m", "", "tensorflow.python.platform.flags", "")
        found[f"{place}.FLAGS"] = Definition("v", "", "tensorflow.python.platform.flags", "FLAGS")
        for name, text in _FLAGS.items():
            found[f"{place}.{name}"] = Definition("f", text, "tensorflow.python.platform.flags", name)
    lines, first = [], {}
    for name in sorted(found, key=lambda n: order(n, found[n])):
        thing = found[name]
        key = (thing.module, thing.name, thing.signature)
        text = thing.signature
        origin = thing.module.removeprefix("tensorflow.")
        if thing.kind != "m":
            last = name.rpartition(".")[2]
            origin += f":{thing.name}" if thing.name not in (last, "") else ""
            if thing.kind in "fc" and key in first:
                text, origin = f"={first[key]}", ""
            first.setdefault(key, name)
        elif _GENERATED.search(thing.module) or thing.module == f"tensorflow.{name}":
            origin = ""
        lines.append("\t".join([name, thing.kind, text, "2" if name in second else "", origin]).rstrip("\t"))
    return lines


def order(name: str, thing: Definition) -> tuple[object, ...]:
    """Places the name under which a thing is known best before its other names."""
    parts = name.split(".")
    if parts[0] != "contrib":
        return (0, name.startswith(("raw_ops", "compat")), name)
    home = ".".join(parts[:2])
    return (1, not thing.module.startswith(f"tensorflow.{home}."), name)


def main() -> int:
    """Writes the table from the wheels named on the command line."""
    wheel = Wheel([Path(argument) for argument in sys.argv[1:]])
    lines = table(wheel)
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} symbols, {TARGET.stat().st_size} bytes: {TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
