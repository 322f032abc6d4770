// Compiled once, without contraction, so that the same numbers are drawn at every ISA level.
#include "kernels/random_samples.h"

#include <math.h>
#include <string.h>

namespace tg::kernels {
namespace {

double unit_double(const uint32_t* words) {
  const uint64_t bits = static_cast<uint64_t>(words[0] & 0xfffff) << 32 | words[1] | uint64_t(1023) << 52;
  double value;
  memcpy(&value, &bits, sizeof(value));
  return value - 1.0;
}

// Uniform and normal doubles come from blocks of their own, two of a block, the second one first: TensorFlow's order.
class Source {
 public:
  explicit Source(const Philox& stream) : stream_(stream) {}

  double uniform() {
    if (uniforms_ == 0) {
      uint32_t words[4];
      philox_next(&stream_, words);
      uniform_[0] = unit_double(words);
      uniform_[1] = unit_double(words + 2);
      uniforms_ = 2;
    }
    return uniform_[--uniforms_];
  }

  // Of a new block; the other number of it is not used.
  double uniform_of_next_block() {
    uniforms_ = 0;
    return uniform();
  }

  double normal() {
    if (normals_ == 0) {
      uint32_t words[4];
      philox_next(&stream_, words);
      double u = unit_double(words);
      if (u < 1.0e-7) u = 1.0e-7;
      const double angle = 2.0 * 3.14159265358979323846 * unit_double(words + 2);
      const double radius = sqrt(-2.0 * log(u));
      normal_[0] = sin(angle) * radius;
      normal_[1] = cos(angle) * radius;
      normals_ = 2;
    }
    return normal_[--normals_];
  }

 private:
  Philox stream_;
  double uniform_[2], normal_[2];
  int uniforms_ = 0, normals_ = 0;
};

// log k! less Stirling's approximation.
double stirling_tail(double k) {
  static const double table[] = {0.0810614667953272,  0.0413406959554092,  0.0276779256849983, 0.02079067210376509,
                                 0.0166446911898211,  0.0138761288230707,  0.0118967099458917, 0.0104112652619720,
                                 0.00925546218271273, 0.00833056343336287};
  if (k <= 9) return table[static_cast<int>(k)];
  const double square = (k + 1) * (k + 1);
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1);
}

double binomial_by_geometric(double count, double p, Source& source) {
  double sum = 0;
  for (double successes = 0;; ++successes) {
    sum += ceil(log(source.uniform_of_next_block()) / log1p(-p));
    if (sum > count) return successes;
  }
}

double binomial_by_rejection(double count, double p, Source& source) {
  const double deviation = sqrt(count * p * (1 - p));
  const double b = 1.15 + 2.53 * deviation;
  const double a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double c = count * p + 0.5;
  const double v_r = 0.92 - 4.2 / b;
  const double r = p / (1 - p);
  const double alpha = (2.83 + 5.1 / b) * deviation;
  const double m = floor((count + 1) * p);
  while (true) {
    const double u = source.uniform() - 0.5;
    double v = source.uniform();
    const double us = 0.5 - fabs(u);
    const double k = floor((2 * a / us + b) * u + c);
    if (us >= 0.07 && v <= v_r) return k;
    if (k < 0 || k > count) continue;
    v = log(v * alpha / (a / (us * us) + b));
    const double bound = (m + 0.5) * log((m + 1) / (r * (count - m + 1))) +
                         (count + 1) * log((count - m + 1) / (count - k + 1)) +
                         (k + 0.5) * log(r * (count - k + 1) / (k + 1)) + stirling_tail(m) +
                         stirling_tail(count - m) - stirling_tail(k) - stirling_tail(count - k);
    if (v <= bound) return k;
  }
}

double digamma(double x) {
  double result = 0;
  for (; x < 10; x += 1) result -= 1 / x;
  const double y = 1 / (x * x);
  return result + log(x) - 0.5 / x -
         y * (1.0 / 12 - y * (1.0 / 120 - y * (1.0 / 252 - y * (1.0 / 240 - y * (1.0 / 132)))));
}

// The lower incomplete gamma function is x^a e^-x / Gamma(a + 1) times a series; dz/da = -(dF/da) / f.
double derivative_by_series(double a, double x) {
  double term = 1, slope = 0, sum = 1, sum_slope = 0;
  for (int n = 1; n < 20000; ++n) {
    const double factor = x / (a + n);
    slope = slope * factor - term * factor / (a + n);
    term *= factor;
    sum += term;
    sum_slope += slope;
    if (factor < 0.99 && fabs(slope) <= 1e-16 * fabs(sum_slope) && term <= 1e-16 * sum) break;
  }
  return -(x / a) * (sum_slope + sum * (log(x) - digamma(a + 1)));
}

// The upper one is x^a e^-x / Gamma(a) times a continued fraction, here by its convergents and their derivatives.
double derivative_by_fraction(double a, double x) {
  double y = 1 - a, z = x + y + 1, c = 0;
  double p2 = 1, q2 = x, p1 = x + 1, q1 = z * x;
  double dp2 = 0, dq2 = 0, dp1 = 0, dq1 = -x;
  double value = p1 / q1, slope = (dp1 - value * dq1) / q1;
  for (int n = 0; n < 20000; ++n) {
    c += 1;
    y += 1;
    z += 2;
    const double yc = y * c;
    const double p = p1 * z - p2 * yc, q = q1 * z - q2 * yc;
    // dy/da = -1 and dz/da = -1.
    const double dp = dp1 * z - p1 - dp2 * yc + p2 * c, dq = dq1 * z - q1 - dq2 * yc + q2 * c;
    p2 = p1, q2 = q1, dp2 = dp1, dq2 = dq1;
    p1 = p, q1 = q, dp1 = dp, dq1 = dq;
    if (q != 0) {
      const double next = p / q, next_slope = (dp - next * dq) / q;
      const bool done = fabs(next - value) <= 1e-16 * fabs(next) && fabs(next_slope - slope) <= 1e-15 * fabs(next_slope);
      value = next;
      slope = next_slope;
      if (done) break;
    }
    if (fabs(p) > 1e100 || fabs(q) > 1e100) {
      constexpr double scale = 1e-100;
      p2 *= scale, q2 *= scale, p1 *= scale, q1 *= scale;
      dp2 *= scale, dq2 *= scale, dp1 *= scale, dq1 *= scale;
    }
  }
  return x * (slope + value * (log(x) - digamma(a)));
}

uint64_t rotate_left(uint64_t x, int by, int width) {
  const uint64_t mask = (uint64_t(1) << width) - 1;
  return ((x << by) | (x >> (width - by))) & mask;
}

}  // namespace

double draw_gamma(Philox stream, double alpha) {
  Source source(stream);
  if (!(alpha > 0)) return static_cast<double>(NAN);
  if (alpha == 1.0) return -log1p(-source.uniform());
  const bool below_one = alpha < 1;
  const double d = alpha + (below_one ? 2.0 / 3 : -1.0 / 3);
  const double c = 1.0 / 3 / sqrt(d);
  while (true) {
    const double x = source.normal();
    double v = 1 + c * x;
    if (v <= 0) continue;
    v = v * v * v;
    const double u = source.uniform();
    if (u < 1 - 0.0331 * (x * x) * (x * x) || log(u) < 0.5 * x * x + d * (1 - v + log(v))) {
      double result = d * v;
      if (below_one) result *= pow(source.uniform(), 1 / alpha);
      return result;
    }
  }
}

double draw_poisson(Philox stream, double rate, double highest) {
  Source source(stream);
  if (!(rate >= 0) || isinf(rate)) return static_cast<double>(NAN);
  if (rate < 10) {
    const double end = exp(-rate);
    double product = 1;
    for (double x = 0;; ++x) {
      product *= source.uniform();
      if (product <= end && x <= highest) return x;
    }
  }
  // Draws above the highest are drawn again: where nearly all are, that would not end.
  if (rate - 3 * sqrt(rate) > highest) return highest;
  const double log_rate = log(rate);
  const double b = 0.931 + 2.53 * sqrt(rate);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  while (true) {
    const double u = source.uniform() - 0.5;
    const double v = source.uniform();
    const double shifted = 0.5 - fabs(u);
    const double k = floor((2 * a / shifted + b) * u + rate + 0.43);
    if (k > highest) continue;
    if (shifted >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return k;
    if (k < 0 || (shifted < 0.013 && v > shifted)) continue;
    const double s = log(v * inverse_alpha / (a / (shifted * shifted) + b));
    if (s <= -rate + k * log_rate - lgamma(k + 1)) return k;
  }
}

double draw_binomial(Philox stream, double count, double probability) {
  Source source(stream);
  if (!(count >= 0) || isinf(count) || !(probability >= 0 && probability <= 1)) return static_cast<double>(NAN);
  count = floor(count);
  const bool flipped = probability > 0.5;
  const double p = flipped ? 1 - probability : probability;
  if (count == 0 || p == 0) return flipped ? count : 0;
  const double successes =
      count * p >= 10 ? binomial_by_rejection(count, p, source) : binomial_by_geometric(count, p, source);
  return flipped ? count - successes : successes;
}

double draw_normal_between(Philox stream, double low, double high) {
  Source source(stream);
  if (!(low < high)) return static_cast<double>(NAN);
  // The tail that lies on the negative side is drawn from its mirror image.
  const bool mirrored = high <= 0;
  const double a = mirrored ? -high : low, b = mirrored ? -low : high;
  if (a <= 0) {
    // Around the mode: normal draws where the interval is wide, uniform ones under the density's top where not.
    if (b - a > 2.5) {
      while (true) {
        const double x = source.normal();
        if (x >= a && x <= b) return mirrored ? -x : x;
      }
    }
    while (true) {
      const double x = a + (b - a) * source.uniform();
      if (source.uniform() <= exp(-0.5 * x * x)) return mirrored ? -x : x;
    }
  }
  const double rate = 0.5 * (a + sqrt(a * a + 4));
  if (rate * (b - a) < 1) {
    while (true) {
      const double x = a + (b - a) * source.uniform();
      if (source.uniform() <= exp(0.5 * (a * a - x * x))) return mirrored ? -x : x;
    }
  }
  while (true) {
    const double x = a - log1p(-source.uniform()) / rate;
    if (x <= b && source.uniform() <= exp(-0.5 * (x - rate) * (x - rate))) return mirrored ? -x : x;
  }
}

double gamma_draw_derivative(double alpha, double draw) {
  if (!(alpha > 0) || !(draw > 0)) return static_cast<double>(draw == 0 ? 0 : NAN);
  if (isinf(alpha) || isinf(draw)) return static_cast<double>(NAN);
  // Far from the mean of a large alpha's distribution neither converges quickly, but draws are near it.
  return draw > 1 && draw > alpha ? derivative_by_fraction(alpha, draw) : derivative_by_series(alpha, draw);
}

uint64_t shuffle_index(uint64_t index, const uint32_t key[3], uint64_t max_index, int32_t rounds) {
  int bits = max_index > 1 ? static_cast<int>(ceil(log2(static_cast<double>(max_index)))) : 0;
  bits += bits % 2;
  if (bits < 16) bits = 16;
  // A power of two needs one bit more than its logarithm, in pairs.
  while (bits < 64 && max_index >> bits != 0) bits += 2;
  const int width = bits / 2;
  const uint64_t mask = (uint64_t(1) << width) - 1;
  constexpr int kMost = 64;
  uint64_t keys[kMost];
  uint64_t z = 0x7369f885192c0ef5u & mask;
  for (int i = 0; i < rounds && i < kMost; ++i) {
    if (i < 3) {
      keys[i] = key[i] & mask;
      continue;
    }
    keys[i] = ((0xfffffffcu & mask) ^ (z & 1) ^ keys[i - 3] ^ rotate_left(keys[i - 1], width - 3, width) ^
               rotate_left(keys[i - 1], width - 4, width)) & mask;
    z >>= 1;
  }
  auto mix = [=](uint64_t x) {
    return (rotate_left(x, 1, width) & rotate_left(x, 8 % width, width)) ^ rotate_left(x, 2, width);
  };
  do {
    uint64_t left = index >> width & mask, right = index & mask;
    for (int i = 0; i + 1 < rounds; i += 2) {
      left ^= mix(right) ^ keys[i];
      right ^= mix(left) ^ keys[i + 1];
    }
    index = left << width | right;
  } while (index > max_index);
  return index;
}

}  // namespace tg::kernels
