"""What `tensegra run` does: a signature of a model, on arrays from files."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tensegra._dtypes import bfloat16, string
from tensegra._errors import InvalidArgumentError
from tensegra._tensor import convert_to_tensor

from ._load import load


def run(directory: str, inputs: Sequence[str], signature: str | None, outputs: str | None) -> Iterator[str]:
    """Runs a signature; yields a line for each output, and writes them where a directory is given.

    Args:
        directory: The model.
        inputs: ``NAME=FILE.npy`` for each input.
        signature: The signature; by default ``serving_default``, or the only one.
        outputs: Where ``NAME.npy`` is written for each output.

    Raises:
        tg.errors.InvalidArgumentError: The inputs are not those of the signature (TG-0453).
        tg.errors.Error: The model cannot be read, or has no such signature (TG-0406).
    """
    model = load(directory)
    signatures = getattr(model, "signatures", {})
    name = signature or ("serving_default" if len(signatures) != 1 else next(iter(signatures)))
    function = signatures[name]
    specs = {spec.name: spec for spec in function._specs}
    given: dict[str, Any] = {}
    for text in inputs:
        key, equals, path = text.partition("=")
        if not equals or not key or not path:
            raise _wrong(f"an input is NAME=FILE.npy. Received: {text!r}", name, specs)
        if key in given:
            raise _wrong(f"an input is given once. Received: {key!r} twice", name, specs)
        if key not in specs:
            near = difflib.get_close_matches(key, specs, 1)
            meant = f", did you mean {near[0]!r}?" if near else ""
            raise _wrong(f"an input must be one of the signature. Received: {key!r}{meant}", name, specs)
        given[key] = _read(path, key, specs[key], name, specs)
    missing = [key for key in specs if key not in given]
    if missing:
        raise _wrong(f"each input must be given. Received: nothing for {', '.join(missing)}", name, specs)
    results = function(**given)
    if outputs is not None:
        os.makedirs(outputs, exist_ok=True)
    for key, value in results.items():
        array = _array(value)
        yield f"{key}  {value.dtype.name}  {tuple(array.shape)}"
        yield np.array2string(array, threshold=20, edgeitems=3)
        if outputs is not None:
            path = os.path.join(outputs, f"{key.replace('/', '_')}.npy")
            np.save(path, array, allow_pickle=False)
            yield f"written: {path}"


def _read(path: str, key: str, spec: Any, name: str, specs: dict[str, Any]) -> Any:
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise _wrong(
            f"the file of {key!r} must be a .npy file. Received: {path!r} ({error})", name, specs
        ) from None
    if not isinstance(array, np.ndarray):
        raise _wrong(f"the file of {key!r} must hold one array. Received: {path!r}", name, specs)
    if spec.dtype == string:
        if array.dtype.kind == "U":
            array = np.char.encode(array, "utf-8")
        if array.dtype.kind != "S":
            raise _wrong(f"{key!r} must hold texts. Received: dtype {array.dtype}", name, specs)
        array = array.astype(object)
    elif array.dtype.kind in "OUSV" or (array.dtype.kind in "fc" and spec.dtype.is_integer):
        raise _wrong(f"{key!r} must hold {spec.dtype.name}. Received: dtype {array.dtype}", name, specs)
    if not spec.shape.is_compatible_with(list(array.shape)):
        raise _wrong(f"{key!r} must have shape {spec.shape}. Received: {tuple(array.shape)}", name, specs)
    return convert_to_tensor(array, spec.dtype)


def _array(value: Any) -> np.ndarray:
    if value.dtype == string:
        return np.asarray(value.numpy()).astype("S") if value.shape.rank else np.asarray(value.numpy(), "S")
    if value.dtype == bfloat16:
        from tensegra._ops.elementwise import cast

        return np.asarray(cast(value, "float32").numpy())
    return np.asarray(value.numpy())


def _wrong(what: str, name: str, specs: dict[str, Any]) -> InvalidArgumentError:
    known = ", ".join(f"{key} ({spec.dtype.name} {spec.shape})" for key, spec in specs.items()) or "none"
    return InvalidArgumentError(
        f"[run] {what}. The inputs of signature {name!r} are: {known}.", code="TG-0453"
    )
