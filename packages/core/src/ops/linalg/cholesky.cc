#include "kernels/triangular.h"
#include "ops/linalg/matrices.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_square(c.dims(0), "input");
  c.set_output(0, c.dtype(0), c.dims(0));
}

void kernel(KernelContext& c) {
  Dims dims = c.dims(0);
  require_square(dims, "input");
  int64_t n = columns_of(dims), count = product(dims, 0, dims.rank() - 2);
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  size_t step = static_cast<size_t>(n * n) * element_size(c.dtype(0));
  const char* in = static_cast<const char*>(c.input_data(0));
  char* out = static_cast<char*>(c.output_data(0));
  FirstProblem problem;
  auto decompose = [&](int64_t i, void* workspace, const kernels::Parallel& parallel) {
    bool definite = true;
    kernels::cholesky(dtype, n, in + i * step, out + i * step, &definite, parallel, workspace);
    if (!definite) problem.note(i);
  };
  size_t bytes = kernels::cholesky_workspace_bytes(dtype, n);
  if (n > 256) {  // threads share each matrix
    void* workspace = c.scratch(bytes);
    for (int64_t i = 0; i < count; ++i) decompose(i, workspace, c.parallel());
  } else {
    double size = static_cast<double>(n);
    for_each_matrix(c, count, size * size * size, bytes,
                    [&](int64_t i, void* workspace) { decompose(i, workspace, {}); });
  }
  if (problem.found())
    throw invalid_argument("TG-0572", "the Cholesky decomposition needs a positive definite matrix", problem.text());
}

// I. Murray, "Differentiation of the Cholesky decomposition", arXiv:1602.07527, 2016: symmetric, as the input is.
void gradient(GradientContext& c) {
  Tensor l = c.output();
  Tensor middle = band_part(adjoint_product(l, c.gradient()), -1, 0);
  Tensor diagonal = diag_part(middle);
  middle = set_diag(middle, diagonal * scalar_like(diagonal, 0.5));
  // L^-H (middle L^-1)
  Tensor right = triangular_solve(l, adjoint(middle), true, true);
  Tensor whole = triangular_solve(l, adjoint(right), true, true);
  c.set_gradient(0, (whole + adjoint(whole)) * scalar_like(whole, 0.5));
}

TG_OP("cholesky(input: T) -> T")
    .types("T: " TG_FIELDS)
    .names("linalg.cholesky")
    .summary("Computes the Cholesky decomposition L L^H of positive definite matrices.")
    .doc(R"(Args:
  input: symmetric (Hermitian) positive definite matrices, shape [..., n, n]; float32, float64, complex64 or
    complex128. Only the lower
    triangle is read.

Returns:
  The lower triangular matrices L, of the same shape and dtype.

Raises:
  InvalidArgumentError: a matrix is not square (TG-0105), or not positive definite (TG-0572).
)")
    .example(R"(>>> tg.linalg.cholesky([[4., 2.], [2., 5.]])
<tg.Tensor: shape=(2, 2), dtype=float32, numpy=
array([[2., 0.],
       [1., 2.]], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [[4.0, 1.0, 0.5], [1.0, 3.0, -0.25], [0.5, -0.25, 2.0]]}]},
          {"inputs": [{"dtype": "float32", "value": [[[4.0, 1.0], [1.0, 3.0]], [[1.0, -0.5], [-0.5, 2.0]]]}]}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
