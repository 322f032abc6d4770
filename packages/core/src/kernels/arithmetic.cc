// Elementwise arithmetic of two arguments.
#include <math.h>

#include "kernels/broadcast.h"
#include "kernels/half.h"

namespace tg::kernels::TG_ISA {
namespace {

// Integers wrap; all arithmetic on them is done in 64 unsigned bits.
struct Add {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(a + b);
  }
};
struct Sub {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(a - b);
  }
};
struct Mul {
  template <class T>
  static T apply(T a, T b) {
    if constexpr (kIsFloat<T>) {
      return a * b;
    } else {
      return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
    }
  }
};
struct SquaredDifference {
  template <class T>
  static T apply(T a, T b) {
    const T d = Sub::apply(a, b);
    return Mul::apply(d, d);
  }
};
struct Maximum {
  template <class T>
  static T apply(T a, T b) {
    return (a > b) | (a != a) ? a : b;
  }
};
struct Minimum {
  template <class T>
  static T apply(T a, T b) {
    return (a < b) | (a != a) ? a : b;
  }
};

struct FloatDiv {
  template <class T>
  static T apply(T a, T b) {
    return a / b;
  }
};
struct FloatFloorDiv {
  static float apply(float a, float b) { return __builtin_floorf(a / b); }
  static double apply(double a, double b) { return __builtin_floor(a / b); }
};
struct FloatFloorMod {
  static float apply(float a, float b) {
    const float r = fmodf(a, b);
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
  }
  static double apply(double a, double b) {
    const double r = fmod(a, b);
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
  }
};
struct FloatPow {
  static float apply(float a, float b) { return powf(a, b); }
  static double apply(double a, double b) { return pow(a, b); }
};

struct ReluGrad {
  template <class T>
  static T apply(T dy, T y) {
    return y > T(0) ? dy : T(0);
  }
};
struct Relu6Grad {
  template <class T>
  static T apply(T dy, T y) {
    return (y > T(0)) & (y < T(6)) ? dy : T(0);
  }
};
struct TanhGrad {
  template <class T>
  static T apply(T dy, T y) {
    return dy * (T(1) - y * y);
  }
};
struct SigmoidGrad {
  template <class T>
  static T apply(T dy, T y) {
    return dy * y * (T(1) - y);
  }
};
struct SoftplusGrad {
  static float apply(float dy, float x) { return dy / (1.0f + expf(-x)); }
  static double apply(double dy, double x) { return dy / (1.0 + exp(-x)); }
};

struct BitAnd {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(a & b);
  }
};
struct BitOr {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(a | b);
  }
};
struct BitXor {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(a ^ b);
  }
};

template <class T>
int shift_of(T bits) {
  constexpr int most = static_cast<int>(sizeof(T)) * 8 - 1;
  if (kIsSigned<T> && bits < 0) return 0;
  return bits > static_cast<T>(most) ? most : static_cast<int>(bits);
}
struct LeftShift {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(static_cast<uint64_t>(a) << shift_of(b));
  }
};
struct RightShift {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(a >> shift_of(b));
  }
};

// The divisor is neither 0 nor -1: the processor traps on the first, and on the second for the lowest value.
struct IntDiv {
  template <class T>
  static T safe(T a, T b) {
    return static_cast<T>(a / b);
  }
  template <class T>
  static T by_minus_one(T a) {
    return static_cast<T>(0 - static_cast<uint64_t>(a));
  }
};
struct IntFloorDiv {
  template <class T>
  static T safe(T a, T b) {
    const T q = static_cast<T>(a / b);
    const T r = static_cast<T>(a % b);
    return kIsSigned<T> && r != 0 && (r < 0) != (b < 0) ? static_cast<T>(q - 1) : q;
  }
  template <class T>
  static T by_minus_one(T a) {
    return static_cast<T>(0 - static_cast<uint64_t>(a));
  }
};
struct IntFloorMod {
  template <class T>
  static T safe(T a, T b) {
    const T r = static_cast<T>(a % b);
    return kIsSigned<T> && r != 0 && (r < 0) != (b < 0) ? static_cast<T>(r + b) : r;
  }
  template <class T>
  static T by_minus_one(T) {
    return T(0);
  }
};
template <class Op>
struct Checked {
  template <class T>
  static T apply(T a, T b, bool* bad) {
    if (b == 0) {
      *bad = true;
      return 0;
    }
    return kIsSigned<T> && b == static_cast<T>(-1) ? Op::by_minus_one(a) : Op::safe(a, b);
  }
};
struct IntPow {
  template <class T>
  static T apply(T a, T b, bool* bad) {
    if (kIsSigned<T> && b < 0) {
      *bad = true;
      return 0;
    }
    uint64_t result = 1;
    uint64_t base = static_cast<uint64_t>(a);
    for (uint64_t e = static_cast<uint64_t>(b); e != 0; e >>= 1) {
      if (e & 1) result *= base;
      base *= base;
    }
    return static_cast<T>(result);
  }
};

template <class T>
BinaryRun common_run(BinaryOp op) {
  switch (op) {
    case BinaryOp::kAdd:
      return binary_run<T, T, Add>;
    case BinaryOp::kSub:
      return binary_run<T, T, Sub>;
    case BinaryOp::kMul:
      return binary_run<T, T, Mul>;
    case BinaryOp::kMaximum:
      return binary_run<T, T, Maximum>;
    case BinaryOp::kMinimum:
      return binary_run<T, T, Minimum>;
    case BinaryOp::kSquaredDifference:
      return binary_run<T, T, SquaredDifference>;
    default:
      return nullptr;
  }
}

template <class T>
void float_pow_run(const char* const (&in)[2], const int64_t (&strides)[2], char* out, int64_t n) {
  const bool squares = strides[1] == 0 && *reinterpret_cast<const T*>(in[1]) == T(2);
  if (squares) {
    const char* const twice[2] = {in[0], in[0]};
    if (strides[0] != 0 || n == 1) return binary_run<T, T, Mul>(twice, {1, 1}, out, n);
  }
  binary_run<T, T, FloatPow>(in, strides, out, n);
}

template <class T>
BinaryRun float_run(BinaryOp op) {
  switch (op) {
    case BinaryOp::kDiv:
      return binary_run<T, T, FloatDiv>;
    case BinaryOp::kFloorDiv:
      return binary_run<T, T, FloatFloorDiv>;
    case BinaryOp::kFloorMod:
      return binary_run<T, T, FloatFloorMod>;
    case BinaryOp::kPow:
      return float_pow_run<T>;
    case BinaryOp::kReluGrad:
      return binary_run<T, T, ReluGrad>;
    case BinaryOp::kRelu6Grad:
      return binary_run<T, T, Relu6Grad>;
    case BinaryOp::kTanhGrad:
      return binary_run<T, T, TanhGrad>;
    case BinaryOp::kSigmoidGrad:
      return binary_run<T, T, SigmoidGrad>;
    case BinaryOp::kSoftplusGrad:
      return binary_run<T, T, SoftplusGrad>;
    default:
      return common_run<T>(op);
  }
}

template <class T>
BinaryRun integer_run(BinaryOp op) {
  switch (op) {
    case BinaryOp::kBitwiseAnd:
      return binary_run<T, T, BitAnd>;
    case BinaryOp::kBitwiseOr:
      return binary_run<T, T, BitOr>;
    case BinaryOp::kBitwiseXor:
      return binary_run<T, T, BitXor>;
    case BinaryOp::kLeftShift:
      return binary_run<T, T, LeftShift>;
    case BinaryOp::kRightShift:
      return binary_run<T, T, RightShift>;
    default:
      return common_run<T>(op);
  }
}

// Operations that can fail; `failure` is what a bad element makes of the status.
template <class T, class Op>
Status run_checked(Status failure, const void* a, const void* b, void* out, const BroadcastPlan& plan,
                   const Parallel& parallel) {
  int failed = 0;
  const void* const in[2] = {a, b};
  const size_t sizes[2] = {sizeof(T), sizeof(T)};
  walk<2>(plan, in, sizes, out, sizeof(T), parallel,
          [&failed](const char* const(&p)[2], const int64_t (&strides)[2], char* to, int64_t n) {
            const T* x = reinterpret_cast<const T*>(p[0]);
            const T* y = reinterpret_cast<const T*>(p[1]);
            T* z = reinterpret_cast<T*>(to);
            bool bad = false;
            for (int64_t i = 0; i < n; ++i) z[i] = Op::apply(x[i * strides[0]], y[i * strides[1]], &bad);
            if (bad) __atomic_store_n(&failed, 1, __ATOMIC_RELAXED);
          });
  return failed ? failure : Status::kOk;
}

template <class T>
Status integer_arithmetic(BinaryOp op, const void* a, const void* b, void* out, const BroadcastPlan& plan,
                          const Parallel& parallel) {
  switch (op) {
    case BinaryOp::kDiv:
      return run_checked<T, Checked<IntDiv>>(Status::kDivisionByZero, a, b, out, plan, parallel);
    case BinaryOp::kFloorDiv:
      return run_checked<T, Checked<IntFloorDiv>>(Status::kDivisionByZero, a, b, out, plan, parallel);
    case BinaryOp::kFloorMod:
      return run_checked<T, Checked<IntFloorMod>>(Status::kDivisionByZero, a, b, out, plan, parallel);
    case BinaryOp::kPow:
      return run_checked<T, IntPow>(Status::kNegativeExponent, a, b, out, plan, parallel);
    default:
      break;
  }
  const BinaryRun run = integer_run<T>(op);
  if (run == nullptr) return Status::kUnsupported;
  return run_binary(run, sizeof(T), sizeof(T), a, b, out, plan, parallel);
}

template <class T>
Status scaled_add(T alpha, const void* x, void* y, int64_t n, const Parallel& parallel) {
  const T* px = static_cast<const T*>(x);
  T* py = static_cast<T*>(y);
  parallel_range(parallel, n, 32768, [=](int64_t begin, int64_t end) {
#pragma GCC ivdep
    for (int64_t i = begin; i < end; ++i) py[i] = Add::apply(py[i], Mul::apply(alpha, px[i]));
  });
  return Status::kOk;
}

}  // namespace

BinaryRun find_arithmetic(BinaryOp op, DType dtype) {
  BinaryRun run = nullptr;
  const Status found = with_float(dtype, [&](auto tag) {
    run = float_run<typename decltype(tag)::type>(op);
    return Status::kOk;
  });
  if (found != Status::kOk) {
    with_integer(dtype, [&](auto tag) {
      run = integer_run<typename decltype(tag)::type>(op);
      return Status::kOk;
    });
  }
  return run;
}

Status arithmetic(BinaryOp op, DType dtype, const void* a, const void* b, void* out,
                  const BroadcastPlan& plan, const Parallel& parallel) {
  if (is_half(dtype)) {
    const BinaryRun run = float_run<float>(op);
    if (run == nullptr) return Status::kUnsupported;
    return run_binary_of_halves(run, dtype, false, a, b, out, plan, parallel);
  }
  const Status status = with_float(dtype, [&](auto tag) {
    const BinaryRun run = float_run<typename decltype(tag)::type>(op);
    if (run == nullptr) return Status::kUnsupported;
    return run_binary(run, dtype_size(dtype), dtype_size(dtype), a, b, out, plan, parallel);
  });
  if (status != Status::kUnsupported) return status;
  return with_integer(dtype, [&](auto tag) {
    return integer_arithmetic<typename decltype(tag)::type>(op, a, b, out, plan, parallel);
  });
}

Status axpy(DType dtype, double alpha, const void* x, void* y, int64_t n, const Parallel& parallel) {
  if (is_half(dtype)) {
    const float scale = static_cast<float>(alpha);
    const uint16_t* from = static_cast<const uint16_t*>(x);
    uint16_t* to = static_cast<uint16_t*>(y);
    parallel_range(parallel, n, 32768, [=](int64_t begin, int64_t end) {
      float added[kHalfTile];
      float sum[kHalfTile];
      for (int64_t i = begin; i < end; i += kHalfTile) {
        const int64_t count = min_of(kHalfTile, end - i);
        widen(dtype, from + i, added, count);
        widen(dtype, to + i, sum, count);
        for (int64_t j = 0; j < count; ++j) sum[j] += scale * added[j];
        narrow(dtype, sum, to + i, count);
      }
    });
    return Status::kOk;
  }
  return with_number(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    return scaled_add<T>(static_cast<T>(alpha), x, y, n, parallel);
  });
}

}  // namespace tg::kernels::TG_ISA
