from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import tensegra as tg


@pytest.fixture(autouse=True)
def filtering() -> Iterator[None]:
    yield
    tg.debugging.enable_traceback_filtering()


def _modules(call: Callable[[], Any]) -> list[str]:
    with pytest.raises(tg.errors.InvalidArgumentError) as caught:
        call()
    return [str(frame.f_globals["__name__"]) for frame, _ in traceback.walk_tb(caught.value.__traceback__)]


@tg.function
def resized(x: Any) -> Any:
    for _ in tg.range(3):
        x = tg.image.resize(x, [1, 2, 3])
    return x


@tg.function
def outer(x: Any) -> Any:
    return resized(x)


@pytest.mark.parametrize("function", [resized, outer])
def test_errors_while_tracing_show_the_lines_of_the_user(function: Any) -> None:
    modules = _modules(lambda: function(tg.ones([2, 2, 2, 2])))
    assert set(modules) == {__name__}
    # _modules, the lambda, and lines of the function: the loop and its body
    assert len(modules) == 4 + (function is outer)
    tg.debugging.disable_traceback_filtering()
    assert len([each for each in _modules(lambda: function(tg.ones([2, 2, 2, 2]))) if each != __name__]) > 3


def test_errors_of_calls() -> None:
    assert _modules(lambda: resized(1, 2, 3)) == [__name__] * 2
    tg.debugging.disable_traceback_filtering()
    assert _modules(lambda: resized(1, 2, 3))[-1].startswith("tensegra._function")


def test_foreign_errors_keep_their_frames() -> None:
    @tg.function
    def dividing(x: Any) -> Any:
        return x / (len("") / 0)

    with pytest.raises(ZeroDivisionError) as caught:
        dividing(1.0)
    names = [frame.f_code.co_name for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    assert names == ["test_foreign_errors_keep_their_frames", "dividing"]


def test_the_setting_is_the_threads() -> None:
    tg.debugging.disable_traceback_filtering()
    seen = []
    thread = threading.Thread(target=lambda: seen.append(tg.debugging.is_traceback_filtering_enabled()))
    thread.start()
    thread.join()
    assert seen == [True]
    assert not tg.debugging.is_traceback_filtering_enabled()
