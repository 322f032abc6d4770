#include "ops/linalg/diagonals.hpp"
#include "ops/linalg/padding_value.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_matrices(c.dims(0), "input");
  c.set_output(0, c.dtype(0), Diagonals(c).packed(c.dims(0)));
}

void kernel(KernelContext& c) {
  Diagonals diagonals(c);
  Dims dims = c.dims(0);
  int64_t rows = dims[dims.rank() - 2], columns = dims[dims.rank() - 1];
  int64_t packed = diagonals.count() * diagonals.longest(rows, columns);
  int64_t batch = rows * columns == 0 ? 0 : product(dims, 0, dims.rank() - 2);
  if (!diagonals.is_one()) fill_with_padding(c);
  with_bytes(c.dtype(0), [&](auto element) {
    using Element = decltype(element);
    const Element* in = c.input<Element>(0);
    Element* out = c.output<Element>(0);
    for (int64_t b = 0; b < batch; ++b, in += rows * columns, out += packed)
      diagonals.for_each(rows, columns, [&](int64_t matrix, int64_t place) { out[place] = in[matrix]; });
  });
}

void gradient(GradientContext& c) {
  c.set_gradient(0, call("matrix_set_diag", {call("zeros_like", {c.input(0)}), c.gradient()},
                         {{"k", c.ints_attr("k")}, {"align", c.string_attr("align")}}));
}

TG_OP("matrix_diag_part(input: T, *, " TG_DIAGONAL_ATTRS ", padding_value: float = 0.0) -> T")
    .types(TG_DIAGONAL_TYPES)
    .summary("Takes diagonals out of matrices.")
    .doc(R"(Args:
  input: a tensor of shape [..., m, n] and any numeric dtype.
)" TG_DIAGONAL_ARGS R"(  padding_value: fills the rest of the shorter diagonals.

Returns:
  A tensor of shape [..., length] for one diagonal, [..., number of diagonals, greatest length] for several, the highest
  diagonal first; the same dtype.

Raises:
  InvalidArgumentError: the rank is below 2 (TG-0103), or `k` or `align` is none of those (TG-0106).
)")
    .example(R"(>>> tg.linalg.diag_part([[1, 2], [3, 4]])
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([1, 4], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [3, 4]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"k": [-1, 2], "padding_value": 9.0}},
          {"inputs": [{"dtype": "float32", "shape": [4, 3]}], "attributes": {"k": [-2, 1], "align": "LEFT_RIGHT"}},
          {"inputs": [{"dtype": "float32", "shape": [3, 3]}], "attributes": {"k": [-1, 0], "align": "RIGHT_RIGHT"}},
          {"inputs": [{"dtype": "float32", "shape": [3, 3]}], "attributes": {"k": [1, 2], "align": "LEFT_LEFT"}},
          {"inputs": [{"dtype": "int32", "shape": [2, 0, 3]}]}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
