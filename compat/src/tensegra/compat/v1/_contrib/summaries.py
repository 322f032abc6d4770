"""Summaries of `tf.contrib.layers`."""

from __future__ import annotations

import functools
import re
from typing import Any

from .._apply import apply
from .._core import tg
from .._graph import GraphKeys, get_default_graph
from .._summary.ops import histogram, scalar
from .._symbols import export


def _export(name: str) -> Any:
    return export(f"contrib.layers.{name} contrib.slim.{name}")


@_export("summarize_tensor")
def summarize_tensor(tensor: Any, tag: str | None = None) -> Any:
    """A summary of a tensor: its number, or a histogram of its numbers."""
    made = scalar if tensor.shape.ndims == 0 else histogram
    return made(tag or tensor.op.name, tensor)


@_export("summarize_activation")
def summarize_activation(op: Any) -> Any:
    """A histogram of activations; where they come from a ReLU, also how many are zero, or six."""
    name = op.op.name
    if op.op.type in ("Relu", "Softplus", "Relu6"):
        zeros = apply("zero_fraction", lambda x: tg.reduce_mean(tg.cast(tg.equal(x, 0), tg.float32)), op)
        scalar(f"{name}/zeros", zeros)
    if op.op.type == "Relu6":
        sixes = apply("sixes", lambda x: tg.reduce_mean(tg.cast(tg.equal(x, 6), tg.float32)), op)
        scalar(f"{name}/sixes", sixes)
    return histogram(f"{name}/activation", op)


@_export("summarize_tensors")
def summarize_tensors(tensors: Any, summarizer: Any = summarize_tensor) -> list[Any]:
    """A summary of each."""
    return [summarizer(each) for each in tensors]


@_export("summarize_collection")
def summarize_collection(
    collection: str, name_filter: str | None = None, summarizer: Any = summarize_tensor
) -> list[Any]:
    """A summary of each of a collection, or of those whose names match from the beginning."""
    found = get_default_graph().get_collection(collection)
    chosen = [each for each in found if name_filter is None or re.match(name_filter, each.op.name)]
    return summarize_tensors(chosen, summarizer)


@_export("summarize_activations")
def summarize_activations(
    name_filter: str | None = None, summarizer: Any = summarize_activation
) -> list[Any]:
    """The same of the collection of activations."""
    return summarize_collection(GraphKeys.ACTIVATIONS, name_filter, summarizer)


for _name, _collection in (
    ("variables", GraphKeys.GLOBAL_VARIABLES),
    ("weights", GraphKeys.WEIGHTS),
    ("biases", GraphKeys.BIASES),
):
    _export(f"summarize_{_name}")(functools.partial(summarize_collection, _collection))
