// The entry point: what the device can do, in one struct.
#include "null_device.hpp"

namespace null_device {

const tg_api* api = nullptr;

}  // namespace null_device

extern "C" TG_EXPORT tg_status* tg_plugin_init(const tg_api* core) {
  using namespace null_device;
  if (core->minor < TG_PLUGIN_MINOR)
    return core->status->create(TG_FAILED_PRECONDITION, "TG-0753", "the null device needs a newer tensegra-core.");
  api = core;
  tg_device_def def = {};
  def.struct_size = sizeof(def);
  def.type = "NULL";
  def.count = [](void*) { return kOrdinals; };
  def.memory_kind = TG_MEMORY_DEVICE;
  def.allocate = allocate;
  def.deallocate = deallocate;
  def.copy_from_host = copy_from_host;
  def.copy_to_host = copy_to_host;
  def.supports = supports;
  def.execute = execute;
  def.compile = compile;
  def.run = run;
  def.destroy_executable = destroy_executable;
  return core->device->register_device(&def);
}
