#include "kernels/reduce.h"
#include "ops/common.hpp"

namespace tg {
namespace {

void require_k(int64_t k, const Dims& dims) {
  int64_t size = dims[dims.rank() - 1];
  if (k < 0 || (size >= 0 && k > size))
    throw invalid_argument("TG-0106", "k must lie in [0, size of the last axis]",
                           "k=" + text_of(k) + ", input.shape=" + dims.str());
}

void infer(InferContext& c) {
  Dims dims = c.dims(0);
  int64_t k = c.int_attr("k");
  if (dims.known_rank()) {
    if (dims.rank() == 0) throw invalid_argument("TG-0103", "input must have at least 1 dimension", "input.shape=()");
    require_k(k, dims);
    dims[dims.rank() - 1] = k;
  }
  c.set_output(0, c.dtype(0), dims);
  c.set_output(1, TG_INT32, dims);
}

void kernel(KernelContext& c) {
  Dims dims = c.dims(0);
  require_k(c.int_attr("k"), dims);
  int64_t columns = dims[dims.rank() - 1];
  if (columns >= int64_t{1} << 31)
    throw invalid_argument("TG-0109", "the last axis must have fewer than 2^31 elements", "input.shape=" + dims.str());
  check_kernel(kernels::top_k(kernel_dtype(c.dtype(0)), c.input_data(0), product(dims, 0, dims.rank() - 1), columns,
                              c.int_attr("k"), c.output_data(0), c.output<int32_t>(1), c.parallel()),
               c.dtype(0));
}

// Each gradient goes back to the element that was chosen, counted over all rows.
void gradient(GradientContext& c) {
  Tensor x = c.input(0);
  int64_t k = c.int_attr("k");
  if (k == 0) return c.set_gradient(0, call("zeros_like", {x}));
  Attr wide = Attr::dtype("out_type", TG_INT64), as_int64 = Attr::dtype("dtype", TG_INT64);
  Tensor zero = make_scalar(TG_INT64, 0), one = make_scalar(TG_INT64, 1);
  Tensor all = make_tensor<int64_t>({1}, {-1}), rows_of_k = make_tensor<int64_t>({2}, {-1, k});
  Tensor indices = call("cast", {call("reshape", {c.output(1), rows_of_k})}, {as_int64});
  Tensor count = call("size", {x}, {wide});
  Tensor rows = call("floordiv", {call("size", {indices}, {wide}), make_scalar(TG_INT64, static_cast<double>(k))});
  Tensor columns = call("floordiv", {count, call("maximum", {rows, one})});
  Tensor first = call("expand_dims", {call("range", {zero, rows, one}) * columns}, {{"axis", 1}});
  Tensor flat = call("scatter_add_like", {call("reshape", {x, all}), call("reshape", {indices + first, all}),
                                          call("reshape", {c.gradient(0), all})});
  c.set_gradient(0, call("reshape_like", {flat, x}));
}

TG_OP("top_k(input: T, *, k: int = 1, sorted: bool = true) -> T, int32")
    .types("T: " TG_ALL_REALS)
    .names("math.top_k nn.top_k")
    .summary("Finds the k greatest elements along the last axis, and where they are.")
    .doc(R"(Args:
  input: a tensor of rank 1 or more; a floating-point or integer dtype.
  k: how many, at most the size of the last axis.
  sorted: the result is sorted in any case, the greatest first.

Returns:
  The elements, of the same dtype, and their int32 indices along the last axis; both have k as their last size. Of equal
  elements the first ones come first. NaN counts as greatest.

Raises:
  InvalidArgumentError: `input` is 0-d (TG-0103), or `k` is outside [0, size] (TG-0106).
)")
    .example(R"(>>> values, indices = tg.math.top_k([3., 9., 1., 4.], k=2)
>>> values
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([9., 4.], dtype=float32)>
>>> indices
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([1, 3], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 5]}], "attributes": {"k": 3}},
          {"inputs": [{"dtype": "float32", "shape": [2, 2, 4]}], "attributes": {"k": 2}},
          {"inputs": [{"dtype": "int32", "value": [1, 3, 3]}], "attributes": {"k": 2}}])")
    .infer<infer>()
    .widened_kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
