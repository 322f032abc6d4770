#include "device/device.h"

#include <cstddef>
#include <cstring>
#include <memory>
#include <mutex>

#include "base/status.h"
#include "tensegra/mutex.hpp"

namespace tg {
namespace {

struct Manager {
  Mutex mutex;
  std::vector<std::unique_ptr<tg_device>> devices;
};

Manager& manager() {
  static Manager* instance = new Manager;  // leaked: devices live until the process ends
  return *instance;
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

// "NULL", "VENDOR_X2": what can stand in the name of a device.
bool is_type(const char* type) {
  if (type == nullptr || *type == 0) return false;
  for (const char* c = type; *c; ++c)
    if (!((*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9' && c != type) || (*c == '_' && c != type))) return false;
  return true;
}

// What is wrong with the definition is thrown.
void check_device(const tg_device_def& full) {
  if (!is_type(full.type) || !full.count || !full.allocate || !full.deallocate || !full.copy_from_host ||
      !full.copy_to_host)
    throw invalid_argument("TG-0751", "a device must give its type, in upper case, and its memory callbacks",
                           std::string("type=") + (full.type ? full.type : "NULL"));
  if ((full.compile != nullptr) != (full.run != nullptr))
    throw invalid_argument("TG-0751", "a device that compiles must run", std::string("type=") + full.type);
}

void add_devices(const tg_device_def& full) {
  int32_t count = full.count(full.self);
  if (count < 0)
    throw invalid_argument("TG-0751", "a device type has 0 or more devices", "count=" + std::to_string(count));
  Manager& all = manager();
  std::lock_guard<Mutex> lock(all.mutex);
  for (const auto& device : all.devices)
    if (device->type == full.type)
      throw invalid_argument("TG-0751", "the type of a device must be free", "type=" + device->type);
  for (int32_t i = 0; i < count; ++i) {
    auto device = std::make_unique<tg_device>();
    device->def = full;
    device->ordinal = i;
    device->type = full.type;
    device->name = device->type + ":" + std::to_string(i);
    device->is_host = all.devices.empty();
    if (!device->is_host) note_device();
    all.devices.push_back(std::move(device));
  }
}

}  // namespace

void register_device(const tg_device_def& def) {
  if (def.struct_size < offsetof(tg_device_def, execute) || def.struct_size > sizeof(tg_device_def))
    throw invalid_argument("TG-0504", "struct_size of tg_device_def must be one that this version knows",
                           "struct_size=" + std::to_string(def.struct_size));
  tg_device_def full{};
  std::memcpy(&full, &def, def.struct_size);
  try {
    check_device(full);
    add_devices(full);
  } catch (...) {
    if (full.destroy) full.destroy(full.self);
    throw;
  }
}

std::vector<tg_device*> all_devices() {
  Manager& all = manager();
  std::lock_guard<Mutex> lock(all.mutex);
  std::vector<tg_device*> devices;
  for (const auto& device : all.devices) devices.push_back(device.get());
  return devices;
}

tg_device* find_device(const std::string& name) {
  const std::string wanted = upper(name);
  std::string known;
  for (tg_device* device : all_devices()) {
    if (device->name == wanted || device->type == wanted) return device;
    known += (known.empty() ? "" : ", ") + device->name;
  }
  throw Error(TG_NOT_FOUND, "TG-0502",
              "a device must be registered before it is used. Received: device=" + name + ". There are: " + known);
}

}  // namespace tg
