"""`tg.case` and `tg.switch_case`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tensegra import _native
from tensegra._dtypes import int32
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor

from ._cond import as_predicate, conditional
from ._structure import dtype_of, require_callable


@public("case")
def case(
    pred_fn_pairs: Any,
    default: Callable[[], Any] | None = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str = "case",
) -> Any:
    """Calls the function of the first predicate that is true.

    Args:
        pred_fn_pairs: A list of pairs of a bool and a function without arguments, or a dict of such pairs whose keys
            are Python bools or tensors' references.
        default: The function that is called where no predicate is true. By default, the last of the pairs: one of
            the predicates must then be true.
        exclusive: Whether it is an error that more than one predicate is true.
        strict: Ignored: results have the structure that the functions return.
        name: Ignored.

    Returns:
        What the function returned.

    Raises:
        tg.errors.InvalidArgumentError: There are no pairs, or something is no pair (TG-0515); a predicate is not one
            bool (TG-0514); the functions return different things (TG-0511); at run time, no predicate is true and
            there is no default, or several are and `exclusive` is set (TG-0518).

    >>> import tensegra as tg
    >>> x = tg.constant(5.0)
    >>> tg.case([(x < 0.0, lambda: "negative"), (x < 10.0, lambda: "small")], default=lambda: "large")
    'small'
    """
    pairs = _pairs(pred_fn_pairs)
    predicates = [as_predicate(pred, "case") for pred, _ in pairs]
    functions = [function for _, function in pairs]
    if exclusive and len(pairs) > 1:
        count = _native.execute("reduce_sum", (_stacked(predicates),))
        _require(_native.execute("less_equal", (count, 1)), "at most one of the predicates", predicates)
    if default is None:
        _require(
            _native.execute("reduce_any", (_native.execute("stack", (predicates,)),)),
            "one of the predicates",
            predicates,
        )
        default = functions[-1]
        predicates, functions = predicates[:-1], functions[:-1]
    default = require_callable(default, "case", "default")
    return _first(predicates, functions, default)


@public("switch_case")
def switch_case(
    branch_index: Any,
    branch_fns: Any,
    default: Callable[[], Any] | None = None,
    name: str = "switch_case",
) -> Any:
    """Calls the function with a number.

    Args:
        branch_index: One int32.
        branch_fns: A list of functions without arguments, or a dict or a list of pairs from ints to functions.
        default: The function for any other number. By default the one with the largest number.
        name: Ignored.

    Returns:
        What the function returned.

    Raises:
        tg.errors.InvalidArgumentError: There are no functions (TG-0515), the index is not one int32 (TG-0514), or the
            functions return different things (TG-0511).

    >>> import tensegra as tg
    >>> tg.switch_case(tg.constant(1), [lambda: "a", lambda: "b", lambda: "c"])
    'b'
    """
    branches = _numbered(branch_fns)
    index = convert_to_tensor(branch_index)
    if dtype_of(index) is not int32 or index.shape.rank not in (0, None):
        raise InvalidArgumentError(
            f"[switch_case] branch_index must be one int32. Received: dtype={dtype_of(index).name}, "
            f"shape={index.shape}. Use tg.cast.",
            code="TG-0514",
        )
    if default is None:
        default = branches.pop(max(branches))
    default = require_callable(default, "switch_case", "default")
    predicates = [_native.execute("equal", (index, number)) for number in branches]
    return _first(predicates, list(branches.values()), default)


def _first(
    predicates: Sequence[Tensor], functions: Sequence[Callable[[], Any]], default: Callable[[], Any]
) -> Any:
    if not predicates:
        return default()
    if not predicates[0]._is_symbolic:
        return (
            functions[0]() if predicates[0].numpy().item() else _first(predicates[1:], functions[1:], default)
        )
    return conditional(
        predicates[0],
        functions[0],
        lambda: _first(predicates[1:], functions[1:], default),
        "case",
        ("one branch", "the next"),
    )


def _pairs(pairs: Any) -> list[tuple[Any, Callable[[], Any]]]:
    items = (
        list(pairs.items())
        if isinstance(pairs, Mapping)
        else list(pairs)
        if isinstance(pairs, (list, tuple))
        else []
    )
    found = []
    for item in items:
        if not isinstance(item, (tuple, list)) or len(item) != 2:
            raise _no_pairs("case", "pred_fn_pairs must be pairs of a bool and a function", item)
        pred, function = item
        pred = pred.deref() if hasattr(pred, "deref") else pred
        found.append((pred, require_callable(function, "case", "the function of a pair")))
    if not found:
        raise _no_pairs("case", "pred_fn_pairs must be a list with at least one pair", pairs)
    return found


def _numbered(functions: Any) -> dict[int, Callable[[], Any]]:
    if isinstance(functions, Mapping):
        items = list(functions.items())
    elif isinstance(functions, (list, tuple)):
        pairs = all(isinstance(item, (tuple, list)) for item in functions)
        items = list(functions) if pairs else list(enumerate(functions))
    else:
        items = []
    if not items or any(len(item) != 2 or not isinstance(item[0], int) for item in items):
        raise _no_pairs(
            "switch_case", "branch_fns must be functions, or pairs of an int and a function", functions
        )
    if len({number for number, _ in items}) != len(items):
        raise _no_pairs("switch_case", "the numbers of branch_fns must differ", functions)
    return {number: require_callable(function, "switch_case", "a branch") for number, function in items}


def _no_pairs(where: str, rule: str, received: Any) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"[{where}] {rule}. Received: {received!r}. See the example of tg.{where}.", code="TG-0515"
    )


def _stacked(predicates: Sequence[Tensor]) -> Tensor:
    stacked = _native.execute("stack", (list(predicates),))
    return _native.execute("cast", (stacked,), {"dtype": int32})  # type: ignore[no-any-return]


def _require(condition: Tensor, which: str, predicates: Sequence[Tensor]) -> None:
    _native.execute(
        "assert",
        (condition, list(predicates)),
        {"message": f"[case] {which} must be true", "summarize": 16},
    )
