// Strings to numbers of buckets.
#include "kernels/text_hash.h"
#include "ops/strings/strings.hpp"

namespace tg {
namespace {

int64_t buckets_attr(const Context& c) {
  int64_t buckets = c.int_attr("num_buckets");
  if (buckets < 1)
    throw invalid_argument("TG-0106", "num_buckets must be at least 1", "num_buckets=" + text_of(buckets));
  return buckets;
}

void infer(InferContext& c) {
  buckets_attr(c);
  c.set_output(0, TG_INT64, c.dims(0));
}

template <class F>
void fill(KernelContext& c, const F& hash) {
  uint64_t buckets = static_cast<uint64_t>(buckets_attr(c));
  Strings input(c, 0);
  int64_t* out = c.output<int64_t>(0);
  for (int64_t i = 0; i < input.count(); ++i) out[i] = static_cast<int64_t>(hash(input[i]) % buckets);
}

void fast(KernelContext& c) {
  fill(c, [](std::string_view text) { return kernels::fingerprint64(text.data(), text.size()); });
}
void plain(KernelContext& c) {
  fill(c, [](std::string_view text) { return kernels::murmur64(0xDECAFCAFFEu, text.data(), text.size()); });
}

std::vector<int64_t> key_attr(const Context& c) {
  std::vector<int64_t> key = c.ints_attr("key");
  if (key.size() != 2) throw invalid_argument("TG-0106", "key must hold two integers", "key=" + text_of(key));
  return key;
}
void infer_strong(InferContext& c) {
  key_attr(c);
  infer(c);
}
void strong(KernelContext& c) {
  std::vector<int64_t> given = key_attr(c);
  uint64_t key[2] = {static_cast<uint64_t>(given[0]), static_cast<uint64_t>(given[1])};
  fill(c, [&](std::string_view text) { return kernels::siphash(key, text.data(), text.size()); });
}

TG_OP("string_to_hash_bucket_fast(input: string, *, num_buckets: int) -> int64")
    .names("strings.to_hash_bucket_fast")
    .summary("The buckets of strings, by a quick hash that never changes.")
    .doc(R"(Args:
  input: strings.
  num_buckets: how many buckets there are, at least 1.

Returns:
  An int64 tensor of the same shape, in [0, num_buckets).

Raises:
  InvalidArgumentError: there is no bucket (TG-0106).

Source: FarmHash's Fingerprint64 (G. Pike, 2014), as in TensorFlow.
)")
    .example(R"(>>> tg.strings.to_hash_bucket_fast(["hello", "world"], 3).numpy().tolist()
[1, 1])")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["", "a", "hello world"]}],
           "attributes": {"num_buckets": 1000000007}}])")
    .infer<infer>()
    .kernel<fast>();

TG_OP("string_to_hash_bucket(input: string, *, num_buckets: int) -> int64")
    .names("strings.to_hash_bucket")
    .summary("The buckets of strings, by TensorFlow's older hash; `to_hash_bucket_fast` is better.")
    .doc(R"(Args:
  input: strings.
  num_buckets: how many buckets there are, at least 1.

Returns:
  An int64 tensor of the same shape, in [0, num_buckets).

Raises:
  InvalidArgumentError: there is no bucket (TG-0106).

Source: MurmurHash64A (A. Appleby, 2008).
)")
    .example(R"(>>> tg.strings.to_hash_bucket(["a", "a"], 1).numpy().tolist()
[0, 0])")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["", "a", "hello world"]}],
           "attributes": {"num_buckets": 1000000007}}])")
    .infer<infer>()
    .kernel<plain>();

TG_OP("string_to_hash_bucket_strong(input: string, *, num_buckets: int, key: ints) -> int64")
    .names("strings.to_hash_bucket_strong")
    .summary("The buckets of strings, by a hash that nobody without the key can make collide.")
    .doc(R"(Args:
  input: strings.
  num_buckets: how many buckets there are, at least 1.
  key: two integers.

Returns:
  An int64 tensor of the same shape, in [0, num_buckets).

Raises:
  InvalidArgumentError: there is no bucket, or the key has not two integers (TG-0106).

Source: SipHash-2-4 (J.-P. Aumasson, D. J. Bernstein, 2012), as in TensorFlow.
)")
    .example(R"(>>> tg.strings.to_hash_bucket_strong(["Hello", "TF"], 3, [1, 2]).numpy().tolist()
[2, 0])")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["", "a", "hello world"]}],
           "attributes": {"num_buckets": 1000000007, "key": [123, 456]}}])")
    .infer<infer_strong>()
    .kernel<strong>();

}  // namespace
}  // namespace tg
