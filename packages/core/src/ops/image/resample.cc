#include "ops/image/spans.hpp"

namespace tg {
namespace {

constexpr int64_t kMaxSize = int64_t{1} << 31;

std::vector<Attr> attributes(const Context& c) {
  return {Attr("axis", c.int_attr("axis")), Attr("method", c.string_attr("method")),
          Attr("align_corners", c.bool_attr("align_corners")),
          Attr("half_pixel_centers", c.bool_attr("half_pixel_centers")), Attr("antialias", c.bool_attr("antialias"))};
}

int64_t checked_size(int64_t size) {
  if (size < 0 || size >= kMaxSize)
    throw invalid_argument("TG-0109", "a size must lie in [0, 2^31)", "size=" + text_of(size));
  return size;
}

template <class F>
void with_spans(const Context& c, int dtype, int64_t in, int64_t out, const F& run) {
  Resampling how(c);
  check_kernel(dtype == TG_FLOAT64 ? run(SpanTable<double>(how, in, out).view())
                                   : run(SpanTable<float>(how, in, out).view()));
}

void infer(InferContext& c) {
  Resampling how(c);
  if (how.method != "area") filter_of<float>(how.method);
  require_rank(c.dims(1), 0, "size");
  Dims out = c.dims(0);
  if (!out.known_rank()) return c.set_output(0, c.dtype(0), out);
  int axis = normalize_axis(c.int_attr("axis"), out.rank());
  auto size = c.constant_ints(1);
  out[axis] = size ? checked_size((*size)[0]) : TG_DIM_UNKNOWN;
  if (out.is_static()) checked_dims(std::vector<int64_t>(out.begin(), out.end()));
  c.set_output(0, c.dtype(0), out);
}

void kernel(KernelContext& c) {
  Dims dims = c.dims(0), out = dims;
  int axis = normalize_axis(c.int_attr("axis"), dims.rank());
  out[axis] = checked_size(c.ints(1)[0]);
  checked_dims(std::vector<int64_t>(out.begin(), out.end()));
  c.set_output_type(0, c.dtype(0), out);
  if (out.num_elements() == 0) return;
  if (dims[axis] == 0)
    throw invalid_argument("TG-0109", "an axis without elements cannot be resized", "input.shape=" + dims.str());
  with_spans(c, c.dtype(0), dims[axis], out[axis], [&](const kernels::Spans& spans) {
    return kernels::resample(kernel_dtype(c.dtype(0)), spans, product(dims, 0, axis),
                             product(dims, axis + 1, dims.rank()), c.input_data(0), c.output_data(0), c.parallel());
  });
}

void gradient(GradientContext& c) {
  if (c.needs(0)) c.set_gradient(0, call("resample_grad", {c.input(0), c.gradient()}, attributes(c)));
}

TG_OP("resample(input: T, size: int32|int64, *, axis: int = 0, method: str = 'bilinear', align_corners: bool = false, "
      "half_pixel_centers: bool = true, antialias: bool = false) -> T")
    .types("T: " TG_FLOATS)
    .summary("Resizes one axis by interpolation.")
    .doc(R"(Args:
  input: a tensor of rank 1 or more; float32 or float64.
  size: the new size of the axis, a scalar.
  axis: the axis.
  method: bilinear, bicubic, area, lanczos3, lanczos5, gaussian or mitchellcubic.
  align_corners: the first and last elements keep their places.
  half_pixel_centers: elements stand for the middle of their places.
  antialias: where the axis shrinks, the kernel grows.

Returns:
  A tensor of the same dtype, whose axis has the new size.

Raises:
  InvalidArgumentError: the method is not one of these (TG-0106), the axis is outside (TG-0104), a size is negative or
    too large, or the axis is empty (TG-0109), or both conventions are asked for (TG-0620).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}, {"dtype": "int32", "value": 5}],
           "attributes": {"axis": 1}},
          {"inputs": [{"dtype": "float32", "shape": [7]}, {"dtype": "int64", "value": 3}],
           "attributes": {"method": "bilinear", "antialias": true}},
          {"inputs": [{"dtype": "float32", "shape": [6, 2]}, {"dtype": "int32", "value": 4}],
           "attributes": {"method": "area", "half_pixel_centers": false}}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

void grad_infer(InferContext& c) {
  require_same_rank(c.dims(0), c.dims(1));
  c.set_output(0, c.dtype(1), c.dims(0));
}

void grad_kernel(KernelContext& c) {
  Dims dims = c.dims(0), dy = c.dims(1);
  int axis = normalize_axis(c.int_attr("axis"), dims.rank());
  require_same_rank(dims, dy);
  for (int i = 0; i < dims.rank(); ++i)
    if (i != axis && dims[i] != dy[i])
      throw invalid_argument("TG-0105", "the gradient must have the shape of the result",
                             "like.shape=" + dims.str() + ", dy.shape=" + dy.str());
  char* out = c.output<char>(0);
  if (dims.num_elements() == 0) return;
  with_spans(c, c.dtype(1), dims[axis], dy[axis], [&](const kernels::Spans& spans) {
    return kernels::resample_grad(kernel_dtype(c.dtype(1)), spans, product(dims, 0, axis),
                                  product(dims, axis + 1, dims.rank()), c.input_data(1), out, c.parallel());
  });
}

void grad_gradient(GradientContext& c) {
  if (!c.needs(1)) return;
  Tensor size = call("shape", {c.input(1)});
  Dims dims = c.input(1).dims();
  int axis = dims.known_rank() ? normalize_axis(c.int_attr("axis"), dims.rank()) : static_cast<int>(c.int_attr("axis"));
  Tensor wanted = call("gather", {size, make_tensor<int32_t>({}, {axis})}, {{"axis", 0}});
  c.set_gradient(1, call("resample", {c.gradient(), wanted}, attributes(c)));
}

TG_OP("resample_grad(like: T, dy: T, *, axis: int = 0, method: str = 'bilinear', align_corners: bool = false, "
      "half_pixel_centers: bool = true, antialias: bool = false) -> T")
    .types("T: " TG_FLOATS)
    .summary("The gradient of resample: spreads each element over those that it was made of.")
    .doc(R"(Args:
  like: what was resized; only its shape counts.
  dy: the gradient of the result, of the shape of the result.
  axis, method, align_corners, half_pixel_centers, antialias: as for resample.

Returns:
  A tensor of the shape of `like`.

Raises:
  InvalidArgumentError: the shapes differ apart from the axis (TG-0105), or as for resample.
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}, {"dtype": "float32", "shape": [2, 5, 4]}],
           "attributes": {"axis": 1}}])")
    .infer<grad_infer>()
    .kernel<grad_kernel>()
    .gradient<grad_gradient>();

}  // namespace
}  // namespace tg
