// An op with two results whose size is known only when it runs; it has no gradient.
#include <cstring>

#include "tensegra/op.hpp"

namespace {

void infer(tg::InferContext& c) {
  tg::Dims dims = c.dims(0);
  if (dims.known_rank() && dims.rank() != 1)
    throw tg::invalid_argument("TG-0103", "x must be a vector", "x.shape=" + dims.str());
  tg::Dims unknown = tg::Dims::unknown(1);
  c.set_output(0, c.dtype(0), unknown);
  c.set_output(1, TG_INT64, unknown);
}

void kernel(tg::KernelContext& c) {
  const int64_t* x = c.input<int64_t>(0);
  const int64_t n = c.num_elements(0);
  int64_t runs = 0;
  for (int64_t i = 0; i < n; ++i) runs += i == 0 || x[i] != x[i - 1];
  c.set_output_type(0, TG_INT64, {runs});
  c.set_output_type(1, TG_INT64, {runs});
  int64_t* values = c.output<int64_t>(0);
  int64_t* lengths = c.output<int64_t>(1);
  for (int64_t i = 0, run = -1; i < n; ++i) {
    if (i == 0 || x[i] != x[i - 1]) {
      values[++run] = x[i];
      lengths[run] = 0;
    }
    ++lengths[run];
  }
}

TG_OP("example::run_lengths(x: int64) -> int64, int64")
    .summary("Runs of equal values: each value, and how often it follows itself.")
    .doc(R"(Args:
  x: a vector.

Returns:
  The values of the runs and their lengths, two vectors of one size.

Raises:
  InvalidArgumentError: `x` is no vector (TG-0103).
)")
    .samples(R"([{"inputs": [{"dtype": "int64", "value": [3, 3, 1, 1, 1, 3]}]},
                 {"inputs": [{"dtype": "int64", "value": [7]}]}])")
    .infer<infer>()
    .kernel<kernel>();

}  // namespace
