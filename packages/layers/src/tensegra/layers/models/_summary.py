"""The table that `Model.summary` prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .._base._layer import Layer
from .._base._node import map_nest
from .._errors import not_ready

if TYPE_CHECKING:
    from ._model import Model


def print_summary(model: Model, line_length: int | None, print_fn: Callable[[str], Any] | None) -> None:
    """Prints the layers of a model; Keras's columns.

    Raises:
        tg.errors.FailedPreconditionError: The model has no layers yet (TG-1005).
    """
    layers = _listed(model)
    if not layers:
        raise not_ready(
            f"model {model.name!r}",
            "there must be layers to list.",
            "an empty model",
            "Add layers or call the model first.",
            "TG-1005",
        )
    branched = model._graph is not None and not _is_row(model)
    table = Table(box=box.SQUARE, show_lines=False, width=line_length)
    table.add_column("Layer (type)", overflow="fold")
    table.add_column("Output Shape", overflow="fold")
    table.add_column("Param #", justify="right")
    if branched:
        table.add_column("Connected to", overflow="fold")
    for layer in layers:
        row = [f"{layer.name} ({type(layer).__name__})", _output_shape(layer), _count(layer)]
        table.add_row(*map(escape, row + [_sources(layer)] * branched))
    if print_fn is None:
        console = Console(width=line_length)
        _print(console, model, table)
        return
    console = Console(width=line_length or 80, color_system=None)
    with console.capture() as capture:
        _print(console, model, table)
    print_fn(capture.get())


def _print(console: Console, model: Model, table: Table) -> None:
    console.print(f'Model: "{escape(model.name)}"', highlight=False)
    console.print(table)
    for name, variables in (
        ("Total", model.weights),
        ("Trainable", model.trainable_weights),
        ("Non-trainable", model.non_trainable_weights),
    ):
        numbers = sum(_numbers(variable) for variable in variables)
        size = sum(_numbers(variable) * variable.dtype.size for variable in variables)
        console.print(f" {name} params: {numbers:,} ({_bytes(size)})", highlight=False)


def _listed(model: Model) -> list[Layer]:
    return model._graph_layers if model._graph_layers and not hasattr(model, "_row") else model.layers


def _is_row(model: Model) -> bool:
    graph = model._graph
    assert graph is not None
    return (
        len(graph.inputs) == 1
        and all(len(node.inputs) == 1 for node in graph.nodes)
        and len(graph.outputs) == 1
    )


def _output_shape(layer: Layer) -> str:
    if not layer._nodes:
        return "?"
    return str(map_nest(lambda tensor: tensor.shape, layer._nodes[0].outputs))


def _count(layer: Layer) -> str:
    return f"{layer.count_params():,}" if layer.built or layer.weights else "0 (unbuilt)"


def _sources(layer: Layer) -> str:
    if not layer._nodes or not layer._nodes[0].inputs:
        return "-"
    tensors = layer._nodes[0].inputs
    return ", ".join(f"{t._node.layer.name}[{t._index}]" if t._node else t.name for t in tensors)


def _numbers(variable: Any) -> int:
    count = 1
    for size in variable.shape:
        count *= size
    return count


def _bytes(size: float) -> str:
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} GB"
