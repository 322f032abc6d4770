#include "kernels/elementwise.h"
#include "ops/index/index.hpp"
#include "ops/state/state.hpp"

namespace tg {
namespace {

struct Operation {
  kernels::ScatterOp op;
  bool divides;
};

Operation operation_of(const Context& c) {
  std::string name = c.string_attr("operation");
  if (name == "update") return {kernels::ScatterOp::kAssign, false};
  if (name == "add") return {kernels::ScatterOp::kAdd, false};
  if (name == "sub") return {kernels::ScatterOp::kSub, false};
  if (name == "mul") return {kernels::ScatterOp::kMul, false};
  if (name == "div") return {kernels::ScatterOp::kMul, true};
  if (name == "min") return {kernels::ScatterOp::kMin, false};
  if (name == "max") return {kernels::ScatterOp::kMax, false};
  throw invalid_argument("TG-0106", "operation must be update, add, sub, mul, div, min or max",
                         "operation='" + name + "'");
}

void infer(InferContext& c) { operation_of(c); }

// The updates as they are, or what they are to be multiplied with where the operation divides.
const void* factors(KernelContext& c, bool divides) {
  if (!divides) return c.input_data(2);
  int64_t count = c.num_elements(2);
  if (!is_floating(c.dtype(2))) throw unsupported("only floating-point variables are divided", dtype_name(c.dtype(2)));
  void* inverse = c.scratch(static_cast<size_t>(count) * element_size(c.dtype(2)) + 1);
  check_kernel(kernels::unary(kernels::UnaryOp::kReciprocal, kernel_dtype(c.dtype(2)), c.input_data(2), inverse, count,
                              c.parallel()),
               c.dtype(2));
  return inverse;
}

void kernel(KernelContext& c) {
  Operation operation = operation_of(c);
  Resource variable(c.input_tensor(0));
  Update update(variable);
  Dims dims = update.dims();
  int dtype = update.dtype();
  if (c.dtype(2) != dtype)
    throw invalid_argument("TG-0116", "the updates must have the dtype of the variable",
                           std::string("updates of dtype ") + dtype_name(c.dtype(2)) + ", variable of dtype " +
                               dtype_name(dtype));
  Coordinates at = coordinates(dims, c.dims(1), 0);
  require_selected(at, c.dims(2));
  const int64_t* rows = named_rows(c, 1, at, dims);
  const void* updates = factors(c, operation.divides);
  size_t bytes = static_cast<size_t>(dims.num_elements()) * element_size(dtype);
  if (bytes > 0 && update.to() != update.from()) std::memcpy(update.to(), update.from(), bytes);
  check_kernel(kernels::scatter_rows(operation.op, kernel_dtype(dtype), updates, rows, at.count(), at.rows(dims),
                                     at.inner(), update.to(), c.parallel()),
               dtype);
  update.commit();
}

TG_OP("scatter_variable(resource: resource, indices: int32|int64, updates: T, *, operation: str = 'update')")
    .types("T: " TG_ALL)
    .summary("Changes elements or slices of a variable, at the places that rows of coordinates name.")
    .doc(R"(Args:
  resource: the variable.
  indices: int32 or int64; its last axis holds coordinates, for the first axes of the variable.
  updates: a tensor of the variable's dtype and of shape indices.shape[:-1] + its shape[indices.shape[-1]:].
  operation: 'update', 'add', 'sub', 'mul', 'div', 'min' or 'max'; all but the first for numbers, 'div' for floating-
    point ones.

Raises:
  FailedPreconditionError: the variable has no value (TG-0115).
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105), the dtype is another one (TG-0116), the operation is
    another one (TG-0106), or the resource is no variable (TG-0501).
  OutOfRangeError: an index is outside of its axis (TG-0107).
)")
    .infer<infer>()
    .kernel<kernel>()
    .effects(TG_EFFECT_WRITES);

}  // namespace
}  // namespace tg
