"""Which names a piece of Python reads and binds, with Python's own scoping rules."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from ._tree import children

COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.GeneratorExp, cst.DictComp)


def target_names(target: cst.CSTNode) -> Iterator[str]:
    """Names that an assignment target binds (attributes and subscripts bind none)."""
    if isinstance(target, cst.Name):
        yield target.value
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from target_names(element.value)
    elif isinstance(target, (cst.AssignTarget, cst.AsName)):
        yield from target_names(target.target if isinstance(target, cst.AssignTarget) else target.name)


def _target_reads(target: cst.CSTNode, bound: frozenset[str]) -> Iterator[cst.Name]:
    if isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _target_reads(element.value, bound)
    elif isinstance(target, cst.AssignTarget):
        yield from _target_reads(target.target, bound)
    elif not isinstance(target, cst.Name):
        yield from name_reads(target, bound)


def _parameters(parameters: cst.Parameters) -> list[cst.Param]:
    found = [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]
    for star in (parameters.star_arg, parameters.star_kwarg):
        if isinstance(star, cst.Param):
            found.append(star)
    return found


def parameter_names(parameters: cst.Parameters) -> list[str]:
    """Names of all parameters, in order."""
    return [parameter.name.value for parameter in _parameters(parameters)]


def function_locals(function: cst.FunctionDef) -> frozenset[str]:
    """Names that are local to a function: its parameters and what its body binds, less its globals."""
    names = set(parameter_names(function.params)) | set(binds(function.body))
    return frozenset(names - global_names(function.body))


def global_names(node: cst.CSTNode) -> set[str]:
    """Names that `global` statements of this scope declare."""
    found: set[str] = set()
    if isinstance(node, cst.Global):
        found.update(item.name.value for item in node.names)
    elif not isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
        for child in children(node):
            found |= global_names(child)
    return found


def _comprehension_targets(loop: cst.CompFor | None) -> set[str]:
    names: set[str] = set()
    while loop is not None:
        names.update(target_names(loop.target))
        loop = loop.inner_for_in
    return names


def name_reads(node: cst.CSTNode, bound: frozenset[str] = frozenset()) -> Iterator[cst.Name]:
    """Names that `node` loads from outside itself, in source order."""
    if isinstance(node, cst.Name):
        if node.value not in bound:
            yield node
    elif isinstance(node, (cst.Attribute, cst.Arg)):
        yield from name_reads(node.value, bound)
    elif isinstance(node, cst.Lambda):
        for parameter in _parameters(node.params):
            if parameter.default is not None:
                yield from name_reads(parameter.default, bound)
        yield from name_reads(node.body, bound | frozenset(parameter_names(node.params)))
    elif isinstance(node, cst.FunctionDef):
        for decorator in node.decorators:
            yield from name_reads(decorator, bound)
        for parameter in _parameters(node.params):
            if parameter.default is not None:
                yield from name_reads(parameter.default, bound)
        yield from name_reads(node.body, bound | function_locals(node))
    elif isinstance(node, cst.ClassDef):
        for piece in (*node.decorators, *node.bases, *node.keywords, node.body):
            yield from name_reads(piece, bound)
    elif isinstance(node, COMPREHENSIONS):
        inner = bound | frozenset(_comprehension_targets(node.for_in))
        yield from name_reads(node.for_in.iter, bound)
        for child in children(node):
            if child is not node.for_in:
                yield from name_reads(child, inner)
        yield from _comprehension_reads(node.for_in, inner)
    elif isinstance(node, cst.AssignTarget):
        yield from _target_reads(node, bound)
    elif isinstance(node, cst.AnnAssign):
        yield from _target_reads(node.target, bound)
        if node.value is not None:
            yield from name_reads(node.value, bound)
    elif isinstance(node, cst.For):
        yield from _target_reads(node.target, bound)
        for part in (node.iter, node.body, node.orelse):
            if part is not None:
                yield from name_reads(part, bound)
    elif isinstance(node, cst.AsName):
        yield from _target_reads(node.name, bound)
    elif isinstance(node, cst.NamedExpr):
        yield from name_reads(node.value, bound)
    elif not isinstance(node, (cst.Import, cst.ImportFrom, cst.Global, cst.Nonlocal)):
        for child in children(node):
            yield from name_reads(child, bound)


def _comprehension_reads(loop: cst.CompFor, bound: frozenset[str]) -> Iterator[cst.Name]:
    for condition in loop.ifs:
        yield from name_reads(condition.test, bound)
    if loop.inner_for_in is not None:
        yield from name_reads(loop.inner_for_in.iter, bound)
        yield from _comprehension_reads(loop.inner_for_in, bound)


def binds(node: cst.CSTNode) -> Iterator[str]:
    """Names that `node` binds in the scope it stands in, in source order, once for each binding."""
    if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        yield node.name.value
    elif isinstance(node, (cst.Lambda, *COMPREHENSIONS)):
        return
    elif isinstance(node, cst.AssignTarget):
        yield from target_names(node)
    elif isinstance(node, (cst.AnnAssign, cst.AugAssign)):
        yield from target_names(node.target)
    elif isinstance(node, cst.NamedExpr):
        yield from target_names(node.target)
        yield from binds(node.value)
    elif isinstance(node, cst.For):
        yield from target_names(node.target)
        for part in (node.iter, node.body, node.orelse):
            if part is not None:
                yield from binds(part)
    elif isinstance(node, cst.AsName):
        yield from target_names(node)
    elif isinstance(node, cst.ImportAlias):
        if node.asname is not None:
            yield from target_names(node.asname)
        else:
            root: cst.BaseExpression = node.name
            while isinstance(root, cst.Attribute):
                root = root.value
            if isinstance(root, cst.Name):
                yield root.value
    else:
        for child in children(node):
            yield from binds(child)


def assigned_value(node: cst.CSTNode) -> cst.BaseExpression | None:
    """The value of a statement that is one plain assignment."""
    if not (isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1):
        return None
    small = node.body[0]
    return small.value if isinstance(small, cst.Assign) and len(small.targets) == 1 else None


def is_main_guard(statement: cst.If) -> bool:
    """True for `if __name__ == "__main__":`."""
    test = statement.test
    if not (
        isinstance(test, cst.Comparison) and isinstance(test.left, cst.Name) and len(test.comparisons) == 1
    ):
        return False
    right = test.comparisons[0].comparator
    return (
        test.left.value == "__name__"
        and isinstance(right, cst.SimpleString)
        and right.evaluated_value == "__main__"
        and isinstance(statement.body, cst.IndentedBlock)
    )


def all_names(node: cst.CSTNode) -> set[str]:
    """Every identifier that occurs anywhere below `node`, for choosing names that collide with none."""
    found = {node.value} if isinstance(node, cst.Name) else set()
    for child in children(node):
        found |= all_names(child)
    return found


class FreshNames:
    """Hands out names that the module does not use yet."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = set(taken)

    def __call__(self, *wishes: str) -> str:
        for wish in wishes:
            if wish not in self._taken:
                self._taken.add(wish)
                return wish
        number = 2
        while f"{wishes[-1]}_{number}" in self._taken:
            number += 1
        self._taken.add(f"{wishes[-1]}_{number}")
        return f"{wishes[-1]}_{number}"
