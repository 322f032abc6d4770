// Counter-based random numbers: Philox4x32-10 with TensorFlow's rules for keys, counters and conversions.
//
// A stream is (key, counter). The functions below draw n numbers as TensorFlow's CPU kernels do; the numbers
// do not depend on the number of threads.
#ifndef TENSEGRA_KERNELS_RANDOM_H_
#define TENSEGRA_KERNELS_RANDOM_H_

#include "kernels/dtype.h"
#include "kernels/parallel.h"

namespace tg::kernels {

// A 64-bit key and a 128-bit counter, low word first.
struct Philox {
  uint64_t key;
  uint64_t counter[2];
};

// Four words: one block of the stream, after which the counter is one further.
void philox_next(Philox* stream, uint32_t out[4]);
void philox_skip(Philox* stream, uint64_t blocks);

// The stream of a stateful operation with (graph seed, op seed), at its first run. Both zero must be replaced
// by entropy by the caller.
Philox philox_from_seeds(uint64_t seed, uint64_t seed2);

// Blocks that one run of a stateful operation over n elements takes from its stream (philox_skip by that
// before the next run).
uint64_t philox_blocks_of_stateful_op(int64_t n);

// The stream of the stateless operations (v1 and v2 alike) with seed = [seed0, seed1].
Philox philox_from_stateless_seed(int64_t seed0, int64_t seed1);

enum class RandomDistribution : int32_t { kUniform, kNormal, kTruncatedNormal };

// kUniform: [0, 1); kNormal: mean 0, deviation 1; kTruncatedNormal: the same within two deviations.
// float16, bfloat16, float32 and float64.
Status random_fill(RandomDistribution distribution, DType dtype, Philox stream, int64_t n, void* out,
                   const Parallel& parallel);

// Integers in [low, high), low < high (kBadShape if they are equal), for int32, int64, uint32 and uint64
// (bounds are given in the dtype's own type).
Status random_uniform_int(DType dtype, Philox stream, const void* low, const void* high, int64_t n, void* out,
                          const Parallel& parallel);

// Integers over the whole range of int32, int64, uint32 or uint64.
Status random_full_int(DType dtype, Philox stream, int64_t n, void* out, const Parallel& parallel);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_RANDOM_H_
