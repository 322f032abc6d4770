"""`tg.saved_model.SaveOptions` and `LoadOptions`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tensegra._errors import InvalidArgumentError

SHARD_BYTES = 2_000_000_000


@dataclass(frozen=True)
class SaveOptions:
    """How `tg.saved_model.save` writes.

    Attributes:
        metadata: Short texts that are kept with the model; `tg.saved_model.read_message` has them.
        shard_bytes: The greatest size of a weight file, unless one tensor is larger.
        quantization: Which float32 weights of two and more dimensions are stored in fewer bits: ``"int8"`` or
            ``"int4"`` for all of them, or a dict from patterns of their names (as in `fnmatch`) to one of these.
            They are rounded, with one scale for each slice of the last axis, and float32 again when they are loaded.
        save_debug_info: Whether nodes of functions know the lines of the program that they come from.

    >>> import tensegra as tg
    >>> tg.saved_model.SaveOptions(metadata={"license": "none"}, quantization="int8").quantization
    'int8'
    """

    metadata: Mapping[str, str] = field(default_factory=dict)
    shard_bytes: int = SHARD_BYTES
    quantization: str | Mapping[str, str] | None = None
    save_debug_info: bool = True

    def __post_init__(self) -> None:
        if self.shard_bytes < 1:
            raise _wrong("shard_bytes must be above 0", "shard_bytes", self.shard_bytes)
        for key, value in self.metadata.items():
            if not isinstance(key, str) or not isinstance(value, str):
                raise _wrong("metadata are texts by name", "metadata", dict(self.metadata))
        chosen = self.quantization
        if chosen is None:
            return
        kinds = [chosen] if isinstance(chosen, str) else list(chosen.values())
        if any(kind not in ("int8", "int4") for kind in kinds):
            raise _wrong("weights are stored as int8 or int4", "quantization", chosen)


@dataclass(frozen=True)
class LoadOptions:
    """How `tg.saved_model.load` reads.

    Attributes:
        verify: Whether the hash of each file is checked, which reads all of it.
        experimental_skip_checkpoint: Whether variables are left without values.

    >>> import tensegra as tg
    >>> tg.saved_model.LoadOptions(verify=True).verify
    True
    """

    verify: bool = False
    experimental_skip_checkpoint: bool = False


def _wrong(rule: str, name: str, value: object) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"[saved_model.SaveOptions] {rule}. Received: {name}={value!r}. See the documentation of SaveOptions.",
        code="TG-0452",
    )
