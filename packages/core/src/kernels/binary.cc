// Elementwise comparison and logic of two arguments, selection among two, and the shared walk.
#include "kernels/broadcast.h"
#include "kernels/complex.h"
#include "kernels/half.h"

namespace tg::kernels::TG_ISA {
namespace {

struct Equal {
  template <class T>
  static uint8_t apply(T a, T b) {
    return a == b;
  }
};
struct NotEqual {
  template <class T>
  static uint8_t apply(T a, T b) {
    return a != b;
  }
};
struct Less {
  template <class T>
  static uint8_t apply(T a, T b) {
    return a < b;
  }
};
struct LessEqual {
  template <class T>
  static uint8_t apply(T a, T b) {
    return a <= b;
  }
};
struct LogicalAnd {
  static uint8_t apply(uint8_t a, uint8_t b) { return (a != 0) & (b != 0); }
};
struct LogicalOr {
  static uint8_t apply(uint8_t a, uint8_t b) { return (a | b) != 0; }
};
struct LogicalXor {
  static uint8_t apply(uint8_t a, uint8_t b) { return (a != 0) ^ (b != 0); }
};
struct BoolEqual {
  static uint8_t apply(uint8_t a, uint8_t b) { return (a != 0) == (b != 0); }
};

BinaryRun bool_run(BinaryOp op) {
  switch (op) {
    case BinaryOp::kLogicalAnd:
    case BinaryOp::kBitwiseAnd:
      return binary_run<uint8_t, uint8_t, LogicalAnd>;
    case BinaryOp::kLogicalOr:
    case BinaryOp::kBitwiseOr:
      return binary_run<uint8_t, uint8_t, LogicalOr>;
    case BinaryOp::kBitwiseXor:
    case BinaryOp::kNotEqual:
      return binary_run<uint8_t, uint8_t, LogicalXor>;
    case BinaryOp::kEqual:
      return binary_run<uint8_t, uint8_t, BoolEqual>;
    default:
      return nullptr;
  }
}

template <class T>
struct Swapped {  // a > b is b < a
  template <class Op>
  struct With {
    static uint8_t apply(T a, T b) { return Op::apply(b, a); }
  };
};

template <class T>
BinaryRun compare_run(BinaryOp op) {
  switch (op) {
    case BinaryOp::kEqual:
      return binary_run<T, uint8_t, Equal>;
    case BinaryOp::kNotEqual:
      return binary_run<T, uint8_t, NotEqual>;
    case BinaryOp::kLess:
      return binary_run<T, uint8_t, Less>;
    case BinaryOp::kLessEqual:
      return binary_run<T, uint8_t, LessEqual>;
    case BinaryOp::kGreater:
      return binary_run<T, uint8_t, typename Swapped<T>::template With<Less>>;
    case BinaryOp::kGreaterEqual:
      return binary_run<T, uint8_t, typename Swapped<T>::template With<LessEqual>>;
    default:
      return nullptr;
  }
}

template <class U>
void select_run(const char* const (&in)[3], const int64_t (&strides)[3], char* out, int64_t n) {
  const uint8_t* c = reinterpret_cast<const uint8_t*>(in[0]);
  const U* x = reinterpret_cast<const U*>(in[1]);
  const U* y = reinterpret_cast<const U*>(in[2]);
  U* to = reinterpret_cast<U*>(out);
  if (strides[0] == 0) {
    const bool first = *c != 0;
    copy_run<U>(first ? in[1] : in[2], strides[first ? 1 : 2], out, n);
  } else if (strides[1] != 0 && strides[2] != 0) {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) to[i] = c[i] ? x[i] : y[i];
  } else if (strides[1] != 0) {
    const U other = *y;
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) to[i] = c[i] ? x[i] : other;
  } else if (strides[2] != 0) {
    const U value = *x;
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) to[i] = c[i] ? value : y[i];
  } else {
    const U value = *x;
    const U other = *y;
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) to[i] = c[i] ? value : other;
  }
}

}  // namespace

BinaryRun find_comparison(BinaryOp op, DType dtype) {
  if (dtype == DType::kBool) return bool_run(op);
  BinaryRun run = nullptr;
  with_number(dtype, [&](auto tag) {
    run = compare_run<typename decltype(tag)::type>(op);
    return Status::kOk;
  });
  return run;
}

SelectRun find_select(size_t elem_size) {
  switch (elem_size) {
    case 1:
      return select_run<uint8_t>;
    case 2:
      return select_run<uint16_t>;
    case 4:
      return select_run<uint32_t>;
    case 8:
      return select_run<uint64_t>;
    case 16:
      return select_run<Block16>;
    default:
      return nullptr;
  }
}

Status run_binary(BinaryRun run, size_t in_size, size_t out_size, const void* a, const void* b, void* out,
                  const BroadcastPlan& plan, const Parallel& parallel) {
  const void* const in[2] = {a, b};
  const size_t sizes[2] = {in_size, in_size};
  walk<2>(plan, in, sizes, out, out_size, parallel, run);
  return Status::kOk;
}

Status run_binary_of_halves(BinaryRun run, DType dtype, bool to_bool, const void* a, const void* b, void* out,
                            const BroadcastPlan& plan, const Parallel& parallel) {
  const void* const in[2] = {a, b};
  const size_t sizes[2] = {2, 2};
  walk<2>(plan, in, sizes, out, to_bool ? 1 : 2, parallel,
          [=](const char* const(&p)[2], const int64_t (&strides)[2], char* to, int64_t n) {
            float wide[2][kHalfTile];
            const char* const tiles[2] = {reinterpret_cast<const char*>(wide[0]),
                                          reinterpret_cast<const char*>(wide[1])};
            for (int64_t i = 0; i < n; i += kHalfTile) {
              const int64_t count = min_of(kHalfTile, n - i);
              for (int k = 0; k < 2; ++k) {
                const uint16_t* from = reinterpret_cast<const uint16_t*>(p[k]) + i * strides[k];
                widen(dtype, from, wide[k], strides[k] == 0 ? 1 : count);
              }
              if (to_bool) {
                run(tiles, strides, to + i, count);
              } else {
                float result[kHalfTile];
                run(tiles, strides, reinterpret_cast<char*>(result), count);
                narrow(dtype, result, reinterpret_cast<uint16_t*>(to) + i, count);
              }
            }
          });
  return Status::kOk;
}

Status comparison(BinaryOp op, DType dtype, const void* a, const void* b, void* out,
                  const BroadcastPlan& plan, const Parallel& parallel) {
  if (is_half(dtype)) {
    const BinaryRun wide = compare_run<float>(op);
    if (wide == nullptr) return Status::kUnsupported;
    return run_binary_of_halves(wide, dtype, true, a, b, out, plan, parallel);
  }
  const BinaryRun run = find_comparison(op, dtype);
  if (run == nullptr) return Status::kUnsupported;
  return run_binary(run, dtype_size(dtype), 1, a, b, out, plan, parallel);
}

Status binary(BinaryOp op, DType dtype, const void* a, const void* b, void* out, const BroadcastPlan& plan,
              const Parallel& parallel) {
  if (dtype == DType::kComplex64 || dtype == DType::kComplex128)
    return complex_binary(op, dtype, a, b, out, plan, parallel);
  const bool compares = op >= BinaryOp::kLogicalAnd && op <= BinaryOp::kGreaterEqual;
  return compares || dtype == DType::kBool ? comparison(op, dtype, a, b, out, plan, parallel)
                                           : arithmetic(op, dtype, a, b, out, plan, parallel);
}

Status select(size_t elem_size, const void* cond, const void* x, const void* y, void* out,
              const BroadcastPlan& plan, const Parallel& parallel) {
  const SelectRun run = find_select(elem_size);
  if (run == nullptr) return Status::kUnsupported;
  const void* const in[3] = {cond, x, y};
  const size_t sizes[3] = {1, elem_size, elem_size};
  walk<3>(plan, in, sizes, out, elem_size, parallel, run);
  return Status::kOk;
}

}  // namespace tg::kernels::TG_ISA
