// Elementwise functions of one argument.
#include "kernels/vmath.h"

#include "kernels/complex.h"
#include "kernels/elementwise.h"
#include "kernels/half.h"

namespace tg::kernels::TG_ISA {
namespace {

// Elements of a chunk: cheap operations wait for memory, costly ones for arithmetic.
constexpr int64_t kCheapGrain = 32768;
constexpr int64_t kCostlyGrain = 4096;

template <class T, class R, class F>
Status map(const void* x, void* y, int64_t n, int64_t grain, const Parallel& parallel, const F& f) {
  const T* px = static_cast<const T*>(x);
  R* py = static_cast<R*>(y);
  parallel_range(parallel, n, grain, [=](int64_t begin, int64_t end) {
#pragma GCC ivdep
    for (int64_t i = begin; i < end; ++i) py[i] = f(px[i]);
  });
  return Status::kOk;
}

// float32 through a function on vectors. The tail goes through a padded vector, so that every element is
// computed alike.
template <class F>
Status map_vector(const void* x, void* y, int64_t n, const Parallel& parallel, const F& f) {
  const float* px = static_cast<const float*>(x);
  float* py = static_cast<float*>(y);
  parallel_range(parallel, n, kCostlyGrain, [=](int64_t begin, int64_t end) {
    int64_t i = begin;
    for (; i + kLanes <= end; i += kLanes) store(py + i, f(load<VF>(px + i)));
    if (i < end) {
      VF v{};
      memcpy(&v, px + i, static_cast<size_t>(end - i) * sizeof(float));
      v = f(v);
      memcpy(py + i, &v, static_cast<size_t>(end - i) * sizeof(float));
    }
  });
  return Status::kOk;
}

template <class T>
T negated(T x) {
  if constexpr (kIsFloat<T>) {
    return -x;
  } else {
    return static_cast<T>(0 - static_cast<uint64_t>(x));
  }
}

template <class T>
T absolute(T x) {
  if constexpr (sizeof(T) == 4 && kIsFloat<T>) {
    return __builtin_fabsf(x);
  } else if constexpr (kIsFloat<T>) {
    return __builtin_fabs(x);
  } else {
    return x < 0 ? negated(x) : x;
  }
}

template <class T>
T sign(T x) {
  if constexpr (kIsFloat<T>) {
    // Where denormals count as zero neither comparison holds for one, and the sum is then 0; NaN stays NaN.
    return x > 0 ? T(1) : (x < 0 ? T(-1) : x + x);
  } else {
    return static_cast<T>((x > 0) - (kIsSigned<T> && x < 0));
  }
}

template <class T>
Status reciprocal_of_integers(const void* x, void* y, int64_t n, const Parallel& parallel) {
  const T* px = static_cast<const T*>(x);
  T* py = static_cast<T*>(y);
  int bad = 0;
  parallel_range(parallel, n, kCheapGrain, [=, &bad](int64_t begin, int64_t end) {
    bool zero = false;
    for (int64_t i = begin; i < end; ++i) {
      const T v = px[i];
      zero |= v == 0;
      py[i] = v == T(1) || (kIsSigned<T> && v == static_cast<T>(-1)) ? v : T(0);
    }
    if (zero) __atomic_store_n(&bad, 1, __ATOMIC_RELAXED);
  });
  return bad ? Status::kDivisionByZero : Status::kOk;
}

template <class T>
Status number_op(UnaryOp op, const void* x, void* y, int64_t n, const Parallel& p) {
  switch (op) {
    case UnaryOp::kNegative:
      return map<T, T>(x, y, n, kCheapGrain, p, [](T v) { return negated(v); });
    case UnaryOp::kAbs:
      return map<T, T>(x, y, n, kCheapGrain, p, [](T v) { return absolute(v); });
    case UnaryOp::kSign:
      return map<T, T>(x, y, n, kCheapGrain, p, [](T v) { return sign(v); });
    case UnaryOp::kSquare:
      return map<T, T>(x, y, n, kCheapGrain, p, [](T v) {
        if constexpr (kIsFloat<T>) {
          return v * v;
        } else {
          return static_cast<T>(static_cast<uint64_t>(v) * static_cast<uint64_t>(v));
        }
      });
    case UnaryOp::kRelu:
      return map<T, T>(x, y, n, kCheapGrain, p, [](T v) { return v < T(0) ? T(0) : v; });
    case UnaryOp::kRelu6:
      return map<T, T>(x, y, n, kCheapGrain, p, [](T v) {
        const T low = v < T(0) ? T(0) : v;
        return low > T(6) ? T(6) : low;
      });
    default:
      return Status::kUnsupported;
  }
}

template <class T>
Status integer_op(UnaryOp op, const void* x, void* y, int64_t n, const Parallel& p) {
  switch (op) {
    case UnaryOp::kReciprocal:
      return reciprocal_of_integers<T>(x, y, n, p);
    case UnaryOp::kFloor:
    case UnaryOp::kCeil:
    case UnaryOp::kRound:
      return map<T, T>(x, y, n, kCheapGrain, p, [](T v) { return v; });
    case UnaryOp::kBitwiseNot:
      return map<T, T>(x, y, n, kCheapGrain, p, [](T v) { return static_cast<T>(~v); });
    default:
      return number_op<T>(op, x, y, n, p);
  }
}

template <class T>
Status test_op(UnaryOp op, const void* x, void* y, int64_t n, const Parallel& p) {
  const T inf = highest_of<T>();
  switch (op) {
    case UnaryOp::kIsNan:
      return map<T, uint8_t>(x, y, n, kCheapGrain, p, [](T v) -> uint8_t { return v != v; });
    case UnaryOp::kIsInf:
      return map<T, uint8_t>(x, y, n, kCheapGrain, p, [=](T v) -> uint8_t { return absolute(v) == inf; });
    default:
      return map<T, uint8_t>(x, y, n, kCheapGrain, p, [=](T v) -> uint8_t { return absolute(v) < inf; });
  }
}

Status float_op(UnaryOp op, const void* x, void* y, int64_t n, const Parallel& p) {
  switch (op) {
    case UnaryOp::kReciprocal:
      return map<float, float>(x, y, n, kCheapGrain, p, [](float v) { return 1.0f / v; });
    case UnaryOp::kFloor:
      return map<float, float>(x, y, n, kCheapGrain, p, [](float v) { return __builtin_floorf(v); });
    case UnaryOp::kCeil:
      return map<float, float>(x, y, n, kCheapGrain, p, [](float v) { return __builtin_ceilf(v); });
    case UnaryOp::kRound:
      return map<float, float>(x, y, n, kCheapGrain, p, [](float v) { return __builtin_rintf(v); });
    case UnaryOp::kSqrt:
      return map<float, float>(x, y, n, kCheapGrain, p, [](float v) { return __builtin_sqrtf(v); });
    case UnaryOp::kRsqrt:
      return map<float, float>(x, y, n, kCheapGrain, p, [](float v) { return 1.0f / __builtin_sqrtf(v); });
    case UnaryOp::kExp:
      return map_vector(x, y, n, p, [](VF v) { return vexp(v); });
    case UnaryOp::kExpm1:
      return map_vector(x, y, n, p, [](VF v) { return vexpm1(v); });
    case UnaryOp::kLog:
      return map_vector(x, y, n, p, [](VF v) { return vlog(v); });
    case UnaryOp::kLog1p:
      return map_vector(x, y, n, p, [](VF v) { return vlog1p(v); });
    case UnaryOp::kSin:
      return map_vector(x, y, n, p, [](VF v) { return vsin(v); });
    case UnaryOp::kCos:
      return map_vector(x, y, n, p, [](VF v) { return vcos(v); });
    case UnaryOp::kTan:
      return map<float, float>(x, y, n, kCostlyGrain, p, [](float v) { return tanf(v); });
    case UnaryOp::kTanh:
      return map_vector(x, y, n, p, [](VF v) { return vtanh(v); });
    case UnaryOp::kSigmoid:
      return map_vector(x, y, n, p, [](VF v) { return vsigmoid(v); });
    case UnaryOp::kSoftplus:
      return map_vector(x, y, n, p, [](VF v) { return vsoftplus(v); });
    case UnaryOp::kErf:
      return map_vector(x, y, n, p, [](VF v) { return verf(v); });
    case UnaryOp::kIsNan:
    case UnaryOp::kIsInf:
    case UnaryOp::kIsFinite:
      return test_op<float>(op, x, y, n, p);
    default:
      return number_op<float>(op, x, y, n, p);
  }
}

template <class F>
Status map_double(const void* x, void* y, int64_t n, const Parallel& p, const F& f) {
  return map<double, double>(x, y, n, kCostlyGrain, p, f);
}

Status double_op(UnaryOp op, const void* x, void* y, int64_t n, const Parallel& p) {
  switch (op) {
    case UnaryOp::kReciprocal:
      return map_double(x, y, n, p, [](double v) { return 1.0 / v; });
    case UnaryOp::kFloor:
      return map_double(x, y, n, p, [](double v) { return __builtin_floor(v); });
    case UnaryOp::kCeil:
      return map_double(x, y, n, p, [](double v) { return __builtin_ceil(v); });
    case UnaryOp::kRound:
      return map_double(x, y, n, p, [](double v) { return __builtin_rint(v); });
    case UnaryOp::kSqrt:
      return map_double(x, y, n, p, [](double v) { return __builtin_sqrt(v); });
    case UnaryOp::kRsqrt:
      return map_double(x, y, n, p, [](double v) { return 1.0 / __builtin_sqrt(v); });
    case UnaryOp::kExp:
      return map_double(x, y, n, p, [](double v) { return exp(v); });
    case UnaryOp::kExpm1:
      return map_double(x, y, n, p, [](double v) { return expm1(v); });
    case UnaryOp::kLog:
      return map_double(x, y, n, p, [](double v) { return log(v); });
    case UnaryOp::kLog1p:
      return map_double(x, y, n, p, [](double v) { return log1p(v); });
    case UnaryOp::kSin:
      return map_double(x, y, n, p, [](double v) { return sin(v); });
    case UnaryOp::kCos:
      return map_double(x, y, n, p, [](double v) { return cos(v); });
    case UnaryOp::kTan:
      return map_double(x, y, n, p, [](double v) { return tan(v); });
    case UnaryOp::kTanh:
      return map_double(x, y, n, p, [](double v) { return tanh(v); });
    case UnaryOp::kSigmoid:
      return map_double(x, y, n, p, [](double v) {
        const double z = exp(-absolute(v));
        return (v >= 0 ? 1.0 : z) / (1.0 + z);
      });
    case UnaryOp::kSoftplus:
      return map_double(x, y, n, p, [](double v) { return (v > 0 ? v : 0.0) + log1p(exp(-absolute(v))); });
    case UnaryOp::kErf:
      return map_double(x, y, n, p, [](double v) { return erf(v); });
    case UnaryOp::kIsNan:
    case UnaryOp::kIsInf:
    case UnaryOp::kIsFinite:
      return test_op<double>(op, x, y, n, p);
    default:
      return number_op<double>(op, x, y, n, p);
  }
}

// Through float32, tile by tile.
Status half_op(UnaryOp op, DType dtype, const void* x, void* y, int64_t n, const Parallel& parallel) {
  const Parallel serial;
  float wide[kHalfTile];
  const Status status = float_op(op, wide, wide, 0, serial);
  if (status != Status::kOk) return status;
  const bool tests = op == UnaryOp::kIsNan || op == UnaryOp::kIsInf || op == UnaryOp::kIsFinite;
  const uint16_t* from = static_cast<const uint16_t*>(x);
  parallel_range(parallel, n, kCostlyGrain, [&](int64_t begin, int64_t end) {
    float tile[kHalfTile];
    for (int64_t i = begin; i < end; i += kHalfTile) {
      const int64_t count = min_of(kHalfTile, end - i);
      widen(dtype, from + i, tile, count);
      if (tests) {
        float_op(op, tile, static_cast<uint8_t*>(y) + i, count, serial);
      } else {
        float_op(op, tile, tile, count, serial);
        narrow(dtype, tile, static_cast<uint16_t*>(y) + i, count);
      }
    }
  });
  return Status::kOk;
}

}  // namespace

Status unary(UnaryOp op, DType dtype, const void* x, void* y, int64_t n, const Parallel& parallel) {
  switch (dtype) {
    case DType::kFloat32:
      return float_op(op, x, y, n, parallel);
    case DType::kFloat64:
      return double_op(op, x, y, n, parallel);
    case DType::kComplex64:
    case DType::kComplex128:
      return complex_unary(op, dtype, x, y, n, parallel);
    case DType::kFloat16:
    case DType::kBFloat16:
      return half_op(op, dtype, x, y, n, parallel);
    case DType::kBool:
      if (op != UnaryOp::kLogicalNot) return Status::kUnsupported;
      return map<uint8_t, uint8_t>(x, y, n, kCheapGrain, parallel,
                                   [](uint8_t v) -> uint8_t { return v == 0; });
    default:
      return with_integer(
          dtype, [&](auto tag) { return integer_op<typename decltype(tag)::type>(op, x, y, n, parallel); });
  }
}

}  // namespace tg::kernels::TG_ISA
