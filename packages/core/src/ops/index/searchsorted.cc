#include "kernels/sort.h"

#include "ops/index/index.hpp"

namespace tg {
namespace {

int out_type(const Context& c) {
  int dtype = c.dtype_attr("out_type");
  if (dtype != TG_INT32 && dtype != TG_INT64)
    throw invalid_argument("TG-0106", "out_type must be int32 or int64", std::string("out_type=") + dtype_name(dtype));
  return dtype;
}

bool from_right(const Context& c) {
  std::string side = c.string_attr("side");
  if (side != "left" && side != "right")
    throw invalid_argument("TG-0106", "side must be 'left' or 'right'", "side='" + side + "'");
  return side == "right";
}

void require_rows(const Dims& sorted, const Dims& values) {
  if (!sorted.known_rank() || !values.known_rank()) return;
  bool fits = sorted.rank() == values.rank() && sorted.rank() > 0;
  for (int i = 0; fits && i + 1 < sorted.rank(); ++i) fits = sizes_compatible(sorted[i], values[i]);
  if (!fits)
    throw invalid_argument("TG-0105", "sorted_sequence and values must agree in all axes but the last",
                           "shapes " + sorted.str() + " and " + values.str());
}

void infer(InferContext& c) {
  from_right(c);
  require_rows(c.dims(0), c.dims(1));
  c.set_output(0, out_type(c), c.dims(1));
}

void kernel(KernelContext& c) {
  Dims sorted = c.dims(0), values = c.dims(1);
  require_rows(sorted, values);
  int last = sorted.rank() - 1;
  check_kernel(kernels::search_sorted(kernel_dtype(c.dtype(0)), c.input_data(0), c.input_data(1),
                                      product(values, 0, last), sorted[last], values[last], from_right(c),
                                      kernel_dtype(out_type(c)), c.output_data(0), c.parallel()),
               c.dtype(0));
}

TG_OP("searchsorted(sorted_sequence: T, values: T, *, side: str = 'left', out_type: dtype = int32) -> attr.out_type")
    .types("T: " TG_REALS " " TG_HALVES)
    .names("searchsorted")
    .summary("Finds where values would go into sorted rows.")
    .doc(R"(Args:
  sorted_sequence: a tensor of rank 1 or more; bool or any real dtype, ascending along the last axis.
  values: a tensor of the same dtype, and of the same shape but for the last axis.
  side: 'left' for the first fitting place, before equal elements, 'right' for the last one, behind them.
  out_type: int32 or int64.

Returns:
  A tensor of dtype `out_type` and the shape of `values`, of numbers in [0, size of the last axis of sorted_sequence].

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0105), or `side` or `out_type` is another one (TG-0106).
)")
    .example(R"(>>> tg.searchsorted([1., 3., 3., 9.], [3., 10., 0.])
<tg.Tensor: shape=(3,), dtype=int32, numpy=array([1, 4, 0], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [[-1.0, 0.0, 0.0, 2.0], [-2.0, 1.0, 1.5, 1.5]]},
                      {"dtype": "float32", "value": [[0.0, 2.0, -3.0], [1.5, 9.0, 1.0]]}]},
          {"inputs": [{"dtype": "int32", "value": [1, 3, 3, 9]}, {"dtype": "int32", "value": [3, 10, 0]}],
           "attributes": {"side": "right", "out_type": "int64"}}])")
    .infer<infer>()
    .kernel<kernel>();

}  // namespace
}  // namespace tg
