// float16 and bfloat16 to float32 and back, in tiles that stay in the first-level cache.
#ifndef TENSEGRA_KERNELS_HALF_H_
#define TENSEGRA_KERNELS_HALF_H_

#include "kernels/isa.h"

namespace tg::kernels::TG_ISA {

constexpr int64_t kHalfTile = 256;

inline float float_from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

inline uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  return bits;
}

inline uint16_t bfloat16_of(float value) {
  const uint32_t bits = bits_of(value);
  const uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const uint32_t nan = (bits >> 16) | 0x40;  // a signalling NaN must not become an infinity
  return static_cast<uint16_t>(value != value ? nan : rounded);
}

inline float from_bfloat16(uint16_t half) { return float_from_bits(static_cast<uint32_t>(half) << 16); }

inline float from_float16(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  const uint32_t rest = static_cast<uint32_t>(half & 0x7fff) << 13;
  const uint32_t normal = rest + (112u << 23);
  // The difference of two normal numbers: right also where denormals count as zero.
  const uint32_t denormal = bits_of(float_from_bits(rest + (113u << 23)) - float_from_bits(113u << 23));
  uint32_t bits = rest < (1u << 23) ? denormal : normal;
  bits = rest >= 0x0f800000 ? (rest | 0x7f800000) : bits;
  return float_from_bits(bits | sign);
}

inline uint16_t float16_of(float value) {
  const uint32_t bits = bits_of(value);
  const uint32_t sign = (bits >> 16) & 0x8000;
  const uint32_t magnitude = bits & 0x7fffffff;
  const uint32_t nan = 0x7e00;
  const uint32_t normal = (magnitude - (112u << 23) + 0xfff + ((magnitude >> 13) & 1)) >> 13;
  // Adding 0.5 puts a result that is denormal in float16 into the low bits, rounded.
  const uint32_t denormal = bits_of(float_from_bits(magnitude) + 0.5f) - bits_of(0.5f);
  uint32_t half = magnitude < (113u << 23) ? denormal : normal;
  half = magnitude >= 0x477ff000 ? 0x7c00 : half;  // 65520 and more round to infinity
  half = magnitude > 0x7f800000 ? nan : half;
  return static_cast<uint16_t>(half | sign);
}

inline void widen(DType from, const uint16_t* x, float* y, int64_t n) {
  if (from == DType::kFloat16) {
    for (int64_t i = 0; i < n; ++i) y[i] = from_float16(x[i]);
  } else {
    for (int64_t i = 0; i < n; ++i) y[i] = from_bfloat16(x[i]);
  }
}

inline void narrow(DType to, const float* x, uint16_t* y, int64_t n) {
  if (to == DType::kFloat16) {
    for (int64_t i = 0; i < n; ++i) y[i] = float16_of(x[i]);
  } else {
    for (int64_t i = 0; i < n; ++i) y[i] = bfloat16_of(x[i]);
  }
}

inline bool is_half(DType dtype) { return dtype == DType::kFloat16 || dtype == DType::kBFloat16; }

}  // namespace tg::kernels::TG_ISA

#endif  // TENSEGRA_KERNELS_HALF_H_
