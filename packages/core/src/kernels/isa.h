// What every kernel source that is compiled once per ISA level shares. Everything here lives in the level's
// own namespace (TG_ISA): an inline function in a common one would let the linker keep the copy of a level
// that the processor lacks.
#ifndef TENSEGRA_KERNELS_ISA_H_
#define TENSEGRA_KERNELS_ISA_H_

#include <string.h>

#include "kernels/dtype.h"
#include "kernels/parallel.h"

#ifndef TG_ISA
#error "define TG_ISA as base, avx2 or avx512"
#endif

namespace tg::kernels::TG_ISA {

#if defined(__AVX512F__)
constexpr int kVecBytes = 64;
#elif defined(__AVX2__)
constexpr int kVecBytes = 32;
#else
constexpr int kVecBytes = 16;
#endif

template <class T>
struct VecOf {
  static constexpr int kLanes = kVecBytes / static_cast<int>(sizeof(T));
  typedef T type __attribute__((vector_size(kVecBytes)));
};
template <class T>
using Vec = typename VecOf<T>::type;

template <class V>
inline V load(const void* p) {
  V v;
  __builtin_memcpy(&v, p, sizeof(V));
  return v;
}

template <class V>
inline void store(void* p, V v) {
  __builtin_memcpy(p, &v, sizeof(V));
}

template <class T>
constexpr T min_of(T a, T b) {
  return b < a ? b : a;
}

template <class T>
constexpr T max_of(T a, T b) {
  return a < b ? b : a;
}

constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
constexpr int64_t round_up(int64_t a, int64_t b) { return ceil_div(a, b) * b; }

// One copy of the body serves the serial and the parallel case.
template <class F>
__attribute__((noinline)) void call_chunk(void* f, int64_t chunk) {
  (*static_cast<const F*>(f))(chunk);
}

// f(chunk) for each chunk.
template <class F>
inline void parallel_for(const Parallel& parallel, int64_t chunks, const F& f) {
  void* arg = const_cast<void*>(static_cast<const void*>(&f));
  if (chunks > 1 && parallel.run != nullptr) return parallel.run(parallel.self, chunks, call_chunk<F>, arg);
  for (int64_t i = 0; i < chunks; ++i) call_chunk<F>(arg, i);
}

// f(begin, end) over [0, n) in pieces of `grain`; the last piece may be up to half a grain longer.
template <class F>
void parallel_range(const Parallel& parallel, int64_t n, int64_t grain, const F& f) {
  if (n <= 0) return;
  const int64_t chunks = max_of<int64_t>(1, (n + grain / 2) / grain);
  parallel_for(parallel, chunks, [&](int64_t i) { f(i * grain, i == chunks - 1 ? n : (i + 1) * grain); });
}

template <class T>
struct Tag {
  using type = T;
};

// f(Tag<T>{}) with the C++ type of a dtype; kUnsupported for the dtypes that the function leaves out.
template <class F>
Status with_float(DType dtype, const F& f) {
  switch (dtype) {
    case DType::kFloat32:
      return f(Tag<float>{});
    case DType::kFloat64:
      return f(Tag<double>{});
    default:
      return Status::kUnsupported;
  }
}

template <class F>
Status with_integer(DType dtype, const F& f) {
  switch (dtype) {
    case DType::kInt8:
      return f(Tag<int8_t>{});
    case DType::kInt16:
      return f(Tag<int16_t>{});
    case DType::kInt32:
      return f(Tag<int32_t>{});
    case DType::kInt64:
      return f(Tag<int64_t>{});
    case DType::kUInt8:
      return f(Tag<uint8_t>{});
    case DType::kUInt16:
      return f(Tag<uint16_t>{});
    case DType::kUInt32:
      return f(Tag<uint32_t>{});
    case DType::kUInt64:
      return f(Tag<uint64_t>{});
    default:
      return Status::kUnsupported;
  }
}

template <class F>
Status with_number(DType dtype, const F& f) {
  const Status status = with_float(dtype, f);
  return status == Status::kUnsupported ? with_integer(dtype, f) : status;
}

template <class T>
constexpr bool kIsFloat = false;
template <>
inline constexpr bool kIsFloat<float> = true;
template <>
inline constexpr bool kIsFloat<double> = true;

template <class T>
constexpr bool kIsSigned = static_cast<T>(-1) < static_cast<T>(0);

// The extremes; for floats the infinities.
template <class T>
constexpr T lowest_of() {
  if constexpr (kIsFloat<T>) {
    return -static_cast<T>(__builtin_inf());
  } else if constexpr (kIsSigned<T>) {
    return static_cast<T>(static_cast<T>(1) << (sizeof(T) * 8 - 1));
  } else {
    return 0;
  }
}

template <class T>
constexpr T highest_of() {
  if constexpr (kIsFloat<T>) {
    return static_cast<T>(__builtin_inf());
  } else {
    return static_cast<T>(~lowest_of<T>());
  }
}

}  // namespace tg::kernels::TG_ISA

#endif  // TENSEGRA_KERNELS_ISA_H_
