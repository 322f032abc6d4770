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

}  // namespace
}  // namespace tg
