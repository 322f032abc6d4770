#include "ops/linalg/lapack.hpp"

namespace tg {
namespace {

int complex_dtype(int dtype) { return dtype == TG_FLOAT32 ? TG_COMPLEX64 : dtype == TG_FLOAT64 ? TG_COMPLEX128 : dtype; }

void infer(InferContext& c) {
  Dims dims = c.dims(0), none = {0};
  require_square(dims, "tensor");
  int dtype = complex_dtype(c.dtype(0));
  c.set_output(0, dtype, with_sizes(batch_of(dims), {rows_of(dims)}));
  c.set_output(1, dtype, c.bool_attr("compute_v") ? dims : none);
}

template <class T>
void decompose(KernelContext& c) {
  using R = RealOf<T>;
  using C = std::complex<R>;
  Routine<T> geev("geev");
  Dims dims = c.dims(0);
  bool vectors = c.bool_attr("compute_v");
  const char* job = vectors ? "V" : "N";
  int64_t n = columns_of(dims);
  int order = lapack_size(n, dims), leading = std::max(order, 1);
  // wr and wi hold the parts of real matrices' eigenvalues; complex ones are in w, and wr is scratch.
  auto call_geev = [&](T* a, R* wr, R* wi, C* w, T* v, T* work, int count) {
    int size = order, lda = leading, ldl = leading, ldr = leading;
    T unused{};
    if constexpr (kIsComplex<T>)
      return geev("N", job, size, a, lda, w, &unused, ldl, v, ldr, work, count, wr);
    else
      return geev("N", job, size, a, lda, wr, wi, &unused, ldl, v, ldr, work, count);
  };
  T answer{}, none{};
  R none_r[2] = {};
  C none_c{};
  if (n > 0) call_geev(&none, none_r, none_r, &none_c, &none, &answer, -1);
  int count = work_size(answer) + 1;
  Places places;
  size_t a_at = places.add<T>(n * n), v_at = places.add<T>(n * n), work_at = places.add<T>(count);
  size_t wr_at = places.add<R>(2 * n), wi_at = places.add<R>(n);
  const T* in = c.input<T>(0);
  C* w_out = c.output<C>(0);
  C* v_out = vectors ? c.output<C>(1) : nullptr;
  FirstProblem problem;
  double size = static_cast<double>(n);
  for_each_matrix(c, product(dims, 0, dims.rank() - 2), 25 * size * size * size, places.total(),
                  [&](int64_t i, void* scratch) {
    if (n == 0) return;
    T* a = at<T>(scratch, a_at);
    T* v = at<T>(scratch, v_at);
    R* wr = at<R>(scratch, wr_at);
    R* wi = at<R>(scratch, wi_at);
    C* w = w_out + i * n;
    C* out = vectors ? v_out + i * n * n : nullptr;
    if (!all_finite(in + i * n * n, n * n)) {
      fill_nan(w, n);
      if (vectors) fill_nan(out, n * n);
      return;
    }
    transpose_into(n, n, in + i * n * n, a);
    if (call_geev(a, wr, wi, w, v, at<T>(scratch, work_at), count) != 0) return problem.note(i);
    if constexpr (!kIsComplex<T>)
      for (int64_t k = 0; k < n; ++k) w[k] = C(wr[k], wi[k]);
    for (int64_t column = 0; vectors && column < n; ++column) {
      const T* own = v + column * n;
      if constexpr (kIsComplex<T>) {
        for (int64_t row = 0; row < n; ++row) out[row * n + column] = own[row];
      } else {
        bool pair = wi[column] != 0 && column + 1 < n;  // real and imaginary parts of it and of its conjugate
        for (int64_t row = 0; row < n; ++row) {
          out[row * n + column] = C(own[row], pair ? own[n + row] : R(0));
          if (pair) out[row * n + column + 1] = C(own[row], -own[n + row]);
        }
        if (pair) ++column;
      }
    }
  });
  throw_if_unfinished(problem);
}

void kernel(KernelContext& c) {
  with_field(c.dtype(0), [&](auto tag) { decompose<typename decltype(tag)::type>(c); });
}

// C. Boeddeker et al., "On the computation of complex-valued gradients with application to statistically optimum
// beamforming", arXiv:1701.00392, 2017; the vectors have length 1, and a phase that nothing may depend on.
void gradient(GradientContext& c) {
  Tensor a = c.input(0), v = c.output(1), w = c.output(0), dw = c.gradient(0);
  bool vectors = c.bool_attr("compute_v");
  if (!vectors) v = call_all("eig", {a}, {{"compute_v", true}})[1];
  Tensor inside;
  if (vectors) {
    Tensor dv = c.gradient(1), vdv = adjoint_product(v, dv);
    Tensor lengths = in_dtype_of(v, call("real", {diag_part(vdv)}));
    Tensor moved = vdv - adjoint_product(v, v * as_rows(lengths));
    Tensor gaps = conjugate(as_rows(w) - as_columns(w));
    inside = set_diag(moved / set_diag(gaps, call("ones_like", {w})), dw);
  } else {
    inside = call("matrix_diag", {dw});
  }
  // V^-H inside V^H
  Tensor whole = solve(v, product_adjoint(inside, v), true);
  c.set_gradient(0, is_complex(a.dtype()) ? whole : call("real", {whole}));
}

TG_OP("eig(tensor: T, *, compute_v: bool = true) -> any, any")
    .types("T: " TG_FIELDS)
    .summary("Computes the eigenvalues and eigenvectors of square matrices.")
    .doc(R"(Args:
  tensor: square matrices, shape [..., n, n]; float32, float64, complex64 or complex128.
  compute_v: whether the eigenvectors are wanted.

Returns:
  The eigenvalues in no particular order, shape [..., n], and the eigenvectors of length 1 as columns, shape [..., n, n]
  (empty unless `compute_v`), both complex. Those of a matrix that holds NaN or an infinity are NaN.

Raises:
  InvalidArgumentError: a matrix is not square (TG-0105), or the iteration does not converge (TG-0573).
  FailedPreconditionError: LAPACK is not installed (TG-0570).
)")
    .example(R"(>>> tg.linalg.eigvals([[2., 0.], [0., 3.]]).numpy()
array([2.+0.j, 3.+0.j], dtype=complex64))")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [[8.0, 0.5, 0.25], [0.5, 2.0, -0.25], [0.25, -0.5, -4.0]]}]},
          {"inputs": [{"dtype": "float32", "value": [[[4.0, 1.0], [1.0, 3.0]], [[0.0, -1.0], [1.0, 0.5]]]}],
           "attributes": {"compute_v": false}}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
