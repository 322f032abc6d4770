#include "ops/linalg/lapack.hpp"

namespace tg {
namespace {

int real_dtype(int dtype) { return dtype == TG_COMPLEX64 ? TG_FLOAT32 : dtype == TG_COMPLEX128 ? TG_FLOAT64 : dtype; }

void infer(InferContext& c) {
  Dims dims = c.dims(0), none = {0};
  require_square(dims, "tensor");
  c.set_output(0, real_dtype(c.dtype(0)), with_sizes(batch_of(dims), {rows_of(dims)}));
  c.set_output(1, c.dtype(0), c.bool_attr("compute_v") ? dims : none);
}

// Our lower triangle is LAPACK's upper one, of the conjugate matrix; so its vectors are the conjugates of ours.
template <class T>
void decompose(KernelContext& c) {
  using R = RealOf<T>;
  Routine<T> syevd(kIsComplex<T> ? "heevd" : "syevd");
  Dims dims = c.dims(0);
  bool vectors = c.bool_attr("compute_v");
  const char* job = vectors ? "V" : "N";
  int64_t n = columns_of(dims);
  int order = lapack_size(n, dims), leading = std::max(order, 1);
  auto call_syevd = [&](T* a, R* w, T* work, int count, R* rwork, int rcount, int* iwork, int icount) {
    int rows = order, ld = leading;
    if constexpr (kIsComplex<T>) return syevd(job, "U", rows, a, ld, w, work, count, rwork, rcount, iwork, icount);
    else return syevd(job, "U", rows, a, ld, w, work, count, iwork, icount);
  };
  T answer{}, none{};
  R answer_r{}, none_r{};
  int answer_i = 1;
  call_syevd(&none, &none_r, &answer, -1, &answer_r, -1, &answer_i, -1);
  int count = work_size(answer) + 1, rcount = work_size(answer_r) + 1, icount = answer_i + 1;
  Places places;
  size_t a_at = places.add<T>(n * n), work_at = places.add<T>(count), rwork_at = places.add<R>(rcount);
  size_t iwork_at = places.add<int>(icount);
  const T* in = c.input<T>(0);
  R* w_out = c.output<R>(0);
  T* v_out = vectors ? c.output<T>(1) : nullptr;
  FirstProblem problem;
  double size = static_cast<double>(n);
  for_each_matrix(c, product(dims, 0, dims.rank() - 2), 10 * size * size * size, places.total(),
                  [&](int64_t i, void* scratch) {
                    if (n == 0) return;
                    T* a = at<T>(scratch, a_at);
                    R* w = w_out + i * n;
                    std::copy_n(in + i * n * n, n * n, a);
                    bool finite = true;
                    for (int64_t row = 0; row < n; ++row) finite = finite && all_finite(a + row * n, row + 1);
                    if (!finite) {
                      fill_nan(w, n);
                      if (vectors) fill_nan(v_out + i * n * n, n * n);
                      return;
                    }
                    if (call_syevd(a, w, at<T>(scratch, work_at), count, at<R>(scratch, rwork_at), rcount,
                                   at<int>(scratch, iwork_at), icount) != 0)
                      return problem.note(i);
                    if (!vectors) return;
                    T* v = v_out + i * n * n;
                    transpose_into(n, n, a, v);
                    std::transform(v, v + n * n, v, conjugate_of<T>);
                  });
  throw_if_unfinished(problem);
}

void kernel(KernelContext& c) {
  with_field(c.dtype(0), [&](auto tag) { decompose<typename decltype(tag)::type>(c); });
}

// M. Giles, "An extended collection of matrix derivative results", Oxford NA-08-01, 2008. Only the lower triangle is
// read, so the gradient of both halves is there.
void gradient(GradientContext& c) {
  Tensor v = c.output(1), w = c.output(0), dw = c.gradient(0);
  bool vectors = c.bool_attr("compute_v");
  if (!vectors) v = call_all("self_adjoint_eig", {c.input(0)}, {{"compute_v", true}})[1];
  Tensor whole;
  if (!vectors) {
    whole = product_adjoint(v * as_rows(in_dtype_of(v, dw)), v);
  } else {
    Tensor gaps = as_rows(w) - as_columns(w);
    Tensor f = in_dtype_of(v, call("divide_no_nan", {call("ones_like", {gaps}), gaps}));
    Tensor inside = set_diag(f * adjoint_product(v, c.gradient(1)), in_dtype_of(v, dw));
    whole = product_adjoint(product(v, inside), v);
  }
  Tensor lower = band_part(whole + adjoint(whole), -1, 0);
  Tensor diagonal = diag_part(lower);
  c.set_gradient(0, set_diag(lower, diagonal * scalar_like(diagonal, 0.5)));
}

TG_OP("self_adjoint_eig(tensor: T, *, compute_v: bool = true) -> any, T")
    .types("T: " TG_FIELDS)
    .summary("Computes the eigenvalues and eigenvectors of symmetric (Hermitian) matrices.")
    .doc(R"(Args:
  tensor: symmetric matrices, shape [..., n, n]; float32, float64, complex64 or complex128. Only
    the lower triangle is read.
  compute_v: whether the eigenvectors are wanted.

Returns:
  The eigenvalues in ascending order, shape [..., n], and the eigenvectors as columns, shape [..., n, n] (empty unless
  `compute_v`). Those of a matrix that holds NaN or an infinity are NaN.

Raises:
  InvalidArgumentError: a matrix is not square (TG-0105), or the iteration does not converge (TG-0573).
  FailedPreconditionError: LAPACK is not installed (TG-0570).
)")
    .example(R"(>>> tg.linalg.eigvalsh([[2., 1.], [1., 2.]])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([1., 3.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [[4.0, 1.0, 0.5], [1.0, 3.0, -0.25], [0.5, -0.25, 2.0]]}]},
          {"inputs": [{"dtype": "float32", "value": [[[4.0, 1.0], [1.0, 3.0]], [[1.0, -0.5], [-0.5, 2.0]]]}],
           "attributes": {"compute_v": false}}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
