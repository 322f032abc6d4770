#include "ops/nn/pool.hpp"

namespace tg {
namespace {

using Ops = AvgPoolOps<2>;

TG_OP("avg_pool2d(input: T, *, " TG_AVG_POOL_ATTRS("NHWC") ") -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Averages the elements of each window of images.")
    .doc(R"(Args:
  input: images of shape [batch, height, width, channels]; a floating dtype.
)" TG_AVG_POOL_DOC("'NHWC' or 'NCHW'") R"(
Returns:
  A tensor of shape [batch, new_height, new_width, channels], in the order of the data format, and the same dtype.
  What lies outside of the input does not count.

Raises:
  InvalidArgumentError: the rank is not 4 (TG-0103), or an attribute has a value that is not described here (TG-0106).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 5, 6, 3]}],
           "attributes": {"ksize": [2], "strides": [2], "padding": "VALID"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 5, 5, 2]}],
           "attributes": {"ksize": [1, 3, 2, 1], "strides": [1, 2, 2, 1], "padding": "SAME"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 2, 4, 3]}],
           "attributes": {"ksize": [2, 1], "strides": [1], "padding": "SAME", "data_format": "NCHW"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 6, 5, 1]}],
           "attributes": {"ksize": [2], "strides": [1, 2], "padding": "VALID", "dilations": [2, 1]}}])")
    .infer<Ops::infer>()
    .widened_kernel<Ops::kernel>()
    .gradient<Ops::gradient>();

TG_OP("avg_pool2d_grad(like: any, dy: T, *, " TG_AVG_POOL_ATTRS("NHWC") ") -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes the gradient of avg_pool2d: each one is shared by the elements of its window.")
    .doc(R"(Args:
  like: a tensor of the shape of the images; only its shape counts.
  dy: the gradient of the pooled images; a floating dtype.
)" TG_AVG_POOL_DOC("'NHWC' or 'NCHW'") R"(
Returns:
  A tensor of the shape of `like` and the dtype of `dy`.

Raises:
  InvalidArgumentError: as avg_pool2d does, or the shape of `dy` does not fit (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 5, 6, 3]}, {"dtype": "float32", "shape": [2, 2, 3, 3]}],
           "attributes": {"ksize": [2], "strides": [2], "padding": "VALID"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 2, 3, 4]}, {"dtype": "float32", "shape": [1, 2, 2, 3]}],
           "attributes": {"ksize": [2], "strides": [1], "padding": "VALID", "dilations": [1, 1, 1, 1],
                          "data_format": "NCHW"}}])")
    .infer<Ops::infer_grad>()
    .widened_kernel<Ops::grad_kernel>()
    .gradient<Ops::grad_gradient>();

}  // namespace
}  // namespace tg
