"""The models of a server: which directories, which versions, loaded once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tensegra as tg


@dataclass(frozen=True)
class ServedModel:
    """One loaded version of a model."""

    name: str
    version: int
    directory: str
    loaded: Any

    def signature(self, name: str) -> Any:
        """The concrete function of a signature.

        Raises:
            tg.errors.NotFoundError: There is no such signature (TG-5004).
        """
        signatures = self.loaded.signatures
        if name not in signatures:
            raise tg.errors.NotFoundError(
                f"[serving.predict] the signature must be one of {sorted(signatures)}. "
                f"Received: signature_name={name!r} for model '{self.name}'.",
                code="TG-5004",
            )
        return signatures[name]


def find_versions(directory: str) -> dict[int, str]:
    """Versions of a model below a directory: ``1/``, ``2/``, ...; a saved model itself counts as version 1.

    Raises:
        tg.errors.NotFoundError: Neither is there (TG-5001).
    """
    if tg.saved_model.contains(directory):
        return {1: directory}
    versions = {}
    if os.path.isdir(directory):
        for entry in os.scandir(directory):
            if entry.name.isdecimal() and tg.saved_model.contains(entry.path):
                versions[int(entry.name)] = entry.path
    if not versions:
        raise tg.errors.NotFoundError(
            "[serving] a model is a saved model, or a directory with numbered versions of one (1/, 2/, ...). "
            f"Received: {directory}, which {'holds neither' if os.path.isdir(directory) else 'does not exist'}.",
            code="TG-5001",
        )
    return versions


class ModelRegistry:
    """Names to loaded models; the highest version of each is served."""

    def __init__(self, models: Mapping[str, str | os.PathLike[str]]) -> None:
        if not models:
            raise tg.errors.InvalidArgumentError(
                "[serving] a server needs at least one model. Received: models={}. Give name=directory.",
                code="TG-5002",
            )
        self._models: dict[str, ServedModel] = {}
        for name, directory in models.items():
            if not name or not all(c.isalnum() or c in "_-." for c in name):
                raise tg.errors.InvalidArgumentError(
                    "[serving] the name of a model must be made of letters, digits, '_', '-' and '.'. "
                    f"Received: name={name!r}.",
                    code="TG-5002",
                )
            versions = find_versions(os.fspath(directory))
            version = max(versions)
            path = versions[version]
            self._models[name] = ServedModel(name, version, path, tg.saved_model.load(path))

    def __iter__(self) -> Any:
        return iter(self._models.values())

    def get(self, name: str, version: int | None = None) -> ServedModel:
        """The model of that name and version (the one that is served where None).

        Raises:
            tg.errors.NotFoundError: It is not served (TG-5005).
        """
        model = self._models.get(name)
        if model is None or version not in (None, model.version):
            asked = name if version is None else f"{name}, version {version}"
            served = ", ".join(f"{m.name} (version {m.version})" for m in self)
            raise tg.errors.NotFoundError(
                f"[serving] the model must be one that is served: {served}. Received: {asked}.",
                code="TG-5005",
            )
        return model
