#include "ops/nn/conv.hpp"

namespace tg {
namespace {

using Ops = ConvOps<2>;

TG_OP("conv2d(input: T, filters: T, *, " TG_CONV_ATTRS("NHWC") ") -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Slides filters over images: the two-dimensional cross-correlation that is called convolution.")
    .doc(R"(Args:
  input: images of shape [batch, height, width, channels], or [batch, channels, height, width] for 'NCHW'; a floating
    dtype.
  filters: a tensor of shape [height, width, channels / groups, filters] and the same dtype. Where its third size is not
    that of the channels but divides it, the channels form groups, each seen by its share of the filters.
)" TG_CONV_ATTRS_DOC("'NHWC' or 'NCHW'") R"(
Returns:
  A tensor of shape [batch, new_height, new_width, filters], in the order of the data format, and the same dtype.

Raises:
  InvalidArgumentError: a rank is not 4 (TG-0103), sizes do not fit (TG-0105), or an attribute has a value that is not
    described here (TG-0106).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 5, 6, 3]}, {"dtype": "float32", "shape": [3, 2, 3, 4]}],
           "attributes": {"strides": [1], "padding": "SAME"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 7, 6, 2]}, {"dtype": "float32", "shape": [3, 3, 2, 2]}],
           "attributes": {"strides": [2, 1], "padding": "VALID"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 6, 6, 4]}, {"dtype": "float32", "shape": [2, 2, 2, 4]}],
           "attributes": {"strides": [1, 1, 1, 1], "dilations": [2, 2]}},
          {"inputs": [{"dtype": "float32", "shape": [1, 2, 5, 4]}, {"dtype": "float32", "shape": [3, 2, 2, 3]}],
           "attributes": {"strides": [1, 1, 2, 1], "padding": "SAME", "data_format": "NCHW"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 4, 4, 2]}, {"dtype": "float32", "shape": [3, 3, 2, 1]}],
           "attributes": {"strides": [1], "padding": "EXPLICIT", "explicit_paddings": [0, 0, 1, 0, 2, 1, 0, 0]}}])")
    .infer<Ops::infer>()
    .widened_kernel<Ops::kernel>()
    .gradient<Ops::gradient>()
    .cost<Ops::cost>()
    .fusion(TG_FUSION_CONTRACTION);

TG_OP("conv2d_backprop_input(like: any, filters: T, dy: T, *, " TG_CONV_ATTRS("NHWC") ") -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes the gradient of a convolution with respect to its images.")
    .doc(R"(Args:
  like: a tensor of the shape of the images; only its shape counts.
  filters: the filters; a floating dtype.
  dy: the gradient of the convolution's result, of the same dtype.
)" TG_CONV_ATTRS_DOC("'NHWC' or 'NCHW'") R"(
Returns:
  A tensor of the shape of `like` and the dtype of `filters`.

Raises:
  InvalidArgumentError: as conv2d does, or the shape of `dy` does not fit (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 5, 6, 3]}, {"dtype": "float32", "shape": [3, 2, 3, 4]},
                      {"dtype": "float32", "shape": [2, 5, 6, 4]}],
           "attributes": {"strides": [1], "padding": "SAME"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 2, 4, 3]}, {"dtype": "float32", "shape": [2, 2, 2, 3]},
                      {"dtype": "float32", "shape": [1, 3, 2, 2]}],
           "attributes": {"strides": [2, 1], "padding": "VALID", "data_format": "NCHW"}}])")
    .infer<Ops::infer_input>()
    .widened_kernel<Ops::input_kernel>()
    .gradient<Ops::input_gradient>()
    .cost<Ops::cost>()
    .fusion(TG_FUSION_CONTRACTION);

TG_OP("conv2d_backprop_filter(input: T, like: any, dy: T, *, " TG_CONV_ATTRS("NHWC") ") -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes the gradient of a convolution with respect to its filters.")
    .doc(R"(Args:
  input: the images; a floating dtype.
  like: a tensor of the shape of the filters; only its shape counts.
  dy: the gradient of the convolution's result, of the same dtype.
)" TG_CONV_ATTRS_DOC("'NHWC' or 'NCHW'") R"(
Returns:
  A tensor of the shape of `like` and the dtype of `input`.

Raises:
  InvalidArgumentError: as conv2d does, or the shape of `dy` does not fit (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 5, 6, 3]}, {"dtype": "float32", "shape": [3, 2, 3, 4]},
                      {"dtype": "float32", "shape": [2, 5, 6, 4]}],
           "attributes": {"strides": [1], "padding": "SAME"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 2, 4, 3]}, {"dtype": "float32", "shape": [2, 2, 2, 3]},
                      {"dtype": "float32", "shape": [1, 3, 2, 2]}],
           "attributes": {"strides": [2, 1], "padding": "VALID", "data_format": "NCHW"}}])")
    .infer<Ops::infer_filter>()
    .widened_kernel<Ops::filter_kernel>()
    .gradient<Ops::filter_gradient>()
    .cost<Ops::cost>()
    .fusion(TG_FUSION_CONTRACTION);

TG_OP("conv2d_transpose(input: T, filters: T, output_shape: int32|int64, *, " TG_CONV_ATTRS("NHWC") ") -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Spreads images over larger ones through filters: the transpose of a convolution of images.")
    .doc(R"(Args:
  input: images of the shape that a convolution of images of shape `output_shape` gives; a floating dtype.
  filters: a tensor of shape [height, width, new_channels / groups, channels] and the same dtype.
  output_shape: the shape of the result, a vector of 4 sizes in the order of the data format; int32 or int64.
)" TG_CONV_ATTRS_DOC("'NHWC' or 'NCHW'") R"(
Returns:
  A tensor of shape `output_shape` and the dtype of `input`.

Raises:
  InvalidArgumentError: as conv2d does, or the convolution of `output_shape` has another shape than `input` (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [1, 3, 2, 2]}, {"dtype": "float32", "shape": [3, 2, 3, 2]},
                      {"dtype": "int32", "value": [1, 6, 4, 3]}],
           "attributes": {"strides": [2], "padding": "SAME"}},
          {"inputs": [{"dtype": "float32", "shape": [2, 2, 2, 3]}, {"dtype": "float32", "shape": [2, 2, 1, 2]},
                      {"dtype": "int64", "value": [2, 2, 5, 7]}],
           "attributes": {"strides": [2], "dilations": [2, 1], "data_format": "NCHW"}}])")
    .infer<Ops::infer_transpose>()
    .widened_kernel<Ops::transpose_kernel>()
    .gradient<Ops::transpose_gradient>()
    .fusion(TG_FUSION_CONTRACTION);

}  // namespace
}  // namespace tg
