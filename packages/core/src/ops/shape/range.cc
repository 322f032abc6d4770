#include <cmath>

#include "ops/common.hpp"

namespace tg {
namespace {

Error no_way(const std::string& received) {
  return invalid_argument("TG-0123", "delta must lead from start to limit and not be 0", received);
}

int64_t count_of(double start, double limit, double delta) {
  std::string received =
      "start=" + std::to_string(start) + ", limit=" + std::to_string(limit) + ", delta=" + std::to_string(delta);
  if (!(delta != 0.0) || !(delta > 0.0 ? start <= limit : start >= limit)) throw no_way(received);
  double count = std::ceil(std::abs((limit - start) / delta));
  if (!(count < 9.2e18)) throw invalid_argument("TG-0109", "the number of elements must fit 63 bits", received);
  return static_cast<int64_t>(count);
}

int64_t count_of(int64_t start, int64_t limit, int64_t delta) {
  std::string received = "start=" + text_of(start) + ", limit=" + text_of(limit) + ", delta=" + text_of(delta);
  if (delta == 0 || (delta > 0 ? start > limit : start < limit)) throw no_way(received);
  // Unsigned, so that no distance and no step overflows.
  uint64_t low = static_cast<uint64_t>(delta > 0 ? start : limit),
           high = static_cast<uint64_t>(delta > 0 ? limit : start);
  uint64_t step = delta > 0 ? static_cast<uint64_t>(delta) : static_cast<uint64_t>(-(delta + 1)) + 1;
  uint64_t count = high == low ? 0 : (high - low - 1) / step + 1;
  if (count >> 63) throw invalid_argument("TG-0109", "the number of elements must fit 63 bits", received);
  return static_cast<int64_t>(count);
}

void infer(InferContext& c) {
  for (size_t i = 0; i < 3; ++i) require_rank(c.dims(i), 0, i == 0 ? "start" : i == 1 ? "limit" : "delta");
  int64_t count = TG_DIM_UNKNOWN;
  if (is_floating(c.dtype(0))) {
    auto start = c.constant_number(0), limit = c.constant_number(1), delta = c.constant_number(2);
    if (start && limit && delta) count = count_of(*start, *limit, *delta);
  } else {
    auto start = c.constant_ints(0), limit = c.constant_ints(1), delta = c.constant_ints(2);
    if (start && limit && delta) count = count_of((*start)[0], (*limit)[0], (*delta)[0]);
  }
  c.set_output(0, c.dtype(0), {count});
}

void write_floats(KernelContext& c, double start, double limit, double delta) {
  int64_t count = count_of(start, limit, delta);
  c.set_output_type(0, c.dtype(0), {count});
  if (c.dtype(0) == TG_FLOAT64) {
    double* out = c.output<double>(0);
    for (int64_t i = 0; i < count; ++i) out[i] = start + static_cast<double>(i) * delta;
  } else {
    float* out = c.output<float>(0);
    float first = static_cast<float>(start), step = static_cast<float>(delta);
    for (int64_t i = 0; i < count; ++i) out[i] = first + static_cast<float>(i) * step;
  }
}

template <class T>
void write_integers(KernelContext& c, int64_t start, int64_t limit, int64_t delta) {
  int64_t count = count_of(start, limit, delta);
  c.set_output_type(0, c.dtype(0), {count});
  T* out = c.output<T>(0);
  uint64_t value = static_cast<uint64_t>(start);  // the step after the last number may leave the range
  for (int64_t i = 0; i < count; ++i, value += static_cast<uint64_t>(delta)) out[i] = static_cast<T>(value);
}

void kernel(KernelContext& c) {
  if (is_floating(c.dtype(0))) return write_floats(c, c.number(0), c.number(1), c.number(2));
  int64_t start = c.ints(0)[0], limit = c.ints(1)[0], delta = c.ints(2)[0];
  switch (element_size(c.dtype(0))) {  // a number of either sign is stored alike
    case 1: return write_integers<uint8_t>(c, start, limit, delta);
    case 2: return write_integers<uint16_t>(c, start, limit, delta);
    case 4: return write_integers<uint32_t>(c, start, limit, delta);
    default: return write_integers<uint64_t>(c, start, limit, delta);
  }
}

TG_OP("range(start: T, limit: T, delta: T) -> T")
    .types("T: " TG_ALL_FLOATS " int8 int16 int32 int64 uint8 uint16 uint32")
    .summary("Counts from start toward limit, which is left out, in steps of delta.")
    .doc(R"(Args:
  start: the first number, 0-d; a floating-point dtype or an integer one but uint64.
  limit: where to stop, 0-d, of the same dtype.
  delta: the step, 0-d, of the same dtype; negative to count down.

Returns:
  A vector of ceil((limit - start) / delta) numbers of the same dtype.

Raises:
  InvalidArgumentError: an input is not 0-d (TG-0103), or delta is 0 or leads away from limit (TG-0123).
)")
    .samples(R"([{"inputs": [{"dtype": "int32", "value": 2}, {"dtype": "int32", "value": 11},
                      {"dtype": "int32", "value": 3}]},
          {"inputs": [{"dtype": "float32", "value": 1.0}, {"dtype": "float32", "value": 0.0},
                      {"dtype": "float32", "value": -0.3}]},
          {"inputs": [{"dtype": "int64", "value": 4}, {"dtype": "int64", "value": 4},
                      {"dtype": "int64", "value": 1}]}])")
    .infer<infer>()
    .widened_kernel<kernel>();

}  // namespace
}  // namespace tg
