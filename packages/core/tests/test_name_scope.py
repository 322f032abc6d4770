"""Scopes of names; what is compared with is what TensorFlow 2.21 printed."""

from __future__ import annotations

import threading

import pytest

import tensegra as tg


def test_names_of_variables_begin_with_the_scope() -> None:
    assert tg.get_current_name_scope() == ""
    with tg.name_scope("a") as a:
        assert (a, tg.get_current_name_scope()) == ("a/", "a")
        assert tg.Variable(1.0).name == "a/Variable:0"
        assert tg.Variable(1.0, name="v").name == "a/v:0"
        with tg.name_scope("b/") as b:
            assert (b, tg.get_current_name_scope()) == ("b/", "b")
        with tg.name_scope("c") as c:
            assert (c, tg.get_current_name_scope()) == ("a/c/", "a/c")
            with tg.name_scope(a) as again:
                assert (again, tg.get_current_name_scope()) == ("a/", "a")
            with tg.name_scope("") as root:
                assert (root, tg.get_current_name_scope()) == ("", "")
                assert tg.Variable(1.0, name="v").name == "v:0"
    assert tg.get_current_name_scope() == ""


def test_a_scope_is_entered_again_and_inside_of_itself() -> None:
    q = tg.name_scope("q")
    assert q.name == "q"
    for _ in range(2):
        with q, q:
            assert tg.get_current_name_scope() == "q/q"
        assert tg.get_current_name_scope() == ""


def test_an_error_leaves_the_scope() -> None:
    with pytest.raises(KeyError), tg.name_scope("a"):
        raise KeyError
    assert tg.get_current_name_scope() == ""


def test_a_traced_function_begins_outside_and_numbers_its_scopes() -> None:
    seen = []
    kept = []

    @tg.function
    def f(x: tg.Tensor) -> tg.Tensor:
        seen.append(tg.get_current_name_scope())
        for _ in range(2):
            with tg.name_scope("d"):
                seen.append(tg.get_current_name_scope())
        with tg.name_scope("model"):
            if not kept:
                kept.append(tg.Variable(2.0, name="w"))
        return x * kept[0]

    with tg.name_scope("outside"):
        assert f(tg.constant(3.0)).numpy() == 6.0
        assert tg.get_current_name_scope() == "outside"
    assert seen[:3] == ["", "d", "d_1"]
    assert kept[0].name == "model/w:0"


def test_threads_have_scopes_of_their_own() -> None:
    seen = []
    with tg.name_scope("a"):
        thread = threading.Thread(target=lambda: seen.append(tg.get_current_name_scope()))
        thread.start()
        thread.join()
    assert seen == [""]


@pytest.mark.parametrize("name", [None, 3, b"a"])
def test_a_name_must_be_a_string(name: object) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[name_scope\] .*TG-0106"):
        tg.name_scope(name)  # type: ignore[arg-type]


def test_options_of_variables_are_kept() -> None:
    v = tg.Variable(1.0)
    assert v.synchronization is tg.VariableSynchronization.AUTO
    assert v.aggregation is tg.VariableAggregation.NONE
    v = tg.Variable(
        1.0,
        synchronization=tg.VariableSynchronization.ON_READ,
        aggregation=tg.VariableAggregation.ONLY_FIRST_REPLICA,
    )
    assert v.synchronization.value == 3
    assert v.aggregation.value == 3
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"VariableAggregation.*MEAN.*TG-0106"):
        tg.Variable(1.0, aggregation="mean")  # type: ignore[arg-type]
