"""The registers of planted changes, and the lines that they change."""

from __future__ import annotations

from collections.abc import Callable

from ._planted import Repository

Plant = Callable[[Repository], None]
ILLEGAL: dict[str, tuple[str, Plant]] = {}
LEGAL: dict[str, Plant] = {}


def illegal(code: str) -> Callable[[Plant], Plant]:
    """Registers a change that is refused with this code."""

    def register(plant: Plant) -> Plant:
        ILLEGAL[plant.__name__] = (code, plant)
        return plant

    return register


def legal(plant: Plant) -> Plant:
    """Registers a change that passes."""
    LEGAL[plant.__name__] = plant
    return plant


ADD = "def tensegra.math.add(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor\n"
OLD = "def tensegra.math.old_mean(x: TensorLike) -> Tensor\n"
YOUNG = "def tensegra.math.young_mean(x: TensorLike) -> Tensor\n"
MEAN = "def tensegra.math.mean(x: TensorLike, axis: int | None = None, *, keepdims: bool = False) -> Tensor\n"
ERFINV = "def tensegra.math.erfinv(x: TensorLike) -> Tensor\n"
RANK = "field tg_desc.rank offset=16 size=8 type=int64_t\n"


def new_name(repo: Repository, line: str) -> None:
    repo.golden("python.api", ADD, ADD + line)
