#include "ops/elementwise/elementwise.hpp"
#include "ops/shape/mover.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_movable(c.dtype(1));
  Dims branches = broadcast(c.dims(1), c.dims(2));
  c.set_output(0, c.dtype(1), broadcast(c.dims(0), branches, "condition", "x and y"));
}

void kernel(MoveContext& c) {
  Dims condition = c.dims(0), x = c.dims(1), y = c.dims(2);
  kernels::BroadcastPlan plan;
  check_kernel(
      kernels::make_broadcast_plan3(condition.data(), condition.rank(), x.data(), x.rank(), y.data(), y.rank(), &plan));
  check_kernel(kernels::select(element_size(c.dtype(1)), c.input_data(0), c.input_data(1), c.input_data(2),
                               c.output_data(0), plan, c.parallel()));
}

void gradient(GradientContext& c) {
  Tensor g = c.gradient(), condition = c.input(0), zero = scalar_like(g, 0.0);
  if (c.needs(1)) c.set_gradient(1, sum_to_like(select(condition, g, zero), c.input(1)));
  if (c.needs(2)) c.set_gradient(2, sum_to_like(select(condition, zero, g), c.input(2)));
}

TG_OP("select(condition: bool, x: T, y: T) -> T")
    .types("T: " TG_ALL " string")
    .summary("Takes x where the condition holds and y elsewhere, with broadcasting of all three.")
    .doc(R"(Args:
  condition: a bool tensor.
  x: a tensor of any dtype.
  y: a tensor of the dtype of `x`.

Returns:
  A tensor of the broadcast shape and the dtype of `x`.

Raises:
  InvalidArgumentError: the dtypes do not fit (TG-0102), or the shapes do not broadcast (TG-0101).
)")
    .samples(R"([{"inputs": [{"dtype": "bool", "shape": [2, 3]}, {"dtype": "float32", "shape": [2, 3]},
                      {"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "bool", "shape": [2, 1]}, {"dtype": "float32", "shape": [3]},
                      {"dtype": "float32", "shape": []}]}])")
    .infer<infer>()
    .kernel<moving<kernel>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(1);

}  // namespace
}  // namespace tg
