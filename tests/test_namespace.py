"""One namespace, many wheels: every mix of them imports, and a missing one is named."""

from __future__ import annotations

import pytest

from .conftest import Isolate, needed

PARTS = ["layers", "data", "probability", "agents", "serving", "lite", "compat"]


@pytest.mark.parametrize("part", PARTS)
def test_without_its_wheel_a_part_names_it(isolate: Isolate, part: str) -> None:
    core = isolate("core", others=("numpy",))
    done = core.run(f"import tensegra as tg\ntg.{part}")
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(("ImportError:", "ModuleNotFoundError:"))
    assert f"pip install tensegra-{part}" in last


def test_an_unknown_name_is_an_attribute_error(isolate: Isolate) -> None:
    done = isolate("core", others=("numpy",)).run("import tensegra as tg\ntg.no_such_name")
    assert done.stderr.strip().splitlines()[-1].startswith("AttributeError:")
    assert "no_such_name" in done.stderr


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_an_attribute_of_tensegra(isolate: Isolate, part: str) -> None:
    program = (
        f"import tensegra as tg; part = tg.{part}; import tensegra.{part}; print(part is tensegra.{part})"
    )
    assert isolate(*needed(part)).output(program) == "True"


@pytest.mark.parametrize("part", PARTS)
def test_the_order_on_the_path_does_not_matter(isolate: Isolate, part: str) -> None:
    program = f"import tensegra.{part}; import tensegra as tg; print(tg.__version__)"
    assert isolate(*reversed(needed(part))).output(program).startswith("2.")


def test_lite_works_without_core_and_still_when_core_is_added(isolate: Isolate) -> None:
    program = "import tensegra, tensegra.lite; print(hasattr(tensegra, '__version__'))"
    assert isolate("lite", others=("numpy",)).output(program) == "False"
    assert isolate("lite", "core", others=("numpy",)).output(program) == "True"


def test_dir_lists_the_installed_parts(isolate: Isolate) -> None:
    program = "import tensegra as tg; print(' '.join(name for name in dir(tg) if not name.startswith('_')))"
    assert {"Tensor", "function", "math", "nn"} <= set(
        isolate("core", others=("numpy",)).output(program).split()
    )
