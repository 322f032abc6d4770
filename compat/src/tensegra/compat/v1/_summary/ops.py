"""Ops that make summaries."""

from __future__ import annotations

import re
import struct
import zlib
from typing import Any

import numpy as np

from ...checkpoint._wire import field
from .._apply import convert_to_tensor
from .._core import tg
from .._errors import invalid
from .._graph import GraphKeys, get_default_graph, name_scope
from .._symbols import export
from .messages import Histogram, Image, Summary, Value

_NOT_IN_TAGS = re.compile(r"[^-/\w.]", re.ASCII)


def _limits() -> np.ndarray:
    positive, value = [], 1e-12
    while value < 1e20:
        positive.append(value)
        value *= 1.1
    positive.append(np.finfo(np.float64).max)
    return np.array([*(-each for each in reversed(positive)), 0.0, *positive])


_LIMITS = _limits()


def _add(type: str, name: str, inputs: list[Any], collections: Any, family: Any, make: Any) -> Any:
    """An op that gives a serialized summary: `make(tag, *arrays)`."""
    # Characters that no name of an op has become "_", as in 1.x: names of variables have a ":".
    clean = _NOT_IN_TAGS.sub("_", str(name)).lstrip("/")
    graph = get_default_graph()
    if family is not None:
        with name_scope(f"{family}/{clean}") as scope:
            tag = f"{family}/{scope.rstrip('/')}"
    else:
        with name_scope(clean) as scope:
            tag = scope.rstrip("/")
    tensors = [convert_to_tensor(each) for each in inputs]

    def serialized(*arrays: Any) -> Any:
        return np.array(make(tag, *[np.asarray(each) for each in arrays]).SerializeToString(), dtype=object)

    def lower(emitter: Any, *values: Any) -> list[Any]:
        made = tg.numpy_function(serialized, list(values), tg.string)
        return [tg.ensure_shape(made, [])]

    op = graph.create(
        type, lower, tensors, scope, outputs=[(tg.string, [])], stateful=True, attributes={"tag": tag}
    )
    for key in [GraphKeys.SUMMARIES] if collections is None else collections:
        graph.add_to_collection(key, op.outputs[0])
    return op.outputs[0]


@export("summary.scalar")
def scalar(name: str, tensor: Any, collections: Any = None, family: Any = None) -> Any:
    """A number."""

    def make(tag: str, value: Any) -> Summary:
        if value.size != 1:
            raise invalid(
                "summary.scalar",
                "a scalar has one element",
                f"shape {value.shape} for {tag!r}",
                "Reduce it.",
                "TG-7288",
            )
        return Summary([Value(tag=tag, simple_value=float(value.reshape(-1)[0]))])

    return _add("ScalarSummary", name, [tensor], collections, family, make)


@export("scalar_summary")
def scalar_summary(tags: str, values: Any, collections: Any = None, name: Any = None) -> Any:
    """A number; the oldest programs call it so."""
    return scalar(tags, values, collections)


def histogram_of(values: Any) -> Histogram:
    """How many values lie in each of the ranges that event files have."""
    flat = np.asarray(values, np.float64).reshape(-1)
    made = Histogram(
        min=float(flat.min()) if flat.size else 0.0, max=float(flat.max()) if flat.size else 0.0, num=float(flat.size),
        sum=float(flat.sum()), sum_squares=float((flat * flat).sum()),
    )  # fmt: skip
    counts = np.bincount(np.searchsorted(_LIMITS, flat, side="right"), minlength=len(_LIMITS))
    # Runs of empty ranges are one.
    index = 0
    total = min(len(counts), len(_LIMITS))
    while index < total:
        end, count = _LIMITS[index], float(counts[index])
        index += 1
        if count <= 0.0:
            while index < total and counts[index] <= 0.0:
                end = _LIMITS[index]
                index += 1
        made.bucket_limit.append(float(end))
        made.bucket.append(count)
    if not made.bucket:
        made.bucket_limit, made.bucket = [float(np.finfo(np.float64).max)], [0.0]
    return made


@export("summary.histogram")
def histogram(name: str, values: Any, collections: Any = None, family: Any = None) -> Any:
    """How values are distributed."""
    return _add(
        "HistogramSummary",
        name,
        [values],
        collections,
        family,
        lambda tag, x: Summary([Value(tag=tag, histo=histogram_of(x))]),
    )


@export("histogram_summary")
def histogram_summary(tag: str, values: Any, collections: Any = None, name: Any = None) -> Any:
    """The same; the oldest programs call it so."""
    return histogram(tag, values, collections)


def png(pixels: np.ndarray) -> bytes:
    """Bytes [height, width, channels] as a PNG file."""
    height, width, channels = pixels.shape
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + pixels[row].tobytes() for row in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def _bytes_of(image: np.ndarray) -> np.ndarray:
    """Floats scaled as TensorFlow does: the largest at 255; with negative ones zero at 127."""
    if image.dtype == np.uint8:
        return image
    finite = np.where(np.isfinite(image), image, 0.0).astype(np.float64)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if low < 0:
        largest = max(abs(low), abs(high))
        scale, offset = (0.0 if largest < 1e-6 else 127.0 / largest), 128.0
    else:
        scale, offset = (0.0 if high < 1e-6 else 255.0 / high), 0.0
    return (finite * scale + offset).astype(np.uint8)


@export("summary.image")
def image(name: str, tensor: Any, max_outputs: int = 3, collections: Any = None, family: Any = None) -> Any:
    """Images [batch, height, width, channels]."""

    def make(tag: str, batch: Any) -> Summary:
        values = []
        for index in range(min(max_outputs, len(batch))):
            pixels = _bytes_of(batch[index])
            label = f"{tag}/image" if max_outputs == 1 else f"{tag}/image/{index}"
            values.append(
                Value(tag=label, image=Image(pixels.shape[0], pixels.shape[1], pixels.shape[2], png(pixels)))
            )
        return Summary(values)

    return _add("ImageSummary", name, [tensor], collections, family, make)


@export("summary.text")
def text(name: str, tensor: Any, collections: Any = None) -> Any:
    """Text."""

    def make(tag: str, value: Any) -> Summary:
        return Summary([Value(tag=tag, tensor=tensor_proto(value), metadata=field(1, field(1, b"text")))])

    return _add("TensorSummaryV2", name, [tensor], collections, None, make)


def tensor_proto(value: Any) -> bytes:
    """An array of numbers or strings as the message that event files have."""
    array = np.asarray(value)
    sizes = field(2, b"".join(field(2, field(1, size)) for size in array.shape))
    if array.dtype.kind in "OSU":
        items = [
            each if isinstance(each, bytes) else str(each).encode() for each in array.reshape(-1).tolist()
        ]
        return field(1, 7) + sizes + b"".join(field(8, each) for each in items)
    numbers = {"float32": 1, "float64": 2, "int32": 3, "uint8": 4, "int64": 9, "bool": 10}
    return field(1, numbers[array.dtype.name]) + sizes + field(4, array.tobytes())


@export("summary.tensor_summary")
def tensor_summary(
    name: str, tensor: Any, summary_description: Any = None, collections: Any = None, summary_metadata: Any = None,
    family: Any = None, display_name: Any = None,
) -> Any:  # fmt: skip
    """Any tensor."""
    return _add(
        "TensorSummaryV2",
        name,
        [tensor],
        collections,
        family,
        lambda tag, x: Summary([Value(tag=tag, tensor=tensor_proto(x))]),
    )


@export("summary.audio")
def audio(
    name: str,
    tensor: Any,
    sample_rate: Any,
    max_outputs: int = 3,
    collections: Any = None,
    family: Any = None,
) -> Any:
    """Sounds [batch, frames, channels] of [-1, 1]."""

    def make(tag: str, batch: Any, rate: Any) -> Summary:
        values = []
        for index in range(min(max_outputs, len(batch))):
            frames = batch[index].reshape(len(batch[index]), -1)
            samples = (np.clip(frames, -1.0, 1.0) * 32767).astype("<i2")
            channels, speed = samples.shape[1], int(rate)
            head = struct.pack(
                "<4sI4s4sIHHIIHH4sI",
                b"RIFF",
                36 + samples.nbytes,
                b"WAVE",
                b"fmt ",
                16,
                1,
                channels,
                speed,
                speed * channels * 2,
                channels * 2,
                16,
                b"data",
                samples.nbytes,
            )
            message = (
                bytes([13]) + struct.pack("<f", float(speed)) + field(2, channels) + field(3, len(samples))
                + field(4, head + samples.tobytes()) + field(5, b"audio/wav")
            )  # fmt: skip
            values.append(
                Value(tag=f"{tag}/audio" if max_outputs == 1 else f"{tag}/audio/{index}", audio=message)
            )
        return Summary(values)

    return _add("AudioSummaryV2", name, [tensor, sample_rate], collections, family, make)


@export("summary.merge merge_summary")
def merge(inputs: Any, collections: Any = None, name: str | None = None) -> Any:
    """Several summaries in one."""
    tensors = [convert_to_tensor(each) for each in inputs]

    def lower(*values: Any) -> list[Any]:
        # Messages of repeated fields are merged by writing them one after the other.
        return [tg.strings.join(list(values))]

    op = get_default_graph().create(
        "MergeSummary", lower, tensors, name or "Merge/MergeSummary", outputs=[(tg.string, [])]
    )
    for key in collections or ():
        get_default_graph().add_to_collection(key, op.outputs[0])
    return op.outputs[0]


@export("summary.merge_all merge_all_summaries")
def merge_all(key: str = GraphKeys.SUMMARIES, scope: str | None = None, name: str | None = None) -> Any:
    """All summaries of the graph in one, or None."""
    found = get_default_graph().get_collection(key, scope=scope)
    return merge(found, name=name) if found else None


@export("summary.get_summary_description")
def get_summary_description(node_def: Any) -> Any:
    """What a summary's node says about itself."""
    return node_def.attr.get("description")
