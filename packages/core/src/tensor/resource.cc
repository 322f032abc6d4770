#include "tensor/resource.h"

#include <memory>

#include "base/status.h"
#include "tensegra/shape.hpp"
#include "tensor/device_memory.h"

namespace tg {
namespace {

const tg_resource_type kVariableType = {sizeof(tg_resource_type), "variable",
                                        [](void* self) { delete static_cast<Variable*>(self); }};

Error no_value(const Variable& variable) {
  return Error(TG_FAILED_PRECONDITION, "TG-0115",
               "a variable must have a value before it is read. Received: variable '" + variable.name + "'");
}

}  // namespace

TensorRef Variable::read() {
  std::lock_guard<Mutex> lock(mutex);
  if (!value) throw no_value(*this);
  return value;
}

void Variable::assign(tg_tensor* tensor) {
  if (tensor->dtype != dtype || !dims_compatible(dims, tensor->dims) || !tensor->buffer)
    throw invalid_argument("TG-0116", "a variable keeps its dtype and its shape",
                           "variable '" + name + "' of " + type_text(dtype, dims) + ", value of " +
                               type_text(tensor->dtype, tensor->dims));
  TensorRef old = to_host(tensor);  // variables live on the host
  std::lock_guard<Mutex> lock(mutex);
  std::swap(value, old);
  owns_memory_ = false;
}

void* Variable::begin_update() {
  if (dtype_size(dtype) == 0)
    throw invalid_argument("TG-0102", "elements of one size are changed in place", "variable '" + name + "' of " +
                           type_text(dtype, dims));
  mutex.lock();
  try {
    if (!value) throw no_value(*this);
    // Once the lock is held, a tensor and a buffer of one owner have this owner.
    if (owns_memory_ && value->unique() && value->buffer->unique()) return value->data();
    next_ = new_tensor(dtype, value->dims);
    return next_->data();
  } catch (...) {
    mutex.unlock();
    throw;
  }
}

void Variable::end_update(bool commit) {
  TensorRef old = std::move(next_);  // outlives the lock
  next_ = nullptr;
  if (old && commit) {
    std::swap(value, old);
    owns_memory_ = true;
  }
  mutex.unlock();
}

void* begin_update(tg_resource* resource, tg_tensor_desc* value) {
  Variable* variable = variable_of(resource);
  if (!variable)
    throw invalid_argument("TG-0501", "a variable is needed here", "resource of type '" +
                           std::string(resource->type->name) + "'");
  void* target = variable->begin_update();
  describe(*variable->value, value);
  return target;
}

void end_update(tg_resource* resource, bool commit) noexcept { variable_of(resource)->end_update(commit); }

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
