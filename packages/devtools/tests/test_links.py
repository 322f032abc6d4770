from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from tensegra_devtools import _sanitize
from tensegra_devtools._links import make_links


def test_all_packages_are_seen_as_one(tree: Any) -> None:
    tree.write("packages/core/src/tensegra/_value.py", "VALUE = 3\n")
    tree.write("packages/data/src/tensegra/data/__init__.py", "from tensegra._value import VALUE as VALUE\n")
    dev = make_links(tree.root)
    program = "import tensegra.data; print(tensegra.data.VALUE)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={"PYTHONPATH": str(dev)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "3\n"


def test_stale_links_go_and_right_ones_stay(tree: Any) -> None:
    gone = tree.write("packages/core/src/tensegra/_gone.py", "")
    dev = make_links(tree.root)
    kept = (dev / "tensegra" / "data").lstat().st_ino
    gone.unlink()
    make_links(tree.root)
    assert not (dev / "tensegra" / "_gone.py").is_symlink()
    assert (dev / "tensegra" / "data").lstat().st_ino == kept


def test_libraries_of_a_build_are_linked_and_remembered(tree: Any, tmp_path: Path) -> None:
    build = tmp_path / "somewhere"
    build.mkdir()
    (build / "libtensegra.so.0").write_text("library")
    dev = make_links(tree.root, build)
    make_links(tree.root)
    assert (dev / "tensegra" / "libtensegra.so.0").read_text() == "library"


def test_another_place_leaves_the_first_as_it_is(tree: Any, tmp_path: Path) -> None:
    tree.write("packages/core/src/tensegra/__init__.py", "")
    build = tmp_path / "build"
    build.mkdir()
    (build / "libtensegra.so.0").touch()
    dev = make_links(tree.root, build, tmp_path / "dev")
    assert dev == tmp_path / "dev"
    assert (dev / "tensegra" / "__init__.py").is_symlink()
    assert (dev / "tensegra" / "libtensegra.so.0").resolve() == build / "libtensegra.so.0"
    assert not (tree.root / ".dev").exists()


def test_sanitizers_come_before_python(tmp_path: Path) -> None:
    env = _sanitize.variables(tmp_path, tmp_path / "dev")
    first, second = env["LD_PRELOAD"].split(":")
    assert "libasan" in first
    assert "libstdc++" in second
    assert Path(first).is_file()
    assert env["PYTHONPATH"].split(":")[0] == str(tmp_path / "dev")
