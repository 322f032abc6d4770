"""The functions of a module that build parts of a graph: what each does, and how one that makes weights is split."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import libcst as cst

from ._arguments import bind_arguments
from ._imports import dotted_name
from ._marks import plain
from ._names import FreshNames, binds, function_locals, global_names, name_reads, parameter_names
from ._references import Reference
from ._tree import children, walk

_RANDOM_MODULES = ("np.random", "numpy.random", "random")


def repeated_or_conditional(node: cst.CSTNode, inside: bool = False) -> Iterator[cst.CSTNode]:
    """Everything below `node` that may run several times or not at all when the expression is evaluated once."""
    loops = (
        cst.ListComp,
        cst.SetComp,
        cst.GeneratorExp,
        cst.DictComp,
        cst.Lambda,
        cst.IfExp,
        cst.BooleanOperation,
    )
    if inside:
        yield node
    for child in children(node):
        yield from repeated_or_conditional(child, inside or isinstance(node, loops))


def draws_from_python(node: cst.CSTNode) -> bool:
    """True if NumPy's or Python's random numbers are drawn somewhere below."""
    for part in walk(node):
        name = dotted_name(part.func) if isinstance(part, cst.Call) else None
        if name is not None and any(name.startswith(module + ".") for module in _RANDOM_MODULES):
            return True
    return False


@dataclass(eq=False)
class Helper:
    """One function of the module and what it does to a graph, its own callees included."""

    node: cst.FunctionDef
    name: str
    has_ops: bool = False
    has_random: bool = False
    is_flat: bool = False
    makes_variables: bool = False
    returns_variables: bool = False
    returns_several: bool = False
    returns_cell: bool = False
    runs_session: bool = False
    draws: bool = False
    reads: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    lifted: list[str] = field(default_factory=list)
    split: Split | None = None


@dataclass(eq=False)
class Split:
    """A helper taken apart: one function makes its variables, the other one applies them.

    Attributes:
        name: name of the function that makes the variables.
        parameters: its parameters.
        statements: its statements.
        variables: the variables that it returns, in order.
        apply_parameters: the original parameters that the applying half still needs.
        apply_statements: the statements of the applying half.
        calls: calls of other such helpers, and `tf.Variable` calls inside expressions -> the names that hold them.
        preludes: statement -> the calls above that it contains.
        layers: those of `variables` that are objects with weights of their own.
        scope: the name of the variable scope that they are in.
        reuse: what says whether a call shares the variables of an earlier one.
    """

    name: str
    parameters: list[cst.Param]
    statements: list[cst.BaseStatement]
    variables: list[str]
    apply_parameters: list[cst.Param]
    apply_statements: list[cst.BaseStatement]
    calls: dict[cst.Call, list[str]]
    preludes: dict[cst.BaseStatement, list[cst.Call]]
    layers: frozenset[str] = frozenset()
    scope: cst.BaseExpression | None = None
    reuse: cst.BaseExpression | None = None


class Helpers:
    """All top-level functions of a module."""

    def __init__(
        self, functions: list[cst.FunctionDef], references: Mapping[cst.CSTNode, Reference], fresh: FreshNames
    ) -> None:
        self._references = references
        self._fresh = fresh
        self.by_name = {f.name.value: Helper(f, f.name.value) for f in functions}
        self.problems: list[tuple[cst.CSTNode, str, str]] = []
        for helper in self.by_name.values():
            self._look(helper)
        self._close()
        for helper in self._callees_first():
            if helper.makes_variables and not helper.returns_variables and not helper.runs_session:
                helper.split = self._split(helper)

    def called(self, node: cst.CSTNode) -> Helper | None:
        """The helper that a call names, or None."""
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
            return self.by_name.get(node.func.value)
        return None

    def lift(self, helper: Helper, name: str) -> str | None:
        """Makes a tensor that a helper reads from outside an argument of it; or says why that cannot be done."""
        if name in helper.lifted:
            return None
        node = helper.node
        taken = {
            n.value
            for part in walk(node)
            if isinstance(part, (cst.Param, cst.AssignTarget))
            for n in binding(part)
        }
        if name in taken:
            return "the name means something else inside of it as well"
        if (
            isinstance(node.params.star_arg, cst.Param)
            or node.params.star_kwarg
            or node.params.posonly_params
        ):
            return "it has star parameters"
        if helper.split and any(name in {n.value for n in name_reads(s)} for s in helper.split.statements):
            read = {n.value for call in helper.split.calls for n in self._reads_of_making(call)}
            if name in read or any(s not in helper.split.preludes for s in helper.split.statements
                                   if name in {n.value for n in name_reads(s)}):  # fmt: skip
                return "what its variables start from depends on it"
        helper.lifted.append(name)
        for callee in sorted(helper.calls):
            inner = self.by_name[callee]
            if name in inner.reads and (why := self.lift(inner, name)):
                return why
        return None

    def _reads_of_making(self, call: cst.Call) -> list[cst.Name]:
        names = self.variable_reads(call)
        return [n for n in name_reads(call) if n.value in names]

    def symbol_role(self, node: cst.CSTNode) -> str | None:
        """The role of the symbol that a node mentions, or None."""
        reference = self._references.get(node)
        return reference.symbol.role if reference and reference.symbol else None

    def is_unknown(self, node: cst.CSTNode) -> bool:
        """True if a TensorFlow symbol that the table does not have is mentioned: that is reported by itself."""
        references = (self._references.get(part) for part in walk(node))
        return any(reference is not None and reference.symbol is None for reference in references)

    def is_variable_call(self, node: cst.CSTNode) -> bool:
        """True for `tf.Variable(...)` and calls of helpers that return fresh variables."""
        if not isinstance(node, cst.Call):
            return False
        helper = self.called(node)
        role = self.symbol_role(node.func)
        return role in ("variable", "cell") or bool(helper and helper.returns_variables)

    def is_cell(self, node: cst.CSTNode) -> bool:
        """True for calls that make an object with weights of its own, such as `BasicLSTMCell(...)`."""
        helper = self.called(node)
        made = helper.returns_cell if helper is not None else False
        return made or (isinstance(node, cst.Call) and self.symbol_role(node.func) == "cell")

    def variable_makers(self, node: cst.CSTNode) -> list[cst.Call]:
        """The calls below `node` that make variables, arguments before the calls that take them."""
        found: list[cst.Call] = []
        for child in children(node):
            found += self.variable_makers(child)
        if isinstance(node, cst.Call):
            helper = self.called(node)
            if self.is_variable_call(node) or self.is_layer(node) or (helper and helper.makes_variables):
                found.append(node)
        return found

    def is_layer(self, node: cst.CSTNode) -> bool:
        """True for `tf.layers.dense(...)` and the like, which make weights and apply them."""
        return isinstance(node, cst.Call) and self.symbol_role(node.func) == "layer"

    def layer_inputs(self, call: cst.Call) -> dict[str, cst.Arg]:
        """The arguments of a layer's call that are the tensors it is applied to, in order."""
        reference = self._references.get(call.func)
        symbol = reference.symbol if reference else None
        bound = bind_arguments(symbol.old, call.args) if symbol else None
        return (
            {name: bound[name] for name in symbol.input.split() if name in bound} if symbol and bound else {}
        )

    def _look(self, helper: Helper) -> None:
        body = helper.node
        helper.draws = draws_from_python(body)
        for part in walk(body):
            role = self.symbol_role(part)
            if role in ("op", "random", "variable", "layer", "cell"):
                helper.has_ops = True
                reference = self._references[part]
                helper.is_flat |= bool(reference.symbol and reference.symbol.flat)
            helper.has_random |= role == "random"
            helper.makes_variables |= role in ("variable", "layer", "cell")
            if isinstance(part, cst.Call) and isinstance(part.func, cst.Attribute):
                helper.runs_session |= part.func.attr.value in ("run", "eval")
            helper.runs_session |= role == "session"
        for name in name_reads(body):
            (helper.calls if name.value in self.by_name else helper.reads).add(name.value)

    def _close(self) -> None:
        """Carries what callees do up to their callers until nothing changes."""
        changed = True
        while changed:
            changed = False
            for helper in self.by_name.values():
                before = (
                    helper.has_ops, helper.has_random, helper.makes_variables, helper.draws, helper.is_flat,
                    helper.returns_variables, helper.runs_session, len(helper.reads),
                )  # fmt: skip
                for name in helper.calls:
                    callee = self.by_name[name]
                    helper.has_ops |= callee.has_ops
                    helper.has_random |= callee.has_random
                    helper.is_flat |= callee.is_flat
                    helper.makes_variables |= callee.makes_variables
                    helper.draws |= callee.draws
                    helper.runs_session |= callee.runs_session
                    helper.reads |= callee.reads
                helper.returns_variables = self._returns_variables(helper)
                changed |= before != (
                    helper.has_ops, helper.has_random, helper.makes_variables, helper.draws, helper.is_flat,
                    helper.returns_variables, helper.runs_session, len(helper.reads),
                )  # fmt: skip

    def _returns_variables(self, helper: Helper) -> bool:
        names: dict[str, bool] = {}
        returned: list[cst.BaseExpression | None] = []
        for part in walk(helper.node.body):
            if isinstance(part, cst.Assign):
                for name in binds(part):
                    names[name] = names.get(name, True) and self.is_variable_call(part.value)
            elif isinstance(part, cst.Return):
                returned.append(part.value)

        def fresh(value: cst.BaseExpression | None) -> bool:
            if isinstance(value, (cst.Tuple, cst.List)):
                return all(fresh(element.value) for element in value.elements)
            if isinstance(value, cst.Dict):
                return all(fresh(element.value) for element in value.elements)
            if isinstance(value, cst.Name):
                return names.get(value.value, False)
            return value is not None and self.is_variable_call(value)

        values = [_value_of(helper.node, value) for value in returned]
        helper.returns_cell = any(value is not None and self.is_cell(value) for value in values)
        several = (cst.Tuple, cst.List, cst.Dict)
        helper.returns_several = any(isinstance(value, several) for value in returned)
        return bool(returned) and all(fresh(value) for value in returned)

    def _callees_first(self) -> list[Helper]:
        ordered: list[Helper] = []

        def visit(helper: Helper, path: tuple[str, ...]) -> None:
            if helper in ordered or helper.name in path:
                return
            for name in sorted(helper.calls):
                visit(self.by_name[name], (*path, helper.name))
            ordered.append(helper)

        for helper in self.by_name.values():
            visit(helper, ())
        return ordered

    def _refuse(self, node: cst.CSTNode, helper: Helper, why: str) -> None:
        self.problems.append((node, helper.name, why))

    def _split(self, helper: Helper) -> Split | None:
        """Takes a helper apart; None, with a problem noted, where that cannot be done."""
        node, name = helper.node, helper.name
        params = node.params
        if params.star_kwarg or isinstance(params.star_arg, cst.Param) or params.posonly_params:
            self._refuse(node, helper, "it makes variables and has star parameters")
            return None
        if global_names(node.body) or not isinstance(node.body, cst.IndentedBlock):
            self._refuse(node, helper, "it makes variables and declares global names or is a one-liner")
            return None
        body = self.opened(node.body.body)
        shared = self._sharing(helper)
        if shared is None:
            return None
        calls: dict[cst.Call, list[str]] = {}
        preludes: dict[cst.BaseStatement, list[cst.Call]] = {}
        making: list[cst.BaseStatement] = []
        variables: list[str] = []
        local: set[str] = set(function_locals(node))
        layers: set[str] = set()
        for statement in body:
            makers = self.variable_makers(statement)
            if not makers:
                continue
            if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
                self._refuse(statement, helper, "it makes variables inside a loop or a condition")
                return None
            small = statement.body[0]
            direct = isinstance(small, cst.Assign) and self.is_variable_call(small.value)
            if direct:
                assert isinstance(small, cst.Assign)
                bound = list(binds(small))
                making.append(statement)
                variables += [n for n in bound if n not in variables]
                layers |= set(bound) if self.is_cell(small.value) else set()
                continue
            base = next(iter(binds(small)), plain(name).strip("_"))
            if set(makers) & set(repeated_or_conditional(small)):
                self._refuse(
                    statement, helper, "it makes variables in a comprehension or a conditional expression"
                )
                return None
            for call in makers:
                callee = self.called(call)
                if callee and callee.makes_variables and not callee.returns_variables:
                    if callee.split is None:
                        self._refuse(call, helper, f"{callee.name} could not be taken apart")
                        return None
                    given = (self.bind(callee, call) or {}).get(_name_of(callee.split.reuse))
                    if callee.split.reuse is not None and not _is_false(given.value if given else None):
                        self._refuse(
                            call, helper, f"{callee.name} may share the variables of an earlier call"
                        )
                        return None
                    calls[call] = [_local(f"{base}_{v}", local) for v in callee.split.variables]
                    pairs = zip(calls[call], callee.split.variables, strict=True)
                    layers |= {name for name, inner in pairs if inner in callee.split.layers}
                else:
                    word = "layer" if self.is_layer(call) else "cell" if self.is_cell(call) else "variable"
                    calls[call] = [_local(f"{base}_{word}", local)]
                    layers |= set(calls[call]) if word != "variable" else set()
                variables += calls[call]
                preludes.setdefault(statement, []).append(call)
        split = self._assemble(helper, body, making, variables, calls, preludes)
        return replace(split, layers=frozenset(layers), scope=shared[0], reuse=shared[1])

    def is_scope(self, node: cst.CSTNode) -> bool:
        """True for `with tf.variable_scope(...):` whose scope is nothing but a name for what is inside."""
        if not isinstance(node, cst.With) or not isinstance(node.body, cst.IndentedBlock):
            return False
        read = {n.value for n in name_reads(node.body)}
        return all(
            self.symbol_role(item.item.func) == "scope" and self.is_plain_scope(item.item)
            and not (item.asname and set(binds(item.asname)) & read)
            for item in node.items if isinstance(item.item, cst.Call)
        ) and all(isinstance(item.item, cst.Call) for item in node.items)  # fmt: skip

    def is_plain_scope(self, call: cst.Call) -> bool:
        """True unless a scope gives its variables initializers, regularizers and the like."""
        reference = self._references.get(call.func)
        if reference is None or reference.name != "tf.variable_scope":
            return True
        known = ("name_or_scope", "default_name", "values", "reuse")
        return all(a.keyword is None or a.keyword.value in known for a in call.args) and len(
            [a for a in call.args if a.keyword is None]) <= 3  # fmt: skip

    def opened(self, body: Iterable[cst.BaseStatement]) -> list[cst.BaseStatement]:
        """The statements of a body, with those of its scopes in their places."""
        found: list[cst.BaseStatement] = []
        for statement in body:
            if self.is_scope(statement):
                assert isinstance(statement, cst.With) and isinstance(statement.body, cst.IndentedBlock)
                found += self.opened(statement.body.body)
            else:
                found.append(statement)
        return found

    def _sharing(self, helper: Helper) -> tuple[cst.BaseExpression | None, cst.BaseExpression | None] | None:
        """The name of the scope of a helper and its argument `reuse`; None where they differ inside of it."""
        names: list[cst.BaseExpression] = []
        flags: dict[str, cst.BaseExpression] = {}
        for part in walk(helper.node.body):
            if not isinstance(part, cst.Call):
                continue
            reference = self._references.get(part.func)
            symbol = reference.symbol if reference else None
            scope = reference is not None and reference.name == "tf.variable_scope"
            if not (scope or self.is_layer(part)) or symbol is None:
                continue
            for argument in part.args:
                flag = argument.keyword is not None and argument.keyword.value == "reuse"
                if flag and not _is_false(argument.value):
                    flags[_code(argument.value)] = argument.value
            if scope and part.args and (part.args[0].keyword is None):
                names.append(part.args[0].value)
        if len(flags) > 1:
            self._refuse(helper.node, helper, "it shares its variables in more than one way")
            return None
        return (names[0] if names else None), next(iter(flags.values()), None)

    def _assemble(
        self,
        helper: Helper,
        body: list[cst.BaseStatement],
        making: list[cst.BaseStatement],
        variables: list[str],
        calls: dict[cst.Call, list[str]],
        preludes: dict[cst.BaseStatement, list[cst.Call]],
    ) -> Split:
        """Sorts the statements into the two halves by what each half reads."""
        params = [*helper.node.params.params, *helper.node.params.kwonly_params]
        names = set(parameter_names(helper.node.params))
        needed: set[str] = set()
        for statement in making:
            needed |= {n.value for n in name_reads(statement)}
        for call in calls:
            needed |= self.variable_reads(call)
        first: list[cst.BaseStatement] = []
        for statement in reversed(body):
            bound = set(binds(statement))
            if statement in making or statement in preludes:
                first.append(statement)
            elif bound & needed:
                needed |= {n.value for n in name_reads(statement)}
                first.append(statement)
        first.reverse()
        second = [s for s in body if s not in making]
        while True:
            read: set[str] = set()
            for statement in second:
                read |= {n.value for n in name_reads(statement)} - self._prelude_only_reads(statement, calls)
            useless = [
                s for s in second
                if s in first and s not in preludes and not set(binds(s)) & (read | names)
            ]  # fmt: skip
            if not useless:
                break
            second = [s for s in second if s not in useless]
        return Split(
            name=self._fresh(f"{helper.name}_variables"),
            parameters=[p for p in params if p.name.value in needed],
            statements=first,
            variables=variables,
            apply_parameters=[p for p in params if p.name.value in read],
            apply_statements=second,
            calls=calls,
            preludes=preludes,
        )

    def variable_reads(self, call: cst.Call) -> set[str]:
        """Names that the variable-making half of a call reads."""
        helper = self.called(call)
        if helper is None or helper.split is None:
            applied = list(self.layer_inputs(call).values()) if self.is_layer(call) else []
            return {
                n.value for argument in call.args if argument not in applied for n in name_reads(argument)
            }
        made = {p.name.value for p in helper.split.parameters}
        bound = self.bind(helper, call) or {}
        return {n.value for p, a in bound.items() if p in made for n in name_reads(a)}

    def _prelude_only_reads(self, statement: cst.BaseStatement, calls: dict[cst.Call, list[str]]) -> set[str]:
        """Names in a statement that only the variable-making halves of its calls read."""
        mine = [part for part in walk(statement) if isinstance(part, cst.Call) and part in calls]
        if not mine:
            return set()
        hidden: list[str] = []
        for call in mine:
            helper = self.called(call)
            kept = {p.name.value for p in helper.split.apply_parameters} if helper and helper.split else set()
            bound = self.bind(helper, call) if helper and helper.split else None
            applied = list(self.layer_inputs(call).values()) if self.is_layer(call) else []
            for index, argument in enumerate(call.args):
                if argument in applied:
                    continue
                owner = next((p for p, a in (bound or {}).items() if a is argument), str(index))
                if owner not in kept:
                    hidden += [n.value for n in name_reads(argument)]
        every = [n.value for n in name_reads(statement)]
        return {n for n in hidden if hidden.count(n) >= every.count(n)}

    def bind(self, helper: Helper, call: cst.Call) -> dict[str, cst.Arg] | None:
        """Parameter -> argument of a call; None where star arguments hide it."""
        names = [p.name.value for p in helper.node.params.params]
        bound: dict[str, cst.Arg] = {}
        for index, argument in enumerate(call.args):
            if argument.star or (argument.keyword is None and index >= len(names)):
                return None
            bound[argument.keyword.value if argument.keyword else names[index]] = argument
        return bound


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def _name_of(node: cst.BaseExpression | None) -> str:
    return node.value if isinstance(node, cst.Name) else ""


def _is_false(node: cst.BaseExpression | None) -> bool:
    return node is None or (isinstance(node, cst.Name) and node.value in ("None", "False"))


def _value_of(function: cst.FunctionDef, node: cst.BaseExpression | None) -> cst.BaseExpression | None:
    """What a returned name was last assigned, or the expression itself."""
    if not isinstance(node, cst.Name):
        return node
    made = [
        part.value for part in walk(function.body)
        if isinstance(part, cst.Assign) and node.value in binds(part)
    ]  # fmt: skip
    return made[-1] if made else None


def binding(node: cst.CSTNode) -> list[cst.Name]:
    """The names that a parameter or the target of an assignment binds."""
    if isinstance(node, cst.Param):
        return [node.name]
    assert isinstance(node, cst.AssignTarget)
    return [cst.Name(name) for name in binds(node)]


def _local(wish: str, taken: set[str]) -> str:
    number, name = 2, wish
    while name in taken:
        name, number = f"{wish}_{number}", number + 1
    taken.add(name)
    return name
