// Kernels that work on rows, run along any axis.
#ifndef TENSEGRA_OPS_SOFTMAX_HPP_
#define TENSEGRA_OPS_SOFTMAX_HPP_

#include "kernels/copy.h"
#include "kernels/softmax.h"
#include "ops/common.hpp"

namespace tg {

// Runs rows(inputs, count, length, output) with the axis made the last one, by transposing there and back where it is
// not.
template <size_t num_inputs, class Rows>
void along_axis(KernelContext& c, Rows rows) {
  Dims dims = c.dims(0);
  int axis = normalize_axis(c.int_attr("axis"), dims.rank());
  size_t element = element_size(c.dtype(0));
  int64_t length = dims[axis], count = product(dims, 0, axis) * product(dims, axis + 1, dims.rank());
  const void* inputs[num_inputs];
  for (size_t i = 0; i < num_inputs; ++i) inputs[i] = c.input_data(i);
  if (axis == dims.rank() - 1) return check_kernel(rows(inputs, count, length, c.output_data(0)), c.dtype(0));

  int64_t shape[3] = {product(dims, 0, axis), length, product(dims, axis + 1, dims.rank())};
  int64_t turned[3] = {shape[0], shape[2], shape[1]};
  const int32_t swap[3] = {0, 2, 1};
  size_t bytes = static_cast<size_t>(dims.num_elements()) * element;
  for (size_t i = 0; i < num_inputs; ++i) {
    void* copy = c.scratch(bytes);
    check_kernel(kernels::transpose(element, inputs[i], shape, 3, swap, copy, c.parallel()));
    inputs[i] = copy;
  }
  void* result = c.scratch(bytes);
  check_kernel(rows(inputs, count, length, result), c.dtype(0));
  check_kernel(kernels::transpose(element, result, turned, 3, swap, c.output_data(0), c.parallel()));
}

inline void infer_along_axis(InferContext& c) {
  Dims dims = c.dims(0);
  if (dims.known_rank()) normalize_axis(c.int_attr("axis"), dims.rank());
  for (size_t i = 1; i < c.num_inputs(); ++i) {
    if (!dims_compatible(dims, c.dims(i)))
      throw invalid_argument("TG-0105", "both inputs must have the same shape",
                             "shapes " + dims.str() + " and " + c.dims(i).str());
    dims = merge_dims(dims, c.dims(i));
  }
  c.set_output(0, c.dtype(0), dims);
}

inline Attr axis_of(const Context& c) { return {"axis", c.int_attr("axis")}; }

inline Tensor sum_along(const Context& c, const Tensor& x) {
  return call("reduce_sum", {x}, {{"axis", std::vector<int64_t>{c.int_attr("axis")}}, {"keepdims", true}});
}

}  // namespace tg

#endif  // TENSEGRA_OPS_SOFTMAX_HPP_
