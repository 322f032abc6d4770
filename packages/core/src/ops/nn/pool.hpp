// Pools of images and of volumes: what max_pool2d, avg_pool3d and their relatives share.
#ifndef TENSEGRA_OPS_POOL_HPP_
#define TENSEGRA_OPS_POOL_HPP_

#include "kernels/pool.h"
#include "kernels/pool3d.h"
#include "ops/nn/window.hpp"

namespace tg {

// Only the maximum takes explicit pads, as in TensorFlow: what they would count for in an average is unclear.
inline kernels::Pool3D pool_of(const Context& c, Layout layout, const Dims& input, bool explicit_allowed) {
  require_rank(input, layout.rank(), "input");
  Triple size = spatial_attr(c, "ksize", layout), stride = spatial_attr(c, "strides", layout);
  Triple dilation = spatial_attr(c, "dilations", layout);
  Border border = border_attr(c, explicit_allowed);
  Pads pads = explicit_allowed ? pads_attr(c, border, layout) : Pads();
  Dims x = channels_last(input, layout);
  kernels::Pool3D pool{};
  pool.batch = x[0];
  pool.channels = x[layout.spatial + 1];
  pool.windows = windows_over(x, size, stride, dilation, border, pads);
  return pool;
}

inline Dims pooled_dims(const kernels::Pool3D& pool, Layout layout) {
  return window_dims(pool.batch, pool.windows, pool.channels, layout);
}

inline void require_pooled(const kernels::Pool3D& pool, Layout layout, const Dims& dy) {
  Dims wanted = pooled_dims(pool, layout);
  if (!dims_compatible(wanted, dy))
    throw invalid_argument("TG-0105", "dy must have the shape of the pooled input",
                           "dy.shape=" + dy.str() + ", wanted " + wanted.str());
}

inline std::vector<Attr> pool_attrs(const Context& c, bool explicit_allowed) {
  std::vector<Attr> attrs = {{"ksize", c.ints_attr("ksize")},
                             {"strides", c.ints_attr("strides")},
                             {"padding", c.string_attr("padding")},
                             {"data_format", c.string_attr("data_format")}};
  if (c.has("dilations")) attrs.emplace_back("dilations", c.ints_attr("dilations"));
  if (explicit_allowed && c.has("explicit_paddings"))
    attrs.emplace_back("explicit_paddings", c.ints_attr("explicit_paddings"));
  return attrs;
}

// The pool of images for kernels that know no more; false where it has depth or dilated windows.
inline bool as_pool2d(const kernels::Pool3D& pool, kernels::Pool2D* flat) {
  const kernels::Windows& w = pool.windows;
  if (w.in[0] != 1 || w.k[0] != 1 || w.out[0] != 1 || w.dilation[1] != 1 || w.dilation[2] != 1) return false;
  *flat = {pool.batch,   w.in[1],     w.in[2],      pool.channels, w.out[1],    w.out[2],    w.k[1],
           w.k[2],       w.stride[1], w.stride[2],  w.before[1],   w.after[1],  w.before[2], w.after[2]};
  return true;
}

// The shape inference of a pool over N axes and of its gradients.
template <int N, bool kMax>
struct PoolInference {
  static kernels::Pool3D pool(const Context& c, const Dims& input) {
    return pool_of(c, layout_attr(c, N), input, kMax);
  }

  static void infer(InferContext& c) {
    c.set_output(0, c.dtype(0), pooled_dims(pool(c, c.dims(0)), layout_attr(c, N)));
  }
  static void infer_grad(InferContext& c) {
    require_pooled(pool(c, c.dims(0)), layout_attr(c, N), c.dims(1));
    c.set_output(0, c.dtype(1), c.dims(0));
  }
  static void infer_take(InferContext& c) {
    if (!dims_compatible(c.dims(0), c.dims(1)))
      throw invalid_argument("TG-0105", "g must have the shape of input",
                             "input.shape=" + c.dims(0).str() + ", g.shape=" + c.dims(1).str());
    infer(c);
  }
};

template <int N>
struct MaxPoolOps : PoolInference<N, true> {
  static const char* grad_name() { return N == 2 ? "max_pool2d_grad" : "max_pool3d_grad"; }
  static const char* take_name() { return N == 2 ? "max_pool2d_grad_grad" : "max_pool3d_grad_grad"; }
  using PoolInference<N, true>::pool;

  static void kernel(KernelContext& c) {
    Layout layout = layout_attr(c, N);
    kernels::Pool3D p = pool(c, c.dims(0));
    kernels::Pool2D flat{};
    const void* x = last_input(c, 0, layout);
    LastOutput y(c, 0, c.dtype(0), layout);
    kernels::DType dtype = kernel_dtype(c.dtype(0));
    kernels::Status status = kernels::Status::kUnsupported;
    if (as_pool2d(p, &flat)) status = kernels::max_pool2d(dtype, flat, x, y.data, c.parallel());
    if (status == kernels::Status::kUnsupported) status = kernels::max_pool3d(dtype, p, x, y.data, c.parallel());
    check_kernel(status, c.dtype(0));
    y.finish();
  }
  static void gradient(GradientContext& c) {
    c.set_gradient(0, call(grad_name(), {c.input(0), c.gradient()}, pool_attrs(c, true)));
  }

  static void grad_kernel(KernelContext& c) {
    Layout layout = layout_attr(c, N);
    kernels::Pool3D p = pool(c, c.dims(0));
    require_pooled(p, layout, c.dims(1));
    kernels::Pool2D flat{};
    const void *x = last_input(c, 0, layout), *dy = last_input(c, 1, layout);
    LastOutput dx(c, 0, c.dtype(0), layout);
    kernels::DType dtype = kernel_dtype(c.dtype(0));
    check_kernel(as_pool2d(p, &flat) ? kernels::max_pool2d_grad(dtype, flat, x, dy, dx.data, c.parallel())
                                     : kernels::max_pool3d_grad(dtype, p, x, dy, dx.data, c.parallel()),
                 c.dtype(0));
    dx.finish();
  }
  static void grad_gradient(GradientContext& c) {
    if (c.needs(1)) c.set_gradient(1, call(take_name(), {c.input(0), c.gradient()}, pool_attrs(c, true)));
  }

  static void take_kernel(KernelContext& c) {
    Layout layout = layout_attr(c, N);
    kernels::Pool3D p = pool(c, c.dims(0));
    const void *x = last_input(c, 0, layout), *g = last_input(c, 1, layout);
    LastOutput y(c, 0, c.dtype(0), layout);
    check_kernel(kernels::max_pool3d_take(kernel_dtype(c.dtype(0)), p, x, g, y.data, c.parallel()), c.dtype(0));
    y.finish();
  }
  static void take_gradient(GradientContext& c) {
    if (c.needs(1)) c.set_gradient(1, call(grad_name(), {c.input(0), c.gradient()}, pool_attrs(c, true)));
  }
};

template <int N>
struct AvgPoolOps : PoolInference<N, false> {
  static const char* forward_name() { return N == 2 ? "avg_pool2d" : "avg_pool3d"; }
  static const char* grad_name() { return N == 2 ? "avg_pool2d_grad" : "avg_pool3d_grad"; }
  using PoolInference<N, false>::pool;

  static void kernel(KernelContext& c) {
    Layout layout = layout_attr(c, N);
    kernels::Pool3D p = pool(c, c.dims(0));
    kernels::Pool2D flat{};
    const void* x = last_input(c, 0, layout);
    LastOutput y(c, 0, c.dtype(0), layout);
    kernels::DType dtype = kernel_dtype(c.dtype(0));
    check_kernel(as_pool2d(p, &flat) ? kernels::avg_pool2d(dtype, flat, x, y.data, c.parallel())
                                     : kernels::avg_pool3d(dtype, p, x, y.data, c.parallel()),
                 c.dtype(0));
    y.finish();
  }
  static void gradient(GradientContext& c) {
    c.set_gradient(0, call(grad_name(), {c.input(0), c.gradient()}, pool_attrs(c, false)));
  }

  static void grad_kernel(KernelContext& c) {
    Layout layout = layout_attr(c, N);
    kernels::Pool3D p = pool(c, c.dims(0));
    require_pooled(p, layout, c.dims(1));
    kernels::Pool2D flat{};
    const void* dy = last_input(c, 1, layout);
    LastOutput dx(c, 0, c.dtype(1), layout);
    kernels::DType dtype = kernel_dtype(c.dtype(1));
    check_kernel(as_pool2d(p, &flat) ? kernels::avg_pool2d_grad(dtype, flat, dy, dx.data, c.parallel())
                                     : kernels::avg_pool3d_grad(dtype, p, dy, dx.data, c.parallel()),
                 c.dtype(1));
    dx.finish();
  }
  static void grad_gradient(GradientContext& c) {
    if (c.needs(1)) c.set_gradient(1, call(forward_name(), {c.gradient()}, pool_attrs(c, false)));
  }
};

#define TG_AVG_POOL_ATTRS(format) \
  "ksize: ints, strides: ints, padding: str, data_format: str = '" format "', dilations: ints?"
#define TG_MAX_POOL_ATTRS(format) TG_AVG_POOL_ATTRS(format) ", explicit_paddings: ints?"

#define TG_POOL_WINDOW_DOC \
  "  ksize: the size of a window: one number, one for each spatial axis, or one for each axis.\n" \
  "  strides: how far windows are apart, in the same forms.\n"
#define TG_POOL_FORMAT_DOC(formats)                                               \
  "  data_format: " formats ": the order of the axes of the input and of the result.\n" \
  "  dilations: how far the elements of a window are apart, in the forms of `ksize`.\n"
#define TG_AVG_POOL_DOC(formats)                                                                     \
  TG_POOL_WINDOW_DOC                                                                                 \
  "  padding: 'VALID': windows lie within the input; 'SAME': windows may reach over its edges.\n"    \
  TG_POOL_FORMAT_DOC(formats)
#define TG_MAX_POOL_DOC(formats)                                                                     \
  TG_POOL_WINDOW_DOC                                                                                 \
  "  padding: 'VALID': windows lie within the input; 'SAME': windows may reach over its edges;\n"    \
  "    'EXPLICIT': by as much as `explicit_paddings` says.\n"                                        \
  TG_POOL_FORMAT_DOC(formats)                                                                        \
  "  explicit_paddings: for each axis the places before and after, flat; 0 for batch and channels.\n"

}  // namespace tg

#endif  // TENSEGRA_OPS_POOL_HPP_
