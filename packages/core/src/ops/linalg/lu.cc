#include "ops/linalg/lapack.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  Dims dims = c.dims(0);
  require_square(dims, "input");
  int index = c.dtype_attr("output_idx_type");
  if (index != TG_INT32 && index != TG_INT64)
    throw invalid_argument("TG-0106", "output_idx_type must be int32 or int64",
                           std::string("output_idx_type=") + dtype_name(index));
  c.set_output(0, c.dtype(0), dims);
  c.set_output(1, index, with_sizes(batch_of(dims), {rows_of(dims)}));
}

template <class T>
void decompose(KernelContext& c) {
  Routine<T> getrf("getrf");
  Dims dims = c.dims(0);
  int64_t n = columns_of(dims);
  int order = lapack_size(n, dims);
  Places places;
  size_t lu_at = places.add<T>(n * n), pivots_at = places.add<int>(n), rows_at = places.add<int>(n);
  const T* in = c.input<T>(0);
  T* out = c.output<T>(0);
  bool wide = c.dtype_attr("output_idx_type") == TG_INT64;
  FirstProblem problem;
  double size = static_cast<double>(n);
  for_each_matrix(c, product(dims, 0, dims.rank() - 2), size * size * size, places.total(),
                  [&](int64_t i, void* scratch) {
                    T* lu = at<T>(scratch, lu_at);
                    int* pivots = at<int>(scratch, pivots_at);
                    int* rows = at<int>(scratch, rows_at);
                    int height = order, ld = std::max(order, 1);
                    transpose_into(n, n, in + i * n * n, lu);
                    if (n > 0 && getrf(height, height, lu, ld, pivots) != 0) return problem.note(i);
                    transpose_into(n, n, lu, out + i * n * n);
                    for (int k = 0; k < order; ++k) rows[k] = k;
                    for (int k = 0; k < order; ++k) std::swap(rows[k], rows[pivots[k] - 1]);
                    for (int64_t k = 0; k < n; ++k) {
                      if (wide) c.output<int64_t>(1)[i * n + k] = rows[k];
                      else c.output<int32_t>(1)[i * n + k] = rows[k];
                    }
                  });
  throw_if_singular(problem);
}

void kernel(KernelContext& c) {
  with_field(c.dtype(0), [&](auto tag) { decompose<typename decltype(tag)::type>(c); });
}

// F. de Hoog, R. Anderssen, M. Lukas, "Differentiation of matrix functionals using triangular factorization",
// Mathematics of Computation 80, 2011: A[p] = L U, and dA[p] = L^-H (lower(L^H dL) + upper(dU U^H)) U^-H.
void gradient(GradientContext& c) {
  Tensor lu = c.output(0), p = c.output(1), g = c.gradient(0);
  Tensor ones = call("ones_like", {diag_part(lu)});
  Tensor l = set_diag(band_part(lu, -1, 0), ones), u = band_part(lu, 0, -1);
  Tensor zeros = call("zeros_like", {ones});
  Tensor lower = set_diag(band_part(adjoint_product(l, set_diag(band_part(g, -1, 0), zeros)), -1, 0), zeros);
  Tensor middle = lower + band_part(product_adjoint(band_part(g, 0, -1), u), 0, -1);
  // middle U^-H = (U^-1 middle^H)^H
  Tensor right = adjoint(triangular_solve(u, adjoint(middle), false, false));
  Tensor permuted = triangular_solve(l, right, true, true);
  // Row i came from row p[i].
  Tensor zero = make_scalar(p.dtype(), 0), one = make_scalar(p.dtype(), 1);
  Tensor size = call("reshape", {call("strided_slice", {call("shape", {p}, {Attr::dtype("out_type", p.dtype())})},
                                      {{"begin", std::vector<int64_t>{-1}},
                                       {"end", std::vector<int64_t>{0}},
                                       {"strides", std::vector<int64_t>{1}},
                                       {"end_mask", 1}}),
                                 make_tensor<int32_t>({0}, {})});
  Tensor places = call("equal", {as_columns(p), call("range", {zero, size, one})});
  Tensor matrix = call("cast", {places}, {Attr::dtype("dtype", g.dtype())});
  c.set_gradient(0, adjoint_product(matrix, permuted));
}

TG_OP("lu(input: T, *, output_idx_type: dtype = int32) -> T, attr.output_idx_type")
    .types("T: " TG_FIELDS)
    .summary("Computes the LU decomposition of square matrices, with the rows permuted.")
    .doc(R"(Args:
  input: square matrices, shape [..., n, n]; float32, float64, complex64 or complex128.
  output_idx_type: int32 or int64.

Returns:
  L and U in one tensor of shape [..., n, n] (L strictly below the diagonal, where it has ones), and the permutation p,
  shape [..., n]: row i of L U is row p[i] of the input.

Raises:
  InvalidArgumentError: a matrix is not square (TG-0105), or not invertible (TG-0571).
  FailedPreconditionError: LAPACK is not installed (TG-0570).
)")
    .example(R"(>>> lu, p = tg.linalg.lu([[1., 2.], [2., 2.]])
>>> lu
<tg.Tensor: shape=(2, 2), dtype=float32, numpy=
array([[2. , 2. ],
       [0.5, 1. ]], dtype=float32)>
>>> p
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([1, 0], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [[1.0, 4.0, 0.5], [-2.0, 3.0, -0.25], [0.5, 1.25, 2.0]]}]},
          {"inputs": [{"dtype": "float32", "value": [[[1.0, 4.0], [2.0, 3.0]], [[1.0, -0.5], [2.5, 2.0]]]}],
           "attributes": {"output_idx_type": "int64"}}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
