// Weighted sums of neighbours along one axis.
#include "kernels/resample.h"

#include "kernels/isa.h"

namespace tg::kernels::TG_ISA {
namespace {

template <class T>
inline void add_scaled(T* to, const T* from, T weight, int64_t n) {
  for (int64_t i = 0; i < n; ++i) to[i] += weight * from[i];
}

}  // namespace

Status resample(DType dtype, const Spans& s, int64_t outer, int64_t inner, const void* x, void* y,
                const Parallel& parallel) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* from = static_cast<const T*>(x);
    T* to = static_cast<T*>(y);
    const int64_t grain = max_of<int64_t>(1, (1 << 14) / max_of<int64_t>(1, inner * s.width));
    parallel_range(parallel, outer * s.out, grain, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const int64_t j = row % s.out;
        const T* base = from + (row / s.out * s.in + s.first[j]) * inner;
        T* sum = to + row * inner;
        memset(sum, 0, static_cast<size_t>(inner) * sizeof(T));
        for (int64_t t = 0; t < s.width; ++t) {
          const T weight = static_cast<T>(s.weights[j * s.width + t]);
          if (weight != 0) add_scaled(sum, base + t * inner, weight, inner);
        }
      }
    });
    return Status::kOk;
  });
}

Status resample_grad(DType dtype, const Spans& s, int64_t outer, int64_t inner, const void* dy, void* dx,
                     const Parallel& parallel) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* from = static_cast<const T*>(dy);
    T* to = static_cast<T*>(dx);
    parallel_range(parallel, outer, 1, [&](int64_t begin, int64_t end) {
      for (int64_t o = begin; o < end; ++o) {
        T* base = to + o * s.in * inner;
        memset(base, 0, static_cast<size_t>(s.in * inner) * sizeof(T));
        for (int64_t j = 0; j < s.out; ++j) {
          for (int64_t t = 0; t < s.width; ++t) {
            const T weight = static_cast<T>(s.weights[j * s.width + t]);
            if (weight != 0) add_scaled(base + (s.first[j] + t) * inner, from + (o * s.out + j) * inner, weight, inner);
          }
        }
      }
    });
    return Status::kOk;
  });
}

}  // namespace tg::kernels::TG_ISA
