#include "tensor/device_memory.h"

#include <vector>

#include "base/status.h"
#include "tensor/event.h"

namespace tg {
namespace {

thread_local std::vector<tg_device*> scopes;
__attribute__((tls_model("initial-exec"))) thread_local tg_device* innermost = nullptr;

struct Allocation {
  tg_device* device;
  void* data;
  size_t bytes;
};

void free_allocation(void* context) {
  auto* allocation = static_cast<Allocation*>(context);
  const tg_device_def& def = allocation->device->def;
  def.deallocate(def.self, allocation->device->ordinal, allocation->data, allocation->bytes);
  delete allocation;
}

TensorRef upload(tg_tensor* tensor, tg_device* device) {
  TensorRef copy = new_device_tensor(device, tensor->dtype, tensor->dims);
  size_t bytes = tensor_bytes(*tensor);
  if (bytes == 0) return copy;
  tg_event* done = nullptr;
  throw_status(device->def.copy_from_host(device->def.self, device->ordinal, tensor->data(), copy->data(), bytes, &done),
               device->name.c_str());
  if (done) {
    Ref<tg_event> event = Ref<tg_event>::adopt(done);
    event->keep(tensor->buffer);
    event->keep(copy->buffer);
    copy->buffer->set_ready(event);
  }
  return copy;
}

}  // namespace

std::atomic<bool> device_noted{false};

bool fits_devices(int dtype) { return dtype_size(dtype) != 0; }

TensorRef new_device_tensor(tg_device* device, int dtype, const Dims& dims) {
  size_t bytes = dense_bytes(dtype, checked_count(dims));
  void* data = nullptr;
  Ref<Buffer> buffer;
  if (bytes != 0) {
    throw_status(device->def.allocate(device->def.self, device->ordinal, bytes, &data), device->name.c_str());
    if (data == nullptr) throw internal_error("[" + device->name + "] it allocated nothing");
    buffer = make_ref<Buffer>(data, bytes, free_allocation, new Allocation{device, data, bytes});
  } else {
    buffer = make_ref<Buffer>(nullptr, 0, nullptr, nullptr);
  }
  buffer->set_device(device);
  return new_tensor_on(std::move(buffer), 0, dtype, dims);
}

TensorRef copy_to_device(tg_tensor* tensor, tg_device* device) {
  if (device == nullptr || device->is_host) return to_host(tensor);
  if (tensor->is_symbolic() || tensor->resource || !fits_devices(tensor->dtype)) return TensorRef::share(tensor);
  if (on_device(*tensor)) {
    if (tensor->buffer->device() == device) return TensorRef::share(tensor);
    return upload(to_host(tensor).get(), device);
  }
  return upload(tensor, device);
}

TensorRef to_host(tg_tensor* tensor) {
  if (!on_device(*tensor)) return TensorRef::share(tensor);
  tg_device* device = tensor->buffer->device();
  if (auto* ready = static_cast<tg_event*>(tensor->buffer->ready())) throw_status(ready->wait(), device->name.c_str());
  TensorRef copy = new_tensor(tensor->dtype, tensor->dims);
  size_t bytes = tensor_bytes(*tensor);
  if (bytes == 0) return copy;
  tg_event* done = nullptr;
  throw_status(device->def.copy_to_host(device->def.self, device->ordinal, tensor->data(), copy->data(), bytes, &done),
               device->name.c_str());
  if (done) {
    Ref<tg_event> event = Ref<tg_event>::adopt(done);
    throw_status(event->wait(), device->name.c_str());
  }
  return copy;
}

tg_device* current_device() { return innermost; }
void enter_device(tg_device* device) {
  scopes.push_back(device);
  innermost = device;
}
void leave_device() {
  if (scopes.empty()) throw Error(TG_FAILED_PRECONDITION, "TG-0202", "a device must be entered before it is left.");
  scopes.pop_back();
  innermost = scopes.empty() ? nullptr : scopes.back();
}

}  // namespace tg
