// Convolutions of images and of volumes: what conv2d, conv3d and their relatives share.
#ifndef TENSEGRA_OPS_CONV_HPP_
#define TENSEGRA_OPS_CONV_HPP_

#include "kernels/conv3d.h"
#include "ops/nn/window.hpp"

namespace tg {

// The convolution of inputs and filters of these shapes; what is unknown is -1 or a symbol.
inline kernels::Conv3D convolution(const Context& c, Layout layout, const Dims& input, const Dims& filters) {
  int n = layout.spatial;
  require_rank(input, layout.rank(), "input");
  require_rank(filters, layout.rank(), "filters");
  Triple stride = spatial_attr(c, "strides", layout), dilation = spatial_attr(c, "dilations", layout);
  Border border = border_attr(c, true);
  Pads pads = pads_attr(c, border, layout);
  Dims x = channels_last(input, layout), f = filters.known_rank() ? filters : Dims::unknown(layout.rank());
  Triple size{1, 1, 1};
  for (int i = 0; i < n; ++i) {
    size[3 - n + i] = f[i];
    if (f[i] == 0 || f[i] > std::numeric_limits<int32_t>::max())
      throw invalid_argument("TG-0105", "filters must have a size of at least 1 along each spatial axis",
                             "filters.shape=" + filters.str());
  }
  int64_t channels = x[n + 1], seen = f[n], outputs = f[n + 1];
  if (channels >= 0 && seen >= 0 &&
      (seen == 0 || channels % seen != 0 || (outputs >= 0 && channels > 0 && outputs % (channels / seen) != 0)))
    throw invalid_argument("TG-0105",
                           "the last but one size of filters must be the channels of input, or divide them into groups "
                           "that divide the filters",
                           "input.shape=" + input.str() + ", filters.shape=" + filters.str());
  kernels::Conv3D conv{};
  conv.batch = x[0];
  conv.in_c = channels;
  conv.out_c = outputs;
  conv.groups = channels > 0 && seen > 0 ? channels / seen : 1;
  conv.windows = windows_over(x, size, stride, dilation, border, pads);
  return conv;
}

inline Dims conv_dims(const kernels::Conv3D& conv, Layout layout) {
  return window_dims(conv.batch, conv.windows, conv.out_c, layout);
}

inline std::vector<Attr> conv_attrs(const Context& c) {
  std::vector<Attr> attrs = {{"strides", c.ints_attr("strides")},
                             {"padding", c.string_attr("padding")},
                             {"data_format", c.string_attr("data_format")}};
  for (const char* name : {"explicit_paddings", "dilations"})
    if (c.has(name)) attrs.emplace_back(name, c.ints_attr(name));
  return attrs;
}

inline void require_conv_dims(const kernels::Conv3D& conv, Layout layout, const Dims& dy, const char* name) {
  Dims wanted = conv_dims(conv, layout);
  if (!dims_compatible(wanted, dy))
    throw invalid_argument("TG-0105", std::string(name) + " must have the shape of the convolution's result",
                           std::string(name) + ".shape=" + dy.str() + ", wanted " + wanted.str());
}

// Memory for a kernel whose need may overflow.
inline void* conv_scratch(KernelContext& c, int64_t bytes) {
  if (bytes < 0)
    throw invalid_argument("TG-0109", "the memory of a convolution must fit 63 bits",
                           "input.shape=" + c.dims(0).str() + ", filters.shape=" + c.dims(1).str());
  return c.scratch(static_cast<size_t>(bytes));
}

// One multiplication and one addition for each element of the filter that meets a place of the result.
inline void conv_cost(CostContext& c, Layout layout, const Dims& input, const Dims& filters) {
  if (!input.is_static() || !filters.is_static()) return;
  kernels::Conv3D conv = convolution(c, layout, input, filters);
  double places = static_cast<double>(conv.batch) * static_cast<double>(conv.windows.places_out());
  double weights = static_cast<double>(filters.num_elements());
  double moved = static_cast<double>(input.num_elements()) + weights + places * static_cast<double>(conv.out_c);
  c.set_cost(2.0 * places * weights, moved * static_cast<double>(element_size(c.dtype(1))));
}

// The ops over N spatial axes.
template <int N>
struct ConvOps {
  static const char* name(const char* of_images, const char* of_volumes) { return N == 2 ? of_images : of_volumes; }
  static const char* forward() { return name("conv2d", "conv3d"); }
  static const char* backprop_input() { return name("conv2d_backprop_input", "conv3d_backprop_input"); }
  static const char* backprop_filter() { return name("conv2d_backprop_filter", "conv3d_backprop_filter"); }
  static const char* transpose() { return name("conv2d_transpose", "conv3d_transpose"); }

  static void infer(InferContext& c) {
    Layout layout = layout_attr(c, N);
    c.set_output(0, c.dtype(0), conv_dims(convolution(c, layout, c.dims(0), c.dims(1)), layout));
  }

  static void kernel(KernelContext& c) {
    Layout layout = layout_attr(c, N);
    kernels::Conv3D conv = convolution(c, layout, c.dims(0), c.dims(1));
    kernels::DType dtype = kernel_dtype(c.dtype(0));
    void* workspace = conv_scratch(c, kernels::conv3d_workspace_bytes(dtype, conv));
    const void* x = last_input(c, 0, layout);
    LastOutput y(c, 0, c.dtype(0), layout);
    check_kernel(kernels::conv3d(dtype, conv, x, c.input_data(1), y.data, c.parallel(), workspace), c.dtype(0));
    y.finish();
  }

  static void gradient(GradientContext& c) {
    Tensor g = c.gradient(), x = c.input(0), f = c.input(1);
    if (c.needs(0)) c.set_gradient(0, call(backprop_input(), {x, f, g}, conv_attrs(c)));
    if (c.needs(1)) c.set_gradient(1, call(backprop_filter(), {x, f, g}, conv_attrs(c)));
  }

  static void cost(CostContext& c) { conv_cost(c, layout_attr(c, N), c.dims(0), c.dims(1)); }

  // The gradient of the input, of shape `input`, from dy, which is input number `dy_at`.
  static void input_kernel_of(KernelContext& c, const Dims& input, size_t dy_at, const char* dy_name) {
    Layout layout = layout_attr(c, N);
    kernels::Conv3D conv = convolution(c, layout, input, c.dims(1));
    require_conv_dims(conv, layout, c.dims(dy_at), dy_name);
    kernels::DType dtype = kernel_dtype(c.dtype(1));
    void* workspace = conv_scratch(c, kernels::conv3d_input_grad_workspace_bytes(dtype, conv));
    const void* dy = last_input(c, dy_at, layout);
    LastOutput dx(c, 0, c.dtype(1), layout);
    check_kernel(kernels::conv3d_input_grad(dtype, conv, c.input_data(1), dy, dx.data, c.parallel(), workspace),
                 c.dtype(1));
    dx.finish();
  }

  static void infer_input(InferContext& c) {
    Layout layout = layout_attr(c, N);
    require_conv_dims(convolution(c, layout, c.dims(0), c.dims(1)), layout, c.dims(2), "dy");
    c.set_output(0, c.dtype(1), c.dims(0));
  }

  static void input_kernel(KernelContext& c) { input_kernel_of(c, c.dims(0), 2, "dy"); }

  static void input_gradient(GradientContext& c) {
    Tensor g = c.gradient();
    if (c.needs(1)) c.set_gradient(1, call(backprop_filter(), {g, c.input(1), c.input(2)}, conv_attrs(c)));
    if (c.needs(2)) c.set_gradient(2, call(forward(), {g, c.input(1)}, conv_attrs(c)));
  }

  static void infer_filter(InferContext& c) {
    Layout layout = layout_attr(c, N);
    require_conv_dims(convolution(c, layout, c.dims(0), c.dims(1)), layout, c.dims(2), "dy");
    c.set_output(0, c.dtype(0), c.dims(1));
  }

  static void filter_kernel(KernelContext& c) {
    Layout layout = layout_attr(c, N);
    kernels::Conv3D conv = convolution(c, layout, c.dims(0), c.dims(1));
    require_conv_dims(conv, layout, c.dims(2), "dy");
    kernels::DType dtype = kernel_dtype(c.dtype(0));
    void* workspace = conv_scratch(c, kernels::conv3d_filter_grad_workspace_bytes(dtype, conv));
    const void *x = last_input(c, 0, layout), *dy = last_input(c, 2, layout);
    check_kernel(kernels::conv3d_filter_grad(dtype, conv, x, dy, c.output_data(0), c.parallel(), workspace),
                 c.dtype(0));
  }

  static void filter_gradient(GradientContext& c) {
    Tensor g = c.gradient();
    if (c.needs(0)) c.set_gradient(0, call(backprop_input(), {c.input(0), g, c.input(2)}, conv_attrs(c)));
    if (c.needs(2)) c.set_gradient(2, call(forward(), {c.input(0), g}, conv_attrs(c)));
  }

  static void infer_transpose(InferContext& c) {
    Layout layout = layout_attr(c, N);
    Dims result = dims_of_shape_input(c, 2, "output_shape");
    require_conv_dims(convolution(c, layout, result, c.dims(1)), layout, c.dims(0), "input");
    if (!result.known_rank()) result = Dims::unknown(layout.rank());
    c.set_output(0, c.dtype(0), result);
  }

  static void transpose_kernel(KernelContext& c) { input_kernel_of(c, c.output_dims(0), 0, "input"); }

  static void transpose_gradient(GradientContext& c) {
    Tensor g = c.gradient();
    if (c.needs(0)) c.set_gradient(0, call(forward(), {g, c.input(1)}, conv_attrs(c)));
    if (c.needs(1)) c.set_gradient(1, call(backprop_filter(), {g, c.input(1), c.input(0)}, conv_attrs(c)));
  }
};

#define TG_CONV_ATTRS(format) \
  "strides: ints, padding: str = 'VALID', explicit_paddings: ints?, data_format: str = '" format "', dilations: ints?"

#define TG_CONV_ATTRS_DOC(formats)                                                                                   \
  "  strides: how far windows are apart: one number, one for each spatial axis, or one for each axis.\n"             \
  "  padding: 'VALID': windows lie within the input; 'SAME': zeros are added, so that one window starts at each "    \
  "stride;\n"                                                                                                        \
  "    'EXPLICIT': zeros are added as `explicit_paddings` says.\n"                                                   \
  "  explicit_paddings: for each axis how many zeros are added before and after, flat; 0 for batch and channels.\n" \
  "  data_format: " formats ": the order of the axes of the input and of the result.\n"                              \
  "  dilations: how far the elements of a filter are apart, in the forms of `strides`.\n"

}  // namespace tg

#endif  // TENSEGRA_OPS_CONV_HPP_
