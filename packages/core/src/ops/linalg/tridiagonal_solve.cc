#include <limits>

#include "ops/linalg/bands.hpp"
#include "ops/linalg/lapack.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  Dims a = c.dims(0), b = c.dims(1);
  require_matrices(a, "diagonals");
  require_matrices(b, "rhs");
  if (a.known_rank() && !sizes_compatible(rows_of(a), 3))
    throw invalid_argument("TG-0105", "diagonals must have 3 rows: above, on and below the main diagonal",
                           "diagonals.shape=" + a.str());
  if (!a.known_rank() || !b.known_rank()) return c.set_output(0, c.dtype(0), b);
  if (!sizes_compatible(columns_of(a), rows_of(b)) || !dims_compatible(batch_of(a), batch_of(b)))
    throw invalid_argument("TG-0105", "rhs must have a row for each element of the diagonals, and the same batch",
                           "diagonals.shape=" + a.str() + ", rhs.shape=" + b.str());
  c.set_output(0, c.dtype(0), b);
}

// Gaussian elimination; an exchange of rows fills a second diagonal above. False where a pivot is 0.
template <class T>
bool eliminate(const T* diagonals, bool adjoint, bool exchange, bool perturb, int64_t n, int64_t columns, T* x,
               T* scratch) {
  T *main = scratch, *above = main + n, *second = above + n;
  const T *upper = diagonals, *center = diagonals + n, *lower = diagonals + 2 * n;
  RealOf<T> greatest = 0;
  for (int64_t i = 0; i < n; ++i) {
    main[i] = adjoint ? conjugate_of(center[i]) : center[i];
    above[i] = i + 1 == n ? T(0) : adjoint ? conjugate_of(lower[i + 1]) : upper[i];
    second[i] = T(0);
    greatest = std::max(greatest, std::abs(main[i]));
  }
  auto below = [&](int64_t i) { return adjoint ? conjugate_of(upper[i - 1]) : lower[i]; };
  const RealOf<T> tiny = std::numeric_limits<RealOf<T>>::epsilon() * (greatest > 0 ? greatest : 1);
  for (int64_t i = 0; i < n; ++i) {
    T next = i + 1 < n ? below(i + 1) : T(0);
    if (exchange && std::abs(next) > std::abs(main[i])) {
      std::swap(main[i], next);
      std::swap(above[i], main[i + 1]);
      second[i] = above[i + 1];
      above[i + 1] = T(0);
      std::swap_ranges(x + i * columns, x + (i + 1) * columns, x + (i + 1) * columns);
    }
    if (perturb && std::abs(main[i]) < tiny) main[i] = tiny;
    if (main[i] == T(0)) return false;
    if (i + 1 == n) break;
    T factor = next / main[i];
    main[i + 1] -= factor * above[i];
    above[i + 1] -= factor * second[i];
    for (int64_t j = 0; j < columns; ++j) x[(i + 1) * columns + j] -= factor * x[i * columns + j];
  }
  for (int64_t i = n - 1; i >= 0; --i)
    for (int64_t j = 0; j < columns; ++j) {
      T value = x[i * columns + j];
      if (i + 1 < n) value -= above[i] * x[(i + 1) * columns + j];
      if (i + 2 < n) value -= second[i] * x[(i + 2) * columns + j];
      x[i * columns + j] = value / main[i];
    }
  return true;
}

template <class T>
void solve_all(KernelContext& c) {
  Dims dims = c.dims(1);
  int64_t n = rows_of(dims), columns = columns_of(dims);
  const T* diagonals = c.input<T>(0);
  const T* b = c.input<T>(1);
  T* x = c.output<T>(0);
  bool adjoint = c.bool_attr("adjoint"), exchange = c.bool_attr("partial_pivoting");
  bool perturb = c.bool_attr("perturb_singular");
  FirstProblem problem;
  for_each_matrix(c, product(dims, 0, dims.rank() - 2), 10.0 * static_cast<double>(n * (columns + 1)),
                  static_cast<size_t>(3 * n) * sizeof(T), [&](int64_t i, void* scratch) {
                    std::copy_n(b + i * n * columns, n * columns, x + i * n * columns);
                    if (!eliminate(diagonals + i * 3 * n, adjoint, exchange, perturb, n, columns, x + i * n * columns,
                                   static_cast<T*>(scratch)))
                      problem.note(i);
                  });
  throw_if_singular(problem);
}

void kernel(KernelContext& c) {
  with_field(c.dtype(0), [&](auto tag) { solve_all<typename decltype(tag)::type>(c); });
}

void gradient(GradientContext& c) {
  Tensor x = c.output();
  bool adjoint = c.bool_attr("adjoint");
  Tensor db = call("tridiagonal_solve", {c.input(0), c.gradient()},
                   {{"adjoint", !adjoint},
                    {"partial_pivoting", c.bool_attr("partial_pivoting")},
                    {"perturb_singular", c.bool_attr("perturb_singular")}});
  if (c.needs(1)) c.set_gradient(1, db);
  if (!c.needs(0)) return;
  Tensor p = adjoint ? x : db, q = adjoint ? db : x;
  c.set_gradient(0, call("stack", {band_of_gradient(p, q, 1), band_of_gradient(p, q, 0), band_of_gradient(p, q, -1)},
                         {{"axis", -2}}));
}

TG_OP("tridiagonal_solve(diagonals: T, rhs: T, *, adjoint: bool = false, partial_pivoting: bool = true, "
      "perturb_singular: bool = false) -> T")
    .types("T: " TG_FIELDS)
    .summary("Solves systems of equations with tridiagonal matrices.")
    .doc(R"(Args:
  diagonals: shape [..., 3, n]: for each row i of the matrix the elements [i, i + 1], [i, i] and [i, i - 1]; the last of
    the first row and the first of the last row are not read. float32, float64, complex64 or complex128.
  rhs: the right-hand sides, shape [..., n, k], the same dtype.
  adjoint: whether the conjugate transpose of the matrices is used.
  partial_pivoting: whether rows are exchanged, which keeps rounding errors small.
  perturb_singular: whether pivots near 0 are replaced by small numbers.

Returns:
  The solutions, shape [..., n, k], of the same dtype.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105), or a matrix is not invertible (TG-0571).
)")
    .example(R"(>>> tg.linalg.tridiagonal_solve([[1., 0.], [2., 2.], [0., 1.]], [3., 3.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([1., 1.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [3, 4]}, {"dtype": "float32", "shape": [4, 2]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 3]}, {"dtype": "float32", "shape": [2, 3, 1]}],
           "attributes": {"adjoint": true}},
          {"inputs": [{"dtype": "float32", "shape": [3, 3], "low": 0.5}, {"dtype": "float32", "shape": [3, 2]}],
           "attributes": {"partial_pivoting": false}}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
