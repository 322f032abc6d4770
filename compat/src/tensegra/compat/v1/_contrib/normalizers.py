"""Normalization of `tf.contrib.layers`."""

from __future__ import annotations

from typing import Any

from .._apply import apply, convert_to_tensor
from .._arrays import identity, reshape
from .._core import tg
from .._errors import invalid, unimplemented
from .._graph import GraphKeys, get_default_graph
from .._initializers import ONES, ZEROS
from .._layers.normalization import BatchNormalization
from .._variable_scope import variable_scope
from .arg_scopes import layer
from .named_outputs import channels, channels_first, check_rank, finished, layer_variable


class _Normalization(BatchNormalization):
    """The layer with contrib's variables and collections."""

    source: Any = None
    collections: Any = None

    def add_weight(self, name: str, shape: Any = None, **options: Any) -> Any:  # type: ignore[override]
        """A variable, also among the model's."""
        return layer_variable(
            name, shape, self.source, options["initializer"], options["regularizer"],
            bool(self.trainable and options["trainable"]), self.collections,
        )  # fmt: skip

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Keeps them; `batch_norm` says what becomes of them."""
        self._updates.append(updates)


@layer("batch_norm")
def batch_norm(
    inputs: Any, decay: float = 0.999, center: bool = True, scale: bool = False, epsilon: float = 0.001,
    activation_fn: Any = None, param_initializers: Any = None, param_regularizers: Any = None,
    updates_collections: Any = GraphKeys.UPDATE_OPS, is_training: Any = True, reuse: Any = None,
    variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
    batch_weights: Any = None, fused: Any = None, data_format: str = "NHWC", zero_debias_moving_mean: bool = False,
    scope: Any = None, renorm: bool = False, renorm_clipping: Any = None, renorm_decay: float = 0.99,
    adjustment: Any = None,
) -> Any:  # fmt: skip
    """Normalizes with the moments of the batch while training, else with their moving averages.

    The ops that move the averages are added to `updates_collections`, and a training step has to run them; with None
    they run whenever the output is computed. The moving variance is that without bias for inputs of rank 2 and 4,
    unless `fused` is False, as TensorFlow has it.

    Args:
        inputs: A tensor of rank 2 or more.
        decay: How much of the averages stays in a step.
        center: Whether there is a beta to add.
        scale: Whether there is a gamma to multiply by.
        epsilon: Added to the variance.
        activation_fn: Applied last; None for none.
        param_initializers: Initializers of beta, gamma, moving_mean and moving_variance, by name.
        param_regularizers: Regularizers of beta and gamma, by name.
        updates_collections: Where the updates are added; None for in place.
        is_training: Whether it trains: a Boolean, or a tensor of one.
        reuse: Whether the variables are there already.
        variables_collections: Lists that variables are added to, or such lists by the names of variables.
        outputs_collections: Lists that the output is added to.
        trainable: Whether optimizers change beta and gamma.
        batch_weights: Must be None.
        fused: Whether the moving variance is that of TensorFlow's fused kernel.
        data_format: "NHWC", or "NCHW" where channels stand second.
        zero_debias_moving_mean: Must be False.
        scope: The name of the scope; "BatchNorm" without one.
        renorm: Must be False.
        renorm_clipping: Without effect.
        renorm_decay: Without effect.
        adjustment: Must be None.

    Raises:
        ValueError: The rank is below 2 (TG-7389), the channels are unknown (TG-7272), or the format is none of these
            (TG-7390).
        UnimplementedError: An argument asks for what is not there (TG-7391).
    """
    if renorm or adjustment is not None or batch_weights is not None or zero_debias_moving_mean:
        raise unimplemented(
            "contrib.layers.batch_norm", "renorm, adjustment, batch_weights and zero_debias_moving_mean are not there",
            f"renorm={renorm!r}, zero_debias_moving_mean={zero_debias_moving_mean!r}", "Leave them out.", "TG-7391",
        )  # fmt: skip
    first = channels_first(data_format, ("NHWC", "NCHW"), "batch_norm")
    with variable_scope(scope, "BatchNorm", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        rank = check_rank(inputs, 2, None, "batch_norm")
        place = 1 if first else rank - 1
        channels(inputs, place, "batch_norm")
        initial, losses = param_initializers or {}, param_regularizers or {}
        made = _Normalization(
            place, decay, epsilon, center, scale, initial.get("beta", ZEROS), initial.get("gamma", ONES),
            initial.get("moving_mean", ZEROS), initial.get("moving_variance", ONES), losses.get("beta"),
            losses.get("gamma"), fused=rank in (2, 4) and (fused is None or bool(fused)), trainable=trainable,
        )  # fmt: skip
        made.source, made.collections = inputs, variables_collections
        if rank == 2 or updates_collections != GraphKeys.UPDATE_OPS:
            made.affine = ("beta", "gamma")
        made.build(inputs.shape)
        outputs = made.call(inputs, is_training)
        outputs.set_shape(inputs.shape)
        if updates_collections is not None:
            for update in made.updates:
                get_default_graph().add_to_collections(updates_collections, update)
        elif made.updates:
            with get_default_graph().control_dependencies(made.updates):
                outputs = identity(outputs)
        return finished(outputs, activation_fn, outputs_collections, opened)


def _affine(
    inputs: Any, shape: Any, center: bool, scale: bool, initial: Any, trainable: bool, collections: Any
) -> list[Any]:
    made: list[Any] = []
    for name, wanted, default in (("beta", center, ZEROS), ("gamma", scale, ONES)):
        made.append(
            layer_variable(name, shape, inputs, initial.get(name, default), None, trainable, collections)
            if wanted
            else None
        )
    return made


def _normalized(inputs: Any, axes: list[int], epsilon: float, shape: list[int], parts: list[Any]) -> Any:
    beta, gamma = parts

    def function(x: Any, *rest: Any) -> Any:
        given = iter(rest)
        b = None if beta is None else tg.reshape(next(given), shape)
        g = None if gamma is None else tg.reshape(next(given), shape)
        mean = tg.reduce_mean(x, axes, keepdims=True)
        variance = tg.reduce_mean(tg.math.squared_difference(x, tg.stop_gradient(mean)), axes, keepdims=True)
        return tg.nn.batch_normalization(x, mean, variance, b, g, epsilon)

    outputs = apply("batchnorm", function, inputs, *(each for each in parts if each is not None))
    outputs.set_shape(inputs.shape)
    return outputs


@layer("layer_norm")
def layer_norm(
    inputs: Any, center: bool = True, scale: bool = True, activation_fn: Any = None, reuse: Any = None,
    variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
    begin_norm_axis: int = 1, begin_params_axis: int = -1, scope: Any = None,
) -> Any:  # fmt: skip
    """Normalizes each example with its own moments, in the scope "LayerNorm" (J. Ba et al., 2016).

    Args:
        inputs: A tensor.
        center: Whether there is a beta to add.
        scale: Whether there is a gamma to multiply by.
        activation_fn: Applied last; None for none.
        reuse: Whether the variables are there already.
        variables_collections: Lists that variables are added to, or such lists by the names of variables.
        outputs_collections: Lists that the output is added to.
        trainable: Whether optimizers change the variables.
        begin_norm_axis: The first dimension of those that are normalized together.
        begin_params_axis: The first dimension of those that beta and gamma have.
        scope: The name of the scope.

    Raises:
        ValueError: The rank is unknown, or too low for the axes (TG-7389); a size of beta and gamma is unknown
            (TG-7272).
    """
    with variable_scope(scope, "LayerNorm", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        least = max(each + 1 if each >= 0 else -each for each in (begin_norm_axis, begin_params_axis))
        rank = check_rank(inputs, least, None, "layer_norm")
        sizes = [channels(inputs, place, "layer_norm") for place in range(begin_params_axis % rank, rank)]
        parts = _affine(inputs, sizes, center, scale, {}, trainable, variables_collections)
        epsilon = 1e-3 if inputs.dtype == tg.float16 else 1e-12
        axes = list(range(begin_norm_axis % rank, rank))
        outputs = _normalized(inputs, axes, epsilon, [1] * (rank - len(sizes)) + sizes, parts)
        return finished(outputs, activation_fn, outputs_collections, opened)


@layer("instance_norm")
def instance_norm(
    inputs: Any, center: bool = True, scale: bool = True, epsilon: float = 1e-06, activation_fn: Any = None,
    param_initializers: Any = None, reuse: Any = None, variables_collections: Any = None,
    outputs_collections: Any = None, trainable: bool = True, data_format: str = "NHWC", scope: Any = None,
) -> Any:  # fmt: skip
    """Normalizes each channel of each example with its own moments, in the scope "InstanceNorm"."""
    with variable_scope(scope, "InstanceNorm", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        rank = check_rank(inputs, 3, None, "instance_norm")
        place = 1 if channels_first(data_format, ("NHWC", "NCHW"), "instance_norm") else rank - 1
        width = channels(inputs, place, "instance_norm")
        parts = _affine(
            inputs, [width], center, scale, param_initializers or {}, trainable, variables_collections
        )
        shape = [width if index == place else 1 for index in range(rank)]
        axes = [index for index in range(1, rank) if index != place]
        outputs = _normalized(inputs, axes, epsilon, shape, parts)
        return finished(outputs, activation_fn, outputs_collections, opened)


@layer("unit_norm")
def unit_norm(inputs: Any, dim: int, epsilon: float = 1e-7, scope: Any = None) -> Any:
    """Divides by the length along a dimension: sqrt(epsilon + the sum of squares).

    Raises:
        ValueError: The input has no such dimension (TG-7389).
    """
    with variable_scope(scope, "UnitNorm", [inputs]):
        inputs = convert_to_tensor(inputs)
        rank = check_rank(inputs, 1, None, "unit_norm")
        if not 0 <= dim < rank:
            raise invalid(
                "contrib.layers.unit_norm", "dim must be a dimension of the input, counted from 0",
                f"dim={dim}, shape {inputs.shape}", "Count from the first.", "TG-7389",
            )  # fmt: skip
        return apply(
            "RealDiv",
            lambda x: x / tg.sqrt(epsilon + tg.reduce_sum(tg.square(x), dim, keepdims=True)),
            inputs,
        )


@layer("group_norm")
def group_norm(
    inputs: Any, groups: int = 32, channels_axis: int = -1, reduction_axes: Any = (-3, -2), center: bool = True,
    scale: bool = True, epsilon: float = 1e-06, activation_fn: Any = None, param_initializers: Any = None,
    reuse: Any = None, variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
    scope: Any = None, mean_close_to_zero: bool = False,
) -> Any:  # fmt: skip
    """Normalizes groups of channels of each example together, in the scope "GroupNorm" (Y. Wu and K. He, 2018).

    Raises:
        ValueError: The channels do not make so many groups, or the axes overlap (TG-7389).
    """
    with variable_scope(scope, "GroupNorm", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        rank = check_rank(inputs, 3, None, "group_norm")
        place, width = channels_axis % rank, channels(inputs, channels_axis, "group_norm")
        across = [axis % rank for axis in reduction_axes]
        if width % groups or place in across:
            raise invalid(
                "contrib.layers.group_norm", "the channels must be a multiple of groups, and not be reduced",
                f"groups={groups}, axes {across}, shape {inputs.shape}", "Change the groups.", "TG-7389",
            )  # fmt: skip
        parts = _affine(
            inputs, [width], center, scale, param_initializers or {}, trainable, variables_collections
        )
        axes = sorted([axis + (axis > place) for axis in across] + [place + 1])
        sizes = [-1 if size is None else size for size in inputs.shape.as_list()]
        middle = [groups, width // groups]
        split = reshape(inputs, [*sizes[:place], *middle, *sizes[place + 1 :]])
        shape = [1] * place + middle + [1] * (rank - place - 1)
        outputs = reshape(_normalized(split, axes, epsilon, shape, parts), sizes)
        outputs.set_shape(inputs.shape)
        return finished(outputs, activation_fn, outputs_collections, opened)
