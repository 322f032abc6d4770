#include "ops/state/state.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  Dims dims = c.has("shape") ? checked_dims(c.ints_attr("shape"), true) : Dims::unknown_rank();
  c.set_output(0, c.dtype_attr("dtype"), dims);
}

void kernel(KernelContext& c) {
  Tensor value = Resource(c.input_tensor(0)).read();
  bool same_shape = !c.has("shape") || dims_compatible(Dims(c.ints_attr("shape")), value.dims());
  if (value.dtype() != c.dtype_attr("dtype") || !same_shape)
    throw invalid_argument("TG-0116", "a variable keeps its dtype and its shape",
                           std::string("a variable of dtype ") + dtype_name(value.dtype()) + " and shape " +
                               value.dims().str() + ", read as " + dtype_name(c.dtype_attr("dtype")) +
                               (c.has("shape") ? " " + Dims(c.ints_attr("shape")).str() : ""));
  c.set_output_tensor(0, value);
}

void gradient(GradientContext& c) { c.set_gradient(0, c.gradient()); }

TG_OP("read_variable(resource: resource, *, dtype: dtype, shape: ints?) -> attr.dtype")
    .summary("Reads the value that a variable has now.")
    .doc(R"(The memory is that of the variable; later assignments do not change what was read.

Args:
  resource: the variable.
  dtype: its dtype.
  shape: its shape, -1 for sizes that may change. Absent: any.

Returns:
  The value.

Raises:
  FailedPreconditionError: the variable has no value (TG-0115).
  InvalidArgumentError: the resource is no variable (TG-0501), or one of another dtype or shape (TG-0116).
)")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>()
    .effects(TG_EFFECT_READS);

}  // namespace
}  // namespace tg
