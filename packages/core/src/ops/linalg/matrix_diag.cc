#include "ops/linalg/diagonals.hpp"
#include "ops/linalg/padding_value.hpp"

namespace tg {
namespace {

// Rows and columns: as asked for, else the least that hold the diagonals, square where neither is asked for.
Dims matrix_dims(const Context& c, const Diagonals& diagonals, const Dims& packed) {
  int used = diagonals.is_one() ? 1 : 2;
  if (packed.known_rank() && packed.rank() < used)
    throw invalid_argument("TG-0103", "diagonal must have an axis for the elements, and one for several diagonals",
                           "diagonal.shape=" + packed.str());
  if (!packed.known_rank()) return packed;
  int64_t count = packed[packed.rank() - used], length = packed[packed.rank() - 1];
  if (used == 2 && count >= 0 && count != diagonals.count())
    throw invalid_argument("TG-0105", "diagonal must have one row for each diagonal of k",
                           "diagonal.shape=" + packed.str() + ", diagonals=" + text_of(diagonals.count()));
  int64_t rows = c.int_attr("num_rows"), columns = c.int_attr("num_cols");
  if (rows < -1 || columns < -1)
    throw invalid_argument("TG-0109", "num_rows and num_cols must not be negative (-1: the least that fits)",
                           "num_rows=" + text_of(rows) + ", num_cols=" + text_of(columns));
  Dims out(packed.data(), packed.rank() - used);
  if (length >= 0) {
    int64_t least_rows = 0, least_columns = 0;
    if (__builtin_sub_overflow(length, std::min<int64_t>(diagonals.highest, 0), &least_rows) ||
        __builtin_add_overflow(length, std::max<int64_t>(diagonals.lowest, 0), &least_columns))
      throw invalid_argument("TG-0109", "the number of rows and columns must fit 63 bits",
                             "k=" + text_of(diagonals.lowest));
    bool neither = rows < 0 && columns < 0;
    if (rows < 0) rows = neither ? std::max(least_rows, least_columns) : least_rows;
    if (columns < 0) columns = neither ? rows : least_columns;
    bool fits = rows >= least_rows && columns >= least_columns && (rows == least_rows || columns == least_columns);
    if (!fits || diagonals.longest(rows, columns) != length)
      throw invalid_argument("TG-0105", "the matrix must have the size that the longest diagonal needs",
                             "diagonal.shape=" + packed.str() + ", num_rows=" + text_of(rows) +
                                 ", num_cols=" + text_of(columns));
    diagonals.require_inside(rows, columns);
  }
  out.push_back(rows < 0 ? TG_DIM_UNKNOWN : rows);
  out.push_back(columns < 0 ? TG_DIM_UNKNOWN : columns);
  if (out.is_static()) checked_dims(std::vector<int64_t>(out.begin(), out.end()));
  return out;
}

void infer(InferContext& c) { c.set_output(0, c.dtype(0), matrix_dims(c, Diagonals(c), c.dims(0))); }

void kernel(KernelContext& c) {
  Diagonals diagonals(c);
  Dims dims = c.output_dims(0);
  int64_t rows = dims[dims.rank() - 2], columns = dims[dims.rank() - 1];
  int64_t packed = diagonals.count() * diagonals.longest(rows, columns);
  int64_t batch = rows * columns == 0 ? 0 : product(dims, 0, dims.rank() - 2);
  fill_with_padding(c);
  with_bytes(c.dtype(0), [&](auto element) {
    using Element = decltype(element);
    const Element* in = c.input<Element>(0);
    Element* out = c.output<Element>(0);
    for (int64_t b = 0; b < batch; ++b, in += packed, out += rows * columns)
      diagonals.for_each(rows, columns, [&](int64_t matrix, int64_t place) { out[matrix] = in[place]; });
  });
}

void gradient(GradientContext& c) {
  c.set_gradient(0, call("matrix_diag_part", {c.gradient()},
                         {{"k", c.ints_attr("k")}, {"align", c.string_attr("align")}}));
}

TG_OP("matrix_diag(diagonal: T, *, " TG_DIAGONAL_ATTRS
      ", num_rows: int = -1, num_cols: int = -1, padding_value: float = 0.0) -> T")
    .types(TG_DIAGONAL_TYPES)
    .summary("Makes matrices with given diagonals.")
    .doc(R"(Args:
  diagonal: the diagonals, shape [..., length] for one, [..., number of diagonals, greatest length] for several, the
    highest first; any numeric dtype.
)" TG_DIAGONAL_ARGS R"(  num_rows: how many rows the matrices get; -1: as few as hold the diagonals.
  num_cols: how many columns, likewise; where neither is given the matrices are square.
  padding_value: fills the places that are on none of the diagonals.

Returns:
  A tensor of shape [..., num_rows, num_cols] and the same dtype.

Raises:
  InvalidArgumentError: the rank is too low (TG-0103), the sizes do not suit each other (TG-0105), or `k` or `align` is
    none of those (TG-0106).
)")
    .example(R"(>>> tg.linalg.diag([1, 2])
<tg.Tensor: shape=(2, 2), dtype=int32, numpy=
array([[1, 0],
       [0, 2]], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [3]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3]}], "attributes": {"k": [1], "padding_value": 7.0}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3]}], "attributes": {"k": [-1, 0]}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 3]}],
           "attributes": {"k": [-1, 1], "num_rows": 3, "num_cols": 4, "align": "LEFT_RIGHT"}},
          {"inputs": [{"dtype": "float32", "shape": [2, 2]}], "attributes": {"k": [1, 2], "num_cols": 4, "num_rows": 2}},
          {"inputs": [{"dtype": "int32", "shape": [2, 0]}]}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
