from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import tensegra as tg


def scale_and_shift() -> tuple[Any, tg.Variable]:
    v = tg.Variable([3.0], name="v")
    constant = tg.constant(np.arange(2000, dtype=np.float32))  # too large to be part of the graph

    @tg.function
    def f(x: Any, pair: Any, mode: str = "sum", *, shift: float = 1.0) -> Any:
        return {"y": v * x + pair[0] + shift, "c": tg.reduce_sum(constant) + pair[1]}

    return f, v


def concrete() -> Any:
    f, _ = scale_and_shift()
    spec = tg.TensorSpec([None], tg.float32)
    return f.get_concrete_function(tg.TensorSpec([None], tg.float32, name="images"), (spec, spec), shift=2.0)


def test_what_it_says_about_itself() -> None:
    function = concrete()
    spec = tg.TensorSpec([None], tg.float32)
    named = tg.TensorSpec([None], tg.float32, name="images")
    assert function.structured_input_signature == ((named, (spec, spec), "sum"), {"shift": 2.0})
    assert function.structured_outputs == {"c": spec, "y": spec}
    assert [each.name for each in function.inputs] == ["images", "pair_0", "pair_1"]
    assert [each.shape.as_list() for each in function.outputs] == [[None], [None]]
    assert [variable.name for variable in function.variables] == ["v:0"]
    assert function.trainable_variables == function.variables
    assert len(function.captured_inputs) == 2
    assert 'function "f"' in function.graph
    assert repr(function).startswith("<ConcreteFunction f(images: float32 (None,), pair_0")


def test_it_is_called_like_the_function_or_by_name() -> None:
    function = concrete()
    for result in (
        function([1.0], ([10.0], [0.0]), shift=2.0),
        function(tg.constant([1.0]), pair=[np.float32([10.0]), [0.0]], mode="sum", shift=2.0),
        function(images=[1.0], pair_0=[10.0], pair_1=[0.0]),
    ):
        np.testing.assert_array_equal(result["y"], [15.0])
        np.testing.assert_array_equal(result["c"], [1999.0 * 1000])


@pytest.mark.parametrize(
    ("args", "kwargs", "text"),
    [
        (([1.0], ([1.0], [1.0])), {}, "argument shift must be 2.0"),
        (([1.0], ([1.0], [1.0]), "mean"), {"shift": 2.0}, "argument mode must be 'sum'"),
        (([1.0], ([1.0],)), {"shift": 2.0}, "argument pair must be a tuple of 2"),
        ((tg.constant([1]), ([1.0], [1.0])), {"shift": 2.0}, "dtype=int32"),
        (([[1.0]], ([1.0], [1.0])), {"shift": 2.0}, r"shape=\(1, 1\)"),
        ((), {"images": [1.0], "pair_0": [1.0]}, "argument x is missing"),
        (("a", ([1.0], [1.0])), {"shift": 2.0}, "argument x must be a tensor"),
    ],
)
def test_other_arguments_are_refused(args: Any, kwargs: Any, text: str) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=rf"\[f\].*{text}.*TG-0303"):
        concrete()(*args, **kwargs)


def test_get_concrete_function_gives_the_same_one_again() -> None:
    f, _ = scale_and_shift()
    x = tg.TensorSpec([None], tg.float32, name="x")
    y = tg.TensorSpec([None], tg.float32)
    first = f.get_concrete_function(x, (y, y))
    assert f.get_concrete_function(x, (y, y)) is first
    assert f.get_concrete_function(y, (y, y)) is first
    other_name = f.get_concrete_function(tg.TensorSpec([None], tg.float32, name="z"), (y, y))
    assert other_name.inputs[0].name == "z"
    assert f.get_concrete_function(tg.TensorSpec([3], tg.float32), (y, y)) is not first
    count = f.experimental_get_tracing_count()
    f(tg.ones([7]), (tg.ones([7]), tg.ones([7])))
    assert f.experimental_get_tracing_count() == count


def test_with_an_input_signature() -> None:
    f = tg.function(lambda x: x, input_signature=[tg.TensorSpec([None], tg.float32)])
    function = f.get_concrete_function()
    assert f.get_concrete_function(tg.TensorSpec([3], tg.float32)) is function
    with pytest.raises(tg.errors.InvalidArgumentError, match="must fit the input_signature.*TG-0303"):
        f.get_concrete_function(tg.TensorSpec([3], tg.int32))


def test_unknown_rank() -> None:
    f = tg.function(lambda x: tg.reduce_sum(x), input_signature=[tg.TensorSpec(None, tg.float32)])
    for shape in ([], [2], [2, 3, 4]):
        assert f(tg.ones(shape)).numpy() == np.prod(shape)


def test_gradients_go_through_it() -> None:
    function = concrete()
    (v,) = function.variables
    with tg.GradientTape() as tape:
        y = tg.reduce_sum(function(images=[2.0, 5.0], pair_0=[0.0, 0.0], pair_1=[0.0])["y"])
    assert tape.gradient(y, v).numpy().tolist() == [7.0]


def test_names_are_unique() -> None:
    @tg.function
    def f(x: Any, x_1: Any) -> Any:
        return x[0] + x[1] + x_1

    spec = tg.TensorSpec([], tg.float32, name="x")
    names = [each.name for each in f.get_concrete_function((spec, spec), spec).inputs]
    assert len(set(names)) == 3


def test_copies_of_objects_trace_anew() -> None:
    class Scale(tg.Module):
        def __init__(self) -> None:
            super().__init__()
            self.v = tg.Variable(2.0)
            self.own = tg.function(self.compute)

        def compute(self, x: Any) -> Any:
            return self.v * x

        @tg.function
        def __call__(self, x: Any) -> Any:
            return self.v * x

    one = Scale()
    x = tg.constant(3.0)
    assert (one(x).numpy(), one.own(x).numpy()) == (6.0, 6.0)
    other = copy.deepcopy(one)
    other.v.assign(10.0)
    assert (other(x).numpy(), other.own(x).numpy()) == (30.0, 30.0)
    assert (one(x).numpy(), one.own(x).numpy()) == (6.0, 6.0)
