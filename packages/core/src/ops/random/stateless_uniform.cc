#include "kernels/elementwise.h"
#include "ops/random/random.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_seed(c, 1);
  require_rank(c.dims(2), 0, "minval");
  require_rank(c.dims(3), 0, "maxval");
  c.set_output(0, c.dtype(2), dims_of_shape_input(c, 0, "shape"));
}

// From [0, 1) to [minval, maxval).
template <class T>
void stretch(KernelContext& c, int64_t count) {
  T minval = *c.input<T>(2), width = *c.input<T>(3) - minval;
  T* out = c.output<T>(0);
  for (int64_t i = 0; i < count; ++i) out[i] = out[i] * width + minval;
}

// In float32, with each step rounded to the half, as TensorFlow's arithmetic on halves does.
void stretch_halves(KernelContext& c, int64_t count) {
  kernels::DType half = kernel_dtype(c.dtype(2)), single = kernels::DType::kFloat32;
  auto rounded = [&](float value) {
    uint16_t bits;
    check_kernel(kernels::cast(single, half, &value, &bits, 1, kernels::Parallel{}));
    check_kernel(kernels::cast(half, single, &bits, &value, 1, kernels::Parallel{}));
    return value;
  };
  float minval, maxval;
  check_kernel(kernels::cast(half, single, c.input_data(2), &minval, 1, kernels::Parallel{}));
  check_kernel(kernels::cast(half, single, c.input_data(3), &maxval, 1, kernels::Parallel{}));
  if (minval == 0.0f && maxval == 1.0f) return;
  float width = rounded(maxval - minval);
  std::vector<float> wide(static_cast<size_t>(count));
  if (count == 0) return;
  check_kernel(kernels::cast(half, single, c.output_data(0), wide.data(), count, c.parallel()));
  for (float& value : wide) value = rounded(value * width) + minval;
  check_kernel(kernels::cast(single, half, wide.data(), c.output_data(0), count, c.parallel()));
}

void kernel(KernelContext& c) {
  Dims dims = checked_dims(c.ints(0));
  int64_t count = dims.num_elements();
  kernels::DType dtype = kernel_dtype(c.dtype(2));
  if (is_integer(c.dtype(2))) require_integer_range(c, 2);
  c.set_output_type(0, c.dtype(2), dims);
  kernels::Philox stream = stateless_stream(c, 1);
  if (is_integer(c.dtype(2))) {
    check_kernel(kernels::random_uniform_int(dtype, stream, c.input_data(2), c.input_data(3), count, c.output_data(0),
                                             c.parallel()),
                 c.dtype(2));
    return;
  }
  check_kernel(
      kernels::random_fill(kernels::RandomDistribution::kUniform, dtype, stream, count, c.output_data(0), c.parallel()),
      c.dtype(2));
  if (c.dtype(2) == TG_FLOAT32) stretch<float>(c, count);
  else if (c.dtype(2) == TG_FLOAT64) stretch<double>(c, count);
  else stretch_halves(c, count);
}

// The numbers drawn from [0, 1) are constants.
void gradient(GradientContext& c) {
  Tensor g = c.gradient(), minval = c.input(2), maxval = c.input(3);
  Tensor share = (c.output() - minval) / (maxval - minval);
  if (c.needs(2)) c.set_gradient(2, call("reduce_sum", {g * (scalar_like(share, 1.0) - share)}));
  if (c.needs(3)) c.set_gradient(3, call("reduce_sum", {g * share}));
}

TG_OP("stateless_uniform(shape: int32|int64, seed: int32|int64, minval: T, maxval: T) -> T")
    .types("T: float16 bfloat16 float32 float64 int32 int64 uint32 uint64")
    .summary("Draws from the uniform distribution over [minval, maxval), as a function of a seed.")
    .doc(R"(Args:
  shape: the shape wanted, a vector of int32 or int64.
  seed: two integers, int32 or int64; the same seed gives the same numbers.
  minval: the lowest number, 0-d; a floating-point dtype, int32, int64, uint32 or
    uint64.
  maxval: the end of the range, 0-d, of the same dtype.

Returns:
  A tensor of this shape and the dtype of `minval`.

Raises:
  InvalidArgumentError: the shape is not valid (TG-0109, TG-0103), the seed has not two elements (TG-0105), or the
    range of integers is empty (TG-0123).

Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011 (Philox4x32-10), with TensorFlow's
seeding.
)")
    .samples(R"([{"inputs": [{"dtype": "int32", "value": [2, 3]}, {"dtype": "int32", "value": [1, 2]},
                      {"dtype": "float32", "value": -1.0}, {"dtype": "float32", "value": 3.0}]},
          {"inputs": [{"dtype": "int64", "value": [5]}, {"dtype": "int64", "value": [1, 2]},
                      {"dtype": "int32", "value": -3}, {"dtype": "int32", "value": 10}]}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
