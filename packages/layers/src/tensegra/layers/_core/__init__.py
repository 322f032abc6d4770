"""Layers that everything is built from."""
