"""Preprocessing inside the model."""
