// Blocked algorithms: all but the blocks on the diagonal is matrix multiplication. Compiled once.
#include "kernels/triangular.h"

#include <math.h>
#include <string.h>

#include <complex>

#include "kernels/gemm.h"

namespace tg::kernels {
namespace {

constexpr int64_t kBlock = 64;

int64_t min_of(int64_t x, int64_t y) { return x < y ? x : y; }
size_t max_of(size_t x, size_t y) { return x > y ? x : y; }
size_t aligned(size_t bytes) { return (bytes + 63) & ~size_t{63}; }

float conjugate(float x) { return x; }
double conjugate(double x) { return x; }
template <class R>
std::complex<R> conjugate(std::complex<R> x) {
  return {x.real(), -x.imag()};
}
// Without the recovery of infinities that the operator of std::complex has.
float multiply(float x, float y) { return x * y; }
double multiply(double x, double y) { return x * y; }
template <class R>
std::complex<R> multiply(std::complex<R> x, std::complex<R> y) {
  return {x.real() * y.real() - x.imag() * y.imag(), x.real() * y.imag() + x.imag() * y.real()};
}
double real_of(double x) { return x; }
template <class R>
double real_of(std::complex<R> x) {
  return x.real();
}

template <class T>
struct Type {
  using type = T;
};

template <class F>
Status with_field(DType dtype, const F& f) {
  switch (dtype) {
    case DType::kFloat32:
      return f(Type<float>{});
    case DType::kFloat64:
      return f(Type<double>{});
    case DType::kComplex64:
      return f(Type<std::complex<float>>{});
    case DType::kComplex128:
      return f(Type<std::complex<double>>{});
    default:
      return Status::kUnsupported;
  }
}

bool is_real(DType dtype) { return dtype == DType::kFloat32 || dtype == DType::kFloat64; }
// Complex matrices are one block: matrix multiplication here is real.
int64_t block_of(DType dtype, int64_t n) { return is_real(dtype) ? min_of(n, kBlock) : n; }

// The decomposition of a block of n rows that are `stride` elements apart, in place; what is above becomes 0.
template <class T>
bool cholesky_block(int64_t n, T* l, int64_t stride) {
  for (int64_t i = 0; i < n; ++i) {
    T* row = l + i * stride;
    for (int64_t j = 0; j <= i; ++j) {
      const T* other = l + j * stride;
      T sum = row[j];
      for (int64_t k = 0; k < j; ++k) sum -= multiply(row[k], conjugate(other[k]));
      if (j < i) {
        row[j] = sum / other[j];
        continue;
      }
      const double pivot = real_of(sum);
      if (!(pivot > 0.0) || isinf(pivot)) return false;
      row[i] = static_cast<T>(sqrt(pivot));
    }
    for (int64_t j = i + 1; j < n; ++j) row[j] = T(0);
  }
  return true;
}

// inverse[n,n] of a lower triangular block.
template <class T>
void invert_block(int64_t n, const T* l, int64_t stride, T* inverse) {
  for (int64_t i = 0; i < n; ++i) {
    T* row = inverse + i * n;
    for (int64_t j = 0; j < n; ++j) row[j] = i == j ? T(1) : T(0);
    for (int64_t k = 0; k < i; ++k) {
      const T factor = l[i * stride + k];
      for (int64_t j = 0; j <= k; ++j) row[j] -= multiply(factor, inverse[k * n + j]);
    }
    for (int64_t j = 0; j <= i; ++j) row[j] /= l[i * stride + i];
  }
}

struct CholeskyPlaces {
  size_t panel, negative, inverse, multiply, total;

  CholeskyPlaces(DType dtype, int64_t n) {
    const size_t size = dtype_size(dtype);
    const int64_t w = block_of(dtype, n);
    const size_t tall = aligned(static_cast<size_t>(n) * static_cast<size_t>(w) * size);
    panel = 0;
    negative = tall;
    inverse = negative + tall;
    multiply = inverse + aligned(static_cast<size_t>(w) * static_cast<size_t>(w) * size);
    size_t most = 0;
    for (int64_t rows = n; is_real(dtype) && rows > 0; rows -= w)
      most = max_of(most, gemm_workspace_bytes(dtype, false, true, rows, w, w));
    total = multiply + most;
  }
};

template <class T>
bool cholesky_as(DType dtype, int64_t n, T* l, const Parallel& parallel, char* workspace) {
  const int64_t w = block_of(dtype, n);
  const CholeskyPlaces places(dtype, n);
  T* panel = reinterpret_cast<T*>(workspace + places.panel);
  T* negative = reinterpret_cast<T*>(workspace + places.negative);
  T* inverse = reinterpret_cast<T*>(workspace + places.inverse);
  for (int64_t s = 0; s < n; s += w) {
    const int64_t width = min_of(w, n - s), below = n - s - width;
    T* corner = l + s * n + s;
    if (!cholesky_block(width, corner, n)) return false;
    if (below == 0) continue;
    invert_block(width, corner, n, inverse);
    T* under = corner + width * n;
    if (gemm(dtype, false, true, below, width, width, under, n, inverse, width, panel, width, false, parallel,
             workspace + places.multiply) != Status::kOk)
      return false;
    for (int64_t i = 0; i < below; ++i) {
      memcpy(static_cast<void*>(under + i * n), panel + i * width, static_cast<size_t>(width) * sizeof(T));
      for (int64_t j = 0; j < width; ++j) negative[i * width + j] = -panel[i * width + j];
    }
    for (int64_t j = 0; j < below; j += w) {
      gemm(dtype, false, true, below - j, min_of(w, below - j), width, negative + j * width, width, panel + j * width,
           width, under + j * n + width + j, n, true, parallel, workspace + places.multiply);
    }
  }
  return true;
}

// Solves with a block on the diagonal: x has n rows of `columns` elements.
template <class T>
void solve_block(bool lower, bool adjoint, int64_t n, int64_t columns, const T* a, int64_t stride, T* x) {
  const bool forward = lower != adjoint;
  for (int64_t step = 0; step < n; ++step) {
    const int64_t i = forward ? step : n - 1 - step;
    T* row = x + i * columns;
    for (int64_t done = 0; done < step; ++done) {
      const int64_t k = forward ? done : n - 1 - done;
      const T factor = adjoint ? conjugate(a[k * stride + i]) : a[i * stride + k];
      const T* other = x + k * columns;
      for (int64_t j = 0; j < columns; ++j) row[j] -= multiply(factor, other[j]);
    }
    const T pivot = adjoint ? conjugate(a[i * stride + i]) : a[i * stride + i];
    for (int64_t j = 0; j < columns; ++j) row[j] /= pivot;
  }
}

size_t packed_bytes(DType dtype, int64_t n) {
  return aligned(static_cast<size_t>(n) * static_cast<size_t>(block_of(dtype, n)) * dtype_size(dtype));
}

template <class T>
bool solve_as(DType dtype, bool lower, bool adjoint, int64_t n, int64_t columns, const T* a, T* x,
              const Parallel& parallel, char* workspace) {
  for (int64_t i = 0; i < n; ++i)
    if (a[i * n + i] == T(0)) return false;
  const int64_t w = block_of(dtype, n);
  const bool forward = lower != adjoint;
  const int64_t blocks = w == 0 ? 0 : (n + w - 1) / w;
  T* packed = reinterpret_cast<T*>(workspace);
  for (int64_t step = 0; step < blocks; ++step) {
    const int64_t s = (forward ? step : blocks - 1 - step) * w;
    const int64_t width = min_of(w, n - s);
    const int64_t from = forward ? 0 : s + width, known = forward ? s : n - s - width;
    if (known > 0) {
      for (int64_t i = 0; i < width; ++i)
        for (int64_t k = 0; k < known; ++k)
          packed[i * known + k] = -(adjoint ? conjugate(a[(from + k) * n + s + i]) : a[(s + i) * n + from + k]);
      gemm(dtype, false, false, width, columns, known, packed, known, x + from * columns, columns, x + s * columns,
           columns, true, parallel, workspace + packed_bytes(dtype, n));
    }
    solve_block(lower, adjoint, width, columns, a + s * n + s, n, x + s * columns);
  }
  return true;
}

}  // namespace

size_t cholesky_workspace_bytes(DType dtype, int64_t n) { return n == 0 ? 0 : CholeskyPlaces(dtype, n).total; }

size_t triangular_solve_workspace_bytes(DType dtype, int64_t n, int64_t columns) {
  const int64_t w = block_of(dtype, n);
  if (n <= w) return 0;
  size_t most = 0;
  for (int64_t s = 0; s < n; s += w) {  // forward s rows are known before a block, backward those after it
    const int64_t width = min_of(w, n - s);
    most = max_of(most, max_of(gemm_workspace_bytes(dtype, false, false, width, columns, s),
                               gemm_workspace_bytes(dtype, false, false, width, columns, n - s - width)));
  }
  return packed_bytes(dtype, n) + most;
}

Status cholesky(DType dtype, int64_t n, const void* a, void* l, bool* definite, const Parallel& parallel,
                void* workspace) {
  return with_field(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* in = static_cast<const T*>(a);
    T* out = static_cast<T*>(l);
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < n; ++j) out[i * n + j] = j <= i ? in[i * n + j] : T(0);
    *definite = cholesky_as(dtype, n, out, parallel, static_cast<char*>(workspace));
    return Status::kOk;
  });
}

Status triangular_solve(DType dtype, bool lower, bool adjoint, int64_t n, int64_t columns, const void* a, void* x,
                        bool* singular, const Parallel& parallel, void* workspace) {
  return with_field(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    *singular = !solve_as(dtype, lower, adjoint, n, columns, static_cast<const T*>(a), static_cast<T*>(x), parallel,
                          static_cast<char*>(workspace));
    return Status::kOk;
  });
}

}  // namespace tg::kernels
