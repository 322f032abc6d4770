#include "ops/linalg/lapack.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_square(c.dims(0), "input");
  c.set_output(0, c.dtype(0), c.dims(0));
}

template <class T>
void invert(KernelContext& c) {
  Routine<T> getrf("getrf"), getri("getri");
  Dims dims = c.dims(0);
  int64_t n = columns_of(dims);
  int order = lapack_size(n, dims), leading = std::max(order, 1), query = -1;
  T answer{};
  int none = 0;
  getri(order, &answer, leading, &none, &answer, query);
  int work_count = std::max(work_size(answer), leading);
  bool adjoint = c.bool_attr("adjoint");
  Places places;
  size_t work_at = places.add<T>(work_count), pivots_at = places.add<int>(n), copy_at = places.add<T>(n * n);
  const T* in = c.input<T>(0);
  T* out = c.output<T>(0);
  FirstProblem problem;
  double size = static_cast<double>(n);
  for_each_matrix(c, product(dims, 0, dims.rank() - 2), 2 * size * size * size, places.total(),
                  [&](int64_t i, void* scratch) {
                    T* inverse = adjoint ? at<T>(scratch, copy_at) : out + i * n * n;
                    int* pivots = at<int>(scratch, pivots_at);
                    int rows = order, ld = leading, count = work_count;
                    std::copy_n(in + i * n * n, n * n, inverse);
                    if (n == 0) return;
                    if (getrf(rows, rows, inverse, ld, pivots) != 0) return problem.note(i);
                    if (getri(rows, inverse, ld, pivots, at<T>(scratch, work_at), count) != 0) return problem.note(i);
                    if (!adjoint) return;
                    std::transform(inverse, inverse + n * n, inverse, conjugate_of<T>);
                    transpose_into(n, n, inverse, out + i * n * n);
                  });
  throw_if_singular(problem);
}

void kernel(KernelContext& c) {
  with_field(c.dtype(0), [&](auto tag) { invert<typename decltype(tag)::type>(c); });
}

void gradient(GradientContext& c) {
  Tensor y = c.output(), g = c.gradient();
  Tensor d = c.bool_attr("adjoint") ? product(y, adjoint_product(g, y)) : adjoint_product(y, product_adjoint(g, y));
  c.set_gradient(0, -d);
}

TG_OP("matrix_inverse(input: T, *, adjoint: bool = false) -> T")
    .types("T: " TG_FIELDS)
    .names("linalg.inv")
    .summary("Computes the inverses of matrices.")
    .doc(R"(Args:
  input: square matrices, shape [..., n, n]; float32, float64, complex64 or complex128.
  adjoint: whether the conjugate transposes of the inverses are wanted.

Returns:
  The inverses, of the same shape and dtype.

Raises:
  InvalidArgumentError: a matrix is not square (TG-0105), or not invertible (TG-0571).
  FailedPreconditionError: LAPACK is not installed (TG-0570).
)")
    .example(R"(>>> tg.linalg.inv([[2., 0.], [0., 4.]])
<tg.Tensor: shape=(2, 2), dtype=float32, numpy=
array([[0.5 , 0.  ],
       [0.  , 0.25]], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [[4.0, 1.0, 0.5], [-1.0, 3.0, -0.25], [0.5, 1.25, 2.0]]}]},
          {"inputs": [{"dtype": "float32", "value": [[[4.0, 1.0], [1.0, 3.0]], [[1.0, -0.5], [2.5, 2.0]]]}],
           "attributes": {"adjoint": true}}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
