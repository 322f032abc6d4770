// Arg-reductions, running sums and products, and the k greatest. Compiled once.
#include "kernels/reduce.h"

#include "kernels/complex.h"
#include "kernels/isa.h"

namespace tg::kernels {
namespace {

using base::ceil_div;
using base::max_of;
using base::min_of;
using base::parallel_range;
using base::with_number;

constexpr int64_t kGrain = 16384;
constexpr int64_t kTile = 128;

int64_t grain_of(int64_t work) { return max_of<int64_t>(1, kGrain / max_of<int64_t>(1, work)); }

// Whether `a`, met later, replaces `b`: NaN beats all numbers, and the first of equals stays.
template <class T, bool greatest>
bool replaces(T a, T b) {
  return (greatest ? a > b : a < b) | ((a != a) & (b == b));
}

template <class T, class I, bool greatest>
Status arg_as(const T* x, int64_t outer, int64_t n, int64_t inner, I* out, const Parallel& parallel) {
  if (inner == 1) {
    parallel_range(parallel, outer, grain_of(n), [=](int64_t begin, int64_t end) {
      for (int64_t o = begin; o < end; ++o) {
        const T* row = x + o * n;
        int64_t best = 0;
        for (int64_t i = 1; i < n; ++i) {
          if (replaces<T, greatest>(row[i], row[best])) best = i;
        }
        out[o] = static_cast<I>(best);
      }
    });
    return Status::kOk;
  }
  if (n == 0) return Status::kOk;  // rows without elements may be very many
  const int64_t tiles = ceil_div(inner, kTile);
  parallel_range(parallel, outer * tiles, grain_of(n * min_of(inner, kTile)),
                 [=](int64_t begin, int64_t end) {
                   for (int64_t t = begin; t < end; ++t) {
                     const int64_t o = t / tiles;
                     const int64_t column = t % tiles * kTile;
                     const int64_t count = min_of(kTile, inner - column);
                     const T* base = x + o * n * inner + column;
                     T value[kTile];
                     I best[kTile];
                     for (int64_t j = 0; j < count; ++j) {
                       value[j] = base[j];
                       best[j] = 0;
                     }
                     for (int64_t i = 1; i < n; ++i) {
                       const T* row = base + i * inner;
                       for (int64_t j = 0; j < count; ++j) {
                         const bool better = replaces<T, greatest>(row[j], value[j]);
                         value[j] = better ? row[j] : value[j];
                         best[j] = better ? static_cast<I>(i) : best[j];
                       }
                     }
                     memcpy(out + o * inner + column, best, static_cast<size_t>(count) * sizeof(I));
                   }
                 });
  return Status::kOk;
}

template <bool greatest>
Status arg_reduce(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, DType index_dtype,
                  void* out, const Parallel& parallel) {
  if (dtype == DType::kBool) dtype = DType::kUInt8;
  return with_number(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* from = static_cast<const T*>(x);
    if (index_dtype == DType::kInt32) {
      return arg_as<T, int32_t, greatest>(from, outer, n, inner, static_cast<int32_t*>(out), parallel);
    }
    if (index_dtype == DType::kInt64) {
      return arg_as<T, int64_t, greatest>(from, outer, n, inner, static_cast<int64_t*>(out), parallel);
    }
    return Status::kUnsupported;
  });
}

template <class T, bool product>
T combine(T a, T b) {
  if constexpr (base::kIsFloat<T>) {
    return product ? a * b : a + b;
  } else {
    const uint64_t wide = static_cast<uint64_t>(a);
    return static_cast<T>(product ? wide * static_cast<uint64_t>(b) : wide + static_cast<uint64_t>(b));
  }
}

template <class T, bool product>
Status scan_as(const T* x, int64_t outer, int64_t n, int64_t inner, bool exclusive, bool reverse, T* out,
               const Parallel& parallel) {
  const int64_t tiles = ceil_div(inner, kTile);
  parallel_range(parallel, outer * tiles, grain_of(n * min_of(inner, kTile)),
                 [=](int64_t begin, int64_t end) {
                   for (int64_t t = begin; t < end; ++t) {
                     const int64_t column = t % tiles * kTile;
                     const int64_t count = min_of(kTile, inner - column);
                     const int64_t offset = t / tiles * n * inner + column;
                     T acc[kTile];
                     for (int64_t j = 0; j < count; ++j) acc[j] = product ? T(1) : T(0);
                     for (int64_t i = 0; i < n; ++i) {
                       const int64_t at = offset + (reverse ? n - 1 - i : i) * inner;
                       for (int64_t j = 0; j < count; ++j) {
                         const T before = acc[j];
                         acc[j] = combine<T, product>(before, x[at + j]);
                         out[at + j] = exclusive ? before : acc[j];
                       }
                     }
                   }
                 });
  return Status::kOk;
}

template <bool product>
Status scan(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, bool exclusive, bool reverse,
            void* out, const Parallel& parallel) {
  return with_number(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    return scan_as<T, product>(static_cast<const T*>(x), outer, n, inner, exclusive, reverse,
                               static_cast<T*>(out), parallel);
  });
}

// Whether element i comes before element j in the order of top_k.
template <class T>
bool comes_before(const T* row, int32_t i, int32_t j) {
  const T a = row[i];
  const T b = row[j];
  if ((a > b) | ((a != a) & (b == b))) return true;
  if ((b > a) | ((b != b) & (a == a))) return false;
  return i < j;
}

// A heap whose root comes last in that order.
template <class T>
void sift_down(const T* row, int32_t* heap, int64_t size, int64_t at) {
  const int32_t moved = heap[at];
  for (int64_t child = 2 * at + 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && comes_before(row, heap[child], heap[child + 1])) ++child;
    if (!comes_before(row, moved, heap[child])) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = moved;
}

template <class T>
Status top_k_as(const T* x, int64_t rows, int64_t n, int64_t k, T* values, int32_t* indices,
                const Parallel& parallel) {
  if (k == 0) return Status::kOk;
  parallel_range(parallel, rows, grain_of(n * 4), [=](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const T* row = x + r * n;
      int32_t* heap = indices + r * k;
      for (int64_t i = 0; i < k; ++i) heap[i] = static_cast<int32_t>(i);
      for (int64_t i = k / 2 - 1; i >= 0; --i) sift_down(row, heap, k, i);
      for (int64_t i = k; i < n; ++i) {
        if (!comes_before(row, static_cast<int32_t>(i), heap[0])) continue;
        heap[0] = static_cast<int32_t>(i);
        sift_down(row, heap, k, 0);
      }
      for (int64_t size = k - 1; size > 0; --size) {
        const int32_t last = heap[0];
        heap[0] = heap[size];
        heap[size] = last;
        sift_down(row, heap, size, 0);
      }
      for (int64_t i = 0; i < k; ++i) values[r * k + i] = row[heap[i]];
    }
  });
  return Status::kOk;
}

}  // namespace

Status argmax(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, DType index_dtype,
              void* out, const Parallel& parallel) {
  return arg_reduce<true>(dtype, x, outer, n, inner, index_dtype, out, parallel);
}

Status argmin(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, DType index_dtype,
              void* out, const Parallel& parallel) {
  return arg_reduce<false>(dtype, x, outer, n, inner, index_dtype, out, parallel);
}

Status cumsum(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, bool exclusive,
              bool reverse, void* out, const Parallel& parallel) {
  if (dtype == DType::kComplex64)  // part by part
    return scan<false>(DType::kFloat32, x, outer, n, 2 * inner, exclusive, reverse, out, parallel);
  if (dtype == DType::kComplex128)
    return scan<false>(DType::kFloat64, x, outer, n, 2 * inner, exclusive, reverse, out, parallel);
  return scan<false>(dtype, x, outer, n, inner, exclusive, reverse, out, parallel);
}

Status cumprod(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, bool exclusive,
               bool reverse, void* out, const Parallel& parallel) {
  if (dtype == DType::kComplex64 || dtype == DType::kComplex128)
    return complex_cumprod(dtype, x, outer, n, inner, exclusive, reverse, out, parallel);
  return scan<true>(dtype, x, outer, n, inner, exclusive, reverse, out, parallel);
}

Status top_k(DType dtype, const void* x, int64_t rows, int64_t n, int64_t k, void* values, int32_t* indices,
             const Parallel& parallel) {
  return with_number(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    return top_k_as(static_cast<const T*>(x), rows, n, k, static_cast<T*>(values), indices, parallel);
  });
}

}  // namespace tg::kernels
