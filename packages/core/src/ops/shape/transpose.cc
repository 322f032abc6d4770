#include "kernels/copy.h"
#include "ops/shape/mover.hpp"

namespace tg {
namespace {

// Where each axis of the result comes from; absent: all axes reversed.
std::vector<int64_t> permutation(const Context& c, int rank) {
  std::vector<int64_t> perm = c.ints_attr("perm");
  if (!c.has("perm")) {
    for (int i = rank - 1; i >= 0; --i) perm.push_back(i);
    return perm;
  }
  if (static_cast<int>(perm.size()) != rank)
    throw invalid_argument("TG-0104", "perm must name each axis once",
                           "perm=" + text_of(perm) + " for rank " + text_of(rank));
  std::vector<bool> seen(perm.size());
  for (int64_t& axis : perm) {
    axis = normalize_axis(axis, rank, "an axis of perm");
    if (seen[axis])
      throw invalid_argument("TG-0104", "perm must name each axis once", "perm=" + text_of(c.ints_attr("perm")));
    seen[axis] = true;
  }
  return perm;
}

void infer(InferContext& c) {
  require_movable(c.dtype(0));
  Dims dims = c.dims(0);
  if (!dims.known_rank()) {
    if (!c.has("perm")) return c.set_output(0, c.dtype(0), dims);
    dims = Dims::unknown(static_cast<int>(c.ints_attr("perm").size()));
  }
  Dims out;
  for (int64_t axis : permutation(c, dims.rank())) out.push_back(dims[static_cast<int>(axis)]);
  c.set_output(0, c.dtype(0), out);
}

void kernel(MoveContext& c) {
  Dims dims = c.dims(0);
  std::vector<int64_t> perm = permutation(c, dims.rank());
  std::vector<int32_t> axes(perm.begin(), perm.end());
  check_kernel(kernels::transpose(element_size(c.dtype(0)), c.input_data(0), dims.data(), dims.rank(), axes.data(),
                                  c.output_data(0), c.parallel()));
}

void gradient(GradientContext& c) {
  if (!c.has("perm")) return c.set_gradient(0, call("transpose", {c.gradient()}));
  std::vector<int64_t> perm = permutation(c, static_cast<int>(c.ints_attr("perm").size())), inverse(perm.size());
  for (size_t i = 0; i < perm.size(); ++i) inverse[perm[i]] = static_cast<int64_t>(i);
  c.set_gradient(0, call("transpose", {c.gradient()}, {{"perm", inverse}}));
}

TG_OP("transpose(a: any, *, perm: ints?) -> any")
    .names("transpose")
    .summary("Permutes the axes of a tensor.")
    .doc(R"(Args:
  a: a tensor of any dtype.
  perm: for each axis of the result, the axis of `a` that it is. Absent: all axes in reverse order.

Returns:
  A tensor of the same dtype, with axis i of size a.shape[perm[i]].

Raises:
  InvalidArgumentError: `perm` does not name each axis once (TG-0104).
  UnimplementedError: the dtype is a resource (TG-0121).
)")
    .example(R"(>>> tg.transpose([[1, 2, 3], [4, 5, 6]])
<tg.Tensor: shape=(3, 2), dtype=int32, numpy=
array([[1, 4],
       [2, 5],
       [3, 6]], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"perm": [1, 0, -1]}}])")
    .infer<infer>()
    .kernel<moving<kernel>>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
