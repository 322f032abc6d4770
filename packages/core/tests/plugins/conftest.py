"""The plug-ins that the tests of this folder share: built once, loaded once into the process."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

import tensegra as tg

from .projects import build_project


@pytest.fixture(scope="session")
def example_ops(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return tg.load_op_library(build_project("op_library", tmp_path_factory.mktemp("ops")))


@pytest.fixture(scope="session")
def null_device(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = build_project("device", tmp_path_factory.mktemp("device"))
    tg.load_library(library)
    return library
