#include "kernels/sort.h"

#include "ops/index/index.hpp"

namespace tg {
namespace {

bool descending(const Context& c) {
  std::string direction = c.string_attr("direction");
  if (direction != "ASCENDING" && direction != "DESCENDING")
    throw invalid_argument("TG-0106", "direction must be 'ASCENDING' or 'DESCENDING'", "direction='" + direction + "'");
  return direction == "DESCENDING";
}

struct Lanes {
  int64_t outer, n, inner;
  explicit Lanes(const Context& c) {
    Dims dims = c.dims(0);
    int axis = normalize_axis(c.int_attr("axis"), dims.rank());
    outer = product(dims, 0, axis);
    n = dims[axis];
    inner = product(dims, axis + 1, dims.rank());
  }
};

void infer_as(InferContext& c, int dtype) {
  descending(c);
  Dims dims = c.dims(0);
  if (dims.known_rank()) normalize_axis(c.int_attr("axis"), dims.rank());
  c.set_output(0, dtype, dims);
}
void infer_sort(InferContext& c) { infer_as(c, c.dtype(0)); }
void infer_argsort(InferContext& c) { infer_as(c, TG_INT32); }

void sort(KernelContext& c) {
  Lanes lanes(c);
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  void* work = c.scratch(kernels::sort_workspace_bytes(dtype, c.num_elements(0)) + 1);
  check_kernel(kernels::sort(dtype, c.input_data(0), lanes.outer, lanes.n, lanes.inner, descending(c),
                             c.output_data(0), work, c.parallel()),
               c.dtype(0));
}

void argsort(KernelContext& c) {
  Lanes lanes(c);
  if (lanes.n >= int64_t{1} << 31)
    throw invalid_argument("TG-0109", "the axis must have fewer than 2^31 elements", "values.shape=" + c.dims(0).str());
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  void* work = c.scratch(kernels::argsort_workspace_bytes(dtype, c.num_elements(0)) + 1);
  check_kernel(kernels::argsort(dtype, c.input_data(0), lanes.outer, lanes.n, lanes.inner, descending(c),
                                c.output<int32_t>(0), work, c.parallel()),
               c.dtype(0));
}

void sort_gradient(GradientContext& c) {
  Attr axis("axis", c.int_attr("axis"));
  Tensor order = call("argsort", {c.input(0)}, {axis, {"direction", c.string_attr("direction")}});
  c.set_gradient(0, call("permute_along_axis", {c.gradient(), order}, {axis, {"inverse", true}}));
}

constexpr char kSamples[] = R"([{"inputs": [{"dtype": "float32", "shape": [2, 5]}]},
          {"inputs": [{"dtype": "float32", "shape": [4, 3, 2]}], "attributes": {"axis": 1, "direction": "DESCENDING"}},
          {"inputs": [{"dtype": "int32", "value": [2, -1, 2, 0]}], "attributes": {"axis": 0}}])";

TG_OP("sort(values: T, *, axis: int = -1, direction: str = 'ASCENDING') -> T")
    .types("T: " TG_REALS " " TG_HALVES)
    .names("sort")
    .summary("Sorts the elements along an axis.")
    .doc(R"(Args:
  values: a tensor of rank 1 or more; bool or any real dtype. NaN counts as greater than every number.
  axis: the axis to sort along.
  direction: 'ASCENDING' or 'DESCENDING'.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the axis is outside [-rank, rank) (TG-0104), or `direction` is another one (TG-0106).
)")
    .example(R"(>>> tg.sort([3., 1., 2.])
<tg.Tensor: shape=(3,), dtype=float32, numpy=array([1., 2., 3.], dtype=float32)>)")
    .samples(kSamples)
    .infer<infer_sort>()
    .kernel<sort>()
    .gradient<sort_gradient>();

TG_OP("argsort(values: T, *, axis: int = -1, direction: str = 'ASCENDING', stable: bool = false) -> int32")
    .types("T: " TG_REALS " " TG_HALVES)
    .names("argsort")
    .summary("Finds the order that sorts the elements along an axis.")
    .doc(R"(Args:
  values: a tensor of rank 1 or more; bool or any real dtype. NaN counts as greater than every number.
  axis: the axis to sort along.
  direction: 'ASCENDING' or 'DESCENDING'.
  stable: equal elements keep their order in any case.

Returns:
  An int32 tensor of the same shape: the index along the axis of the least element (or the greatest), then of the next.

Raises:
  InvalidArgumentError: the axis is outside [-rank, rank) (TG-0104), or `direction` is another one (TG-0106).
)")
    .example(R"(>>> tg.argsort([3., 1., 2.])
<tg.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 0], dtype=int32)>)")
    .samples(kSamples)
    .infer<infer_argsort>()
    .kernel<argsort>()
    .gradient<no_gradient>();

void infer_permute(InferContext& c) {
  Dims x = c.dims(0), order = c.dims(1);
  element_size(c.dtype(0));
  if (!dims_compatible(x, order))
    throw invalid_argument("TG-0105", "both inputs must have the same shape", "shapes " + x.str() + ", " + order.str());
  if (x.known_rank()) normalize_axis(c.int_attr("axis"), x.rank());
  c.set_output(0, c.dtype(0), merge_dims(x, order));
}

void permute(KernelContext& c) {
  Lanes lanes(c);
  size_t element = element_size(c.dtype(0));
  // An order that is no permutation leaves zeros.
  std::memset(c.output_data(0), 0, static_cast<size_t>(c.num_elements(0)) * element);
  int64_t bad = 0;
  kernels::Status status = kernels::permute(element, c.input_data(0), c.input<int32_t>(1), lanes.outer, lanes.n,
                                            lanes.inner, c.bool_attr("inverse"), c.output_data(0), &bad);
  if (status == kernels::Status::kBadIndex)
    throw out_of_range("an index must lie in [0, size)",
                       "order[" + text_of(bad) + "]=" + text_of(c.input<int32_t>(1)[bad]) +
                           ", size=" + text_of(lanes.n));
  check_kernel(status, c.dtype(0));
}

void permute_gradient(GradientContext& c) {
  if (c.needs(0))
    c.set_gradient(0, call("permute_along_axis", {c.gradient(), c.input(1)},
                           {{"axis", c.int_attr("axis")}, {"inverse", !c.bool_attr("inverse")}}));
}

TG_OP("permute_along_axis(x: any, order: int32, *, axis: int = -1, inverse: bool = false) -> any")
    .summary("Brings the elements along an axis into an order, each lane into its own.")
    .doc(R"(Args:
  x: a tensor of rank 1 or more and any dtype of fixed size.
  order: an int32 tensor of the same shape; along the axis a permutation.
  axis: the axis along which the elements move.
  inverse: whether `order` says where elements go, rather than where they come from.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the shapes differ (TG-0105), or the axis is outside [-rank, rank) (TG-0104).
  OutOfRangeError: an index is outside [0, size of the axis) (TG-0107).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]},
                      {"dtype": "int32", "value": [[2, 0, 1], [0, 2, 1]]}]},
          {"inputs": [{"dtype": "float32", "shape": [3, 2]}, {"dtype": "int32", "value": [[2, 0], [0, 1], [1, 2]]}],
           "attributes": {"axis": 0, "inverse": true}}])")
    .infer<infer_permute>()
    .kernel<permute>()
    .gradient<permute_gradient>();

}  // namespace
}  // namespace tg
