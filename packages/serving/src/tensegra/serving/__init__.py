"""Tensegra serving: saved models over TensorFlow Serving's REST API."""

from ._server import Server as Server

__all__ = ["Server"]
