"""`tg.py_function` and `tg.numpy_function`: Python code inside of graphs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tensegra import _native, nest
from tensegra._dtypes import DType, as_dtype, dtype_from_number
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tape import GradientTape
from tensegra._tensor import Tensor, convert_to_tensor

from ._structure import dtype_of, require_callable


@public("py_function")
def py_function(func: Any = None, inp: Any = None, Tout: Any = None, name: str | None = None) -> Any:
    """Calls a Python function of tensors, inside of a `tg.function` each time that the graph runs.

    Gradients flow through it where it is made of ops; inside of a graph it is called again for that. A graph that
    holds it cannot be saved.

    Args:
        func: Takes tensors and returns what `Tout` says; it runs at once, not traced.
        inp: A list of tensors: its arguments.
        Tout: The dtypes of what it returns: one, a list, or an empty list where it returns nothing.
        name: Ignored.

    Returns:
        A tensor, a list of tensors, or None, as `Tout` is. Inside of a graph their shapes are not known: see
        `tg.ensure_shape`.

    Raises:
        tg.errors.InvalidArgumentError: `func` is no function (TG-0515), or returns something else than `Tout` says
            (TG-0523).

    >>> import tensegra as tg
    >>> @tg.function
    ... def logged(x):
    ...     return tg.py_function(lambda x: float(x.numpy()) ** 2, [x], tg.float32)
    >>> logged(tg.constant(3.0)).numpy().item()
    9.0
    """
    return _call(func, inp, Tout, "py_function")


@public("numpy_function")
def numpy_function(
    func: Any = None, inp: Any = None, Tout: Any = None, stateful: bool = True, name: str | None = None
) -> Any:
    """Calls a Python function of NumPy arrays, inside of a `tg.function` each time that the graph runs.

    No gradient flows through it, and a graph that holds it cannot be saved.

    Args:
        func: Takes arrays and returns what `Tout` says.
        inp: A list of tensors: its arguments.
        Tout: The dtypes of what it returns: one, a list, or an empty list where it returns nothing.
        stateful: Ignored: it is called once for each time that the graph runs, in the order of the program.
        name: Ignored.

    Returns:
        As `tg.py_function`.

    Raises:
        tg.errors.InvalidArgumentError: As `tg.py_function`.

    >>> import numpy as np
    >>> import tensegra as tg
    >>> tg.numpy_function(np.sort, [tg.constant([3, 1, 2])], tg.int32).numpy().tolist()
    [1, 2, 3]
    """
    return _call(func, inp, Tout, "numpy_function")


def _call(func: Any, inp: Any, outputs: Any, op: str) -> Any:
    require_callable(func, op, "func")
    if isinstance(inp, (list, tuple)):
        inputs = [convert_to_tensor(value) for value in inp]
    else:
        inputs = [] if inp is None else [convert_to_tensor(inp)]
    several = isinstance(outputs, (list, tuple))
    dtypes = [as_dtype(each) for each in (outputs if several else [] if outputs is None else [outputs])]
    called = _Called(func, dtypes, op)
    if _native.executing_eagerly():
        if op == "py_function":
            results = called.results(inputs)
        else:
            _native.pause_tapes()
            try:
                results = called.results(inputs)
            finally:
                _native.resume_tapes()
    else:
        made = _native.execute(
            op, (_native.python_function(called), inputs), {"dtypes": [dtype._number for dtype in dtypes]}
        )
        results = [] if made is None else list(made) if isinstance(made, tuple) else [made]
    if several:
        return results
    return results[0] if results else None


class _Called:
    """What the op calls."""

    def __init__(self, func: Callable[..., Any], dtypes: Sequence[DType], where: str) -> None:
        self._func = func
        self._dtypes = list(dtypes)
        self._where = where

    def __call__(self, inputs: list[Tensor], gradients: int, wanted: list[int]) -> list[Tensor]:
        if gradients == 0:
            return self.results(inputs)
        seeds = inputs[len(inputs) - gradients :]
        arguments = inputs[: len(inputs) - gradients]
        sources = [arguments[position] for position in wanted]
        with GradientTape() as tape:
            tape.watch(sources)
            results = self.results(arguments)
        pairs = [
            (result, seed)
            for result, seed in zip(results, seeds)
            if dtype_of(result).is_floating or dtype_of(result).is_complex
        ]
        found = tape.gradient(
            [result for result, _ in pairs],
            sources,
            [seed for _, seed in pairs],
            unconnected_gradients="zero",
        )
        return list(found)

    def results(self, inputs: Sequence[Tensor]) -> list[Tensor]:
        """Calls the function; its results as tensors of the dtypes that were announced."""
        values: Sequence[Any] = (
            [tensor.numpy() for tensor in inputs] if self._where == "numpy_function" else inputs
        )
        returned = self._func(*values)
        if not self._dtypes:
            return []
        listed = list(returned) if isinstance(returned, (list, tuple)) else [returned]
        if len(listed) == 1 and len(self._dtypes) == 1 and nest.is_nested(listed[0]):
            listed = [np.asarray(listed[0])]
        if len(listed) != len(self._dtypes):
            raise self._wrong(f"{len(listed)} values for Tout of {len(self._dtypes)}")
        return [self._result(value, dtype) for value, dtype in zip(listed, self._dtypes)]

    def _result(self, value: Any, dtype: DType) -> Tensor:
        try:
            tensor = convert_to_tensor(value) if isinstance(value, (Tensor, np.ndarray, np.generic)) else None
            tensor = convert_to_tensor(value, dtype=dtype) if tensor is None else tensor
        except InvalidArgumentError as error:
            raise self._wrong(f"{value!r} for a result of {dtype.name}") from error
        if tensor._dtype_number != dtype._number:
            raise self._wrong(
                f"a result of {dtype_from_number(tensor._dtype_number).name} for Tout={dtype.name}"
            )
        return tensor

    def _wrong(self, received: str) -> InvalidArgumentError:
        name = getattr(self._func, "__name__", repr(self._func))
        return InvalidArgumentError(
            f"[{self._where}] {name} must return values of the dtypes that Tout says. Received: {received}. Convert "
            "them, or change Tout.",
            code="TG-0523",
        )
