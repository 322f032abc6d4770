#include "ops/nn/pool.hpp"

namespace tg {
namespace {

using Ops = AvgPoolOps<3>;

TG_OP("avg_pool3d(input: T, *, " TG_AVG_POOL_ATTRS("NDHWC") ") -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Averages the elements of each window of volumes.")
    .doc(R"(Args:
  input: volumes of shape [batch, depth, height, width, channels]; a floating dtype.
)" TG_AVG_POOL_DOC("'NDHWC' or 'NCDHW'") R"(
Returns:
  A tensor of shape [batch, new_depth, new_height, new_width, channels], in the order of the data format, and the
  same dtype. What lies outside of the input does not count.

Raises:
  InvalidArgumentError: the rank is not 5 (TG-0103), or an attribute has a value that is not described here (TG-0106).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [1, 4, 3, 2, 2]}],
           "attributes": {"ksize": [2], "strides": [2], "padding": "VALID"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 3, 2, 3, 2]}],
           "attributes": {"ksize": [2, 1, 2], "strides": [1, 2, 1], "padding": "SAME"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 2, 3, 4, 2]}],
           "attributes": {"ksize": [1, 1, 2, 2, 1], "strides": [1], "padding": "VALID", "data_format": "NCDHW"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 5, 3, 2, 1]}],
           "attributes": {"ksize": [2], "strides": [1], "padding": "SAME", "dilations": [2, 1, 1]}}])")
    .infer<Ops::infer>()
    .widened_kernel<Ops::kernel>()
    .gradient<Ops::gradient>();

TG_OP("avg_pool3d_grad(like: any, dy: T, *, " TG_AVG_POOL_ATTRS("NDHWC") ") -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes the gradient of avg_pool3d: each one is shared by the elements of its window.")
    .doc(R"(Args:
  like: a tensor of the shape of the volumes; only its shape counts.
  dy: the gradient of the pooled volumes; a floating dtype.
)" TG_AVG_POOL_DOC("'NDHWC' or 'NCDHW'") R"(
Returns:
  A tensor of the shape of `like` and the dtype of `dy`.

Raises:
  InvalidArgumentError: as avg_pool3d does, or the shape of `dy` does not fit (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [1, 4, 3, 2, 2]},
                      {"dtype": "float32", "shape": [1, 2, 1, 1, 2]}],
           "attributes": {"ksize": [2], "strides": [2], "padding": "VALID"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 2, 2, 2, 3]}, {"dtype": "float32", "shape": [1, 2, 2, 2, 3]}],
           "attributes": {"ksize": [2], "strides": [1], "padding": "SAME", "data_format": "NCDHW"}}])")
    .infer<Ops::infer_grad>()
    .widened_kernel<Ops::grad_kernel>()
    .gradient<Ops::grad_gradient>();

}  // namespace
}  // namespace tg
