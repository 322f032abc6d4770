#include "ops/nn/pool.hpp"

namespace tg {
namespace {

int index_type(const Context& c) {
  int dtype = c.dtype_attr("output_dtype");
  if (dtype != TG_INT32 && dtype != TG_INT64)
    throw invalid_argument("TG-0106", "output_dtype must be int32 or int64",
                           std::string("output_dtype=") + dtype_name(dtype));
  return dtype;
}

void infer(InferContext& c) {
  Layout layout = layout_attr(c, 2);
  Dims dims = pooled_dims(pool_of(c, layout, c.dims(0), true), layout);
  c.set_output(0, c.dtype(0), dims);
  c.set_output(1, index_type(c), dims);
}

template <class T>
void write_places(KernelContext& c, const kernels::Pool3D& pool, const int64_t* at, int64_t image_step) {
  T* to = c.output<T>(1);
  int64_t size = pool.windows.places_out() * pool.channels;
  for (int64_t image = 0; image < pool.batch; ++image)
    for (int64_t i = 0; i < size; ++i) *to++ = static_cast<T>(*at++ + image * image_step);
}

void kernel(KernelContext& c) {
  Layout layout = layout_attr(c, 2);
  kernels::Pool3D pool = pool_of(c, layout, c.dims(0), true);
  if (layout.channels_first)
    throw unsupported("places are counted with data_format='NHWC' only", "data_format='NCHW'");
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  check_kernel(kernels::max_pool3d(dtype, pool, c.input_data(0), c.output_data(0), c.parallel()), c.dtype(0));
  size_t count = static_cast<size_t>(c.output_dims(1).num_elements());
  auto* at = static_cast<int64_t*>(c.scratch(count * sizeof(int64_t)));
  check_kernel(kernels::max_pool3d_argmax(dtype, pool, c.input_data(0), at, c.parallel()), c.dtype(0));
  int64_t step = c.bool_attr("include_batch_in_index") ? pool.windows.places_in() * pool.channels : 0;
  if (index_type(c) == TG_INT64) return write_places<int64_t>(c, pool, at, step);
  if (c.num_elements(0) > std::numeric_limits<int32_t>::max())
    throw invalid_argument("TG-0106", "output_dtype must be int64 for 2^31 elements and more",
                           "input.shape=" + c.dims(0).str());
  write_places<int32_t>(c, pool, at, step);
}

void gradient(GradientContext& c) {
  c.set_gradient(0, call("max_pool2d_grad", {c.input(0), c.gradient(0)}, pool_attrs(c, true)));
}

TG_OP("max_pool_with_argmax(input: T, *, " TG_MAX_POOL_ATTRS("NHWC")
      ", output_dtype: dtype = int64, include_batch_in_index: bool = false) -> T, attr.output_dtype")
    .types("T: " TG_ALL_REALS)
    .summary("Takes the greatest element of each window of images, and says where it is.")
    .doc(R"(Args:
  input: images of shape [batch, height, width, channels]; a real dtype.
)" TG_MAX_POOL_DOC("'NHWC'") R"(  output_dtype: int32 or int64.
  include_batch_in_index: whether places are counted from the start of the batch, not of each image.

Returns:
  The greatest elements, of shape [batch, new_height, new_width, channels]; and the place of each, of the same shape:
  (row * width + column) * channels + channel, -1 where a window holds nothing of the image.

Raises:
  InvalidArgumentError: as max_pool2d does, or `output_dtype` is another dtype or too small (TG-0106).
  UnimplementedError: `data_format` is 'NCHW' (TG-0121).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 5, 6, 3]}],
           "attributes": {"ksize": [2], "strides": [2], "padding": "VALID"}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4, 2]}],
           "attributes": {"ksize": [2], "strides": [1], "padding": "SAME", "output_dtype": "int32",
                          "include_batch_in_index": true}}])")
    .infer<infer>()
    .widened_kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
