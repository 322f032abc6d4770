"""What statements read and write, which variables are needed later, and which have a value.

The functions here work on structured trees: no `break`, `continue`, and no `return` inside of branches and loops.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

Block: TypeAlias = "list[ast.stmt]"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_LOOPS = (ast.For, ast.While)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass
class Activity:
    """What a piece of code does with the variables of its function.

    Attributes:
        reads: Names that it reads, also in functions that it defines.
        writes: Names that it binds.
        captured: Names that functions which it defines read or bind.
        places: Attributes and items of variables that it binds: "self.x", "d['key']".
        lists: Names to which `append` is applied.
        declared: Names that are declared global or nonlocal.
        global_names: Those that are declared global.
    """

    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    captured: set[str] = field(default_factory=set)
    places: dict[str, ast.expr] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)
    global_names: set[str] = field(default_factory=set)


class _Visitor(ast.NodeVisitor):
    def __init__(self) -> None:
        self.found = Activity()

    def visit_Name(self, node: ast.Name) -> None:
        (self.found.reads if isinstance(node.ctx, ast.Load) else self.found.writes).add(node.id)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.found.reads.add(node.target.id)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        appended = getattr(node, "ag_list", None)
        if appended is not None:
            self.found.lists.add(appended)
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._place(node)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._place(node)
        self.generic_visit(node)

    def _place(self, node: ast.Attribute | ast.Subscript) -> None:
        if isinstance(node.ctx, ast.Store) and root_of(node) is not None:
            self.found.places[ast.unparse(node)] = node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.found.writes.add(node.name)
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.found.writes |= {(each.asname or each.name).split(".")[0] for each in node.names}

    visit_ImportFrom = visit_Import

    def visit_Global(self, node: ast.Global) -> None:
        self.found.declared |= set(node.names)
        self.found.global_names |= set(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.found.declared |= set(node.names)

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self.found.writes.add(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self.found.writes.add(node.rest)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.found.writes.add(node.name)
        for each in (*node.decorator_list, *node.args.defaults, *node.args.kw_defaults):
            if each is not None:
                self.visit(each)
        self._capture(free_names(node))

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for each in (*node.args.defaults, *node.args.kw_defaults):
            if each is not None:
                self.visit(each)
        self._capture(free_names(node))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.found.writes.add(node.name)
        inner = activity(node.body)
        for each in (*node.bases, *(keyword.value for keyword in node.keywords), *node.decorator_list):
            self.visit(each)
        self._capture(inner.reads | inner.captured)

    def _capture(self, names: set[str]) -> None:
        self.found.reads |= names
        self.found.captured |= names

    def _comprehension(self, node: ast.AST) -> None:
        inner = _Visitor()
        inner.generic_visit(node)
        bound = {
            name.id
            for generator in node.generators  # type: ignore[attr-defined]
            for name in ast.walk(generator.target)
            if isinstance(name, ast.Name)
        }
        found = inner.found
        self.found.reads |= found.reads - bound
        self.found.captured |= found.captured - bound
        self.found.writes |= found.writes - bound  # of :=

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension


def root_of(node: ast.expr) -> str | None:
    """The variable that "a.b['c']" begins with, or None where it is no chain of names and constants."""
    while True:
        constant = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
        if not isinstance(node, ast.Attribute) and not constant:
            return node.id if isinstance(node, ast.Name) else None
        assert isinstance(node, (ast.Attribute, ast.Subscript))
        node = node.value


def activity(code: ast.AST | Iterable[ast.AST] | None) -> Activity:
    """What some code does."""
    visitor = _Visitor()
    for node in [] if code is None else [code] if isinstance(code, ast.AST) else code:
        visitor.visit(node)
    return visitor.found


def parameters_of(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    """The names of the parameters of a function."""
    arguments = node.args
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    found += [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    return {each.arg for each in found}


def free_names(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    """The names that a function has from its surroundings."""
    inner = activity(node.body)
    local = (parameters_of(node) | inner.writes) - inner.declared
    return (inner.reads | inner.captured | inner.declared) - local


class Flow:
    """Annotates branches and loops of one function.

    Each gets `ag_live`, the names that may be read after it (for a loop, also by its next iteration), and
    `ag_defined`, the names that surely have a value where it begins; a branch also `ag_live_inside`, the names that
    its blocks may read.

    Args:
        body: The statements of the function.
        parameters: What has a value at its beginning.
        visible: Names that code outside may read at any time.
    """

    def __init__(self, body: Block, parameters: set[str], visible: set[str]) -> None:
        self._visible = visible
        self._live(body, set(visible))
        self._defined(body, set(parameters))

    def _live(self, block: Block, after: set[str]) -> set[str]:
        """The names that are read from the beginning of a block on, given those read after it."""
        live = set(after)
        for node in reversed(block):
            live = self._live_before(node, live) | self._visible
        return live

    def _live_before(self, node: ast.stmt, after: set[str]) -> set[str]:
        if isinstance(node, ast.If):
            node.ag_live = after  # type: ignore[attr-defined]
            branches = self._live(node.body, after) | self._live(node.orelse, after)
            node.ag_live_inside = branches  # type: ignore[attr-defined]
            return branches | activity(node.test).reads
        if isinstance(node, _LOOPS):
            head = after | activity(_head(node)).reads
            bound = activity(node.target).writes if isinstance(node, ast.For) else set()
            while True:
                found = head | (self._live(node.body, head) - bound)
                if found == head:
                    break
                head = found
            node.ag_live = head  # type: ignore[union-attr]
            if isinstance(node, ast.While):
                return head
            return head | activity(node.iter).reads
        if isinstance(node, (ast.With, ast.AsyncWith)):
            inner = self._live(node.body, after)
            items = activity(node.items)
            return (inner - items.writes) | items.reads
        if isinstance(node, (ast.Try, ast.TryStar, ast.Match)):
            # An exception may come at any time: what is read anywhere is needed everywhere.
            everything = after | activity(node).reads
            for inner_block in blocks_of(node):
                self._live(inner_block, everything)
            return everything
        found_here = activity(node)
        return (after - found_here.writes) | found_here.reads

    def _defined(self, block: Block, before: set[str]) -> set[str]:
        """The names that have a value at the end of a block."""
        defined = set(before)
        for node in block:
            defined = self._defined_after(node, defined)
        return defined

    def _defined_after(self, node: ast.stmt, before: set[str]) -> set[str]:
        if isinstance(node, ast.If):
            node.ag_defined = before  # type: ignore[attr-defined]
            return self._defined(node.body, before) & self._defined(node.orelse, before)
        if isinstance(node, _LOOPS):
            node.ag_defined = before  # type: ignore[union-attr]
            inside = before | (activity(node.target).writes if isinstance(node, ast.For) else set())
            self._defined(node.body, inside)
            return before
        if isinstance(node, (ast.With, ast.AsyncWith)):
            return self._defined(node.body, before | activity(node.items).writes)
        if isinstance(node, (ast.Try, ast.TryStar)):
            inside = self._defined(node.body, before)
            for handler in node.handlers:
                self._defined(handler.body, before | ({handler.name} if handler.name else set()))
            self._defined(node.orelse, inside)
            return self._defined(node.finalbody, before)
        if isinstance(node, ast.Match):
            for case in node.cases:
                self._defined(case.body, before | activity(case.pattern).writes)
            return before
        return before | _surely_written(node)


def _head(node: ast.For | ast.While) -> list[ast.AST]:
    tests: list[ast.AST | None] = [getattr(node, "ag_extra_test", None), getattr(node, "ag_options", None)]
    if isinstance(node, ast.While):
        tests.append(node.test)
    return [each for each in tests if each is not None]


def _surely_written(node: ast.stmt) -> set[str]:
    """What a simple statement binds, but for `:=`, which may be in a part that is skipped."""
    walrus = {each.target.id for each in ast.walk(node) if isinstance(each, ast.NamedExpr)}
    return activity(node).writes - walrus


def blocks_of(node: ast.AST) -> list[Block]:
    """The blocks of a compound statement."""
    found = [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]
    blocks = [block for block in found if isinstance(block, list) and block]
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        blocks.append(part.body)
    return blocks


def statements(block: Block) -> Iterable[ast.stmt]:
    """All statements of a block and of the blocks inside, but not those of functions and classes in it."""
    for node in block:
        yield node
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            for inner in blocks_of(node):
                yield from statements(inner)


def is_generator(node: ast.FunctionDef) -> bool:
    """Whether a function has a `yield` or an `await` of its own."""
    pending: list[ast.AST] = list(node.body)
    while pending:
        each = pending.pop()
        if isinstance(each, (ast.Yield, ast.YieldFrom, ast.Await, ast.AsyncFor, ast.AsyncWith)):
            return True
        if not isinstance(each, (*FUNCTIONS, ast.ClassDef)):
            pending += ast.iter_child_nodes(each)
    return False
