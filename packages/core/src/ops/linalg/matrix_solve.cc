#include "ops/linalg/lapack.hpp"
#include "ops/linalg/systems.hpp"

namespace tg {
namespace {

void infer(InferContext& c) { infer_system(c); }

// The row-major matrix is its transpose to LAPACK: A x = b is solved with the transpose of what was decomposed.
template <class T>
void solve(KernelContext& c, const System& system) {
  Routine<T> getrf("getrf"), getrs("getrs");
  bool adjoint = c.bool_attr("adjoint");
  int n = lapack_size(system.n, c.dims(0)), columns = lapack_size(system.columns, c.dims(1));
  const T* a = c.input<T>(0);
  const T* b = c.input<T>(1);
  T* x = c.output<T>(0);
  Places places;
  size_t lu_at = places.add<T>(system.n * system.n), rhs_at = places.add<T>(system.n * system.columns);
  size_t pivots_at = places.add<int>(system.n);
  FirstProblem problem;
  double size = static_cast<double>(n);
  for_each_matrix(c, system.count, size * size * (size + columns), places.total(), [&](int64_t i, void* scratch) {
    T* lu = at<T>(scratch, lu_at);
    T* rhs = at<T>(scratch, rhs_at);
    int* pivots = at<int>(scratch, pivots_at);
    int order = n, width = columns, leading = std::max(n, 1);
    std::copy_n(a + system.a.at(i), system.n * system.n, lu);
    if (n > 0 && getrf(order, order, lu, leading, pivots) != 0) return problem.note(i);
    transpose_into(system.n, system.columns, b + system.b.at(i), rhs);
    int64_t elements = system.n * system.columns;
    if (adjoint) std::transform(rhs, rhs + elements, rhs, conjugate_of<T>);
    if (elements > 0) getrs(adjoint ? "N" : "T", order, width, lu, leading, pivots, rhs, leading);
    if (adjoint) std::transform(rhs, rhs + elements, rhs, conjugate_of<T>);
    transpose_into(system.columns, system.n, rhs, x + i * elements);
  });
  throw_if_singular(problem);
}

void kernel(KernelContext& c) {
  System system(c);
  with_field(c.dtype(0), [&](auto tag) { solve<typename decltype(tag)::type>(c, system); });
}

void gradient(GradientContext& c) {
  Tensor a = c.input(0), x = c.output();
  bool adjoint = c.bool_attr("adjoint");
  Tensor db = tg::solve(a, c.gradient(), !adjoint);
  if (c.needs(0)) c.set_gradient(0, sum_to_like(-(adjoint ? product_adjoint(x, db) : product_adjoint(db, x)), a));
  if (c.needs(1)) c.set_gradient(1, sum_to_like(db, c.input(1)));
}

TG_OP("matrix_solve(matrix: T, rhs: T, *, adjoint: bool = false) -> T")
    .types("T: " TG_FIELDS)
    .names("linalg.solve")
    .summary("Solves systems of linear equations.")
    .doc(R"(Args:
  matrix: square matrices, shape [..., n, n]; float32, float64, complex64 or
    complex128.
  rhs: the right-hand sides, shape [..., n, k], the same dtype; the dimensions before broadcast.
  adjoint: whether the conjugate transpose of the matrices is used.

Returns:
  The solutions, shape [..., n, k], of the same dtype.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0101, TG-0103, TG-0105), or a matrix is not invertible (TG-0571).
  FailedPreconditionError: LAPACK is not installed (TG-0570).
)")
    .example(R"(>>> tg.linalg.solve([[2., 0.], [0., 4.]], [[2.], [8.]])
<tg.Tensor: shape=(2, 1), dtype=float32, numpy=
array([[1.],
       [2.]], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [[4.0, 1.0, 0.5], [-1.0, 3.0, -0.25], [0.5, 1.25, 2.0]]},
                      {"dtype": "float32", "shape": [3, 2]}]},
          {"inputs": [{"dtype": "float32", "value": [[[4.0, 1.0], [1.0, 3.0]], [[1.0, -0.5], [2.5, 2.0]]]},
                      {"dtype": "float32", "shape": [2, 2, 1]}], "attributes": {"adjoint": true}},
          {"inputs": [{"dtype": "float32", "value": [[4.0, 1.0], [-1.0, 3.0]]},
                      {"dtype": "float32", "shape": [2, 2, 3]}]}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
