from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

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
