#include "ops/linalg/lapack.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_square(c.dims(0), "input");
  for (size_t i = 0; i < c.num_outputs(); ++i) c.set_output(i, c.dtype(0), batch_of(c.dims(0)));
}

// The sign (a number of absolute value 1; 0 where the matrix is singular) and the logarithm of the absolute value.
template <class T, class Found>
void decompose(KernelContext& c, const Found& found) {
  Routine<T> getrf("getrf");
  Dims dims = c.dims(0);
  int64_t n = columns_of(dims);
  int order = lapack_size(n, dims);
  Places places;
  size_t lu_at = places.add<T>(n * n), pivots_at = places.add<int>(n);
  const T* in = c.input<T>(0);
  double size = static_cast<double>(n);
  for_each_matrix(c, product(dims, 0, dims.rank() - 2), size * size * size, places.total(),
                  [&](int64_t i, void* scratch) {
                    T* lu = at<T>(scratch, lu_at);
                    int* pivots = at<int>(scratch, pivots_at);
                    int rows = order, ld = std::max(order, 1);
                    std::copy_n(in + i * n * n, n * n, lu);
                    if (n > 0) getrf(rows, rows, lu, ld, pivots);  // a zero on the diagonal is a result here
                    bool odd = false;
                    for (int64_t k = 0; k < n; ++k) odd ^= pivots[k] != k + 1;
                    found(i, lu, odd);
                  });
}

template <class T>
void log_determinant(KernelContext& c) {
  T* signs = c.output<T>(0);
  T* logs = c.output<T>(1);
  int64_t n = columns_of(c.dims(0));
  decompose<T>(c, [&](int64_t i, const T* lu, bool odd) {
    T sign = odd ? T(-1) : T(1);
    RealOf<T> log = 0;
    for (int64_t k = 0; k < n; ++k) {
      T pivot = lu[k * (n + 1)];
      RealOf<T> size = std::abs(pivot);
      sign = size > 0 ? sign * (pivot / size) : size == 0 ? T(0) : T(size);
      log += std::log(size);
    }
    signs[i] = sign;
    logs[i] = T(log);
  });
}

template <class T>
void determinant(KernelContext& c) {
  T* out = c.output<T>(0);
  int64_t n = columns_of(c.dims(0));
  decompose<T>(c, [&](int64_t i, const T* lu, bool odd) {
    T value = odd ? T(-1) : T(1);
    for (int64_t k = 0; k < n; ++k) value *= lu[k * (n + 1)];
    out[i] = value;
  });
}

void log_kernel(KernelContext& c) {
  with_field(c.dtype(0), [&](auto tag) { log_determinant<typename decltype(tag)::type>(c); });
}
void kernel(KernelContext& c) {
  with_field(c.dtype(0), [&](auto tag) { determinant<typename decltype(tag)::type>(c); });
}

Tensor scaled_inverse(const Tensor& a, const Tensor& factor) {
  return as_columns(as_columns(factor)) * call("matrix_inverse", {a}, {{"adjoint", true}});
}

// M. Giles, "An extended collection of matrix derivative results", Oxford NA-08-01, 2008.
void gradient(GradientContext& c) {
  c.set_gradient(0, scaled_inverse(c.input(0), c.gradient() * conjugate(c.output())));
}
// The logarithm is real, in whatever dtype it is given.
void log_gradient(GradientContext& c) {
  Tensor g = c.gradient(1);
  if (is_complex(g.dtype())) g = in_dtype_of(g, call("real", {g}));
  c.set_gradient(0, scaled_inverse(c.input(0), g));
}

TG_OP("determinant(input: T) -> T")
    .types("T: " TG_FIELDS)
    .names("linalg.det")
    .summary("Computes the determinants of matrices.")
    .doc(R"(Args:
  input: square matrices, shape [..., n, n]; float32, float64, complex64 or complex128.

Returns:
  The determinants, shape [...], of the same dtype.

Raises:
  InvalidArgumentError: a matrix is not square (TG-0105).
  FailedPreconditionError: LAPACK is not installed (TG-0570).
)")
    .example(R"(>>> tg.linalg.det([[1., 2.], [3., 4.]])
<tg.Tensor: shape=(), dtype=float32, numpy=-2.0>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [[4.0, 1.0, 0.5], [-1.0, 3.0, -0.25], [0.5, 1.25, 2.0]]}]},
          {"inputs": [{"dtype": "float32", "value": [[[1.0, 4.0], [2.0, 3.0]], [[1.0, -0.5], [2.5, 2.0]]]}]}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

TG_OP("log_matrix_determinant(input: T) -> T, T")
    .types("T: " TG_FIELDS)
    .summary("Computes the signs and the logarithms of the absolute values of determinants.")
    .doc(R"(Args:
  input: square matrices, shape [..., n, n]; float32, float64, complex64 or complex128.

Returns:
  The signs (1, -1, or 0 where the determinant is 0) and the logarithms of the absolute values (-inf there), both of
  shape [...] and of the same dtype. No gradient flows through the signs.

Raises:
  InvalidArgumentError: a matrix is not square (TG-0105).
  FailedPreconditionError: LAPACK is not installed (TG-0570).
)")
    .example(R"(>>> sign, log_abs_determinant = tg.linalg.slogdet([[1., 2.], [3., 4.]])
>>> sign
<tg.Tensor: shape=(), dtype=float32, numpy=-1.0>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [[4.0, 1.0, 0.5], [-1.0, 3.0, -0.25], [0.5, 1.25, 2.0]]}]},
          {"inputs": [{"dtype": "float32", "value": [[[1.0, 4.0], [2.0, 3.0]], [[1.0, -0.5], [2.5, 2.0]]]}]}])")
    .infer<infer>()
    .kernel<log_kernel>()
    .gradient<log_gradient>();

}  // namespace
}  // namespace tg
