// Places of sparse elements: their order, and which element of the whole reads which of them.
#include <algorithm>
#include <numeric>

#include "ops/common.hpp"

namespace tg {
namespace {

void infer_places(InferContext& c) {
  require_rank(c.dims(0), 2, "indices");
  c.set_output(0, TG_INT64, dims_of_shape_input(c, 1, "dense_shape"));
}

void places(KernelContext& c) {
  Dims shape = checked_dims(c.ints(1)), dims = c.dims(0);
  if (dims[1] != shape.rank())
    throw invalid_argument("TG-0105", "indices must have a column for each axis",
                           "indices.shape=" + dims.str() + ", dense_shape=" + shape.str());
  c.set_output_type(0, TG_INT64, shape);
  int64_t count = dims[0], size = shape.num_elements();
  const int64_t* indices = c.input<int64_t>(0);
  int64_t* out = size > 0 ? c.output<int64_t>(0) : nullptr;
  for (int64_t i = 0; i < size; ++i) out[i] = count;
  bool validate = c.bool_attr("validate");
  int64_t last = -1;
  for (int64_t i = 0; i < count; ++i) {
    int64_t at = 0;
    bool inside = true;
    for (int axis = 0; axis < shape.rank(); ++axis) {
      int64_t index = indices[i * shape.rank() + axis];
      inside = inside && index >= 0 && index < shape[axis];
      at = inside ? at * shape[axis] + index : 0;
    }
    if (!inside || (validate && at <= last))
      throw invalid_argument("TG-0613", inside ? "places must be in row-major order, each once"
                                               : "places must lie within dense_shape",
                             "row " + text_of(i) + " of indices, dense_shape=" + shape.str());
    out[at] = i;
    last = at;
  }
}

TG_OP("sparse_places(indices: int64, dense_shape: int64, *, validate: bool = true) -> int64")
    .summary("Which sparse element stands at each place of the whole.")
    .doc(R"(Args:
  indices: the places of the elements, shape [count, rank].
  dense_shape: the shape of the whole.
  validate: refuse places that are out of order or named twice; else the last one named counts.

Returns:
  A tensor of shape `dense_shape`: the number of the element there, `count` where there is none.

Raises:
  InvalidArgumentError: places are out of order, named twice, or outside (TG-0613), the shapes do not fit (TG-0105,
    TG-0103), or a size is negative (TG-0109).
)")
    .samples(R"([{"inputs": [{"dtype": "int64", "value": [[0, 1], [2, 0]]}, {"dtype": "int64", "value": [3, 2]}]}])")
    .infer<infer_places>()
    .kernel<places>();

void infer_order(InferContext& c) {
  require_rank(c.dims(0), 2, "indices");
  c.set_output(0, TG_INT64, {c.dims(0).known_rank() ? c.dims(0)[0] : TG_DIM_UNKNOWN});
}

void order(KernelContext& c) {
  Dims dims = c.dims(0);
  const int64_t* indices = c.input<int64_t>(0);
  std::vector<int64_t> numbers(static_cast<size_t>(dims[0]));
  std::iota(numbers.begin(), numbers.end(), 0);
  int64_t width = dims[1];
  std::stable_sort(numbers.begin(), numbers.end(), [=](int64_t a, int64_t b) {
    return std::lexicographical_compare(indices + a * width, indices + (a + 1) * width, indices + b * width,
                                        indices + (b + 1) * width);
  });
  std::copy(numbers.begin(), numbers.end(), c.output<int64_t>(0));
}

TG_OP("sparse_order(indices: int64) -> int64")
    .summary("The numbers of rows of coordinates in row-major order of what they name.")
    .doc(R"(Args:
  indices: rows of coordinates, shape [count, rank].

Returns:
  A vector of the numbers of the rows; equal rows keep their order.

Raises:
  InvalidArgumentError: the rank is not 2 (TG-0103).
)")
    .samples(R"([{"inputs": [{"dtype": "int64", "value": [[2, 0], [0, 1], [0, 0]]}]}])")
    .infer<infer_order>()
    .kernel<order>();

}  // namespace
}  // namespace tg
