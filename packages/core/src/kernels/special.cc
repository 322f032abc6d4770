// Runs the special functions over arrays. Compiled once: they wait for arithmetic that no ISA level makes much faster.
#include "kernels/special.h"

#include "kernels/complex.h"

#include <float.h>
#include <math.h>

#include "kernels/broadcast.h"
#include "kernels/special_math.h"

namespace tg::kernels {
namespace {

using base::max_of;
using base::min_of;
using base::parallel_range;

constexpr int64_t kGrain = 1024;

using Unary = double (*)(double);
using Binary = double (*)(double, double);

double libm_acos(double x) { return acos(x); }
double libm_acosh(double x) { return acosh(x); }
double libm_asin(double x) { return asin(x); }
double libm_asinh(double x) { return asinh(x); }
double libm_atan(double x) { return atan(x); }
double libm_atanh(double x) { return atanh(x); }
double libm_sinh(double x) { return sinh(x); }
double libm_cosh(double x) { return cosh(x); }
double libm_erfc(double x) { return erfc(x); }
double libm_j0(double x) { return j0(x); }
double libm_j1(double x) { return j1(x); }
// libm's own answers below 0 differ from system to system.
double libm_y0(double x) { return x > 0 ? y0(x) : (x == 0 ? -__builtin_inf() : __builtin_nan("")); }
double libm_y1(double x) { return x > 0 ? y1(x) : (x == 0 ? -__builtin_inf() : __builtin_nan("")); }

Unary unary_of(SpecialUnary op) {
  switch (op) {
    case SpecialUnary::kAcos:
      return libm_acos;
    case SpecialUnary::kAcosh:
      return libm_acosh;
    case SpecialUnary::kAsin:
      return libm_asin;
    case SpecialUnary::kAsinh:
      return libm_asinh;
    case SpecialUnary::kAtan:
      return libm_atan;
    case SpecialUnary::kAtanh:
      return libm_atanh;
    case SpecialUnary::kSinh:
      return libm_sinh;
    case SpecialUnary::kCosh:
      return libm_cosh;
    case SpecialUnary::kErfc:
      return libm_erfc;
    case SpecialUnary::kErfinv:
      return special::erfinv;
    case SpecialUnary::kErfcinv:
      return special::erfcinv;
    case SpecialUnary::kNdtri:
      return special::ndtri;
    case SpecialUnary::kLgamma:
      return special::log_gamma;
    case SpecialUnary::kDigamma:
      return special::digamma;
    case SpecialUnary::kBesselI0:
      return special::bessel_i0;
    case SpecialUnary::kBesselI0e:
      return special::bessel_i0e;
    case SpecialUnary::kBesselI1:
      return special::bessel_i1;
    case SpecialUnary::kBesselI1e:
      return special::bessel_i1e;
    case SpecialUnary::kBesselJ0:
      return libm_j0;
    case SpecialUnary::kBesselJ1:
      return libm_j1;
    case SpecialUnary::kBesselK0:
      return special::bessel_k0;
    case SpecialUnary::kBesselK0e:
      return special::bessel_k0e;
    case SpecialUnary::kBesselK1:
      return special::bessel_k1;
    case SpecialUnary::kBesselK1e:
      return special::bessel_k1e;
    case SpecialUnary::kBesselY0:
      return libm_y0;
    case SpecialUnary::kBesselY1:
      return libm_y1;
    case SpecialUnary::kDawsn:
      return special::dawsn;
    case SpecialUnary::kExpint:
      return special::expint;
    case SpecialUnary::kFresnelCos:
      return special::fresnel_cos;
    case SpecialUnary::kFresnelSin:
      return special::fresnel_sin;
    case SpecialUnary::kSpence:
      return special::spence;
  }
  return nullptr;
}

double xdivy(double x, double y) { return x == 0 ? 0 : x / y; }
double xlogy(double x, double y) { return x == 0 ? 0 : x * log(y); }
double xlog1py(double x, double y) { return x == 0 ? 0 : x * log1p(y); }
double libm_atan2(double x, double y) { return atan2(x, y); }
double truncate_div(double x, double y) { return trunc(x / y); }
double libm_fmod(double x, double y) { return fmod(x, y); }
double libm_nextafter(double x, double y) { return nextafter(x, y); }

Binary binary_of(SpecialBinary op) {
  switch (op) {
    case SpecialBinary::kAtan2:
      return libm_atan2;
    case SpecialBinary::kNextafter:
      return libm_nextafter;
    case SpecialBinary::kTruncateDiv:
      return truncate_div;
    case SpecialBinary::kTruncateMod:
      return libm_fmod;
    case SpecialBinary::kXdivy:
      return xdivy;
    case SpecialBinary::kXlogy:
      return xlogy;
    case SpecialBinary::kXlog1py:
      return xlog1py;
    case SpecialBinary::kZeta:
      return special::zeta;
    case SpecialBinary::kPolygamma:
      return special::polygamma;
    case SpecialBinary::kIgamma:
      return special::igamma;
    case SpecialBinary::kIgammac:
      return special::igammac;
    case SpecialBinary::kIgammaGradA:
      return special::igamma_grad_a;
    case SpecialBinary::kIgammaGradA2:
      return special::igamma_grad_a2;
  }
  return nullptr;
}

template <class T>
Status map_unary(Unary f, const void* x, void* y, int64_t n, const Parallel& parallel) {
  const T* from = static_cast<const T*>(x);
  T* to = static_cast<T*>(y);
  parallel_range(parallel, n, kGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) to[i] = static_cast<T>(f(static_cast<double>(from[i])));
  });
  return Status::kOk;
}

template <class T, class F>
Status map_binary(const F& f, const void* a, const void* b, void* out, const BroadcastPlan& plan,
                  const Parallel& parallel) {
  const void* const in[2] = {a, b};
  const size_t sizes[2] = {sizeof(T), sizeof(T)};
  base::walk<2>(plan, in, sizes, out, sizeof(T), parallel,
                [&f](const char* const(&from)[2], const int64_t(&strides)[2], char* to, int64_t n) {
                  const T* x = reinterpret_cast<const T*>(from[0]);
                  const T* y = reinterpret_cast<const T*>(from[1]);
                  for (int64_t i = 0; i < n; ++i) reinterpret_cast<T*>(to)[i] = f(x[i * strides[0]], y[i * strides[1]]);
                });
  return Status::kOk;
}

template <class T>
Status integer_binary(SpecialBinary op, const void* a, const void* b, void* out, const BroadcastPlan& plan,
                      const Parallel& parallel) {
  int by_zero = 0;
  const auto safe = [&by_zero](T y) {
    if (y == 0) __atomic_store_n(&by_zero, 1, __ATOMIC_RELAXED);
    return y == 0;
  };
  const auto divide = [&](T x, T y) {
    if (safe(y)) return T(0);
    if (base::kIsSigned<T> && y == static_cast<T>(-1)) return static_cast<T>(0 - static_cast<uint64_t>(x));
    return static_cast<T>(x / y);
  };
  const auto remainder = [&](T x, T y) {
    if (safe(y) || (base::kIsSigned<T> && y == static_cast<T>(-1))) return T(0);
    return static_cast<T>(x % y);
  };
  if (op == SpecialBinary::kTruncateDiv) map_binary<T>(divide, a, b, out, plan, parallel);
  if (op == SpecialBinary::kTruncateMod) map_binary<T>(remainder, a, b, out, plan, parallel);
  return by_zero ? Status::kDivisionByZero : Status::kOk;
}

template <class T>
Status scan_logsumexp(const T* x, int64_t outer, int64_t n, int64_t inner, bool exclusive, bool reverse, T* out,
                      const Parallel& parallel) {
  const T lowest = sizeof(T) == 4 ? static_cast<T>(-FLT_MAX) : static_cast<T>(-DBL_MAX);
  const int64_t grain = max_of<int64_t>(1, 2048 / max_of<int64_t>(1, n));
  parallel_range(parallel, outer * inner, grain, [=](int64_t begin, int64_t end) {
    for (int64_t lane = begin; lane < end; ++lane) {
      const int64_t offset = lane / inner * n * inner + lane % inner;
      double sum = static_cast<double>(lowest);
      for (int64_t i = 0; i < n; ++i) {
        const int64_t at = offset + (reverse ? n - 1 - i : i) * inner;
        const double before = sum, next = static_cast<double>(x[at]);
        const double high = before < next ? next : before, low = before < next ? before : next;
        // Equal infinities have no difference; NaN spoils the rest of the lane.
        sum = high == low ? high + 0.69314718055994530942 : high + log1p(exp(low - high));
        if (before <= static_cast<double>(lowest)) sum = next < before ? before : next;
        if (before != before || next != next) sum = before + next;
        out[at] = static_cast<T>(exclusive ? before : sum);
      }
    }
  });
  return Status::kOk;
}

}  // namespace

Status special_unary(SpecialUnary op, DType dtype, const void* x, void* y, int64_t n, const Parallel& parallel) {
  if (dtype == DType::kComplex64 || dtype == DType::kComplex128)
    return complex_special_unary(op, dtype, x, y, n, parallel);
  const Unary f = unary_of(op);
  return base::with_float(
      dtype, [&](auto tag) { return map_unary<typename decltype(tag)::type>(f, x, y, n, parallel); });
}

Status special_binary(SpecialBinary op, DType dtype, const void* a, const void* b, void* out,
                      const BroadcastPlan& plan, const Parallel& parallel) {
  if (dtype == DType::kComplex64 || dtype == DType::kComplex128)
    return complex_special_binary(op, dtype, a, b, out, plan, parallel);
  const Binary f = binary_of(op);
  if (dtype == DType::kFloat64) return map_binary<double>(f, a, b, out, plan, parallel);
  if (dtype == DType::kFloat32 && op == SpecialBinary::kNextafter)
    return map_binary<float>([](float x, float y) { return nextafterf(x, y); }, a, b, out, plan, parallel);
  if (dtype == DType::kFloat32)
    return map_binary<float>([f](float x, float y) { return static_cast<float>(f(x, y)); }, a, b, out, plan, parallel);
  if (op != SpecialBinary::kTruncateDiv && op != SpecialBinary::kTruncateMod) return Status::kUnsupported;
  return base::with_integer(
      dtype, [&](auto tag) { return integer_binary<typename decltype(tag)::type>(op, a, b, out, plan, parallel); });
}

Status betainc(DType dtype, const void* a, const void* b, const void* x, void* out, const BroadcastPlan& plan,
               const Parallel& parallel) {
  return base::with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const void* const in[3] = {a, b, x};
    const size_t sizes[3] = {sizeof(T), sizeof(T), sizeof(T)};
    base::walk<3>(plan, in, sizes, out, sizeof(T), parallel,
                  [](const char* const(&from)[3], const int64_t(&strides)[3], char* to, int64_t n) {
                    const T* p = reinterpret_cast<const T*>(from[0]);
                    const T* q = reinterpret_cast<const T*>(from[1]);
                    const T* r = reinterpret_cast<const T*>(from[2]);
                    for (int64_t i = 0; i < n; ++i)
                      reinterpret_cast<T*>(to)[i] = static_cast<T>(
                          special::betainc(p[i * strides[0]], q[i * strides[1]], r[i * strides[2]]));
                  });
    return Status::kOk;
  });
}

Status cumulative_logsumexp(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, bool exclusive,
                            bool reverse, void* out, const Parallel& parallel) {
  return base::with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    return scan_logsumexp(static_cast<const T*>(x), outer, n, inner, exclusive, reverse, static_cast<T*>(out),
                          parallel);
  });
}

}  // namespace tg::kernels
