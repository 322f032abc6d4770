#include "ops/nn/window.hpp"

namespace tg {
namespace {

// A convolution with a group for each channel.
void compose(ComposeContext& c) {
  Dims dims = c.dims(1), input = c.dims(0);
  require_rank(dims, 4, "filter");
  Layout layout = layout_attr(c, 2);
  if (!dims.is_static())
    throw invalid_argument("TG-0103", "the shape of filter must be known", "filter.shape=" + dims.str());
  if (input.known_rank() && input.rank() == 4 && !sizes_compatible(input[layout.channels()], dims[2]))
    throw invalid_argument("TG-0105", "filter must have as many channels as input",
                           "input.shape=" + input.str() + ", filter.shape=" + dims.str());
  Tensor shape = make_tensor<int64_t>({4}, {dims[0], dims[1], 1, dims[2] * dims[3]});
  std::vector<Attr> attrs = {{"strides", c.ints_attr("strides")},
                             {"padding", c.string_attr("padding")},
                             {"data_format", c.string_attr("data_format")}};
  for (const char* name : {"explicit_paddings", "dilations"})
    if (c.has(name)) attrs.emplace_back(name, c.ints_attr(name));
  c.set_output(0, call("conv2d", {c.input(0), call("reshape", {c.input(1), shape})}, attrs));
}

TG_OP(
    "depthwise_conv2d(input: T, filter: T, *, strides: ints, padding: str, explicit_paddings: ints?, "
    "data_format: str = 'NHWC', dilations: ints?) -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Slides filters over images, for each channel on its own.")
    .doc(R"(Args:
  input: images of shape [batch, height, width, channels], or [batch, channels, height, width] for 'NCHW'; a floating
    dtype.
  filter: a tensor of shape [height, width, channels, multiplier] and the same dtype.
  strides: how far windows are apart: one number, [height, width], or one for each axis.
  padding: 'VALID', 'SAME' or 'EXPLICIT', as in conv2d.
  explicit_paddings: for each axis how many zeros are added before and after, flat; 0 for batch and channels.
  data_format: 'NHWC' or 'NCHW'.
  dilations: how far the elements of a filter are apart, in the forms of `strides`.

Returns:
  A tensor of shape [batch, new_height, new_width, channels * multiplier], in the order of the data format, and the same
  dtype.

Raises:
  InvalidArgumentError: a rank is not 4 (TG-0103), the channels differ (TG-0105), or an attribute has a value that is
    not described here (TG-0106).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [1, 5, 5, 3]}, {"dtype": "float32", "shape": [3, 3, 3, 2]}],
           "attributes": {"strides": [1, 1, 1, 1], "padding": "SAME"}},
          {"inputs": [{"dtype": "float32", "shape": [2, 5, 6, 2]}, {"dtype": "float32", "shape": [2, 3, 2, 1]}],
           "attributes": {"strides": [2], "padding": "VALID"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 2, 4, 3]}, {"dtype": "float32", "shape": [2, 2, 2, 2]}],
           "attributes": {"strides": [1], "padding": "EXPLICIT", "explicit_paddings": [0, 0, 0, 0, 1, 0, 0, 1],
                          "data_format": "NCHW"}}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
