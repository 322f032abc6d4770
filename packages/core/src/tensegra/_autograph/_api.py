"""What users call: `tg.autograph`."""

from __future__ import annotations

import ast
import enum
import functools
import types
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tracing import as_traced as _as_traced
from tensegra._tracing import autograph_off

from . import _convert, _verbosity

F = TypeVar("F", bound=Callable[..., Any])


@public("autograph.to_code")
def to_code(entity: Any, recursive: bool = True, experimental_optional_features: Any = None) -> str:
    """The source of a function after its conversion, for looking at.

    Args:
        entity: A Python function, or what `tg.function` made of one.
        recursive: Ignored: functions that it calls are converted when they are called.
        experimental_optional_features: A `tg.autograph.experimental.Feature` or a list of them; checked, and
            otherwise ignored, since all of them are always on.

    Returns:
        Python source, in which `ag__` is the module of the operators.

    Raises:
        tg.errors.InvalidArgumentError: The source of the function is not to be had (TG-0809).

    >>> import tensegra as tg
    >>> def not_negative(x):
    ...     return x if x > 0 else 0
    >>> print(tg.autograph.to_code(not_negative))
    def not_negative(x):
        return ag__.if_exp(x > 0, lambda: x, lambda: 0)
    """
    check_features(experimental_optional_features)
    try:
        return ast.unparse(_convert.tree_of(_function_of(entity)).node)
    except _convert.NoSource as error:
        raise _no_conversion(entity, error) from error


@public("autograph.to_graph")
def to_graph(entity: Any, recursive: bool = True, experimental_optional_features: Any = None) -> Any:
    """The converted function, which is not traced by itself: it makes graphs where ops do.

    Args:
        entity: A Python function, or what `tg.function` made of one.
        recursive: Ignored: functions that it calls are converted when they are called.
        experimental_optional_features: As in `to_code`.

    Returns:
        A function that takes the same arguments. With Python values, and where ops run at once, it does the same.

    Raises:
        tg.errors.InvalidArgumentError: The source of the function is not to be had (TG-0809).

    >>> import tensegra as tg
    >>> def double_until(x, limit):
    ...     while x < limit:
    ...         x = x * 2
    ...     return x
    >>> tg.autograph.to_graph(double_until)(3, 20)
    24
    """
    check_features(experimental_optional_features)
    function = _function_of(entity)
    try:
        _convert.converted_code(function)
    except _convert.NoSource as error:
        raise _no_conversion(entity, error) from error
    method = getattr(entity, "python_function", entity)
    return _convert.converted(method, requested=True)


def _function_of(entity: Any) -> types.FunctionType:
    entity = getattr(entity, "python_function", entity)
    function = entity.__func__ if isinstance(entity, types.MethodType) else entity
    if not isinstance(function, types.FunctionType):
        raise InvalidArgumentError(
            f"[autograph] what is converted is a Python function. Received: {entity!r} of type "
            f"{type(entity).__name__}. Give a function or a method.",
            code="TG-0809",
        )
    return function


def _no_conversion(entity: Any, error: Exception) -> InvalidArgumentError:
    reason = str(error) or "generators and coroutines run as they are"
    return InvalidArgumentError(
        f"[autograph] the function must have source that can be converted. Received: {entity!r}: {reason}. Put it "
        "into a file.",
        code="TG-0809",
    )


@public("autograph.set_verbosity")
def set_verbosity(level: int, alsologtostdout: bool = False) -> None:
    """How much AutoGraph tells about its work, on the standard error.

    Args:
        level: 0: nothing; 1 and more: which functions are converted.
        alsologtostdout: Whether it is printed to the standard output instead.

    >>> import tensegra as tg
    >>> tg.autograph.set_verbosity(0)
    """
    _verbosity.set_level(int(level), alsologtostdout)


@public("autograph.trace")
def trace(*args: Any) -> None:
    """Prints values while a function is traced, not when its graph runs.

    >>> import tensegra as tg
    >>> tg.autograph.trace("traced with", 3)
    traced with 3
    """
    print(*args)


@public("autograph.experimental.do_not_convert")
def do_not_convert(func: F | None = None) -> Any:
    """A decorator for functions that run as they are, with all that they call.

    >>> import tensegra as tg
    >>> @tg.autograph.experimental.do_not_convert
    ... def plain(x):
    ...     return x if isinstance(x, int) else 0
    >>> tg.function(lambda: tg.constant(plain(3)))().numpy().item()
    3
    """
    if func is None:
        return do_not_convert
    if isinstance(func, type):
        return func
    called: Callable[..., Any] = func

    @functools.wraps(called)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with autograph_off():
            return called(*args, **kwargs)

    wrapper.__dict__["_tensegra_converts"] = False
    return wrapper


@public("autograph.experimental.as_traced")
def as_traced(func: Any) -> Any:
    """The function that a library should call for a user's callback: converted while a graph is traced, else itself.

    AutoGraph converts what user code calls. A library's own code is not converted, and so must ask for what it calls.

    >>> import tensegra as tg
    >>> tg.autograph.experimental.as_traced(print) is print
    True
    """
    return _as_traced(func)


@public("autograph.experimental.set_loop_options")
def set_loop_options(
    parallel_iterations: Any = None,
    swap_memory: Any = None,
    maximum_iterations: Any = None,
    shape_invariants: Any = None,
) -> None:
    """Says more about the loop in whose body it is called; it has an effect in converted loops of a graph only.

    Args:
        parallel_iterations: Ignored: iterations run one after the other.
        swap_memory: Ignored.
        maximum_iterations: The most iterations there may be.
        shape_invariants: A list of pairs of a loop variable and the `tg.TensorShape` that it keeps, with None for
            sizes that change.

    >>> import tensegra as tg
    >>> @tg.function
    ... def ones(n):
    ...     x = tg.zeros([0])
    ...     for i in tg.range(n):
    ...         tg.autograph.experimental.set_loop_options(shape_invariants=[(x, tg.TensorShape([None]))])
    ...         x = tg.concat([x, [1.0]], axis=0)
    ...     return x
    >>> ones(tg.constant(3)).numpy().tolist()
    [1.0, 1.0, 1.0]
    """


@public("autograph.experimental.Feature")
class Feature(enum.Enum):
    """Parts of the conversion, as TensorFlow names them. All of them are always on.

    >>> import tensegra as tg
    >>> tg.autograph.experimental.Feature.LISTS.value
    'LISTS'
    """

    ALL = "ALL"
    AUTO_CONTROL_DEPS = "AUTO_CONTROL_DEPS"
    ASSERT_STATEMENTS = "ASSERT_STATEMENTS"
    BUILTIN_FUNCTIONS = "BUILTIN_FUNCTIONS"
    EQUALITY_OPERATORS = "EQUALITY_OPERATORS"
    LISTS = "LISTS"
    NAME_SCOPES = "NAME_SCOPES"

    @classmethod
    def all(cls) -> tuple[Feature, ...]:
        """All of them."""
        return tuple(cls.__members__.values())

    @classmethod
    def all_but(cls, exclude: Any) -> tuple[Feature, ...]:
        """All of them but one or some."""
        left_out = exclude if isinstance(exclude, (list, tuple, set)) else (exclude,)
        return tuple(set(cls.all()) - set(left_out) - {cls.ALL})


def check_features(features: Any) -> None:
    """Checks optional features.

    Raises:
        tg.errors.InvalidArgumentError: Something is no `Feature` (TG-0806).
    """
    for each in _each(features):
        if not isinstance(each, Feature):
            raise InvalidArgumentError(
                "[autograph] optional features are values of tg.autograph.experimental.Feature. Received: "
                f"{each!r}. Use Feature.LISTS, say.",
                code="TG-0806",
            )


def _each(features: Any) -> Iterator[Any]:
    yield from (
        () if features is None else features if isinstance(features, (list, tuple, set)) else (features,)
    )
