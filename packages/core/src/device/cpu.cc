// The host as a device: its memory is the pool's, its copies are done on return.
#include <cstring>

#include "base/allocator.h"
#include "base/status.h"
#include "device/device.h"

namespace tg {
namespace {

tg_status* cpu_allocate(void*, int32_t, size_t bytes, void** out) {
  return guard([&] { *out = allocate(bytes); });
}

tg_status* cpu_copy_from_host(void*, int32_t, const void* host, void* device, size_t bytes, tg_event** done) {
  std::memcpy(device, host, bytes);
  *done = nullptr;
  return nullptr;
}

tg_status* cpu_copy_to_host(void*, int32_t, const void* device, void* host, size_t bytes, tg_event** done) {
  std::memcpy(host, device, bytes);
  *done = nullptr;
  return nullptr;
}

}  // namespace

const tg_device_def& cpu_device_def() {
  static const tg_device_def def = {sizeof(tg_device_def),
                                    "CPU",
                                    nullptr,
                                    nullptr,
                                    [](void*) -> int32_t { return 1; },
                                    TG_MEMORY_HOST,
                                    0,
                                    cpu_allocate,
                                    [](void*, int32_t, void* data, size_t bytes) { deallocate(data, bytes); },
                                    cpu_copy_from_host,
                                    cpu_copy_to_host,
                                    nullptr,  // core runs what the host runs
                                    nullptr,
                                    nullptr,
                                    nullptr,
                                    nullptr};
  return def;
}

}  // namespace tg
