// Walks a BroadcastPlan in runs along its innermost dimension.
#ifndef TENSEGRA_KERNELS_BROADCAST_H_
#define TENSEGRA_KERNELS_BROADCAST_H_

#include "kernels/elementwise.h"
#include "kernels/isa.h"

namespace tg::kernels::TG_ISA {

constexpr int64_t kBroadcastGrain = 16384;
constexpr int64_t kShortRun = 48;     // shorter runs are first copied into tiles
constexpr int64_t kTileBytes = 4096;  // per input

template <class U>
inline void copy_run(const char* src, int64_t stride, char* dst, int64_t n) {
  U* to = reinterpret_cast<U*>(dst);
  const U* from = reinterpret_cast<const U*>(src);
  if (stride == 0) {
    const U value = *from;
    for (int64_t i = 0; i < n; ++i) to[i] = value;
  } else {
    for (int64_t i = 0; i < n; ++i) to[i] = from[i];
  }
}

struct Block16 {
  uint64_t low, high;
};

inline void copy_run_of(size_t size, const char* src, int64_t stride, char* dst, int64_t n) {
  switch (size) {
    case 1:
      return copy_run<uint8_t>(src, stride, dst, n);
    case 2:
      return copy_run<uint16_t>(src, stride, dst, n);
    case 4:
      return copy_run<uint32_t>(src, stride, dst, n);
    case 8:
      return copy_run<uint64_t>(src, stride, dst, n);
    default:
      return copy_run<Block16>(src, stride, dst, n);
  }
}

// Where a walk stands: coordinates, and for each input the element offset of the current inner row.
template <int inputs>
struct Walker {
  const BroadcastPlan& plan;
  int64_t coord[kMaxRank];
  int64_t offset[inputs];

  Walker(const BroadcastPlan& p, int64_t position) : plan(p) {
    for (int k = 0; k < inputs; ++k) offset[k] = 0;
    for (int32_t axis = plan.rank - 1; axis >= 0; --axis) {
      coord[axis] = position % plan.dims[axis];
      position /= plan.dims[axis];
      if (axis == plan.rank - 1) continue;
      for (int k = 0; k < inputs; ++k) offset[k] += coord[axis] * plan.strides[k][axis];
    }
  }

  void next_row() {
    coord[plan.rank - 1] = 0;
    for (int32_t axis = plan.rank - 2; axis >= 0; --axis) {
      for (int k = 0; k < inputs; ++k) offset[k] += plan.strides[k][axis];
      if (++coord[axis] < plan.dims[axis]) return;
      coord[axis] = 0;
      for (int k = 0; k < inputs; ++k) offset[k] -= plan.dims[axis] * plan.strides[k][axis];
    }
  }
};

// loop(const char* const in[inputs], const int64_t stride[inputs], char* out, int64_t n) for runs that cover
// the result; strides are 0 or 1 element.
template <int inputs, class Loop>
void walk(const BroadcastPlan& plan, const void* const (&in)[inputs], const size_t (&in_size)[inputs],
          void* out, size_t out_size, const Parallel& parallel, const Loop& loop) {
  const int32_t last = plan.rank - 1;
  const int64_t inner = plan.dims[last];
  bool dense[inputs];
  size_t widest = 1;
  for (int k = 0; k < inputs; ++k) {
    dense[k] = true;
    int64_t expected = 1;
    for (int32_t axis = last; axis >= 0; --axis) {
      dense[k] = dense[k] && plan.strides[k][axis] == expected;
      expected *= plan.dims[axis];
    }
    widest = max_of(widest, in_size[k]);
  }
  parallel_range(parallel, plan.size, kBroadcastGrain, [&](int64_t begin, int64_t end) {
    const char* pointers[inputs];
    int64_t strides[inputs];
    char* to = static_cast<char*>(out) + begin * static_cast<int64_t>(out_size);
    Walker<inputs> walker(plan, begin);
    if (inner >= kShortRun || plan.rank == 1) {
      for (int k = 0; k < inputs; ++k) strides[k] = plan.strides[k][last];
      for (int64_t position = begin; position < end;) {
        const int64_t column = walker.coord[last];
        const int64_t n = min_of(inner - column, end - position);
        for (int k = 0; k < inputs; ++k) {
          pointers[k] = static_cast<const char*>(in[k]) +
                        (walker.offset[k] + column * strides[k]) * static_cast<int64_t>(in_size[k]);
        }
        loop(pointers, strides, to, n);
        to += n * static_cast<int64_t>(out_size);
        position += n;
        walker.next_row();
      }
      return;
    }
    alignas(64) char tiles[inputs][kTileBytes];
    const int64_t tile = kTileBytes / static_cast<int64_t>(widest);
    for (int k = 0; k < inputs; ++k) strides[k] = 1;
    for (int64_t position = begin; position < end;) {
      const int64_t n = min_of(tile, end - position);
      for (int64_t filled = 0; filled < n;) {
        const int64_t column = walker.coord[last];
        const int64_t run = min_of(inner - column, n - filled);
        for (int k = 0; k < inputs; ++k) {
          if (dense[k]) continue;
          const int64_t size = static_cast<int64_t>(in_size[k]);
          const int64_t stride = plan.strides[k][last];
          copy_run_of(in_size[k],
                      static_cast<const char*>(in[k]) + (walker.offset[k] + column * stride) * size, stride,
                      tiles[k] + filled * size, run);
        }
        filled += run;
        if (column + run == inner) {
          walker.next_row();
        } else {
          walker.coord[last] = column + run;
        }
      }
      for (int k = 0; k < inputs; ++k) {
        pointers[k] = dense[k] ? static_cast<const char*>(in[k]) + position * static_cast<int64_t>(in_size[k])
                               : tiles[k];
      }
      loop(pointers, strides, to, n);
      to += n * static_cast<int64_t>(out_size);
      position += n;
    }
  });
}

// out[i] = Op::apply(a[i], b[i]) for runs of which either side may be one repeated element.
template <class T, class R, class Op>
void binary_run(const char* const (&in)[2], const int64_t (&strides)[2], char* out, int64_t n) {
  const T* a = reinterpret_cast<const T*>(in[0]);
  const T* b = reinterpret_cast<const T*>(in[1]);
  R* y = reinterpret_cast<R*>(out);
  if (strides[0] != 0 && strides[1] != 0) {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) y[i] = Op::apply(a[i], b[i]);
  } else if (strides[0] != 0) {
    const T value = *b;
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) y[i] = Op::apply(a[i], value);
  } else {
    const T value = *a;
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) y[i] = Op::apply(value, b[i]);
  }
}

using BinaryRun = void (*)(const char* const (&in)[2], const int64_t (&strides)[2], char* out, int64_t n);

using SelectRun = void (*)(const char* const (&in)[3], const int64_t (&strides)[3], char* out, int64_t n);

// The loop of an operation that cannot fail, or null. In a run of a binary one at most one stride is 0; in a run of a
// selection all may be.
BinaryRun find_arithmetic(BinaryOp op, DType dtype);
BinaryRun find_comparison(BinaryOp op, DType dtype);
SelectRun find_select(size_t elem_size);

// One instance of the walk serves all operations.
Status run_binary(BinaryRun run, size_t in_size, size_t out_size, const void* a, const void* b, void* out,
                  const BroadcastPlan& plan, const Parallel& parallel);
// The same where a and b are of a half dtype and `run` is a float32 loop that writes float32 (then rounded to the half)
// or, if `to_bool`, bool.
Status run_binary_of_halves(BinaryRun run, DType dtype, bool to_bool, const void* a, const void* b, void* out,
                            const BroadcastPlan& plan, const Parallel& parallel);

// The two parts of `binary`.
Status arithmetic(BinaryOp op, DType dtype, const void* a, const void* b, void* out,
                  const BroadcastPlan& plan, const Parallel& parallel);
Status comparison(BinaryOp op, DType dtype, const void* a, const void* b, void* out,
                  const BroadcastPlan& plan, const Parallel& parallel);

}  // namespace tg::kernels::TG_ISA

#endif  // TENSEGRA_KERNELS_BROADCAST_H_
