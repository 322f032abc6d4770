#include "kernels/conv.h"
#include "ops/nn/window.hpp"

namespace tg {
namespace {

#define TG_CONV_ATTRS \
  "strides: ints, padding: str = 'VALID', explicit_paddings: ints?, data_format: str = 'NHWC', dilations: ints?"

// Rows and columns added at the edges, for EXPLICIT: [[0, 0], [top, bottom], [left, right], [0, 0]], flat.
std::vector<int64_t> explicit_pads(const Context& c, Border border) {
  std::vector<int64_t> pads = c.ints_attr("explicit_paddings");
  if (border != Border::kExplicit) {
    if (!pads.empty())
      throw invalid_argument("TG-0106", "explicit_paddings belong to padding='EXPLICIT'",
                             "explicit_paddings=" + text_of(pads));
    return {0, 0, 0, 0};
  }
  bool ok = pads.size() == 8 && pads[0] == 0 && pads[1] == 0 && pads[6] == 0 && pads[7] == 0;
  for (int64_t pad : pads) ok = ok && pad >= 0 && pad <= std::numeric_limits<int32_t>::max();
  if (!ok)
    throw invalid_argument("TG-0106", "explicit_paddings must hold 8 sizes: 0, 0, top, bottom, left, right, 0, 0",
                           "explicit_paddings=" + text_of(pads));
  return {pads[2], pads[3], pads[4], pads[5]};
}

// The convolution of these shapes, with what is unknown left at -1 or a symbol.
kernels::Conv2D convolution(const Context& c, const Dims& input, const Dims& filters) {
  require_rank(input, 4, "input");
  require_rank(filters, 4, "filters");
  if (c.string_attr("data_format") != "NHWC")
    throw unsupported("convolutions take data_format='NHWC'; use tg.transpose for others",
                      "data_format='" + c.string_attr("data_format") + "'");
  Pair stride = pair_attr(c, "strides"), dilation = pair_attr(c, "dilations");
  Border border = border_attr(c, true);
  std::vector<int64_t> pads = explicit_pads(c, border);
  Dims x = input.known_rank() ? input : Dims::unknown(4), f = filters.known_rank() ? filters : Dims::unknown(4);
  for (int i = 0; i < 2; ++i)
    if (f[i] == 0 || f[i] > std::numeric_limits<int32_t>::max())
      throw invalid_argument("TG-0105", "filters must have at least one row and column",
                             "filters.shape=" + filters.str());
  if (x[3] >= 0 && f[2] >= 0 && (f[2] == 0 || x[3] % f[2] != 0 || (f[3] >= 0 && f[3] % (x[3] / f[2]) != 0)))
    throw invalid_argument(
        "TG-0105", "filters.shape[2] must be the channels of input, or divide them into groups that divide the filters",
        "input.shape=" + input.str() + ", filters.shape=" + filters.str());
  kernels::Conv2D conv{};
  conv.batch = x[0];
  conv.in_h = x[1];
  conv.in_w = x[2];
  conv.in_c = x[3];
  conv.k_h = f[0];
  conv.k_w = f[1];
  conv.out_c = f[3];
  conv.groups = x[3] > 0 && f[2] > 0 ? x[3] / f[2] : 1;
  conv.stride_h = stride.h;
  conv.stride_w = stride.w;
  conv.dilation_h = dilation.h;
  conv.dilation_w = dilation.w;
  conv.pad_top = pads[0];
  conv.pad_bottom = pads[1];
  conv.pad_left = pads[2];
  conv.pad_right = pads[3];
  auto reach = [](int64_t size, int64_t step) { return size < 0 ? int64_t{0} : (size - 1) * step + 1; };
  int64_t reach_h = reach(f[0], dilation.h), reach_w = reach(f[1], dilation.w);
  bool same = border == Border::kSame;
  conv.out_h = f[0] < 0 && !same ? TG_DIM_UNKNOWN : windows(x[1], reach_h, stride.h, border, pads[0] + pads[1]);
  conv.out_w = f[1] < 0 && !same ? TG_DIM_UNKNOWN : windows(x[2], reach_w, stride.w, border, pads[2] + pads[3]);
  return conv;
}

// The same with everything known and the pads filled in.
kernels::Conv2D concrete(const Context& c, const Dims& input, const Dims& filters) {
  kernels::Conv2D conv = convolution(c, input, filters);
  Border border = border_attr(c, true);
  bool ok = border == Border::kSame    ? kernels::conv2d_set_same(&conv)
            : border == Border::kValid ? kernels::conv2d_set_valid(&conv)
                                       : kernels::conv2d_set_explicit(&conv);
  if (!ok)
    throw invalid_argument("TG-0105", "the sizes must fit a convolution",
                           "input.shape=" + input.str() + ", filters.shape=" + filters.str());
  return conv;
}

Dims image_dims(const kernels::Conv2D& conv) {
  Dims dims{conv.batch, conv.out_h, conv.out_w, conv.out_c};
  if (dims.is_static()) checked_dims(std::vector<int64_t>(dims.begin(), dims.end()));
  return dims;
}

std::vector<Attr> conv_attrs(const Context& c) {
  std::vector<Attr> attrs = {{"strides", c.ints_attr("strides")},
                             {"padding", c.string_attr("padding")},
                             {"data_format", c.string_attr("data_format")}};
  for (const char* name : {"explicit_paddings", "dilations"})
    if (c.has(name)) attrs.emplace_back(name, c.ints_attr(name));
  return attrs;
}

void require_image(const kernels::Conv2D& conv, const Dims& dy) {
  if (!dims_compatible(image_dims(conv), dy))
    throw invalid_argument("TG-0105", "dy must have the shape of the convolution's result",
                           "dy.shape=" + dy.str() + ", wanted " + image_dims(conv).str());
}

// One multiplication and one addition for each element of the filter that meets a place of the result.
void cost_of(CostContext& c, const Dims& input, const Dims& filters) {
  if (!input.is_static() || !filters.is_static()) return;
  kernels::Conv2D conv = concrete(c, input, filters);
  double places = static_cast<double>(conv.batch) * static_cast<double>(conv.out_h) * static_cast<double>(conv.out_w);
  double weights = static_cast<double>(filters.num_elements());
  double moved = static_cast<double>(input.num_elements()) + weights + places * static_cast<double>(conv.out_c);
  c.set_cost(2.0 * places * weights, moved * static_cast<double>(element_size(c.dtype(1))));
}

#define TG_CONV_ATTRS_DOC                                                                                         \
  "  strides: how far windows are apart: one number, [height, width], or [1, height, width, 1].\n"                \
  "  padding: 'VALID': windows lie within the image; 'SAME': zeros are added, so that one window starts at each " \
  "stride;\n"                                                                                                     \
  "    'EXPLICIT': zeros are added as `explicit_paddings` says.\n"                                                \
  "  explicit_paddings: 0, 0, top, bottom, left, right, 0, 0.\n"                                                  \
  "  data_format: 'NHWC'.\n"                                                                                      \
  "  dilations: how far the elements of a filter are apart, in the forms of `strides`.\n"

void infer(InferContext& c) { c.set_output(0, c.dtype(0), image_dims(convolution(c, c.dims(0), c.dims(1)))); }

void kernel(KernelContext& c) {
  kernels::Conv2D conv = concrete(c, c.dims(0), c.dims(1));
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  void* workspace = c.scratch(kernels::conv2d_workspace_bytes(dtype, conv));
  check_kernel(
      kernels::conv2d(dtype, conv, c.input_data(0), c.input_data(1), c.output_data(0), c.parallel(), workspace),
      c.dtype(0));
}

void gradient(GradientContext& c) {
  Tensor g = c.gradient(), x = c.input(0), f = c.input(1);
  if (c.needs(0)) c.set_gradient(0, call("conv2d_backprop_input", {x, f, g}, conv_attrs(c)));
  if (c.needs(1)) c.set_gradient(1, call("conv2d_backprop_filter", {x, f, g}, conv_attrs(c)));
}

void cost(CostContext& c) { cost_of(c, c.dims(0), c.dims(1)); }

TG_OP("conv2d(input: T, filters: T, *, " TG_CONV_ATTRS ") -> T")
    .types("T: " TG_FLOATS)
    .summary("Slides filters over images: the two-dimensional cross-correlation that is called convolution.")
    .doc(R"(Args:
  input: images of shape [batch, height, width, channels]; float32 or float64.
  filters: a tensor of shape [height, width, channels / groups, filters] and the same dtype. Where its third size is not
    that of the channels but divides it, the channels form groups, each seen by its share of the filters.
)" TG_CONV_ATTRS_DOC R"(
Returns:
  A tensor of shape [batch, new_height, new_width, filters] and the same dtype.

Raises:
  InvalidArgumentError: a rank is not 4 (TG-0103), sizes do not fit (TG-0105), or an attribute has a value that is not
    described here (TG-0106).
  UnimplementedError: `data_format` is not 'NHWC' (TG-0121).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 5, 6, 3]}, {"dtype": "float32", "shape": [3, 2, 3, 4]}],
           "attributes": {"strides": [1], "padding": "SAME"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 7, 6, 2]}, {"dtype": "float32", "shape": [3, 3, 2, 2]}],
           "attributes": {"strides": [2, 1], "padding": "VALID"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 6, 6, 4]}, {"dtype": "float32", "shape": [2, 2, 2, 4]}],
           "attributes": {"strides": [1, 1, 1, 1], "dilations": [2, 2]}},
          {"inputs": [{"dtype": "float32", "shape": [1, 4, 4, 2]}, {"dtype": "float32", "shape": [3, 3, 2, 1]}],
           "attributes": {"strides": [1], "padding": "EXPLICIT", "explicit_paddings": [0, 0, 1, 0, 2, 1, 0, 0]}}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>()
    .cost<cost>()
    .fusion(TG_FUSION_CONTRACTION);

void infer_input(InferContext& c) {
  require_image(convolution(c, c.dims(0), c.dims(1)), c.dims(2));
  c.set_output(0, c.dtype(1), c.dims(0));
}

void input_kernel(KernelContext& c) {
  kernels::Conv2D conv = concrete(c, c.dims(0), c.dims(1));
  require_image(conv, c.dims(2));
  kernels::DType dtype = kernel_dtype(c.dtype(1));
  void* workspace = c.scratch(kernels::conv2d_input_grad_workspace_bytes(dtype, conv));
  check_kernel(kernels::conv2d_input_grad(dtype, conv, c.input_data(1), c.input_data(2), c.output_data(0), c.parallel(),
                                          workspace),
               c.dtype(1));
}

void input_gradient(GradientContext& c) {
  Tensor g = c.gradient();
  if (c.needs(1)) c.set_gradient(1, call("conv2d_backprop_filter", {g, c.input(1), c.input(2)}, conv_attrs(c)));
  if (c.needs(2)) c.set_gradient(2, call("conv2d", {g, c.input(1)}, conv_attrs(c)));
}

TG_OP("conv2d_backprop_input(like: any, filters: T, dy: T, *, " TG_CONV_ATTRS ") -> T")
    .types("T: " TG_FLOATS)
    .summary("Computes the gradient of a convolution with respect to its images.")
    .doc(R"(Args:
  like: a tensor of the shape of the images; only its shape counts.
  filters: the filters; float32 or float64.
  dy: the gradient of the convolution's result, of the same dtype.
)" TG_CONV_ATTRS_DOC R"(
Returns:
  A tensor of the shape of `like` and the dtype of `filters`.

Raises:
  InvalidArgumentError: as conv2d does, or the shape of `dy` does not fit (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 5, 6, 3]}, {"dtype": "float32", "shape": [3, 2, 3, 4]},
                      {"dtype": "float32", "shape": [2, 5, 6, 4]}],
           "attributes": {"strides": [1], "padding": "SAME"}}])")
    .infer<infer_input>()
    .kernel<input_kernel>()
    .gradient<input_gradient>()
    .cost<cost>()
    .fusion(TG_FUSION_CONTRACTION);

void infer_filter(InferContext& c) {
  require_image(convolution(c, c.dims(0), c.dims(1)), c.dims(2));
  c.set_output(0, c.dtype(0), c.dims(1));
}

void filter_kernel(KernelContext& c) {
  kernels::Conv2D conv = concrete(c, c.dims(0), c.dims(1));
  require_image(conv, c.dims(2));
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  void* workspace = c.scratch(kernels::conv2d_filter_grad_workspace_bytes(dtype, conv));
  check_kernel(kernels::conv2d_filter_grad(dtype, conv, c.input_data(0), c.input_data(2), c.output_data(0),
                                           c.parallel(), workspace),
               c.dtype(0));
}

void filter_gradient(GradientContext& c) {
  Tensor g = c.gradient();
  if (c.needs(0)) c.set_gradient(0, call("conv2d_backprop_input", {c.input(0), g, c.input(2)}, conv_attrs(c)));
  if (c.needs(2)) c.set_gradient(2, call("conv2d", {c.input(0), g}, conv_attrs(c)));
}

TG_OP("conv2d_backprop_filter(input: T, like: any, dy: T, *, " TG_CONV_ATTRS ") -> T")
    .types("T: " TG_FLOATS)
    .summary("Computes the gradient of a convolution with respect to its filters.")
    .doc(R"(Args:
  input: the images; float32 or float64.
  like: a tensor of the shape of the filters; only its shape counts.
  dy: the gradient of the convolution's result, of the same dtype.
)" TG_CONV_ATTRS_DOC R"(
Returns:
  A tensor of the shape of `like` and the dtype of `input`.

Raises:
  InvalidArgumentError: as conv2d does, or the shape of `dy` does not fit (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 5, 6, 3]}, {"dtype": "float32", "shape": [3, 2, 3, 4]},
                      {"dtype": "float32", "shape": [2, 5, 6, 4]}],
           "attributes": {"strides": [1], "padding": "SAME"}}])")
    .infer<infer_filter>()
    .kernel<filter_kernel>()
    .gradient<filter_gradient>()
    .cost<cost>()
    .fusion(TG_FUSION_CONTRACTION);

}  // namespace
}  // namespace tg
