#include "device/device.h"

#include "capi/capi.h"

namespace tg::capi {
namespace {

tg_status* register_one(const tg_device_def* def) {
  return guard([&] {
    require(def, "def");
    register_device(*def);
  });
}
size_t count() { return all_devices().size(); }
tg_device* at(size_t index) {
  std::vector<tg_device*> devices = all_devices();
  return index < devices.size() ? devices[index] : nullptr;
}
tg_status* find(const char* name, tg_device** out) {
  return guard([&] {
    require(name, "name");
    require(out, "out");
    *out = find_device(name);
  });
}
const char* name(const tg_device* device) { return device ? device->name.c_str() : nullptr; }
const char* type(const tg_device* device) { return device ? device->type.c_str() : nullptr; }
tg_status* copy(tg_tensor* tensor, tg_device* device, tg_tensor** out) {
  return guard([&] {
    require(tensor, "tensor");
    require(out, "out");
    if (tensor->is_symbolic())
      throw Error(TG_FAILED_PRECONDITION, "TG-0114", "a value of a graph being traced has no data yet.");
    *out = copy_to_device(tensor, device).detach();
  });
}
tg_status* enter(tg_device* device) {
  return guard([&] { enter_device(device); });
}
tg_status* leave() { return guard(leave_device); }

}  // namespace

const tg_device_api device_api = {sizeof(tg_device_api), register_one, count, at, find, name, type, copy, enter, leave,
                                  current_device};

}  // namespace tg::capi
