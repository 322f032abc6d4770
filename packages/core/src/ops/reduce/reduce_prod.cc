#include "ops/elementwise/complex.hpp"
#include "ops/reduce/reduce.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  // Axis by axis, each factor's gradient is the product of all others: of those before it and of those after it.
  Tensor x = c.input(0), g = with_reduced_axes(c, c.gradient());
  Dims dims = c.dims(0);
  if (!dims.known_rank())
    throw invalid_argument("TG-0103", "the gradient of reduce_prod needs the rank of its input", "an unknown rank");
  std::vector<bool> mask = reduced_axes(c, dims.rank());
  std::vector<Tensor> others;
  for (int axis = 0; axis < dims.rank(); ++axis) {
    if (!mask[axis]) continue;
    Tensor before = call("cumprod", {x}, {{"axis", axis}, {"exclusive", true}});
    Tensor after = call("cumprod", {x}, {{"axis", axis}, {"exclusive", true}, {"reverse", true}});
    others.push_back(before * after);
    x = call("reduce_prod", {x}, {{"axis", std::vector<int64_t>{axis}}, {"keepdims", true}});
  }
  for (size_t i = others.size(); i-- > 0;) g = g * conj(others[i]);
  c.set_gradient(0, g);
}

TG_OP("reduce_prod(input_tensor: T, *, axis: ints?, keepdims: bool = false) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .names("math.reduce_prod reduce_prod")
    .summary("Multiplies the elements along axes.")
    .doc(R"(The gradient is right also where elements are 0.

Args:
  input_tensor: a tensor of any shape; a floating-point, integer or complex dtype.
)" TG_REDUCTION_ARGS R"(
Returns:
  A tensor of the same dtype, without the reduced axes. Over nothing it is 1; integers wrap.
)" TG_REDUCTION_RAISES)
    .example(R"(>>> tg.reduce_prod([[1., 2.], [3., 4.]], axis=1)
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([ 2., 12.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"axis": [1]}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"axis": [0, -1], "keepdims": true}},
          {"inputs": [{"dtype": "float32", "shape": []}]}])")
    .infer<infer_reduction>()
    .widened_kernel<reduction_kernel<kernels::ReduceOp::kProd>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_REDUCTION);

}  // namespace
}  // namespace tg
