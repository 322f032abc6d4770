"""Boxes: cut out and resized, chosen, drawn. Coordinates are [y1, x1, y2, x2], relative to the image."""

from __future__ import annotations

from typing import Any, NamedTuple

import tensegra as tg
from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import TensorLike

from ._shapes import as_images


@public("image.crop_and_resize")
def crop_and_resize(
    image: TensorLike,
    boxes: TensorLike,
    box_indices: TensorLike,
    crop_size: Any,
    method: str = "bilinear",
    extrapolation_value: float = 0.0,
    name: str | None = None,
) -> Tensor:
    """Cuts boxes out of images and resizes all to one size. Gradients reach the images and the boxes.

    Args:
        image: A tensor (batch, height, width, channels) of any number dtype.
        boxes: A float32 tensor (boxes, 4): y1, x1, y2, x2, where 0 and 1 are the first and last pixels. A box may leave
            the image, and y1 > y2 turns it upside down.
        box_indices: An int32 tensor (boxes,): the image of each box.
        crop_size: Height and width of the results.
        method: "bilinear" or "nearest".
        extrapolation_value: What stands outside of the image.
        name: Ignored.

    Returns:
        A float32 tensor (boxes, crop height, crop width, channels).

    Raises:
        tg.errors.InvalidArgumentError: Shapes do not fit (TG-0103, TG-0105), or the method is unknown (TG-0106).

    >>> import tensegra as tg
    >>> image = tg.reshape(tg.range(9.0), (1, 3, 3, 1))
    >>> tg.image.crop_and_resize(image, [[0.0, 0.0, 1.0, 0.5]], [0], (2, 2)).numpy()[0, ..., 0].tolist()
    [[0.0, 1.0], [6.0, 7.0]]
    """
    tensor = tg.cast(as_images(image, "crop_and_resize", (4,)), tg.float32)
    corners = convert_to_tensor(boxes, dtype=tg.float32)
    if corners.shape.rank != 2 or corners.shape.as_list()[1] not in (4, None):
        raise InvalidArgumentError(
            f"[image.crop_and_resize] boxes must have the shape (boxes, 4). Received: shape={corners.shape}.",
            code="TG-0105",
        )
    if method not in ("bilinear", "nearest"):
        raise InvalidArgumentError(
            f"[image.crop_and_resize] method must be bilinear or nearest. Received: method={method!r}.",
            code="TG-0106",
        )
    sizes = tg.shape(tensor)
    crop = convert_to_tensor(crop_size, dtype=tg.int32)
    y1, x1, y2, x2 = tg.unstack(corners, num=4, axis=1)
    rows = _places(y1, y2, sizes[1], crop[0])
    columns = _places(x1, x2, sizes[2], crop[1])
    last_row, last_column = tg.cast(sizes[1] - 1, tg.float32), tg.cast(sizes[2] - 1, tg.float32)
    inside = tg.logical_and(
        tg.logical_and(rows >= 0.0, rows <= last_row)[:, :, None],
        tg.logical_and(columns >= 0.0, columns <= last_column)[:, None, :],
    )
    flat = tg.reshape(tensor, tg.stack([sizes[0] * sizes[1] * sizes[2], sizes[3]]))
    start = tg.cast(box_indices, tg.int32)[:, None, None] * (sizes[1] * sizes[2])

    def pixels(row: Tensor, column: Tensor) -> Tensor:
        i = tg.cast(tg.clip_by_value(row, 0.0, last_row), tg.int32)
        j = tg.cast(tg.clip_by_value(column, 0.0, last_column), tg.int32)
        return tg.gather(flat, start + i[:, :, None] * sizes[2] + j[:, None, :])

    if method == "nearest":
        found = pixels(tg.floor(rows + 0.5), tg.floor(columns + 0.5))
    else:
        top, left = tg.floor(rows), tg.floor(columns)
        down, right = (rows - top)[:, :, None, None], (columns - left)[:, None, :, None]
        upper = pixels(top, left) * (1.0 - right) + pixels(top, left + 1.0) * right
        lower = pixels(top + 1.0, left) * (1.0 - right) + pixels(top + 1.0, left + 1.0) * right
        found = upper * (1.0 - down) + lower * down
    return tg.where(inside[..., None], found, tg.constant(extrapolation_value, tg.float32))


def _places(first: Tensor, last: Tensor, size: Tensor, count: Tensor) -> Tensor:
    """Where, in pixels, the samples of each box lie along one axis: (boxes, count)."""
    reach = tg.cast(size - 1, tg.float32)
    steps = tg.cast(tg.range(count), tg.float32)[None, :]
    gaps = tg.cast(count - 1, tg.float32)
    step = (last - first)[:, None] * reach / tg.maximum(gaps, 1.0)
    return tg.where(gaps > 0.0, first[:, None] * reach + steps * step, 0.5 * (first + last)[:, None] * reach)


@public("image.non_max_suppression")
def non_max_suppression(
    boxes: TensorLike,
    scores: TensorLike,
    max_output_size: Any,
    iou_threshold: float = 0.5,
    score_threshold: float = float("-inf"),
    name: str | None = None,
) -> Tensor:
    """Chooses boxes by score, without those that overlap a chosen one too much.

    Args:
        boxes: A float32 tensor (boxes, 4): two opposite corners, y before x.
        scores: A float32 tensor (boxes,).
        max_output_size: How many boxes at most.
        iou_threshold: The intersection over union above which a box is left out, in [0, 1].
        score_threshold: Boxes whose score is not greater are left out.
        name: Ignored.

    Returns:
        The indices of the boxes chosen, best first: int32.

    >>> import tensegra as tg
    >>> boxes = [[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1], [0.0, 2.0, 1.0, 3.0]]
    >>> tg.image.non_max_suppression(boxes, [0.6, 0.9, 0.8], 3).numpy().tolist()
    [1, 2]
    """
    return non_max_suppression_with_scores(boxes, scores, max_output_size, iou_threshold, score_threshold)[0]


@public("image.non_max_suppression_with_scores")
def non_max_suppression_with_scores(
    boxes: TensorLike,
    scores: TensorLike,
    max_output_size: Any,
    iou_threshold: float = 0.5,
    score_threshold: float = float("-inf"),
    soft_nms_sigma: float = 0.0,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """As `non_max_suppression`, with the scores of the boxes chosen.

    Args:
        boxes: As for `non_max_suppression`.
        scores: As for `non_max_suppression`.
        max_output_size: As for `non_max_suppression`.
        iou_threshold: As for `non_max_suppression`.
        score_threshold: As for `non_max_suppression`.
        soft_nms_sigma: If positive, overlaps lower scores instead of ruling boxes out (N. Bodla et al., "Soft-NMS",
            2017).
        name: Ignored.

    Returns:
        The indices of the boxes chosen, int32, and their scores, float32.

    >>> import tensegra as tg
    >>> boxes = [[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]]
    >>> tg.image.non_max_suppression_with_scores(boxes, [0.5, 1.0], 2, 1.0, 0.0, 0.5)[1].numpy().round(4).tolist()
    [1.0, 0.1839]
    """
    attributes = {
        "iou_threshold": float(iou_threshold),
        "score_threshold": float(score_threshold),
        "soft_nms_sigma": float(soft_nms_sigma),
    }
    found = _native.execute("non_max_suppression", (boxes, scores, max_output_size), attributes)
    return found[0], found[1]  # type: ignore[index]


@public("image.non_max_suppression_padded")
def non_max_suppression_padded(
    boxes: TensorLike,
    scores: TensorLike,
    max_output_size: int,
    iou_threshold: float = 0.5,
    score_threshold: float = float("-inf"),
    pad_to_max_output_size: bool = False,
    name: str | None = None,
    sorted_input: bool = False,
    canonicalized_coordinates: bool = False,
    tile_size: int = 512,
) -> tuple[Tensor, Tensor]:
    """As `non_max_suppression`, with a result of known size.

    Args:
        boxes: A float32 tensor (..., boxes, 4); what stands before are batches, of known sizes.
        scores: A float32 tensor (..., boxes).
        max_output_size: How many boxes at most.
        iou_threshold: As for `non_max_suppression`.
        score_threshold: As for `non_max_suppression`.
        pad_to_max_output_size: Whether zeros fill the indices up to that size; a batch is always filled up.
        name: Ignored.
        sorted_input: Without effect.
        canonicalized_coordinates: Without effect.
        tile_size: Without effect.

    Returns:
        The indices (..., max_output_size), int32, and how many of them are valid (...), int32.

    >>> import tensegra as tg
    >>> boxes = [[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1], [0.0, 2.0, 1.0, 3.0]]
    >>> found, valid = tg.image.non_max_suppression_padded(boxes, [0.6, 0.9, 0.8], 4, pad_to_max_output_size=True)
    >>> found.numpy().tolist(), valid.numpy().item()
    ([1, 2, 0, 0], 2)
    """
    corners, values = convert_to_tensor(boxes), convert_to_tensor(scores)
    if (corners.shape.rank or 2) > 2:
        rows = [
            non_max_suppression_padded(box, score, max_output_size, iou_threshold, score_threshold, True)
            for box, score in zip(tg.unstack(corners), tg.unstack(values), strict=True)
        ]
        return tg.stack([row[0] for row in rows]), tg.stack([row[1] for row in rows])
    chosen = non_max_suppression(corners, values, max_output_size, iou_threshold, score_threshold)
    count = tg.size(chosen)
    if pad_to_max_output_size:
        chosen = tg.concat([chosen, tg.zeros(tg.stack([max_output_size - count]), tg.int32)], 0)
        chosen = tg.reshape(chosen, [max_output_size])
    return chosen, count


class CombinedNonMaxSuppression(NamedTuple):
    """What `combined_non_max_suppression` returns."""

    nmsed_boxes: Tensor
    nmsed_scores: Tensor
    nmsed_classes: Tensor
    valid_detections: Tensor


@public("image.combined_non_max_suppression")
def combined_non_max_suppression(
    boxes: TensorLike,
    scores: TensorLike,
    max_output_size_per_class: int,
    max_total_size: int,
    iou_threshold: float = 0.5,
    score_threshold: float = float("-inf"),
    pad_per_class: bool = False,
    clip_boxes: bool = True,
    name: str | None = None,
) -> CombinedNonMaxSuppression:
    """`non_max_suppression` for each image and class, and the best of all classes of an image.

    Args:
        boxes: A float32 tensor (batch, boxes, q, 4), where q is 1 or the number of classes; sizes known.
        scores: A float32 tensor (batch, boxes, classes).
        max_output_size_per_class: How many boxes of a class at most.
        max_total_size: How many boxes of an image at most.
        iou_threshold: As for `non_max_suppression`.
        score_threshold: As for `non_max_suppression`.
        pad_per_class: Whether the result has min(max_total_size, max_output_size_per_class * classes) rows.
        clip_boxes: Whether coordinates are clipped to [0, 1].
        name: Ignored.

    Returns:
        A named tuple, filled up with zeros: `nmsed_boxes` (batch, rows, 4), `nmsed_scores` (batch, rows),
        `nmsed_classes` (batch, rows), all float32, and `valid_detections` (batch,), int32.

    >>> import tensegra as tg
    >>> boxes = [[[[0.0, 0.0, 0.5, 0.5]], [[0.5, 0.5, 1.0, 1.0]]]]
    >>> found = tg.image.combined_non_max_suppression(boxes, [[[0.1, 0.7], [0.9, 0.2]]], 1, 2)
    >>> found.nmsed_classes.numpy().tolist(), found.nmsed_scores.numpy().round(1).tolist()
    ([[0.0, 1.0]], [[0.9, 0.7]])
    """
    corners, values = convert_to_tensor(boxes, dtype=tg.float32), convert_to_tensor(scores, dtype=tg.float32)
    if corners.shape.rank != 4 or values.shape.rank != 3 or values.shape.as_list()[2] is None:
        raise InvalidArgumentError(
            "[image.combined_non_max_suppression] boxes must have the shape (batch, boxes, q, 4) and scores "
            f"(batch, boxes, classes). Received: {corners.shape} and {values.shape}.",
            code="TG-0105",
        )
    classes: Any = values.shape.as_list()[2]
    shared = corners.shape.as_list()[2] == 1
    rows = min(max_total_size, max_output_size_per_class * classes) if pad_per_class else max_total_size
    images = []
    for box, score in zip(tg.unstack(corners), tg.unstack(values), strict=True):
        parts = []
        for kind in range(classes):
            mine, marks = box[:, 0 if shared else kind], score[:, kind]
            chosen = non_max_suppression(
                mine, marks, max_output_size_per_class, iou_threshold, score_threshold
            )
            label = tg.fill(tg.shape(chosen), tg.constant(float(kind)))
            parts.append((tg.gather(mine, chosen), tg.gather(marks, chosen), label))
        images.append(
            _best([tg.concat(list(each), 0) for each in zip(*parts, strict=True)], rows, clip_boxes)
        )
    return CombinedNonMaxSuppression(*(tg.stack(list(each)) for each in zip(*images, strict=True)))


def _best(found: list[Tensor], rows: int, clip_boxes: bool) -> tuple[Tensor, ...]:
    """The best rows of an image, filled up with zeros: boxes, scores, classes, and how many there are."""
    boxes, scores, labels = found
    count = tg.minimum(tg.size(scores), rows)
    lacking = tg.maximum(rows - tg.size(scores), 0)
    padded = tg.concat([scores, tg.fill(tg.stack([lacking]), tg.constant(float("-inf")))], 0)
    order = tg.math.top_k(padded, rows)[1][:count]
    if clip_boxes:
        boxes = tg.clip_by_value(boxes, 0.0, 1.0)

    def filled(values: Tensor, tail: list[int]) -> Tensor:
        taken = tg.gather(values, order)
        zeros = tg.zeros(tg.concat([tg.stack([rows - count]), tail], 0) if tail else tg.stack([rows - count]))
        return tg.reshape(tg.concat([taken, zeros], 0), [rows, *tail])

    return filled(boxes, [4]), filled(scores, []), filled(labels, []), count


@public("image.draw_bounding_boxes")
def draw_bounding_boxes(
    images: TensorLike, boxes: TensorLike, colors: Any, name: str | None = None
) -> Tensor:
    """Draws the borders of boxes, one pixel wide; later boxes cover earlier ones.

    Args:
        images: A floating-point tensor (batch, height, width, channels).
        boxes: A float32 tensor (batch, boxes, 4): y1, x1, y2, x2 relative to the image. Those
            whose second corner is not below and right of the first are left out.
        colors: A tensor (colours, channels or more) that the boxes take in turn; red, green, blue and so on where None.
        name: Ignored.

    Returns:
        A tensor of the shape and dtype of `images`.

    >>> import tensegra as tg
    >>> drawn = tg.image.draw_bounding_boxes(tg.zeros((1, 3, 3, 1)), [[[0.0, 0.0, 1.0, 1.0]]], [[1.0]])
    >>> drawn.numpy()[0, ..., 0].tolist()
    [[1.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]]
    """
    tensor = as_images(images, "draw_bounding_boxes", (4,))
    sizes = tg.shape(tensor)
    corners = tg.cast(boxes, tg.float32)
    reach = tg.cast(sizes[1:3] - 1, tg.float32)
    scale = tg.stack([reach[0], reach[1], reach[0], reach[1]])
    top, left, bottom, right = tg.unstack(tg.cast(corners * scale, tg.int32), num=4, axis=-1)
    row = tg.range(sizes[1])[None, None, :, None]
    column = tg.range(sizes[2])[None, None, None, :]
    top, left, bottom, right = (each[:, :, None, None] for each in (top, left, bottom, right))
    in_rows = tg.logical_and(row >= top, row <= bottom)
    in_columns = tg.logical_and(column >= left, column <= right)
    on_row = tg.logical_or(tg.equal(row, top), tg.equal(row, bottom))
    on_column = tg.logical_or(tg.equal(column, left), tg.equal(column, right))
    border = tg.logical_or(tg.logical_and(in_columns, on_row), tg.logical_and(in_rows, on_column))
    border = tg.logical_and(border, tg.logical_and(top <= bottom, left <= right))
    numbers = tg.range(1, tg.shape(corners)[1] + 1)[None, :, None, None]
    last = tg.reduce_max(tg.where(border, numbers, 0), axis=[1])
    table = tg.cast(_COLORS if colors is None else colors, tensor.dtype)[:, : tensor.shape.as_list()[-1]]
    which = tg.math.floormod(tg.maximum(last - 1, 0), tg.shape(table)[0])
    return tg.where(tg.expand_dims(last > 0, -1), tg.gather(table, which), tensor)


_COLORS = [
    [1.0, 1.0, 0.0, 1.0],
    [0.0, 0.0, 1.0, 1.0],
    [1.0, 0.0, 0.0, 1.0],
    [0.0, 1.0, 0.0, 1.0],
    [0.5, 0.0, 0.5, 1.0],
    [0.5, 0.5, 0.0, 1.0],
    [0.5, 0.0, 0.0, 1.0],
    [0.0, 0.0, 0.5, 1.0],
    [0.0, 1.0, 1.0, 1.0],
    [1.0, 0.0, 1.0, 1.0],
]
