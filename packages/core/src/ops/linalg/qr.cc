#include "ops/linalg/lapack.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  Dims dims = c.dims(0), batch = batch_of(dims);
  require_matrices(dims, "input");
  int64_t m = rows_of(dims), n = columns_of(dims), k = smaller_size(m, n);
  bool full = c.bool_attr("full_matrices");
  c.set_output(0, c.dtype(0), with_sizes(batch, {m, full ? m : k}));
  c.set_output(1, c.dtype(0), with_sizes(batch, {full ? m : k, n}));
}

template <class T>
void decompose(KernelContext& c) {
  Routine<T> geqrf("geqrf"), orgqr(kIsComplex<T> ? "ungqr" : "orgqr");
  Dims dims = c.dims(0);
  int64_t m = rows_of(dims), n = columns_of(dims), k = std::min(m, n);
  int64_t width = c.bool_attr("full_matrices") ? m : k;  // columns of Q
  int height = lapack_size(m, dims), columns = lapack_size(n, dims), q_columns = static_cast<int>(width);
  int steps = static_cast<int>(k), leading = std::max(height, 1), query = -1;
  T answer{}, none{};
  geqrf(height, columns, &none, leading, &none, &answer, query);
  int work_count = std::max(work_size(answer), std::max(columns, 1));
  orgqr(height, q_columns, steps, &none, leading, &none, &answer, query);
  work_count = std::max(work_count, std::max(work_size(answer), std::max(q_columns, 1)));
  Places places;
  size_t a_at = places.add<T>(m * std::max(n, width)), tau_at = places.add<T>(k), work_at = places.add<T>(work_count);
  const T* in = c.input<T>(0);
  T* q = c.output<T>(0);
  T* r = c.output<T>(1);
  double work = 4.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  for_each_matrix(c, product(dims, 0, dims.rank() - 2), work, places.total(), [&](int64_t i, void* scratch) {
    T* a = at<T>(scratch, a_at);
    T* tau = at<T>(scratch, tau_at);
    int rows = height, cols = columns, q_cols = q_columns, reflections = steps, ld = leading, count = work_count;
    T* q_out = q + i * m * width;
    T* r_out = r + i * width * n;
    transpose_into(m, n, in + i * m * n, a);
    if (m * n > 0) geqrf(rows, cols, a, ld, tau, at<T>(scratch, work_at), count);
    for (int64_t row = 0; row < width; ++row)
      for (int64_t column = 0; column < n; ++column)
        r_out[row * n + column] = row <= column && row < k ? a[column * m + row] : T(0);
    if (m * width > 0) orgqr(rows, q_cols, reflections, a, ld, tau, at<T>(scratch, work_at), count);
    transpose_into(width, m, a, q_out);
  });
}

void kernel(KernelContext& c) {
  with_field(c.dtype(0), [&](auto tag) { decompose<typename decltype(tag)::type>(c); });
}

// S. Walter, L. Lehmann, "Algorithmic differentiation of linear algebra functions", 2010, for at least as many rows as
// columns: dA = (dQ + Q copy(R dR^H - dQ^H Q)) R^-H, where copy mirrors the lower triangle.
Tensor tall_gradient(const Tensor& q, const Tensor& r, const Tensor& dq, const Tensor& dr) {
  Tensor m = product_adjoint(r, dr) - adjoint_product(dq, q);
  Tensor lower = band_part(m, -1, 0);
  Tensor diagonal = diag_part(lower);
  Tensor strict = set_diag(lower, call("zeros_like", {diagonal}));
  Tensor whole = dq + product(q, lower + adjoint(strict));
  // whole R^-H = (R^-1 whole^H)^H
  return adjoint(triangular_solve(r, adjoint(whole), false, false));
}

Tensor first_columns(const Tensor& x, int64_t begin, int64_t end) {
  std::vector<int64_t> from, to, steps;
  int rank = x.dims().rank();
  for (int i = 0; i < rank; ++i) {
    from.push_back(i + 1 < rank ? 0 : begin);
    to.push_back(i + 1 < rank ? 0 : end);
    steps.push_back(1);
  }
  int64_t all = (int64_t{1} << (rank - 1)) - 1;
  return call("strided_slice", {x},
              {{"begin", from}, {"end", to}, {"strides", steps}, {"begin_mask", all}, {"end_mask", all}});
}

void gradient(GradientContext& c) {
  Dims dims = c.dims(0);
  int64_t m = rows_of(dims), n = columns_of(dims);
  if (m < 0 || n < 0)
    throw unsupported("the gradient needs the sizes of the matrices before running", "input.shape=" + dims.str());
  if (c.bool_attr("full_matrices") && m > n)
    throw unsupported("the full decomposition of matrices with more rows than columns has no gradient",
                      "input.shape=" + dims.str() + ", full_matrices=True");
  Tensor q = c.output(0), r = c.output(1), dq = c.gradient(0), dr = c.gradient(1);
  if (m >= n) return c.set_gradient(0, tall_gradient(q, r, dq, dr));
  // A = [X Y], R = [U V] with X = Q U and V = Q^H Y.
  Tensor y = first_columns(c.input(0), m, n), dv = first_columns(dr, m, n);
  Tensor dx = tall_gradient(q, first_columns(r, 0, m), dq + product_adjoint(y, dv), first_columns(dr, 0, m));
  c.set_gradient(0, call("concat", {dx, product(q, dv)}, {{"axis", -1}}));
}

TG_OP("qr(input: T, *, full_matrices: bool = false) -> T, T")
    .types("T: " TG_FIELDS)
    .summary("Computes the QR decomposition of matrices.")
    .doc(R"(Args:
  input: matrices, shape [..., m, n]; float32, float64, complex64 or complex128.
  full_matrices: whether Q is square even where the matrices have more rows than columns.

Returns:
  Q, shape [..., m, k], whose columns are orthonormal, and the upper triangular R, shape [..., k, n]; k is m if
  `full_matrices`, else the smaller of m and n. The same dtype.

Raises:
  InvalidArgumentError: the rank is below 2 (TG-0103).
  FailedPreconditionError: LAPACK is not installed (TG-0570).
)")
    .example(R"(>>> q, r = tg.linalg.qr([[3., 1.], [4., 2.]])
>>> tg.matmul(q, r)
<tg.Tensor: shape=(2, 2), dtype=float32, numpy=
array([[3., 1.],
       [4., 2.]], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [[4.0, 1.0, 0.5], [-1.0, 3.0, -0.25], [0.5, 1.25, 2.0]]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 4, 2]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 4]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3]}], "attributes": {"full_matrices": true}}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
