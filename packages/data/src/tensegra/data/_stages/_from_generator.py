"""Source: a Python generator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from .._arguments import function
from .._constants import UNKNOWN_CARDINALITY
from .._errors import function_name, invalid, surfaced
from .._stage import Stage
from .._structure import Nest, describe, flatten, pack, paths, same_structure
from .._tensors import dims, is_spec, is_tensor, to_array


class FromGenerator(Stage):
    """What ``generator()`` yields, checked against a signature; each pass calls it anew."""

    name: ClassVar[str] = "from_generator"

    def __init__(self, generator: Any, output_signature: Nest) -> None:
        self._generator = function(self.name, "generator", generator)
        if not flatten(output_signature) or not all(map(is_spec, flatten(output_signature))):
            raise invalid(
                self.name,
                "output_signature must be a tg.TensorSpec or a tuple or dict of them.",
                f"output_signature={output_signature!r}",
                "State what the generator yields: output_signature=tg.TensorSpec([28, 28], tg.uint8), for"
                " instance.",
                "TG-2015",
            )
        self._signature = output_signature

    def spec(self) -> Nest:
        return self._signature

    def cardinality(self) -> int:
        return UNKNOWN_CARDINALITY

    def records(self) -> Iterator[Nest]:
        try:
            values = iter(self._generator())
        except Exception as error:
            raise self._failed(error, 0) from error
        for number in range(2**63):
            try:
                value = next(values)
            except StopIteration:
                return
            except Exception as error:
                raise self._failed(error, number) from error
            yield self._checked(value, number)

    def _failed(self, error: Exception, number: int) -> Exception:
        return surfaced(
            self.name,
            f"the generator, asked for element {number},",
            error,
            f"generator={function_name(self._generator)}",
            "Mend the generator.",
            "TG-2016",
        )

    def _checked(self, value: Nest, number: int) -> Nest:
        if not same_structure(self._signature, value):
            raise invalid(
                self.name,
                f"the generator must yield the structure {describe(self._signature)} of its signature.",
                f"element {number} with the structure {describe(value)}",
                "Yield tuples and dicts as in output_signature.",
                "TG-2017",
            )
        checked = (
            self._leaf(leaf, spec, f"element{path}", number)
            for leaf, spec, path in zip(
                flatten(value), flatten(self._signature), paths(self._signature), strict=True
            )
        )
        return pack(self._signature, checked)

    def _leaf(self, value: Any, spec: Any, path: str, number: int) -> np.ndarray:
        array = to_array(value) if _is_typed(value) else _converted(value, spec)
        if array is None or not _same_dtype(array, spec):
            found = f"{path}={value!r}" if array is None else f"{path} of dtype {array.dtype}"
            raise invalid(
                self.name,
                f"the generator must yield the dtype {spec.dtype.name} of its signature.",
                f"{found} in element {number}",
                "Convert it in the generator, or state its dtype in output_signature.",
                "TG-2018",
            )
        expected = dims(spec)
        if expected is not None and not (
            array.ndim == len(expected)
            and all(m in (None, n) for m, n in zip(expected, array.shape, strict=True))
        ):
            raise invalid(
                self.name,
                f"the generator must yield the shape {tuple(expected)} of its signature.",
                f"{path} of shape {array.shape} in element {number}",
                "Reshape it in the generator, or write None for a dimension that varies.",
                "TG-2019",
            )
        return array


def _is_typed(value: Any) -> bool:
    """Whether `value` has a dtype of its own; Python numbers and lists take that of the signature."""
    return isinstance(value, (np.ndarray, np.generic)) or is_tensor(value)


def _same_dtype(array: np.ndarray, spec: Any) -> bool:
    if spec.dtype.name == "string":
        return array.dtype.kind in "SUO"
    return array.dtype == np.dtype(spec.dtype.as_numpy_dtype)


def _converted(value: Any, spec: Any) -> np.ndarray | None:
    """A Python value as the dtype of the signature; None if that would lose something or is no number."""
    try:
        natural = np.asarray(value)
        if spec.dtype.name == "string":
            return natural
        target = np.dtype(spec.dtype.as_numpy_dtype)
        if natural.size and _rank(natural.dtype) > _rank(target):
            return None
        return np.asarray(value, dtype=target)
    except (ValueError, TypeError, OverflowError):
        return None


def _rank(dtype: np.dtype) -> int:
    kind = "i" if dtype.kind == "u" else dtype.kind
    return "bifc".find(kind) if kind in "bifc" else len("bifc")
