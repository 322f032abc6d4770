"""What all distributions have in common."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import Any

import tensegra as tg

SampleShape = int | Sequence[int]


class Distribution(tg.Module, abc.ABC):
    """A batch of distributions over events.

    A sample has the shape ``sample_shape + batch_shape + event_shape``; `log_prob` of it has ``sample_shape +
    batch_shape``. Subclasses write the methods that begin with an underscore; what a distribution does not have raises
    an error that names it (TG-3004).

    Source: Dillon et al., "TensorFlow Distributions", arXiv:1711.10604 (the meaning of the shapes).
    """

    def __init__(self, dtype: tg.DType, parameters: dict[str, Any], name: str) -> None:
        super().__init__(name=name)
        self._dtype = dtype
        self._parameters = parameters

    @property
    def dtype(self) -> tg.DType:
        """Of samples."""
        return self._dtype

    @property
    def parameters(self) -> dict[str, Any]:
        """What the distribution was made with."""
        return dict(self._parameters)

    @property
    @abc.abstractmethod
    def batch_shape(self) -> tg.TensorShape:
        """The shape of the parameters together."""

    @property
    def event_shape(self) -> tg.TensorShape:
        """The shape of one event; ``()`` for the distributions over numbers."""
        return tg.TensorShape([])

    def sample(self, sample_shape: SampleShape = (), seed: int | None = None) -> tg.Tensor:
        """Draws ``sample_shape`` times from each distribution of the batch.

        Args:
            sample_shape: How many draws: a number or a shape.
            seed: The same number gives the same draws; None draws on from the global generator.

        Raises:
            tg.errors.InvalidArgumentError: The shape is not made of sizes (TG-3002), or the seed is not a whole number
                (TG-3012).
        """
        shape = [sample_shape] if isinstance(sample_shape, int) else list(sample_shape)
        if any(not isinstance(size, int) or isinstance(size, bool) or size < 0 for size in shape):
            raise tg.errors.InvalidArgumentError(
                f"[{self._where}.sample] sample_shape must be made of sizes of 0 or more. "
                f"Received: sample_shape={sample_shape!r}.",
                code="TG-3002",
            )
        if seed is not None and (isinstance(seed, bool) or not hasattr(seed, "__index__")):
            raise tg.errors.InvalidArgumentError(
                f"[{self._where}.sample] a seed must be a whole number. Received: seed={seed!r}.",
                code="TG-3012",
            )
        return self._sample(shape, seed)

    def log_prob(self, value: Any) -> tg.Tensor:
        """The logarithm of the density, or of the mass, at `value`."""
        return self._log_prob(self._value(value))

    def prob(self, value: Any) -> tg.Tensor:
        """The density, or the mass, at `value`."""
        return tg.exp(self.log_prob(value))

    def mean(self) -> tg.Tensor:
        """The mean of each distribution of the batch."""
        return self._mean()

    def variance(self) -> tg.Tensor:
        """The variance of each distribution of the batch."""
        return self._variance()

    def stddev(self) -> tg.Tensor:
        """The square root of the variance."""
        return tg.sqrt(self.variance())

    def mode(self) -> tg.Tensor:
        """The most probable event; the first one of several."""
        return self._mode()

    def entropy(self) -> tg.Tensor:
        """The (differential) entropy in nats."""
        return self._entropy()

    def cdf(self, value: Any) -> tg.Tensor:
        """The probability of an event that is at most `value`."""
        return self._cdf(self._value(value))

    def kl_divergence(self, other: Distribution) -> tg.Tensor:
        """The Kullback-Leibler divergence from `other`, in nats."""
        from ._kullback_leibler import kl_divergence

        return kl_divergence(self, other)

    # --- what a distribution writes ---

    @abc.abstractmethod
    def _sample(self, sample_shape: list[int], seed: int | None) -> tg.Tensor: ...

    @abc.abstractmethod
    def _log_prob(self, value: tg.Tensor) -> tg.Tensor: ...

    def _mean(self) -> tg.Tensor:
        raise self._missing("mean")

    def _variance(self) -> tg.Tensor:
        raise self._missing("variance")

    def _mode(self) -> tg.Tensor:
        raise self._missing("mode")

    def _entropy(self) -> tg.Tensor:
        raise self._missing("entropy")

    def _cdf(self, value: tg.Tensor) -> tg.Tensor:
        raise self._missing("cdf")

    def _value(self, value: Any) -> tg.Tensor:
        return tg.convert_to_tensor(value, dtype=self._dtype)

    # --- helpers ---

    def _sample_sizes(self, sample_shape: list[int]) -> list[int]:
        """The shape of samples before events.

        Raises:
            tg.errors.FailedPreconditionError: A size of the batch is not known while a function is traced (TG-3010).
        """
        sizes = [size for size in self.batch_shape.as_list() if size is not None]
        if len(sizes) != self.batch_shape.rank:
            raise tg.errors.FailedPreconditionError(
                f"[{self._where}.sample] the batch shape must be known. Received: {self.batch_shape}. "
                "Give the function an input_signature with known sizes.",
                code="TG-3010",
            )
        return [*sample_shape, *sizes]

    @property
    def _where(self) -> str:
        return f"probability.{type(self).__name__}"

    def _missing(self, method: str) -> tg.errors.UnimplementedError:
        return tg.errors.UnimplementedError(
            f"[{self._where}.{method}] a distribution answers the methods that it has in closed form. "
            f"Received: {method} of {type(self).__name__}. Estimate it from samples.",
            code="TG-3004",
        )

    def __repr__(self) -> str:
        return (
            f"<tg.probability.distributions.{type(self).__name__} batch_shape={self.batch_shape} "
            f"event_shape={self.event_shape} dtype={self.dtype.name}>"
        )


def seed_pair(seed: int) -> list[int]:
    """The seed of a stateless op, from one number."""
    return [seed & 0x7FFFFFFF, (seed >> 31) & 0x7FFFFFFF]


def uniform(shape: list[int], dtype: tg.DType, seed: int | None) -> tg.Tensor:
    """Numbers in [0, 1)."""
    if seed is None:
        return tg.random.uniform(shape, dtype=dtype)
    return tg.random.stateless_uniform(shape, seed=seed_pair(seed), dtype=dtype)


def parameter(where: str, name: str, value: Any, dtype: tg.DType | None = None) -> tg.Tensor:
    """A parameter as a floating-point tensor; Python numbers become float32.

    Raises:
        tg.errors.InvalidArgumentError: Its dtype is not floating-point (TG-3001).
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    tensor = tg.convert_to_tensor(value, dtype=dtype)
    if not tensor.dtype.is_floating:
        raise tg.errors.InvalidArgumentError(
            f"[{where}] {name} must be floating-point. Received: {name} of dtype {tensor.dtype.name}. Cast it first.",
            code="TG-3001",
        )
    return tensor


def check_positive(where: str, name: str, tensor: tg.Tensor) -> None:
    """Refuses values of 0 and below where they are known now; inside of a tg.function they are not.

    Raises:
        tg.errors.InvalidArgumentError: A value is not positive (TG-3003).
    """
    if not tg.executing_eagerly():
        return
    values = tensor.numpy()
    if values.size and not (values > 0).all():
        raise tg.errors.InvalidArgumentError(
            f"[{where}] {name} must be positive. Received: a least value of {values.min()}.", code="TG-3003"
        )


def check_probabilities(where: str, tensor: tg.Tensor, most: float) -> None:
    """Refuses values outside of [0, most] where they are known now; inside of a tg.function they are not.

    Raises:
        tg.errors.InvalidArgumentError: A value is outside (TG-3011).
    """
    if not tg.executing_eagerly():
        return
    values = tensor.numpy()
    if values.size and not ((values >= 0) & (values <= most)).all():
        raise tg.errors.InvalidArgumentError(
            f"[{where}] probs must lie in [0, {most}]. Received: values from {values.min()} to {values.max()}.",
            code="TG-3011",
        )


def one_of(where: str, logits: Any, probs: Any) -> None:
    """Refuses both and neither.

    Raises:
        tg.errors.InvalidArgumentError: Not exactly one is given (TG-3005).
    """
    if (logits is None) == (probs is None):
        given = "both" if logits is not None else "neither"
        raise tg.errors.InvalidArgumentError(
            f"[{where}] exactly one of logits and probs must be given. Received: {given}.", code="TG-3005"
        )


def broadcast_shape(where: str, *tensors: tg.Tensor) -> tg.TensorShape:
    """The shape of the parameters together.

    Raises:
        tg.errors.InvalidArgumentError: They do not broadcast (TG-3006).
    """
    dims: list[int | None] = []
    for tensor in tensors:
        shape = tensor.shape.as_list()
        width = max(len(dims), len(shape))
        left, right = [1] * (width - len(dims)) + dims, [1] * (width - len(shape)) + shape
        dims = []
        for a, b in zip(left, right, strict=True):
            if a not in (1, b) and b != 1 and None not in (a, b):
                shapes = ", ".join(str(t.shape) for t in tensors)
                raise tg.errors.InvalidArgumentError(
                    f"[{where}] the parameters' shapes must broadcast. Received: {shapes}.", code="TG-3006"
                )
            dims.append(b if a == 1 else a)
    return tg.TensorShape(dims)
