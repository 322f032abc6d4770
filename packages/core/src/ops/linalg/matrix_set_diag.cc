#include "ops/linalg/diagonals.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_matrices(c.dims(0), "input");
  Dims wanted = Diagonals(c).packed(c.dims(0));
  if (!dims_compatible(wanted, c.dims(1)))
    throw invalid_argument("TG-0105", "diagonal must have the shape of the diagonals that it replaces, " + wanted.str(),
                           "diagonal.shape=" + c.dims(1).str() + ", input.shape=" + c.dims(0).str());
  c.set_output(0, c.dtype(0), c.dims(0));
}

void kernel(KernelContext& c) {
  Diagonals diagonals(c);
  Dims dims = c.dims(0);
  if (c.dims(1) != diagonals.packed(dims))
    throw invalid_argument("TG-0105", "diagonal must have the shape of the diagonals that it replaces",
                           "diagonal.shape=" + c.dims(1).str() + ", input.shape=" + dims.str());
  int64_t rows = dims[dims.rank() - 2], columns = dims[dims.rank() - 1];
  int64_t packed = diagonals.count() * diagonals.longest(rows, columns);
  int64_t batch = rows * columns == 0 ? 0 : product(dims, 0, dims.rank() - 2);
  with_bytes(c.dtype(0), [&](auto element) {
    using Element = decltype(element);
    const Element* in = c.input<Element>(1);
    Element* out = c.output<Element>(0);
    if (c.output_data(0) != c.input_data(0))
      std::memcpy(c.output_data(0), c.input_data(0), static_cast<size_t>(dims.num_elements()) * sizeof(Element));
    for (int64_t b = 0; b < batch; ++b, in += packed, out += rows * columns)
      diagonals.for_each(rows, columns, [&](int64_t matrix, int64_t place) { out[matrix] = in[place]; });
  });
}

void gradient(GradientContext& c) {
  std::vector<Attr> attrs = {{"k", c.ints_attr("k")}, {"align", c.string_attr("align")}};
  if (c.needs(0))
    c.set_gradient(0, call("matrix_set_diag", {c.gradient(), call("zeros_like", {c.input(1)})}, attrs));
  if (c.needs(1)) c.set_gradient(1, call("matrix_diag_part", {c.gradient()}, attrs));
}

TG_OP("matrix_set_diag(input: T, diagonal: T, *, " TG_DIAGONAL_ATTRS ") -> T")
    .types(TG_DIAGONAL_TYPES)
    .summary("Replaces diagonals of matrices.")
    .doc(R"(Args:
  input: the matrices, shape [..., m, n]; any numeric dtype.
  diagonal: the new diagonals, in the shape that `matrix_diag_part` gives them; the same dtype.
)" TG_DIAGONAL_ARGS R"(
Returns:
  A tensor of the shape and dtype of `input`.

Raises:
  InvalidArgumentError: the rank is below 2 (TG-0103), the shapes do not suit each other (TG-0105), or `k` or `align`
    is none of those (TG-0106).
)")
    .example(R"(>>> tg.linalg.set_diag([[1, 2], [3, 4]], [7, 8])
<tg.Tensor: shape=(2, 2), dtype=int32, numpy=
array([[7, 2],
       [3, 8]], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [3, 4]}, {"dtype": "float32", "shape": [3]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}, {"dtype": "float32", "shape": [2, 3, 3]}],
           "attributes": {"k": [-1, 1]}},
          {"inputs": [{"dtype": "float32", "shape": [3, 3]}, {"dtype": "float32", "shape": [2, 2]}],
           "attributes": {"k": [1, 2], "align": "LEFT_RIGHT"}}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
