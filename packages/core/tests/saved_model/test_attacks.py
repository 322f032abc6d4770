"""Models made to do harm are refused with an error of the catalogue, in bounded time and memory."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tensegra as tg
from tensegra._saved_model._check import check

from .attacks import ATTACKS
from .attacks.files import HEADERS

SECONDS = 20.0  # on a busy machine; each takes a small part of one
MEGABYTES = 1500

_READER = """
import json, resource, sys, time
import tensegra as tg
from tensegra._saved_model._messages import message_class

message_class("SavedModel")
limit = %d << 20
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
with open("/proc/self/statm") as file:
    resource.setrlimit(resource.RLIMIT_AS, (int(file.read().split()[0]) * 4096 + limit,) * 2)
for line in sys.stdin:
    began, code, text = time.monotonic(), "", "no error"
    try:
        tg.saved_model.load(line.rstrip("\\n"))
    except tg.errors.Error as error:
        code, text = error.error_code, str(error)
    except BaseException as error:
        text = repr(error)
    print(json.dumps([code, text, time.monotonic() - began]), flush=True)
"""


def test_attacks_are_refused(saved: Path, tmp_path: Path) -> None:
    reader = subprocess.Popen(
        [sys.executable, "-c", _READER % MEGABYTES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert reader.stdin is not None
    assert reader.stdout is not None
    wrong = []
    codes: dict[str, int] = {}
    for number, (name, attack) in enumerate(ATTACKS.items()):
        directory = tmp_path / str(number) / "model"
        directory.parent.mkdir()
        shutil.copytree(saved, directory)
        attack(directory)
        reader.stdin.write(f"{directory}\n")
        reader.stdin.flush()
        line = reader.stdout.readline()
        if not line:
            wrong.append(f"{name}: the reader ended with {reader.wait()}")
            break
        code, text, seconds = json.loads(line)
        codes[code] = codes.get(code, 0) + 1
        if code not in ("TG-0401", "TG-0402", "TG-0404", "TG-0405") or seconds > SECONDS:
            wrong.append(f"{name}: {text[:300]} after {seconds:.1f} s")
        shutil.rmtree(directory.parent)
    reader.communicate()
    print(f"{len(ATTACKS)} attacks refused: {codes}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", HEADERS)
def test_headers_are_checked(name: str, saved: Path) -> None:
    HEADERS[name](saved)
    with pytest.raises(tg.errors.DataLossError, match=r"its header.*TG-0405"):
        list(check(str(saved)))


def test_objects_may_form_cycles(tmp_path: Path) -> None:
    """What looks like an attack and is none."""
    root = tg.Module()
    root.items = [root, {"root": root}]
    root.v = tg.Variable(1.0)
    tg.saved_model.save(root, tmp_path)
    loaded = tg.saved_model.load(tmp_path)
    assert loaded.items[0] is loaded
    assert loaded.items[1]["root"] is loaded
    assert [float(each) for each in loaded.variables] == [1.0]
