"""Finds the classes that hold a graph, and gives names to their attributes, so that a class reads like a script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

from ._class_sessions import Dropped, drop_sessions
from ._imports import TensorFlowNames, dotted_name
from ._marks import MARK, marked, plain
from ._names import COMPREHENSIONS, binds, function_locals, parameter_names
from ._tree import walk

_GRAPH_ROLES = frozenset(
    ["op", "random", "variable", "placeholder", "session", "optimizer", "initializer", "layer", "group"]
)
_BUILDING = frozenset(["variable", "placeholder", "optimizer", "layer"])


@dataclass(eq=False)
class GraphClass:
    """One class that holds a part of a graph.

    Attributes:
        name: its name.
        number: the scope of its attributes and methods.
        methods: the names of all its methods.
        attributes: the names that its methods store into `self`.
        scopes: the methods that build the graph, each with the scope of its locals, in the order they run.
        called: those of them that another one calls.
        rebound: attributes that are stored into by methods that do not build the graph, or from outside.
        node: the class in the tree that is rewritten.
    """

    name: str
    number: int
    methods: frozenset[str]
    attributes: frozenset[str]
    scopes: dict[str, int] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    rebound: set[str] = field(default_factory=set)
    node: cst.ClassDef | None = None

    def builders(self) -> list[cst.FunctionDef]:
        """The methods that build the graph, `__init__` first."""
        return [m for m in self.functions() if self.scope(m) is not None]

    def functions(self) -> list[cst.FunctionDef]:
        """All methods, as they stand in the tree that is rewritten."""
        assert self.node is not None
        return [s for s in self.node.body.body if isinstance(s, cst.FunctionDef) and MARK in s.name.value]

    def scope(self, method: cst.FunctionDef) -> int | None:
        """The scope of the locals of a method that builds the graph, else None."""
        return self.scopes.get(plain(method.name.value))


@dataclass
class Held:
    """A module whose classes read like scripts.

    Attributes:
        module: the module with names in place of attributes.
        classes: the classes, by name.
        owners: names that stand for attributes of objects -> the name of the object; in the tree that is rewritten.
        sessions: which parameters of which functions held the session, and went.
    """

    module: cst.Module
    classes: dict[str, GraphClass] = field(default_factory=dict)
    owners: dict[cst.CSTNode, str] = field(default_factory=dict)
    sessions: Dropped = field(default_factory=dict)

    def settle(self, module: cst.Module) -> None:
        """Carries everything over to a copy of the tree."""
        pairs = dict(zip(walk(self.module), walk(module), strict=True))
        self.owners = {pairs[node]: owner for node, owner in self.owners.items()}
        for statement in module.body:
            if isinstance(statement, cst.ClassDef) and statement.name.value in self.classes:
                self.classes[statement.name.value].node = statement
        self.module = module

    def class_of(self, scope: int | None) -> GraphClass | None:
        """The class that a scope belongs to."""
        for held in self.classes.values():
            if scope is not None and (scope == held.number or scope in held.scopes.values()):
                return held
        return None


def hold_classes(module: cst.Module, tensorflow: TensorFlowNames) -> Held:
    """The module with its graph classes made readable.

    Args:
        module: the parsed source.
        tensorflow: which of its names mean TensorFlow.
    """
    held = Held(module)
    if any(MARK in part.value for part in walk(module) if isinstance(part, cst.Name)):
        return held
    module, held.sessions = drop_sessions(module)
    names = [s.name.value for s in module.body if isinstance(s, cst.ClassDef)]
    body: list[Any] = []
    number = 1
    for statement in module.body:
        if isinstance(statement, cst.ClassDef) and names.count(statement.name.value) == 1:
            found = _Finder(statement, tensorflow, number).find()
            if found is not None:
                held.classes[statement.name.value] = found
                number += 1 + len(found.scopes)
                statement = _renamed(statement, found, held.sessions)
        body.append(statement)
    held.module = module.with_changes(body=body)
    if held.classes:
        _follow_objects(held)
    return held


class _Finder:
    """Looks at one class: does it hold a graph, and can it be followed?"""

    def __init__(self, node: cst.ClassDef, tensorflow: TensorFlowNames, number: int) -> None:
        self.node, self.tensorflow, self.number = node, tensorflow, number
        self.methods = {s.name.value: s for s in node.body.body if isinstance(s, cst.FunctionDef)}

    def find(self) -> GraphClass | None:
        """The class, or None where it is plain Python or of a form that is not followed."""
        node = self.node
        bases = [dotted_name(argument.value) for argument in node.bases]
        if bases not in ([], ["object"]) or node.keywords or node.decorators:
            return None
        if not isinstance(node.body, cst.IndentedBlock) or not self._roles(node) & _GRAPH_ROLES:
            return None
        if not all(_has_self(method) for method in self.methods.values() if not _is_static(method)):
            return None
        if any(_escapes(method) for method in self.methods.values()):
            return None
        static = [s for s in node.body.body if not isinstance(s, cst.FunctionDef) or _is_static(s)]
        if any(self._roles(statement) & _GRAPH_ROLES for statement in static):
            return None
        attributes = frozenset(
            name for method in self.methods.values() for name in stored_attributes(method)
        ) - set(self.methods)
        found = GraphClass(node.name.value, self.number, frozenset(self.methods), attributes)
        order = self._builders()
        if order is None:
            return None
        for place, name in enumerate(order, self.number + 1):
            found.scopes[name] = place
            found.called |= {m for m in order if _calls(self.methods[name], m)}
        for name, method in self.methods.items():
            if name not in found.scopes:
                found.rebound |= set(stored_attributes(method))
        return found

    def _roles(self, node: cst.CSTNode) -> set[str]:
        symbols = (
            self.tensorflow.symbol(part) for part in walk(node) if isinstance(part, (cst.Name, cst.Attribute))
        )
        return {symbol.role for symbol in symbols if symbol is not None}

    def _builders(self) -> list[str] | None:
        """The methods that build the graph, in the order of their definition; None where one is not followed."""
        names = [name for name, method in self.methods.items() if self._builds(name, method)]
        if "__init__" in self.methods and "__init__" not in names:
            names.insert(0, "__init__")
        names.sort(key=lambda name: name != "__init__")
        for name in names:
            inner = self.methods[name].body
            if any(
                isinstance(p, (cst.Import, cst.ImportFrom, cst.Global, cst.Nonlocal)) for p in walk(inner)
            ):
                return None
        return names

    def _builds(self, name: str, method: cst.FunctionDef) -> bool:
        """True for a method that leaves parts of the graph in `self`, gives nothing back and runs nothing."""
        if name == "__init__":
            return True
        if method.decorators or name.startswith("__") or not isinstance(method.body, cst.IndentedBlock):
            return False
        for part in walk(method.body):
            if isinstance(part, cst.Return) and part.value is not None:
                return False
            if isinstance(part, (cst.Yield, cst.Await)):
                return False
        if any(_runs(part) for part in walk(method.body)):
            return False
        stores = [
            part
            for part in walk(method.body)
            if isinstance(part, cst.Assign) and any(True for _ in stored_attributes(part))
        ]
        graph = any(self._roles(part.value) & _GRAPH_ROLES for part in stores)
        return graph or bool(self._roles(method.body) & _BUILDING)


def _has_self(method: cst.FunctionDef) -> bool:
    params = method.params
    return bool(params.params) and params.params[0].name.value == "self" and not params.posonly_params


def _is_static(method: cst.FunctionDef) -> bool:
    return any(dotted_name(d.decorator) in ("staticmethod", "classmethod") for d in method.decorators)


def _runs(node: cst.CSTNode) -> bool:
    """True for `x.run(...)` and `x.eval(...)` of anything but an initializer."""
    if not (isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute)):
        return False
    if node.func.attr.value not in ("run", "eval"):
        return False
    text = cst.Module([]).code_for_node(node)
    return "initializer" not in text and "initialize_all" not in text


def _calls(method: cst.FunctionDef, name: str) -> bool:
    return any(_self_attribute(p.func) == name for p in walk(method.body) if isinstance(p, cst.Call))


def _self_attribute(node: cst.CSTNode) -> str | None:
    if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name) and node.value.value == "self":
        return node.attr.value
    return None


def stored_attributes(node: cst.CSTNode) -> list[str]:
    """Names of the attributes of `self` that are bound somewhere below, in source order."""
    found: list[str] = []

    def target(part: cst.CSTNode) -> None:
        name = _self_attribute(part)
        if name is not None:
            found.append(name)
        elif isinstance(part, (cst.Tuple, cst.List)):
            for element in part.elements:
                target(element.value)

    for part in walk(node):
        if isinstance(part, (cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.For)):
            target(part.target)
        elif isinstance(part, cst.AsName):
            target(part.name)
    return found


def _escapes(method: cst.FunctionDef) -> bool:
    """True where `self` is used as a value, so that its attributes may be reached by other names."""
    if _is_static(method):
        return False
    inside: set[cst.CSTNode] = set()
    for part in walk(method.body):
        if (
            isinstance(part, cst.Attribute)
            and isinstance(part.value, cst.Name)
            and part.attr.value != "__dict__"
        ):
            inside.add(part.value)
        elif isinstance(part, cst.Call) and isinstance(part.func, cst.Name) and part.func.value == "super":
            inside |= {argument.value for argument in part.args}
        elif (isinstance(part, (cst.FunctionDef, cst.Lambda)) and "self" in parameter_names(part.params)) or (
            isinstance(part, cst.Call) and dotted_name(part.func) in ("vars", "locals", "setattr")
        ):
            return True
    return any(
        isinstance(part, cst.Name) and part.value == "self" and part not in inside
        for part in walk(method.body)
    )


def _renamed(node: cst.ClassDef, held: GraphClass, sessions: Dropped) -> cst.ClassDef:
    """The class with names for the attributes of `self`, and its methods without `self`."""
    body: list[Any] = []
    for statement in node.body.body:
        if isinstance(statement, cst.FunctionDef) and not _is_static(statement):
            gone = sessions.get((held.name, statement.name.value), [])
            statement = _renamed_method(statement, held, frozenset(gone))
        body.append(statement)
    return node.with_changes(body=node.body.with_changes(body=body))


def _renamed_method(method: cst.FunctionDef, held: GraphClass, gone: frozenset[str]) -> cst.FunctionDef:
    scope = held.scopes.get(method.name.value)
    changed: Any = method
    if scope is not None:
        changed = changed.visit(RenameLocals((function_locals(method) - {"self"}) | gone, scope))
    changed = changed.visit(_Attributes(held))
    params = changed.params.params[1:]
    return changed.with_changes(
        name=cst.Name(marked(method.name.value, held.number)),
        params=changed.params.with_changes(params=params),
    )


class RenameLocals(cst.CSTTransformer):
    """Puts the locals of one function into a scope; inner functions keep their own."""

    def __init__(self, names: frozenset[str], scope: int) -> None:
        super().__init__()
        self.names, self.scope = names, scope
        self.hidden: list[frozenset[str]] = []
        self.depth = 0

    def _push(self, names: frozenset[str]) -> bool:
        self.hidden.append(names)
        return True

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        """Parameters and locals of an inner function hide ours."""
        self.depth += 1
        return self._push(frozenset() if self.depth == 1 else function_locals(node) & self.names)

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        """The name of an inner function is a local; our own is not."""
        self.hidden.pop()
        self.depth -= 1
        kept = original_node.name
        if self.depth > 0 and kept.value in self.names and not any(kept.value in h for h in self.hidden):
            kept = cst.Name(marked(kept.value, self.scope))
        return updated_node.with_changes(name=kept)

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        """Parameters of a lambda hide ours."""
        return self._push(frozenset(parameter_names(node.params)))

    def leave_Lambda(self, original_node: cst.Lambda, updated_node: cst.Lambda) -> cst.Lambda:
        """Ours are seen again."""
        self.hidden.pop()
        return updated_node

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Comprehensions hide ours by their targets."""
        if isinstance(node, COMPREHENSIONS):
            self._push(frozenset(binds_of_comprehension(node)))
        return super().on_visit(node)

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        """Comprehensions end."""
        result = super().on_leave(original_node, updated_node)
        if isinstance(original_node, COMPREHENSIONS):
            self.hidden.pop()
        return result

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:
        """The name of an attribute is no local."""
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        """Nor is a keyword."""
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        """A local."""
        name = original_node.value
        if name not in self.names or any(name in hidden for hidden in self.hidden):
            return updated_node
        return updated_node.with_changes(value=marked(name, self.scope))


def binds_of_comprehension(node: cst.CSTNode) -> list[str]:
    """Names that the loops of a comprehension bind."""
    found: list[str] = []
    loop: cst.CompFor | None = getattr(node, "for_in", None)
    while loop is not None:
        found += binds(cst.AssignTarget(loop.target))
        loop = loop.inner_for_in
    return found


class _Attributes(cst.CSTTransformer):
    """`self.loss` and `self.forward(x)` become names."""

    def __init__(self, held: GraphClass) -> None:
        super().__init__()
        self.held = held
        self.called: set[cst.CSTNode] = set()

    def visit_Call(self, node: cst.Call) -> None:
        """What is called may be a method."""
        self.called.add(node.func)

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        """An attribute of `self`."""
        name = _self_attribute(original_node)
        if name in self.held.attributes or (name in self.held.methods and original_node in self.called):
            assert name is not None
            changed = cst.Name(marked(name, self.held.number))
            return changed.with_changes(lpar=updated_node.lpar, rpar=updated_node.rpar)
        return updated_node


# ---- objects of these classes, outside of them -------------------------------------------------------------------


def _follow_objects(held: Held) -> None:
    """`model.loss` becomes a name where `model` is known to be an object of one of the classes."""
    follower = _Objects(held, _objects(held))
    held.module = held.module.visit(follower)
    held.owners = {part: follower.made[part] for part in walk(held.module) if part in follower.made}


def _objects(held: Held) -> Callable[[Sequence[cst.CSTNode], str], GraphClass | None]:
    """A function that says of which class the object is that a name holds in a scope."""
    cache: dict[cst.CSTNode, dict[str, GraphClass | None]] = {}

    def table(scope: cst.CSTNode) -> dict[str, GraphClass | None]:
        if scope not in cache:
            cache[scope] = _scope_objects(scope, held)
        return cache[scope]

    def find(scopes: Sequence[cst.CSTNode], name: str) -> GraphClass | None:
        for scope in reversed(scopes):
            if name in table(scope):
                return table(scope)[name]
        return None

    return find


def _scope_objects(scope: cst.CSTNode, held: Held) -> dict[str, GraphClass | None]:
    """The names that a scope binds, each with its class where every binding is a call of that class."""
    found: dict[str, list[GraphClass | None]] = {}
    loose: set[str] = set()
    parts = list(_own(scope))
    for part in parts:
        if isinstance(part, cst.Assign):
            made = None
            if isinstance(part.value, cst.Call) and isinstance(part.value.func, cst.Name):
                made = held.classes.get(part.value.func.value)
            single = all(isinstance(t.target, cst.Name) for t in part.targets)
            for name in binds(part):
                found.setdefault(name, []).append(made if single else None)
        elif isinstance(part, (cst.For, cst.CompFor)):
            for name in binds(cst.AssignTarget(part.target)):
                loose.add(name)
        elif isinstance(
            part, (cst.AugAssign, cst.AnnAssign, cst.NamedExpr, cst.AsName, cst.Import, cst.ImportFrom)
        ):
            for name in binds(part):
                found.setdefault(name, []).append(None)
        elif isinstance(part, cst.FunctionDef) and part is not scope:
            found.setdefault(part.name.value, []).append(None)
    if isinstance(scope, (cst.FunctionDef, cst.Lambda)):
        loose |= set(parameter_names(scope.params))
    table: dict[str, GraphClass | None] = {}
    for name, kinds in found.items():
        table[name] = kinds[0] if len(set(map(id, kinds))) == 1 and name not in loose else None
    for name in loose - set(found):
        table[name] = _by_attributes(name, parts, held)
    return table


def _own(scope: cst.CSTNode) -> list[cst.CSTNode]:
    """The parts of a scope, those of inner functions included (they see its names)."""
    return [part for part in walk(scope) if part is not scope]


def _by_attributes(name: str, parts: Sequence[cst.CSTNode], held: Held) -> GraphClass | None:
    """The class of a parameter or of the target of a loop: the only one that has what a run fetches of it."""
    fetched: set[str] = set()
    for part in parts:
        if (
            isinstance(part, cst.Call)
            and isinstance(part.func, cst.Attribute)
            and part.func.attr.value == "run"
        ):
            attributes = [inner for inner in walk(part) if isinstance(inner, cst.Attribute)]
            fetched |= {
                a.attr.value for a in attributes if isinstance(a.value, cst.Name) and a.value.value == name
            }
    having = [c for c in held.classes.values() if fetched and fetched <= c.attributes]
    return having[0] if len(having) == 1 else None


class _Objects(cst.CSTTransformer):
    def __init__(self, held: Held, find: Callable[[Sequence[cst.CSTNode], str], GraphClass | None]) -> None:
        super().__init__()
        self.held, self.find = held, find
        self.scopes: list[cst.CSTNode] = []
        self.made: dict[cst.CSTNode, str] = {}
        self.stored: set[cst.CSTNode] = set()

    def visit_Module(self, node: cst.Module) -> None:
        """The outermost scope."""
        self.scopes.append(node)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        """A scope."""
        self.scopes.append(node)

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        """Its end."""
        self.scopes.pop()
        return updated_node

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        """What is stored into from outside is bound again."""
        self._note(node.target)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        """What is stored into from outside is bound again."""
        self._note(node.target)

    def _note(self, target: cst.BaseExpression) -> None:
        for part in walk(target):
            if isinstance(part, cst.Attribute):
                self.stored.add(part)
                held = self._class(part)
                if held is not None:
                    held.rebound.add(part.attr.value)

    def _class(self, node: cst.Attribute) -> GraphClass | None:
        return self.find(self.scopes, node.value.value) if isinstance(node.value, cst.Name) else None

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        """An attribute of an object of one of the classes."""
        if not isinstance(original_node.value, cst.Name) or original_node in self.stored:
            return updated_node
        held = self._class(original_node)
        if held is None or original_node.attr.value not in held.attributes:
            return updated_node
        name = cst.Name(
            marked(original_node.attr.value, held.number), lpar=updated_node.lpar, rpar=updated_node.rpar
        )
        self.made[name] = original_node.value.value
        return name
