#include "ops/random/samples.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  c.set_output(0, c.dtype(2), joined(dims_of_shape_input(c, 1, "shape"), c.dims(2)));
}

void kernel(KernelContext& c) {
  Dims shape = checked_dims(c.ints(1)), parameters = c.dims(2);
  Dims out = joined(shape, parameters);
  c.set_output_type(0, c.dtype(2), checked_dims(std::vector<int64_t>(out.begin(), out.end())));
  std::vector<double> alpha = read_doubles(c, 2);
  uint64_t blocks = kernels::philox_blocks_of_stateful_op(out.num_elements());
  fill_samples(c, c.dtype(2), reserve(c, 0, blocks), parameters.num_elements(), shape.num_elements(),
               [&](const kernels::Philox& at, int64_t k) { return kernels::draw_gamma(at, alpha[k]); });
}

void infer_stateless(InferContext& c) {
  require_seed(c, 1);
  c.set_output(0, c.dtype(2), dims_of_shape_input(c, 0, "shape"));
}

void stateless(KernelContext& c) {
  Dims shape = checked_dims(c.ints(0)), parameters = c.dims(2);
  c.set_output_type(0, c.dtype(2), shape);
  std::vector<double> alpha = read_doubles(c, 2);
  fill_samples(c, c.dtype(2), stateless_stream(c, 1), parameters.num_elements(), samples_of(shape, parameters, "alpha"),
               [&](const kernels::Philox& at, int64_t k) { return kernels::draw_gamma(at, alpha[k]); });
}

// The draws move with alpha along their quantiles.
void gradient(GradientContext& c) {
  if (!c.needs(2)) return;
  Tensor alpha = c.input(2);
  Tensor slope = call("random_gamma_grad", {call("broadcast_like", {alpha, c.output()}), c.output()});
  c.set_gradient(2, sum_to_like(c.gradient() * slope, alpha));
}

TG_OP("random_gamma(state: resource, shape: int32|int64, alpha: T) -> T")
    .types("T: float16 bfloat16 float32 float64")
    .summary("Draws from gamma distributions of scale 1.")
    .doc(R"(Args:
  state: a random state, which moves on.
  shape: how many draws each parameter gets, a vector of int32 or int64.
  alpha: the concentrations, above 0; the draws of another one are NaN.

Returns:
  A tensor of shape `shape` followed by the shape of `alpha`.

Raises:
  InvalidArgumentError: the shape is not valid (TG-0109, TG-0103), or the resource is no random state (TG-0501).

Source: Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; the gradient: Figurnov, Mohamed,
Mnih, "Implicit reparameterization gradients", NeurIPS 2018; TensorFlow's seeding.
)")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>()
    .effects(TG_EFFECT_RANDOM | TG_EFFECT_WRITES);

TG_OP("stateless_gamma(shape: int32|int64, seed: int32|int64, alpha: T) -> T")
    .types("T: float16 bfloat16 float32 float64")
    .summary("Draws from gamma distributions of scale 1, as a function of a seed.")
    .doc(R"(Args:
  shape: the shape wanted, a vector of int32 or int64, which ends with the shape of `alpha`.
  seed: two integers, int32 or int64; the same seed gives the same numbers.
  alpha: the concentrations, above 0; the draws of another one are NaN.

Returns:
  A tensor of this shape.

Raises:
  InvalidArgumentError: the shape is not valid (TG-0109, TG-0103) or does not end with that of `alpha`, or the seed has
    not two elements (TG-0105).

Source: Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; the gradient: Figurnov, Mohamed,
Mnih, "Implicit reparameterization gradients", NeurIPS 2018; TensorFlow's seeding.
)")
    .samples(R"([{"inputs": [{"dtype": "int32", "value": [4, 2]}, {"dtype": "int32", "value": [1, 2]},
                      {"dtype": "float32", "value": [0.5, 3.0]}]}])")
    .infer<infer_stateless>()
    .kernel<stateless>()
    .gradient<gradient>();

void infer_derivative(InferContext& c) {
  if (!dims_compatible(c.dims(0), c.dims(1)))
    throw invalid_argument("TG-0105", "alpha and sample must have one shape",
                           "alpha.shape=" + c.dims(0).str() + ", sample.shape=" + c.dims(1).str());
  c.set_output(0, c.dtype(0), merge_dims(c.dims(0), c.dims(1)));
}

void derivative(KernelContext& c) {
  std::vector<double> alpha = read_doubles(c, 0), sample = read_doubles(c, 1);
  int64_t n = static_cast<int64_t>(alpha.size());
  if (n == 0) return;
  in_chunks(c, n, 64, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) alpha[i] = kernels::gamma_draw_derivative(alpha[i], sample[i]);
  });
  check_kernel(kernels::cast(kernels::DType::kFloat64, kernel_dtype(c.dtype(0)), alpha.data(), c.output_data(0), n,
                             c.parallel()),
               c.dtype(0));
}

TG_OP("random_gamma_grad(alpha: T, sample: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("The derivative of draws from gamma distributions with respect to the concentrations.")
    .doc(R"(Args:
  alpha: the concentrations, above 0.
  sample: the draws, of the same shape.

Returns:
  How each draw moves with its concentration where its quantile is held: -(dF/d alpha) / (dF/d sample) for the
  distribution function F.

Raises:
  InvalidArgumentError: the shapes differ (TG-0105).

Source: Figurnov, Mohamed, Mnih, "Implicit reparameterization gradients", NeurIPS 2018; F by its series and its
continued fraction (DLMF 8.7, 8.9), differentiated term by term.
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [0.5, 1.0, 3.0, 3.0, 50.0]},
                      {"dtype": "float32", "value": [0.2, 2.5, 1.5, 7.0, 52.0]}]}])")
    .infer<infer_derivative>()
    .widened_kernel<derivative>();

}  // namespace
}  // namespace tg
