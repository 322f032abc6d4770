#include "ops/common.hpp"

namespace tg {
namespace {

void compose(ComposeContext& c) {
  Dims value = c.dims(0), bias = c.dims(1);
  std::string format = c.string_attr("data_format");
  bool channels_first = format.substr(0, 2) == "NC";
  if (!channels_first && (format.empty() || format[0] != 'N' || format.back() != 'C'))
    throw invalid_argument("TG-0106", "data_format must be 'NHWC', 'NCHW' or one of the same kind",
                           "data_format='" + format + "'");
  require_rank(bias, 1, "bias");
  if (value.known_rank()) {
    if (value.rank() < 2)
      throw invalid_argument("TG-0103", "value must have at least 2 dimensions", "value.shape=" + value.str());
    if (bias.known_rank() && !sizes_compatible(value[channels_first ? 1 : value.rank() - 1], bias[0]))
      throw invalid_argument(
          "TG-0105", "bias must have one element for each channel",
          "value.shape=" + value.str() + ", bias.shape=" + bias.str() + ", data_format='" + format + "'");
  }
  Tensor b = c.input(1);
  if (channels_first) {
    if (!value.known_rank())
      throw invalid_argument("TG-0103", "the rank of value must be known", "data_format='" + format + "'");
    std::vector<int64_t> shape(static_cast<size_t>(value.rank() - 1), 1);
    shape[0] = -1;
    b = call("reshape", {b, make_tensor<int64_t>({value.rank() - 1}, shape)});
  }
  c.set_output(0, c.input(0) + b);
}

TG_OP("bias_add(value: T, bias: T, *, data_format: str = 'NHWC') -> T")
    .types("T: " TG_ALL_REALS)
    .names("nn.bias_add")
    .summary("Adds a number to each channel.")
    .doc(R"(Args:
  value: a tensor of rank 2 or more; a floating-point or integer dtype.
  bias: a vector of the same dtype, one number for each channel.
  data_format: 'NHWC' where the channels are the last axis, 'NCHW' where they are the second one.

Returns:
  A tensor of the shape and dtype of `value`.

Raises:
  InvalidArgumentError: a rank does not fit (TG-0103), the channels differ (TG-0105), or `data_format` is unknown
    (TG-0106).
)")
    .example(R"(>>> tg.nn.bias_add([[1., 2.]], [10., 20.])
<tg.Tensor: shape=(1, 2), dtype=float32, numpy=array([[11., 22.]], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 4, 3]}, {"dtype": "float32", "shape": [3]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4, 5]}, {"dtype": "float32", "shape": [3]}],
           "attributes": {"data_format": "NCHW"}}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
