// Softmax and cross entropy by rows.
#include "kernels/softmax.h"

#include "kernels/vmath.h"

namespace tg::kernels::TG_ISA {
namespace {

constexpr int64_t kGrain = 4096;  // elements of a chunk

// exp and sums of a row in the element's type: float on vectors, double by libm.
template <class T>
struct Math;

template <>
struct Math<double> {
  // y[i] = exp(x[i] - shift); returns the sum.
  static double exp_sum(const double* x, double shift, double* y, int64_t n) {
    double sum = 0;
    for (int64_t i = 0; i < n; ++i) {
      const double e = exp(x[i] - shift);
      if (y != nullptr) y[i] = e;
      sum += e;
    }
    return sum;
  }
  static double log_of(double x) { return log(x); }
  // dx = dy - exp(y) * total
  static void log_softmax_grad(const double* y, const double* dy, double total, double* dx, int64_t n) {
    for (int64_t i = 0; i < n; ++i) dx[i] = dy[i] - exp(y[i]) * total;
  }
};

template <>
struct Math<float> {
  static VF first(const float* x, int64_t n, float rest) {  // the first n lanes; the others hold `rest`
    VF v = splat(rest);
    memcpy(&v, x, static_cast<size_t>(n) * sizeof(float));
    return v;
  }
  static double exp_sum(const float* x, float shift, float* y, int64_t n) {
    // Eight floats' worth of float64 lanes at every ISA level would cost more than it brings: a vector is
    // added up in float32 over at most 512 steps, then joined in float64.
    double sum = 0;
    int64_t i = 0;
    while (i < n) {
      const int64_t stop = min_of(n, i + 512 * kLanes);
      VF acc{}, other{};
      for (; i + 2 * kLanes <= stop; i += 2 * kLanes) {
        const VF e = vexp(load<VF>(x + i) - shift), f = vexp(load<VF>(x + i + kLanes) - shift);
        if (y != nullptr) {
          store(y + i, e);
          store(y + i + kLanes, f);
        }
        acc += e;
        other += f;
      }
      for (; i + kLanes <= stop; i += kLanes) {
        const VF e = vexp(load<VF>(x + i) - shift);
        if (y != nullptr) store(y + i, e);
        acc += e;
      }
      acc += other;
      if (i < stop) {
        const VF e = vexp(first(x + i, stop - i, -__builtin_inff()) - shift);
        if (y != nullptr) memcpy(y + i, &e, static_cast<size_t>(stop - i) * sizeof(float));
        for (int64_t j = 0; j < stop - i; ++j) acc[j] += e[j];
        i = stop;
      }
      for (int j = 0; j < kLanes; ++j) sum += static_cast<double>(acc[j]);
    }
    return sum;
  }
  static float log_of(float x) { return logf(x); }
  static void log_softmax_grad(const float* y, const float* dy, float total, float* dx, int64_t n) {
    int64_t i = 0;
    for (; i + kLanes <= n; i += kLanes) store(dx + i, load<VF>(dy + i) - vexp(load<VF>(y + i)) * total);
    if (i < n) {
      const VF d = first(dy + i, n - i, 0) - vexp(first(y + i, n - i, 0)) * total;
      memcpy(dx + i, &d, static_cast<size_t>(n - i) * sizeof(float));
    }
  }
};

template <class T>
T row_max(const T* x, int64_t n) {
  T best = lowest_of<T>();
  for (int64_t i = 0; i < n; ++i) best = (x[i] > best) | (x[i] != x[i]) ? x[i] : best;
  return best;
}

template <>
float row_max<float>(const float* x, int64_t n) {
  const auto higher = [](VF a, VF b) { return pick((a > b) | (a != a), a, b); };
  VF most[4];  // several, since each waits for its predecessor
  for (VF& m : most) m = splat(lowest_of<float>());
  int64_t i = 0;
  for (; i + 4 * kLanes <= n; i += 4 * kLanes) {
#pragma GCC unroll 4
    for (int u = 0; u < 4; ++u) most[u] = higher(load<VF>(x + i + u * kLanes), most[u]);
  }
  for (; i + kLanes <= n; i += kLanes) most[0] = higher(load<VF>(x + i), most[0]);
  const VF best = higher(higher(most[0], most[1]), higher(most[2], most[3]));
  float result = lowest_of<float>();
  for (int j = 0; j < kLanes; ++j) result = (best[j] > result) | (best[j] != best[j]) ? best[j] : result;
  for (; i < n; ++i) result = (x[i] > result) | (x[i] != x[i]) ? x[i] : result;
  return result;
}

template <class F>
Status for_rows(DType dtype, int64_t rows, int64_t n, const Parallel& parallel, const F& f) {
  return with_float(dtype, [&](auto tag) {
    parallel_range(parallel, rows, max_of<int64_t>(1, kGrain / max_of<int64_t>(1, n)),
                   [&](int64_t begin, int64_t end) {
                     for (int64_t row = begin; row < end; ++row) f(tag, row);
                   });
    return Status::kOk;
  });
}

template <class T>
const T* row_of(const void* x, int64_t row, int64_t n) {
  return static_cast<const T*>(x) + row * n;
}

template <class T>
T* row_of(void* x, int64_t row, int64_t n) {
  return static_cast<T*>(x) + row * n;
}

// log(sum(exp(x))); -inf for a row of -inf.
template <class T>
T log_sum_exp(const T* x, int64_t n) {
  const T maximum = row_max(x, n);
  if (maximum == highest_of<T>() || maximum == lowest_of<T>()) return maximum;
  return maximum + Math<T>::log_of(static_cast<T>(Math<T>::exp_sum(x, maximum, nullptr, n)));
}

template <class T>
void softmax_row(const T* x, T* y, int64_t n) {
  const T scale = static_cast<T>(1 / Math<T>::exp_sum(x, row_max(x, n), y, n));
  for (int64_t i = 0; i < n; ++i) y[i] *= scale;
}

template <class T>
double dot(const T* a, const T* b, int64_t n) {
  constexpr int lanes = 8;
  double sum[lanes] = {};
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (int j = 0; j < lanes; ++j) sum[j] += static_cast<double>(a[i + j]) * static_cast<double>(b[i + j]);
  }
  for (int j = 0; i < n; ++i, ++j) sum[j] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

template <class T>
double total(const T* a, int64_t n) {
  constexpr int lanes = 8;
  double sum[lanes] = {};
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (int j = 0; j < lanes; ++j) sum[j] += static_cast<double>(a[i + j]);
  }
  for (int j = 0; i < n; ++i, ++j) sum[j] += static_cast<double>(a[i]);
  return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

}  // namespace

Status softmax(DType dtype, const void* x, int64_t rows, int64_t n, void* y, const Parallel& parallel) {
  return for_rows(dtype, rows, n, parallel, [=](auto tag, int64_t row) {
    using T = typename decltype(tag)::type;
    softmax_row(row_of<T>(x, row, n), row_of<T>(y, row, n), n);
  });
}

Status log_softmax(DType dtype, const void* x, int64_t rows, int64_t n, void* y, const Parallel& parallel) {
  return for_rows(dtype, rows, n, parallel, [=](auto tag, int64_t row) {
    using T = typename decltype(tag)::type;
    const T* from = row_of<T>(x, row, n);
    T* to = row_of<T>(y, row, n);
    const T maximum = row_max(from, n);
    const T log_sum = Math<T>::log_of(static_cast<T>(Math<T>::exp_sum(from, maximum, nullptr, n)));
    for (int64_t i = 0; i < n; ++i) to[i] = (from[i] - maximum) - log_sum;
  });
}

Status softmax_grad(DType dtype, const void* y, const void* dy, int64_t rows, int64_t n, void* dx,
                    const Parallel& parallel) {
  return for_rows(dtype, rows, n, parallel, [=](auto tag, int64_t row) {
    using T = typename decltype(tag)::type;
    const T* p = row_of<T>(y, row, n);
    const T* d = row_of<T>(dy, row, n);
    T* to = row_of<T>(dx, row, n);
    const T mean = static_cast<T>(dot(p, d, n));
    for (int64_t i = 0; i < n; ++i) to[i] = (d[i] - mean) * p[i];
  });
}

Status log_softmax_grad(DType dtype, const void* y, const void* dy, int64_t rows, int64_t n, void* dx,
                        const Parallel& parallel) {
  return for_rows(dtype, rows, n, parallel, [=](auto tag, int64_t row) {
    using T = typename decltype(tag)::type;
    const T* d = row_of<T>(dy, row, n);
    Math<T>::log_softmax_grad(row_of<T>(y, row, n), d, static_cast<T>(total(d, n)), row_of<T>(dx, row, n), n);
  });
}

Status logsumexp(DType dtype, const void* x, int64_t rows, int64_t n, void* y, const Parallel& parallel) {
  return for_rows(dtype, rows, n, parallel, [=](auto tag, int64_t row) {
    using T = typename decltype(tag)::type;
    static_cast<T*>(y)[row] = log_sum_exp(row_of<T>(x, row, n), n);
  });
}

Status sparse_softmax_cross_entropy(DType dtype, const void* logits, DType label_dtype, const void* labels,
                                    int64_t rows, int64_t n, void* loss, void* backprop, int64_t* bad_row,
                                    const Parallel& parallel) {
  if (label_dtype != DType::kInt32 && label_dtype != DType::kInt64) return Status::kUnsupported;
  const auto label_of = [=](int64_t row) -> int64_t {
    return label_dtype == DType::kInt32 ? static_cast<const int32_t*>(labels)[row]
                                        : static_cast<const int64_t*>(labels)[row];
  };
  const Status status = for_rows(dtype, rows, n, parallel, [=](auto tag, int64_t row) {
    using T = typename decltype(tag)::type;
    const T* x = row_of<T>(logits, row, n);
    T* gradient = backprop == nullptr ? nullptr : row_of<T>(backprop, row, n);
    const int64_t label = label_of(row);
    if (label < 0 || label >= n) {
      static_cast<T*>(loss)[row] = static_cast<T>(__builtin_nan(""));
      for (int64_t i = 0; gradient != nullptr && i < n; ++i) gradient[i] = static_cast<T>(__builtin_nan(""));
      return;
    }
    const T maximum = row_max(x, n);
    const T chosen = x[label] - maximum;
    const auto sum = Math<T>::exp_sum(x, maximum, gradient, n);
    static_cast<T*>(loss)[row] = Math<T>::log_of(static_cast<T>(sum)) - chosen;
    if (gradient == nullptr) return;
    const T scale = static_cast<T>(1 / sum);
    for (int64_t i = 0; i < n; ++i) gradient[i] *= scale;
    gradient[label] -= T(1);
  });
  if (status != Status::kOk) return status;
  for (int64_t row = 0; row < rows; ++row) {
    if (label_of(row) >= 0 && label_of(row) < n) continue;
    *bad_row = row;
    return Status::kBadIndex;
  }
  return Status::kOk;
}

Status softmax_cross_entropy(DType dtype, const void* logits, const void* labels, int64_t rows, int64_t n,
                             void* loss, void* backprop, const Parallel& parallel) {
  return for_rows(dtype, rows, n, parallel, [=](auto tag, int64_t row) {
    using T = typename decltype(tag)::type;
    const T* x = row_of<T>(logits, row, n);
    const T* wanted = row_of<T>(labels, row, n);
    T* gradient = backprop == nullptr ? nullptr : row_of<T>(backprop, row, n);
    const T maximum = row_max(x, n);
    const T log_sum = Math<T>::log_of(static_cast<T>(Math<T>::exp_sum(x, maximum, nullptr, n)));
    double sum = 0;
    for (int64_t i = 0; i < n; ++i) {
      // A label of zero counts nothing, even where the logit is -inf.
      sum += wanted[i] == 0 ? 0.0 : static_cast<double>(wanted[i] * (log_sum - (x[i] - maximum)));
    }
    static_cast<T*>(loss)[row] = static_cast<T>(sum);
    if (gradient == nullptr) return;
    softmax_row(x, gradient, n);
    for (int64_t i = 0; i < n; ++i) gradient[i] -= wanted[i];
  });
}

}  // namespace tg::kernels::TG_ISA
