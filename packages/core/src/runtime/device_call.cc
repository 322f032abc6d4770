#include "runtime/device_call.h"

namespace tg {

bool device_supports(const tg_device& device, const tg_op& op, const int* dtypes, size_t num_inputs) {
  if (device.is_host || !device.def.supports || !device.def.execute) return false;
  if (op.schema.has_functions || op.schema.list_result || op.def.effects != TG_EFFECT_NONE) return false;
  for (size_t i = 0; i < num_inputs; ++i)
    if (!fits_devices(dtypes[i])) return false;
  return device.def.supports(device.def.self, &op, dtypes, num_inputs) != 0;
}

void finish_later(tg_event* done, const std::vector<TensorRef>& read, const std::vector<TensorRef>& written) {
  if (done == nullptr) return;
  Ref<tg_event> event = Ref<tg_event>::adopt(done);
  for (const TensorRef& tensor : written) {
    tensor->buffer->set_ready(event);
    event->keep(tensor->buffer);
  }
  for (const TensorRef& tensor : read)
    if (tensor) event->keep(tensor->buffer);
}

void DeviceCall::run() {
  tg_event* done = nullptr;
  tg_status* failed = device_->def.execute(device_->def.self, device_->ordinal, &op, this, &done);
  if (failed) {
    if (done) done->release();
    throw_status(failed, op.name.c_str());
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i]) continue;
    // Nothing to write is the one good reason not to ask for the memory.
    if (types_.size() <= i || types_[i].dims.num_elements() != 0) {
      if (done) done->release();
      throw Error(TG_INTERNAL, "TG-0752", "[" + op.name + "] a device must set every output. Received: output " +
                                              std::to_string(i) + " unset by " + device_->name);
    }
    outputs[i] = new_device_tensor(device_, types_[i].dtype, types_[i].dims);
  }
  finish_later(done, there_, outputs);
}

void DeviceCall::input(size_t index, tg_tensor_desc* desc) {
  check_index(index, num_inputs_);
  if (!there_[index]) there_[index] = copy_to_device(inputs_[index], device_);
  describe(*there_[index], desc);
}

void DeviceCall::constant_input(size_t index, tg_tensor_desc* desc) {
  check_index(index, num_inputs_);
  here_.push_back(to_host(inputs_[index]));
  describe(*here_.back(), desc);
}

void DeviceCall::set_output_type(size_t index, int dtype, const Dims& dims) {
  check_index(index, num_outputs());
  if (!dims.is_static() || !fits_devices(dtype))
    throw Error(TG_INTERNAL, "TG-0752", "[" + op.name + "] a device gives outputs types with known sizes. Received: " +
                                            type_text(dtype, dims));
  if (types_.size() < num_outputs()) types_.resize(num_outputs());
  types_[index] = {dtype, dims};
}

void DeviceCall::output(size_t index, tg_tensor_desc* desc) {
  check_index(index, num_outputs());
  if (!outputs[index]) {
    if (types_.size() <= index || !types_[index].dims.is_static() || !fits_devices(types_[index].dtype))
      throw Error(TG_INTERNAL, "TG-0752",
                  "[" + op.name + "] a device sets the type of an output before it writes it. Received: output " +
                      std::to_string(index) + " of " + device_->name);
    outputs[index] = new_device_tensor(device_, types_[index].dtype, types_[index].dims);
  }
  describe(*outputs[index], desc);
}

}  // namespace tg
