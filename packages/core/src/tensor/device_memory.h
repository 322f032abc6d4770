// Tensors in the memory of devices, and where this thread wants its ops to run. The table of devices is src/device.
//
// Kernels of core see tensors of the host only. Device tensors are met where ops are called (runtime/placement.h) and
// where values leave the engine; everything in between goes through to_host.
#ifndef TENSEGRA_TENSOR_DEVICE_MEMORY_H_
#define TENSEGRA_TENSOR_DEVICE_MEMORY_H_

#include <atomic>
#include <string>

#include "tensegra/c/device.h"
#include "tensor/tensor.h"

struct tg_device {
  tg_device_def def;
  int32_t ordinal;
  std::string type;
  std::string name;  // "CPU:0"
  bool is_host;
};

namespace tg {

// Whether there is a device besides the host. While there is none, no tensor lies on one.
extern std::atomic<bool> device_noted;
inline bool devices_present() { return device_noted.load(std::memory_order_acquire); }
inline void note_device() { device_noted.store(true, std::memory_order_release); }

inline bool on_device(const tg_tensor& tensor) { return tensor.buffer && tensor.buffer->device(); }

// Uninitialised memory of the device; dtype is one with elements of whole bytes.
TensorRef new_device_tensor(tg_device* device, int dtype, const Dims& dims);
// The tensor itself where it lies there, else a copy. Strings, resources and graph values stay what they are.
TensorRef copy_to_device(tg_tensor* tensor, tg_device* device);
// Waits for the data. Throws what the work that makes it failed with.
TensorRef to_host(tg_tensor* tensor);
// Whether a tensor of that dtype can lie on a device.
bool fits_devices(int dtype);

// Where this thread wants ops to run: what was entered last; null: nowhere in particular.
tg_device* current_device();
void enter_device(tg_device* device);
void leave_device();  // throws TG-0202 without a matching enter

class ScopedDevice {
 public:
  explicit ScopedDevice(tg_device* device) { enter_device(device); }
  ~ScopedDevice() { leave_device(); }
  ScopedDevice(const ScopedDevice&) = delete;
  ScopedDevice& operator=(const ScopedDevice&) = delete;
};

}  // namespace tg

#endif  // TENSEGRA_TENSOR_DEVICE_MEMORY_H_
