// Steps of optimizers. Every array goes through a tile on the stack: so loops run over memory that does not overlap,
// which compilers turn into vectors, whether or not a step is in place, and halves are widened on the way.
#include "kernels/optimizer.h"

#include <math.h>

#include "kernels/half.h"

namespace tg::kernels::TG_ISA {
namespace {

constexpr int64_t kTile = kHalfTile;
constexpr int64_t kGrain = 1 << 14;  // elements of a chunk

inline float root(float x) { return sqrtf(x); }
inline double root(double x) { return sqrt(x); }
template <class T>
inline T magnitude(T x) {
  return x < 0 ? -x : x;
}
template <class T>
inline T greater_of(T a, T b) {  // NaN if either is
  return (a > b) | (a != a) ? a : b;
}

template <class T>
struct Tile {
  T w[kTile], g[kTile], s[kMaxSlots][kTile];
};

template <class T>
struct Numbers {
  T rate, a, b, epsilon, decay, rest_a, rest_b;
  explicit Numbers(const OptimizerStep& step)
      : rate(static_cast<T>(step.rate)), a(static_cast<T>(step.a)), b(static_cast<T>(step.b)),
        epsilon(static_cast<T>(step.epsilon)), decay(static_cast<T>(step.decay)), rest_a(static_cast<T>(1.0 - step.a)),
        rest_b(static_cast<T>(1.0 - step.b)) {}
};

// f(w, g, s0, s1, s2) on each element of a tile.
template <class T, class F>
inline void each(Tile<T>& t, const F& f) {
  for (int64_t i = 0; i < kTile; ++i) f(t.w[i], t.g[i], t.s[0][i], t.s[1][i], t.s[2][i]);
}

template <class T>
void momentum(Tile<T>& t, const Numbers<T>& n, bool nesterov, bool keras) {
  if (keras && nesterov)
    each(t, [&](T& w, T g, T& s, T&, T&) { s = s * n.a - g * n.rate; w += s * n.a - g * n.rate; });
  else if (keras)
    each(t, [&](T& w, T g, T& s, T&, T&) { s = s * n.a - g * n.rate; w += s; });
  else if (nesterov)
    each(t, [&](T& w, T g, T& s, T&, T&) { s = s * n.a + g; w -= g * n.rate + s * n.a * n.rate; });
  else
    each(t, [&](T& w, T g, T& s, T&, T&) { s = s * n.a + g; w -= s * n.rate; });
}

template <class T>
void adam(Tile<T>& t, const Numbers<T>& n, bool nesterov) {
  if (nesterov)
    each(t, [&](T& w, T g, T& m, T& v, T&) {
      m += (g - m) * n.rest_a;
      v += (g * g - v) * n.rest_b;
      w -= (m * n.a + g * n.rest_a) * n.rate / (root(v) + n.epsilon);
    });
  else
    each(t, [&](T& w, T g, T& m, T& v, T&) {
      m += (g - m) * n.rest_a;
      v += (g * g - v) * n.rest_b;
      w -= m * n.rate / (root(v) + n.epsilon);
    });
}

template <class T>
void one_tile(Tile<T>& t, const OptimizerStep& step, const Numbers<T>& n) {
  if (n.decay != 0) each(t, [&](T& w, T, T&, T&, T&) { w -= w * n.decay; });
  switch (step.rule) {
    case OptimizerRule::kDescent:
      return each(t, [&](T& w, T g, T&, T&, T&) { w -= g * n.rate; });
    case OptimizerRule::kMomentum:
      return momentum(t, n, step.nesterov, false);
    case OptimizerRule::kKerasMomentum:
      return momentum(t, n, step.nesterov, true);
    case OptimizerRule::kAdam:
      return adam(t, n, step.nesterov);
    case OptimizerRule::kAmsgrad:
      return each(t, [&](T& w, T g, T& m, T& v, T& greatest) {
        m += (g - m) * n.rest_a;
        v += (g * g - v) * n.rest_b;
        greatest = greater_of(greatest, v);
        w -= m * n.rate / (root(greatest) + n.epsilon);
      });
    case OptimizerRule::kAdaMax:
      return each(t, [&](T& w, T g, T& m, T& v, T&) {
        m += (g - m) * n.rest_a;
        v = greater_of(v * n.b, magnitude(g));
        w -= n.rate * (m / (v + n.epsilon));
      });
    case OptimizerRule::kAdagrad:
      if (!step.keeps_slots) each(t, [&](T&, T g, T& s, T&, T&) { s += g * g; });
      return each(t, [&](T& w, T g, T& s, T&, T&) { w -= g * n.rate / (root(s) + n.epsilon); });
    case OptimizerRule::kAdadelta:
      return each(t, [&](T& w, T g, T& s, T& moved, T&) {
        s += (g * g - s) * n.rest_a;
        const T u = root(moved + n.epsilon) / root(s + n.epsilon) * g;
        moved += (u * u - moved) * n.rest_a;
        w -= u * n.rate;
      });
    case OptimizerRule::kRmsProp:
      return each(t, [&](T& w, T g, T& s, T&, T&) {
        s += (g * g - s) * n.rest_a;
        w -= n.rate * g / root(s + n.epsilon);
      });
    case OptimizerRule::kRmsPropMomentum:
      return each(t, [&](T& w, T g, T& s, T& moved, T&) {
        s += (g * g - s) * n.rest_a;
        moved = moved * n.b + n.rate * g / root(s + n.epsilon);
        w -= moved;
      });
    case OptimizerRule::kCenteredRmsProp:
      return each(t, [&](T& w, T g, T& s, T& moved, T& mean) {
        s += (g * g - s) * n.rest_a;
        mean += (g - mean) * n.rest_a;
        moved = moved * n.b + n.rate * g / root(s - mean * mean + n.epsilon);
        w -= moved;
      });
  }
}

// Elements to a tile and back.
struct Same {
  template <class T>
  static void in(const void* x, int64_t at, int64_t count, T* tile) {
    memcpy(tile, static_cast<const T*>(x) + at, static_cast<size_t>(count) * sizeof(T));
  }
  template <class T>
  static void out(const T* tile, int64_t at, int64_t count, void* y) {
    memcpy(static_cast<T*>(y) + at, tile, static_cast<size_t>(count) * sizeof(T));
  }
};

template <DType kHalf>
struct Half {
  static void in(const void* x, int64_t at, int64_t count, float* tile) {
    widen(kHalf, static_cast<const uint16_t*>(x) + at, tile, count);
  }
  static void out(const float* tile, int64_t at, int64_t count, void* y) {
    narrow(kHalf, tile, static_cast<uint16_t*>(y) + at, count);
  }
};

template <class T, class Way>
void run(const OptimizerStep& step, int64_t n, const Parallel& parallel) {
  const Numbers<T> numbers(step);
  parallel_range(parallel, n, kGrain, [&](int64_t begin, int64_t end) {
    Tile<T> t;
    memset(&t, 0, sizeof(t));  // the last tile and slots that the rule lacks compute with zeros
    for (int64_t at = begin; at < end; at += kTile) {
      const int64_t count = min_of(kTile, end - at);
      Way::in(step.from[0], at, count, t.w);
      Way::in(step.gradient, at, count, t.g);
      for (int32_t i = 0; i < step.slots; ++i) Way::in(step.from[1 + i], at, count, t.s[i]);
      one_tile(t, step, numbers);
      Way::out(t.w, at, count, step.to[0]);
      for (int32_t i = 0; i < step.slots; ++i) Way::out(t.s[i], at, count, step.to[1 + i]);
    }
  });
}

}  // namespace

Status optimizer_step(DType dtype, const OptimizerStep& step, int64_t n, const Parallel& parallel) {
  switch (dtype) {
    case DType::kFloat32:
      return run<float, Same>(step, n, parallel), Status::kOk;
    case DType::kFloat64:
      return run<double, Same>(step, n, parallel), Status::kOk;
    case DType::kFloat16:
      return run<float, Half<DType::kFloat16>>(step, n, parallel), Status::kOk;
    case DType::kBFloat16:
      return run<float, Half<DType::kBFloat16>>(step, n, parallel), Status::kOk;
    default:
      return Status::kUnsupported;
  }
}

}  // namespace tg::kernels::TG_ISA
