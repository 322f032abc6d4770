"""Candidates: classes drawn to compare the true ones with, where comparing with all would take too long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tensegra import _native, _seeds, _tracing
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_INT64 = 5
# Tables of eager calls; learned ones go on where the last call ended, as in TensorFlow.
_tables: dict[tuple[Any, ...], Any] = {}


class Candidates(NamedTuple):
    """What a candidate sampler draws."""

    sampled_candidates: Tensor
    """int64, shape [num_sampled]."""
    true_expected_count: Tensor
    """How often each true class was to be expected among the candidates; float32, shape [batch, num_true]."""
    sampled_expected_count: Tensor
    """The same for the candidates; float32, shape [num_sampled]."""


def _table(kind: str, range_max: int, weights: Any = (), shared: tuple[Any, ...] | None = None) -> Any:
    """The resource to draw from; shared is the key by which later eager calls find it again."""
    key = None if shared is None or _tracing.current_trace() is not None else (kind, range_max, *shared)
    if key is not None and key in _tables:
        return _tables[key]
    _native.lift()  # made outside of graphs and captured by them
    try:
        vector = _native.tensor(np.asarray(weights, np.float32).reshape(-1))
        table = _native.execute("candidate_table", (vector,), {"kind": kind, "range_max": range_max})
    finally:
        _native.leave()
    if key is not None:
        _tables[key] = table
    return table


def _true(op: str, true_classes: Any, num_true: int) -> Any:
    classes: Any = _native.tensor(true_classes)
    if classes._dtype_number != _INT64:
        classes = _native.execute("cast", (classes,), {"dtype": _INT64})
    shape = classes._shape
    if shape is not None and len(shape) != 2:
        raise InvalidArgumentError(
            f"[{op}] true_classes must have 2 dimensions. Received: true_classes.shape={shape}",
            code="TG-0103",
        )
    if shape is not None and shape[1] is not None and shape[1] not in (-1, num_true):
        raise InvalidArgumentError(
            f"[{op}] true_classes must have num_true columns. "
            f"Received: true_classes.shape={shape}, num_true={num_true}",
            code="TG-0105",
        )
    return classes


def _sample(
    op: str,
    table: Any,
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: Any,
) -> Candidates:
    classes = _true(op, true_classes, num_true)
    own = f"{op}:{num_true}:{num_sampled}:{unique}:{range_max}"
    inputs = (_seeds.draw_state(own, _INT64, seed), table, classes)
    drawn: Any = _native.execute(
        "candidate_sampler", inputs, {"num_sampled": int(num_sampled), "unique": bool(unique)}
    )
    return Candidates(*drawn)


@public("random.uniform_candidate_sampler")
def uniform_candidate_sampler(
    true_classes: TensorLike,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> Candidates:
    """Draws candidates, each class alike.

    Args:
        true_classes: The true classes of each example, shape [batch, num_true]; int64.
        num_true: How many true classes an example has.
        num_sampled: How many candidates to draw.
        unique: Whether a class is drawn at most once.
        range_max: The number of classes.
        seed: The seed of this call; see `tg.random.set_seed`.
        name: Ignored; for compatibility.

    Returns:
        The candidates, and how often the true classes and the candidates were to be expected.

    Raises:
        tg.errors.InvalidArgumentError: For true classes of another shape (TG-0103, TG-0105), num_sampled below 1
            (TG-0106), or too few classes (TG-0591).

    >>> import tensegra as tg
    >>> drawn = tg.random.uniform_candidate_sampler([[0]], 1, num_sampled=4, unique=True, range_max=4)
    >>> sorted(drawn.sampled_candidates.numpy().tolist())
    [0, 1, 2, 3]
    """
    op, table = "uniform_candidate_sampler", _table("uniform", int(range_max), shared=())
    return _sample(op, table, true_classes, num_true, num_sampled, unique, range_max, seed)


@public("random.log_uniform_candidate_sampler")
def log_uniform_candidate_sampler(
    true_classes: TensorLike,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> Candidates:
    """Draws candidates, small numbers oftener: class k with probability log((k + 2) / (k + 1)) / log(range_max + 1).

    That is about how words fall that are numbered by their frequency.

    Args:
        true_classes: The true classes of each example, shape [batch, num_true]; int64.
        num_true: How many true classes an example has.
        num_sampled: How many candidates to draw.
        unique: Whether a class is drawn at most once.
        range_max: The number of classes.
        seed: The seed of this call; see `tg.random.set_seed`.
        name: Ignored; for compatibility.

    Returns:
        The candidates, and how often the true classes and the candidates were to be expected.

    Raises:
        tg.errors.InvalidArgumentError: For true classes of another shape (TG-0103, TG-0105), num_sampled below 1
            (TG-0106), or too few classes (TG-0591).

    >>> import tensegra as tg
    >>> drawn = tg.random.log_uniform_candidate_sampler([[0]], 1, num_sampled=2, unique=False, range_max=3)
    >>> drawn.true_expected_count.numpy()
    array([[1.]], dtype=float32)
    """
    op, table = "log_uniform_candidate_sampler", _table("log_uniform", int(range_max), shared=())
    return _sample(op, table, true_classes, num_true, num_sampled, unique, range_max, seed)


@public("random.learned_unigram_candidate_sampler nn.learned_unigram_candidate_sampler")
def learned_unigram_candidate_sampler(
    true_classes: TensorLike,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> Candidates:
    """Draws candidates by how often each class was true in earlier calls, plus 1.

    Calls with the same arguments learn together; in a `tg.function` each place in the source learns on its own.

    Args:
        true_classes: The true classes of each example, shape [batch, num_true]; int64. They count after the draws.
        num_true: How many true classes an example has.
        num_sampled: How many candidates to draw.
        unique: Whether a class is drawn at most once.
        range_max: The number of classes.
        seed: The seed of this call; see `tg.random.set_seed`.
        name: Ignored; for compatibility.

    Returns:
        The candidates, and how often the true classes and the candidates were to be expected.

    Raises:
        tg.errors.InvalidArgumentError: For true classes of another shape (TG-0103, TG-0105), num_sampled below 1
            (TG-0106), or too few classes (TG-0591).

    >>> import tensegra as tg
    >>> drawn = tg.nn.learned_unigram_candidate_sampler([[1]], 1, num_sampled=2, unique=True, range_max=2)
    >>> sorted(drawn.sampled_candidates.numpy().tolist())
    [0, 1]
    """
    op = "learned_unigram_candidate_sampler"
    table = _table("learned", int(range_max), shared=(num_true, num_sampled, unique, seed))
    return _sample(op, table, true_classes, num_true, num_sampled, unique, range_max, seed)


@public("random.fixed_unigram_candidate_sampler nn.fixed_unigram_candidate_sampler")
def fixed_unigram_candidate_sampler(
    true_classes: TensorLike,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    vocab_file: str = "",
    distortion: float = 1.0,
    num_reserved_ids: int = 0,
    num_shards: int = 1,
    shard: int = 0,
    unigrams: Sequence[float] = (),
    seed: int | None = None,
    name: str | None = None,
) -> Candidates:
    """Draws candidates by given counts of the classes.

    Args:
        true_classes: The true classes of each example, shape [batch, num_true]; int64.
        num_true: How many true classes an example has.
        num_sampled: How many candidates to draw.
        unique: Whether a class is drawn at most once.
        range_max: The number of classes.
        vocab_file: A file with a line for each class, whose last field after a comma is its count.
        distortion: Counts are raised to this power.
        num_reserved_ids: The first so many classes are never drawn; the counts are of those after them.
        num_shards: The classes are dealt to so many processes.
        shard: The number of this process.
        unigrams: The counts, where there is no file.
        seed: The seed of this call; see `tg.random.set_seed`.
        name: Ignored; for compatibility.

    Returns:
        The candidates, and how often the true classes and the candidates were to be expected.

    Raises:
        tg.errors.InvalidArgumentError: For true classes of another shape (TG-0103, TG-0105), values that do not fit
            (TG-0106) or a file that cannot be read (TG-0106), or counts from which too few classes can be drawn
            (TG-0591).

    >>> import tensegra as tg
    >>> drawn = tg.nn.fixed_unigram_candidate_sampler([[0]], 1, 3, False, range_max=3, unigrams=[0.0, 5.0, 0.0])
    >>> drawn.sampled_candidates.numpy().tolist()
    [1, 1, 1]
    """
    op = "fixed_unigram_candidate_sampler"
    if bool(vocab_file) == bool(len(unigrams)) or not 0 <= shard < num_shards or num_reserved_ids < 0:
        raise InvalidArgumentError(
            f"[{op}] either vocab_file or unigrams must be given, and a shard of num_shards. Received: "
            f"vocab_file={vocab_file!r}, {len(unigrams)} unigrams, shard={shard}, num_shards={num_shards}, "
            f"num_reserved_ids={num_reserved_ids}",
            code="TG-0106",
        )
    counts = _counts_of(op, vocab_file) if vocab_file else [float(count) for count in unigrams]
    powered = np.power(np.asarray(counts, np.float32), np.float32(distortion))
    weights = np.concatenate([np.zeros(num_reserved_ids, np.float32), powered])[shard::num_shards]
    if len(weights) != range_max:
        raise InvalidArgumentError(
            f"[{op}] there must be range_max counts. Received: range_max={range_max}, {len(weights)} counts "
            "with the reserved ids, in this shard",
            code="TG-0106",
        )
    table = _table("unigram", int(range_max), weights, shared=(weights.tobytes(),))
    return _sample(op, table, true_classes, num_true, num_sampled, unique, range_max, seed)


def _counts_of(op: str, path: str) -> list[float]:
    try:
        with open(path, encoding="utf-8") as lines:
            return [float(line.strip().rpartition(",")[2]) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise InvalidArgumentError(
            f"[{op}] vocab_file must be a text whose lines end with a number after a comma. Received: {error}",
            code="TG-0106",
        ) from None


@public("random.all_candidate_sampler nn.all_candidate_sampler")
def all_candidate_sampler(
    true_classes: TensorLike,
    num_true: int,
    num_sampled: int,
    unique: bool,
    seed: int | None = None,
    name: str | None = None,
) -> Candidates:
    """All classes as candidates, for tests of what uses samplers.

    Args:
        true_classes: The true classes of each example, shape [batch, num_true]; int64.
        num_true: How many true classes an example has.
        num_sampled: The number of classes.
        unique: Ignored.
        seed: Ignored.
        name: Ignored; for compatibility.

    Returns:
        0 to num_sampled - 1, each expected once.

    Raises:
        tg.errors.InvalidArgumentError: For true classes of another shape (TG-0105).

    >>> import tensegra as tg
    >>> tg.nn.all_candidate_sampler([[1]], 1, 3, unique=True).sampled_candidates.numpy().tolist()
    [0, 1, 2]
    """
    classes = _true("all_candidate_sampler", true_classes, num_true)
    numbers: Any = _native.tensor(np.arange(int(num_sampled), dtype=np.int64))
    ones = _native.execute("ones_like", (_native.execute("cast", (classes,), {"dtype": 12}),))
    return Candidates(numbers, ones, _native.tensor(np.ones(int(num_sampled), np.float32)))
