#include <random>

#include "ops/random/random.hpp"

namespace tg {

const tg_resource_type* RandomState::type() {
  static const tg_resource_type type = {sizeof(tg_resource_type), "random_state",
                                        [](void* self) { delete static_cast<RandomState*>(self); }};
  return &type;
}

namespace {

void infer(InferContext& c) { c.set_output(0, TG_RESOURCE, {}); }

void kernel(KernelContext& c) {
  uint64_t seed = static_cast<uint64_t>(c.int_attr("seed")), seed2 = static_cast<uint64_t>(c.int_attr("seed2"));
  uint64_t counter = static_cast<uint64_t>(c.int_attr("counter"));
  if (seed == 0 && seed2 == 0 && counter == 0) {
    std::random_device entropy;
    seed = uint64_t{entropy()} << 32 | entropy();
    seed2 = uint64_t{entropy()} << 32 | entropy();
  }
  kernels::Philox stream = kernels::philox_from_seeds(seed, seed2);
  stream.counter[0] += counter;
  auto* state = new RandomState(stream);
  tg_resource* resource = nullptr;
  check(api().resource->create(RandomState::type(), state, &resource));
  tg_tensor* tensor = nullptr;
  tg_status* status = api().resource->to_tensor(resource, &tensor);
  api().resource->release(resource);
  check(status);
  c.set_output_tensor(0, Tensor::adopt(tensor));
}

TG_OP("random_state(*, seed: int, seed2: int, counter: int = 0) -> resource")
    .summary("Makes a state from which stateful random ops draw.")
    .doc(R"(Args:
  seed: the graph's or program's seed.
  seed2: the operation's seed.
  counter: where in the stream it begins, in blocks of 4 words. All three 0: seeded by the operating system.

Returns:
  A resource that holds the key and the counter of a stream of random numbers.

Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011 (Philox4x32-10), with TensorFlow's
seeding.
)")
    .infer<infer>()
    .kernel<kernel>()
    .effects(TG_EFFECT_RANDOM);

void infer_read(InferContext& c) { c.set_output(0, TG_INT64, {3}); }

void read(KernelContext& c) {
  kernels::Philox stream = reserve(c, 0, 0);
  int64_t* out = c.output<int64_t>(0);
  for (int i = 0; i < 2; ++i) out[i] = static_cast<int64_t>(stream.counter[i]);
  out[2] = static_cast<int64_t>(stream.key);
}

TG_OP("read_random_state(state: resource) -> int64")
    .summary("Reads where a random state stands.")
    .doc(R"(Args:
  state: a random state.

Returns:
  Three integers: the counter, low word first, and the key.

Raises:
  InvalidArgumentError: the resource is no random state (TG-0501).
)")
    .infer<infer_read>()
    .kernel<read>()
    .effects(TG_EFFECT_RANDOM | TG_EFFECT_WRITES);

void infer_write(InferContext& c) {
  require_rank(c.dims(1), 1, "value");
  if (c.dims(1).known_rank() && !sizes_compatible(c.dims(1)[0], 3))
    throw invalid_argument("TG-0105", "value must hold three integers", "value.shape=" + c.dims(1).str());
}

void write(KernelContext& c) {
  const int64_t* value = c.input<int64_t>(1);
  assign(c, 0, {static_cast<uint64_t>(value[2]), {static_cast<uint64_t>(value[0]), static_cast<uint64_t>(value[1])}});
}

TG_OP("assign_random_state(state: resource, value: int64)")
    .summary("Sets where a random state stands.")
    .doc(R"(Args:
  state: a random state.
  value: three integers: the counter, low word first, and the key.

Raises:
  InvalidArgumentError: the value has not three elements (TG-0105), or the resource is no random state (TG-0501).
)")
    .infer<infer_write>()
    .kernel<write>()
    .effects(TG_EFFECT_RANDOM | TG_EFFECT_WRITES);

void infer_skip(InferContext& c) { require_rank(c.dims(1), 0, "delta"); }

void skip(KernelContext& c) { reserve(c, 0, static_cast<uint64_t>(c.ints(1)[0])); }

TG_OP("skip_random_state(state: resource, delta: int64)")
    .summary("Moves a random state on, as though blocks of its stream had been used.")
    .doc(R"(Args:
  state: a random state.
  delta: the number of blocks, 0-d.

Raises:
  InvalidArgumentError: `delta` is not 0-d (TG-0103), or the resource is no random state (TG-0501).
)")
    .infer<infer_skip>()
    .kernel<skip>()
    .effects(TG_EFFECT_RANDOM | TG_EFFECT_WRITES);

}  // namespace
}  // namespace tg
