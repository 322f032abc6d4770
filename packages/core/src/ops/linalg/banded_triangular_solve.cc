#include "ops/linalg/bands.hpp"
#include "ops/linalg/lapack.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  Dims a = c.dims(0), b = c.dims(1);
  require_matrices(a, "bands");
  require_matrices(b, "rhs");
  if (a.known_rank() && (rows_of(a) == 0 || (rows_of(a) > columns_of(a) && columns_of(a) >= 0)))
    throw invalid_argument("TG-0105", "bands must have at least 1 row, and no more than columns",
                           "bands.shape=" + a.str());
  if (!a.known_rank() || !b.known_rank()) return c.set_output(0, c.dtype(0), Dims::unknown_rank());
  if (!sizes_compatible(columns_of(a), rows_of(b)))
    throw invalid_argument("TG-0105", "rhs must have a row for each element of the bands",
                           "bands.shape=" + a.str() + ", rhs.shape=" + b.str());
  Dims batch = broadcast(batch_of(a), batch_of(b), "the batches of bands", "rhs");
  c.set_output(0, c.dtype(0), with_sizes(batch, {columns_of(a) >= 0 ? columns_of(a) : rows_of(b), columns_of(b)}));
}

template <class T>
bool substitute(const T* bands, int64_t count, bool lower, bool adjoint, int64_t n, int64_t columns, T* x) {
  const T* diagonal = lower ? bands : bands + (count - 1) * n;
  const bool forward = lower != adjoint;
  for (int64_t i = 0; i < n; ++i)
    if (diagonal[i] == T(0)) return false;
  for (int64_t step = 0; step < n; ++step) {
    int64_t i = forward ? step : n - 1 - step;
    T* row = x + i * columns;
    for (int64_t d = 1; d < count && d <= step; ++d) {
      int64_t other = forward ? i - d : i + d;
      // The element that couples the two rows is kept with the row of the matrix that it stands in.
      T factor = bands[(lower ? d : count - 1 - d) * n + (adjoint ? other : i)];
      if (adjoint) factor = conjugate_of(factor);
      for (int64_t j = 0; j < columns; ++j) row[j] -= factor * x[other * columns + j];
    }
    T pivot = adjoint ? conjugate_of(diagonal[i]) : diagonal[i];
    for (int64_t j = 0; j < columns; ++j) row[j] /= pivot;
  }
  return true;
}

template <class T>
void solve_all(KernelContext& c) {
  Dims bands = c.dims(0), rhs = c.dims(1), batch = batch_of(c.output_dims(0));
  int64_t count = rows_of(bands), n = columns_of(bands), columns = columns_of(rhs);
  BroadcastBatch a_batch(batch, batch_of(bands), count * n), b_batch(batch, batch_of(rhs), n * columns);
  bool lower = c.bool_attr("lower"), adjoint = c.bool_attr("adjoint");
  const T* a = c.input<T>(0);
  const T* b = c.input<T>(1);
  T* x = c.output<T>(0);
  FirstProblem problem;
  for_each_matrix(c, batch.num_elements(), 2.0 * static_cast<double>(n * columns) * static_cast<double>(count), 0,
                  [&](int64_t i, void*) {
                    T* out = x + i * n * columns;
                    std::copy_n(b + b_batch.at(i), n * columns, out);
                    if (!substitute(a + a_batch.at(i), count, lower, adjoint, n, columns, out)) problem.note(i);
                  });
  throw_if_singular(problem);
}

void kernel(KernelContext& c) {
  with_field(c.dtype(0), [&](auto tag) { solve_all<typename decltype(tag)::type>(c); });
}

void gradient(GradientContext& c) {
  Tensor bands = c.input(0), x = c.output();
  bool lower = c.bool_attr("lower"), adjoint = c.bool_attr("adjoint");
  int64_t count = rows_of(c.dims(0));
  if (count < 0) throw unsupported("the gradient needs the number of bands before running", "bands.shape=" + c.dims(0).str());
  Tensor db = call("banded_triangular_solve", {bands, c.gradient()}, {{"lower", lower}, {"adjoint", !adjoint}});
  if (c.needs(1)) c.set_gradient(1, sum_to_like(db, c.input(1)));
  if (!c.needs(0)) return;
  Tensor p = adjoint ? x : db, q = adjoint ? db : x;
  std::vector<Tensor> rows;
  for (int64_t d = 0; d < count; ++d) rows.push_back(band_of_gradient(p, q, lower ? -d : count - 1 - d));
  c.set_gradient(0, sum_to_like(call("stack", rows, {{"axis", -2}}), bands));
}

TG_OP("banded_triangular_solve(bands: T, rhs: T, *, lower: bool = true, adjoint: bool = false) -> T")
    .types("T: " TG_FIELDS)
    .names("linalg.banded_triangular_solve")
    .summary("Solves systems of equations with triangular matrices that have few diagonals.")
    .doc(R"(Args:
  bands: the diagonals, shape [..., k, n]. Element i of each lies in row i of the matrix: for lower triangular
    matrices the first row is the main diagonal and row d the d-th below it, whose first d elements are not read; for
    upper triangular ones the last row is the main diagonal and the row d before it the d-th above it, whose last d
    elements are not read. float32, float64, complex64 or complex128.
  rhs: the right-hand sides, shape [..., n, m], the same dtype; the dimensions before broadcast.
  lower: whether the matrices are lower triangular.
  adjoint: whether the conjugate transpose of the matrices is used.

Returns:
  The solutions, shape [..., n, m], of the same dtype.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0101, TG-0103, TG-0105), or a main diagonal has a zero (TG-0571).
)")
    .example(R"(>>> tg.linalg.banded_triangular_solve([[2., 2.], [0., 1.]], [[2.], [3.]])
<tg.Tensor: shape=(2, 1), dtype=float32, numpy=
array([[1.],
       [1.]], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 4], "low": 0.5}, {"dtype": "float32", "shape": [4, 2]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4], "low": 0.5}, {"dtype": "float32", "shape": [2, 4, 1]}],
           "attributes": {"lower": false}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5}, {"dtype": "float32", "shape": [2, 3, 1]}],
           "attributes": {"adjoint": true}},
          {"inputs": [{"dtype": "float32", "shape": [3, 4], "low": 0.5}, {"dtype": "float32", "shape": [4, 1]}],
           "attributes": {"adjoint": true, "lower": false}}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
