"""Tensegra probability: distributions under TensorFlow Probability's names."""

from . import distributions as distributions

__all__ = ["distributions"]
