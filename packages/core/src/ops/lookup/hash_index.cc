// Tables that do not change: an index over keys, itself a tensor, so that graphs and saved models hold tables as
// constants.
#include "kernels/text_hash.h"
#include "ops/strings/strings.hpp"

namespace tg {
namespace {

// Keys of any of the dtypes, by their bytes.
class Keys {
 public:
  Keys(const KernelContext& c, size_t i)
      : strings_(c.dtype(i) == TG_STRING ? Strings(c, i) : Strings(kNone, 0)),
        size_(c.dtype(i) == TG_STRING ? 0 : element_size(c.dtype(i))),
        data_(static_cast<const char*>(c.input_data(i))) {}
  std::string_view operator[](int64_t i) const {
    return size_ == 0 ? strings_[i] : std::string_view(data_ + static_cast<size_t>(i) * size_, size_);
  }

 private:
  static constexpr int64_t kNone[1] = {0};
  Strings strings_;
  size_t size_;
  const char* data_;
};

uint64_t slot_of(std::string_view key, uint64_t slots) {
  return kernels::fingerprint64(key.data(), key.size()) & (slots - 1);
}

int64_t slots_for(int64_t keys) {
  if (keys > int64_t{1} << 58)
    throw invalid_argument("TG-0109", "the number of slots must fit 63 bits", "keys=" + text_of(keys));
  int64_t slots = 1;
  while (slots < 2 * keys) slots *= 2;
  return slots;
}

void infer_index(InferContext& c) {
  require_rank(c.dims(0), 1, "keys");
  int64_t count = c.dims(0).known_rank() ? c.dims(0)[0] : TG_DIM_UNKNOWN;
  c.set_output(0, TG_INT64, {count < 0 ? TG_DIM_UNKNOWN : slots_for(count)});
}

void index(KernelContext& c) {
  int64_t count = c.num_elements(0), slots = slots_for(count);
  Keys keys(c, 0);
  c.set_output_type(0, TG_INT64, {slots});
  int64_t* out = c.output<int64_t>(0);
  for (int64_t i = 0; i < slots; ++i) out[i] = -1;
  for (int64_t i = 0; i < count; ++i) {
    uint64_t at = slot_of(keys[i], static_cast<uint64_t>(slots));
    while (out[at] >= 0 && keys[out[at]] != keys[i]) at = (at + 1) & static_cast<uint64_t>(slots - 1);
    if (out[at] < 0) out[at] = i;
  }
}

TG_OP("table_index(keys: K) -> int64")
    .types("K: int32 int64 string")
    .summary("An index over keys, with which `table_find` looks them up.")
    .doc(R"(Args:
  keys: a vector; of equal keys the first one counts.

Returns:
  A vector of numbers of keys, placed by a hash of the keys (FarmHash's Fingerprint64, linear probing); -1 where there
  is none.

Raises:
  InvalidArgumentError: the rank is not 1 (TG-0103).
)")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["1", "12", "3"]}]}])")
    .infer<infer_index>()
    .kernel<index>();

void infer_find(InferContext& c) {
  require_rank(c.dims(0), 1, "keys");
  require_rank(c.dims(1), 1, "index");
  c.set_output(0, TG_INT64, c.dims(2));
}

void find(KernelContext& c) {
  int64_t count = c.num_elements(0), slots = c.num_elements(1), n = c.num_elements(2);
  const int64_t* index = c.input<int64_t>(1);
  if (slots < count || slots < 1 || (slots & (slots - 1)) != 0)
    throw invalid_argument("TG-0640", "the index must be that of the keys",
                           text_of(count) + " keys, an index of " + text_of(slots));
  Keys keys(c, 0), query(c, 2);
  int64_t* out = c.output<int64_t>(0);
  for (int64_t i = 0; i < n; ++i) {
    uint64_t at = slot_of(query[i], static_cast<uint64_t>(slots));
    out[i] = -1;
    for (int64_t tried = 0; tried < slots && index[at] >= 0; ++tried) {
      if (index[at] >= count)
        throw invalid_argument("TG-0640", "the index must be that of the keys",
                               "key number " + text_of(index[at]) + " of " + text_of(count));
      if (keys[index[at]] == query[i]) {
        out[i] = index[at];
        break;
      }
      at = (at + 1) & static_cast<uint64_t>(slots - 1);
    }
  }
}

TG_OP("table_find(keys: K, index: int64, query: K) -> int64")
    .types("K: int32 int64 string")
    .summary("The numbers of keys.")
    .doc(R"(Args:
  keys: the keys of a table, a vector.
  index: what `table_index` gives for them.
  query: the keys asked for, of any shape.

Returns:
  An int64 tensor of the shape of `query`: the number of each among `keys`, -1 where it is not there.

Raises:
  InvalidArgumentError: the index is not that of the keys (TG-0640), or the ranks are not 1 (TG-0103).
)")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["1", "12", "3"]},
                      {"dtype": "int64", "value": [-1, -1, -1, -1, -1, -1, -1, -1]},
                      {"dtype": "string", "value": [["1", "7"]]}]}])")
    .infer<infer_find>()
    .kernel<find>();

}  // namespace
}  // namespace tg
