#include "kernels/elementwise.h"
#include "ops/state/state.hpp"

namespace tg {
namespace {

void assign(KernelContext& c) { Resource(c.input_tensor(0)).assign(c.input_tensor(1)); }

TG_OP("assign_variable(resource: resource, value: any)")
    .summary("Gives a variable a new value.")
    .doc(R"(Args:
  resource: the variable.
  value: a tensor of its dtype and shape.

Raises:
  InvalidArgumentError: the value has another dtype or shape than the variable (TG-0116), or the resource is no
    variable (TG-0501).
)")
    .infer<infer_nothing>()
    .kernel<assign>()
    .effects(TG_EFFECT_WRITES);

template <kernels::BinaryOp op>
void update(KernelContext& c) {
  Resource variable(c.input_tensor(0));
  Update update(variable);
  Dims dims = update.dims(), given = c.dims(1);
  int dtype = update.dtype();
  if (given != dims || c.dtype(1) != dtype)
    throw invalid_argument("TG-0116", "the value must have the dtype and the shape of the variable",
                           std::string("value of dtype ") + dtype_name(c.dtype(1)) + " and shape " + given.str() +
                               ", variable of dtype " + dtype_name(dtype) + " and shape " + dims.str());
  check_kernel(kernels::binary(op, kernel_dtype(dtype), update.from(), c.input_data(1), update.to(),
                               kernels::make_same_shape_plan(dims.num_elements()), c.parallel()),
               dtype);
  update.commit();
}

TG_OP("assign_add_variable(resource: resource, value: T)")
    .types("T: " TG_ALL_NUMBERS)
    .summary("Adds to the value of a variable.")
    .doc(R"(Args:
  resource: the variable.
  value: a tensor of its dtype and shape.

Raises:
  FailedPreconditionError: the variable has no value (TG-0115).
  InvalidArgumentError: the value has another dtype or shape than the variable (TG-0116), or the resource is no
    variable (TG-0501).
)")
    .infer<infer_nothing>()
    .kernel<update<kernels::BinaryOp::kAdd>>()
    .effects(TG_EFFECT_WRITES);

TG_OP("assign_sub_variable(resource: resource, value: T)")
    .types("T: " TG_ALL_NUMBERS)
    .summary("Subtracts from the value of a variable.")
    .doc(R"(Args:
  resource: the variable.
  value: a tensor of its dtype and shape.

Raises:
  FailedPreconditionError: the variable has no value (TG-0115).
  InvalidArgumentError: the value has another dtype or shape than the variable (TG-0116), or the resource is no
    variable (TG-0501).
)")
    .infer<infer_nothing>()
    .kernel<update<kernels::BinaryOp::kSub>>()
    .effects(TG_EFFECT_WRITES);

}  // namespace
}  // namespace tg
