"""Rewrites expressions and bodies of a module by a finished plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import libcst as cst

from ._arguments import (
    carry_arguments,
    dtype_expression,
    keyword_argument,
    parenthesized,
    settle_commas,
)
from ._emit import Emitter, bracketed, parse_line, spread
from ._helpers import Helper
from ._marks import plain
from ._numbers import cast_labels, is_fractional, is_whole
from ._plan import Function, Plan, assigned, placeholder_parts
from ._program import Program
from ._runs import constant_index, leading_slice
from ._trivia import EMPTY, detached, joined, stripped
from ._values import Kind, Run, Unit, Value


class Rewriter(cst.CSTTransformer):
    """Applies a plan to the module, or to one statement that moves into a function."""

    def __init__(self, program: Program, plan: Plan, recorded: str = "") -> None:
        super().__init__()
        self.program, self.plan, self._recorder = program, plan, recorded
        self.root = program.tensorflow.root
        self.units = {unit.node: unit for unit in program.units}
        self.places: dict[cst.CSTNode, list[Function]] = {}
        for function in [*plan.shared, *plan.steps]:
            if function.place is not None:
                self.places.setdefault(function.place.node, []).append(function)
        self.made: dict[cst.Call, list[str]] = {}
        for unit in program.units:
            self.made.update(unit.preludes)
        self.made.update(program.scopes.reused)
        for helper in program.helpers.by_name.values():
            if helper.split is not None:
                self.made.update(helper.split.calls)
        self.calls: dict[cst.CSTNode, cst.Call] = {}
        self.methods: dict[cst.CSTNode, list[cst.BaseStatement]] = {}
        self.emit = Emitter(program, plan, self)
        signed = [f for f in plan.steps if f.signed]
        self.specs = {v for f in signed for v in f.parameters if v.unit is None or v.unit.holder is None}
        for value in sorted(self.specs, key=lambda v: v.line):
            value.spec = program.fresh(f"{value.name.strip('_')}_spec")

    # ---- expressions -------------------------------------------------------------------------------------------

    def _target(self, node: cst.CSTNode, updated: Any) -> Any:
        reference = self.program.references.get(node)
        if reference is None or reference.symbol is None or reference.symbol.target is None:
            return updated
        if reference.name == "tf.errors.OutOfRangeError" and self.program.iterators:
            return cst.Name("StopIteration")
        spelled = f"{self.root}.{reference.symbol.target}"
        if spelled == self.program.module.code_for_node(node):
            return updated
        return cst.parse_expression(spelled)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        """A TensorFlow name, or a placeholder as the key of a feed dictionary."""
        key = self.program.reader.feeds.keys.get(original_node)
        if key is not None:
            return cst.SimpleString(f'"{plain(key)}"')
        owner = self.program.classes.held.owners.get(original_node)
        if owner is not None and not self.emit.inside:
            return cst.Attribute(cst.Name(owner), updated_node)
        return cast(cst.BaseExpression, self._target(original_node, updated_node))

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        """A TensorFlow name; `.value` of a dimension."""
        inner = updated_node.value
        owner = inner.value if isinstance(inner, cst.Subscript) else None
        if (
            original_node.attr.value == "value"
            and isinstance(owner, cst.Attribute)
            and owner.attr.value == "shape"
        ):
            return inner
        return cast(cst.BaseExpression, self._target(original_node, updated_node))

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        """Runs, calls that make variables, calls of TensorFlow symbols, and two methods of 1.x tensors."""
        run = self.program.runs.get(original_node)
        if run is not None:
            return self._run(run, updated_node)
        if original_node in self.program.merged:
            return self._merged(original_node)
        if original_node in self.program.iterators:
            assert isinstance(updated_node.func, cst.Attribute)
            return cst.Call(cst.Name("iter"), [cst.Arg(updated_node.func.value)])
        if original_node in self.made:
            return self._applied(original_node, updated_node)
        reference = self.program.references.get(original_node.func)
        if reference is not None and reference.symbol is not None and reference.symbol.target is not None:
            stop = self.emit.stops_labels(original_node)
            given = cast_labels(self.program, reference.name, original_node, updated_node, self.root)
            carried = carry_arguments(reference.symbol, given, self.root, stop)
            same = isinstance(carried, cst.Call) and _code(carried) == _code(original_node)
            return updated_node if same else carried
        helper = self.program.helpers.called(original_node)
        if helper is not None and helper.lifted:
            return self._with_lifted(helper, updated_node)
        if isinstance(updated_node.func, cst.Attribute) and not updated_node.args:
            method = updated_node.func.attr.value
            if method == "get_shape":
                return updated_node.func.with_changes(attr=cst.Name("shape"))
            if method == "initialized_value":
                return updated_node.func.value
        return updated_node

    def leave_Subscript(
        self, original_node: cst.Subscript, updated_node: cst.Subscript
    ) -> cst.BaseExpression:
        """`sess.run([train, loss])[1]` picks from what the step returns; `[1]` of a metric is its update."""
        if isinstance(original_node.value, cst.Call) and self.program.is_metric(original_node.value):
            return updated_node.value
        run = self.program.runs.get(cast(cst.Call, original_node.value))
        index = constant_index(original_node)
        cut = run is not None and leading_slice(original_node) is not None and run.call in self.calls
        if run is not None and cut and any(item.kind is Kind.TRAIN for item in run.items):
            return updated_node.value  # what was cut off were the trainings, which give nothing now
        if run is None or index is None or not run.listed or run.call not in self.calls:
            return updated_node
        item = run.items[index]
        fetched = [i for i in run.items if i.kind is not Kind.TRAIN]
        call: cst.BaseExpression = self.calls[run.call]
        if item.kind is Kind.TRAIN:
            return updated_node
        if len(fetched) > 1:
            place = [cst.SubscriptElement(cst.Index(cst.Integer(str(fetched.index(item)))))]
            if self._recorder:
                return cst.Subscript(self._recorded(run, self._taken(run, call, several=True)), place)
            call = cst.Subscript(call, place)
        return self._recorded(run, self._taken(run, call, several=False))

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.BaseSmallStatement:
        """`_, loss = sess.run([train, loss])`: the operations' places among the targets go."""
        run = self.program.runs.get(cast(cst.Call, original_node.value))
        if run is None or not any(item.kind is Kind.TRAIN for item in run.items):
            return updated_node
        call = self.calls[run.call]
        target = updated_node.targets[0].target
        if not run.listed or not isinstance(target, (cst.Tuple, cst.List)):
            return cst.Expr(call)
        pairs = zip(target.elements, run.items, strict=True)
        kept = [element for element, item in pairs if item.kind is not Kind.TRAIN]
        if not kept:
            return cst.Expr(call)
        if len(kept) == 1:
            new = updated_node.targets[0].with_changes(target=kept[0].value)
            return updated_node.with_changes(
                targets=[new], value=self._recorded(run, self._taken(run, call, several=False))
            )
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        new = updated_node.targets[0].with_changes(target=target.with_changes(elements=kept))
        return updated_node.with_changes(
            targets=[new], value=self._recorded(run, self._taken(run, call, several=True))
        )

    def leave_Expr(self, original_node: cst.Expr, updated_node: cst.Expr) -> cst.Expr:
        """A run whose result nobody takes is the bare call."""
        call = self.calls.get(original_node.value)
        if call is None or self._recorder:
            return updated_node
        return updated_node.with_changes(value=call)

    def leave_Global(self, original_node: cst.Global, updated_node: cst.Global) -> Any:
        """Names of the graph are no globals any more."""
        kept = [item for item in updated_node.names if not self._graph_only(item.name.value)]
        if not kept:
            return updated_node  # the whole statement goes, see _statement
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return updated_node.with_changes(names=kept)

    def _graph_only(self, name: str) -> bool:
        values = self.program.history.get(name, [])
        return bool(values) and all(
            v.unit is not None and v.unit.action in ("drop", "move", "spec") for v in values
        )

    def _declares_only_graph(self, node: cst.CSTNode) -> bool:
        if not (isinstance(node, cst.SimpleStatementLine) and isinstance(node.body[0], cst.Global)):
            return False
        return len(node.body) == 1 and all(self._graph_only(item.name.value) for item in node.body[0].names)

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        """A helper takes the tensors that it read from outside as arguments."""
        helper = self.program.helpers.by_name.get(original_node.name.value)
        if helper is None or helper.node is not original_node or not helper.lifted or helper.split:
            return updated_node
        params = updated_node.params
        known = {p.name.value for p in params.params}
        more = [cst.Param(cst.Name(name)) for name in helper.lifted if name not in known]
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        if any(p.default is not None for p in params.params) or params.kwonly_params:
            star = params.star_arg if params.kwonly_params else cst.ParamStar()
            inner = [*params.kwonly_params, *more]
            inner = [p.with_changes(comma=comma) for p in inner[:-1]] + inner[-1:]
            before = [p.with_changes(comma=comma) for p in params.params]
            params = params.with_changes(params=before, star_arg=star, kwonly_params=inner)
        else:
            inner = [*params.params, *more]
            inner = [p.with_changes(comma=comma) for p in inner[:-1]] + inner[-1:]
            params = params.with_changes(params=inner)
        return updated_node.with_changes(params=params)

    def _with_lifted(self, helper: Helper, call: cst.Call) -> cst.Call:
        """A call of a helper that takes more than it did."""
        params = helper.node.params
        plain = not any(p.default for p in params.params) and not params.kwonly_params
        by_place = plain and not helper.split and all(a.keyword is None and not a.star for a in call.args)
        more = [cst.Arg(cst.Name(n)) if by_place else keyword_argument(n, cst.Name(n)) for n in helper.lifted]
        before = call.args or [cst.Arg(cst.Name("_"))]
        return call.with_changes(args=settle_commas([*call.args, *more], before))

    # ---- runs --------------------------------------------------------------------------------------------------

    def _run(self, run: Run, updated: cst.Call) -> cst.BaseExpression:
        step = self.plan.step_of.get(run.call)
        if step is None:
            fetched = self._updated_fetches(run, updated)
            values = [_numpy(parenthesized(node)) for node in fetched]
            read = cst.List([cst.Element(v) for v in values]) if run.listed else values[0]
            return self._recorded(run, read)
        own = cst.Name(step.name)
        function = own if run.owner is None else cst.Attribute(cst.Name(run.owner), own)
        call = spread(cst.Call(function, self._fed(run, step, updated)))
        self.calls[run.call] = call
        count = sum(item.kind is not Kind.TRAIN for item in run.items)
        if count == 0:
            return call
        if count == 1:
            value = self._taken(run, call, several=False)
            return self._recorded(run, cst.List([cst.Element(value)]) if run.listed else value)
        return self._recorded(run, self._taken(run, call, several=True))

    def _recorded(self, run: Run, value: cst.BaseExpression) -> cst.BaseExpression:
        """What a run gives, told to the recorder of a comparison where there is one."""
        if not self._recorder:
            return value
        line = cst.Integer(str(run.line))
        return cst.Call(
            cst.Name(self._recorder), settle_commas([cst.Arg(line), cst.Arg(value)], [cst.Arg(line)])
        )

    def _merged(self, call: cst.Call) -> cst.BaseExpression:
        """What a step gives for the event file: tensors by tag, those of distributions flat."""
        parts = []
        for tag, (node, histogram, _) in self.program.merged[call].items():
            text = _code(cast(cst.CSTNode, node.visit(self)))
            parts.append(f'"{tag}": ' + (f"{self.root}.reshape({text}, [-1])" if histogram else text))
        return cst.parse_expression(bracketed("{", parts, "}", 24))

    def _structured(self, run: Run) -> bool:
        """True where what a run fetches has a dict of summaries in it."""
        made = [assigned(item.value.unit) for item in run.items if item.value is not None]
        return any(isinstance(node, cst.Call) and node in self.program.merged for node in made)

    def _taken(self, run: Run, call: cst.BaseExpression, several: bool) -> cst.BaseExpression:
        """The arrays of what a step returns."""
        if not self._structured(run):
            return _numpy_each(call) if several else _numpy(call)
        function = cst.parse_expression("lambda value: value.numpy()")
        arguments = settle_commas([cst.Arg(function), cst.Arg(call)], [cst.Arg(cst.Name("_"))])
        return cst.Call(cst.parse_expression(f"{self.root}.nest.map_structure"), arguments)

    def _updated_fetches(self, run: Run, updated: cst.Call) -> list[cst.BaseExpression]:
        assert isinstance(updated.func, cst.Attribute) and isinstance(run.call.func, cst.Attribute)
        fetches: cst.BaseExpression = updated.func.value
        names = [a.keyword.value if a.keyword else None for a in run.call.args]
        if run.call.func.attr.value == "run":
            fetches = updated.args[names.index("fetches") if "fetches" in names else 0].value
        if run.listed and isinstance(fetches, (cst.List, cst.Tuple)):
            return [element.value for element in fetches.elements]
        return [fetches]

    def _fed(self, run: Run, step: Function, updated: cst.Call) -> list[cst.Arg]:
        """The arguments of a step: what the run fed, in the order it fed it."""
        values: list[tuple[Value, cst.BaseExpression]] = []
        if run.feed_name is not None:
            for parameter in step.parameters:
                values.append(
                    (parameter, cst.parse_expression(f'{run.feed_name}["{plain(parameter.name)}"]'))
                )
        else:
            for argument in updated.args:
                if isinstance(argument.value, cst.Dict) and run.feeds:
                    pairs = zip(run.feeds, argument.value.elements, strict=True)
                    values = [
                        (value, element.value) for (value, _), element in pairs if value in step.parameters
                    ]
        drawn = [value for value in step.parameters if value.iterator]
        values = [(value, node) for value, node in values if not value.iterator]
        by_place = not drawn and [value for value, _ in values] == step.parameters
        arguments = []
        fed = dict(run.feeds)
        for value in drawn:
            unit = value.unit
            if unit is not None and unit.defines[0] is value:
                several = not isinstance(_only_target(unit.node), cst.Name)
                call = cst.parse_expression(f"next({value.iterator})")
                arguments.append(cst.Arg(call, star="*" if several else ""))
        for value, node in values:
            rounded = is_whole(self.program, value) and is_fractional(self.program, fed.get(value))
            if rounded or not step.signed:
                dtype = self.dtype_of(value)
                convert = "cast" if rounded else "convert_to_tensor"
                node = cst.Call(
                    cst.parse_expression(f"{self.root}.{convert}"),
                    settle_commas([cst.Arg(node), cst.Arg(dtype)], [cst.Arg(node)]),
                )
            arguments.append(cst.Arg(node) if by_place else keyword_argument(value.name, node))
        return settle_commas(arguments, [cst.Arg(cst.Name("_"))])

    def dtype_of(self, value: Value) -> cst.BaseExpression:
        """The dtype of a placeholder, rewritten."""
        dtype, _ = placeholder_parts(value)
        assert dtype is not None
        return dtype_expression(cast(cst.BaseExpression, dtype.visit(self)), self.root)

    # ---- calls that make variables -----------------------------------------------------------------------------

    def _applied(self, original: cst.Call, updated: cst.Call) -> cst.BaseExpression:
        """What is left of such a call where the tensors are computed."""
        helper = self.program.helpers.called(original)
        names = self.made[original]
        if self.program.helpers.is_layer(original):
            applied = self.program.helpers.layer_inputs(original)
            place = {id(old): new for old, new in zip(original.args, updated.args, strict=True)}
            inner = [cst.Arg(place[id(argument)].value) for argument in applied.values()]
            call = cst.Call(cst.Name(names[0]), settle_commas(inner, [cst.Arg(cst.Name("_"))]))
            return call.with_changes(lpar=updated.lpar, rpar=updated.rpar)
        if helper is None or helper.split is None:
            return cst.Name(names[0])
        given = [cst.Arg(cst.Name(name)) for name in names]
        kept = [p.name.value for p in helper.split.apply_parameters]
        arguments = [*given, *self._selected(helper, original, updated.args, kept)]
        final = updated.with_changes(args=settle_commas(arguments, updated.args))
        return self._with_lifted(helper, final) if helper.lifted else final

    def making_line(self, original: cst.Call) -> cst.SimpleStatementLine:
        """The statement that makes the variables of such a call."""
        names = self.made[original]
        helper = self.program.helpers.called(original)
        if helper is None or helper.split is None:
            value = self._visited_call(original)
        else:
            updated = [cast(cst.Arg, argument.visit(self)) for argument in original.args]
            kept = [p.name.value for p in helper.split.parameters]
            arguments = settle_commas(self._selected(helper, original, updated, kept), original.args)
            value = cst.Call(cst.Name(helper.split.name), arguments)
        line = parse_line(", ".join(names) + " = 0")
        assign = cast(cst.Assign, line.body[0])
        return line.with_changes(body=[assign.with_changes(value=value)])

    def _visited_call(self, original: cst.Call) -> cst.BaseExpression:
        names = self.made.pop(original)
        try:
            return cast(cst.BaseExpression, original.visit(self))
        finally:
            self.made[original] = names

    def _selected(
        self, helper: Helper, original: cst.Call, updated: Sequence[cst.Arg], kept: list[str]
    ) -> list[cst.Arg]:
        """The arguments for the parameters `kept`, by place as long as no parameter is left out."""
        bound = self.program.helpers.bind(helper, original) or {}
        new = {id(old): fresh for old, fresh in zip(original.args, updated, strict=True)}
        chosen: list[cst.Arg] = []
        by_place = True
        for name in sorted((n for n in bound if n in kept), key=kept.index):
            argument = new[id(bound[name])]
            by_place = by_place and argument.keyword is None and kept.index(name) == len(chosen)
            chosen.append(argument if by_place else keyword_argument(name, argument.value, argument))
        return chosen

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        """The methods that run the graph come behind those that build it."""
        methods = self.methods.get(original_node)
        held = self.program.classes.class_of(original_node)
        if not methods or held is None:
            return updated_node
        body = list(updated_node.body.body)
        building = {method.name.value for method in held.builders()}
        names = [s.name.value if isinstance(s, cst.FunctionDef) else "" for s in body]
        place = 1 + max((i for i, name in enumerate(names) if name in building), default=len(body) - 1)
        apart = [
            cast(Any, m).with_changes(leading_lines=[EMPTY, *stripped(cast(Any, m).leading_lines)])
            for m in methods
        ]
        for after in cast(list[Any], body[place : place + 1]):
            if not after.leading_lines:
                body[place] = self.emit.note(after.with_changes(leading_lines=[EMPTY]), after)
        body[place:place] = apart
        return updated_node.with_changes(body=updated_node.body.with_changes(body=body))

    def refuse(self, construct: str, why: str) -> None:
        """Notes what cannot be written."""
        self.program.refuse(self.program.module, construct, why, "TG-7174")

    # ---- bodies ------------------------------------------------------------------------------------------------

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        """The top level."""
        body, rest = self._body(original_node.body, updated_node.body, blank=2)
        return updated_node.with_changes(body=body, footer=[*rest, *updated_node.footer])

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        """The body of a compound statement."""
        body, rest = self._body(original_node.body, updated_node.body, blank=1)
        return updated_node.with_changes(
            body=body or [parse_line("pass")], footer=[*rest, *updated_node.footer]
        )

    def _body(
        self, original: Sequence[Any], updated: Sequence[Any], blank: int
    ) -> tuple[list[cst.BaseStatement], list[cst.EmptyLine]]:
        out: list[cst.BaseStatement] = []
        waiting: list[cst.EmptyLine] = []  # comments and blank lines of statements that went
        after_function = False
        for old, new in zip(original, updated, strict=True):
            for number, statement in enumerate(self._statement(old, new)):
                lines = list(statement.leading_lines)
                if isinstance(statement, cst.EmptyLine):
                    continue
                if number == 0 and waiting:
                    lines = waiting if not lines else joined(waiting, lines)
                    waiting = []
                written = statement in self.emit.written
                if (written or after_function) and out:
                    lines = [EMPTY] * blank + stripped(lines)
                elif not out and blank == 1:
                    lines = stripped(lines)
                out.append(self.emit.note(statement.with_changes(leading_lines=lines), statement))
                after_function = written
            waiting += self._left_over(old)
        return out, [line for line in waiting if line.comment]

    def _left_over(self, old: cst.CSTNode) -> list[cst.EmptyLine]:
        """Comments that stand apart from a statement that went, and its blank lines."""
        if (
            isinstance(old, cst.With)
            and old in self.program.flattened
            and isinstance(old.body, cst.IndentedBlock)
        ):
            return list(old.body.footer)
        unit = self.units.get(cast(Any, old))
        gone = old in self.program.dropped or (unit is not None and unit.action == "move")
        gone = gone or (unit is not None and unit.action == "spec" and unit.result not in self.specs)
        if not gone or old in self.places:
            return []
        return detached(cast(Any, old).leading_lines)

    def _statement(self, old: Any, new: Any) -> list[Any]:
        """What takes the place of one statement."""
        program = self.program
        if old in program.tensorflow.statements:
            return list(program.tensorflow.statements[old])
        if old in program.restarts:
            again = [parse_line(text) for text in program.restarts[old]]
            return [again[0].with_changes(leading_lines=old.leading_lines), *again[1:]]
        if old in program.flattened:
            inner = list(new.body.body)
            if inner and not _is_bare_pass(inner):
                lines = list(old.leading_lines)
                first = list(inner[0].leading_lines)
                lines += first if any(line.comment for line in lines) else stripped(first)
                inner[0] = self.emit.note(inner[0].with_changes(leading_lines=lines), inner[0])
            return [] if _is_bare_pass(inner) else inner
        unit = self.units.get(old)
        out: list[Any] = []
        helper = program.helpers.by_name.get(old.name.value) if isinstance(old, cst.FunctionDef) else None
        if helper is not None and helper.split is not None and helper.node is old:
            return self.emit.halves(helper, helper.split, new)
        if unit is not None and unit.action == "move":
            out = [self.making_line(call) for call, _ in unit.preludes]
            if out:
                out[0] = out[0].with_changes(leading_lines=detached(old.leading_lines))
        elif unit is not None and unit.action == "spec":
            out = [self._spec(unit, new)] if unit.result in self.specs else []
        elif old not in program.dropped and not self._declares_only_graph(old):
            out = [new]
        written: list[Any] = []
        for function in self.places.get(old, []):
            lines = self.emit.function(function)
            if function.holder is not None and function.holder.node is not None:
                self.methods.setdefault(function.holder.node, []).append(lines.pop())
            written += lines
        if written and not out:
            apart = [line for line in detached(old.leading_lines) if line.comment]
            lines = [*apart, *written[0].leading_lines]
            written[0] = self.emit.note(written[0].with_changes(leading_lines=lines), written[0])
        return [*out, *written]

    def _spec(self, unit: Unit, new: cst.SimpleStatementLine) -> cst.SimpleStatementLine:
        """`x = tf.placeholder(dtype, shape)` -> `x_spec = tf.TensorSpec(shape, dtype)`."""
        value = unit.result
        _, shape = placeholder_parts(value)
        known = cst.List([]) if shape is None else cast(cst.BaseExpression, shape.visit(self))
        arguments = [cst.Arg(known), cst.Arg(self.dtype_of(value))]
        call = cst.Call(
            cst.parse_expression(f"{self.root}.TensorSpec"),
            settle_commas(arguments, [cst.Arg(cst.Name("_"))]),
        )
        assign = cast(cst.Assign, new.body[0])
        target = assign.targets[0].with_changes(target=cst.Name(value.spec))
        return new.with_changes(body=[assign.with_changes(targets=[target], value=call)])


def _only_target(node: cst.CSTNode) -> cst.BaseExpression:
    small = cast(cst.SimpleStatementLine, node).body[0]
    return cast(cst.Assign, small).targets[0].target


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def _numpy(node: cst.BaseExpression) -> cst.Call:
    return cst.Call(cst.Attribute(node, cst.Name("numpy")))


def _numpy_each(call: cst.BaseExpression) -> cst.BaseExpression:
    listed = cast(cst.ListComp, cst.parse_expression("[value.numpy() for value in _]"))
    return listed.with_changes(for_in=listed.for_in.with_changes(iter=call))


def _is_bare_pass(body: Sequence[Any]) -> bool:
    return len(body) == 1 and _code(body[0]).strip() == "pass"
