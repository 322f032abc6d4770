// Normalization by moments. Sums run in the element's type over short stretches, which are joined in float64.
#include "kernels/norm.h"

#include <math.h>

#include "kernels/isa.h"

namespace tg::kernels::TG_ISA {
namespace {

constexpr int64_t kGrain = 16384;    // elements of a chunk
constexpr int64_t kMaxChunks = 64;   // of a sum over rows
constexpr int64_t kColumns = 64;     // handled at a time
constexpr int64_t kStretch = 256;    // rows added up in the element's type

// The sum over i < n of vec(i), which gives the vector that begins at i, and elem(i) for the rest.
template <class T, class VecF, class ElemF>
double sum_of(int64_t n, const VecF& vec, const ElemF& elem) {
  using V = Vec<T>;
  constexpr int64_t lanes = VecOf<T>::kLanes;
  double sum = 0;
  int64_t i = 0;
  while (i + lanes <= n) {
    const int64_t stop = min_of(n, i + 512 * lanes);
    V a{}, b{};
    for (; i + 2 * lanes <= stop; i += 2 * lanes) {
      a += vec(i);
      b += vec(i + lanes);
    }
    for (; i + lanes <= stop; i += lanes) a += vec(i);
    a += b;
    for (int64_t j = 0; j < lanes; ++j) sum += static_cast<double>(a[j]);
  }
  for (; i < n; ++i) sum += static_cast<double>(elem(i));
  return sum;
}

template <class T>
struct Moments {
  T mean, inverse;  // 1 / sqrt(variance + epsilon)
};

template <class T, bool kCenter>
Moments<T> moments_of(const T* x, int64_t n, double epsilon) {
  using V = Vec<T>;
  T mean = 0;
  if constexpr (kCenter) {
    mean = static_cast<T>(sum_of<T>(n, [&](int64_t i) { return load<V>(x + i); }, [&](int64_t i) { return x[i]; }) /
                          static_cast<double>(n));
  }
  const double squares = sum_of<T>(
      n,
      [&](int64_t i) {
        const V d = load<V>(x + i) - mean;
        return d * d;
      },
      [&](int64_t i) { return (x[i] - mean) * (x[i] - mean); });
  return {mean, static_cast<T>(1.0 / sqrt(squares / static_cast<double>(n) + epsilon))};
}

template <class T, bool kCenter>
void norm_row(const T* __restrict x, const T* __restrict scale, const T* __restrict offset, int64_t n, double epsilon,
              T* __restrict y) {
  const Moments<T> m = moments_of<T, kCenter>(x, n, epsilon);
  if constexpr (kCenter) {
    for (int64_t i = 0; i < n; ++i) y[i] = (x[i] - m.mean) * m.inverse * scale[i] + offset[i];
  } else {
    for (int64_t i = 0; i < n; ++i) y[i] = x[i] * m.inverse * scale[i];
  }
}

template <class T, bool kCenter>
void norm_grad_row(const T* __restrict dy, const T* __restrict x, const T* __restrict scale, int64_t n, double epsilon,
                   T* __restrict dx, T* __restrict dscale, T* __restrict doffset) {
  using V = Vec<T>;
  const Moments<T> m = moments_of<T, kCenter>(x, n, epsilon);
  const double count = static_cast<double>(n);
  T mean_g = 0;
  if constexpr (kCenter) {
    mean_g = static_cast<T>(sum_of<T>(n, [&](int64_t i) { return load<V>(dy + i) * load<V>(scale + i); },
                                      [&](int64_t i) { return dy[i] * scale[i]; }) /
                            count);
  }
  const T along = static_cast<T>(
      sum_of<T>(n, [&](int64_t i) { return load<V>(dy + i) * load<V>(scale + i) * (load<V>(x + i) - m.mean); },
                [&](int64_t i) { return dy[i] * scale[i] * (x[i] - m.mean); }) *
      static_cast<double>(m.inverse) / count);
  for (int64_t i = 0; i < n; ++i) {
    const T unit = (x[i] - m.mean) * m.inverse;
    dx[i] = m.inverse * (dy[i] * scale[i] - mean_g - unit * along);
    dscale[i] += dy[i] * unit;
    if constexpr (kCenter) doffset[i] += dy[i];
  }
}

struct Pieces {
  int64_t count, rows;
  Pieces(int64_t all, int64_t width) {
    rows = max_of(ceil_div(all, kMaxChunks), ceil_div(kGrain, max_of<int64_t>(1, width)));
    count = max_of<int64_t>(1, ceil_div(all, rows));
  }
};

template <class T, bool kCenter>
void row_norm_grad_as(const T* dy, const T* x, const T* scale, int64_t rows, int64_t n, double epsilon, T* dx,
                      T* dscale, T* doffset, const Parallel& parallel, T* partial) {
  const Pieces pieces(rows, n);
  parallel_for(parallel, pieces.count, [&](int64_t piece) {
    T* own = partial + piece * 2 * n;
    memset(own, 0, static_cast<size_t>(2 * n) * sizeof(T));
    for (int64_t r = piece * pieces.rows; r < min_of(rows, (piece + 1) * pieces.rows); ++r)
      norm_grad_row<T, kCenter>(dy + r * n, x + r * n, scale, n, epsilon, dx + r * n, own, own + n);
  });
  for (int64_t i = 0; i < n; ++i) {
    double ds = 0, doff = 0;
    for (int64_t piece = 0; piece < pieces.count; ++piece) {
      ds += static_cast<double>(partial[piece * 2 * n + i]);
      doff += static_cast<double>(partial[(piece * 2 + 1) * n + i]);
    }
    dscale[i] = static_cast<T>(ds);
    if constexpr (kCenter) doffset[i] = static_cast<T>(doff);
  }
}

// Narrow rows are taken several at a time, as one wide row.
int64_t rows_together(int64_t channels) { return channels > 0 ? max_of<int64_t>(1, kColumns / channels) : 1; }

// What belongs to the channels, for wide rows too: repeated in `room`, or x itself.
template <class T>
const T* repeated(const T* x, int64_t channels, T* room) {
  const int64_t together = rows_together(channels);
  if (together == 1) return x;
  for (int64_t i = 0; i < together * channels; ++i) room[i] = x[i % channels];
  return room;
}

// Two sums over the rows for each channel: f(at, column, n, first, second) adds what n elements from `at` on give. Where
// rows are taken together, columns count on through all of them.
template <class T, class F>
void column_sums(int64_t m, int64_t channels, const Parallel& parallel, double* partial, double* sums, const F& f) {
  const Pieces pieces(m, channels);
  const int64_t together = rows_together(channels);
  parallel_for(parallel, pieces.count, [&](int64_t piece) {
    double* own = partial + piece * 2 * channels;
    const int64_t last = min_of(m, (piece + 1) * pieces.rows);
    for (int64_t c0 = 0; c0 < channels; c0 += kColumns) {
      const int64_t n = min_of(kColumns, channels - c0);
      const int64_t width = together > 1 ? together * n : n;
      for (int64_t c = 0; c < n; ++c) own[c0 + c] = own[channels + c0 + c] = 0;
      for (int64_t r = piece * pieces.rows; r < last;) {
        const int64_t stop = min_of(last, r + kStretch * together);
        T first[kColumns] = {}, second[kColumns] = {};
        for (; r + together <= stop; r += together) {
          if (width == kColumns) f(r * channels + c0, c0, kColumns, first, second);
          else f(r * channels + c0, c0, width, first, second);
        }
        for (; r < stop; ++r) f(r * channels + c0, c0, n, first, second);
        for (int64_t c = 0; c < width; ++c) {
          own[c0 + c % n] += static_cast<double>(first[c]);
          own[channels + c0 + c % n] += static_cast<double>(second[c]);
        }
      }
    }
  });
  for (int64_t c = 0; c < 2 * channels; ++c) {
    double sum = 0;
    for (int64_t piece = 0; piece < pieces.count; ++piece) sum += partial[piece * 2 * channels + c];
    sums[c] = sum;
  }
}

template <class F>
void for_rows(int64_t m, int64_t channels, const Parallel& parallel, const F& f) {
  parallel_range(parallel, m, max_of<int64_t>(1, kGrain / max_of<int64_t>(1, channels)),
                 [&](int64_t begin, int64_t end) {
                   for (int64_t r = begin; r < end; ++r) f(r * channels);
                 });
}

}  // namespace

Status row_norm(DType dtype, bool center, const void* x, const void* scale, const void* offset, int64_t rows, int64_t n,
                double epsilon, void* y, const Parallel& parallel) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *from = static_cast<const T*>(x), *by = static_cast<const T*>(scale), *plus = static_cast<const T*>(offset);
    T* to = static_cast<T*>(y);
    parallel_range(parallel, rows, max_of<int64_t>(1, kGrain / max_of<int64_t>(1, n)), [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) {
        if (center) norm_row<T, true>(from + r * n, by, plus, n, epsilon, to + r * n);
        else norm_row<T, false>(from + r * n, by, plus, n, epsilon, to + r * n);
      }
    });
    return Status::kOk;
  });
}

size_t row_norm_grad_workspace_bytes(DType dtype, int64_t rows, int64_t n) {
  return static_cast<size_t>(Pieces(rows, n).count * 2 * n) * dtype_size(dtype);
}

Status row_norm_grad(DType dtype, bool center, const void* dy, const void* x, const void* scale, int64_t rows,
                     int64_t n, double epsilon, void* dx, void* dscale, void* doffset, const Parallel& parallel,
                     void* workspace) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const auto run = center ? row_norm_grad_as<T, true> : row_norm_grad_as<T, false>;
    run(static_cast<const T*>(dy), static_cast<const T*>(x), static_cast<const T*>(scale), rows, n, epsilon,
        static_cast<T*>(dx), static_cast<T*>(dscale), static_cast<T*>(doffset), parallel, static_cast<T*>(workspace));
    return Status::kOk;
  });
}

size_t column_norm_workspace_bytes(int64_t m, int64_t channels) {
  return static_cast<size_t>((Pieces(m, channels).count + 1) * 2 * channels) * sizeof(double);
}

Status column_moments(DType dtype, const void* x, int64_t m, int64_t channels, void* mean, void* variance,
                      const Parallel& parallel, void* workspace) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* from = static_cast<const T*>(x);
    T *means = static_cast<T*>(mean), *variances = static_cast<T*>(variance);
    double* sums = static_cast<double*>(workspace);
    double* partial = sums + 2 * channels;
    const double count = static_cast<double>(m);
    column_sums<T>(m, channels, parallel, partial, sums, [&](int64_t at, int64_t, int64_t n, T* sum, T*) {
      for (int64_t c = 0; c < n; ++c) sum[c] += from[at + c];
    });
    for (int64_t c = 0; c < channels; ++c) means[c] = static_cast<T>(sums[c] / count);
    T room[kColumns];
    const T* centers = repeated<T>(means, channels, room);
    column_sums<T>(m, channels, parallel, partial, sums, [&](int64_t at, int64_t c0, int64_t n, T* sum, T*) {
      for (int64_t c = 0; c < n; ++c) {
        const T d = from[at + c] - centers[c0 + c];
        sum[c] += d * d;
      }
    });
    for (int64_t c = 0; c < channels; ++c) variances[c] = static_cast<T>(sums[c] / count);
    return Status::kOk;
  });
}

Status column_norm(DType dtype, const void* x, const void* scale, const void* offset, const void* mean,
                   const void* variance, int64_t m, int64_t channels, double epsilon, void* y,
                   const Parallel& parallel) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *from = static_cast<const T*>(x), *by = static_cast<const T*>(scale), *plus = static_cast<const T*>(offset);
    const T *means = static_cast<const T*>(mean), *variances = static_cast<const T*>(variance);
    T* to = static_cast<T*>(y);
    for (int64_t c0 = 0; c0 < channels; c0 += kColumns) {
      const int64_t n = min_of(kColumns, channels - c0);
      T factor[kColumns];
      for (int64_t c = 0; c < n; ++c) {
        factor[c] = static_cast<T>(static_cast<double>(by[c0 + c]) /
                                   sqrt(static_cast<double>(variances[c0 + c]) + epsilon));
      }
      for_rows(m, channels, parallel, [&](int64_t at) {
        for (int64_t c = 0; c < n; ++c)
          to[at + c0 + c] = (from[at + c0 + c] - means[c0 + c]) * factor[c] + plus[c0 + c];
      });
    }
    return Status::kOk;
  });
}

Status column_norm_grad(DType dtype, bool own_moments, const void* dy, const void* x, const void* scale,
                        const void* mean, const void* variance, int64_t m, int64_t channels, double epsilon, void* dx,
                        void* dscale, void* doffset, const Parallel& parallel, void* workspace) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *g = static_cast<const T*>(dy), *from = static_cast<const T*>(x), *by = static_cast<const T*>(scale);
    const T *means = static_cast<const T*>(mean), *variances = static_cast<const T*>(variance);
    T *to = static_cast<T*>(dx), *ds = static_cast<T*>(dscale), *doff = static_cast<T*>(doffset);
    double* sums = static_cast<double*>(workspace);
    T room[kColumns];
    const T* centers = repeated(means, channels, room);
    column_sums<T>(m, channels, parallel, sums + 2 * channels, sums,
                   [&](int64_t at, int64_t c0, int64_t n, T* first, T* second) {
                     for (int64_t c = 0; c < n; ++c) {
                       first[c] += g[at + c];
                       second[c] += g[at + c] * (from[at + c] - centers[c0 + c]);
                     }
                   });
    const double count = static_cast<double>(max_of<int64_t>(1, m));
    for (int64_t c0 = 0; c0 < channels; c0 += kColumns) {
      const int64_t n = min_of(kColumns, channels - c0);
      T factor[kColumns], shift[kColumns], along[kColumns];
      for (int64_t c = 0; c < n; ++c) {
        const int64_t at = c0 + c;
        const double spread = static_cast<double>(variances[at]) + epsilon;
        factor[c] = static_cast<T>(static_cast<double>(by[at]) / sqrt(spread));
        shift[c] = static_cast<T>(own_moments ? sums[at] / count : 0.0);
        along[c] = static_cast<T>(own_moments ? sums[channels + at] / count / spread : 0.0);
        ds[at] = static_cast<T>(sums[channels + at] / sqrt(spread));
        doff[at] = static_cast<T>(sums[at]);
      }
      for_rows(m, channels, parallel, [&](int64_t at) {
        const int64_t first = at + c0;
        for (int64_t c = 0; c < n; ++c)
          to[first + c] = factor[c] * (g[first + c] - shift[c] - (from[first + c] - means[c0 + c]) * along[c]);
      });
    }
    return Status::kOk;
  });
}

}  // namespace tg::kernels::TG_ISA
