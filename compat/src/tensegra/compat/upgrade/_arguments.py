"""Carries the arguments of a TensorFlow 1.15 call over to the signature of its target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

import libcst as cst

from ._symbols import Symbol

_DTYPE_PARAMETERS = frozenset({"dtype", "output_type", "out_type"})
_DTYPE_WORDS = {"float": "float32", "double": "float64", "half": "float16"}
_CARRIED = ("op", "random", "variable", "seed", "layer", "cell", "writer")


def bind_arguments(parameters: Sequence[str], arguments: Sequence[cst.Arg]) -> dict[str, cst.Arg] | None:
    """Parameter -> argument in the order written; None for star arguments or too many of them."""
    bound: dict[str, cst.Arg] = {}
    for index, argument in enumerate(arguments):
        if argument.star:
            return None
        if argument.keyword is not None:
            bound[argument.keyword.value] = argument
        elif index < len(parameters):
            bound[parameters[index]] = argument
        else:
            return None
    return bound


def argument_problems(symbol: Symbol, call: cst.Call) -> list[str]:
    """Why the arguments of this call cannot be carried over; empty where they can."""
    if not symbol.old or symbol.role not in (*_CARRIED, "placeholder", "optimizer"):
        return []
    bound = bind_arguments(symbol.old, call.args)
    if bound is None:
        return ["its star arguments hide which argument is which"]
    unknown = [name for name in bound if name not in symbol.old]
    if unknown:
        return [f"it has no argument {name} in TensorFlow 1.15" for name in unknown]
    fixed = dict(each.split("=") for each in symbol.only.split())
    changed = [n for n, value in fixed.items() if n in bound and _text(bound[n].value) != value]
    if changed:
        return [f"its argument {name} has no counterpart unless it is {fixed[name]}" for name in changed]
    if symbol.template:
        missing = [name for name in symbol.old if f"{{{name}}}" in symbol.template and name not in bound]
        lost = [
            name for name in bound
            if f"{{{name}" not in symbol.template and name != "name" and symbol.rename.get(name) != ""
        ]  # fmt: skip
        return [f"the argument {name} is missing" for name in missing] + [
            f"its argument {name} has no counterpart in Tensegra" for name in lost
        ]
    if symbol.name == "tf.layers.dropout":
        return [] if "inputs" in bound else ["the argument inputs is missing"]
    if symbol.name == "tf.nn.dropout":
        return [] if "keep_prob" in bound or "rate" in bound else ["it has neither keep_prob nor rate"]
    if symbol.role not in _CARRIED and not (symbol.role == "optimizer" and symbol.target):
        return []
    required = [name for name in symbol.input.split() if name not in ("weights", "training")]
    if not set(required) <= set(bound):
        return [f"the argument {name} is missing" for name in required if name not in bound]
    return [
        f"its argument {name} has no counterpart in Tensegra"
        for name in bound
        if symbol.rename.get(name, name) not in ("", *symbol.new)
    ]


def _text(node: cst.BaseExpression) -> str:
    return cst.Module([]).code_for_node(node)


def keyword_argument(name: str, value: cst.BaseExpression, like: cst.Arg | None = None) -> cst.Arg:
    """`name=value`, with the comma and the whitespace of `like`."""
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    if like is None:
        return cst.Arg(value, keyword=cst.Name(name), equal=equal)
    if like.keyword is not None:
        return like.with_changes(value=value, keyword=cst.Name(name))
    return like.with_changes(value=value, keyword=cst.Name(name), equal=equal)


def settle_commas(arguments: list[cst.Arg], before: Sequence[cst.Arg]) -> list[cst.Arg]:
    """Gives the last argument the last comma that the call had, and every other one a comma."""
    if not arguments or not before:
        return arguments
    space = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    settled = [a if isinstance(a.comma, cst.Comma) else a.with_changes(comma=space) for a in arguments[:-1]]
    last = arguments[-1].with_changes(
        comma=before[-1].comma, whitespace_after_arg=before[-1].whitespace_after_arg
    )
    return [*settled, last]


def carry_arguments(
    symbol: Symbol, call: cst.Call, root: str, stop_labels: bool = False
) -> cst.BaseExpression:
    """The call of the target with the arguments of `call`, whose own parts are rewritten already.

    Args:
        symbol: what is called.
        call: the call; its arguments must be free of problems.
        root: the name of Tensegra in the module.
        stop_labels: no gradient may flow into the argument labels, as was so in 1.x.
    """
    function = cst.parse_expression(f"{root}.{symbol.target}")
    bound = bind_arguments(symbol.old, call.args) if symbol.old else None
    if bound is None:
        return call.with_changes(func=function)
    if symbol.name == "tf.layers.dropout":
        symbol = replace(symbol, template=_dropout_template(bound))
    if symbol.template:
        return _fill_template(symbol, bound, root, call)
    carried: list[cst.Arg] = []
    for name, argument in bound.items():
        new = symbol.rename.get(name, name)
        if new == "":
            continue
        value = argument.value
        if symbol.name == "tf.nn.dropout" and name == "keep_prob":
            new, value = "rate", _one_minus(value)
            argument = keyword_argument(new, value, argument)
        if new in _DTYPE_PARAMETERS:
            value = _spelled_dtype(value, root)
        if new == "labels" and stop_labels:
            value = cst.Call(cst.parse_expression(f"{root}.stop_gradient"), [cst.Arg(value)])
        if not symbol.new:
            continue
        place = symbol.new.index(new)
        if argument.keyword is None and place == len(carried) and all(a.keyword is None for a in carried):
            carried.append(argument.with_changes(value=value))
        else:
            carried.append(keyword_argument(new, value, argument))
    given = {symbol.rename.get(name, name) for name in bound}
    for extra in symbol.extra.split():
        name, _, value_text = extra.partition("=")
        if name not in given:
            carried.append(keyword_argument(name, cst.parse_expression(value_text)))
    if not carried:
        return call.with_changes(func=function, args=[], whitespace_before_args=cst.SimpleWhitespace(""))
    return call.with_changes(func=function, args=settle_commas(carried, call.args or carried))


def _dropout_template(bound: Mapping[str, cst.Arg]) -> str:
    """Dropout that a flag turns on: a literal flag is settled now."""
    flag = bound["training"].value if "training" in bound else cst.Name("False")
    if isinstance(flag, cst.Name) and flag.value == "False":
        return "{tf}.identity({inputs})"
    rate = "{rate}" if "rate" in bound else "0.5"
    if not (isinstance(flag, cst.Name) and flag.value == "True"):
        rate = f"{{tf}}.where({{training}}, {rate}, 0.0)"
    more = "".join(f", {name}={{{name}}}" for name in ("noise_shape", "seed") if name in bound)
    return f"{{tf}}.nn.dropout({{inputs}}, {rate}{more})"


def _spelled_dtype(value: cst.BaseExpression, root: str) -> cst.BaseExpression:
    if isinstance(value, cst.SimpleString) and value.evaluated_value in _DTYPE_WORDS:
        return cst.parse_expression(f"{root}.{_DTYPE_WORDS[str(value.evaluated_value)]}")
    return value


def dtype_expression(value: cst.BaseExpression, root: str) -> cst.BaseExpression:
    """A dtype argument with the words that only TensorFlow 1.x knew, such as "float", spelled out."""
    return _spelled_dtype(value, root)


def _one_minus(value: cst.BaseExpression) -> cst.BaseExpression:
    """`1 - value`, computed exactly where the value is a literal."""
    if isinstance(value, (cst.Float, cst.Integer)):
        try:
            return cst.parse_expression(str(1 - Decimal(value.value)))
        except InvalidOperation:
            pass  # a literal with underscores or another base: the difference is written out instead
    return cst.BinaryOperation(cst.Integer("1"), cst.Subtract(), parenthesized(value))


def parenthesized(value: cst.BaseExpression) -> cst.BaseExpression:
    """`value` in parentheses unless it binds tighter than any operator."""
    tight = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.BaseNumber, cst.List, cst.Tuple)
    if isinstance(value, tight) or value.lpar:
        return value
    return value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _fill_template(
    symbol: Symbol, bound: dict[str, cst.Arg], root: str, call: cst.Call
) -> cst.BaseExpression:
    """The template with its arguments put in as nodes, so that their own formatting stays."""
    holes = {name: f"hole_{name}_" for name in symbol.old}
    text = symbol.template.format(tf=root, **holes)

    values = {hole: bound[name].value for name, hole in holes.items() if name in bound}

    class Fill(cst.CSTTransformer):
        def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
            value = values.get(original_node.value)
            return updated_node if value is None else parenthesized(value)

        def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
            whole = original_node.value
            value = values.get(whole.value) if isinstance(whole, cst.Name) else None
            return updated_node if value is None else updated_node.with_changes(value=value)

    filled = cst.parse_expression(text).visit(Fill())
    assert isinstance(filled, cst.BaseExpression)
    return filled.with_changes(lpar=call.lpar, rpar=call.rpar)
