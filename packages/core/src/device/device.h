// Devices, all registered through the same table: the CPU first, plug-ins later.
#ifndef TENSEGRA_DEVICE_DEVICE_H_
#define TENSEGRA_DEVICE_DEVICE_H_

#include <string>
#include <vector>

#include "tensor/device_memory.h"

namespace tg {

void register_device(const tg_device_def& def);  // throws TG-0504, TG-0120
std::vector<tg_device*> all_devices();
tg_device* find_device(const std::string& name);  // "CPU:0", "cpu"; throws TG-0502
// The table of the host itself.
const tg_device_def& cpu_device_def();

}  // namespace tg

#endif  // TENSEGRA_DEVICE_DEVICE_H_
