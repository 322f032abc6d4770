#include <string_view>
#include <unordered_map>

#include "kernels/elementwise.h"
#include "kernels/sort.h"
#include "ops/index/index.hpp"
#include "ops/strings/strings.hpp"

namespace tg {
namespace {

int index_type(const Context& c) {
  int dtype = c.dtype_attr("out_idx");
  if (dtype != TG_INT32 && dtype != TG_INT64)
    throw invalid_argument("TG-0106", "out_idx must be int32 or int64", std::string("out_idx=") + dtype_name(dtype));
  return dtype;
}

void infer(InferContext& c) {
  Dims x = c.dims(0);
  require_rank(x, 1, "x");
  int dtype = index_type(c);
  c.set_output(0, c.dtype(0), {TG_DIM_UNKNOWN});
  c.set_output(1, dtype, x.known_rank() ? x : Dims::unknown(1));
  c.set_output(2, dtype, {TG_DIM_UNKNOWN});
}

int64_t unique_strings(const Strings& strings, int64_t n, int64_t* first, int64_t* group) {
  std::unordered_map<std::string_view, int64_t> numbers;
  for (int64_t i = 0; i < n; ++i) {
    auto [place, added] = numbers.emplace(strings[i], static_cast<int64_t>(numbers.size()));
    if (added) first[place->second] = i;
    group[i] = place->second;
  }
  return static_cast<int64_t>(numbers.size());
}

void kernel(KernelContext& c) {
  int64_t n = c.num_elements(0);
  int dtype = c.dtype(0), index = index_type(c);
  auto* first = static_cast<int64_t*>(c.scratch(static_cast<size_t>(n) * 8 + 1));
  auto* group = static_cast<int64_t*>(c.scratch(static_cast<size_t>(n) * 8 + 1));
  int64_t found = dtype == TG_STRING
                      ? unique_strings(Strings(c.input_data(0), n), n, first, group)
                      : kernels::unique(kernel_dtype(dtype), c.input_data(0), n, first, group,
                                        c.scratch(kernels::unique_workspace_bytes(n)));
  if (found < 0) check_kernel(kernels::Status::kUnsupported, dtype);
  if (dtype == TG_STRING) {
    Strings strings(c.input_data(0), n);
    StringBuilder distinct;
    for (int64_t k = 0; k < found; ++k) distinct.add(strings[first[k]]);
    c.set_output_tensor(0, distinct.tensor({found}));
  } else {
    c.set_output_type(0, dtype, {found});
    kernels::gather_rows(c.input_data(0), static_cast<int64_t>(element_size(dtype)), first, found, c.output_data(0),
                         c.parallel());
  }
  auto* count = static_cast<int64_t*>(c.scratch(static_cast<size_t>(found) * 8 + 1));
  for (int64_t k = 0; k < found; ++k) count[k] = 0;
  for (int64_t i = 0; i < n; ++i) ++count[group[i]];
  c.set_output_type(1, index, {n});
  c.set_output_type(2, index, {found});
  check_kernel(kernels::cast(kernels::DType::kInt64, kernel_dtype(index), group, c.output_data(1), n, c.parallel()));
  check_kernel(
      kernels::cast(kernels::DType::kInt64, kernel_dtype(index), count, c.output_data(2), found, c.parallel()));
}

// Each distinct element is that of its first appearance.
void gradient(GradientContext& c) {
  Tensor x = c.input(0), group = c.output(1);
  Tensor places = call("range", {scalar_like(group, 0.0), call("size", {x}, {Attr::dtype("out_type", group.dtype())}),
                                 scalar_like(group, 1.0)});
  Tensor count = call("size", {c.output(0)}, {Attr::dtype("out_type", group.dtype())});
  Tensor first = call("unsorted_segment_min", {places, group, count});
  c.set_gradient(0, call("scatter_add_like", {x, first, c.gradient(0)}));
}

TG_OP("unique(x: T, *, out_idx: dtype = int32) -> T, attr.out_idx, attr.out_idx")
    .types("T: " TG_REALS " " TG_HALVES " string")
    .summary("Finds the distinct elements of a vector, in the order of their appearance.")
    .doc(R"(Args:
  x: a vector; bool, any real dtype or string. NaN equals nothing, not even NaN.
  out_idx: the dtype of the indices, int32 or int64.

Returns:
  The distinct elements, the number of its element for each of `x`, and how often each element appears.

Raises:
  InvalidArgumentError: `x` is no vector (TG-0103), or `out_idx` is another dtype (TG-0106).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [2.0, -1.0, 0.5]}]},
          {"inputs": [{"dtype": "int32", "value": [7, 3, 7]}], "attributes": {"out_idx": "int64"}}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
