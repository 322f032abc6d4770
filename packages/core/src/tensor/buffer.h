// Memory that tensors share.
#ifndef TENSEGRA_TENSOR_BUFFER_H_
#define TENSEGRA_TENSOR_BUFFER_H_

#include <cstddef>

#include "base/allocator.h"
#include "base/ref.h"

namespace tg {

class Buffer final : public RefCounted, public Pooled<Buffer> {
 public:
  // Own memory from the caching pool.
  explicit Buffer(size_t bytes) : data_(allocate(bytes)), bytes_(bytes) {}
  // Somebody else's memory; release(context) is called once.
  Buffer(void* data, size_t bytes, void (*release)(void*), void* context)
      : data_(data), bytes_(bytes), release_(release), context_(context), foreign_(true) {}

  void* data() const { return data_; }
  size_t bytes() const { return bytes_; }

 private:
  ~Buffer() override {
    if (!foreign_) deallocate(data_, bytes_);
    else if (release_) release_(context_);
  }

  void* data_;
  size_t bytes_;
  void (*release_)(void*) = nullptr;
  void* context_ = nullptr;
  bool foreign_ = false;
};

}  // namespace tg

#endif  // TENSEGRA_TENSOR_BUFFER_H_
