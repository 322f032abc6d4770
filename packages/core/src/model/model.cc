#include "model/model.h"

#include "base/status.h"
#include "model/files.h"
#include "model/resources.h"
#include "model/weights.h"
#include "model/wire.h"
#include "tensegra/shape.hpp"
#include "tensor/resource.h"

namespace tg {
namespace {

class Loader {
 public:
  Loader(const std::string& directory, bool mmap)
      : directory_(directory),
        proto_(read_model_file(directory)),
        message_(read_saved_message(proto_)),
        weights_(directory, message_.files, std::move(message_.weights), mmap) {}

  std::unique_ptr<tg_model> load() {
    for (const FileMessage& asset : message_.assets) assets_.push_back(find_asset(directory_, asset.name, asset.size));
    for (const ObjectMessage& object : message_.objects) model_->object_tensors.push_back(object_tensor(object));
    for (FunctionMessage& function : message_.functions) add_function(std::move(function));
    for (SignatureMessage& signature : message_.signatures) add_signature(signature);
    model_->proto = std::move(proto_);
    return std::move(model_);
  }

 private:
  TensorRef object_tensor(const ObjectMessage& object) {
    if (object.has_variable) return variable(object.variable);
    if (object.has_resource) return make_resource(object.resource, &weights_);
    if (object.kind == "asset") {
      if (object.asset < 0 || object.asset >= static_cast<int64_t>(assets_.size()))
        damaged("Object.asset", "there is no such asset");
      const std::string& path = assets_[static_cast<size_t>(object.asset)];
      const int64_t offsets[] = {0, static_cast<int64_t>(path.size())};
      TensorRef value = new_string_tensor(Dims{}, offsets, path.data());
      return resource_tensor(new_variable("asset", TG_STRING, Dims{}, false, value.get()).get());
    }
    return object.weight.empty() ? nullptr : weights_.get(object.weight);
  }

  TensorRef variable(const VariableMessage& message) {
    if (message.dims.size() > TG_MAX_RANK) damaged("Variable.dims", "a shape has at most 8 dimensions");
    for (int64_t size : message.dims)
      if (size < -1) damaged("Variable.dims", "a size is out of range");
    if (!dtype_to_name(message.dtype) || message.dtype == TG_RESOURCE) damaged("Variable.dtype", "it is unknown");
    TensorRef value = message.weight.empty() ? nullptr : weights_.get(message.weight);
    Dims dims(message.dims);
    if (value && (value->dtype != message.dtype || !dims_compatible(dims, value->dims)))
      damaged("Variable.weight", "the weight of '" + message.name + "' has another type");
    return resource_tensor(new_variable(message.name, message.dtype, dims, message.trainable, value.get()).get());
  }

  void add_function(FunctionMessage message) {
    std::vector<TensorRef> captures;
    for (int64_t number : message.captures) {
      if (number < 0 || number >= static_cast<int64_t>(model_->object_tensors.size()) ||
          !model_->object_tensors[static_cast<size_t>(number)])
        damaged("Function.captures", "object " + std::to_string(number) + " holds no state");
      captures.push_back(model_->object_tensors[static_cast<size_t>(number)]);
    }
    std::string name = message.name;
    model_->functions.emplace(name, tg_function::freeze(build_function(
        std::move(message), std::move(captures), [this](const std::string& n) { return weights_.get(n); })));
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
  std::string proto_;
  SavedMessage message_;
  Weights weights_;
  std::vector<std::string> assets_;  // their paths
  std::unique_ptr<tg_model> model_ = std::make_unique<tg_model>();
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
