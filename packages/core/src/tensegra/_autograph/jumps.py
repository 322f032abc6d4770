"""`break` and `continue` become flags; what all jumps have in common."""

from __future__ import annotations

import ast
from collections.abc import Callable

from . import _names as names
from ._analysis import blocks_of, statements

_DEEPEST = 20

Block = list[ast.stmt]


class Restructured:
    """A block without certain jumps: what follows a jump moves into the other branch, or behind a flag.

    Args:
        flag: The name of the flag that says that a jump was taken.
        leaf: The statements that stand for a jump, or None where a statement is none.
        loop: What an inner loop becomes, and whether it may jump.
    """

    def __init__(
        self,
        flag: str,
        leaf: Callable[[ast.stmt], Block | None],
        loop: Callable[[ast.stmt], tuple[Block, bool]] | None = None,
    ) -> None:
        self._flag = flag
        self._leaf = leaf
        self._loop = loop

    def block(self, block: Block, depth: int = 0) -> tuple[Block, bool, bool]:
        """The new statements, whether they may jump, and whether they always do."""
        made: Block = []
        for position, node in enumerate(block):
            new, may, always = self._statement(node)
            made += new
            if always:
                return made, True, True  # what follows is never reached
            if not may:
                continue
            rest, _, rest_always = self.block(block[position + 1 :], depth + 1)
            last = new[-1]
            if not rest:
                return made, True, False
            open_branch = None if depth > _DEEPEST else getattr(last, "ag_open", None)
            if open_branch is not None:
                assert isinstance(last, ast.If)
                if open_branch == "orelse":
                    last.orelse = [*last.orelse, *rest]
                else:
                    last.body = [*_without_pass(last.body), *rest]
            else:
                guard = ast.If(names.negated(names.load(self._flag)), rest, [])
                made += names.placed([guard], rest[0])
            return made, True, rest_always
        return made, False, False

    def _statement(self, node: ast.stmt) -> tuple[Block, bool, bool]:
        jump = self._leaf(node)
        if jump is not None:
            return names.placed(jump, node), True, True
        if isinstance(node, ast.If):
            return self._branches(node)
        if isinstance(node, (ast.For, ast.While, ast.AsyncFor)):
            if self._loop is None:
                return [node], False, False
            made, may = self._loop(node)
            return made, may, False
        if isinstance(node, (ast.With, ast.AsyncWith)):
            node.body, may, _ = self.block(node.body)
            return [node], may, False
        if isinstance(node, (ast.Try, ast.TryStar)):
            node.body, may, _ = self.block(node.body)
            if node.orelse:
                orelse, also, _ = self.block(node.orelse)
                if may:
                    guard = ast.If(names.negated(names.load(self._flag)), orelse, [])
                    orelse = names.placed([guard], orelse[0])
                node.orelse, may = orelse, may or also
            for handler in node.handlers:
                handler.body, also, _ = self.block(handler.body)
                may = may or also
            return [node], may, False
        if isinstance(node, ast.Match):
            may = False
            for case in node.cases:
                case.body, also, _ = self.block(case.body)
                may = may or also
            return [node], may, False
        return [node], False, False

    def _branches(self, node: ast.If) -> tuple[Block, bool, bool]:
        node.body, may, always = self.block(node.body)
        node.orelse, else_may, else_always = self.block(node.orelse)
        if always and else_always:
            return [node], True, True
        node.ag_open = None  # type: ignore[attr-defined]
        if always and not else_may:
            node.ag_open = "orelse"  # type: ignore[attr-defined]
        elif else_always and not may:
            node.ag_open = "body"  # type: ignore[attr-defined]
        return [node], may or else_may, False


def lower_breaks(body: Block, counter: list[int]) -> Block:
    """A block whose loops have no `break`, no `continue` and no `else`.

    A loop with a `break` gets `ag_extra_test`: what must hold before each further iteration.

    Args:
        body: The statements.
        counter: Numbers the loops.
    """
    made: Block = []
    for node in body:
        if isinstance(node, (ast.For, ast.While)):
            made += _loop(node, counter)
            continue
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for block in blocks_of(node):
                block[:] = lower_breaks(block, counter)
        made.append(node)
    return made


def _loop(node: ast.For | ast.While, counter: list[int]) -> Block:
    body = lower_breaks(node.body, counter)
    orelse = lower_breaks(node.orelse, counter)
    has_break = any(isinstance(each, ast.Break) for each in statements(body))
    if has_break or any(isinstance(each, ast.Continue) for each in statements(body)):
        counter[0] += 1
    stop, skip = f"ag__break_{counter[0]}", f"ag__skip_{counter[0]}"

    def leaf(statement: ast.stmt) -> Block | None:
        if isinstance(statement, ast.Break):
            return [names.set_flag(stop, True), names.set_flag(skip, True)]
        return [names.set_flag(skip, True)] if isinstance(statement, ast.Continue) else None

    body, may, _ = Restructured(skip, leaf).block(body)
    if may:
        body = names.placed([names.set_flag(skip, False)], node) + body
    node.body, node.orelse = body, []
    made: Block = [node]
    if has_break:
        made = [names.set_flag(stop, False), node]
        test = ast.copy_location(names.negated(names.load(stop)), node)
        names.placed([ast.Expr(test)], node)
        node.ag_extra_test = test  # type: ignore[union-attr]
        if orelse:
            made.append(ast.If(names.negated(names.load(stop)), orelse, []))
    else:
        made += orelse
    return names.placed(made, node)


def _without_pass(block: Block) -> Block:
    return [each for each in block if not isinstance(each, ast.Pass)]


def without_unread_flags(body: Block) -> None:
    """Drops assignments to flags that nothing reads."""
    read = {
        node.id
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    for each in statements(body):
        test = getattr(each, "ag_extra_test", None)
        if test is not None:
            read |= {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}

    def unread(node: ast.stmt) -> bool:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            return False
        name = node.targets[0].id
        return name.startswith("ag__") and name != names.VALUE and name not in read

    def clean(block: Block) -> None:
        for node in block:
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                for inner in blocks_of(node):
                    clean(inner)
        kept = [node for node in block if not unread(node)]
        block[:] = kept or [ast.copy_location(ast.Pass(), block[0])]

    clean(body)
