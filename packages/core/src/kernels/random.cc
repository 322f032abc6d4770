// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", 2011) and the
// conversions that TensorFlow's CPU kernels apply to it. Compiled once, so that the numbers are the same at
// every ISA level.
#include "kernels/random.h"

#include <math.h>

#include "kernels/elementwise.h"
#include "kernels/isa.h"

namespace tg::kernels {
namespace {

using base::min_of;
using base::parallel_range;

constexpr int kWords = 4;            // of a block
constexpr uint64_t kReserved = 256;  // blocks set aside for one number of a stateful operation
constexpr int64_t kGrain = 4096;     // groups of a chunk
constexpr float kCutoff = 2.0f;      // of the truncated normal distribution

void block_at(const Philox& stream, uint32_t out[kWords]) {
  constexpr uint32_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
  constexpr uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
  uint32_t key0 = static_cast<uint32_t>(stream.key);
  uint32_t key1 = static_cast<uint32_t>(stream.key >> 32);
  uint32_t c0 = static_cast<uint32_t>(stream.counter[0]);
  uint32_t c1 = static_cast<uint32_t>(stream.counter[0] >> 32);
  uint32_t c2 = static_cast<uint32_t>(stream.counter[1]);
  uint32_t c3 = static_cast<uint32_t>(stream.counter[1] >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = static_cast<uint64_t>(kMultiplier0) * c0;
    const uint64_t product1 = static_cast<uint64_t>(kMultiplier1) * c2;
    c0 = static_cast<uint32_t>(product1 >> 32) ^ c1 ^ key0;
    c1 = static_cast<uint32_t>(product1);
    c2 = static_cast<uint32_t>(product0 >> 32) ^ c3 ^ key1;
    c3 = static_cast<uint32_t>(product0);
    key0 += kWeyl0;
    key1 += kWeyl1;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

uint64_t word64(const uint32_t* words) { return words[0] | static_cast<uint64_t>(words[1]) << 32; }

// Random mantissas under the exponent of 1, less 1.
float unit_float(uint32_t word) {
  const uint32_t bits = (word & 0x7fffff) | 127u << 23;
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value - 1.0f;
}

double unit_double(const uint32_t* words) {
  const uint64_t bits = static_cast<uint64_t>(words[0] & 0xfffff) << 32 | words[1] | uint64_t(1023) << 52;
  double value;
  memcpy(&value, &bits, sizeof(value));
  return value - 1.0;
}

constexpr double kTwoPi = 2.0 * 3.14159265358979323846;

// Box and Muller's transform. The least u is that of the system whose numbers we reproduce.
void normal_pair(const uint32_t* words, float* out) {
  float u = unit_float(words[0]);
  if (u < 1.0e-7f) u = 1.0e-7f;
  const float angle = static_cast<float>(kTwoPi * static_cast<double>(unit_float(words[1])));
  const float radius = sqrtf(-2.0f * logf(u));
  out[0] = sinf(angle) * radius;
  out[1] = cosf(angle) * radius;
}

void normal_pair(const uint32_t* words, double* out) {
  double u = unit_double(words);
  if (u < 1.0e-7) u = 1.0e-7;
  const double angle = kTwoPi * unit_double(words + 2);
  const double radius = sqrt(-2.0 * log(u));
  out[0] = sin(angle) * radius;
  out[1] = cos(angle) * radius;
}

// Numbers are drawn in groups: those that one block gives.
template <class T>
constexpr int kGroup = kWords * static_cast<int>(sizeof(uint32_t)) / static_cast<int>(sizeof(T));

void uniform_group(const uint32_t* words, float* out) {
  for (int i = 0; i < kWords; ++i) out[i] = unit_float(words[i]);
}

void uniform_group(const uint32_t* words, double* out) {
  out[0] = unit_double(words);
  out[1] = unit_double(words + 2);
}

void normal_group(const uint32_t* words, float* out) {
  normal_pair(words, out);
  normal_pair(words + 2, out + 2);
}

void normal_group(const uint32_t* words, double* out) { normal_pair(words, out); }

// Pairs are drawn until the group is full of numbers within the cutoff.
template <class T>
void truncated_group(Philox stream, T* out) {
  constexpr int words_of_pair = 2 * static_cast<int>(sizeof(T)) / static_cast<int>(sizeof(uint32_t));
  uint32_t words[kWords];
  int used = kWords;
  for (int filled = 0; filled < kGroup<T>;) {
    if (used == kWords) {
      philox_next(&stream, words);
      used = 0;
    }
    T two[2];
    normal_pair(words + used, two);
    used += words_of_pair;
    for (int i = 0; i < 2 && filled < kGroup<T>; ++i) {
      if (fabs(two[i]) < T(kCutoff)) out[filled++] = two[i];
    }
  }
}

// out[i] for all groups; draw(stream, group) fills one. `stride` is the number of blocks from one group to
// the next.
template <class T, class Draw>
void fill_groups(const Philox& stream, uint64_t stride, int64_t n, T* out, const Parallel& parallel,
                 const Draw& draw) {
  constexpr int64_t size = kGroup<T>;
  parallel_range(parallel, base::ceil_div(n, size), kGrain, [&](int64_t begin, int64_t end) {
    Philox at = stream;
    philox_skip(&at, static_cast<uint64_t>(begin) * stride);
    for (int64_t g = begin; g < end; ++g) {
      if ((g + 1) * size <= n) {
        draw(at, out + g * size);
      } else {
        T group[size];
        draw(at, group);
        memcpy(out + g * size, group, static_cast<size_t>(n - g * size) * sizeof(T));
      }
      philox_skip(&at, stride);
    }
  });
}

template <class T>
void fill_as(RandomDistribution distribution, const Philox& stream, int64_t n, T* out,
             const Parallel& parallel) {
  switch (distribution) {
    case RandomDistribution::kUniform:
      return fill_groups(stream, 1, n, out, parallel, [](const Philox& at, T* group) {
        uint32_t words[kWords];
        block_at(at, words);
        uniform_group(words, group);
      });
    case RandomDistribution::kNormal:
      return fill_groups(stream, 1, n, out, parallel, [](const Philox& at, T* group) {
        uint32_t words[kWords];
        block_at(at, words);
        normal_group(words, group);
      });
    case RandomDistribution::kTruncatedNormal:
      return fill_groups(stream, kReserved * kGroup<T> / kWords, n, out, parallel,
                         [](const Philox& at, T* group) { truncated_group(at, group); });
  }
}

// Halves are made from float32, four to a block; a uniform one from the low bits of its word.
void fill_halves(RandomDistribution distribution, DType dtype, const Philox& stream, int64_t n, uint16_t* out,
                 const Parallel& parallel) {
  constexpr int64_t tile = 256;
  const int mantissa = dtype == DType::kFloat16 ? 10 : 7;
  parallel_range(parallel, base::ceil_div(n, tile), kGrain * kWords / tile, [=](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; ++t) {
      const int64_t count = min_of(tile, n - t * tile);
      float wide[tile];
      Philox at = stream;
      if (distribution == RandomDistribution::kUniform) {
        philox_skip(&at, static_cast<uint64_t>(t * tile / kWords));
        for (int64_t i = 0; i < tile; i += kWords) {
          uint32_t words[kWords];
          philox_next(&at, words);
          for (int k = 0; k < kWords; ++k)
            wide[i + k] = unit_float((words[k] & ((1u << mantissa) - 1)) << (23 - mantissa));
        }
      } else {
        const uint64_t stride = distribution == RandomDistribution::kNormal ? 1 : kReserved;
        philox_skip(&at, static_cast<uint64_t>(t * tile / kWords) * stride);
        fill_as<float>(distribution, at, count, wide, Parallel{});
      }
      cast(DType::kFloat32, dtype, wide, out + t * tile, count, Parallel{});
    }
  });
}

// T is unsigned.
template <class T, class Convert>
void fill_integers(const Philox& stream, int64_t n, void* out, const Parallel& parallel,
                   const Convert& convert) {
  fill_groups(stream, 1, n, static_cast<T*>(out), parallel, [&](const Philox& at, T* group) {
    uint32_t words[kWords];
    block_at(at, words);
    for (int i = 0; i < kGroup<T>; ++i) {
      if constexpr (sizeof(T) == 4) {
        group[i] = convert(words[i]);
      } else {
        group[i] = convert(word64(words + 2 * i));
      }
    }
  });
}

template <class T>
Status fill_range(const Philox& stream, const void* low, const void* high, int64_t n, void* out,
                  const Parallel& parallel) {
  T first;
  T last;
  memcpy(&first, low, sizeof(T));
  memcpy(&last, high, sizeof(T));
  const T range = last - first;
  if (range == 0) return Status::kBadShape;
  fill_integers<T>(stream, n, out, parallel, [=](T word) -> T { return first + word % range; });
  return Status::kOk;
}

}  // namespace

void philox_next(Philox* stream, uint32_t out[4]) {
  block_at(*stream, out);
  philox_skip(stream, 1);
}

void philox_skip(Philox* stream, uint64_t blocks) {
  stream->counter[0] += blocks;
  if (stream->counter[0] < blocks) ++stream->counter[1];
}

Philox philox_from_seeds(uint64_t seed, uint64_t seed2) { return {seed, {0, seed2}}; }

uint64_t philox_blocks_of_stateful_op(int64_t n) { return static_cast<uint64_t>(n) * kReserved; }

Philox philox_from_stateless_seed(int64_t seed0, int64_t seed1) {
  // The seeds are a counter under a fixed key; the block there is the real key and the upper half of the
  // counter.
  const Philox scrambler{0x02461e293ec8f720u, {static_cast<uint64_t>(seed0), static_cast<uint64_t>(seed1)}};
  uint32_t words[kWords];
  block_at(scrambler, words);
  return {word64(words), {0, word64(words + 2)}};
}

Status random_fill(RandomDistribution distribution, DType dtype, Philox stream, int64_t n, void* out,
                   const Parallel& parallel) {
  switch (dtype) {
    case DType::kFloat32:
      fill_as(distribution, stream, n, static_cast<float*>(out), parallel);
      return Status::kOk;
    case DType::kFloat64:
      fill_as(distribution, stream, n, static_cast<double*>(out), parallel);
      return Status::kOk;
    case DType::kFloat16:
    case DType::kBFloat16:
      fill_halves(distribution, dtype, stream, n, static_cast<uint16_t*>(out), parallel);
      return Status::kOk;
    default:
      return Status::kUnsupported;
  }
}

Status random_uniform_int(DType dtype, Philox stream, const void* low, const void* high, int64_t n, void* out,
                          const Parallel& parallel) {
  switch (dtype) {
    case DType::kInt32:
    case DType::kUInt32:
      return fill_range<uint32_t>(stream, low, high, n, out, parallel);
    case DType::kInt64:
    case DType::kUInt64:
      return fill_range<uint64_t>(stream, low, high, n, out, parallel);
    default:
      return Status::kUnsupported;
  }
}

Status random_full_int(DType dtype, Philox stream, int64_t n, void* out, const Parallel& parallel) {
  switch (dtype) {
    case DType::kInt32:
    case DType::kUInt32:
      fill_integers<uint32_t>(stream, n, out, parallel, [](uint32_t word) { return word; });
      return Status::kOk;
    case DType::kInt64:
    case DType::kUInt64:
      fill_integers<uint64_t>(stream, n, out, parallel, [](uint64_t word) { return word; });
      return Status::kOk;
    default:
      return Status::kUnsupported;
  }
}

}  // namespace tg::kernels
