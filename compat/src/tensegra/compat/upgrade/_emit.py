"""Writes the functions of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import libcst as cst

from ._arguments import bind_arguments, carry_arguments, parenthesized
from ._helpers import Helper, Split, walk
from ._names import name_reads
from ._plan import Function, Plan, assigned, placeholder_parts
from ._program import Program
from ._trivia import attached
from ._values import Item, Kind, Train, Unit, Value

if TYPE_CHECKING:
    from ._rewrite import Rewriter

_WIDTH = 96


def parse_line(text: str) -> cst.SimpleStatementLine:
    """One simple statement."""
    return cast(cst.SimpleStatementLine, cst.parse_statement(text))


def bracketed(before: str, items: Sequence[str], after: str, indent: int = 4) -> str:
    """`before + items + after` on one line where it fits, else one item a line."""
    flat = before + ", ".join(items) + after
    if len(flat) + indent <= _WIDTH:
        return flat
    return before + "\n" + "".join(f"    {item},\n" for item in items) + after


def spread(call: cst.Call) -> cst.Call:
    """A call with one argument a line where it would not fit on one line."""
    text = cst.Module([]).code_for_node(call)
    if len(text) <= _WIDTH - 24 or len(call.args) < 2 or "\n" in text:
        return call

    def line(after: str) -> cst.ParenthesizedWhitespace:
        return cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(after))

    inner = [a.with_changes(comma=cst.Comma(whitespace_after=line("    "))) for a in call.args]
    inner[-1] = inner[-1].with_changes(comma=cst.Comma(whitespace_after=line("")))
    return call.with_changes(whitespace_before_args=line("    "), args=inner)


class Emitter:
    """Turns functions of the plan into definitions; what it has written is in `written`."""

    def __init__(self, program: Program, plan: Plan, rewriter: Rewriter) -> None:
        self.program, self.plan, self.rewriter = program, plan, rewriter
        self.root = program.tensorflow.root
        self.written: set[cst.CSTNode] = set()
        self.inside = False
        self._words: dict[str, str] = {}
        self._made: list[Train] = []
        self._scopes: list[tuple[cst.CSTNode, Mapping[str, Value]]] = []
        for unit in program.units:
            self._scopes.append((unit.node, unit.inputs))
        for run in program.runs.values():
            self._scopes += [(item.node, item.inputs) for item in run.items]
        self._scopes += [(train.loss, train.loss_inputs) for train in program.trains.values()]

    def note(self, node: Any, instead_of: cst.CSTNode) -> Any:
        """Remembers a changed copy of a definition as one that was written here."""
        if instead_of in self.written:
            self.written.add(node)
        return node

    def _word(self, word: str) -> str:
        """A local name of the output that the module does not use for anything else."""
        if word not in self._words:
            self._words[word] = self.program.fresh(word)
        return self._words[word]

    # ---- functions ---------------------------------------------------------------------------------------------

    def function(self, function: Function) -> list[cst.BaseStatement]:
        """The definition, and before it the learning rate where that is computed by a call."""
        self.inside = True
        try:
            return self._function(function)
        finally:
            self.inside = False

    def _function(self, function: Function) -> list[cst.BaseStatement]:
        before: list[cst.BaseStatement] = []
        body: list[Any] = []
        if function.trains:
            before, body = self._training(function)
        else:
            body += self._calls(function)
            body += self._moved(function.units)
        body += self._returned(function, body)
        signature = ", ".join(value.name for value in function.parameters)
        decorator = ""
        if function.is_step:
            known = function.parameters if function.signed else []
            specs = [value.spec or self._spec(value) for value in known]
            decorator = f"@{self.root}.function\n"
            if specs:
                decorator = "@" + bracketed(f"{self.root}.function(input_signature=[", specs, "])", 1) + "\n"
        definition = cast(
            cst.FunctionDef, cst.parse_statement(f"{decorator}def {function.name}({signature}):\n    pass\n")
        )
        definition = definition.with_changes(body=cst.IndentedBlock(body))
        self.written.add(definition)
        return [*before, definition]

    def _spec(self, value: Value) -> str:
        """The description of an argument of a method."""
        _, shape = placeholder_parts(value)
        known = "[]" if shape is None else self._code(self._visited(shape))
        return f"{self.root}.TensorSpec({known}, {self._code(self.rewriter.dtype_of(value))})"

    def _calls(self, function: Function) -> list[cst.BaseStatement]:
        lines: list[cst.BaseStatement] = []
        for part in function.calls:
            results = ", ".join(value.name for value in part.results)
            arguments = ", ".join(value.name for value in part.parameters)
            lines.append(parse_line(f"{results} = {part.name}({arguments})"))
        return lines

    def _moved(self, units: Sequence[Unit]) -> list[Any]:
        return [
            cast(Any, unit.node.visit(self.rewriter)).with_changes(
                leading_lines=attached(cast(Any, unit.node).leading_lines)
            )
            for unit in units
        ]

    def _training(self, function: Function) -> tuple[list[cst.BaseStatement], list[Any]]:
        """The body of a step that trains; of several trainings all gradients are taken before any update."""
        taped, after = self.plan.taped_units(function)
        inside = self._calls(function) + self._moved(taped)
        several = len(function.trains) > 1
        losses: list[str] = []
        for train in function.trains:
            loss = self._visited(train.loss)
            if not isinstance(train.loss, cst.Name):
                word = self._word(f"{train.value.name}_loss" if several else "loss")
                line = parse_line(f"{word} = 0")
                inside.append(
                    line.with_changes(body=[cast(cst.Assign, line.body[0]).with_changes(value=loss)])
                )
                loss = cst.Name(word)
            losses.append(self._code(loss))
        names = [self._word(f"{t.value.name}_variables" if several else "variables") for t in function.trains]
        tape = self._word("tape")
        kept = "persistent=True" if several else ""
        with_tape = cast(
            cst.With, cst.parse_statement(f"with {self.root}.GradientTape({kept}) as {tape}:\n    pass\n")
        )
        sources = [self._source_line(t, name) for t, name in zip(function.trains, names, strict=True)]
        taping = with_tape.with_changes(body=cst.IndentedBlock(inside))
        # The weights of a layer are made when it is first applied.
        late = any(v.kind is Kind.LAYER for train in function.trains for v in self.plan.sources(train))
        body: list[Any] = [*([taping, *sources] if late else [*sources, taping]), *self._moved(after)]
        before: list[cst.BaseStatement] = []
        gradients = [f"{tape}.gradient({loss}, {name})" for loss, name in zip(losses, names, strict=True)]
        if several:
            for place, train in enumerate(function.trains):
                word = self._word(f"{train.value.name}_gradients")
                body.append(parse_line(f"{word} = {gradients[place]}"))
                gradients[place] = word
        for train, name, gradient in zip(function.trains, names, gradients, strict=True):
            before += self._updates(train, name, gradient, body)
        return before, body

    def _updates(
        self, train: Train, variables: str, gradients: str, body: list[Any]
    ) -> list[cst.BaseStatement]:
        """Adds the updates of one training to a body; what stands before the function is returned."""
        if train.optimizer_name:
            before = self._optimized(train, variables, gradients, body)
        else:
            before, rate = self._rate(train)
            one, gradient = self._word("variable"), self._word("gradient")
            multiplied = isinstance(rate, cst.BinaryOperation) and isinstance(
                rate.operator, (cst.Multiply, cst.Divide)
            )
            update = (
                f"{one}.assign_sub({self._code(rate if multiplied else parenthesized(rate))} * {gradient})"
            )
            if self._may_be_unconnected(train):
                update = f"if {gradient} is not None:\n        {update}"
            pairs = f"zip({variables}, {gradients})"
            body.append(cst.parse_statement(f"for {one}, {gradient} in {pairs}:\n    {update}\n"))
        if train.global_step is not None:
            body.append(parse_line(f"{self._code(self._visited(train.global_step))}.assign_add(1)"))
        return before

    def _optimized(
        self, train: Train, variables: str, gradients: str, body: list[Any]
    ) -> list[cst.BaseStatement]:
        """The updates of an optimizer with a memory: an object beside the function, one for all functions."""
        body.append(parse_line(f"{train.optimizer_name}.apply_gradients(zip({gradients}, {variables}))"))
        if train in self._made:
            return []
        self._made.append(train)
        reference = self.program.references[train.optimizer.func]
        assert reference.symbol is not None
        visited = cast(cst.Call, train.optimizer.with_changes(func=cst.Name("_")).visit(self.rewriter))
        made = carry_arguments(reference.symbol, visited, self.root)
        line = parse_line(f"{train.optimizer_name} = 0")
        return [line.with_changes(body=[cast(cst.Assign, line.body[0]).with_changes(value=made)])]

    def _source_line(self, train: Train, variables: str) -> cst.BaseStatement:
        if train.variables is not None and train.collected is None:
            listed = train.variables
            text = self._code(self._visited(listed))
            if not isinstance(listed, (cst.List, cst.Tuple)):
                text = f"list({text})"
            return parse_line(f"{variables} = {text}")
        sources = []
        trained = self.plan.sources(train)
        if train.collected is not None:
            trained = [value for value in train.collected if self.plan.trainable(value)]
        for value in trained:
            if value.kind is Kind.LAYER:
                sources.append(f"*{value.name}.trainable_variables")
                continue
            starred = f"*{value.name}.values()" if self._is_dictionary(value) else f"*{value.name}"
            sources.append(starred if value.kind is Kind.VARIABLES else value.name)
        if not sources:
            self.program.refuse(
                train.unit.node, "minimize", "no variable that the loss depends on can be found"
            )
        return parse_line(bracketed(f"{variables} = [", sources, "]"))

    def _is_dictionary(self, value: Value) -> bool:
        return isinstance(assigned(value.unit), cst.Dict)

    def _rate(self, train: Train) -> tuple[list[cst.BaseStatement], cst.BaseExpression]:
        graph = any(v.kind in (Kind.PLACEHOLDER, Kind.TENSOR) for v in train.rate_inputs.values())
        rate = self._visited(train.rate)
        if graph or not any(isinstance(part, cst.Call) for part in walk(train.rate)):
            return [], rate
        name = self.program.fresh_beside(train.value.name, "learning_rate")
        line = parse_line(f"{name} = 0")
        line = line.with_changes(body=[cast(cst.Assign, line.body[0]).with_changes(value=rate)])
        return [line], cst.Name(name)

    def _may_be_unconnected(self, train: Train) -> bool:
        """True where a variable may have no gradient, which 1.x passes over."""
        sources = {v.name for v in self.plan.sources(train) if v.kind is Kind.VARIABLE}
        listed = train.variables
        if listed is not None:
            elements = listed.elements if isinstance(listed, (cst.List, cst.Tuple)) else ()
            named = [e.value.value for e in elements if isinstance(e.value, cst.Name)]
            if not named or len(named) < len(elements) or not set(named) <= sources:
                return True
        elif len(sources) < len(self.plan.sources(train)):
            return True
        needed = self.plan.loss_needs(train)
        nodes: list[cst.CSTNode] = [unit.node for unit in needed] + [train.loss]
        for value in (
            v for inputs in [train.loss_inputs, *(u.inputs for u in needed)] for v in inputs.values()
        ):
            called = assigned(value.unit)
            nodes += [called] if isinstance(called, cst.Lambda) else []
        for node in nodes:
            for part in walk(node):
                reference = self.program.references.get(part)
                helper = self.program.helpers.called(part)
                if (reference and reference.symbol and reference.symbol.flat) or (helper and helper.is_flat):
                    return True
        return False

    def _returned(self, function: Function, body: list[Any]) -> list[cst.BaseStatement]:
        names = [value.name for value in function.results]
        if function.is_step:
            if not function.items:
                return []
            names = [self._item(item) for item in function.items]
        if len(names) == 1 and not function.trains and self._inline_last(names[0], body):
            return []
        return [parse_line(f"return {', '.join(names)}")]

    def _inline_last(self, name: str, body: list[Any]) -> bool:
        """`y = f(x); return y` -> `return f(x)` where the last statement is that assignment."""
        if not body or not isinstance(body[-1], cst.SimpleStatementLine):
            return False
        small = body[-1].body[0]
        if len(body[-1].body) != 1 or not isinstance(small, cst.Assign) or len(small.targets) != 1:
            return False
        target = small.targets[0].target
        if not isinstance(target, cst.Name) or target.value != name:
            return False
        line = parse_line("return 0")
        body[-1] = body[-1].with_changes(
            body=[cast(cst.Return, line.body[0]).with_changes(value=small.value)]
        )
        return True

    def _item(self, item: Item) -> str:
        text = self._code(self._visited(item.node))
        return f"{text}.read_value()" if item.kind is Kind.VARIABLE else text

    def _visited(self, node: cst.BaseExpression) -> cst.BaseExpression:
        return cast(cst.BaseExpression, node.visit(self.rewriter))

    def _code(self, node: cst.CSTNode) -> str:
        return cst.Module([]).code_for_node(node)

    # ---- helpers taken apart -----------------------------------------------------------------------------------

    def halves(self, helper: Helper, split: Split, new: cst.FunctionDef) -> list[cst.BaseStatement]:
        """The two functions that take the place of one that made variables and applied them."""
        made: list[Any] = []
        for statement in split.statements:
            if statement in split.preludes:
                made += [self.rewriter.making_line(call) for call in split.preludes[statement]]
            else:
                made.append(statement.visit(self.rewriter))
        made.append(parse_line(f"return {', '.join(split.variables)}"))
        applied = [cast(Any, statement.visit(self.rewriter)) for statement in split.apply_statements]
        first = cast(cst.FunctionDef, cst.parse_statement(f"def {split.name}():\n    pass\n"))
        first = first.with_changes(
            params=self._parameters(split.parameters),
            body=cst.IndentedBlock(made),
            leading_lines=new.leading_lines,
        )
        given = [cst.Param(cst.Name(name)) for name in split.variables]
        lifted = [cst.Param(cst.Name(name)) for name in helper.lifted]
        second = new.with_changes(
            params=self._parameters([*given, *split.apply_parameters, *lifted]),
            body=new.body.with_changes(body=applied),
            leading_lines=(),
        )
        self.written |= {first, second}
        return [first, second]

    def _parameters(self, params: Sequence[cst.Param]) -> cst.Parameters:
        visited = [cast(cst.Param, p.visit(self.rewriter)) for p in params]
        # A parameter without a default after one with a default is no Python: it is passed by name.
        last = max((i for i, p in enumerate(visited) if p.default is None), default=-1)
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        spaced = [p.with_changes(comma=comma) for p in visited[:-1]]
        spaced += [p.with_changes(comma=cst.MaybeSentinel.DEFAULT) for p in visited[-1:]]
        early = next((i for i, p in enumerate(visited) if p.default is not None), len(visited))
        if early > last:
            return cst.Parameters(params=spaced)
        return cst.Parameters(params=spaced[:early], kwonly_params=spaced[early:], star_arg=cst.ParamStar())

    # ---- gradients of labels -----------------------------------------------------------------------------------

    def stops_labels(self, call: cst.Call) -> bool:
        """True where labels of the first softmax cross entropy may carry a gradient, which 1.x stopped."""
        reference = self.program.references.get(call.func)
        if reference is None or reference.name != "tf.nn.softmax_cross_entropy_with_logits":
            return False
        bound = bind_arguments(reference.symbol.old if reference.symbol else (), call.args) or {}
        if "labels" not in bound:
            return False
        scope = next((s for node, s in self._scopes if any(part is call for part in walk(node))), None)
        if scope is None:
            return True
        for name in name_reads(bound["labels"].value):
            if name.value not in scope:
                known = (
                    name.value in self.program.tensorflow.names or name.value in self.program.helpers.by_name
                )
                if not known and name.value not in dir(__builtins__):
                    return True
                continue
            value = scope[name.value]
            units, _ = self.plan.closure([value])
            reached = {value, *(v for unit in units for v in unit.inputs.values())}
            if any(v.kind in (Kind.VARIABLE, Kind.VARIABLES) for v in reached):
                return True
        return False
