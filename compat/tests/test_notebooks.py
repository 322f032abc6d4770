"""Notebooks are upgraded cell by cell; all that is not code stays."""

from __future__ import annotations

import json
from typing import Any

from tensegra.compat import upgrade_source


def notebook(*cells: str | list[str]) -> dict[str, Any]:
    """A notebook with one code cell for each source and a text cell between."""
    made: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["import tensorflow"]}
    ]
    for number, source in enumerate(cells):
        output = {"name": "stdout", "output_type": "stream", "text": ["Größe\n"]}
        made.append(
            {
                "cell_type": "code", "execution_count": number, "id": f"c{number}", "metadata": {"tags": ["x"]},
                "outputs": [output], "source": source,
            }
        )  # fmt: skip
    return {
        "cells": made,
        "metadata": {"kernelspec": {"name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def upgraded(content: dict[str, Any], **options: Any) -> tuple[Any, dict[str, Any]]:
    """The result and the notebook in it."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    result = upgrade_source(text, filename="a.ipynb", **options)
    return result, json.loads(result.text)


def code(content: dict[str, Any]) -> list[str]:
    """The sources of the code cells."""
    return ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]


def test_native_over_cells_with_magics() -> None:
    before = notebook(
        ["%matplotlib inline\n", "import tensorflow as tf\n", "!pip install x \\\n", "  y"],
        ["x = tf.placeholder(tf.float32, [None])\n", "y = x * 2"],
        [
            "%%time\n",
            "sess = tf.Session()\n",
            "files = !ls\n",
            "if True:\n",
            "    %timeit 1\n",
            "print(sess.run(y, {x: [1]}))",
        ],
        ["%%bash\n", "import tensorflow as tf"],
    )
    result, after = upgraded(before)
    assert result.status == "upgraded" and not result.todo
    assert code(after) == [
        "%matplotlib inline\nimport tensegra as tf\n!pip install x \\\n  y",
        "x_spec = tf.TensorSpec([None], tf.float32)\n\n\n@tf.function(input_signature=[x_spec])\ndef compute_y(x):\n"
        "    return x * 2",
        "%%time\nfiles = !ls\nif True:\n    %timeit 1\nprint(compute_y([1]).numpy())",
        "%%bash\nimport tensorflow as tf",
    ]
    for old, new in zip(before["cells"], after["cells"], strict=True):
        assert {k: v for k, v in old.items() if k != "source"} == {
            k: v for k, v in new.items() if k != "source"
        }
    assert after["metadata"] == before["metadata"]
    assert "Größe" in result.text


def test_shim_changes_only_the_lines_that_name_tensorflow() -> None:
    before = notebook(
        ["import tensorflow as tf\n", "x = '''\n", "%not a magic\n", "'''\n"], "y = tf.pack([1])\n"
    )
    result, after = upgraded(before, mode="shim")
    assert result.status == "shimmed"
    assert code(after) == [
        "import tensegra.compat.v1 as tf\nx = '''\n%not a magic\n'''\n",
        "y = tf.stack([1])\n",
    ]
    assert isinstance(after["cells"][1]["source"], list) and isinstance(after["cells"][2]["source"], str)
    assert upgrade_source(result.text, filename="a.ipynb").text == result.text


def test_findings_say_the_cell() -> None:
    result, _ = upgraded(notebook("import tensorflow as tf", "x = 1\ny = tf.no_such_thing"), mode="native")
    assert any(f.why.startswith("cell 3, line 2: ") for f in result.todo)


def test_notebooks_without_tensorflow_and_broken_ones() -> None:
    content = notebook("print(1)")
    result, after = upgraded(content)
    assert result.status == "unchanged" and after == content
    for text in ("{", "[]", '{"cells": 3}'):
        result = upgrade_source(text, filename="a.ipynb")
        assert (result.status, result.text) == ("unreadable", text)
        assert [f.code for f in result.todo] == ["TG-7015"]


def test_notebooks_of_python_2() -> None:
    _, after = upgraded(notebook("import tensorflow as tf\nprint tf.__version__"), mode="shim")
    assert code(after) == ["import tensegra.compat.v1 as tf\nprint(tf.__version__)"]
