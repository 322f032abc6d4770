// How state ops reach the resource behind an input.
#ifndef TENSEGRA_OPS_STATE_HPP_
#define TENSEGRA_OPS_STATE_HPP_

#include <mutex>

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

// Reading, computing and writing is one step to other updates of the same variable.
inline std::mutex& update_lock(const tg_resource* variable) {
  static std::mutex locks[16];
  return locks[reinterpret_cast<uintptr_t>(variable) / 64 % 16];
}

// For ops without outputs.
inline void infer_nothing(InferContext&) {}

}  // namespace tg

#endif  // TENSEGRA_OPS_STATE_HPP_
