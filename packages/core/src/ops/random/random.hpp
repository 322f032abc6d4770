// What random ops share: shapes, seeds, and the stream that a stateful op draws from.
#ifndef TENSEGRA_OPS_RANDOM_HPP_
#define TENSEGRA_OPS_RANDOM_HPP_

#include <algorithm>
#include <cmath>
#include <mutex>

#include "kernels/random.h"
#include "ops/common.hpp"
#include "tensegra/mutex.hpp"

namespace tg {

// Where a generator stands. Stateful ops take numbers from it one call after the other.
class RandomState {
 public:
  explicit RandomState(kernels::Philox stream) : stream_(stream) {}
  // The stream for one call; the next call begins `blocks` further.
  kernels::Philox reserve(uint64_t blocks) {
    std::lock_guard<Mutex> lock(mutex_);
    kernels::Philox stream = stream_;
    kernels::philox_skip(&stream_, blocks);
    return stream;
  }
  void assign(kernels::Philox stream) {
    std::lock_guard<Mutex> lock(mutex_);
    stream_ = stream;
  }
  // Defined by the op that makes states.
  static const tg_resource_type* type();

 private:
  Mutex mutex_;
  kernels::Philox stream_;
};

// f(state) for the random state that is input i.
template <class F>
void with_state(const KernelContext& c, size_t i, const F& f) {
  tg_resource* resource = nullptr;
  check(api().resource->from_tensor(c.input_tensor(i).get(), &resource));
  const tg_resource_type* type = api().resource->type(resource);
  bool ok = type == RandomState::type();
  if (ok) f(*static_cast<RandomState*>(api().resource->self(resource)));
  std::string name = type->name;
  api().resource->release(resource);
  if (!ok) throw invalid_argument("TG-0501", "the resource must be a random state", "a " + name);
}

// The stream for one call, from the random state that is input i.
inline kernels::Philox reserve(const KernelContext& c, size_t i, uint64_t blocks) {
  kernels::Philox stream{};
  with_state(c, i, [&](RandomState& state) { stream = state.reserve(blocks); });
  return stream;
}
inline void assign(const KernelContext& c, size_t i, kernels::Philox stream) {
  with_state(c, i, [&](RandomState& state) { state.assign(stream); });
}

// The stream that a seed of two integers stands for.
inline kernels::Philox stateless_stream(const KernelContext& c, size_t i) {
  std::vector<int64_t> seed = c.ints(i);
  return kernels::philox_from_stateless_seed(seed[0], seed[1]);
}

inline void require_seed(const Context& c, size_t i) {
  Dims seed = c.dims(i);
  require_rank(seed, 1, "seed");
  if (seed.known_rank() && !sizes_compatible(seed[0], 2))
    throw invalid_argument("TG-0105", "seed must hold two integers", "seed.shape=" + seed.str());
}

inline int float_attr_dtype(const Context& c) {
  int dtype = c.dtype_attr("dtype");
  if (!is_floating(dtype))
    throw invalid_argument("TG-0106", "dtype must be a floating-point dtype",
                           std::string("dtype=") + dtype_name(dtype));
  return dtype;
}

// For the distributions without parameters: shape is input `shape`.
inline void fill_random(KernelContext& c, size_t shape, kernels::RandomDistribution distribution,
                        kernels::Philox stream) {
  Dims dims = checked_dims(c.ints(shape));
  int dtype = float_attr_dtype(c);
  c.set_output_type(0, dtype, dims);
  check_kernel(kernels::random_fill(distribution, kernel_dtype(dtype), stream, dims.num_elements(), c.output_data(0),
                                    c.parallel()),
               dtype);
}

// Blocks that a stateful op over as many elements as input `shape` says takes.
inline uint64_t blocks_of_shape(const KernelContext& c, size_t shape) {
  return kernels::philox_blocks_of_stateful_op(checked_dims(c.ints(shape)).num_elements());
}

inline void infer_stateless(InferContext& c) {
  require_seed(c, 1);
  c.set_output(0, float_attr_dtype(c), dims_of_shape_input(c, 0, "shape"));
}
inline void infer_stateful(InferContext& c) {
  c.set_output(0, float_attr_dtype(c), dims_of_shape_input(c, 1, "shape"));
}

// Integers of [low, high), whose bounds are the inputs `low` and `low` + 1.
inline void require_integer_range(const KernelContext& c, size_t low) {
  bool fits;
  std::string minval, maxval;
  if (c.dtype(low) == TG_UINT64 || c.dtype(low) == TG_UINT32) {
    bool wide = c.dtype(low) == TG_UINT64;
    uint64_t first = wide ? *c.input<uint64_t>(low) : *c.input<uint32_t>(low);
    uint64_t last = wide ? *c.input<uint64_t>(low + 1) : *c.input<uint32_t>(low + 1);
    fits = first < last;
    minval = std::to_string(first), maxval = std::to_string(last);
  } else {
    int64_t first = c.ints(low)[0], last = c.ints(low + 1)[0];
    fits = first < last;
    minval = text_of(first), maxval = text_of(last);
  }
  if (!fits)
    throw invalid_argument("TG-0123", "minval must be below maxval",
                           "minval=" + minval + ", maxval=" + maxval);
}

}  // namespace tg

#endif  // TENSEGRA_OPS_RANDOM_HPP_
