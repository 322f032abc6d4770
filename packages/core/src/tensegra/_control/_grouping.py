"""Functions that tie tensors together. The order of effects is that of the program, so that they have little to do."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from tensegra import _native, nest
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor


@public("no_op")
def no_op(name: str | None = None) -> None:
    """Does nothing.

    >>> import tensegra as tg
    >>> tg.no_op()
    """


@public("group")
def group(*inputs: Any, name: str | None = None) -> None:
    """Does nothing: what its arguments stand for is done already, or is part of the graph in the order of the program.

    Args:
        *inputs: Nests of tensors, or what functions without a result returned.
        name: Ignored.

    >>> import tensegra as tg
    >>> v = tg.Variable(1.0)
    >>> tg.group(v.assign_add(1.0))
    >>> v.numpy().item()
    2.0
    """


@public("tuple")
def tuple_(tensors: Any, control_inputs: Any = None, name: str | None = None) -> list[Tensor | None]:
    """The same tensors, after all of them are computed.

    Args:
        tensors: A list of tensors and None.
        control_inputs: What is to be done before; it is, in the order of the program.
        name: Ignored.

    Returns:
        A list of the same length.

    >>> import tensegra as tg
    >>> [each.numpy().item() for each in tg.tuple([tg.constant(1), tg.constant(2)])]
    [1, 2]
    """
    return [None if tensor is None else _same(tensor) for tensor in tensors]


@public("identity_n")
def identity_n(input: Any, name: str | None = None) -> list[Tensor]:
    """The same tensors under new identities.

    Args:
        input: A list of tensors.
        name: Ignored.

    Returns:
        A list of tensors.

    >>> import tensegra as tg
    >>> [each.numpy().item() for each in tg.identity_n([1, 2.5])]
    [1, 2.5]
    """
    return [_same(tensor) for tensor in input]


@public("control_dependencies")
@contextlib.contextmanager
def control_dependencies(control_inputs: Any) -> Iterator[None]:
    """What is inside of the `with` block is done after `control_inputs`.

    That is so without it: what changes or reads state, prints, asserts or draws random numbers keeps the order of the
    program, in graphs too. A callable among the inputs is called.

    Args:
        control_inputs: A list of tensors, of results of `tg.group`, or of functions without arguments; or None.

    >>> import tensegra as tg
    >>> v = tg.Variable(1.0)
    >>> with tg.control_dependencies([v.assign_add(1.0)]):
    ...     x = v + 0.0
    >>> x.numpy().item()
    2.0
    """
    for item in nest.flatten(control_inputs):
        if callable(item):
            item()
    yield


def _same(tensor: Any) -> Tensor:
    return _native.execute("identity", (convert_to_tensor(tensor),))  # type: ignore[no-any-return]
