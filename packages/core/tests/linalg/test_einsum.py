"""tg.einsum against NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg

from .common import check_gradient, close, normal

CASES: list[tuple[str, tuple[tuple[int, ...], ...]]] = [
    ("ij,jk->ik", ((2, 3), (3, 4))),
    ("ij,kj->ki", ((2, 3), (4, 3))),
    ("ij,ij->", ((2, 3), (2, 3))),
    ("ij,jk", ((2, 3), (3, 4))),
    ("ba,ac", ((2, 3), (3, 4))),
    (" i j , j k -> i k ", ((2, 3), (3, 4))),
    ("bij,bjk->bik", ((2, 3, 4), (2, 4, 5))),
    ("bhqd,bhkd->bhqk", ((2, 3, 4, 5), (2, 3, 6, 5))),
    ("...ij,jk->...ik", ((2, 3, 4, 5), (5, 6))),
    ("...ij,...jk->...ik", ((2, 1, 4, 5), (3, 5, 6))),
    ("...i,...i->...", ((3, 1, 4), (5, 4))),
    ("...,...->...", ((2, 3), (3,))),
    ("ab...,b->a...", ((2, 3, 4), (3,))),
    ("i...->...", ((2, 3),)),
    ("ii->i", ((3, 3),)),
    ("ii", ((3, 3),)),
    ("iij->j", ((3, 3, 2),)),
    ("iii->i", ((3, 3, 3),)),
    ("ijij->ij", ((2, 3, 2, 3),)),
    ("ijk->kji", ((2, 3, 4),)),
    ("ij->", ((2, 3),)),
    ("i,j->ij", ((2,), (3,))),
    ("i,j->ji", ((2,), (3,))),
    (",->", ((), ())),
    (",i->i", ((), (3,))),
    ("ij,jk->ik", ((2, 0), (0, 3))),
    ("ab,bc,cd->ad", ((2, 3), (3, 4), (4, 5))),
    ("ab,ab,ab->a", ((2, 3), (2, 3), (2, 3))),
    ("abc,cd,be->ade", ((2, 3, 4), (4, 5), (3, 6))),
    ("a,ab,abc->abc", ((2,), (2, 3), (2, 3, 4))),
    ("abcdefg,abcdefgh->abcdefh", ((2, 1, 2, 1, 2, 1, 3), (2, 1, 2, 1, 2, 1, 3, 2))),
]


@pytest.mark.parametrize("optimize", ["greedy", "optimal"])
@pytest.mark.parametrize(("equation", "shapes"), CASES, ids=[case[0] for case in CASES])
def test_value(equation: str, shapes: tuple[tuple[int, ...], ...], optimize: str) -> None:
    arrays = [normal(*shape, seed=i) for i, shape in enumerate(shapes)]
    got = tg.einsum(equation, *map(tg.constant, arrays), optimize=optimize)
    wanted = np.einsum(equation, *arrays)
    assert got.shape == wanted.shape
    close(got.numpy(), wanted)


def test_an_ellipsis_that_the_result_lacks_is_summed_over() -> None:
    x, y = normal(2, 3, 4), normal(1, 4, seed=1)
    close(tg.einsum("...i,...i->i", x, y).numpy(), (x * y).sum(axis=(0, 1)))


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [case for case in CASES if np.prod([np.prod(s) for s in case[1]]) < 3000],
    ids=[case[0] for case in CASES if np.prod([np.prod(s) for s in case[1]]) < 3000],
)
def test_gradient(equation: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    arrays = [normal(*shape, seed=i) for i, shape in enumerate(shapes)]
    check_gradient(lambda *inputs: tg.einsum(equation, *inputs), *arrays)


@pytest.mark.parametrize("equation", ["bij,bjk->bik", "bij,bjk->kib", "bij,bjk->ik", "bij,bjk->"])
def test_sizes_that_only_the_graph_knows(equation: str) -> None:
    spec = tg.TensorSpec([None, None, None], tg.float64)
    traced = tg.function(lambda x, y: tg.einsum(equation, x, y), input_signature=[spec, spec])
    for sizes in ((2, 3, 4, 5), (3, 1, 2, 6)):
        b, i, j, k = sizes
        x, y = normal(b, i, j), normal(b, j, k, seed=1)
        close(traced(tg.constant(x), tg.constant(y)).numpy(), np.einsum(equation, x, y))


def test_integers_and_float32() -> None:
    x = np.arange(6, dtype=np.int32).reshape(2, 3)
    result = tg.einsum("ij,kj->ik", x, x)
    assert result.dtype == tg.int32
    np.testing.assert_array_equal(result.numpy(), x @ x.T)
    assert tg.einsum("ij->j", tg.ones([2, 3])).dtype == tg.float32


@pytest.mark.parametrize(
    ("code", "equation", "shapes", "keywords"),
    [
        ("TG-0574", "ij,jk->ik", ((2, 3),), {}),
        ("TG-0574", "ij->k", ((2, 3),), {}),
        ("TG-0574", "ij->ii", ((2, 3),), {}),
        ("TG-0574", "i1->i", ((2, 3),), {}),
        ("TG-0574", "i......->i", ((2, 3),), {}),
        ("TG-0574", "i..->i", ((2, 3),), {}),
        ("TG-0574", "ij->i->j", ((2, 3),), {}),
        ("TG-0574", "", (), {}),
        ("TG-0103", "ijk->i", ((2, 3),), {}),
        ("TG-0103", "i->i", ((2, 3),), {}),
        ("TG-0103", "...ijk->i", ((2, 3),), {}),
        ("TG-0105", "ij,jk->ik", ((2, 3), (4, 5)), {}),
        ("TG-0105", "ii->i", ((2, 3),), {}),
        ("TG-0105", "...i,...i->...i", ((2, 3), (4, 3)), {}),
        ("TG-0106", "ij->i", ((2, 3),), {"optimize": "best"}),
        ("TG-0111", "ij->i", ((2, 3),), {"order": "best"}),
    ],
)
def test_errors(code: str, equation: str, shapes: Any, keywords: dict[str, Any]) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=code):
        tg.einsum(equation, *[tg.ones(shape) for shape in shapes], **keywords)
