// float32 functions on vectors, within 2 or 3 units in the last place of the exact result, right for NaN,
// infinities and denormals. Each reduces its argument and evaluates a minimax polynomial fitted for this file
// (weighted for relative error).
#ifndef TENSEGRA_KERNELS_VMATH_H_
#define TENSEGRA_KERNELS_VMATH_H_

#include <math.h>

#include "kernels/isa.h"

namespace tg::kernels::TG_ISA {

using VF = Vec<float>;
using VI = Vec<int32_t>;
constexpr int kLanes = VecOf<float>::kLanes;

inline VF splat(float x) { return x - VF{}; }
inline VI bits(VF x) { return reinterpret_cast<VI>(x); }
inline VF from_bits(VI x) { return reinterpret_cast<VF>(x); }
inline VF pick(VI mask, VF yes, VF no) { return mask ? yes : no; }
inline VF vabs(VF x) { return from_bits(bits(x) & 0x7fffffff); }
inline VF copy_sign(VF magnitude, VF sign) { return from_bits(bits(magnitude) | (bits(sign) & INT32_MIN)); }
inline bool any_lane(VI mask) {
  int32_t any = 0;
  for (int i = 0; i < kLanes; ++i) any |= mask[i];
  return any != 0;
}

// f on each lane, where a vector version would not pay.
template <class F>
inline VF per_lane(VF x, const F& f) {
  for (int i = 0; i < kLanes; ++i) x[i] = f(x[i]);
  return x;
}

// Horner's rule, the lowest coefficient first.
template <class... C>
inline VF polynomial(VF x, float c0, C... rest) {
  if constexpr (sizeof...(rest) == 0) {
    return splat(c0);
  } else {
    return polynomial(x, rest...) * x + c0;
  }
}

constexpr float kRoundMagic =
    12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer, which ends in the low bits
constexpr float kLog2E = 1.44269504088896341f;
constexpr float kLn2High = 0.693359375f;  // 10 bits, so that its product with a small integer is exact
constexpr float kLn2Low = -2.12194440e-4f;

struct Reduced {
  VF r;  // x - n * ln 2
  VI n;
};

inline Reduced reduce_ln2(VF x) {
  const VF t = x * kLog2E + kRoundMagic;
  const VF n = t - kRoundMagic;
  return {(x - n * kLn2High) - n * kLn2Low, bits(t) - bits(splat(kRoundMagic))};
}

inline VF power_of_two(VI n) { return from_bits((n + 127) << 23); }

inline VF clamp(VF x, float low, float high) {  // keeps NaN
  x = pick(x < low, splat(low), x);
  return pick(x > high, splat(high), x);
}

inline VF vexp(VF x) {
  const Reduced z = reduce_ln2(clamp(x, -104.0f, 89.0f));
  const VF p = polynomial(z.r, 4.999999404e-01f, 1.666651517e-01f, 4.166845605e-02f, 8.369419724e-03f,
                          1.381313545e-03f);
  const VF y = (p * (z.r * z.r) + z.r) + 1.0f;
  const VI half =
      z.n >> 1;  // in two steps, so that denormal results are rounded once and large ones overflow
  return (y * power_of_two(half)) * power_of_two(z.n - half);
}

// exp(x) - 1
inline VF vexpm1(VF x) {
  const Reduced z = reduce_ln2(clamp(x, -20.0f, 89.0f));
  const VF p = polynomial(z.r, 5.000000000e-01f, 1.666666567e-01f, 4.166634753e-02f, 8.333391510e-03f,
                          1.394165680e-03f, 1.984607370e-04f);
  const VF s = power_of_two(z.n - 1);  // half the scale, which is finite even when the result overflows
  const VF y = ((p * (z.r * z.r) + z.r) * s + (s - 0.5f)) * 2.0f;
  return pick(x == 0.0f, x, y);
}

inline VF vlog(VF x) {
  const VI small = x < 1.17549435e-38f;
  const VF y = pick(small, x * 8388608.0f, x);
  const VI e = (bits(y) - 0x3f3504f3) >> 23;  // the mantissa below becomes sqrt(1/2) .. sqrt(2)
  const VF f = from_bits(bits(y) - (e << 23)) - 1.0f;
  const VF n = __builtin_convertvector(e - (small & 23), VF);
  const VF p =
      polynomial(f, 3.333331347e-01f, -2.500000894e-01f, 2.000211924e-01f, -1.666799486e-01f,
                 1.421954632e-01f, -1.240559816e-01f, 1.188821197e-01f, -1.167561561e-01f, 6.746490300e-02f);
  const VF f2 = f * f;
  VF result = n * kLn2High + (f + (f * f2 * p + (n * kLn2Low - 0.5f * f2)));
  const float inf = __builtin_inff();
  result = pick(x == inf, x, result);
  result = pick(x == 0.0f, splat(-inf), result);
  return pick((x < 0.0f) | (x != x), splat(__builtin_nanf("")), result);
}

// log(1 + x)
inline VF vlog1p(VF x) {
  const VF u = x + 1.0f;
  const VF lost = (u - 1.0f) - x;  // what rounding u added
  const VF y = vlog(u) - lost / u;
  const float inf = __builtin_inff();
  const VF edge = pick(x == inf, x, splat(-inf));
  return pick(x == 0.0f, x, pick((x == inf) | (x == -1.0f), edge, y));
}

inline VF vtanh(VF x) {
  const VF a = vabs(x);
  const VF a2 = a * a;
  const VF small = a + a * a2 *
                           polynomial(a2, -3.333333135e-01f, 1.333320588e-01f, -5.394676328e-02f,
                                      2.170069702e-02f, -8.177383803e-03f, 2.142949495e-03f);
  const VF large = 1.0f - 2.0f / (vexp(a * 2.0f) + 1.0f);
  return copy_sign(pick(a < 0.625f, small, large), x);
}

inline VF vsigmoid(VF x) {
  const VF z = vexp(-vabs(x));
  return pick(x >= 0.0f, splat(1.0f), z) / (z + 1.0f);
}

inline VF vsoftplus(VF x) {
  const VF y = vlog1p(vexp(-vabs(x)));
  return pick(x > 0.0f, x, VF{}) + y;
}

inline VF verf(VF x) {
  const VF a = vabs(x);
  const VF a2 = a * a;
  const VF small = x * polynomial(a2, 1.128379107e+00f, -3.761262596e-01f, 1.128358543e-01f,
                                  -2.685381100e-02f, 5.188327283e-03f, -8.010189049e-04f, 7.853846910e-05f);
  const VF c = pick(a > 4.0f, splat(4.0f), a);
  const VF q = polynomial(c, -1.884755620e-04f, 1.129580379e+00f, 6.332163215e-01f, 1.084221750e-01f,
                          -2.521038428e-02f, 4.205300938e-03f, -4.414758296e-04f,
                          2.169787695e-05f);  // -log(erfc(c)) for c >= 1
  const VF large = copy_sign(1.0f - vexp(-q), x);
  return pick(a > 1.0f, large, small);
}

// Beyond this the reduction below is no longer exact.
constexpr float kTrigLimit = 8192.0f;

// sin(x) for quadrant_shift 0, cos(x) for 1.
template <int quadrant_shift>
inline VF sin_or_cos(VF x) {
  if (any_lane(!(vabs(x) < kTrigLimit))) {
    return per_lane(x, [](float v) { return quadrant_shift == 0 ? sinf(v) : cosf(v); });
  }
  const VF t = x * 0.636619772367581343f + kRoundMagic;
  const VF n = t - kRoundMagic;
  const VI q = bits(t) - bits(splat(kRoundMagic)) + quadrant_shift;
  // Pi / 2 in parts of at most 11 bits, so that n times each is exact, and a last one.
  const VF r = (((x - n * 1.5703125f) - n * 4.837512969970703125e-4f) - n * 7.5495336204767227e-8f) -
               n * 2.56334415e-12f;
  const VF r2 = r * r;
  const VF s = r + r * r2 * polynomial(r2, -1.666665375e-01f, 8.332137018e-03f, -1.951202430e-04f);
  const VF c =
      1.0f + (r2 * r2 * polynomial(r2, 4.166664556e-02f, -1.388728386e-03f, 2.442943151e-05f) - 0.5f * r2);
  const VF y = pick((q & 1) != 0, c, s);
  const VF signed_y = from_bits(bits(y) ^ ((q & 2) << 30));
  return quadrant_shift == 0 ? pick(x == 0.0f, x, signed_y) : signed_y;
}

inline VF vsin(VF x) { return sin_or_cos<0>(x); }
inline VF vcos(VF x) { return sin_or_cos<1>(x); }

}  // namespace tg::kernels::TG_ISA

#endif  // TENSEGRA_KERNELS_VMATH_H_
