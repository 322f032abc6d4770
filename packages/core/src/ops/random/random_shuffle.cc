#include <cstring>
#include <numeric>
#include <utility>

#include "kernels/random_samples.h"
#include "ops/random/random.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  element_size(c.dtype(1));
  c.set_output(0, c.dtype(1), c.dims(1));
}

// Each place in turn takes one of the slices not placed yet (Fisher and Yates).
std::vector<int64_t> permutation(kernels::Philox stream, int64_t count) {
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  uint32_t words[4];
  for (int64_t i = 0; i + 1 < count; ++i) {
    if (i % 4 == 0) kernels::philox_next(&stream, words);
    uint32_t left = static_cast<uint32_t>(count - i);
    std::swap(order[static_cast<size_t>(i)], order[static_cast<size_t>(i + words[i % 4] % left)]);
  }
  return order;
}

// stream(words) is where the words come from of which each place takes one.
template <class Stream>
void shuffle(KernelContext& c, size_t value, const Stream& stream) {
  Dims dims = c.dims(value);
  if (dims.rank() > 0 && dims[0] >= int64_t{1} << 32)
    throw invalid_argument("TG-0109", "at most 2^32 slices can be shuffled", "value.shape=" + dims.str());
  size_t element = element_size(c.dtype(value));
  int64_t count = dims.rank() == 0 || dims.num_elements() == 0 ? 1 : dims[0];
  size_t bytes = static_cast<size_t>(dims.num_elements()) * element / static_cast<size_t>(count);
  const char* from = c.input<char>(value);
  char* to = c.output<char>(0);
  std::vector<int64_t> order(1, 0);
  if (count > 1) order = permutation(stream(static_cast<uint64_t>(count - 1 + 3) / 4), count);
  for (int64_t slice : order) {
    std::memcpy(to, from + static_cast<size_t>(slice) * bytes, bytes);
    to += bytes;
  }
}

void kernel(KernelContext& c) {
  shuffle(c, 1, [&](uint64_t blocks) { return reserve(c, 0, blocks); });
}

void infer_stateless_shuffle(InferContext& c) {
  require_seed(c, 1);
  element_size(c.dtype(0));
  c.set_output(0, c.dtype(0), c.dims(0));
}
void stateless(KernelContext& c) {
  shuffle(c, 0, [&](uint64_t) { return stateless_stream(c, 1); });
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

TG_OP("stateless_shuffle(value: any, seed: int32|int64) -> any")
    .summary("Shuffles the slices of a tensor along its first axis, as a function of a seed.")
    .doc(R"(Args:
  value: a tensor of any dtype of fixed size.
  seed: two integers, int32 or int64; the same seed gives the same order.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the seed has not two elements (TG-0105).
  UnimplementedError: the dtype is string or a resource (TG-0121).

Source: Fisher and Yates, "Statistical Tables", 1938; Philox4x32-10 with TensorFlow's seeding.
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [5, 2]}, {"dtype": "int32", "value": [1, 2]}]}])")
    .infer<infer_stateless_shuffle>()
    .kernel<stateless>();

void infer_index(InferContext& c) {
  Dims seed = c.dims(1);
  if (seed.known_rank() && (seed.rank() < 1 || seed.rank() > 2 || !sizes_compatible(seed[seed.rank() - 1], 3)))
    throw invalid_argument("TG-0105", "seed must hold three integers, or rows of three", "seed.shape=" + seed.str());
  int64_t rounds = c.int_attr("rounds");
  if (rounds < 4 || rounds > 64 || rounds % 2 != 0)
    throw invalid_argument("TG-0106", "rounds must be an even number from 4 to 64", "rounds=" + text_of(rounds));
  Dims rows = seed;
  if (seed.known_rank()) rows.erase(seed.rank() - 1);
  for (size_t i : {size_t{0}, size_t{2}})
    if (c.dims(i).known_rank() && c.dims(i).rank() > 1)
      throw invalid_argument("TG-0103", "index and max_index must be 0-d or vectors", "shape=" + c.dims(i).str());
  c.set_output(0, c.dtype(0),
               broadcast(broadcast(c.dims(0), c.dims(2), "index", "max_index"), rows, "index", "the rows of seed"));
}

// The values as 64 bits, whatever the integer dtype.
std::vector<uint64_t> read_words(const KernelContext& c, size_t i) {
  std::vector<uint64_t> words;
  for (int64_t k = 0; k < c.num_elements(i); ++k) {
    switch (c.dtype(i)) {
      case TG_INT32: words.push_back(static_cast<uint64_t>(int64_t{c.input<int32_t>(i)[k]})); break;
      case TG_UINT32: words.push_back(c.input<uint32_t>(i)[k]); break;
      default: words.push_back(c.input<uint64_t>(i)[k]);
    }
  }
  return words;
}

void index_kernel(KernelContext& c) {
  std::vector<uint64_t> index = read_words(c, 0), seed = read_words(c, 1), highest = read_words(c, 2);
  int64_t n = c.output_dims(0).num_elements();
  bool wide = c.dtype(0) == TG_INT64 || c.dtype(0) == TG_UINT64;
  for (int64_t i = 0; i < n; ++i) {
    uint64_t at = index[index.size() == 1 ? 0 : i], most = highest[highest.size() == 1 ? 0 : i];
    if (at > most || most >> 63 != 0)
      throw invalid_argument("TG-0123", "index must lie in [0, max_index], and max_index fit 63 bits",
                             "index=" + text_of(static_cast<int64_t>(at)) +
                                 ", max_index=" + text_of(static_cast<int64_t>(most)));
    uint32_t key[3];
    for (size_t k = 0; k < 3; ++k)
      key[k] = static_cast<uint32_t>(seed[(seed.size() == 3 ? 0 : static_cast<size_t>(i) * 3) + k]);
    uint64_t place = kernels::shuffle_index(at, key, most, static_cast<int32_t>(c.int_attr("rounds")));
    if (wide) c.output<uint64_t>(0)[i] = place;
    else c.output<uint32_t>(0)[i] = static_cast<uint32_t>(place);
  }
}

TG_OP("random_index_shuffle(index: T, seed: S, max_index: T, *, rounds: int = 4) -> T")
    .types("T: int32 int64 uint32 uint64; S: int32 int64 uint32 uint64")
    .names("random_index_shuffle")
    .summary("Where an index stands in a permutation of [0, max_index], without making the permutation.")
    .doc(R"(Args:
  index: places in [0, max_index]; 0-d or a vector.
  seed: three integers, or a row of three for each index: they choose the permutation.
  max_index: the greatest index; 0-d or a vector.
  rounds: rounds of the cipher, an even number from 4 to 64.

Returns:
  The places after shuffling, of the shape that the arguments broadcast to.

Raises:
  InvalidArgumentError: the seed has not three columns (TG-0105), the shapes do not broadcast (TG-0101), the ranks are
    above 1 (TG-0103), `rounds` is another number (TG-0106), or an index lies outside (TG-0123).

Source: Beaulieu et al., "The Simon and Speck families of lightweight block ciphers", 2013.
)")
    .example(R"(>>> sorted(tg.random_index_shuffle(tg.range(4), [1, 2, 3], 3).numpy().tolist())
[0, 1, 2, 3])")
    .samples(R"([{"inputs": [{"dtype": "int32", "value": [0, 1, 2, 3]}, {"dtype": "int32", "value": [498247692, 5, 9]},
                      {"dtype": "int32", "value": 3}]}])")
    .infer<infer_index>()
    .kernel<index_kernel>();

}  // namespace
}  // namespace tg
