"""Connectionist temporal classification: labels whose places in a sequence are unknown."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
_INT32, _INT64 = 4, 5


def _whole(value: Any, number: int = _INT64) -> Any:
    tensor: Any = _native.tensor(value)
    return tensor if tensor._dtype_number == number else _execute("cast", (tensor,), {"dtype": number})


def _size(x: Any, axis: int) -> Any:
    return _execute("gather", (_execute("shape", (x,), {"out_type": _INT64}), _native.tensor(axis)))


def _range(count: Any) -> Any:
    return _execute("range", (_native.tensor(0, _INT64), count, _native.tensor(1, _INT64)))


def _within(lengths: Any, count: Any) -> Any:
    """bool, [batch, count]: whether a place is before the end of its row."""
    return _execute("less", (_range(count), _execute("expand_dims", (_whole(lengths),), (1,))))


def _columns(x: Any, begin: int, end: int | None) -> Any:
    stop, mask = (0, 3) if end is None else (end, 1)
    return _execute("strided_slice", (x,), ([0, begin], [0, stop], [1, 1], 1, mask))


@public("nn.ctc_loss")
def ctc_loss(
    labels: Any,
    logits: TensorLike,
    label_length: TensorLike | None,
    logit_length: TensorLike,
    logits_time_major: bool = True,
    unique: Any = None,
    blank_index: int | None = None,
    name: str | None = None,
) -> Tensor:
    """The negative logarithm of the probability of labels (A. Graves et al., ICML 2006).

    The probability is the sum over all ways to spread the labels over the steps of a sequence, with blanks between.

    Args:
        labels: The classes in order, shape [batch, most labels]; integers. Or a `tg.SparseTensor` of that shape.
        logits: Unnormalized log probabilities, shape [time, batch, classes]; a floating dtype.
        label_length: How many labels of each row count, shape [batch]; None for sparse labels.
        logit_length: How many steps of each example count, shape [batch].
        logits_time_major: Whether time is the first axis of logits; else the second.
        unique: Ignored; for compatibility.
        blank_index: The class that stands for no label; negative numbers count from the end. None for 0; it must be
            given for sparse labels.
        name: Ignored; for compatibility.

    Returns:
        A loss for each example, shape [batch]; infinite where there are too few steps for the labels.

    Raises:
        tg.errors.InvalidArgumentError: For wrong ranks (TG-0103), batches that differ (TG-0105), or a blank that is no
            class (TG-0106).
        tg.errors.OutOfRangeError: For a label that is no class, or a length that is too great (TG-0107).

    >>> import tensegra as tg
    >>> tg.nn.ctc_loss([[1]], tg.zeros([2, 1, 2]), [1], [2]).numpy()
    array([0.2876821], dtype=float32)
    """
    scores: Any = _native.tensor(logits)
    if scores._shape is not None and len(scores._shape) == 3 and not logits_time_major:
        scores = _execute("transpose", (scores,), ([1, 0, 2],))
    if hasattr(labels, "dense_shape"):
        if blank_index is None:
            raise InvalidArgumentError(
                "[ctc_loss] blank_index must be given for sparse labels. Received: blank_index=None",
                code="TG-0106",
            )
        labels, label_length = _dense(labels)
    blank = 0 if blank_index is None else int(blank_index)
    if blank < 0:
        classes = None if scores._shape is None else scores._shape[-1]
        if classes is None or classes < 0:
            raise InvalidArgumentError(
                f"[ctc_loss] a negative blank_index needs a known number of classes. Received: blank_index={blank}, "
                f"logits.shape={scores._shape}",
                code="TG-0106",
            )
        blank += classes
    inputs = (scores, _whole(labels, _INT32), _whole(label_length, _INT32), _whole(logit_length, _INT32))
    return _execute("ctc_loss", inputs, {"blank_index": blank})[0]


def _dense(labels: Any) -> tuple[Any, Any]:
    """Sparse labels as a matrix, and how many each row has."""
    rows = _execute("gather", (labels.indices, 0), {"axis": 1})
    columns = _execute("gather", (labels.indices, 1), {"axis": 1})
    height = _execute("gather", (labels.dense_shape, _native.tensor(0)))
    width = _execute("gather", (labels.dense_shape, _native.tensor(1)))
    size = _execute("expand_dims", (_execute("multiply", (height, width)),), (0,))
    flat = _execute("add", (_execute("multiply", (rows, width)), columns))
    values = _whole(labels.values, _INT32)
    empty = _execute("fill", (size, _native.tensor(0, _INT32)))
    matrix = _execute("reshape", (_execute("scatter_add_like", (empty, flat, values)), labels.dense_shape))
    counts = _execute("fill", (_execute("expand_dims", (height,), (0,)), _native.tensor(0, _INT32)))
    return matrix, _execute("scatter_add_like", (counts, rows, _execute("ones_like", (values,))))


@public("nn.ctc_unique_labels")
def ctc_unique_labels(labels: TensorLike, name: str | None = None) -> tuple[Tensor, Tensor]:
    """The different labels of each row, in order of their first place, and where each label is among them.

    Args:
        labels: Shape [batch, most labels]; integers.
        name: Ignored; for compatibility.

    Returns:
        int64 and int32, both of the shape of labels; rows of fewer different labels end with zeros.

    >>> import tensegra as tg
    >>> unique, places = tg.nn.ctc_unique_labels([[3, 4, 4, 3]])
    >>> unique.numpy().tolist(), places.numpy().tolist()
    ([[3, 4, 0, 0]], [[0, 1, 1, 0]])
    """
    values = _whole(labels)
    same = _execute(
        "equal", (_execute("expand_dims", (values,), (2,)), _execute("expand_dims", (values,), (1,)))
    )
    width = _size(values, 1)
    columns = _range(width)
    # The first place of an equal label, and how many first places come before it.
    first = _execute("reduce_min", (_execute("select", (same, columns, width)),), ([2],))
    is_first = _execute("equal", (first, columns))
    number = _execute("subtract", (
        _execute("cumsum", (_execute("cast", (is_first,), {"dtype": _INT64}),), {"axis": 1}),
        _native.tensor(1, _INT64),
    ))  # fmt: skip
    at_first = _execute("equal", (_execute("expand_dims", (first,), (2,)), columns))
    zero = _native.tensor(0, _INT64)
    numbers = _execute("expand_dims", (number,), (1,))
    places = _execute("reduce_sum", (_execute("select", (at_first, numbers, zero)),), ([2],))
    # Column k of the result is the label whose first place has number k.
    chosen = _execute("logical_and", (
        _execute("expand_dims", (is_first,), (1,)),
        _execute("equal", (numbers, _execute("expand_dims", (columns,), (1,)))),
    ))  # fmt: skip
    unique = _execute(
        "reduce_sum", (_execute("select", (chosen, _execute("expand_dims", (values,), (1,)), zero)),), ([2],)
    )
    return unique, _execute("cast", (places,), {"dtype": _INT32})


@public("nn.ctc_greedy_decoder")
def ctc_greedy_decoder(
    inputs: TensorLike,
    sequence_length: TensorLike,
    merge_repeated: bool = True,
    blank_index: int | None = None,
) -> tuple[list[Any], Tensor]:
    """The likeliest class at each step, without blanks.

    Args:
        inputs: Logits, shape [time, batch, classes]; a floating dtype.
        sequence_length: How many steps of each example count, shape [batch].
        merge_repeated: Whether equal classes at neighbouring steps count as one.
        blank_index: The class that stands for no label; negative numbers count from the end. None for the last one.

    Returns:
        A list with one `tg.SparseTensor` of int64, shape [batch, most labels], and the negative sums of the greatest
        logits, shape [batch, 1].

    Raises:
        tg.errors.InvalidArgumentError: For a rank other than 3 (TG-0103), or a blank that is no class (TG-0106).

    >>> import tensegra as tg
    >>> logits = tg.one_hot([[0], [0], [2], [1]], 3)
    >>> decoded, score = tg.nn.ctc_greedy_decoder(logits, [4])
    >>> decoded[0].values.numpy(), score.numpy().ravel()
    (array([0, 1]), array([-4.], dtype=float32))
    """
    from tensegra._sparse.tensor import SparseTensor

    logits: Any = _native.tensor(inputs)
    shape = logits._shape
    if shape is None or len(shape) != 3 or shape[2] is None or shape[2] < 1:
        raise InvalidArgumentError(
            "[ctc_greedy_decoder] inputs must have 3 dimensions and a known number of classes. "
            f"Received: inputs.shape={shape}",
            code="TG-0103",
        )
    blank = shape[2] - 1 if blank_index is None else int(blank_index)
    blank += shape[2] if blank < 0 else 0
    if not 0 <= blank < shape[2]:
        raise InvalidArgumentError(
            f"[ctc_greedy_decoder] blank_index must be a class. Received: blank_index={blank_index}, "
            f"classes={shape[2]}",
            code="TG-0106",
        )
    scores = _execute("transpose", (logits,), ([1, 0, 2],))
    best = _execute("argmax", (scores,), {"axis": 2})
    steps = _size(scores, 1)
    live = _within(sequence_length, steps)
    keep = _execute("logical_and", (live, _execute("not_equal", (best, _native.tensor(blank, _INT64)))))
    if merge_repeated:
        before = _execute("pad", (best,), {"paddings": [0, 0, 1, 0], "constant_values": -1})
        keep = _execute("logical_and", (keep, _execute("not_equal", (best, _columns(before, 0, -1)))))
    counted = _execute("cast", (keep,), {"dtype": _INT64})
    where = _execute("where_indices", (keep,))
    flat = _execute("reshape", (_execute("where_indices", (_execute("reshape", (keep, [-1])),)), [-1]))
    places = _execute("subtract", (_execute("cumsum", (counted,), {"axis": 1}), _native.tensor(1, _INT64)))
    columns = _execute("gather", (_execute("reshape", (places, [-1])), flat))
    rows = _execute("gather", (where, 0), {"axis": 1})
    indices = _execute("stack", ([rows, columns],), {"axis": 1})
    counts = _execute("reduce_sum", (counted,), ([1],))
    longest = _execute("reduce_max", (_execute("concat", ([counts, _native.tensor([0], _INT64)],), (0,)),))
    size = _execute("stack", ([_size(scores, 0), longest],))
    decoded = SparseTensor(indices, _execute("gather", (_execute("reshape", (best, [-1])), flat)), size)
    top = _execute("reduce_max", (scores,), ([2],))
    total = _execute(
        "reduce_sum", (_execute("select", (live, top, _execute("zeros_like", (top,)))),), ([1], True)
    )
    return [decoded], _execute("negative", (total,))
