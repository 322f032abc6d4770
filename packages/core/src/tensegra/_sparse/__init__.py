"""Tensors of which only some elements are kept."""
