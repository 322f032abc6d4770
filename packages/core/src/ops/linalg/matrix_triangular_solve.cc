#include "kernels/triangular.h"
#include "ops/linalg/systems.hpp"

namespace tg {
namespace {

void infer(InferContext& c) { infer_system(c); }

void kernel(KernelContext& c) {
  System system(c);
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  bool lower = c.bool_attr("lower"), adjoint = c.bool_attr("adjoint");
  size_t element = element_size(c.dtype(0));
  const char* a = static_cast<const char*>(c.input_data(0));
  const char* b = static_cast<const char*>(c.input_data(1));
  char* x = static_cast<char*>(c.output_data(0));
  int64_t n = system.n, columns = system.columns;
  size_t step = static_cast<size_t>(n * columns) * element;
  FirstProblem problem;
  auto solve = [&](int64_t i, void* workspace, const kernels::Parallel& parallel) {
    bool singular = false;
    char* out = x + static_cast<size_t>(i) * step;
    std::memcpy(out, b + static_cast<size_t>(system.b.at(i)) * element, step);
    kernels::triangular_solve(dtype, lower, adjoint, n, columns, a + static_cast<size_t>(system.a.at(i)) * element, out,
                              &singular, parallel, workspace);
    if (singular) problem.note(i);
  };
  size_t bytes = kernels::triangular_solve_workspace_bytes(dtype, n, columns);
  if (n > 256) {  // threads share each matrix
    void* workspace = c.scratch(bytes);
    for (int64_t i = 0; i < system.count; ++i) solve(i, workspace, c.parallel());
  } else {
    for_each_matrix(c, system.count, static_cast<double>(n * n) * static_cast<double>(columns), bytes,
                    [&](int64_t i, void* workspace) { solve(i, workspace, {}); });
  }
  if (problem.found()) throw invalid_argument("TG-0571", "the matrix is not invertible", problem.text());
}

void gradient(GradientContext& c) {
  Tensor a = c.input(0), x = c.output();
  bool lower = c.bool_attr("lower"), adjoint = c.bool_attr("adjoint");
  Tensor db = triangular_solve(a, c.gradient(), lower, !adjoint);
  if (c.needs(0)) {
    Tensor da = -(adjoint ? product_adjoint(x, db) : product_adjoint(db, x));
    c.set_gradient(0, sum_to_like(lower ? band_part(da, -1, 0) : band_part(da, 0, -1), a));
  }
  if (c.needs(1)) c.set_gradient(1, sum_to_like(db, c.input(1)));
}

TG_OP("matrix_triangular_solve(matrix: T, rhs: T, *, lower: bool = true, adjoint: bool = false) -> T")
    .types("T: " TG_FIELDS)
    .names("linalg.triangular_solve")
    .summary("Solves systems of equations with triangular matrices.")
    .doc(R"(Args:
  matrix: triangular matrices, shape [..., n, n]; float32, float64, complex64 or complex128. The other
    triangle is not read.
  rhs: the right-hand sides, shape [..., n, k], the same dtype; the dimensions before broadcast.
  lower: whether the matrices are lower triangular.
  adjoint: whether the conjugate transpose of the matrices is used.

Returns:
  The solutions, shape [..., n, k], of the same dtype.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0101, TG-0103, TG-0105), or a diagonal has a zero (TG-0571).
)")
    .example(R"(>>> tg.linalg.triangular_solve([[2., 0.], [1., 1.]], [[2.], [3.]])
<tg.Tensor: shape=(2, 1), dtype=float32, numpy=
array([[1.],
       [2.]], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 3], "low": 0.5, "high": 2.0},
                      {"dtype": "float32", "shape": [2, 3, 2]}]},
          {"inputs": [{"dtype": "float32", "shape": [3, 3], "low": 0.5, "high": 2.0},
                      {"dtype": "float32", "shape": [3, 2]}], "attributes": {"lower": false}},
          {"inputs": [{"dtype": "float32", "shape": [3, 3], "low": 0.5, "high": 2.0},
                      {"dtype": "float32", "shape": [2, 3, 1]}], "attributes": {"adjoint": true}},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 2, 2], "low": 0.5, "high": 2.0},
                      {"dtype": "float32", "shape": [2, 2, 1]}], "attributes": {"adjoint": true, "lower": false}}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
