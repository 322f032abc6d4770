// How state ops reach the resource behind an input.
#ifndef TENSEGRA_OPS_STATE_HPP_
#define TENSEGRA_OPS_STATE_HPP_

#include "ops/common.hpp"

namespace tg {

// Owns one reference to a resource.
class Resource {
 public:
  explicit Resource(const Tensor& tensor) { check(api().resource->from_tensor(tensor.get(), &handle_)); }
  Resource(const Resource&) = delete;
  Resource& operator=(const Resource&) = delete;
  ~Resource() {
    if (handle_) api().resource->release(handle_);
  }
  tg_resource* get() const { return handle_; }

  Tensor read() const {
    tg_tensor* value = nullptr;
    check(api().resource->variable_read(handle_, &value));
    return Tensor::adopt(value);
  }
  void assign(const Tensor& value) const { check(api().resource->variable_assign(handle_, value.get())); }

 private:
  tg_resource* handle_ = nullptr;
};

// Defined in tensor/resource.cc: what the C interface has no function for.
void* begin_update(tg_resource* variable, tg_tensor_desc* value);
void end_update(tg_resource* variable, bool commit) noexcept;

// A variable whose elements change: reading, computing and writing is one step to everybody else. Where earlier readers
// hold the value, it is kept for them and the new elements lie elsewhere.
class Update {
 public:
  explicit Update(const Resource& variable) : variable_(variable.get()) {
    target_ = begin_update(variable_, &desc_);
  }
  Update(const Update&) = delete;
  Update& operator=(const Update&) = delete;
  ~Update() { end_update(variable_, committed_); }

  int dtype() const { return desc_.dtype; }
  Dims dims() const { return Dims(desc_.dims, desc_.rank); }
  const void* from() const { return static_cast<const char*>(desc_.data) + desc_.byte_offset; }
  void* to() const { return target_; }
  void commit() { committed_ = true; }

 private:
  tg_resource* variable_;
  tg_tensor_desc desc_{};
  void* target_ = nullptr;
  bool committed_ = false;
};

// For ops without outputs.
inline void infer_nothing(InferContext&) {}

}  // namespace tg

#endif  // TENSEGRA_OPS_STATE_HPP_
