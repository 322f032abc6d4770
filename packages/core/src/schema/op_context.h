// What a callback sees of one call. Each kind of callback has its own context; what a kind does not offer is refused.
#ifndef TENSEGRA_SCHEMA_OP_CONTEXT_H_
#define TENSEGRA_SCHEMA_OP_CONTEXT_H_

#include "base/status.h"
#include "schema/registry.h"

struct tg_op_context {
  tg_op_context(const tg_op& op, const tg::Attrs& attrs) : op(op), attrs(attrs) {}
  virtual ~tg_op_context() = default;

  virtual size_t num_inputs() const = 0;
  virtual size_t num_outputs() const { return op.schema.num_outputs; }
  virtual void input(size_t index, tg_tensor_desc* desc) = 0;
  virtual void constant_input(size_t, tg_tensor_desc*) { refuse("constant_input"); }
  virtual void set_output_type(size_t, int, const tg::Dims&) { refuse("set_output_type"); }
  virtual void output(size_t, tg_tensor_desc*) { refuse("output"); }
  virtual void* scratch(size_t) { refuse("scratch"); }
  virtual tg::TensorRef input_tensor(size_t) { refuse("input_tensor"); }
  virtual void set_output_tensor(size_t, tg_tensor*) { refuse("set_output_tensor"); }
  virtual tg::TensorRef output_tensor(size_t) { refuse("output_tensor"); }
  virtual tg::TensorRef output_gradient(size_t) { refuse("output_gradient"); }
  virtual bool needs_gradient(size_t) { refuse("needs_gradient"); }
  virtual void set_input_gradient(size_t, tg_tensor*) { refuse("set_input_gradient"); }
  virtual void set_cost(double, double) { refuse("set_cost"); }

  const tg_op& op;
  const tg::Attrs& attrs;

 protected:
  [[noreturn]] void refuse(const char* what) const {
    throw tg::Error(TG_FAILED_PRECONDITION, "TG-0120", std::string(what) + " is not offered in this callback.");
  }
  void check_index(size_t index, size_t count) const {
    if (index >= count) throw tg::internal_error("input or output " + std::to_string(index) + " does not exist");
  }
};

#endif  // TENSEGRA_SCHEMA_OP_CONTEXT_H_
