#include "model/model.h"

#include "capi/capi.h"
#include "tensegra/c/model.h"

namespace tg::capi {
namespace {

void destroy(tg_model* model) { delete model; }

tg_status* load(const char* directory, const tg_model_options* options, tg_model** out) {
  return guard([&] {
    require(directory, "directory");
    require(out, "out");
    if (options) require_struct(options, sizeof(tg_model_options), "tg_model_options");
    *out = load_model(directory, !(options && options->no_mmap)).release();
  });
}

size_t num_signatures(const tg_model* model) { return model ? model->signatures.size() : 0; }
const char* signature_name(const tg_model* model, size_t index) {
  return model && index < model->signatures.size() ? model->signatures[index].name.c_str() : nullptr;
}
tg_status* find_signature(const tg_model* model, const char* name, size_t* index) {
  return guard([&] {
    require(model, "model");
    require(name, "name");
    require(index, "index");
    *index = model->find_signature(name);
  });
}

const SignatureInfo& signature(const tg_model* model, size_t index) {
  require(model, "model");
  if (index >= model->signatures.size())
    throw Error(TG_OUT_OF_RANGE, "TG-0107", "a signature must exist. Received: index=" + std::to_string(index));
  return model->signatures[index];
}
size_t signature_num_inputs(const tg_model* model, size_t index) {
  return model && index < model->signatures.size() ? model->signatures[index].inputs.size() : 0;
}
size_t signature_num_outputs(const tg_model* model, size_t index) {
  return model && index < model->signatures.size() ? model->signatures[index].outputs.size() : 0;
}

void value(const std::vector<ValueTypeMessage>& list, size_t index, const char** name, tg_tensor_desc* desc) {
  require(name, "name");
  require_struct(desc, sizeof(tg_tensor_desc), "tg_tensor_desc");
  if (index >= list.size())
    throw Error(TG_OUT_OF_RANGE, "TG-0107", "an input or output must exist. Received: index=" + std::to_string(index));
  size_t size = desc->struct_size;
  *desc = tg_tensor_desc{};
  desc->struct_size = size;
  desc->dtype = list[index].type.dtype;
  desc->rank = list[index].type.dims.rank();
  desc->dims = list[index].type.dims.data();
  *name = list[index].name.c_str();
}
tg_status* signature_input(const tg_model* model, size_t index, size_t input, const char** name,
                           tg_tensor_desc* desc) {
  return guard([&] { value(signature(model, index).inputs, input, name, desc); });
}
tg_status* signature_output(const tg_model* model, size_t index, size_t output, const char** name,
                            tg_tensor_desc* desc) {
  return guard([&] { value(signature(model, index).outputs, output, name, desc); });
}

tg_status* run(tg_model* model, size_t index, tg_tensor* const* inputs, size_t num_inputs, tg_tensor** outputs,
               size_t num_outputs) {
  return guard([&] {
    const SignatureInfo& info = signature(model, index);
    if (!info.outputs.empty()) require(outputs, "outputs");
    if (num_outputs < info.outputs.size())
      throw invalid_argument("TG-0303", "there must be room for every output",
                             "num_outputs=" + std::to_string(num_outputs));
    std::vector<TensorRef> results = info.function->call(tensors_from_c(inputs, num_inputs));
    for (size_t i = 0; i < results.size(); ++i) outputs[i] = results[i].detach();
  });
}

tg_status* function(const tg_model* model, const char* name, tg_function** out) {
  return guard([&] {
    require(model, "model");
    require(name, "name");
    require(out, "out");
    auto found = model->functions.find(name);
    if (found == model->functions.end())
      throw Error(TG_NOT_FOUND, "TG-0406", std::string("a function must exist in the model. Received: ") + name);
    Ref<tg_function> shared = found->second;
    *out = shared.detach();
  });
}

tg_status* object_tensor(const tg_model* model, size_t object, tg_tensor** out) {
  return guard([&] {
    require(model, "model");
    require(out, "out");
    if (object >= model->object_tensors.size() || !model->object_tensors[object])
      throw Error(TG_OUT_OF_RANGE, "TG-0107",
                  "an object must be a variable or a constant. Received: object=" + std::to_string(object));
    TensorRef shared = model->object_tensors[object];
    *out = shared.detach();
  });
}

tg_status* proto(const tg_model* model, const void** bytes, size_t* size) {
  return guard([&] {
    require(model, "model");
    require(bytes, "bytes");
    require(size, "size");
    *bytes = model->proto.data();
    *size = model->proto.size();
  });
}

}  // namespace

const tg_model_api model_api = {sizeof(tg_model_api), destroy,         load,
                                num_signatures,       signature_name,  find_signature,
                                signature_num_inputs, signature_num_outputs, signature_input,
                                signature_output,     run,             function,
                                object_tensor,        proto};

}  // namespace tg::capi
