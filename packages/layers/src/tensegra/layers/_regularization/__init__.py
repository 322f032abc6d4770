"""Layers that act while training, against overfitting."""
