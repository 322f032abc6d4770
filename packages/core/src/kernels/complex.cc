// Complex numbers, by way of the compiler's complex types and the C library's functions.
#include "kernels/complex.h"

#include <complex.h>
#include <math.h>

#include "kernels/broadcast.h"

namespace tg::kernels {
namespace {

using base::max_of;
using base::parallel_range;
using base::run_binary;

constexpr int64_t kGrain = 4096;

// The functions of both precisions under one name.
template <class T>
struct Math;
template <>
struct Math<float> {
  using Complex = __complex__ float;
  static float magnitude(Complex z) { return __builtin_cabsf(z); }
  static float angle(Complex z) { return __builtin_cargf(z); }
  static Complex exp(Complex z) { return __builtin_cexpf(z); }
  static Complex log(Complex z) { return __builtin_clogf(z); }
  static Complex sqrt(Complex z) { return __builtin_csqrtf(z); }
  static Complex sin(Complex z) { return __builtin_csinf(z); }
  static Complex cos(Complex z) { return __builtin_ccosf(z); }
  static Complex tan(Complex z) { return __builtin_ctanf(z); }
  static Complex tanh(Complex z) { return __builtin_ctanhf(z); }
  static Complex pow(Complex a, Complex b) { return __builtin_cpowf(a, b); }
};
template <>
struct Math<double> {
  using Complex = __complex__ double;
  static double magnitude(Complex z) { return __builtin_cabs(z); }
  static double angle(Complex z) { return __builtin_carg(z); }
  static Complex exp(Complex z) { return __builtin_cexp(z); }
  static Complex log(Complex z) { return __builtin_clog(z); }
  static Complex sqrt(Complex z) { return __builtin_csqrt(z); }
  static Complex sin(Complex z) { return __builtin_csin(z); }
  static Complex cos(Complex z) { return __builtin_ccos(z); }
  static Complex tan(Complex z) { return __builtin_ctan(z); }
  static Complex tanh(Complex z) { return __builtin_ctanh(z); }
  static Complex pow(Complex a, Complex b) { return __builtin_cpow(a, b); }
};

template <class T>
using C = typename Math<T>::Complex;

template <class T>
C<T> make(T real, T imag) {
  C<T> z;
  __real__ z = real;
  __imag__ z = imag;
  return z;
}

// exp(z) - 1 without cancellation near 0.
template <class T>
C<T> expm1_of(C<T> z) {
  const double x = __real__ z;
  const double y = __imag__ z;
  const double half_sine = ::sin(y / 2);
  const double real = ::expm1(x) * ::cos(y) - 2 * half_sine * half_sine;
  return make<T>(static_cast<T>(real), static_cast<T>(::exp(x) * ::sin(y)));
}

// log(1 + z) without cancellation near 0.
template <class T>
C<T> log1p_of(C<T> z) {
  const double x = __real__ z;
  const double y = __imag__ z;
  const double real = ::fabs(x) < 0.5 && ::fabs(y) < 0.5 ? 0.5 * ::log1p(x * (2 + x) + y * y)
                                                         : ::log(::hypot(1 + x, y));
  return make<T>(static_cast<T>(real), static_cast<T>(::atan2(y, 1 + x)));
}

template <class T>
C<T> sign_of(C<T> z) {
  const T size = Math<T>::magnitude(z);
  return size == T(0) ? make<T>(0, 0) : make<T>(__real__ z / size, __imag__ z / size);
}

template <class T>
C<T> sigmoid_of(C<T> z) {
  // The exponential that does not overflow.
  if (__real__ z >= T(0)) return T(1) / (T(1) + Math<T>::exp(-z));
  const C<T> e = Math<T>::exp(z);
  return e / (T(1) + e);
}

template <class X, class Y, class F>
Status map(const void* x, void* y, int64_t n, const Parallel& parallel, const F& f) {
  const X* px = static_cast<const X*>(x);
  Y* py = static_cast<Y*>(y);
  parallel_range(parallel, n, kGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) py[i] = f(px[i]);
  });
  return Status::kOk;
}

template <class T>
Status unary_as(UnaryOp op, const void* x, void* y, int64_t n, const Parallel& p) {
  using Z = C<T>;
  switch (op) {
    case UnaryOp::kNegative:
      return map<Z, Z>(x, y, n, p, [](Z z) { return -z; });
    case UnaryOp::kSquare:
      return map<Z, Z>(x, y, n, p, [](Z z) { return z * z; });
    case UnaryOp::kReciprocal:
      return map<Z, Z>(x, y, n, p, [](Z z) { return T(1) / z; });
    case UnaryOp::kSign:
      return map<Z, Z>(x, y, n, p, sign_of<T>);
    case UnaryOp::kConj:
      return map<Z, Z>(x, y, n, p, [](Z z) { return ~z; });
    case UnaryOp::kSqrt:
      return map<Z, Z>(x, y, n, p, Math<T>::sqrt);
    case UnaryOp::kRsqrt:
      return map<Z, Z>(x, y, n, p, [](Z z) { return T(1) / Math<T>::sqrt(z); });
    case UnaryOp::kExp:
      return map<Z, Z>(x, y, n, p, Math<T>::exp);
    case UnaryOp::kExpm1:
      return map<Z, Z>(x, y, n, p, expm1_of<T>);
    case UnaryOp::kLog:
      return map<Z, Z>(x, y, n, p, Math<T>::log);
    case UnaryOp::kLog1p:
      return map<Z, Z>(x, y, n, p, log1p_of<T>);
    case UnaryOp::kSin:
      return map<Z, Z>(x, y, n, p, Math<T>::sin);
    case UnaryOp::kCos:
      return map<Z, Z>(x, y, n, p, Math<T>::cos);
    case UnaryOp::kTan:
      return map<Z, Z>(x, y, n, p, Math<T>::tan);
    case UnaryOp::kTanh:
      return map<Z, Z>(x, y, n, p, Math<T>::tanh);
    case UnaryOp::kSigmoid:
      return map<Z, Z>(x, y, n, p, sigmoid_of<T>);
    case UnaryOp::kAbs:
      return map<Z, T>(x, y, n, p, Math<T>::magnitude);
    case UnaryOp::kAngle:
      return map<Z, T>(x, y, n, p, Math<T>::angle);
    case UnaryOp::kReal:
      return map<Z, T>(x, y, n, p, [](Z z) -> T { return __real__ z; });
    case UnaryOp::kImag:
      return map<Z, T>(x, y, n, p, [](Z z) -> T { return __imag__ z; });
    default:
      return Status::kUnsupported;
  }
}

// What does not change with the dtype: an operation on two complex numbers.
template <class T, class R, class F>
void loop(const char* const (&in)[2], const int64_t (&strides)[2], char* out, int64_t n, const F& f) {
  const C<T>* a = reinterpret_cast<const C<T>*>(in[0]);
  const C<T>* b = reinterpret_cast<const C<T>*>(in[1]);
  R* y = reinterpret_cast<R*>(out);
  for (int64_t i = 0; i < n; ++i) y[i] = f(a[i * strides[0]], b[i * strides[1]]);
}

template <class T, class R, class Op>
void run_of(const char* const (&in)[2], const int64_t (&strides)[2], char* out, int64_t n) {
  loop<T, R>(in, strides, out, n, [](C<T> a, C<T> b) { return Op::template apply<T>(a, b); });
}

struct Add {
  template <class T>
  static C<T> apply(C<T> a, C<T> b) {
    return a + b;
  }
};
struct Sub {
  template <class T>
  static C<T> apply(C<T> a, C<T> b) {
    return a - b;
  }
};
struct Mul {
  template <class T>
  static C<T> apply(C<T> a, C<T> b) {
    return a * b;
  }
};
struct Div {
  template <class T>
  static C<T> apply(C<T> a, C<T> b) {
    return a / b;
  }
};
struct Pow {
  template <class T>
  static C<T> apply(C<T> a, C<T> b) {
    if (b == T(0)) return make<T>(1, 0);
    if (a == T(0)) return __real__ b > T(0) ? make<T>(0, 0) : Math<T>::pow(a, b);
    if (b == T(1)) return a;
    if (b == T(2)) return a * a;
    return Math<T>::pow(a, b);
  }
};
// |a - b| squared, a complex number of imaginary part 0.
struct SquaredDifference {
  template <class T>
  static C<T> apply(C<T> a, C<T> b) {
    const C<T> d = a - b;
    return make<T>(__real__ d * __real__ d + __imag__ d * __imag__ d, 0);
  }
};
struct TanhGrad {
  template <class T>
  static C<T> apply(C<T> dy, C<T> y) {
    return dy * (T(1) - y * y);
  }
};
struct SigmoidGrad {
  template <class T>
  static C<T> apply(C<T> dy, C<T> y) {
    return dy * y * (T(1) - y);
  }
};
struct Equal {
  template <class T>
  static uint8_t apply(C<T> a, C<T> b) {
    return a == b;
  }
};
struct NotEqual {
  template <class T>
  static uint8_t apply(C<T> a, C<T> b) {
    return a != b;
  }
};

template <class T>
base::BinaryRun binary_run(BinaryOp op) {
  switch (op) {
    case BinaryOp::kAdd:
      return run_of<T, C<T>, Add>;
    case BinaryOp::kSub:
      return run_of<T, C<T>, Sub>;
    case BinaryOp::kMul:
      return run_of<T, C<T>, Mul>;
    case BinaryOp::kDiv:
      return run_of<T, C<T>, Div>;
    case BinaryOp::kPow:
      return run_of<T, C<T>, Pow>;
    case BinaryOp::kSquaredDifference:
      return run_of<T, C<T>, SquaredDifference>;
    case BinaryOp::kTanhGrad:
      return run_of<T, C<T>, TanhGrad>;
    case BinaryOp::kSigmoidGrad:
      return run_of<T, C<T>, SigmoidGrad>;
    case BinaryOp::kEqual:
      return run_of<T, uint8_t, Equal>;
    case BinaryOp::kNotEqual:
      return run_of<T, uint8_t, NotEqual>;
    default:
      return nullptr;
  }
}

// By way of complex128.
template <class T>
Status special_unary_as(SpecialUnary op, const void* x, void* y, int64_t n, const Parallel& p) {
  using Z = C<T>;
  using Wide = C<double>;
  const auto through = [&](Wide (*f)(Wide)) {
    return map<Z, Z>(x, y, n, p, [f](Z z) { return static_cast<Z>(f(static_cast<Wide>(z))); });
  };
  switch (op) {
    case SpecialUnary::kAcos:
      return through([](Wide z) -> Wide { return __builtin_cacos(z); });
    case SpecialUnary::kAcosh:
      return through([](Wide z) -> Wide { return __builtin_cacosh(z); });
    case SpecialUnary::kAsin:
      return through([](Wide z) -> Wide { return __builtin_casin(z); });
    case SpecialUnary::kAsinh:
      return through([](Wide z) -> Wide { return __builtin_casinh(z); });
    case SpecialUnary::kAtan:
      return through([](Wide z) -> Wide { return __builtin_catan(z); });
    case SpecialUnary::kAtanh:
      return through([](Wide z) -> Wide { return __builtin_catanh(z); });
    case SpecialUnary::kSinh:
      return through([](Wide z) -> Wide { return __builtin_csinh(z); });
    case SpecialUnary::kCosh:
      return through([](Wide z) -> Wide { return __builtin_ccosh(z); });
    default:
      return Status::kUnsupported;
  }
}

// 0 where x is 0, whatever y is.
struct Xlogy {
  template <class T>
  static C<T> apply(C<T> x, C<T> y) {
    return x == T(0) ? x : x * Math<T>::log(y);
  }
};
struct Xlog1py {
  template <class T>
  static C<T> apply(C<T> x, C<T> y) {
    return x == T(0) ? x : x * log1p_of<T>(y);
  }
};
struct Xdivy {
  template <class T>
  static C<T> apply(C<T> x, C<T> y) {
    return x == T(0) ? x : x / y;
  }
};

template <class T>
void join_run(const char* const (&in)[2], const int64_t (&strides)[2], char* out, int64_t n) {
  const T* x = reinterpret_cast<const T*>(in[0]);
  const T* y = reinterpret_cast<const T*>(in[1]);
  T* z = reinterpret_cast<T*>(out);
  for (int64_t i = 0; i < n; ++i) {
    z[2 * i] = x[i * strides[0]];
    z[2 * i + 1] = y[i * strides[1]];
  }
}

template <class F>
Status with_part(DType dtype, const F& f) {
  if (dtype == DType::kComplex64) return f(base::Tag<float>{});
  if (dtype == DType::kComplex128) return f(base::Tag<double>{});
  return Status::kUnsupported;
}

// Element offset of a position among the axes that are reduced, or among those that are not.
int64_t offset_of(int64_t position, bool of_reduced, const int64_t* dims, const int64_t* strides, int32_t rank,
                  uint32_t axis_mask) {
  int64_t at = 0;
  for (int32_t i = rank - 1; i >= 0; --i) {
    if (((axis_mask >> i & 1) != 0) != of_reduced) continue;
    at += position % dims[i] * strides[i];
    position /= dims[i];
  }
  return at;
}

}  // namespace

Status complex_unary(UnaryOp op, DType dtype, const void* x, void* y, int64_t n, const Parallel& parallel) {
  return with_part(dtype,
                   [&](auto tag) { return unary_as<typename decltype(tag)::type>(op, x, y, n, parallel); });
}

Status complex_binary(BinaryOp op, DType dtype, const void* a, const void* b, void* out,
                      const BroadcastPlan& plan, const Parallel& parallel) {
  return with_part(dtype, [&](auto tag) {
    const base::BinaryRun run = binary_run<typename decltype(tag)::type>(op);
    if (run == nullptr) return Status::kUnsupported;
    const bool to_bool = op == BinaryOp::kEqual || op == BinaryOp::kNotEqual;
    const size_t size = dtype_size(dtype);
    return run_binary(run, size, to_bool ? 1 : size, a, b, out, plan, parallel);
  });
}

Status complex_special_unary(SpecialUnary op, DType dtype, const void* x, void* y, int64_t n,
                             const Parallel& parallel) {
  return with_part(
      dtype, [&](auto tag) { return special_unary_as<typename decltype(tag)::type>(op, x, y, n, parallel); });
}

Status complex_special_binary(SpecialBinary op, DType dtype, const void* a, const void* b, void* out,
                              const BroadcastPlan& plan, const Parallel& parallel) {
  return with_part(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const size_t size = dtype_size(dtype);
    switch (op) {
      case SpecialBinary::kXlogy:
        return run_binary(run_of<T, C<T>, Xlogy>, size, size, a, b, out, plan, parallel);
      case SpecialBinary::kXlog1py:
        return run_binary(run_of<T, C<T>, Xlog1py>, size, size, a, b, out, plan, parallel);
      case SpecialBinary::kXdivy:
        return run_binary(run_of<T, C<T>, Xdivy>, size, size, a, b, out, plan, parallel);
      default:
        return Status::kUnsupported;
    }
  });
}

Status complex_prod(DType dtype, const void* x, const int64_t* dims, int32_t rank, uint32_t axis_mask, void* out,
                    const Parallel& parallel) {
  int64_t strides[kMaxRank];
  int64_t outputs = 1;
  int64_t count = 1;
  int64_t next = 1;
  for (int32_t i = rank - 1; i >= 0; --i) {
    strides[i] = next;
    next *= dims[i];
    ((axis_mask >> i & 1) != 0 ? count : outputs) *= dims[i];
  }
  return with_part(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const C<T>* from = static_cast<const C<T>*>(x);
    C<T>* to = static_cast<C<T>*>(out);
    parallel_range(parallel, outputs, max_of<int64_t>(1, kGrain / max_of<int64_t>(1, count)),
                   [=, &strides](int64_t begin, int64_t end) {
                     for (int64_t o = begin; o < end; ++o) {
                       const C<T>* start = from + offset_of(o, false, dims, strides, rank, axis_mask);
                       C<T> product = make<T>(1, 0);
                       for (int64_t i = 0; i < count; ++i)
                         product *= start[offset_of(i, true, dims, strides, rank, axis_mask)];
                       to[o] = product;
                     }
                   });
    return Status::kOk;
  });
}

Status complex_cumprod(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, bool exclusive,
                       bool reverse, void* out, const Parallel& parallel) {
  return with_part(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const C<T>* from = static_cast<const C<T>*>(x);
    C<T>* to = static_cast<C<T>*>(out);
    parallel_range(parallel, outer * inner, max_of<int64_t>(1, kGrain / max_of<int64_t>(1, n)),
                   [=](int64_t begin, int64_t end) {
                     for (int64_t t = begin; t < end; ++t) {
                       const int64_t first = t / inner * n * inner + t % inner;
                       C<T> product = make<T>(1, 0);
                       for (int64_t i = 0; i < n; ++i) {
                         const int64_t at = first + (reverse ? n - 1 - i : i) * inner;
                         const C<T> before = product;
                         product *= from[at];
                         to[at] = exclusive ? before : product;
                       }
                     }
                   });
    return Status::kOk;
  });
}

Status join_complex(DType part, const void* real, const void* imag, void* z, const BroadcastPlan& plan,
                    const Parallel& parallel) {
  return base::with_float(part, [&](auto tag) {
    using T = typename decltype(tag)::type;
    return run_binary(join_run<T>, sizeof(T), 2 * sizeof(T), real, imag, z, plan, parallel);
  });
}

Status split_complex(DType dtype, const void* z, bool conjugate, void* real, void* imag, int64_t n,
                     const Parallel& parallel) {
  return with_part(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* from = static_cast<const T*>(z);
    T* x = static_cast<T*>(real);
    T* y = static_cast<T*>(imag);
    parallel_range(parallel, n, kGrain, [=](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        x[i] = from[2 * i];
        y[i] = conjugate ? -from[2 * i + 1] : from[2 * i + 1];
      }
    });
    return Status::kOk;
  });
}

}  // namespace tg::kernels
