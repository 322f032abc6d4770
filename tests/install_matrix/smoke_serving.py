"""Serving alone: a saved model answers over HTTP on a free port."""

import json
import urllib.request

import tensegra as tg
from tensegra import serving


class Double(tg.Module):
    """y = 2 x."""

    @tg.function(input_signature=[tg.TensorSpec([None], tg.float32, name="x")])
    def __call__(self, x: tg.Tensor) -> dict[str, tg.Tensor]:
        return {"y": 2.0 * x}


model = Double()
tg.saved_model.save(model, "double", signatures={"serving_default": model.__call__})
with serving.Server({"double": "double"}, port=0) as server:
    body = json.dumps({"instances": [1.0, 2.5]}).encode()
    request = urllib.request.Request(f"{server.url}/v1/models/double:predict", body)
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert json.load(answer) == {"predictions": [2.0, 5.0]}
print("ok")
