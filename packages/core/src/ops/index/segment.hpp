// What sorted and unsorted segment reductions share.
#ifndef TENSEGRA_OPS_SEGMENT_HPP_
#define TENSEGRA_OPS_SEGMENT_HPP_

#include <limits>

#include "kernels/copy.h"
#include "kernels/elementwise.h"
#include "ops/index/index.hpp"

namespace tg {

enum class Segment { kSum, kMean, kProd, kMin, kMax };

inline kernels::ScatterOp scatter_op(Segment kind) {
  switch (kind) {
    case Segment::kProd:
      return kernels::ScatterOp::kMul;
    case Segment::kMin:
      return kernels::ScatterOp::kMin;
    case Segment::kMax:
      return kernels::ScatterOp::kMax;
    default:
      return kernels::ScatterOp::kAdd;
  }
}

// Writes the value of an empty segment into one element.
template <class T>
void write_extreme(char* to, bool highest) {
  using Limits = std::numeric_limits<T>;
  T value = highest ? Limits::max() : Limits::lowest();
  std::memcpy(to, &value, sizeof(value));
}
inline void write_start(Segment kind, int dtype, char* to) {
  if (kind == Segment::kMin || kind == Segment::kMax) {
    bool highest = kind == Segment::kMin;
    switch (dtype) {
      case TG_FLOAT32: return write_extreme<float>(to, highest);
      case TG_FLOAT64: return write_extreme<double>(to, highest);
      case TG_INT8: return write_extreme<int8_t>(to, highest);
      case TG_INT16: return write_extreme<int16_t>(to, highest);
      case TG_INT32: return write_extreme<int32_t>(to, highest);
      case TG_INT64: return write_extreme<int64_t>(to, highest);
      case TG_UINT8: return write_extreme<uint8_t>(to, highest);
      case TG_UINT16: return write_extreme<uint16_t>(to, highest);
      case TG_UINT32: return write_extreme<uint32_t>(to, highest);
      default: return write_extreme<uint64_t>(to, highest);
    }
  }
  const double value = kind == Segment::kProd ? 1.0 : 0.0;
  check_kernel(kernels::cast(kernels::DType::kFloat64, kernel_dtype(dtype), &value, to, 1, kernels::Parallel()));
}

// The ids as int64 in memory of the context.
inline const int64_t* wide_ids(KernelContext& c) {
  if (c.dtype(1) == TG_INT64) return c.input<int64_t>(1);
  int64_t count = c.num_elements(1);
  void* wide = c.scratch(static_cast<size_t>(count) * 8 + 1);
  check_kernel(
      kernels::cast(kernel_dtype(c.dtype(1)), kernels::DType::kInt64, c.input_data(1), wide, count, c.parallel()));
  return static_cast<const int64_t*>(wide);
}

// Reduces rows of `inner` elements into output 0 [segments, inner], whose type is set.
inline void reduce_segments(KernelContext& c, Segment kind, const int64_t* ids, int64_t count, int64_t segments,
                            int64_t inner) {
  int dtype = c.dtype(0);
  char start[16];
  write_start(kind, dtype, start);
  check_kernel(kernels::fill(element_size(dtype), start, c.output_data(0), segments * inner, c.parallel()));
  check_kernel(kernels::scatter_rows(scatter_op(kind), kernel_dtype(dtype), c.input_data(0), ids, count, segments,
                                     inner, c.output_data(0), c.parallel()),
               dtype);
}

// What gradients need of a call: ids without those left out, and the same reduction of other values.
class SegmentCall {
 public:
  explicit SegmentCall(const GradientContext& c) : y_(c.output()) {
    Tensor ids = c.input(1), zero = scalar_like(ids, 0.0);
    used_ = call("greater_equal", {ids, zero});
    safe_ = call("maximum", {ids, zero});
    ids_ = ids;
    Tensor sizes = call("shape", {y_}, {Attr::dtype("out_type", TG_INT64)});
    segments_ = call("strided_slice", {sizes},
                     {{"begin", std::vector<int64_t>{0}},
                      {"end", std::vector<int64_t>{1}},
                      {"strides", std::vector<int64_t>{1}},
                      {"shrink_axis_mask", 1}});
  }
  Tensor reduce(const char* op, const Tensor& values) const { return call(op, {values, ids_, segments_}); }
  // For each row of the data its segment's row of `values`; zeros where the id is left out.
  Tensor spread(const Tensor& values) const {
    Tensor rows = call("gather", {values, safe_});
    Tensor mask = call("cast", {used_}, {Attr::dtype("dtype", values.dtype())});
    // A size 1 for each axis that a row has.
    Tensor shape = call("concat", {call("shape", {used_}), call("ones_like", {row_shape(values)})}, {{"axis", 0}});
    mask = call("reshape", {mask, shape});
    return call("select", {call("greater", {mask, scalar_like(mask, 0.0)}), rows, scalar_like(rows, 0.0)});
  }

 private:
  static Tensor row_shape(const Tensor& values) {
    return call("strided_slice", {call("shape", {values})},
                {{"begin", std::vector<int64_t>{1}},
                 {"end", std::vector<int64_t>{0}},
                 {"strides", std::vector<int64_t>{1}},
                 {"end_mask", 1}});
  }
  Tensor y_, ids_, used_, safe_, segments_;
};

inline void segment_gradient(GradientContext& c, Segment kind) {
  if (!c.needs(0)) return;
  SegmentCall segments(c);
  Tensor g = c.gradient(), x = c.input(0), y = c.output();
  Tensor zero = scalar_like(x, 0.0), one = scalar_like(x, 1.0);
  switch (kind) {
    case Segment::kSum:
      return c.set_gradient(0, segments.spread(g));
    case Segment::kMean: {
      Tensor count = segments.reduce("unsorted_segment_sum", call("ones_like", {x}));
      return c.set_gradient(0, segments.spread(g / call("maximum", {count, one})));
    }
    case Segment::kProd: {
      // The product of the others: of all but the zeros where there is one zero, none where there are more.
      Tensor is_zero = call("equal", {x, zero});
      Tensor zeros = segments.reduce("unsorted_segment_sum",
                                     call("cast", {is_zero}, {Attr::dtype("dtype", x.dtype())}));
      Tensor others = call("select", {is_zero, one, x});
      Tensor of_others = segments.reduce("unsorted_segment_prod", others);
      Tensor none = call("greater", {zeros, zero}), several = call("greater", {zeros, one});
      Tensor for_zeros = call("select", {several, zero, g * of_others});
      Tensor for_others = call("select", {none, zero, g * of_others});
      return c.set_gradient(
          0, call("select", {is_zero, segments.spread(for_zeros), segments.spread(for_others) / others}));
    }
    default: {
      Tensor chosen = call("equal", {x, segments.spread(y)});
      Tensor count = segments.reduce("unsorted_segment_sum",
                                     call("cast", {chosen}, {Attr::dtype("dtype", x.dtype())}));
      Tensor share = segments.spread(g / call("maximum", {count, one}));
      return c.set_gradient(0, call("select", {chosen, share, zero}));
    }
  }
}

}  // namespace tg

#endif  // TENSEGRA_OPS_SEGMENT_HPP_
