"""Sums of products, written as an equation."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

from tensegra import _native
from tensegra._composites.linalg._common import transpose
from tensegra._composites.linalg.contraction import contract, sum_out
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
_ORDERS = ("greedy", "optimal", "branch-2", "branch-all", "auto")
_MOST_FOR_ALL_ORDERS = 5


class _Equation(NamedTuple):
    inputs: tuple[tuple[str | int, ...], ...]
    output: tuple[str | int, ...]


def _refuse(rule: str, equation: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"[einsum] {rule}. Received: equation={equation!r}. "
        "Write one group of letters for each tensor, as in 'ij,jk->ik'.",
        code="TG-0574",
    )


@functools.lru_cache(maxsize=1024)
def _parse(equation: str, ranks: tuple[int, ...]) -> _Equation:
    """Labels of every axis: letters, and below 0 the axes that an ellipsis stands for, counted from the right."""
    text = equation.replace(" ", "")
    left, arrow, right = text.partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks):
        raise _refuse(f"the equation must have a group for each of the {len(ranks)} tensors", equation)
    inputs = []
    for i, (term, rank) in enumerate(zip(terms, ranks, strict=True)):
        letters = _letters(term, equation)
        named = len(letters) - (0 in letters)
        if named > rank if 0 in letters else named != rank:
            raise InvalidArgumentError(
                "[einsum] a tensor must have an axis for each letter of its group. "
                f"Received: equation={equation!r}, inputs[{i}] of rank {rank}. Compare the letters with the shape.",
                code="TG-0103",
            )
        inputs.append(_expand(letters, rank - named))
    flat = [label for labels in inputs for label in labels]
    dots = max((-label for label in flat if isinstance(label, int)), default=0)
    if arrow:
        output = _expand(_letters(right, equation), dots)
        if len(set(output)) != len(output):
            raise _refuse("a letter may be in the result once", equation)
        strange = [label for label in output if label not in flat]
        if strange:
            raise _refuse(f"each letter of the result must be in an input ({strange[0]!r} is not)", equation)
    else:
        letters_once = sorted(x for x in set(flat) if isinstance(x, str) and flat.count(x) == 1)
        output = (*range(-dots, 0), *letters_once)
    return _Equation(tuple(inputs), output)


def _letters(term: str, equation: str) -> list[str | int]:
    """The letters of a group, 0 standing for the ellipsis."""
    if term.count("...") > 1:
        raise _refuse("a group may hold one ellipsis", equation)
    before, dots, after = term.partition("...")
    if not all(c.isascii() and c.isalpha() for c in before + after):
        raise _refuse("an equation holds letters, commas, one '->' and ellipses alone", equation)
    return [*before, *([0] if dots else []), *after]


def _expand(letters: Sequence[str | int], dots: int) -> tuple[str | int, ...]:
    if 0 not in letters:
        return tuple(letters)
    at = letters.index(0)
    return (*letters[:at], *range(-dots, 0), *letters[at + 1 :])


@public("einsum linalg.einsum")
def einsum(equation: str, *inputs: TensorLike, **kwargs: Any) -> Tensor:
    """Multiplies tensors and sums, as an equation in Einstein's notation says.

    Each tensor has a group of letters, one for each axis. Elements with equal letters are multiplied, and the letters
    that the result does not have are summed over. A letter twice in a group takes the diagonal; `...` stands for the
    remaining axes, which broadcast. Without `->` the result has the letters that occur once, in alphabetical order.
    More than two tensors are multiplied in pairs.

    Args:
        equation: The groups, separated by commas, then `->` and the letters of the result: "ij,jk->ik".
        *inputs: The tensors, of known rank and one dtype.
        **kwargs: `optimize`: how the order of more than two is found. "greedy" (the default), "branch-2",
            "branch-all" and "auto" take the pair whose product shrinks most; "optimal" tries all orders of up to
            5 tensors. `name` is ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where the equation is wrong (TG-0574), a rank does not suit it (TG-0103), sizes
            of equal letters differ (TG-0105), or `optimize` is none of those (TG-0106).

    >>> import tensegra as tg
    >>> tg.einsum("ij,jk->ik", [[1.0, 2.0]], [[3.0], [4.0]]).numpy()
    array([[11.]], dtype=float32)
    >>> tg.einsum("ii", [[1, 2], [3, 4]]).numpy()
    np.int32(5)
    >>> tg.einsum("...i,...i->...", [[1, 2], [3, 4]], [1, 1]).numpy()
    array([3, 7], dtype=int32)
    """
    optimize = kwargs.pop("optimize", "greedy")
    kwargs.pop("name", None)
    if kwargs:
        raise InvalidArgumentError(
            f"[einsum] it takes the keywords optimize and name. Received: {', '.join(sorted(kwargs))}. Leave it out.",
            code="TG-0111",
        )
    if optimize not in _ORDERS:
        raise InvalidArgumentError(
            f"[einsum] optimize must be one of {', '.join(_ORDERS)}. Received: optimize={optimize!r}. Use 'greedy'.",
            code="TG-0106",
        )
    tensors = [_native.tensor(x) for x in inputs]
    ranks = tuple(x._rank for x in tensors)
    if not isinstance(equation, str) or not tensors:
        raise _refuse("an equation and at least one tensor are needed", str(equation))
    if min(ranks) < 0:
        raise InvalidArgumentError(
            f"[einsum] the ranks of the tensors must be known. Received: equation={equation!r}, "
            f"inputs[{ranks.index(-1)}] of unknown rank. Give the function an input_signature.",
            code="TG-0103",
        )
    parsed = _parse(equation, ranks)
    sizes = _sizes(parsed, tensors, equation)
    operands = [_diagonals(x, labels) for x, labels in zip(tensors, parsed.inputs, strict=True)]
    for i, j in _order([labels for _, labels in operands], parsed.output, sizes, optimize):
        others = [labels for n, (_, labels) in enumerate(operands) if n not in (i, j)]
        keep = set(parsed.output).union(*others)
        (a, a_labels), (b, b_labels) = operands[i], operands[j]
        operands = [operand for n, operand in enumerate(operands) if n not in (i, j)]
        operands.append(contract(a, a_labels, b, b_labels, keep))
    result, labels = sum_out(*operands[0], set(parsed.output))
    return transpose(result, [labels.index(label) for label in parsed.output])


def _sizes(parsed: _Equation, tensors: list[Any], equation: str) -> dict[Any, int]:
    """The size of each label; 1 where it is not known, which only the order depends on."""
    found: dict[Any, int] = {}
    for labels, x in zip(parsed.inputs, tensors, strict=True):
        for label, size in zip(labels, x._shape, strict=True):
            before = found.get(label, -1)
            if (
                size >= 0
                and before >= 0
                and size != before
                and not (isinstance(label, int) and 1 in (size, before))
            ):
                raise InvalidArgumentError(
                    f"[einsum] axes of the same letter must have one size. Received: equation={equation!r}, "
                    f"{'...' if isinstance(label, int) else label} of sizes {before} and {size}. "
                    "Compare the letters with the shapes.",
                    code="TG-0105",
                )
            found[label] = max(size, before) if 0 not in (size, before) else 0
    return {label: size if size >= 0 else 1 for label, size in found.items()}


def _diagonals(x: Any, labels: Sequence[Any]) -> tuple[Any, list[Any]]:
    """Takes the diagonal of axes with the same label."""
    current = list(labels)
    for label in dict.fromkeys(labels):
        while current.count(label) > 1:
            first = current.index(label)
            second = current.index(label, first + 1)
            rest = [i for i in range(len(current)) if i not in (first, second)]
            x = _execute("matrix_diag_part", (transpose(x, [*rest, first, second]),))
            current = [*(current[i] for i in rest), label]
    return x, current


def _order(
    labels: list[Sequence[Any]], output: Sequence[Any], sizes: dict[Any, int], optimize: str
) -> list[tuple[int, int]]:
    """Which two of the tensors are multiplied, step by step; each product goes to the end of the list."""
    groups = [frozenset(group) for group in labels]
    if len(groups) == 2:
        return [(0, 1)]
    if optimize == "optimal" and len(groups) <= _MOST_FOR_ALL_ORDERS:
        return _best_order(groups, frozenset(output), sizes)[1]
    steps = []
    while len(groups) > 1:
        _, _, i, j = min(
            (_growth(groups, i, j, frozenset(output), sizes), _work(groups, i, j, sizes), i, j)
            for i in range(len(groups))
            for j in range(i + 1, len(groups))
        )
        steps.append((i, j))
        groups = _after(groups, i, j, frozenset(output))
    return steps


def _elements(group: frozenset[Any], sizes: dict[Any, int]) -> int:
    count = 1
    for label in group:
        count *= sizes[label]
    return count


def _after(groups: list[frozenset[Any]], i: int, j: int, output: frozenset[Any]) -> list[frozenset[Any]]:
    others = [group for n, group in enumerate(groups) if n not in (i, j)]
    return [*others, (groups[i] | groups[j]) & output.union(*others)]


def _work(groups: list[frozenset[Any]], i: int, j: int, sizes: dict[Any, int]) -> int:
    return _elements(groups[i] | groups[j], sizes)


def _growth(
    groups: list[frozenset[Any]], i: int, j: int, output: frozenset[Any], sizes: dict[Any, int]
) -> int:
    made = _elements(_after(groups, i, j, output)[-1], sizes)
    return made - _elements(groups[i], sizes) - _elements(groups[j], sizes)


def _best_order(
    groups: list[frozenset[Any]], output: frozenset[Any], sizes: dict[Any, int]
) -> tuple[int, list[tuple[int, int]]]:
    if len(groups) == 1:
        return 0, []
    best: tuple[int, list[tuple[int, int]]] | None = None
    for i in range(len(groups)):
        for j in range(i + 1, len(groups)):
            work, steps = _best_order(_after(groups, i, j, output), output, sizes)
            work += _work(groups, i, j, sizes)
            if best is None or work < best[0]:
                best = work, [(i, j), *steps]
    assert best is not None
    return best
