"""Saving and loading: `tg.saved_model.*`.

A saved model is a directory that holds variables, functions and signatures, without any Python code. The format is
described in docs/formats/saved_model.md.
"""

from ._saved_model._asset import Asset as Asset
from ._saved_model._contains import contains as contains
from ._saved_model._load import load as load
from ._saved_model._messages import message_class as message_class
from ._saved_model._messages import read as read_message
from ._saved_model._options import LoadOptions as LoadOptions
from ._saved_model._options import SaveOptions as SaveOptions
from ._saved_model._save import save as save

__all__ = ["Asset", "LoadOptions", "SaveOptions", "contains", "load", "message_class", "read_message", "save"]
