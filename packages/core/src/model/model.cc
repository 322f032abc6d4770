#include "model/model.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/status.h"
#include "model/weights.h"
#include "model/wire.h"
#include "tensegra/shape.hpp"
#include "tensor/resource.h"

namespace tg {
namespace {

struct WeightInfo {
  int dtype = 0;
  std::vector<int64_t> dims;
  int64_t file = 0;
  uint64_t offset = 0, length = 0;
};

struct ObjectInfo {
  std::string kind, weight;
  bool has_variable = false;
  std::string variable_name, variable_weight;
  int variable_dtype = 0;
  std::vector<int64_t> variable_dims;
  bool trainable = false;
};

struct SignatureMessage {
  std::string name, function;
  std::vector<ValueTypeMessage> inputs, outputs;
};

struct WeightFile {
  std::string name;
  uint64_t size = 0;
};

std::string read_file(const std::string& directory) {
  const std::string path = directory + "/saved_model.pb";
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (!file)
    throw Error(TG_NOT_FOUND, "TG-0401", "a saved model is a directory with a saved_model.pb. Received: " + path + " (" +
                                             std::strerror(errno) + ")");
  std::string bytes;
  char block[65536];
  size_t count;
  while ((count = std::fread(block, 1, sizeof(block), file)) > 0) bytes.append(block, count);
  bool failed = std::ferror(file) != 0;
  std::fclose(file);
  if (failed) throw Error(TG_NOT_FOUND, "TG-0401", "saved_model.pb must be readable. Received: " + path);
  return bytes;
}

class Loader {
 public:
  Loader(const std::string& directory, bool mmap) : directory_(directory), mmap_(mmap) {}

  std::unique_ptr<tg_model> load() {
    model_->proto = read_file(directory_);
    read_message();
    open_files();
    for (const ObjectInfo& object : objects_) model_->object_tensors.push_back(object_tensor(object));
    for (FunctionMessage& message : functions_) add_function(std::move(message));
    for (SignatureMessage& signature : signatures_) add_signature(signature);
    return std::move(model_);
  }

 private:
  void read_message() {
    WireReader in(model_->proto, "SavedModel");
    int version = 0;
    std::string producer, profile;
    // The version is looked at first: what is newer is refused before anything else of it is read.
    for (WireReader look(model_->proto, "SavedModel"); look.next();) {
      if (look.field() == 1) version = look.int32();
      if (look.field() == 2) producer = look.text();
      if (look.field() == 3) profile = look.text();
    }
    if (version < 1) damaged("SavedModel.format_version", "it is missing");
    if (version > kFormatVersion)
      throw Error(TG_FAILED_PRECONDITION, "TG-0403",
                  "a reader reads the format versions that it knows. Received: format version " +
                      std::to_string(version) + " written by " + producer + "; this one knows up to " +
                      std::to_string(kFormatVersion));
    if (!profile.empty())
      throw Error(TG_FAILED_PRECONDITION, "TG-0403",
                  "this reader reads the full profile. Received: profile '" + profile + "': use tensegra.lite");
    while (in.next()) switch (in.field()) {
        case 5: {
          std::string_view bytes = in.bytes();
          functions_.push_back(read_function(bytes.data(), bytes.size()));
          break;
        }
        case 6: signatures_.push_back(read_signature(in.bytes())); break;
        case 7: objects_.push_back(read_object(in.bytes())); break;
        case 8: files_.push_back(read_weight_file(in.bytes())); break;
        case 9: read_weight(in.bytes()); break;
        default: break;
      }
  }

  static SignatureMessage read_signature(std::string_view bytes) {
    WireReader in(bytes, "Signature");
    SignatureMessage out;
    while (in.next()) switch (in.field()) {
        case 1: out.name = in.text(); break;
        case 2: out.function = in.text(); break;
        case 3: out.inputs.push_back(read_value_type(in.bytes())); break;
        case 4: out.outputs.push_back(read_value_type(in.bytes())); break;
        default: break;
      }
    return out;
  }

  static ObjectInfo read_object(std::string_view bytes) {
    WireReader in(bytes, "Object");
    ObjectInfo out;
    while (in.next()) switch (in.field()) {
        case 1: out.kind = in.text(); break;
        case 3: {
          out.has_variable = true;
          WireReader variable(in.bytes(), "Variable");
          while (variable.next()) switch (variable.field()) {
              case 1: out.variable_name = variable.text(); break;
              case 2: out.variable_dtype = variable.int32(); break;
              case 3: variable.integers(&out.variable_dims); break;
              case 4: out.trainable = variable.boolean(); break;
              case 5: out.variable_weight = variable.text(); break;
              default: break;
            }
          break;
        }
        case 4: out.weight = in.text(); break;
        default: break;
      }
    return out;
  }

  static WeightFile read_weight_file(std::string_view bytes) {
    WireReader in(bytes, "WeightFile");
    WeightFile out;
    while (in.next()) switch (in.field()) {
        case 1: out.name = in.text(); break;
        case 2: out.size = static_cast<uint64_t>(in.integer()); break;
        default: break;
      }
    if (out.name.empty() || out.name.find('/') != std::string::npos || out.name[0] == '.')
      damaged("WeightFile.name", "it must be the name of a file in the model's own directory");
    return out;
  }

  void read_weight(std::string_view bytes) {
    WireReader in(bytes, "Weight");
    std::string name;
    WeightInfo out;
    while (in.next()) switch (in.field()) {
        case 1: name = in.text(); break;
        case 2: out.dtype = in.int32(); break;
        case 3: in.integers(&out.dims); break;
        case 4: out.file = in.integer(); break;
        case 5: out.offset = static_cast<uint64_t>(in.integer()); break;
        case 6: out.length = static_cast<uint64_t>(in.integer()); break;
        default: break;
      }
    if (!weights_.emplace(name, std::move(out)).second) damaged("Weight.name", "'" + name + "' occurs twice");
  }

  void open_files() {
    for (const WeightFile& file : files_)
      buffers_.push_back(open_weights(directory_ + "/" + file.name, file.size, mmap_));
  }

  TensorRef weight(const std::string& name) {
    auto found = weights_.find(name);
    if (found == weights_.end()) damaged("Weight.name", "'" + name + "' is referred to but not there");
    const WeightInfo& info = found->second;
    if (info.file < 0 || info.file >= static_cast<int64_t>(buffers_.size()))
      damaged("Weight.file", "'" + name + "' lies in a file that is not listed");
    Ref<Buffer> buffer = buffers_[static_cast<size_t>(info.file)];
    if (info.offset > buffer->bytes() || info.length > buffer->bytes() - info.offset)
      damaged("Weight.offset", "'" + name + "' goes past the end of its file");
    std::vector<int64_t> sizes = info.dims;
    if (sizes.size() > TG_MAX_RANK) damaged("Weight.dims", "a shape has at most 8 dimensions");
    int64_t count = 1;
    for (int64_t size : sizes)
      if (size < 0 || __builtin_mul_overflow(count, size, &count)) damaged("Weight.dims", "a size is out of range");
    if (info.dtype == TG_STRING) return string_weight(name, info, buffer);
    if (dtype_size(info.dtype) == 0) damaged("Weight.dtype", "'" + name + "' has no dense elements");
    size_t bytes = 0;
    if (__builtin_mul_overflow(static_cast<size_t>(count), dtype_size(info.dtype), &bytes) || bytes != info.length)
      damaged("Weight.length", "'" + name + "' has another length than its shape needs");
    if (info.offset % std::min<size_t>(dtype_size(info.dtype), 8))
      damaged("Weight.offset", "'" + name + "' is not aligned");
    return new_tensor_on(buffer, static_cast<int64_t>(info.offset), info.dtype, Dims(sizes));
  }

  TensorRef string_weight(const std::string& name, const WeightInfo& info, const Ref<Buffer>& buffer) {
    Dims dims(info.dims);
    uint64_t entries = static_cast<uint64_t>(dims.num_elements()) + 1;
    if (entries > info.length / 8) damaged("Weight.length", "'" + name + "' is too short for its strings");
    std::vector<int64_t> offsets(entries);
    const char* data = static_cast<const char*>(buffer->data()) + info.offset;
    std::memcpy(offsets.data(), data, entries * 8);
    int64_t previous = 0, room = static_cast<int64_t>(info.length - entries * 8);
    for (int64_t offset : offsets) {
      if (offset < previous || offset > room) damaged("Weight", "a string of '" + name + "' goes past the end");
      previous = offset;
    }
    return new_string_tensor(dims, offsets.data(), data + entries * 8);
  }

  TensorRef object_tensor(const ObjectInfo& object) {
    if (object.has_variable) {
      if (object.variable_dims.size() > TG_MAX_RANK) damaged("Variable.dims", "a shape has at most 8 dimensions");
      TensorRef value = object.variable_weight.empty() ? nullptr : weight(object.variable_weight);
      Dims dims(object.variable_dims);
      if (value && (value->dtype != object.variable_dtype || !dims_compatible(dims, value->dims)))
        damaged("Variable.weight", "the weight of '" + object.variable_name + "' has another type");
      if (!dtype_to_name(object.variable_dtype) || object.variable_dtype == TG_RESOURCE)
        damaged("Variable.dtype", "it is unknown");
      Ref<tg_resource> variable =
          new_variable(object.variable_name, object.variable_dtype, dims, object.trainable, value.get());
      return resource_tensor(variable.get());
    }
    return object.weight.empty() ? nullptr : weight(object.weight);
  }

  void add_function(FunctionMessage message) {
    std::vector<TensorRef> captures;
    for (int64_t number : message.captures) {
      if (number < 0 || number >= static_cast<int64_t>(model_->object_tensors.size()) ||
          !model_->object_tensors[static_cast<size_t>(number)])
        damaged("Function.captures", "object " + std::to_string(number) + " is no variable and no constant");
      captures.push_back(model_->object_tensors[static_cast<size_t>(number)]);
    }
    std::string name = message.name;
    Ref<tg_function> function = tg_function::freeze(
        build_function(std::move(message), std::move(captures), [this](const std::string& n) { return weight(n); }));
    if (!model_->functions.emplace(name, function).second) damaged("Function.name", "'" + name + "' occurs twice");
  }

  void add_signature(SignatureMessage& message) {
    auto found = model_->functions.find(message.function);
    if (found == model_->functions.end())
      damaged("Signature.function", "'" + message.function + "' is not a function of the model");
    const tg_graph& graph = found->second->graph();
    if (message.inputs.size() != graph.inputs.size() || message.outputs.size() != graph.outputs.size())
      damaged("Signature", "'" + message.name + "' does not fit its function");
    model_->signatures.push_back(
        {message.name, found->second, std::move(message.inputs), std::move(message.outputs)});
  }

  const std::string directory_;
  const bool mmap_;
  std::unique_ptr<tg_model> model_ = std::make_unique<tg_model>();
  std::vector<FunctionMessage> functions_;
  std::vector<SignatureMessage> signatures_;
  std::vector<ObjectInfo> objects_;
  std::vector<WeightFile> files_;
  std::unordered_map<std::string, WeightInfo> weights_;
  std::vector<Ref<Buffer>> buffers_;
};

}  // namespace

std::unique_ptr<tg_model> load_model(const std::string& directory, bool mmap) { return Loader(directory, mmap).load(); }

}  // namespace tg

size_t tg_model::find_signature(const std::string& name) const {
  std::string known;
  for (size_t i = 0; i < signatures.size(); ++i) {
    if (signatures[i].name == name) return i;
    known += (i ? ", " : "") + signatures[i].name;
  }
  throw tg::Error(TG_NOT_FOUND, "TG-0406",
                  "a signature must exist in the model. Received: signature=" + name + ". There are: " +
                      (known.empty() ? "none" : known));
}
