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

// For ops without outputs.
inline void infer_nothing(InferContext&) {}

}  // namespace tg

#endif  // TENSEGRA_OPS_STATE_HPP_
