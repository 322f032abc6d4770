"""What of contrib most programs use: initializers, regularizers, hyperparameters."""

from __future__ import annotations

import json
import re
from typing import Any

from .._apply import apply, convert_to_tensor
from .._core import tg
from .._errors import invalid
from .._graph import GraphKeys, get_default_graph, name_scope
from .._initializers import VarianceScaling
from .._operators import binary
from .._symbols import export


def _layers(names: str) -> Any:
    return export(" ".join(f"contrib.layers.{name} contrib.slim.{name}" for name in names.split()))


@_layers("xavier_initializer xavier_initializer_conv2d")
def xavier_initializer(
    uniform: bool = True, seed: int | None = None, dtype: Any = tg.float32
) -> VarianceScaling:
    """Random numbers whose spread follows from the shape (X. Glorot and Y. Bengio, 2010)."""
    return VarianceScaling(1.0, "fan_avg", "uniform" if uniform else "truncated_normal", seed, dtype)


@_layers("variance_scaling_initializer")
def variance_scaling_initializer(
    factor: float = 2.0,
    mode: str = "FAN_IN",
    uniform: bool = False,
    seed: int | None = None,
    dtype: Any = tg.float32,
) -> VarianceScaling:
    """Random numbers whose spread follows from the shape (K. He et al., 2015)."""
    return VarianceScaling(factor, mode.lower(), "uniform" if uniform else "truncated_normal", seed, dtype)


@_layers("l2_regularizer")
@export("keras.regularizers.l2")
def l2_regularizer(scale: float, scope: str | None = None) -> Any:
    """scale * sum(x ** 2) / 2."""
    if scale == 0.0:
        return lambda _: None

    def l2(weights: Any) -> Any:
        with name_scope(scope, "l2_regularizer") as name:
            loss = apply("L2Loss", tg.nn.l2_loss, convert_to_tensor(weights))
            return binary("Mul", tg.multiply, convert_to_tensor(scale, loss.dtype), loss, name)

    return l2


@_layers("l1_regularizer")
@export("keras.regularizers.l1")
def l1_regularizer(scale: float, scope: str | None = None) -> Any:
    """scale * sum(abs(x))."""
    if scale == 0.0:
        return lambda _: None

    def l1(weights: Any) -> Any:
        with name_scope(scope, "l1_regularizer") as name:
            total = apply("Sum", lambda x: tg.reduce_sum(tg.abs(x)), convert_to_tensor(weights))
            return binary("Mul", tg.multiply, convert_to_tensor(scale, total.dtype), total, name)

    return l1


@_layers("l1_l2_regularizer")
def l1_l2_regularizer(scale_l1: float = 1.0, scale_l2: float = 1.0, scope: str | None = None) -> Any:
    """Both together."""
    return sum_regularizer([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope)


@_layers("sum_regularizer")
def sum_regularizer(regularizer_list: Any, scope: str | None = None) -> Any:
    """Several together."""
    chosen = [each for each in regularizer_list if each is not None]
    if not chosen:
        return None

    def total(weights: Any) -> Any:
        parts = [part for part in (each(weights) for each in chosen) if part is not None]
        return apply("AddN", lambda *given: tg.add_n(list(given)), *parts) if parts else None

    return total


@_layers("apply_regularization")
def apply_regularization(regularizer: Any, weights_list: Any = None) -> Any:
    """The sum of a regularizer over weights."""
    weights = weights_list if weights_list else get_default_graph().get_collection(GraphKeys.WEIGHTS)
    parts = [part for part in (regularizer(each) for each in weights) if part is not None]
    if not parts:
        return convert_to_tensor(0.0)
    total = apply("AddN", lambda *given: tg.add_n(list(given)), *parts)
    get_default_graph().add_to_collection(GraphKeys.REGULARIZATION_LOSSES, total)
    return total


@export("contrib.training.HParams")
class HParams:
    """Named values with types."""

    def __init__(self, hparam_def: Any = None, model_structure: Any = None, **kwargs: Any) -> None:
        self._names: dict[str, type] = {}
        for name, value in kwargs.items():
            self.add_hparam(name, value)

    def add_hparam(self, name: str, value: Any) -> None:
        """Adds one."""
        if getattr(self, name, None) is not None:
            raise invalid(
                "contrib.training.HParams", "a name is used once", repr(name), "See set_hparam.", "TG-7276"
            )
        self._names[name] = type(value[0]) if isinstance(value, (list, tuple)) and value else type(value)
        setattr(self, name, value)

    def set_hparam(self, name: str, value: Any) -> None:
        """Changes one."""
        kind = self._names.get(name)
        if kind is None:
            raise invalid(
                "contrib.training.HParams", "the name must be there", repr(name), "See add_hparam.", "TG-7276"
            )
        if isinstance(value, list):
            value = [_converted(kind, each) for each in value]
        elif not isinstance(getattr(self, name), list) and value is not None and kind is not type(None):
            value = _converted(kind, value)
        setattr(self, name, value)

    def del_hparam(self, name: str) -> None:
        """Removes one."""
        if name in self._names:
            del self._names[name]
            delattr(self, name)

    def get(self, key: str, default: Any = None) -> Any:
        """One of them, or the default."""
        return getattr(self, key) if key in self._names else default

    def parse(self, values: str) -> HParams:
        """Changes some from `"a=1,b=[2,3]"`."""
        pattern = re.compile(r"\s*(\w+)(?:\[(\d+)\])?\s*=\s*(\[[^\]]*\]|[^,]*)\s*(?:,|$)")
        place = 0
        while place < len(values):
            found = pattern.match(values, place)
            if found is None:
                raise invalid(
                    "contrib.training.HParams",
                    "values must be name=value,...",
                    values[place:],
                    "Correct it.",
                    "TG-7276",
                )
            name, index, text = found.groups()
            if text.startswith("["):
                self.set_hparam(name, [each.strip() for each in text[1:-1].split(",") if each.strip()])
            elif index is not None:
                changed = list(getattr(self, name))
                changed[int(index)] = _converted(self._names[name], text)
                setattr(self, name, changed)
            else:
                self.set_hparam(name, text)
            place = found.end()
        return self

    def override_from_dict(self, values_dict: dict[str, Any]) -> HParams:
        """Changes some."""
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    set_from_map = override_from_dict

    def parse_json(self, values_json: str) -> HParams:
        """Changes some from JSON."""
        return self.override_from_dict(json.loads(values_json))

    def values(self) -> dict[str, Any]:
        """All of them."""
        return {name: getattr(self, name) for name in self._names}

    def to_json(self, indent: Any = None, separators: Any = None, sort_keys: bool = False) -> str:
        """As JSON."""
        return json.dumps(self.values(), indent=indent, separators=separators, sort_keys=sort_keys)

    def __contains__(self, key: str) -> bool:
        return key in self._names

    def __str__(self) -> str:
        return str(sorted(self.values().items()))

    def __repr__(self) -> str:
        return f"HParams({self})"


def _converted(kind: type, value: Any) -> Any:
    if kind is bool:
        if isinstance(value, str):
            return {"true": True, "1": True, "false": False, "0": False}[value.lower()]
        return bool(value)
    if kind is int and isinstance(value, str):
        return int(value)
    return kind(value)
