"""Files and folders: what is written where, and what is refused before anything is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tensegra.compat import upgrade_paths

GOOD = "import tensorflow as tf\na = tf.constant(2)\nwith tf.Session() as sess:\n    print(sess.run(a))\n"
BAD = "import tensorflow as tf\nprint(tf.nn.ctc_loss(1))\n"
PLAIN = "print('no TensorFlow')\n"
NEW = "import tensegra as tf\na = tf.constant(2)\nprint(a.numpy())\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder of sources of every kind."""
    folder = tmp_path / "project"
    (folder / "sub" / "__pycache__").mkdir(parents=True)
    (folder / "good.py").write_text(GOOD)
    (folder / "sub" / "bad.py").write_text(BAD)
    (folder / "sub" / "plain.py").write_text(PLAIN)
    (folder / "binary.py").write_bytes(b"\x00\x01")
    (folder / "latin.py").write_bytes("# coding: latin-1\n# Grüße\n".encode("latin-1") + GOOD.encode())
    (folder / "notes.ipynb").write_text(json.dumps({"pages": []}))
    (folder / "sub" / "__pycache__" / "skipped.py").write_text(GOOD)
    return folder


def test_a_folder_keeps_its_tree(project: Path, tmp_path: Path) -> None:
    seen: list[str] = []
    out = tmp_path / "out"
    results = upgrade_paths(
        [project], out=out, mode="native", progress=lambda i, n, name: seen.append(f"{i}/{n}")
    )
    statuses = {Path(r.filename).relative_to(project).as_posix(): r.status for r in results}
    assert statuses == {
        "binary.py": "unreadable",
        "good.py": "upgraded",
        "latin.py": "upgraded",
        "notes.ipynb": "unreadable",
        "sub/bad.py": "refused",
        "sub/plain.py": "unchanged",
    }
    assert (out / "good.py").read_text() == NEW
    assert (out / "latin.py").read_bytes() == "# coding: latin-1\n# Grüße\n".encode("latin-1") + NEW.encode()
    for name in ("binary.py", "notes.ipynb", "sub/bad.py", "sub/plain.py"):
        assert (out / name).read_bytes() == (project / name).read_bytes(), name
    assert (project / "good.py").read_text() == GOOD
    assert seen == [f"{i}/5" for i in range(6)]  # what cannot be read is not looked at
    codes = {Path(r.filename).name: [f.code for f in r.todo] for r in results}
    assert codes["binary.py"] == ["TG-7011"] and codes["notes.ipynb"] == ["TG-7015"]


def test_without_a_place_nothing_is_written(project: Path) -> None:
    before = sorted(p.as_posix() for p in project.rglob("*"))
    upgrade_paths([project])
    assert sorted(p.as_posix() for p in project.rglob("*")) == before
    assert (project / "good.py").read_text() == GOOD


def test_in_place_keeps_the_originals(project: Path) -> None:
    (project / "good.py.orig").write_text("older")
    upgrade_paths([project / "good.py", project / "sub"], in_place=True, mode="native")
    assert (project / "good.py").read_text() == NEW
    assert (project / "good.py.orig").read_text() == "older"
    assert (project / "good.py.orig.1").read_text() == GOOD
    assert (project / "sub" / "bad.py").read_text() == BAD
    assert not (project / "sub" / "bad.py.orig").exists()
    assert [r.status for r in upgrade_paths([project / "good.py"], in_place=True)] == ["unchanged"]


def test_a_program_is_not_upgraded_by_halves(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import helpers\n" + GOOD)
    (tmp_path / "helpers.py").write_text(BAD)
    (result,) = upgrade_paths([tmp_path / "main.py"], mode="native")
    assert result.status == "refused"
    assert [(f.construct, f.code) for f in result.todo] == [("import helpers", "TG-7021")]
    (result,) = upgrade_paths([tmp_path / "main.py"])
    assert result.status == "shimmed" and "import tensegra.compat.v1 as tf" in result.text
    assert [(f.construct, f.code) for f in result.todo if f.code == "TG-7021"] == [
        ("import helpers", "TG-7021")
    ]
    both = upgrade_paths([tmp_path])
    assert [r.status for r in both] == ["shimmed", "shimmed"]
    (tmp_path / "helpers.py").write_text(PLAIN)
    (result,) = upgrade_paths([tmp_path / "main.py"])
    assert result.status == "upgraded"


def test_text_that_no_longer_fits_its_encoding_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tensegra.compat.upgrade import _upgrade_paths
    from tensegra.compat.upgrade._result import UpgradeResult

    path = tmp_path / "a.py"
    path.write_bytes(b"# coding: ascii\nx = 1\n")
    monkeypatch.setattr(
        _upgrade_paths,
        "upgrade_programs",
        lambda texts, **_: {
            p: UpgradeResult("a.py", t, t + "# \u00e9", "upgraded") for p, t in texts.items()
        },
    )
    (result,) = upgrade_paths([path], in_place=True)
    assert result.status == "refused" and result.todo[0].code == "TG-7012"
    assert path.read_bytes() == b"# coding: ascii\nx = 1\n"


def test_paths_and_places_that_are_wrong(project: Path, tmp_path: Path) -> None:
    good = project / "good.py"
    with pytest.raises(LookupError, match=r"does not exist.*nowhere.*TG-7001"):
        upgrade_paths([tmp_path / "nowhere"])
    with pytest.raises(ValueError, match=r"written over.*TG-7003"):
        upgrade_paths([good], out=project)
    with pytest.raises(ValueError, match=r"written over.*TG-7003"):
        upgrade_paths([project], out=project / "sub" / "..")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "good.py").write_text(GOOD)
    with pytest.raises(ValueError, match=r"same file.*TG-7003"):
        upgrade_paths([good, tmp_path / "other" / "good.py"], out=tmp_path / "out")
    with pytest.raises(ValueError, match=r"exclude each other.*TG-7005"):
        upgrade_paths([good], out=tmp_path / "out", in_place=True)
    with pytest.raises(ValueError, match=r"must be a folder.*TG-7006"):
        upgrade_paths([good], out=project / "binary.py")
    assert good.read_text() == GOOD and not (tmp_path / "out").exists()


def test_what_the_system_refuses(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals are simulated, since a superuser is refused nothing."""
    from tensegra import errors
    from tensegra.compat.upgrade import _upgrade_paths

    def refuse(*_: object, **__: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refuse)
        (result,) = upgrade_paths([project / "good.py"])
        assert (result.status, result.todo[0].code) == ("unreadable", "TG-7002")
        assert "Permission denied" in result.todo[0].why
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", refuse)
        with pytest.raises(errors.PermissionDeniedError, match=r"cannot be written.*TG-7006"):
            upgrade_paths([project / "good.py"], out=tmp_path / "out")
    with monkeypatch.context() as patch:
        patch.setattr(_upgrade_paths.os, "access", lambda *_: False)
        with pytest.raises(errors.PermissionDeniedError, match=r"may not be read.*TG-7002"):
            upgrade_paths([project])
    with monkeypatch.context() as patch:
        patch.setattr(_upgrade_paths.shutil, "copy2", refuse)
        with pytest.raises(errors.PermissionDeniedError, match=r"cannot be written.*TG-7006"):
            upgrade_paths([project / "good.py"], in_place=True)
    assert (project / "good.py").read_text() == GOOD
