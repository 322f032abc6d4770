"""Writes `_saved_model/_schema.py`: the schema of saved models, compiled from proto/saved_model.proto.

Part of gen.py. It needs protoc, from the package grpcio-tools; the package itself needs only protobuf.
"""

from __future__ import annotations

import base64
import tempfile
import textwrap
from pathlib import Path

CORE = Path(__file__).resolve().parents[1]
PROTO = CORE / "proto" / "saved_model.proto"
TARGET = CORE / "src" / "tensegra" / "_saved_model" / "_schema.py"
HEADER = '''"""The compiled schema of saved models (a FileDescriptorProto)."""

# Generated from proto/saved_model.proto by tools/gen_schema.py: do not edit.
import base64

DESCRIPTOR = base64.b64decode(
    """
'''


def generate() -> dict[Path, str]:
    """The file and what it has to hold."""
    text = textwrap.fill(base64.b64encode(compile_proto()).decode("ascii"), 100)
    return {TARGET: f'{HEADER}{text}\n"""\n)\n'}


def compile_proto() -> bytes:
    """The descriptor of the schema, without what differs between versions of protoc."""
    from google.protobuf import descriptor_pb2
    from grpc_tools import protoc

    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory) / "set.bin"
        command = ["protoc", f"--proto_path={PROTO.parent}", f"--descriptor_set_out={out}", str(PROTO)]
        if protoc.main(command) != 0:
            raise SystemExit(f"gen_schema.py: protoc refuses {PROTO}")
        files = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
    file = files.file[0]
    pending = list(file.message_type)
    for message in pending:
        pending.extend(message.nested_type)
        for field in message.field:
            field.ClearField("json_name")
    return file.SerializeToString(deterministic=True)
