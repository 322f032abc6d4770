// Memory that tensors share.
#ifndef TENSEGRA_TENSOR_BUFFER_H_
#define TENSEGRA_TENSOR_BUFFER_H_

#include <cstddef>
#include <utility>

#include "base/allocator.h"
#include "base/ref.h"

struct tg_device;

namespace tg {

class Buffer final : public RefCounted, public Pooled<Buffer> {
 public:
  // Own memory from the caching pool.
  explicit Buffer(size_t bytes) : data_(allocate(bytes)), bytes_(bytes) {}
  // Somebody else's memory; release(context) is called once.
  Buffer(void* data, size_t bytes, void (*release)(void*), void* context)
      : data_(data), bytes_(bytes), release_(release), context_(context), foreign_(true) {}

  // Memory of a device: release gets the buffer's context. ready, an event or null, says when it may be read.
  void set_device(tg_device* device) { device_ = device; }
  void set_ready(Ref<RefCounted> ready) { ready_ = std::move(ready); }
  tg_device* device() const { return device_; }
  RefCounted* ready() const { return ready_.get(); }

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
  tg_device* device_ = nullptr;  // null: the host
  Ref<RefCounted> ready_;
};

}  // namespace tg

#endif  // TENSEGRA_TENSOR_BUFFER_H_
