#include <cstring>

#include "ops/nn/norm.hpp"

namespace tg {
namespace {

// Channels are the last axis for formats that end with C, the second one for those that begin with NC.
bool channels_first(const Context& c) {
  std::string format = c.string_attr("data_format");
  for (const char* known : {"NC", "NWC", "NHWC", "NDHWC"})
    if (format == known) return false;
  for (const char* known : {"NCW", "NCHW", "NCDHW"})
    if (format == known) return true;
  throw invalid_argument("TG-0106", "data_format must be 'NHWC' or 'NCHW', or these with other spatial axes",
                         "data_format='" + format + "'");
}

int channel_axis(const Context& c, const Dims& x) {
  bool first = channels_first(c);
  if (!x.known_rank()) return -1;
  if (x.rank() < 2)
    throw invalid_argument("TG-0103", "x must have at least 2 dimensions", "x.shape=" + x.str());
  return first ? 1 : x.rank() - 1;
}

int64_t channels_of(const Context& c, const Dims& x) {
  int axis = channel_axis(c, x);
  return axis < 0 ? TG_DIM_UNKNOWN : x[axis];
}

// A vector with one number for each channel; returns the better known size.
int64_t require_channels(const Context& c, size_t i, int64_t channels, const char* name) {
  Dims dims = c.dims(i);
  require_rank(dims, 1, name);
  int64_t size = dims.known_rank() ? dims[0] : TG_DIM_UNKNOWN;
  if (!sizes_compatible(size, channels))
    throw invalid_argument("TG-0105", std::string(name) + " must have one number for each channel",
                           std::string(name) + ".shape=" + dims.str() + ", channels=" + text_of(channels));
  return channels >= 0 ? channels : size;
}

// The channels as the last axis of a matrix: x itself, or a turned copy.
struct Matrix {
  int64_t m = 0, channels = 0;
  Dims last;  // [batch, places, channels]
  bool turned = false;
};

Matrix matrix_of(const Context& c, const Dims& x) {
  Matrix matrix;
  int axis = channel_axis(c, x);
  matrix.channels = x[axis];
  matrix.m = product(x, 0, axis) * product(x, axis + 1, x.rank());
  matrix.turned = channels_first(c) && x.rank() > 2;
  matrix.last = {x[0], product(x, 0, axis) == 0 ? 0 : matrix.m / (x[0] == 0 ? 1 : x[0]), matrix.channels};
  return matrix;
}

const void* as_matrix(KernelContext& c, size_t i, const Matrix& matrix) {
  if (!matrix.turned) return c.input_data(i);
  size_t element = element_size(c.dtype(i));
  void* copy = c.scratch(static_cast<size_t>(c.num_elements(i)) * element);
  turn_layout(element, c.input_data(i), matrix.last, true, copy, c.parallel());
  return copy;
}

void* matrix_place(KernelContext& c, size_t i, const Matrix& matrix) {
  return matrix.turned ? c.scratch(static_cast<size_t>(matrix.m * matrix.channels) * element_size(c.dtype(0)))
                       : c.output_data(i);
}

void put_back(KernelContext& c, size_t i, const Matrix& matrix, const void* from) {
  if (matrix.turned)
    turn_layout(element_size(c.dtype(0)), from, matrix.last, false, c.output_data(i), c.parallel());
}

// ---- with ops

std::vector<int64_t> all_but_channels(const Context& c, const Tensor& x) {
  Dims dims = x.dims();
  int axis = channel_axis(c, dims);
  if (axis < 0) throw invalid_argument("TG-0103", "the rank of x must be known", "x.shape=" + dims.str());
  std::vector<int64_t> axes;
  for (int i = 0; i < dims.rank(); ++i)
    if (i != axis) axes.push_back(i);
  return axes;
}

// [channels] so that it broadcasts with x.
Tensor along(const Context& c, const Tensor& vector, const Tensor& x) {
  Dims dims = x.dims();
  int behind = dims.rank() - 1 - channel_axis(c, dims);
  if (behind == 0) return vector;
  std::vector<int64_t> shape(static_cast<size_t>(behind) + 1, 1);
  shape[0] = -1;
  return call("reshape", {vector, make_tensor<int64_t>({behind + 1}, shape)});
}

Tensor sum_over(const Tensor& x, const std::vector<int64_t>& axes) { return call("reduce_sum", {x}, {{"axis", axes}}); }
Tensor average(const Tensor& x, const std::vector<int64_t>& axes) { return call("reduce_mean", {x}, {{"axis", axes}}); }

std::vector<Tensor> forward_by_ops(const Context& c, const std::vector<Tensor>& in, double epsilon, bool training) {
  const Tensor& x = in[0];
  std::vector<int64_t> axes = all_but_channels(c, x);
  Tensor mean = training ? average(x, axes) : in[3];
  Tensor centered = x - along(c, mean, x);
  Tensor variance = training ? average(centered * centered, axes) : in[4];
  Tensor factor = along(c, in[1] * inverse_of(variance, epsilon), x);
  return {centered * factor + along(c, in[2], x), mean, variance};
}

// From dy, x, scale, mean and variance, as the kernel computes them.
std::vector<Tensor> gradients_by_ops(const Context& c, const std::vector<Tensor>& in, double epsilon, bool training) {
  const Tensor &dy = in[0], &x = in[1];
  std::vector<int64_t> axes = all_but_channels(c, x);
  Tensor inverse = inverse_of(in[4], epsilon);
  Tensor unit = (x - along(c, in[3], x)) * along(c, inverse, x);
  Tensor rest = dy;
  if (training) rest = dy - along(c, average(dy, axes), x) - unit * along(c, average(dy * unit, axes), x);
  return {along(c, in[2] * inverse, x) * rest, sum_over(dy * unit, axes), sum_over(dy, axes)};
}

// ---- the ops

void infer(InferContext& c) {
  Dims x = c.dims(0);
  int64_t channels = channels_of(c, x);
  const char* names[] = {"", "scale", "offset", "mean", "variance"};
  for (size_t i = 1; i < 5; ++i) channels = require_channels(c, i, channels, names[i]);
  epsilon_of(c);
  c.set_output(0, c.dtype(0), x);
  c.set_output(1, c.dtype(0), {channels});
  c.set_output(2, c.dtype(0), {channels});
}

void kernel(KernelContext& c) {
  Matrix matrix = matrix_of(c, c.dims(0));
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  size_t bytes = static_cast<size_t>(matrix.channels) * element_size(c.dtype(0));
  const void* x = as_matrix(c, 0, matrix);
  void *y = matrix_place(c, 0, matrix), *mean = c.output_data(1), *variance = c.output_data(2);
  if (c.bool_attr("is_training")) {
    void* workspace = c.scratch(kernels::column_norm_workspace_bytes(matrix.m, matrix.channels));
    check_kernel(
        kernels::column_moments(dtype, x, matrix.m, matrix.channels, mean, variance, c.parallel(), workspace),
        c.dtype(0));
  } else if (bytes > 0) {
    std::memcpy(mean, c.input_data(3), bytes);
    std::memcpy(variance, c.input_data(4), bytes);
  }
  check_kernel(kernels::column_norm(dtype, x, c.input_data(1), c.input_data(2), mean, variance, matrix.m,
                                    matrix.channels, epsilon_of(c), y, c.parallel()),
               c.dtype(0));
  put_back(c, 0, matrix, y);
}

void gradient(GradientContext& c) {
  bool training = c.bool_attr("is_training");
  double epsilon = epsilon_of(c);
  if (c.has_gradient(1) || c.has_gradient(2) || (!training && (c.needs(3) || c.needs(4))))
    return gradient_by_ops(
        c, [&](const std::vector<Tensor>& in) { return forward_by_ops(c, in, epsilon, training); });
  std::vector<Tensor> g =
      call_all("fused_batch_norm_grad", {c.gradient(0), c.input(0), c.input(1), c.output(1), c.output(2)},
               {{"epsilon", epsilon}, {"data_format", c.string_attr("data_format")}, {"is_training", training}});
  for (size_t i = 0; i < 3; ++i)
    if (c.needs(i)) c.set_gradient(i, g[i]);
}

TG_OP(
    "fused_batch_norm(x: T, scale: T, offset: T, mean: T, variance: T, *, epsilon: float = 0.001, "
    "data_format: str = 'NHWC', is_training: bool = true) -> T, T, T")
    .types("T: " TG_ALL_FLOATS)
    .names("nn.experimental.fused_batch_norm")
    .summary("Normalizes each channel by the moments of the batch, or by given ones: scale * unit + offset.")
    .doc(R"(S. Ioffe, C. Szegedy, "Batch normalization", ICML 2015.

Args:
  x: a tensor of rank 2 or more; a floating dtype.
  scale: a vector of the same dtype, one number for each channel.
  offset: a vector as `scale`.
  mean: a vector as `scale`; used where `is_training` is false.
  variance: a vector as `scale`; used where `is_training` is false.
  epsilon: added to the variance; at least 0.
  data_format: 'NHWC' (or 'NC', 'NWC', 'NDHWC') where the channels are the last axis, 'NCHW' (or 'NCW', 'NCDHW') where
    they are the second one.
  is_training: whether to normalize by the moments of `x`.

Returns:
  (x - mean) / sqrt(variance + epsilon) * scale + offset, of the shape and dtype of `x`; and the mean and the variance
  that were used (that of a batch is the mean square distance from the mean, not corrected for its size).

Raises:
  InvalidArgumentError: a rank does not fit (TG-0103), the channels differ (TG-0105), or an attribute has a value that
    is not described here (TG-0106).
)")
    .example(R"(>>> zeros, ones = tg.zeros([1]), tg.ones([1])
>>> y, mean, variance = tg.nn.experimental.fused_batch_norm([[1.], [5.]], ones, zeros, zeros, ones, epsilon=0.0)
>>> y.numpy().ravel(), mean.numpy(), variance.numpy()
(array([-1.,  1.], dtype=float32), array([3.], dtype=float32), array([4.], dtype=float32)))")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 2, 2, 3]}, {"dtype": "float32", "shape": [3]},
                      {"dtype": "float32", "shape": [3]}, {"dtype": "float32", "shape": [3]},
                      {"dtype": "float32", "shape": [3], "low": 0.1}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}, {"dtype": "float32", "shape": [3]},
                      {"dtype": "float32", "shape": [3]}, {"dtype": "float32", "shape": [3]},
                      {"dtype": "float32", "shape": [3], "low": 0.1}],
           "attributes": {"data_format": "NCW", "epsilon": 0.1}},
          {"inputs": [{"dtype": "float32", "shape": [4, 2]}, {"dtype": "float32", "shape": [2]},
                      {"dtype": "float32", "shape": [2]}, {"dtype": "float32", "shape": [2]},
                      {"dtype": "float32", "shape": [2], "low": 0.1}],
           "attributes": {"is_training": false}}])")
    .infer<infer>()
    .widened_kernel<kernel>()
    .gradient<gradient>()
    .fusion(TG_FUSION_REDUCTION);

void infer_grad(InferContext& c) {
  if (!dims_compatible(c.dims(0), c.dims(1)))
    throw invalid_argument("TG-0105", "dy must have the shape of x",
                           "dy.shape=" + c.dims(0).str() + ", x.shape=" + c.dims(1).str());
  Dims x = merge_dims(c.dims(1), c.dims(0));
  int64_t channels = channels_of(c, x);
  const char* names[] = {"", "", "scale", "mean", "variance"};
  for (size_t i = 2; i < 5; ++i) channels = require_channels(c, i, channels, names[i]);
  epsilon_of(c);
  c.set_output(0, c.dtype(0), x);
  c.set_output(1, c.dtype(0), {channels});
  c.set_output(2, c.dtype(0), {channels});
}

void grad_kernel(KernelContext& c) {
  Matrix matrix = matrix_of(c, c.dims(1));
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  const void *dy = as_matrix(c, 0, matrix), *x = as_matrix(c, 1, matrix);
  void* dx = matrix_place(c, 0, matrix);
  void* workspace = c.scratch(kernels::column_norm_workspace_bytes(matrix.m, matrix.channels));
  check_kernel(kernels::column_norm_grad(dtype, c.bool_attr("is_training"), dy, x, c.input_data(2), c.input_data(3),
                                         c.input_data(4), matrix.m, matrix.channels, epsilon_of(c), dx,
                                         c.output_data(1), c.output_data(2), c.parallel(), workspace),
               c.dtype(0));
  put_back(c, 0, matrix, dx);
}

void grad_gradient(GradientContext& c) {
  bool training = c.bool_attr("is_training");
  double epsilon = epsilon_of(c);
  gradient_by_ops(c,
                  [&](const std::vector<Tensor>& in) { return gradients_by_ops(c, in, epsilon, training); });
}

TG_OP(
    "fused_batch_norm_grad(dy: T, x: T, scale: T, mean: T, variance: T, *, epsilon: float = 0.001, "
    "data_format: str = 'NHWC', is_training: bool = true) -> T, T, T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes the gradients of fused_batch_norm's result.")
    .doc(R"(Args:
  dy: the gradient of the result; a floating dtype.
  x: as in fused_batch_norm.
  scale: as in fused_batch_norm.
  mean: the mean that fused_batch_norm returned.
  variance: the variance that fused_batch_norm returned.
  epsilon: as in fused_batch_norm.
  data_format: as in fused_batch_norm.
  is_training: as in fused_batch_norm: whether the moments change with `x`.

Returns:
  The gradients of `x`, `scale` and `offset`, of their shapes and the same dtype.

Raises:
  InvalidArgumentError: as fused_batch_norm does, or the shape of `dy` does not fit (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 2, 2]}, {"dtype": "float32", "shape": [2, 2, 2]},
                      {"dtype": "float32", "shape": [2]}, {"dtype": "float32", "shape": [2]},
                      {"dtype": "float32", "shape": [2], "low": 0.1}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 2]}, {"dtype": "float32", "shape": [2, 3, 2]},
                      {"dtype": "float32", "shape": [3]}, {"dtype": "float32", "shape": [3]},
                      {"dtype": "float32", "shape": [3], "low": 0.1}],
           "attributes": {"is_training": false, "data_format": "NCHW"}}])")
    .infer<infer_grad>()
    .widened_kernel<grad_kernel>()
    .gradient<grad_gradient>()
    .fusion(TG_FUSION_REDUCTION);

}  // namespace
}  // namespace tg
