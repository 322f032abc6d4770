// One call of an op's kernel: eager and planned execution both go through here.
#ifndef TENSEGRA_RUNTIME_KERNEL_CALL_H_
#define TENSEGRA_RUNTIME_KERNEL_CALL_H_

#include "base/small_vector.h"
#include "schema/infer.h"
#include "schema/op_context.h"

namespace tg {

// An input or output as a kernel sees it. A tensor, or a place in a plan's arena.
struct Slot {
  int dtype = TG_DTYPE_INVALID;
  Dims dims;
  char* data = nullptr;   // null: an output not allocated yet, or a resource
  TensorRef tensor;       // null: the memory belongs to an arena

  void set(const TensorRef& value) {
    dtype = value->dtype;
    dims = value->dims;
    data = value->data();
    tensor = value;
  }
};

class KernelCall final : public tg_op_context {
 public:
  // dying: bit i is set where nothing reads input i afterwards.
  KernelCall(const tg_op& op, const Attrs& attrs, Slot** inputs, size_t num_inputs, Slot** outputs, size_t num_outputs,
             uint64_t dying = 0)
      : tg_op_context(op, attrs),
        inputs_(inputs),
        num_inputs_(num_inputs),
        outputs_(outputs),
        num_outputs_(num_outputs),
        dying_(dying) {}
  ~KernelCall() override;

  // Runs the kernel; throws what it reports.
  void run();

  size_t num_inputs() const override { return num_inputs_; }
  size_t num_outputs() const override { return num_outputs_; }
  void input(size_t index, tg_tensor_desc* desc) override;
  void constant_input(size_t index, tg_tensor_desc* desc) override { input(index, desc); }
  void set_output_type(size_t index, int dtype, const Dims& dims) override;
  void output(size_t index, tg_tensor_desc* desc) override;
  void* scratch(size_t bytes) override;
  TensorRef input_tensor(size_t index) override;
  void set_output_tensor(size_t index, tg_tensor* tensor) override;
  // Whether the memory of an input may be written to: nobody else sees it, now or later.
  bool may_overwrite(size_t index) const;
  Slot& input_slot(size_t index) { return *inputs_[index]; }

 private:
  Slot** inputs_;
  size_t num_inputs_;
  Slot** outputs_;
  size_t num_outputs_;
  uint64_t dying_;
  struct Scratch {
    void* data;
    size_t bytes;
  };
  SmallVector<Scratch, 2> scratch_;
};

}  // namespace tg

#endif  // TENSEGRA_RUNTIME_KERNEL_CALL_H_
