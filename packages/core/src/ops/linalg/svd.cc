#include "ops/linalg/lapack.hpp"

namespace tg {
namespace {

int real_dtype(int dtype) { return dtype == TG_COMPLEX64 ? TG_FLOAT32 : dtype == TG_COMPLEX128 ? TG_FLOAT64 : dtype; }

void infer(InferContext& c) {
  Dims dims = c.dims(0), batch = batch_of(dims);
  require_matrices(dims, "tensor");
  int64_t m = rows_of(dims), n = columns_of(dims), k = smaller_size(m, n);
  bool full = c.bool_attr("full_matrices"), vectors = c.bool_attr("compute_uv");
  c.set_output(0, real_dtype(c.dtype(0)), with_sizes(batch, {k}));
  Dims none = {0};
  c.set_output(1, c.dtype(0), vectors ? with_sizes(batch, {m, full ? m : k}) : none);
  c.set_output(2, c.dtype(0), vectors ? with_sizes(batch, {n, full ? n : k}) : none);
}

// To LAPACK a row-major matrix is its transpose B = X S Y^H, so that A = conj(Y) S X^T: its Y^H, column by column, is
// our U, row by row.
template <class T>
void decompose(KernelContext& c) {
  using R = RealOf<T>;
  Routine<T> gesdd("gesdd");
  Dims dims = c.dims(0);
  bool full = c.bool_attr("full_matrices"), vectors = c.bool_attr("compute_uv");
  int64_t m = rows_of(dims), n = columns_of(dims), k = std::min(m, n);
  int64_t x_width = full ? n : k, y_width = full ? m : k;
  int height = lapack_size(n, dims), columns = lapack_size(m, dims);
  int ld_x = std::max(height, 1), ld_y = static_cast<int>(std::max<int64_t>(y_width, 1)), query = -1;
  const char* job = !vectors ? "N" : full ? "A" : "S";
  int64_t greater = std::max(m, n);
  int64_t rwork_count = !kIsComplex<T> ? 0 : std::max(5 * k * k + 7 * k, 2 * greater * k + 2 * k * k + k) + 1;
  auto call_gesdd = [&](T* a, R* s, T* x, T* y, T* work, int count, R* rwork, int* iwork) {
    int rows = height, cols = columns, lda = ld_x, ldx = ld_x, ldy = ld_y;
    if constexpr (kIsComplex<T>) return gesdd(job, rows, cols, a, lda, s, x, ldx, y, ldy, work, count, rwork, iwork);
    else return gesdd(job, rows, cols, a, lda, s, x, ldx, y, ldy, work, count, iwork);
  };
  T answer{}, none{};
  R none_r{};
  int none_i = 0;
  if (k > 0) call_gesdd(&none, &none_r, &none, &none, &answer, query, &none_r, &none_i);
  int work_count = work_size(answer) + 1;
  Places places;
  size_t a_at = places.add<T>(m * n), x_at = places.add<T>(n * x_width), work_at = places.add<T>(work_count);
  size_t rwork_at = places.add<R>(rwork_count), iwork_at = places.add<int>(8 * k + 1);
  const T* in = c.input<T>(0);
  R* s_out = c.output<R>(0);
  T* u_out = vectors ? c.output<T>(1) : nullptr;
  T* v_out = vectors ? c.output<T>(2) : nullptr;
  FirstProblem problem;
  double work = 20.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  for_each_matrix(c, product(dims, 0, dims.rank() - 2), work, places.total(), [&](int64_t i, void* scratch) {
    R* s = s_out + i * k;
    T* u = vectors ? u_out + i * m * y_width : nullptr;
    T* v = vectors ? v_out + i * n * x_width : nullptr;
    if (k == 0) {  // nothing to decompose: any orthonormal columns will do
      for (int64_t j = 0; vectors && j < m * y_width; ++j) u[j] = T(j % (y_width + 1) == 0);
      for (int64_t j = 0; vectors && j < n * x_width; ++j) v[j] = T(j % (x_width + 1) == 0);
      return;
    }
    T* a = at<T>(scratch, a_at);
    T* x = at<T>(scratch, x_at);
    std::copy_n(in + i * m * n, m * n, a);
    if (!all_finite(a, m * n)) {
      fill_nan(s, k);
      if (vectors) fill_nan(u, m * y_width), fill_nan(v, n * x_width);
      return;
    }
    T unused{};
    int info = call_gesdd(a, s, vectors ? x : &unused, vectors ? u : &unused, at<T>(scratch, work_at), work_count,
                          at<R>(scratch, rwork_at), at<int>(scratch, iwork_at));
    if (info != 0) return problem.note(i);
    if (!vectors) return;
    transpose_into(x_width, n, x, v);
    std::transform(v, v + n * x_width, v, conjugate_of<T>);
  });
  throw_if_unfinished(problem);
}

void kernel(KernelContext& c) {
  with_field(c.dtype(0), [&](auto tag) { decompose<typename decltype(tag)::type>(c); });
}

// J. Townsend, "Differentiating the singular value decomposition", 2016; for complex matrices Z.-Q. Wan, S.-X. Zhang,
// arXiv:1909.02659, 2019.
void gradient(GradientContext& c) {
  Tensor a = c.input(0), u = c.output(1), s = c.output(0), v = c.output(2), ds = c.gradient(0);
  if (!c.bool_attr("compute_uv")) {
    std::vector<Tensor> parts = call_all("svd", {a}, {{"compute_uv", true}});
    u = parts[1];
    v = parts[2];
  } else if (c.bool_attr("full_matrices")) {
    Dims dims = c.dims(0);
    if (rows_of(dims) < 0 || rows_of(dims) != columns_of(dims))
      throw unsupported("the full decomposition has a gradient for square matrices alone",
                        "tensor.shape=" + dims.str() + ", full_matrices=True");
  }
  Tensor middle = as_rows(in_dtype_of(u, ds));  // scales the columns of U
  if (!c.bool_attr("compute_uv")) return c.set_gradient(0, product_adjoint(u * middle, v));
  Tensor du = c.gradient(1), dv = c.gradient(2);
  Tensor squares = s * s;
  Tensor gaps = as_rows(squares) - as_columns(squares);
  Tensor f = in_dtype_of(u, call("divide_no_nan", {call("ones_like", {gaps}), gaps}));
  Tensor row_s = as_rows(in_dtype_of(u, s)), column_s = as_columns(in_dtype_of(u, s));
  Tensor inverse_s = in_dtype_of(u, call("divide_no_nan", {call("ones_like", {s}), s}));
  Tensor uu = adjoint_product(u, du), vv = adjoint_product(v, dv);
  Tensor inside = f * (uu - adjoint(uu)) * row_s + column_s * f * (vv - adjoint(vv));
  Tensor diagonal = in_dtype_of(u, ds);
  if (is_complex(u.dtype())) {
    Tensor phase = diag_part(uu);
    diagonal = diagonal + (phase - conjugate(phase)) * scalar_like(phase, 0.5) * inverse_s;
  }
  inside = set_diag(inside, diagonal);
  Tensor total = product_adjoint(product(u, inside), v);
  // What leaves the spaces that U and V span.
  Tensor du_outside = (du - product(u, uu)) * as_rows(inverse_s);
  Tensor dv_outside = (dv - product(v, vv)) * as_rows(inverse_s);
  c.set_gradient(0, total + product_adjoint(du_outside, v) + product_adjoint(u, dv_outside));
}

TG_OP("svd(tensor: T, *, full_matrices: bool = false, compute_uv: bool = true) -> any, T, T")
    .types("T: " TG_FIELDS)
    .summary("Computes the singular value decomposition U diag(s) V^H of matrices.")
    .doc(R"(Args:
  tensor: matrices, shape [..., m, n]; float32, float64, complex64 or complex128.
  full_matrices: whether U and V are square.
  compute_uv: whether U and V are wanted.

Returns:
  The singular values s in descending order, shape [..., k] with k the smaller of m and n; U, shape [..., m, k], and V,
  shape [..., n, k] ([..., m, m] and [..., n, n] if `full_matrices`; empty unless `compute_uv`). The decomposition of a
  matrix that holds NaN or an infinity is NaN.

Raises:
  InvalidArgumentError: the rank is below 2 (TG-0103), or the iteration does not converge (TG-0573).
  FailedPreconditionError: LAPACK is not installed (TG-0570).
)")
    .example(R"(>>> tg.linalg.svd([[3., 0.], [0., -2.]], compute_uv=False)
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([3., 2.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [[4.0, 1.0, 0.5], [-1.0, 3.0, -0.25], [0.5, 1.25, 2.0]]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 4, 2]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [3, 3]}], "attributes": {"full_matrices": true}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 2]}], "attributes": {"compute_uv": false}}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
