"""Lite alone, without core: the runtime loads, and refuses what is not a model."""

from tensegra import lite

try:
    lite.Interpreter(model_content=b"not a model" * 20)
except lite.DataLossError as error:
    assert "TG-6001" in str(error)
else:
    raise AssertionError("a damaged model was accepted")
print("ok")
