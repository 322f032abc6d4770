#include "tensor/resource.h"

#include <memory>

#include "base/status.h"
#include "tensegra/shape.hpp"
#include "tensor/device_memory.h"

namespace tg {
namespace {

const tg_resource_type kVariableType = {sizeof(tg_resource_type), "variable",
                                        [](void* self) { delete static_cast<Variable*>(self); }};

}  // namespace

TensorRef Variable::read() {
  std::lock_guard<std::mutex> lock(mutex);
  if (!value)
    throw Error(TG_FAILED_PRECONDITION, "TG-0115",
                "a variable must have a value before it is read. Received: variable '" + name + "'");
  return value;
}

void Variable::assign(tg_tensor* tensor) {
  if (tensor->dtype != dtype || !dims_compatible(dims, tensor->dims) || !tensor->buffer)
    throw invalid_argument("TG-0116", "a variable keeps its dtype and its shape",
                           "variable '" + name + "' of " + type_text(dtype, dims) + ", value of " +
                               type_text(tensor->dtype, tensor->dims));
  TensorRef old = to_host(tensor);  // variables live on the host
  std::lock_guard<std::mutex> lock(mutex);
  std::swap(value, old);
}

TensorRef resource_tensor(tg_resource* resource) {
  TensorRef tensor = make_ref<tg_tensor>();
  tensor->dtype = TG_RESOURCE;
  tensor->id = resource->id;
  tensor->resource = Ref<RefCounted>::share(resource);
  return tensor;
}

tg_resource* resource_of(const tg_tensor& tensor) {
  if (!tensor.resource || tensor.is_symbolic())
    throw invalid_argument("TG-0501", "a resource is needed here", "tensor of " + type_text(tensor.dtype, tensor.dims));
  return static_cast<tg_resource*>(tensor.resource.get());
}

Variable* variable_of(tg_resource* resource) {
  return resource->type == &kVariableType ? static_cast<Variable*>(resource->self) : nullptr;
}

Variable* variable_of(const tg_tensor& tensor) {
  return tensor.resource ? variable_of(static_cast<tg_resource*>(tensor.resource.get())) : nullptr;
}

Ref<tg_resource> new_variable(const std::string& name, int dtype, const Dims& dims, bool trainable,
                              tg_tensor* initial) {
  if (!dtype_to_name(dtype) || dtype == TG_RESOURCE)
    throw invalid_argument("TG-0102", "a variable holds elements", "dtype number=" + std::to_string(dtype));
  auto variable = std::make_unique<Variable>();
  variable->name = name;
  variable->dtype = dtype;
  variable->dims = dims;
  variable->trainable = trainable;
  if (initial) variable->assign(initial);
  return make_ref<tg_resource>(&kVariableType, variable.release());
}

}  // namespace tg
