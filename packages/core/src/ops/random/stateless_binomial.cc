#include "ops/random/samples.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_seed(c, 1);
  broadcast(c.dims(2), c.dims(3), "counts", "probs");
  c.set_output(0, count_attr_dtype(c), dims_of_shape_input(c, 0, "shape"));
}

// The element of a smaller tensor that a position in the broadcast shape takes.
int64_t source_of(int64_t position, const Dims& to, const Dims& from) {
  int64_t index = 0, step = 1;
  for (int i = 1; i <= to.rank(); ++i) {
    int64_t coordinate = position % to[to.rank() - i];
    position /= to[to.rank() - i];
    if (i > from.rank()) continue;
    if (from[from.rank() - i] != 1) index += coordinate * step;
    step *= from[from.rank() - i];
  }
  return index;
}

void kernel(KernelContext& c) {
  Dims shape = checked_dims(c.ints(0)), parameters = broadcast(c.dims(2), c.dims(3), "counts", "probs");
  int dtype = count_attr_dtype(c);
  std::vector<double> counts = read_doubles(c, 2), probabilities = read_doubles(c, 3);
  if (!is_floating(dtype))
    for (size_t i = 0; i < std::max(counts.size(), probabilities.size()); ++i) {
      double n = i < counts.size() ? counts[i] : 0, p = i < probabilities.size() ? probabilities[i] : 0;
      if (!(n >= 0) || n > highest_of(dtype) || !(p >= 0 && p <= 1))
        throw invalid_argument("TG-0123", "counts must not be negative, and probs must lie in [0, 1]",
                               "counts=" + std::to_string(n) + ", probs=" + std::to_string(p));
    }
  c.set_output_type(0, dtype, shape);
  Dims of_counts = c.dims(2), of_probabilities = c.dims(3);
  fill_samples(c, dtype, stateless_stream(c, 1), parameters.num_elements(), samples_of(shape, parameters, "counts and probs"),
               [&](const kernels::Philox& at, int64_t k) {
                 return kernels::draw_binomial(at, counts[source_of(k, parameters, of_counts)],
                                               probabilities[source_of(k, parameters, of_probabilities)]);
               });
}

TG_OP("stateless_binomial(shape: int32|int64, seed: int32|int64, counts: T, probs: T, *, dtype: dtype = int32)"
      " -> attr.dtype")
    .types("T: float16 bfloat16 float32 float64 int32 int64")
    .summary("Draws numbers of successes from binomial distributions, as a function of a seed.")
    .doc(R"(Args:
  shape: the shape wanted, a vector of int32 or int64, which ends with the shape that `counts` and `probs` broadcast to.
  seed: two integers, int32 or int64; the same seed gives the same numbers.
  counts: the numbers of trials, not negative.
  probs: the probabilities of success, in [0, 1].
  dtype: int32, int64 or a floating-point dtype.

Returns:
  A tensor of this shape and dtype. Draws of parameters outside of their ranges are NaN.

Raises:
  InvalidArgumentError: the shape is not valid (TG-0109, TG-0103) or does not end with that of the parameters, or the
    seed has not two elements (TG-0105), the parameters do not broadcast (TG-0101), the dtype is not one of these
    (TG-0106), or parameters outside of their ranges have no integer draws (TG-0123).

Source: Hormann, "The generation of binomial random variates", 1993 (BTRS); geometric sums for small means.
)")
    .samples(R"([{"inputs": [{"dtype": "int32", "value": [4, 2]}, {"dtype": "int32", "value": [1, 2]},
                      {"dtype": "float32", "value": [5.0, 300.0]}, {"dtype": "float32", "value": 0.25}]}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<no_gradient>();

void infer_between(InferContext& c) {
  require_seed(c, 1);
  broadcast(broadcast(c.dims(2), c.dims(3), "means", "stddevs"),
            broadcast(c.dims(4), c.dims(5), "minvals", "maxvals"), "means", "minvals");
  c.set_output(0, c.dtype(2), dims_of_shape_input(c, 0, "shape"));
}

void between(KernelContext& c) {
  Dims shape = checked_dims(c.ints(0));
  std::vector<double> values[4];
  Dims dims[4];
  for (int k = 0; k < 4; ++k) {
    values[k] = read_doubles(c, static_cast<size_t>(k + 2));
    dims[k] = c.dims(static_cast<size_t>(k + 2));
    if (broadcast(shape, dims[k], "shape", "a parameter") != shape)
      throw invalid_argument("TG-0101", "the parameters must broadcast to shape",
                             "shape=" + shape.str() + ", a parameter of shape " + dims[k].str());
  }
  int dtype = c.dtype(2);
  c.set_output_type(0, dtype, shape);
  int64_t n = shape.num_elements();
  kernels::Philox stream = stateless_stream(c, 1);
  std::vector<double> out(static_cast<size_t>(n));
  in_chunks(c, n, 256, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      kernels::Philox at = stream;
      kernels::philox_skip(&at, static_cast<uint64_t>(i) * kernels::kBlocksOfDraw);
      double p[4];
      for (int k = 0; k < 4; ++k) p[k] = values[k][source_of(i, shape, dims[k])];
      double draw = kernels::draw_normal_between(at, (p[2] - p[0]) / p[1], (p[3] - p[0]) / p[1]);
      out[i] = std::min(std::max(p[0] + p[1] * draw, p[2]), p[3]);
      if (!(p[1] > 0) || std::isnan(draw)) out[i] = std::numeric_limits<double>::quiet_NaN();
    }
  });
  if (n > 0)
    check_kernel(kernels::cast(kernels::DType::kFloat64, kernel_dtype(dtype), out.data(), c.output_data(0), n,
                               c.parallel()),
                 dtype);
}

TG_OP("stateless_parameterized_truncated_normal(shape: int32|int64, seed: int32|int64, means: T, stddevs: T,"
      " minvals: T, maxvals: T) -> T")
    .types("T: float16 bfloat16 float32 float64")
    .summary("Draws from normal distributions cut to intervals, as a function of a seed.")
    .doc(R"(The draws follow from the seed, but are not the numbers that TensorFlow draws from it.

Args:
  shape: the shape wanted, a vector of int32 or int64.
  seed: two integers, int32 or int64; the same seed gives the same numbers.
  means: the means before cutting; broadcast to `shape`, like the others.
  stddevs: the standard deviations before cutting, above 0.
  minvals: the lower ends; may be -infinity.
  maxvals: the upper ends, above the lower ones; may be infinity.

Returns:
  A tensor of this shape. Draws of parameters outside of their ranges are NaN.

Raises:
  InvalidArgumentError: the shape is not valid (TG-0109, TG-0103), a parameter does not broadcast to it (TG-0101), or the
    seed has not two elements (TG-0105).

Source: Robert, "Simulation of truncated normal variables", 1995.
)")
    .samples(R"([{"inputs": [{"dtype": "int32", "value": [4, 2]}, {"dtype": "int32", "value": [1, 2]},
                      {"dtype": "float32", "value": [0.0, 3.0]}, {"dtype": "float32", "value": 1.5},
                      {"dtype": "float32", "value": -1.0}, {"dtype": "float32", "value": 2.0}]}])")
    .infer<infer_between>()
    .kernel<between>()
    .gradient<no_gradient>();

}  // namespace
}  // namespace tg
