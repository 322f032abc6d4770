"""The command as a person meets it: what it prints, what it writes, how it ends."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tensegra.compat.upgrade._cli import main, register

GOOD = "import tensorflow as tf\na = tf.constant(2)\nwith tf.Session() as sess:\n    print(sess.run(a))  # Größe\n"
BAD = "import tensorflow as tf\nprint(tf.nn.ctc_loss(1))\n"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A program that can be upgraded."""
    path = tmp_path / "good.py"
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A program that cannot."""
    path = tmp_path / "bad.py"
    path.write_text(BAD)
    return path


def test_a_dry_run_shows_the_difference(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(good)]) == 0
    shown = capsys.readouterr().out
    assert "-import tensorflow as tf\n+import tensegra as tf\n" in shown
    assert "+print(a.numpy())  # Größe" in shown
    assert "1 file: 1 upgraded; 0 issues" in shown and "Nothing was written" in shown
    assert "\x1b[" not in shown
    assert main([str(good), "--dry-run", "--in-place"]) == 0
    assert good.read_text(encoding="utf-8") == GOOD


def test_results_and_reports_are_written(
    good: Path, bad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, report, account = tmp_path / "out", tmp_path / "r.md", tmp_path / "r.json"
    code = main(
        [
            str(good),
            str(bad),
            "--mode",
            "native",
            "--out",
            str(out),
            "--report",
            str(report),
            "--json",
            str(account),
        ]
    )
    assert code == 1
    assert (out / "good.py").read_text(encoding="utf-8").startswith("import tensegra as tf\n")
    assert (out / "bad.py").read_text() == BAD
    shown = capsys.readouterr().out
    assert f"{bad}:2: tf.nn.ctc_loss: the upgrader has no counterpart" in shown and "(TG-7020)" in shown
    assert "2 files: 1 upgraded, 1 refused; 1 issue" in shown

    text = report.read_text(encoding="utf-8")
    assert text.startswith(
        "# Upgrade report\n\n2 files: 1 upgraded, 1 refused; 1 issue.\n\n| file | what was done"
    )
    assert f"| `{bad}` | left unchanged; the reasons are below | low | 1 |" in text
    assert text.index("## To do, in order") < text.index(f"## {good}")
    assert f"1. `{bad}:2` `tf.nn.ctc_loss`: " in text
    assert "| 3 | `with tf.Session() as sess:` | dropped | there are no sessions" in text
    data = json.loads(account.read_text(encoding="utf-8"))
    assert [f["status"] for f in data["files"]] == ["upgraded", "refused"] and data["issues"] == 1
    assert {
        "line": 1,
        "construct": "import tensorflow",
        "fate": "rewritten",
        "why": "Tensegra is known as tf",
    } in data["files"][0]["findings"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "PATH"),
        (["a.py", "--no-such-option"], "unrecognized arguments: --no-such-option"),
        (["a.py", "--mode", "2to3"], "--mode"),
        (["a.py", "--from", "3.x"], "--from"),
        (["a.py", "--jobs", "0"], "--jobs"),
        (["a.py", "--alias", "np"], "--alias"),
    ],
)
def test_wrong_usage_is_one_sentence_with_a_code(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    shown = capsys.readouterr().err
    assert caught.value.code == 2
    assert words in shown and shown.count("\n") == 1 and "(TG-7004)" in shown


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nowhere.py"], "TG-7001"),
        (["good.py", "--out", "."], "TG-7003"),
        (["good.py", "--out", "out", "--in-place"], "TG-7005"),
        (["good.py", "--out", "good.py"], "TG-7006"),
        (["good.py", "--report", "missing/report.md"], "TG-7006"),
    ],
)
def test_wrong_paths_end_with_2_and_a_code(
    good: Path,
    arguments: list[str],
    code: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(good.parent)
    assert main(arguments) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("tensegra-upgrade: [compat.upgrade] ") and shown.rstrip().endswith(f"({code})")
    assert good.read_text(encoding="utf-8") == GOOD


def test_an_interruption_ends_with_130(
    good: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tensegra.compat.upgrade import _upgrade_paths

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_upgrade_paths, "upgrade_programs", interrupt)
    assert main([str(good)]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_any_locale_will_do(good: Path, tmp_path: Path) -> None:
    plain = {
        **os.environ,
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONIOENCODING": "ascii",
    }
    words = "import sys; from tensegra.compat.upgrade._cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", words, str(good), "--out", str(tmp_path / "out"), "--report", str(tmp_path / "r.md")],
        env=plain, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert "# Größe" in (tmp_path / "out" / "good.py").read_bytes().decode("utf-8")


def test_colours_on_a_terminal_unless_told_otherwise(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    from rich.console import Console

    from tensegra.compat import upgrade_paths
    from tensegra.compat.upgrade._terminal import file_progress, show_difference, show_summary

    results = upgrade_paths([good])
    shown = {}
    for key, environment in {
        "plain": {"NO_COLOR": "1", "TERM": "xterm"},
        "coloured": {"TERM": "xterm"},
    }.items():
        console = Console(file=io.StringIO(), force_terminal=True, _environ=environment)
        show_difference(console, results[0])
        show_summary(console, results)
        with file_progress(console) as advance:
            advance(0, 2, "good.py")
        assert isinstance(console.file, io.StringIO)
        shown[key] = console.file.getvalue()
    assert "\x1b[32m+import tensegra as tf" in shown["coloured"]
    assert "\x1b[32m" not in shown["plain"] and "+import tensegra as tf" in shown["plain"]


def test_the_subcommand_of_tensegra(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    options = parser.parse_args(["upgrade", str(good)])
    assert options.func(options) == 0
    assert "1 file: 1 upgraded" in capsys.readouterr().out
