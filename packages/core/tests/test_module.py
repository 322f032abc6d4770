from __future__ import annotations

from typing import Any

import pytest

import tensegra as tg


class Dense(tg.Module):
    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name)
        self.w = tg.Variable([1.0], name="w")
        self.b = tg.Variable([2.0], name="b", trainable=False)


class Model(tg.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = [Dense(), {"inner": Dense()}]
        self.a = tg.Variable(0.0, name="a")
        self.shared = self.layers[0]
        self.me = self
        self.number = 3
        self.pair = (tg.Variable(1.0, name="p"), "text")

    @tg.function(input_signature=[tg.TensorSpec([], tg.float32)])
    def double(self, x: Any) -> Any:
        return 2.0 * x


def test_names() -> None:
    class MyHTTPLayer2D(tg.Module):
        pass

    assert MyHTTPLayer2D().name == "my_http_layer2_d"
    assert Dense(name="output").name == "output"
    for name in ("", "a b", "1a", "a/b"):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0601"):
            tg.Module(name=name)


def test_a_subclass_need_not_call_init() -> None:
    class Lazy(tg.Module):
        def __init__(self) -> None:
            self.v = tg.Variable(1.0)

    lazy = Lazy()
    assert (lazy.name, lazy.variables) == ("lazy", (lazy.v,))


def test_variables_are_found_once_in_alphabetical_order() -> None:
    model = Model()
    first, second = model.layers[0], model.layers[1]["inner"]
    assert [v.name for v in model.variables] == ["a:0", "p:0", "b:0", "w:0", "b:0", "w:0"]
    assert model.variables[2] is first.b
    assert model.variables[4] is second.b
    assert [v.name for v in model.trainable_variables] == ["a:0", "p:0", "w:0", "w:0"]
    assert [v is w for v, w in zip(model.non_trainable_variables, (first.b, second.b))] == [True, True]
    assert model.submodules == (first, second)


def test_containers_that_hold_themselves() -> None:
    model = tg.Module()
    loop: list[Any] = [tg.Variable(1.0)]
    loop.append(loop)
    model.loop = loop  # type: ignore[attr-defined]
    assert len(model.variables) == 1
    assert "loop" in model._tensegra_children()


def test_what_is_saved_below_a_module() -> None:
    model = Model()
    children = model._tensegra_children()
    assert set(children) == {"layers", "a", "shared", "me", "pair", "double"}
    assert children["double"] is model.double
    model.double(tg.constant(1.0))
    assert set(model._tensegra_children()) == set(children)
    assert model._tensegra_metadata() == {}
