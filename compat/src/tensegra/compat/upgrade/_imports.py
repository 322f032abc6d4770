"""Which local names mean TensorFlow, and how its imports are rewritten."""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst

from ._api import modules
from ._names import FreshNames, binds
from ._symbols import Symbol, canonical, namespaces, symbol_table

# Modules of TensorFlow that are plain Python; what takes their place has the same names.
PLAIN = {"tf.examples.tutorials.mnist.input_data": "input_data"}


def dotted_name(node: cst.CSTNode) -> str | None:
    """`a.b.c` as text where the node is a plain chain of names, else None."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        head = dotted_name(node.value)
        return None if head is None else f"{head}.{node.attr.value}"
    return None


def _is_tensorflow(dotted: str) -> bool:
    return dotted.split(".")[0] == "tensorflow"


@dataclass
class TensorFlowNames:
    """The local names bound to TensorFlow.

    Attributes:
        names: local name -> canonical symbol or namespace (`tf`, `tf.nn`, `tf.placeholder`).
        root: the name under which Tensegra will be known.
        statements: import statements -> what replaces them (nothing for an empty list).
        problems: (node, construct, why) of imports that cannot be followed.
    """

    names: dict[str, str] = field(default_factory=dict)
    root: str = "tf"
    statements: dict[cst.CSTNode, list[cst.BaseStatement]] = field(default_factory=dict)
    problems: list[tuple[cst.CSTNode, str, str]] = field(default_factory=list)

    def canonical(self, node: cst.CSTNode) -> str | None:
        """The canonical TensorFlow name that a chain of attributes spells, or None."""
        dotted = dotted_name(node)
        if dotted is None:
            return None
        head, _, rest = dotted.partition(".")
        if head not in self.names:
            return None
        return canonical(self.names[head] + ("." + rest if rest else ""))

    def symbol(self, node: cst.CSTNode) -> Symbol | None:
        """The known symbol that the node spells, or None."""
        name = self.canonical(node)
        return None if name is None else symbol_table().get(name)


def imports_tensorflow(module: cst.Module) -> bool:
    """True if any import statement, at any depth, names tensorflow."""
    found = False

    class Finder(cst.CSTVisitor):
        def visit_Import(self, node: cst.Import) -> None:
            nonlocal found
            found |= any(_is_tensorflow(dotted_name(a.name) or "") for a in node.names)

        def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
            nonlocal found
            found |= not node.relative and _is_tensorflow(dotted_name(node.module or cst.Name("_")) or "")

    module.visit(Finder())
    return found


def find_tensorflow(module: cst.Module, alias: str, fresh: FreshNames) -> TensorFlowNames:
    """Follows the imports of a module and the aliases that its top level makes of them.

    Args:
        module: the parsed source.
        alias: `keep` (the module's own alias goes on) or `tg`.
        fresh: gives unused names.
    """
    found = TensorFlowNames()
    top_level: set[cst.CSTNode] = set()
    roots: list[str] = []
    imports: list[tuple[cst.SimpleStatementLine, cst.Import | cst.ImportFrom]] = []
    for line in module.body:
        for small in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(small, (cst.Import, cst.ImportFrom)) and _mentions_tensorflow(small):
                assert isinstance(line, cst.SimpleStatementLine)
                top_level.add(small)
                imports.append((line, small))
                roots += _bind_import(small, found)
    _report_hidden_imports(module, top_level, found)
    kept = roots[0] if roots else fresh("tg")
    found.root = kept if alias == "keep" else ("tg" if "tg" in roots else fresh("tg"))
    # The unaliased `import tensorflow` goes on as `import tensegra`.
    if alias == "keep" and kept == "tensorflow":
        found.root = "tensegra"
    spelled = "import tensegra" if found.root == "tensegra" else f"import tensegra as {found.root}"
    done = False
    for line, small in imports:
        done = _rewrite_import(line, small, found, spelled, done)
    _follow_aliases(module, found)
    return found


def _mentions_tensorflow(node: cst.Import | cst.ImportFrom) -> bool:
    if isinstance(node, cst.Import):
        return any(_is_tensorflow(dotted_name(item.name) or "") for item in node.names)
    return not node.relative and node.module is not None and _is_tensorflow(dotted_name(node.module) or "")


def _bind_import(node: cst.Import | cst.ImportFrom, found: TensorFlowNames) -> list[str]:
    """Records what an import binds; returns the names bound to TensorFlow itself."""
    roots = []
    if isinstance(node, cst.Import):
        for item in node.names:
            dotted = dotted_name(item.name) or ""
            if not _is_tensorflow(dotted):
                continue
            local = item.evaluated_alias or "tensorflow"
            if canonical(dotted) in PLAIN and item.asname:
                continue
            found.names[local] = canonical(dotted) if item.asname else "tf"
            if found.names[local] == "tf":
                roots.append(local)
            _check_importable(node, dotted, found)
    elif isinstance(node.names, cst.ImportStar):
        what = f"from {dotted_name(node.module or cst.Name('_'))} import *"
        found.problems.append((node, what, "a star import hides which names are TensorFlow's"))
    else:
        package = dotted_name(node.module or cst.Name("_")) or ""
        for item in node.names:
            dotted = f"{package}.{item.evaluated_name}"
            local = item.evaluated_alias or item.evaluated_name
            if canonical(dotted) in PLAIN:
                continue
            found.names[local] = canonical(dotted)
            if found.names[local] == "tf":
                roots.append(local)
            _check_importable(node, dotted, found)
    return roots


def _check_importable(node: cst.CSTNode, dotted: str, found: TensorFlowNames) -> None:
    name = canonical(dotted)
    if name not in symbol_table() and name not in namespaces():
        found.problems.append((node, name, "this module has no counterpart in Tensegra yet"))


def _report_hidden_imports(module: cst.Module, seen: set[cst.CSTNode], found: TensorFlowNames) -> None:
    class Finder(cst.CSTVisitor):
        def visit_Import(self, node: cst.Import) -> None:
            self.check(node)

        def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
            self.check(node)

        def check(self, node: cst.Import | cst.ImportFrom) -> None:
            if node not in seen and _mentions_tensorflow(node):
                why = "TensorFlow is imported inside a block; only imports at the top level can be followed"
                found.problems.append((node, "import tensorflow", why))

    module.visit(Finder())


def _rewrite_import(
    line: cst.SimpleStatementLine,
    node: cst.Import | cst.ImportFrom,
    found: TensorFlowNames,
    spelled: str,
    done: bool,
) -> bool:
    """Plans the replacement of one import; returns whether Tensegra has been imported by now."""
    if len(line.body) > 1:
        found.problems.append((node, "import tensorflow", "it shares its line with other statements"))
        return True
    others: list[cst.ImportAlias] = []
    if isinstance(node, cst.Import):
        others = [item for item in node.names if not _is_tensorflow(dotted_name(item.name) or "")]
    replacement: list[cst.BaseStatement] = []
    if others:
        others[-1] = others[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        replacement.append(line.with_changes(body=[node.with_changes(names=others)]))
    plain = _plain_imports(node)
    for text in plain:
        new = cst.parse_statement(text)
        assert isinstance(new, cst.SimpleStatementLine)
        first = not replacement
        replacement.append(
            new.with_changes(
                leading_lines=line.leading_lines if first else (),
                trailing_whitespace=line.trailing_whitespace if first else new.trailing_whitespace,
            )
        )
    if plain and len(plain) == len(getattr(node, "names", ())):
        found.statements[line] = replacement
        return done
    if not done:
        statement = cst.parse_statement(spelled)
        assert isinstance(statement, cst.SimpleStatementLine)
        leading = () if replacement else line.leading_lines
        trailing = statement.trailing_whitespace if replacement else line.trailing_whitespace
        replacement.append(statement.with_changes(leading_lines=leading, trailing_whitespace=trailing))
    found.statements[line] = replacement
    return True


def _plain_imports(node: cst.Import | cst.ImportFrom) -> list[str]:
    """The imports that take the place of those of plain Python modules."""
    found = []
    package = "" if isinstance(node, cst.Import) else f"{dotted_name(node.module or cst.Name('_'))}."
    for item in () if isinstance(node.names, cst.ImportStar) else node.names:
        target = PLAIN.get(canonical(f"{package}{dotted_name(item.name)}"))
        if target is None or (isinstance(node, cst.Import) and item.asname is None):
            continue
        local = item.evaluated_alias or target
        found.append(f"from tensegra.compat import {target}" + (f" as {local}" if local != target else ""))
    return found


def _follow_aliases(module: cst.Module, found: TensorFlowNames) -> None:
    """`nn = tf.nn` and `placeholder = tf.placeholder`: the name is followed and the line goes."""
    counts: dict[str, int] = {}
    for name in binds(module):
        counts[name] = counts.get(name, 0) + 1
    for line in module.body:
        if not (isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1):
            continue
        small = line.body[0]
        if not (isinstance(small, cst.Assign) and len(small.targets) == 1):
            continue
        meant = found.canonical(small.value)
        target = small.targets[0].target
        if meant is None or not isinstance(target, cst.Name) or counts[target.value] != 1:
            continue
        symbol = symbol_table().get(meant)
        if (
            meant in namespaces()
            or meant in modules()
            or (symbol is not None and symbol.role not in ("op", "random", "value"))
        ):
            found.names[target.value] = meant
            found.statements[line] = []


def rebound_names(module: cst.Module, found: TensorFlowNames) -> list[str]:
    """TensorFlow names that the module binds a second time, so that they cannot be trusted."""
    imported: dict[str, int] = {}
    for name in binds(module):
        if name in found.names:
            imported[name] = imported.get(name, 0) + 1
    return [name for name, count in imported.items() if count > 1]
