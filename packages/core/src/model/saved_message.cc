#include "model/saved_message.h"

#include <unordered_set>

#include "model/wire.h"
#include "schema/registry.h"

namespace tg {
namespace {

void check_version(const std::string& bytes, SavedMessage* out) {
  // The version is looked at first: what is newer is refused before anything else of it is read.
  int version = 0;
  std::string profile;
  for (WireReader in(bytes, "SavedModel"); in.next();) {
    if (in.field() == 1) version = in.int32();
    if (in.field() == 2) out->producer = in.text();
    if (in.field() == 3) profile = in.text();
  }
  if (version < 1) damaged("SavedModel.format_version", "it is missing");
  if (version > kFormatVersion)
    throw Error(TG_FAILED_PRECONDITION, "TG-0403",
                "a reader reads the format versions that it knows. Received: format version " +
                    std::to_string(version) + " written by " + out->producer + "; this one knows up to " +
                    std::to_string(kFormatVersion) + ". Upgrade tensegra-core to that of the writer");
  if (!profile.empty())
    throw Error(TG_FAILED_PRECONDITION, "TG-0403",
                "this reader reads the full profile. Received: profile '" + profile + "': use tensegra.lite");
}

// What has no name is refused where it is read, so that a file of empty messages cannot fill the memory.
void require_name(const std::string& name, const char* field) {
  if (name.empty()) damaged(field, "it is missing");
}

RequiredOpMessage read_required_op(std::string_view bytes) {
  WireReader in(bytes, "RequiredOp");
  RequiredOpMessage out;
  while (in.next()) switch (in.field()) {
      case 1: out.name = in.text(); break;
      case 2: out.version = in.int32(); break;
      case 3: out.package = in.text(); break;
      default: break;
    }
  require_name(out.name, "RequiredOp.name");
  return out;
}

void check_op(const RequiredOpMessage& required) {
  const tg_op* op = find_op_or_null(required.name);
  if (op && op->def.version >= required.version) return;
  const std::string package = required.package.empty() ? "the op library that brings it" : required.package;
  throw Error(TG_NOT_FOUND, "TG-0404",
              "the ops that a saved model needs must be registered, in the version that it was saved with. Received: op=" +
                  required.name + " version " + std::to_string(required.version) +
                  (op ? ", this is version " + std::to_string(op->def.version) + ": upgrade " + package
                      : ", which is unknown: install or upgrade " + package));
}

SignatureMessage read_signature(std::string_view bytes) {
  WireReader in(bytes, "Signature");
  SignatureMessage out;
  while (in.next()) switch (in.field()) {
      case 1: out.name = in.text(); break;
      case 2: out.function = in.text(); break;
      case 3: out.inputs.push_back(read_value_type(in.bytes())); break;
      case 4: out.outputs.push_back(read_value_type(in.bytes())); break;
      default: break;
    }
  require_name(out.name, "Signature.name");
  return out;
}

VariableMessage read_variable(std::string_view bytes) {
  WireReader in(bytes, "Variable");
  VariableMessage out;
  while (in.next()) switch (in.field()) {
      case 1: out.name = in.text(); break;
      case 2: out.dtype = in.int32(); break;
      case 3: in.integers(&out.dims); break;
      case 4: out.trainable = in.boolean(); break;
      case 5: out.weight = in.text(); break;
      default: break;
    }
  return out;
}

ResourceMessage read_resource(std::string_view bytes) {
  WireReader in(bytes, "Resource");
  ResourceMessage out;
  while (in.next()) switch (in.field()) {
      case 1: out.type = in.text(); break;
      case 2: out.weights.push_back(in.text()); break;
      default: break;
    }
  return out;
}

ObjectMessage read_object(std::string_view bytes) {
  WireReader in(bytes, "Object");
  ObjectMessage out;
  while (in.next()) switch (in.field()) {
      case 1: out.kind = in.text(); break;
      case 3:
        out.has_variable = true;
        out.variable = read_variable(in.bytes());
        break;
      case 4: out.weight = in.text(); break;
      case 8:
        out.has_resource = true;
        out.resource = read_resource(in.bytes());
        break;
      case 9: out.asset = in.integer(); break;
      default: break;
    }
  require_name(out.kind, "Object.kind");
  return out;
}

FileMessage read_file_message(std::string_view bytes, const char* message) {
  WireReader in(bytes, message);
  FileMessage out;
  while (in.next()) switch (in.field()) {
      case 1: out.name = in.text(); break;
      case 2: out.size = static_cast<uint64_t>(in.integer()); break;
      default: break;
    }
  if (out.name.find('\0') != std::string::npos) damaged(std::string(message) + ".name", "it holds a zero byte");
  return out;
}

FileMessage read_weight_file(std::string_view bytes) {
  FileMessage out = read_file_message(bytes, "WeightFile");
  if (out.name.empty() || out.name.find('/') != std::string::npos || out.name[0] == '.')
    damaged("WeightFile.name", "it must be the name of a file in the model's own directory");
  return out;
}

FileMessage read_asset(std::string_view bytes) {
  FileMessage out = read_file_message(bytes, "Asset");
  size_t begin = 0;
  for (;;) {
    size_t end = std::min(out.name.find('/', begin), out.name.size());
    std::string part = out.name.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..")
      damaged("Asset.name", "it must be a relative name below assets/, without '.' and '..'");
    if (end == out.name.size()) return out;
    begin = end + 1;
  }
}

void read_quantization(std::string_view bytes, WeightMessage* out) {
  WireReader in(bytes, "Quantization");
  out->quantized = true;
  while (in.next()) switch (in.field()) {
      case 1: in.floats(&out->scales); break;
      case 2: in.integers(&out->zero_points); break;
      case 3: out->axis = in.int32(); break;
      default: break;
    }
}

WeightMessage read_weight(std::string_view bytes) {
  WireReader in(bytes, "Weight");
  WeightMessage out;
  while (in.next()) switch (in.field()) {
      case 1: out.name = in.text(); break;
      case 2: out.dtype = in.int32(); break;
      case 3: in.integers(&out.dims); break;
      case 4: out.file = in.integer(); break;
      case 5: out.offset = static_cast<uint64_t>(in.integer()); break;
      case 6: out.length = static_cast<uint64_t>(in.integer()); break;
      case 7: read_quantization(in.bytes(), &out); break;
      default: break;
    }
  require_name(out.name, "Weight.name");
  return out;
}

template <class List>
void check_unique(const List& list, const char* field) {
  std::unordered_set<std::string_view> names;
  for (const auto& each : list)
    if (!names.insert(each.name).second) damaged(field, "'" + each.name + "' occurs twice");
}

}  // namespace

SavedMessage read_saved_message(const std::string& bytes) {
  SavedMessage out;
  check_version(bytes, &out);
  WireReader in(bytes, "SavedModel");
  while (in.next()) switch (in.field()) {
      case 4: out.required_ops.push_back(read_required_op(in.bytes())); break;
      case 5: {
        std::string_view function = in.bytes();
        out.functions.push_back(read_function(function.data(), function.size()));
        break;
      }
      case 6: out.signatures.push_back(read_signature(in.bytes())); break;
      case 7: out.objects.push_back(read_object(in.bytes())); break;
      case 8: out.files.push_back(read_weight_file(in.bytes())); break;
      case 9: out.weights.push_back(read_weight(in.bytes())); break;
      case 10: out.assets.push_back(read_asset(in.bytes())); break;
      default: break;
    }
  check_unique(out.functions, "Function.name");
  check_unique(out.signatures, "Signature.name");
  check_unique(out.files, "WeightFile.name");
  check_unique(out.weights, "Weight.name");
  check_unique(out.assets, "Asset.name");
  for (const RequiredOpMessage& required : out.required_ops) check_op(required);
  return out;
}

}  // namespace tg
