#include "schema/infer.h"

#include "schema/op_context.h"
#include "tensor/device_memory.h"

namespace tg {
namespace {

constexpr size_t kMostOutputs = 65536;

class InferCall final : public tg_op_context {
 public:
  InferCall(const tg_op& op, const Attrs& attrs, const InferInput* inputs, size_t count,
            TensorType* outputs)
      : tg_op_context(op, attrs), inputs_(inputs), count_(count), outputs_(outputs) {}
  // For an op with a list of results, which grows as they are set.
  InferCall(const tg_op& op, const Attrs& attrs, const InferInput* inputs, size_t count, std::vector<TensorType>* list)
      : tg_op_context(op, attrs), inputs_(inputs), count_(count), outputs_(nullptr), list_(list) {}

  size_t num_inputs() const override { return count_; }
  size_t num_outputs() const override { return list_ ? list_->size() : op.schema.num_outputs; }
  void input(size_t index, tg_tensor_desc* desc) override {
    check_index(index, count_);
    fill(inputs_[index], desc);
  }
  void constant_input(size_t index, tg_tensor_desc* desc) override {
    check_index(index, count_);
    fill(inputs_[index], desc);
    if (!inputs_[index].value) return;
    const tg_tensor* value = inputs_[index].value;
    if (on_device(*value)) {
      kept_.push_back(to_host(const_cast<tg_tensor*>(value)));
      value = kept_.back().get();
    }
    describe(*value, desc);
  }
  void set_output_type(size_t index, int dtype, const Dims& dims) override {
    if (list_) {
      if (index == list_->size() && index < kMostOutputs) list_->emplace_back();
      outputs_ = list_->data();
    }
    check_index(index, num_outputs());
    outputs_[index].dtype = dtype;
    outputs_[index].dims = dims;
  }

 private:
  static void fill(const InferInput& input, tg_tensor_desc* desc) {
    desc->data = nullptr;
    desc->strides = nullptr;
    desc->byte_offset = 0;
    desc->device = nullptr;
    desc->ready = nullptr;
    desc->memory_kind = TG_MEMORY_HOST;
    desc->reserved = 0;
    desc->dtype = input.dtype;
    desc->dims = input.dims->data();
    desc->rank = input.dims->rank();
  }
  const InferInput* inputs_;
  size_t count_;
  TensorType* outputs_;
  std::vector<TensorType>* list_ = nullptr;
  std::vector<TensorRef> kept_;  // copies of what lies on devices
};

}  // namespace

namespace {

void call_infer(const tg_op& op, InferCall& call) {
  if (!op.def.infer)
    throw Error(TG_INTERNAL, "TG-0301",
                "a graph keeps the rules of a valid graph: composites are expanded before they enter a graph. Received: op=" +
                    op.name);
  throw_status(op.def.infer(&call), op.name.c_str());
}

// Nobody behind this has to look whether a number of elements overflows, in graphs neither, where nothing is allocated.
void check_size(const tg_op& op, const Dims& dims) {
  int64_t count = 1;
  for (int64_t size : dims)
    if (size > 0 && __builtin_mul_overflow(count, size, &count))
      throw invalid_argument("TG-0109", "[" + op.name + "] the number of elements must fit 63 bits", "shape=" + dims.str());
}

void check_outputs(const tg_op& op, const TensorType* outputs, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (outputs[i].dtype == TG_DTYPE_INVALID)
      throw internal_error("[" + op.name + "] its shape inference left an output unset");
    check_size(op, outputs[i].dims);
  }
}

}  // namespace

void infer(const tg_op& op, const Attrs& attrs, const InferInput* inputs, size_t num_inputs, TensorType* outputs) {
  InferCall call(op, attrs, inputs, num_inputs, outputs);
  call_infer(op, call);
  check_outputs(op, outputs, op.schema.num_outputs);
}

std::vector<TensorType> infer(const tg_op& op, const Attrs& attrs, const std::vector<InferInput>& inputs) {
  std::vector<TensorType> outputs(op.schema.num_outputs);
  if (op.schema.list_result) {
    InferCall call(op, attrs, inputs.data(), inputs.size(), &outputs);
    call_infer(op, call);
    check_outputs(op, outputs.data(), outputs.size());
    return outputs;
  }
  infer(op, attrs, inputs.data(), inputs.size(), outputs.data());
  return outputs;
}

}  // namespace tg
