#include "ops/linalg/diagonals.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_matrices(c.dims(0), "input");
  c.set_output(0, c.dtype(0), c.dims(0));
}

void kernel(KernelContext& c) {
  Dims dims = c.dims(0);
  int64_t rows = dims[dims.rank() - 2], columns = dims[dims.rank() - 1];
  int64_t lower = c.int_attr("num_lower"), upper = c.int_attr("num_upper");
  if (lower < 0 || lower > rows) lower = rows;
  if (upper < 0 || upper > columns) upper = columns;
  int64_t batch = product(dims, 0, dims.rank() - 2);
  with_bytes(c.dtype(0), [&](auto element) {
    using Element = decltype(element);
    const Element* in = c.input<Element>(0);
    Element* out = c.output<Element>(0);
    for (int64_t row = 0; row < batch * rows; ++row, in += columns, out += columns) {
      int64_t begin = std::min(columns, std::max<int64_t>(0, row % rows - lower));
      int64_t end = std::max(begin, std::min(columns, row % rows + upper + 1));
      std::memset(static_cast<void*>(out), 0, static_cast<size_t>(begin) * sizeof(Element));
      if (out != in) std::memcpy(out + begin, in + begin, static_cast<size_t>(end - begin) * sizeof(Element));
      std::memset(static_cast<void*>(out + end), 0, static_cast<size_t>(columns - end) * sizeof(Element));
    }
  });
}

void gradient(GradientContext& c) {
  c.set_gradient(0, call("matrix_band_part", {c.gradient()},
                         {{"num_lower", c.int_attr("num_lower")}, {"num_upper", c.int_attr("num_upper")}}));
}

TG_OP("matrix_band_part(input: T, *, num_lower: int, num_upper: int) -> T")
    .types(TG_DIAGONAL_TYPES)
    .summary("Keeps the diagonals near the main one and sets the others to 0.")
    .doc(R"(Args:
  input: a tensor of shape [..., m, n] and any numeric dtype.
  num_lower: how many diagonals below the main one are kept; all where negative.
  num_upper: how many above it.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the rank is below 2 (TG-0103).
)")
    .example(R"(>>> tg.linalg.band_part([[1, 2], [3, 4]], -1, 0)
<tg.Tensor: shape=(2, 2), dtype=int32, numpy=
array([[1, 0],
       [3, 4]], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [3, 4]}], "attributes": {"num_lower": 1, "num_upper": 0}},
          {"inputs": [{"dtype": "float32", "shape": [2, 4, 3]}], "attributes": {"num_lower": -1, "num_upper": 1}},
          {"inputs": [{"dtype": "float32", "shape": [4, 3]}], "attributes": {"num_lower": 0, "num_upper": -1}}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
