#include "ops/nn/norm.hpp"

namespace tg {
namespace {

// scale (and offset) must have the sizes of the last axes of x.
void require_last_axes(const Dims& x, const Dims& vector, const char* name) {
  bool ok = !vector.known_rank() || vector.rank() > 0;
  if (x.known_rank() && vector.known_rank()) {
    int first = x.rank() - vector.rank();
    ok = ok && first >= 0;
    for (int i = 0; ok && i < vector.rank(); ++i) ok = sizes_compatible(x[first + i], vector[i]);
  }
  if (!ok)
    throw invalid_argument("TG-0105", std::string(name) + " must have the sizes of the last axes of x",
                           "x.shape=" + x.str() + ", " + name + ".shape=" + vector.str());
}

// The axes that `scale` covers, counted from the end.
std::vector<int64_t> axes_of(const Tensor& scale) {
  Dims dims = scale.dims();
  if (!dims.known_rank())
    throw invalid_argument("TG-0103", "the rank of scale must be known", "scale.shape=" + dims.str());
  std::vector<int64_t> axes;
  for (int i = dims.rank(); i > 0; --i) axes.push_back(-i);
  return axes;
}

struct Parts {
  Tensor unit, inverse;  // the normalized x
  std::vector<int64_t> axes;
};

template <bool kCenter>
Parts parts_of(const Tensor& x, const Tensor& scale, double epsilon) {
  Parts parts;
  parts.axes = axes_of(scale);
  Tensor centered = kCenter ? x - mean_over(x, parts.axes) : x;
  parts.inverse = inverse_of(mean_over(centered * centered, parts.axes), epsilon);
  parts.unit = centered * parts.inverse;
  return parts;
}

// The gradients as the kernel computes them, with ops: from dy, x and scale.
template <bool kCenter>
std::vector<Tensor> gradients_by_ops(const std::vector<Tensor>& in, double epsilon) {
  Parts p = parts_of<kCenter>(in[1], in[2], epsilon);
  Tensor g = in[0] * in[2];
  Tensor rest = p.unit * mean_over(g * p.unit, p.axes);
  if (kCenter) rest = rest + mean_over(g, p.axes);
  std::vector<Tensor> out = {p.inverse * (g - rest), sum_to_like(in[0] * p.unit, in[2])};
  if (kCenter) out.push_back(sum_to_like(in[0], in[2]));
  return out;
}

template <bool kCenter>
struct Ops {
  static const char* grad_name() { return kCenter ? "layer_norm_grad" : "rms_norm_grad"; }

  static void infer(InferContext& c) {
    require_last_axes(c.dims(0), c.dims(1), "scale");
    if (kCenter) require_last_axes(c.dims(0), c.dims(2), "offset");
    if (kCenter && !dims_compatible(c.dims(1), c.dims(2)))
      throw invalid_argument("TG-0105", "scale and offset must have the same shape",
                             "scale.shape=" + c.dims(1).str() + ", offset.shape=" + c.dims(2).str());
    epsilon_of(c);
    c.set_output(0, c.dtype(0), c.dims(0));
  }

  static void kernel(KernelContext& c) {
    int64_t n = c.num_elements(1), rows = n == 0 ? 0 : c.num_elements(0) / n;
    check_kernel(kernels::row_norm(kernel_dtype(c.dtype(0)), kCenter, c.input_data(0), c.input_data(1),
                                   kCenter ? c.input_data(2) : nullptr, rows, n, epsilon_of(c), c.output_data(0),
                                   c.parallel()),
                 c.dtype(0));
  }

  static void gradient(GradientContext& c) {
    std::vector<Tensor> g = call_all(grad_name(), {c.gradient(), c.input(0), c.input(1)}, {{"epsilon", epsilon_of(c)}});
    for (size_t i = 0; i < g.size(); ++i)
      if (c.needs(i)) c.set_gradient(i, g[i]);
  }

  static void infer_grad(InferContext& c) {
    require_last_axes(c.dims(1), c.dims(2), "scale");
    if (!dims_compatible(c.dims(0), c.dims(1)))
      throw invalid_argument("TG-0105", "dy must have the shape of x",
                             "dy.shape=" + c.dims(0).str() + ", x.shape=" + c.dims(1).str());
    epsilon_of(c);
    c.set_output(0, c.dtype(0), merge_dims(c.dims(1), c.dims(0)));
    for (size_t i = 1; i < c.num_outputs(); ++i) c.set_output(i, c.dtype(0), c.dims(2));
  }

  static void grad_kernel(KernelContext& c) {
    int64_t n = c.num_elements(2), rows = n == 0 ? 0 : c.num_elements(1) / n;
    kernels::DType dtype = kernel_dtype(c.dtype(0));
    void* workspace = c.scratch(kernels::row_norm_grad_workspace_bytes(dtype, rows, n));
    check_kernel(kernels::row_norm_grad(dtype, kCenter, c.input_data(0), c.input_data(1), c.input_data(2), rows, n,
                                        epsilon_of(c), c.output_data(0), c.output_data(1),
                                        kCenter ? c.output_data(2) : nullptr, c.parallel(), workspace),
                 c.dtype(0));
  }

  static void grad_gradient(GradientContext& c) {
    double epsilon = epsilon_of(c);
    gradient_by_ops(c, [&](const std::vector<Tensor>& in) { return gradients_by_ops<kCenter>(in, epsilon); });
  }
};

TG_OP("layer_norm(x: T, scale: T, offset: T, *, epsilon: float = 0.001) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("nn.experimental.layer_norm")
    .summary("Computes (x - mean) / sqrt(variance + epsilon) * scale + offset, over the last axes of each example.")
    .doc(R"(J. Ba, J. Kiros, G. Hinton, "Layer normalization", arXiv:1607.06450, 2016.

Args:
  x: a tensor of a floating dtype.
  scale: a tensor of the same dtype, of the sizes of the last axes of x: those that mean and variance are taken over.
  offset: a tensor of the same dtype and the shape of `scale`.
  epsilon: keeps the division finite; at least 0.

Returns:
  A tensor of the shape and dtype of `x`.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0105), or `epsilon` is negative or not a number (TG-0106).
)")
    .example(R"(>>> tg.nn.experimental.layer_norm([[1., 3.]], [1., 1.], [0., 10.], epsilon=0.0)
<tg.Tensor: shape=(1, 2), dtype=float32, numpy=array([[-1., 11.]], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [3, 4]}, {"dtype": "float32", "shape": [4]},
                      {"dtype": "float32", "shape": [4]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 2]}, {"dtype": "float32", "shape": [3, 2]},
                      {"dtype": "float32", "shape": [3, 2]}], "attributes": {"epsilon": 0.1}}])")
    .infer<Ops<true>::infer>()
    .widened_kernel<Ops<true>::kernel>()
    .gradient<Ops<true>::gradient>()
    .fusion(TG_FUSION_REDUCTION);

TG_OP("layer_norm_grad(dy: T, x: T, scale: T, *, epsilon: float = 0.001) -> T, T, T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes the gradients of layer_norm.")
    .doc(R"(Args:
  dy: the gradient of layer_norm's result; a floating dtype.
  x: as in layer_norm.
  scale: as in layer_norm.
  epsilon: as in layer_norm.

Returns:
  The gradients of `x`, `scale` and `offset`, of their shapes and the same dtype.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0105), or `epsilon` is negative or not a number (TG-0106).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [3, 4]}, {"dtype": "float32", "shape": [3, 4]},
                      {"dtype": "float32", "shape": [4]}]}])")
    .infer<Ops<true>::infer_grad>()
    .widened_kernel<Ops<true>::grad_kernel>()
    .gradient<Ops<true>::grad_gradient>()
    .fusion(TG_FUSION_REDUCTION);

TG_OP("rms_norm(x: T, scale: T, *, epsilon: float = 0.000001) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("nn.experimental.rms_norm")
    .summary("Computes x / sqrt(mean(x * x) + epsilon) * scale, over the last axes of each example.")
    .doc(R"(B. Zhang, R. Sennrich, "Root mean square layer normalization", NeurIPS 2019.

Args:
  x: a tensor of a floating dtype.
  scale: a tensor of the same dtype, of the sizes of the last axes of x: those that the mean is taken over.
  epsilon: keeps the division finite; at least 0.

Returns:
  A tensor of the shape and dtype of `x`.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0105), or `epsilon` is negative or not a number (TG-0106).
)")
    .example(R"(>>> tg.nn.experimental.rms_norm([[1., 7.]], [1., 1.], epsilon=0.0)
<tg.Tensor: shape=(1, 2), dtype=float32, numpy=array([[0.2, 1.4]], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [3, 4]}, {"dtype": "float32", "shape": [4]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 2]}, {"dtype": "float32", "shape": [3, 2]}],
           "attributes": {"epsilon": 0.1}}])")
    .infer<Ops<false>::infer>()
    .widened_kernel<Ops<false>::kernel>()
    .gradient<Ops<false>::gradient>()
    .fusion(TG_FUSION_REDUCTION);

TG_OP("rms_norm_grad(dy: T, x: T, scale: T, *, epsilon: float = 0.000001) -> T, T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes the gradients of rms_norm.")
    .doc(R"(Args:
  dy: the gradient of rms_norm's result; a floating dtype.
  x: as in rms_norm.
  scale: as in rms_norm.
  epsilon: as in rms_norm.

Returns:
  The gradients of `x` and `scale`, of their shapes and the same dtype.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0105), or `epsilon` is negative or not a number (TG-0106).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [3, 4]}, {"dtype": "float32", "shape": [3, 4]},
                      {"dtype": "float32", "shape": [4]}]}])")
    .infer<Ops<false>::infer_grad>()
    .widened_kernel<Ops<false>::grad_kernel>()
    .gradient<Ops<false>::grad_gradient>()
    .fusion(TG_FUSION_REDUCTION);

}  // namespace
}  // namespace tg
