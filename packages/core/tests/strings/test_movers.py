"""Ops that move elements move strings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg

WORDS = np.array([["a", "bb", ""], ["dddd", "e\x00e", "ß"]], dtype=object)


def plain(result: Any) -> Any:
    values = result.numpy()
    return (
        values.decode() if isinstance(values, bytes) else np.vectorize(bytes.decode, otypes=[object])(values)
    )


CASES = {
    "concat": (lambda x: tg.concat([x, x[:, :1]], 1), lambda x: np.concatenate([x, x[:, :1]], 1)),
    "stack": (lambda x: tg.stack([x, x]), lambda x: np.stack([x, x])),
    "gather": (lambda x: tg.gather(x, [2, 0, 2], axis=1), lambda x: x[:, [2, 0, 2]]),
    "reshape": (lambda x: tg.reshape(x, [3, 2]), lambda x: x.reshape(3, 2)),
    "slice": (lambda x: tg.slice(x, [0, 1], [2, 2]), lambda x: x[:, 1:]),
    "strided": (lambda x: x[::-1, 1:], lambda x: x[::-1, 1:]),
    "row": (lambda x: x[1], lambda x: x[1]),
    "element": (lambda x: x[1, 2], lambda x: x[1, 2]),
    "tile": (lambda x: tg.tile(x, [2, 3]), lambda x: np.tile(x, [2, 3])),
    "transpose": (lambda x: tg.transpose(x), lambda x: x.T),
    "reverse": (lambda x: tg.reverse(x, [1]), lambda x: x[:, ::-1]),
    "expand": (lambda x: tg.expand_dims(x, 1)[:, 0], lambda x: x),
    "broadcast": (lambda x: tg.broadcast_to(x, [2, 2, 3]), lambda x: np.broadcast_to(x, [2, 2, 3])),
    "fill": (lambda x: tg.fill([2, 2], x[0, 1]), lambda x: np.full([2, 2], "bb", object)),
    "where": (
        lambda x: tg.where([[True], [False]], x, "no"),
        lambda x: np.where([[True], [False]], x, "no"),
    ),
    "zeros": (lambda x: tg.zeros_like(x), lambda x: np.full(x.shape, "", object)),
    "pad": (
        lambda x: tg.pad(x, [[0, 1], [1, 0]]),
        lambda x: np.pad(x, [[0, 1], [1, 0]], constant_values=""),
    ),
    "mirror": (
        lambda x: tg.pad(x, [[0, 1], [1, 0]], mode="REFLECT"),
        lambda x: np.pad(x, [[0, 1], [1, 0]], "reflect"),
    ),
    "empty": (lambda x: x[:, 3:], lambda x: x[:, 3:]),
}


@pytest.mark.parametrize("name", CASES)
def test_mover(name: str) -> None:
    move, reference = CASES[name]
    wanted = reference(WORDS)
    for found in (
        move(tg.constant(WORDS)),
        tg.function(move)(tg.constant(WORDS)),
        tg.function(move, input_signature=[tg.TensorSpec([None, None], tg.string)])(tg.constant(WORDS)),
    ):
        assert found.dtype == tg.string
        assert found.shape == np.shape(wanted)
        if np.size(wanted):
            assert np.array_equal(plain(found), wanted)


def test_gather_refuses_bad_places() -> None:
    with pytest.raises(tg.errors.OutOfRangeError, match="TG-0107"):
        tg.gather(["a"], [1])
