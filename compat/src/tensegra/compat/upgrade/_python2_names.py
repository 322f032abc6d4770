"""The second half of the conversion from Python 2: names, methods, iterators for lists, division of integers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import libcst as cst

from ._imports import dotted_name
from ._names import FreshNames, all_names, binds, name_reads
from ._tree import children, walk

BUILTINS = {
    "xrange": "range", "raw_input": "input", "unicode": "str", "basestring": "str", "unichr": "chr",
    "long": "int", "file": "open",
}  # fmt: skip
METHODS = {
    "iteritems": "items", "itervalues": "values", "iterkeys": "keys",
    "viewitems": "items", "viewvalues": "values", "viewkeys": "keys",
}  # fmt: skip
_TELLING = frozenset({"xrange", "raw_input", "unicode", "basestring", "unichr"})
_MODULES = {
    "cPickle": "pickle", "Queue": "queue", "ConfigParser": "configparser", "StringIO": "io", "cStringIO": "io",
    "__builtin__": "builtins", "commands": "subprocess", "httplib": "http.client", "urlparse": "urllib.parse",
    "urllib2": "urllib.request", "Tkinter": "tkinter", "SocketServer": "socketserver", "copy_reg": "copyreg",
    "HTMLParser": "html.parser", "cookielib": "http.cookiejar", "thread": "_thread",
}  # fmt: skip
_URLLIB = {
    "urlretrieve": "request", "urlopen": "request", "urlencode": "parse", "quote": "parse", "unquote": "parse",
    "quote_plus": "parse", "unquote_plus": "parse",
}  # fmt: skip
_STRINGS = {"letters": "ascii_letters", "lowercase": "ascii_lowercase", "uppercase": "ascii_uppercase"}
_ITERTOOLS = {"izip": "zip", "imap": "map", "ifilter": "filter", "izip_longest": "itertools.zip_longest"}
_LISTS = frozenset({"map", "filter", "zip", "range"})
_VIEWS = frozenset({"keys", "values", "items"})
_CONSUMERS = frozenset(
    [
        "list", "tuple", "set", "frozenset", "sorted", "sum", "min", "max", "any", "all", "enumerate", "zip", "map",
        "filter", "dict", "iter", "reversed", "join", "extend", "update", "OrderedDict", "defaultdict", "izip", "imap",
    ]
)  # fmt: skip
_FLOATS = frozenset({"float", "sqrt", "exp", "log", "mean", "std", "to_float"})

DIVISION = '''
def {name}(a, b):
    """`a / b` as Python 2 divides: the quotient of whole numbers is a whole number."""

    def whole(x):
        dtype = getattr(x, "dtype", type(x))
        return isinstance(x, int) or getattr(dtype, "is_integer", 0) is True or getattr(dtype, "kind", "") in ("i", "u")

    return a // b if whole(a) and whole(b) else a / b
'''


def python_2_names(module: cst.Module) -> list[str]:
    """Names and methods that only Python 2 has and that the module does not provide itself."""
    bound = {name for part in walk(module) if isinstance(part, cst.BaseStatement) for name in binds(part)}
    bound |= {part.name.value for part in walk(module) if isinstance(part, cst.Param)}
    found = {n.value for n in name_reads(module) if n.value in _TELLING and n.value not in bound}
    guarded = {
        n.value
        for part in walk(module)
        if isinstance(part, cst.Try)
        for n in walk(part)
        if isinstance(n, cst.Name)
    }
    for part in walk(module):
        func = part.func if isinstance(part, cst.Call) else None
        if not isinstance(func, cst.Attribute) or dotted_name(func.value) in ("six", "future.utils"):
            continue
        if func.attr.value in METHODS or func.attr.value == "has_key":
            found.add(func.attr.value)
    return sorted(found - guarded)


def convert_names(module: cst.Module) -> tuple[cst.Module, bool]:
    """The module for Python 3, and whether a division is left to a helper function.

    Args:
        module: the tree of a Python 2 program whose syntax is converted already.
    """
    bound = {name for part in walk(module) if isinstance(part, cst.BaseStatement) for name in binds(part)}
    bound |= {part.name.value for part in walk(module) if isinstance(part, cst.Param)}
    divides = not any(
        isinstance(part, cst.ImportFrom)
        and dotted_name(part.module or cst.Name("_")) == "__future__"
        and not isinstance(part.names, cst.ImportStar)
        and any(item.evaluated_name == "division" for item in part.names)
        for part in walk(module)
    )
    parents = {child: node for node in walk(module) for child in children(node)}
    name = FreshNames(all_names(module))("py2_div")
    names = _Names(bound, parents, name if divides else "")
    converted = module.visit(names)
    for statement in names.imports:
        converted = _after_imports(converted, cst.parse_statement(statement))
    if names.divided:
        helper = cast(cst.FunctionDef, cst.parse_statement(DIVISION.format(name=name).strip() + "\n"))
        blank = cst.EmptyLine(indent=False)
        converted = _after_imports(converted, helper.with_changes(leading_lines=[blank, blank]))
    return converted, names.divided


def _after_imports(
    module: cst.Module, statement: cst.SimpleStatementLine | cst.BaseCompoundStatement
) -> cst.Module:
    body = list(module.body)
    last = -1
    for index, line in enumerate(body):
        small = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
        docstring = index == 0 and isinstance(small, cst.Expr) and isinstance(small.value, cst.SimpleString)
        if isinstance(small, (cst.Import, cst.ImportFrom)) or docstring:
            last = index
        elif last >= 0 and not isinstance(small, (cst.Import, cst.ImportFrom)):
            break
    body.insert(last + 1, statement)
    return module.with_changes(body=body)


class _Names(cst.CSTTransformer):
    def __init__(self, bound: set[str], parents: Mapping[cst.CSTNode, cst.CSTNode], division: str) -> None:
        super().__init__()
        self.bound, self.parents, self.division = bound, parents, division
        self.divided = False
        self.imports: list[str] = []

    def _free(self, name: str) -> bool:
        return name not in self.bound

    def _consumed(self, node: cst.CSTNode) -> bool:
        """True where something iterates over the value and nothing else is done with it."""
        parent = self.parents.get(node)
        if isinstance(parent, (cst.For, cst.CompFor)):
            return parent.iter is node
        if isinstance(parent, cst.ComparisonTarget):
            return isinstance(parent.operator, (cst.In, cst.NotIn))
        if isinstance(parent, cst.Arg) and parent.star != "":
            return True
        call = self.parents.get(parent) if isinstance(parent, cst.Arg) else None
        if isinstance(call, cst.Call):
            name = (dotted_name(call.func) or "").rpartition(".")[2]
            if isinstance(call.func, cst.Attribute):
                name = call.func.attr.value
            return name in _CONSUMERS
        return False

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        new = BUILTINS.get(original_node.value)
        parent = self.parents.get(original_node)
        if new is None or not self._free(original_node.value):
            return updated_node
        if isinstance(parent, cst.Attribute) and parent.attr is original_node:
            return updated_node
        if isinstance(parent, (cst.Arg, cst.Param)) and getattr(parent, "keyword", None) is original_node:
            return updated_node
        return updated_node.with_changes(value=new)

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        name = dotted_name(original_node) or ""
        head, _, tail = name.partition(".")
        if head == "urllib" and tail in _URLLIB:
            statement = f"import urllib.{_URLLIB[tail]}"
            if statement not in self.imports:
                self.imports.append(statement)
            return cst.parse_expression(f"urllib.{_URLLIB[tail]}.{tail}")
        if head == "string" and tail in _STRINGS:
            return cst.parse_expression(f"string.{_STRINGS[tail]}")
        if head == "itertools" and tail in _ITERTOOLS:
            return cst.parse_expression(_ITERTOOLS[tail])
        if name in ("sys.maxint", "os.getcwdu"):
            return cst.parse_expression({"sys.maxint": "sys.maxsize", "os.getcwdu": "os.getcwd"}[name])
        return updated_node

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        func = original_node.func
        if isinstance(func, cst.Name) and self._free(func.value):
            if func.value in _LISTS | {"xrange"} and not self._consumed(original_node):
                return updated_node if func.value == "xrange" else _listed(updated_node)
            if func.value == "reduce":
                if "import functools" not in self.imports:
                    self.imports.append("import functools")
                return updated_node.with_changes(func=cst.parse_expression("functools.reduce"))
        if not isinstance(func, cst.Attribute) or not isinstance(updated_node.func, cst.Attribute):
            return updated_node
        if dotted_name(func.value) in ("six", "future.utils"):
            return updated_node
        method = func.attr.value
        if method in METHODS and not updated_node.args:
            return updated_node.with_changes(
                func=updated_node.func.with_changes(attr=cst.Name(METHODS[method]))
            )
        if method == "has_key" and len(updated_node.args) == 1:
            argument = updated_node.args[0].with_changes(comma=cst.MaybeSentinel.DEFAULT).value
            test = cst.Comparison(argument, [cst.ComparisonTarget(cst.In(), updated_node.func.value)])
            return test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        if method in _VIEWS and not updated_node.args and not self._consumed(original_node):
            return _listed(updated_node)
        if method == "next" and not updated_node.args:
            return cst.Call(cst.Name("next"), [cst.Arg(updated_node.func.value)])
        return updated_node

    def leave_Import(self, original_node: cst.Import, updated_node: cst.Import) -> cst.Import:
        names = []
        for item in updated_node.names:
            new = _MODULES.get(dotted_name(item.name) or "")
            if new is not None:
                local = item.evaluated_alias or (dotted_name(item.name) or "")
                alias = cst.AsName(cst.Name(local)) if local != new else None
                item = item.with_changes(name=cst.parse_expression(new), asname=alias)
            names.append(item)
        return updated_node.with_changes(names=names)

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom | cst.RemovalSentinel:
        module = dotted_name(updated_node.module) if updated_node.module else ""
        if updated_node.relative or isinstance(updated_node.names, cst.ImportStar):
            return updated_node
        if module == "itertools":
            kept = [item for item in updated_node.names if item.evaluated_name not in _ITERTOOLS]
            if not kept:
                return cst.RemoveFromParent()
            kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            return updated_node.with_changes(names=kept)
        if module == "urllib":
            homes = {_URLLIB.get(item.evaluated_name, "") for item in updated_node.names}
            if len(homes) == 1 and homes != {""}:
                return updated_node.with_changes(module=cst.parse_expression(f"urllib.{homes.pop()}"))
        if module in _MODULES:
            return updated_node.with_changes(module=cst.parse_expression(_MODULES[module]))
        return updated_node

    def leave_BinaryOperation(
        self, original_node: cst.BinaryOperation, updated_node: cst.BinaryOperation
    ) -> cst.BaseExpression:
        if not isinstance(original_node.operator, cst.Divide) or not self.division:
            return updated_node
        if _surely_float(original_node.left) or _surely_float(original_node.right):
            return updated_node
        return self._divided(updated_node.left, updated_node.right)

    def leave_AugAssign(
        self, original_node: cst.AugAssign, updated_node: cst.AugAssign
    ) -> cst.BaseSmallStatement:
        if not isinstance(original_node.operator, cst.DivideAssign) or not self.division:
            return updated_node
        if _surely_float(original_node.value):
            return updated_node
        target = updated_node.target
        return cst.Assign([cst.AssignTarget(target)], self._divided(target, updated_node.value))

    def _divided(self, left: cst.BaseExpression, right: cst.BaseExpression) -> cst.Call:
        self.divided = True
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        return cst.Call(cst.Name(self.division), [cst.Arg(left, comma=comma), cst.Arg(right)])


def _listed(node: cst.BaseExpression) -> cst.Call:
    return cst.Call(cst.Name("list"), [cst.Arg(node)])


def _surely_float(node: cst.CSTNode) -> bool:
    """True where an operand is a float whatever the rest is."""
    if isinstance(node, cst.Float):
        return True
    if isinstance(node, cst.UnaryOperation):
        return _surely_float(node.expression)
    if isinstance(node, cst.BinaryOperation):
        whole = (cst.FloorDivide, cst.LeftShift, cst.RightShift, cst.BitAnd, cst.BitOr, cst.BitXor)
        return not isinstance(node.operator, whole) and (
            _surely_float(node.left) or _surely_float(node.right)
        )
    if isinstance(node, cst.Call):
        func = node.func
        name = func.attr.value if isinstance(func, cst.Attribute) else getattr(func, "value", "")
        return name in _FLOATS
    return False
