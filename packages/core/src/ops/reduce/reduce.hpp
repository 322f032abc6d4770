// What reductions share: shapes, the kernel call, and the gradient's way back to the full shape.
#ifndef TENSEGRA_OPS_REDUCE_HPP_
#define TENSEGRA_OPS_REDUCE_HPP_

#include "kernels/reduce.h"
#include "ops/common.hpp"

namespace tg {

inline std::vector<bool> reduced_axes(const Context& c, int rank) {
  return axis_mask(c.ints_attr("axis"), !c.has("axis"), rank);
}

inline Dims reduced_dims(const Context& c) {
  Dims dims = c.dims(0);
  bool keep = c.bool_attr("keepdims");
  if (!dims.known_rank()) return !c.has("axis") && !keep ? Dims() : Dims::unknown_rank();
  std::vector<bool> reduced = reduced_axes(c, dims.rank());
  Dims out;
  for (int i = 0; i < dims.rank(); ++i) {
    if (!reduced[i]) out.push_back(dims[i]);
    else if (keep) out.push_back(1);
  }
  return out;
}

inline void infer_reduction(InferContext& c) { c.set_output(0, c.dtype(0), reduced_dims(c)); }

template <kernels::ReduceOp op>
void reduction_kernel(KernelContext& c) {
  Dims dims = c.dims(0);
  std::vector<bool> reduced = reduced_axes(c, dims.rank());
  uint32_t mask = 0;
  for (int i = 0; i < dims.rank(); ++i) mask |= static_cast<uint32_t>(reduced[i]) << i;
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  void* workspace = c.scratch(kernels::reduce_workspace_bytes(op, dtype, dims.data(), dims.rank(), mask));
  check_kernel(kernels::reduce(op, dtype, c.input_data(0), dims.data(), dims.rank(), mask, c.output_data(0),
                               c.parallel(), workspace),
               c.dtype(0));
}

// A tensor of the reduction's result shape, with the reduced axes back as size 1: broadcasts with the input.
inline Tensor with_reduced_axes(const Context& c, Tensor reduced) {
  Dims dims = c.dims(0);
  if (c.bool_attr("keepdims")) return reduced;
  if (!dims.known_rank()) {
    if (!c.has("axis")) return reduced;  // 0-d
    throw invalid_argument("TG-0103", "the gradient of a reduction along an axis needs the rank of its input",
                           "input_tensor of unknown rank");
  }
  std::vector<bool> mask = reduced_axes(c, dims.rank());
  for (int i = 0; i < dims.rank(); ++i)
    if (mask[i]) reduced = call("expand_dims", {reduced}, {{"axis", i}});
  return reduced;
}

// How many elements went into each result, as a 0-d tensor of like's dtype.
inline Tensor reduced_count(const GradientContext& c, const Tensor& like) {
  Dims dims = c.dims(0);
  int64_t count = 1;
  if (dims.known_rank()) {
    std::vector<bool> mask = reduced_axes(c, dims.rank());
    for (int i = 0; i < dims.rank(); ++i)
      if (mask[i]) count = dims[i] < 0 || count < 0 ? -1 : count * dims[i];
    if (count >= 0) return scalar_like(like, static_cast<double>(count));
  }
  Attr wide = Attr::dtype("out_type", TG_INT64), to = Attr::dtype("dtype", like.dtype());
  Tensor all = call("cast", {call("size", {c.input(0)}, {wide})}, {to});
  return all / call("cast", {call("size", {c.output()}, {wide})}, {to});
}

// The attributes of this reduction, for another one along the same axes.
inline std::vector<Attr> same_axes(const Context& c, bool keepdims) {
  std::vector<Attr> attrs = {{"keepdims", keepdims}};
  if (c.has("axis")) attrs.emplace_back("axis", c.ints_attr("axis"));
  return attrs;
}

#define TG_REDUCTION_ARGS                                                                           \
  "  axis: the axes to reduce, an int or ints, counted from the end where negative. Absent: all.\n" \
  "  keepdims: whether reduced axes stay, with size 1.\n"
#define TG_REDUCTION_RAISES                                                                                         \
  "\nRaises:\n"                                                                                                     \
  "  InvalidArgumentError: an axis is outside [-rank, rank) or named twice (TG-0104), or the dtype is not one of\n" \
  "    these (TG-0102).\n"

}  // namespace tg

#endif  // TENSEGRA_OPS_REDUCE_HPP_
