// One op, or one compiled function, run by a device.
#ifndef TENSEGRA_RUNTIME_DEVICE_CALL_H_
#define TENSEGRA_RUNTIME_DEVICE_CALL_H_

#include <vector>

#include "schema/infer.h"
#include "schema/op_context.h"
#include "tensor/device_memory.h"
#include "tensor/event.h"

namespace tg {

// Whether the device takes the op with inputs of these dtypes. Strings and state are for the host alone.
bool device_supports(const tg_device& device, const tg_op& op, const int* dtypes, size_t num_inputs);

// What execute of a device sees of one op. Inputs are copied to the device when they are asked for.
class DeviceCall final : public tg_op_context {
 public:
  DeviceCall(tg_device* device, const tg_op& op, const Attrs& attrs, tg_tensor* const* inputs, size_t num_inputs,
             std::vector<TensorType> types)
      : tg_op_context(op, attrs), device_(device), inputs_(inputs), num_inputs_(num_inputs), there_(num_inputs),
        types_(std::move(types)), outputs(op.schema.num_outputs) {}

  // Runs it, or queues it.
  void run();

  size_t num_inputs() const override { return num_inputs_; }
  void input(size_t index, tg_tensor_desc* desc) override;
  void constant_input(size_t index, tg_tensor_desc* desc) override;
  void set_output_type(size_t index, int dtype, const Dims& dims) override;
  void output(size_t index, tg_tensor_desc* desc) override;

 private:
  tg_device* device_;
  tg_tensor* const* inputs_;
  const size_t num_inputs_;
  std::vector<TensorRef> there_;  // the inputs in the device's memory, where asked for
  std::vector<TensorRef> here_;   // and in the host's
  std::vector<TensorType> types_;

 public:
  std::vector<TensorRef> outputs;
};

// Ties the memory of a piece of work to the event that ends it. done may be NULL.
void finish_later(tg_event* done, const std::vector<TensorRef>& read, const std::vector<TensorRef>& written);

}  // namespace tg

#endif  // TENSEGRA_RUNTIME_DEVICE_CALL_H_
