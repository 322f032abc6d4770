from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool

from tensegra._saved_model import _schema
from tensegra._saved_model._messages import message_class

_PROTO = Path(__file__).parents[2] / "proto" / "saved_model.proto"


def test_the_compiled_schema_has_the_fields_of_the_source() -> None:
    file = descriptor_pb2.FileDescriptorProto.FromString(_schema.DESCRIPTOR)
    source = _PROTO.read_text()
    assert file.package == "tensegra"
    for message in file.message_type:
        assert f"message {message.name} {{" in source
        for field in message.field:
            assert f" {field.name} = {field.number};" in source
    assert sum(line.startswith("message ") for line in source.splitlines()) == len(file.message_type)


def test_messages_live_in_a_pool_of_their_own() -> None:
    assert message_class("SavedModel").DESCRIPTOR.file.pool is not descriptor_pool.Default()
    # Another package may define the same names.
    clash = descriptor_pb2.FileDescriptorProto(name="saved_model.proto", package="tensegra")
    clash.message_type.add(name="SavedModel")
    descriptor_pool.Default().AddSerializedFile(clash.SerializeToString())
    assert message_class("SavedModel")(producer="x").producer == "x"


def test_what_the_engine_writes_is_read_by_the_schema(model: Any) -> None:
    native = model.__call__._concrete_functions()[0]._function
    message = message_class("Function").FromString(native.serialize())
    assert message.name == "__call__"
    assert message.num_captures == native.num_captures == 3
    assert [each.name for each in message.inputs] == ["x", "", "", ""]
    assert [node.op for node in message.nodes] == [native.node(i)[0] for i in range(native.num_nodes)]


def test_protobuf_is_loaded_only_when_a_model_is_touched() -> None:
    code = "import sys, tensegra; sys.exit('google.protobuf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
