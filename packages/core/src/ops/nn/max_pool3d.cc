#include "ops/nn/pool.hpp"

namespace tg {
namespace {

using Ops = MaxPoolOps<3>;

TG_OP("max_pool3d(input: T, *, " TG_MAX_POOL_ATTRS("NDHWC") ") -> T")
    .types("T: " TG_ALL_REALS)
    .summary("Takes the greatest element of each window of volumes.")
    .doc(R"(Args:
  input: volumes of shape [batch, depth, height, width, channels]; a real dtype.
)" TG_MAX_POOL_DOC("'NDHWC' or 'NCDHW'") R"(
Returns:
  A tensor of shape [batch, new_depth, new_height, new_width, channels], in the order of the data format, and the
  same dtype. What lies outside of the input never wins.

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
           "attributes": {"ksize": [2], "strides": [1], "padding": "SAME", "dilations": [2, 1, 1]}},
          {"inputs": [{"dtype": "float32", "shape": [1, 2, 3, 2, 1]}],
           "attributes": {"ksize": [2], "strides": [1], "padding": "EXPLICIT",
                          "explicit_paddings": [0, 0, 1, 0, 0, 1, 0, 0, 0, 0]}}])")
    .infer<Ops::infer>()
    .widened_kernel<Ops::kernel>()
    .gradient<Ops::gradient>();

TG_OP("max_pool3d_grad(input: T, dy: T, *, " TG_MAX_POOL_ATTRS("NDHWC") ") -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes the gradient of max_pool3d: each one goes to the first greatest element of its window.")
    .doc(R"(Args:
  input: the volumes; a floating dtype.
  dy: the gradient of the pooled volumes, of the same dtype.
)" TG_MAX_POOL_DOC("'NDHWC' or 'NCDHW'") R"(
Returns:
  A tensor of the shape and dtype of `input`.

Raises:
  InvalidArgumentError: as max_pool3d does, or the shape of `dy` does not fit (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [1, 4, 3, 2, 2]},
                      {"dtype": "float32", "shape": [1, 2, 1, 1, 2]}],
           "attributes": {"ksize": [2], "strides": [2], "padding": "VALID"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 2, 2, 2, 3]}, {"dtype": "float32", "shape": [1, 2, 2, 2, 3]}],
           "attributes": {"ksize": [2], "strides": [1], "padding": "SAME", "data_format": "NCDHW"}}])")
    .infer<Ops::infer_grad>()
    .widened_kernel<Ops::grad_kernel>()
    .gradient<Ops::grad_gradient>();

TG_OP("max_pool3d_grad_grad(input: T, g: T, *, " TG_MAX_POOL_ATTRS("NDHWC") ") -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Takes, for each window, the element of g that stands where input is greatest.")
    .doc(R"(Args:
  input: the volumes; a floating dtype.
  g: a tensor of the same shape and dtype.
)" TG_MAX_POOL_DOC("'NDHWC' or 'NCDHW'") R"(
Returns:
  A tensor of the shape of the pooled volumes and the same dtype.

Raises:
  InvalidArgumentError: as max_pool3d does, or the shape of `g` does not fit (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [1, 3, 2, 3, 2]},
                      {"dtype": "float32", "shape": [1, 3, 2, 3, 2]}],
           "attributes": {"ksize": [2], "strides": [2], "padding": "SAME"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 2, 2, 2, 3]}, {"dtype": "float32", "shape": [1, 2, 2, 2, 3]}],
           "attributes": {"ksize": [1, 2, 2], "strides": [1], "padding": "VALID", "data_format": "NCDHW"}}])")
    .infer<Ops::infer_take>()
    .widened_kernel<Ops::take_kernel>()
    .gradient<Ops::take_gradient>();

}  // namespace
}  // namespace tg
