#include <cstring>
#include <numeric>
#include <utility>

#include "ops/random/random.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  element_size(c.dtype(1));
  c.set_output(0, c.dtype(1), c.dims(1));
}

// Each place in turn takes one of the slices not placed yet (Fisher and Yates).
std::vector<int64_t> permutation(KernelContext& c, int64_t count) {
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  if (count < 2) return order;
  kernels::Philox stream = reserve(c, 0, static_cast<uint64_t>(count - 1 + 3) / 4);
  uint32_t words[4];
  for (int64_t i = 0; i + 1 < count; ++i) {
    if (i % 4 == 0) kernels::philox_next(&stream, words);
    uint32_t left = static_cast<uint32_t>(count - i);
    std::swap(order[static_cast<size_t>(i)], order[static_cast<size_t>(i + words[i % 4] % left)]);
  }
  return order;
}

void kernel(KernelContext& c) {
  Dims dims = c.dims(1);
  if (dims.rank() > 0 && dims[0] >= int64_t{1} << 32)
    throw invalid_argument("TG-0109", "at most 2^32 slices can be shuffled", "value.shape=" + dims.str());
  size_t element = element_size(c.dtype(1));
  int64_t count = dims.rank() == 0 || dims.num_elements() == 0 ? 1 : dims[0];
  size_t bytes = static_cast<size_t>(dims.num_elements()) * element / static_cast<size_t>(count);
  const char* from = c.input<char>(1);
  char* to = c.output<char>(0);
  for (int64_t slice : permutation(c, count)) {
    std::memcpy(to, from + static_cast<size_t>(slice) * bytes, bytes);
    to += bytes;
  }
}

TG_OP("random_shuffle(state: resource, value: any) -> any")
    .summary("Shuffles the slices of a tensor along its first axis.")
    .doc(R"(Args:
  state: a random state, which moves on.
  value: a tensor of any dtype of fixed size.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the resource is no random state (TG-0501).
  UnimplementedError: the dtype is string or a resource (TG-0121).

Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011 (Philox4x32-10), with TensorFlow's
seeding.
)")
    .infer<infer>()
    .kernel<kernel>()
    .effects(TG_EFFECT_RANDOM | TG_EFFECT_WRITES);

}  // namespace
}  // namespace tg
