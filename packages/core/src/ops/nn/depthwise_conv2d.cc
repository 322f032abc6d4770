#include "ops/common.hpp"

namespace tg {
namespace {

// A convolution with a group for each channel.
void compose(ComposeContext& c) {
  Dims dims = c.dims(1), input = c.dims(0);
  require_rank(dims, 4, "filter");
  if (!dims.is_static())
    throw invalid_argument("TG-0103", "the shape of filter must be known", "filter.shape=" + dims.str());
  if (input.known_rank() && input.rank() == 4 && !sizes_compatible(input[3], dims[2]))
    throw invalid_argument("TG-0105", "filter must have as many channels as input",
                           "input.shape=" + input.str() + ", filter.shape=" + dims.str());
  Tensor shape = make_tensor<int64_t>({4}, {dims[0], dims[1], 1, dims[2] * dims[3]});
  std::vector<Attr> attrs = {{"strides", c.ints_attr("strides")}, {"padding", c.string_attr("padding")}};
  if (c.has("dilations")) attrs.emplace_back("dilations", c.ints_attr("dilations"));
  c.set_output(0, call("conv2d", {c.input(0), call("reshape", {c.input(1), shape})}, attrs));
}

TG_OP("depthwise_conv2d(input: T, filter: T, *, strides: ints, padding: str, dilations: ints?) -> T")
    .types("T: " TG_FLOATS)
    .names("nn.depthwise_conv2d")
    .summary("Slides filters over images, for each channel on its own.")
    .doc(R"(Args:
  input: images of shape [batch, height, width, channels]; float32 or float64.
  filter: a tensor of shape [height, width, channels, multiplier] and the same dtype.
  strides: how far windows are apart: one number, [height, width], or [1, height, width, 1].
  padding: 'VALID' or 'SAME'.
  dilations: how far the elements of a filter are apart, in the forms of `strides`.

Returns:
  A tensor of shape [batch, new_height, new_width, channels * multiplier] and the same dtype.

Raises:
  InvalidArgumentError: a rank is not 4 (TG-0103), the channels differ (TG-0105), or an attribute has a value that is
    not described here (TG-0106).
)")
    .example(R"(>>> tg.nn.depthwise_conv2d(tg.ones([1, 2, 2, 2]), tg.ones([2, 2, 2, 1]), strides=1, padding="VALID")
<tg.Tensor: shape=(1, 1, 1, 2), dtype=float32, numpy=array([[[[4., 4.]]]], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [1, 5, 5, 3]}, {"dtype": "float32", "shape": [3, 3, 3, 2]}],
           "attributes": {"strides": [1, 1, 1, 1], "padding": "SAME"}},
          {"inputs": [{"dtype": "float32", "shape": [2, 5, 6, 2]}, {"dtype": "float32", "shape": [2, 3, 2, 1]}],
           "attributes": {"strides": [2], "padding": "VALID"}}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
