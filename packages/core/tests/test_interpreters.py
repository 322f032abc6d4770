from __future__ import annotations

import logging
import subprocess
import sys

import pytest

import tensegra as tg

_PROGRAM = """
import sys
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
if {first}:
    import tensegra as tg
    assert float(tg.reduce_sum(tg.ones([2]))) == 2.0
inner = '''
import sys
try:
    import tensegra
except ImportError as error:
    sys.stdout.write(str(error))
else:
    sys.stdout.write("imported")
sys.stdout.flush()
'''
interpreter = interpreters.create()
interpreters.run_string(interpreter, inner)
interpreters.destroy(interpreter)
import tensegra as tg
assert float(tg.reduce_sum(tg.ones([3]))) == 3.0
"""


@pytest.mark.parametrize("first", [False, True])
def test_a_sub_interpreter_is_refused(first: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(first=first)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("[import] tensegra works in the main interpreter")
    assert done.stdout.endswith("(TG-0764)")


def test_the_logger_is_that_of_the_package(caplog: pytest.LogCaptureFixture) -> None:
    logger = tg.get_logger()
    assert logger is logging.getLogger("tensegra")
    with caplog.at_level(logging.INFO, logger="tensegra"):
        logger.info("said")
    assert caplog.messages == ["said"]
