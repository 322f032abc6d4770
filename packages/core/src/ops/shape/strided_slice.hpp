// The meaning of slices with strides and masks, as TensorFlow's strided_slice defines it.
#ifndef TENSEGRA_OPS_STRIDED_SLICE_HPP_
#define TENSEGRA_OPS_STRIDED_SLICE_HPP_

#include <algorithm>

#include "ops/common.hpp"

namespace tg {

struct StridedSlice {
  Dims begin, stride;  // for each axis of the input
  Dims counts;         // elements taken of each axis of the input; below 0 where unknown
  Dims out;            // the result's shape: without shrunk axes, with new ones
};

namespace strided_slice_internal {

struct Entry {
  int64_t begin, end, stride;
  bool from_start, to_end, shrink;
};

inline void take(StridedSlice* slice, int64_t size, const Entry& entry) {
  if (entry.stride == 0) throw invalid_argument("TG-0106", "a stride must not be 0", "strides=0");
  int64_t begin = entry.begin, stride = entry.stride, count = TG_DIM_UNKNOWN;
  if (entry.shrink) {
    if (stride < 0)
      throw invalid_argument("TG-0106", "one element is taken with a positive stride", "strides=" + text_of(stride));
    if (size >= 0) {
      if (begin < -size || begin >= size)
        throw out_of_range("an index must lie in [-size, size)", "index=" + text_of(begin) + ", size=" + text_of(size));
      if (begin < 0) begin += size;
    }
    slice->begin.push_back(begin);
    slice->stride.push_back(1);
    slice->counts.push_back(1);
    return;
  }
  if (size >= 0) {
    int64_t low = stride > 0 ? 0 : -1, high = stride > 0 ? size : size - 1;
    auto place = [&](int64_t at) { return std::clamp(at < 0 ? at + size : at, low, high); };
    begin = entry.from_start ? (stride > 0 ? low : high) : place(begin);
    int64_t end = entry.to_end ? (stride > 0 ? high : low) : place(entry.end);
    int64_t distance = stride > 0 ? end - begin : begin - end;
    // -(stride + 1) cannot overflow, even for the lowest integer.
    uint64_t step = stride > 0 ? static_cast<uint64_t>(stride) : static_cast<uint64_t>(-(stride + 1)) + 1;
    count = distance <= 0 ? 0 : static_cast<int64_t>((static_cast<uint64_t>(distance) - 1) / step) + 1;
  } else if ((entry.from_start || begin == 0) && entry.to_end && stride == 1) {
    count = size;
  }
  slice->begin.push_back(begin);
  slice->stride.push_back(stride);
  slice->counts.push_back(count);
  slice->out.push_back(count);
}

}  // namespace strided_slice_internal

// Resolves the attributes of this call against a shape of known rank.
inline StridedSlice resolve_slice(const Context& c, const Dims& dims) {
  using strided_slice_internal::Entry;
  const tg_attr begin = c.attr("begin"), end = c.attr("end"), strides = c.attr("strides");
  const size_t count = begin.count;
  if (count != end.count || count != strides.count || count > 62)
    throw invalid_argument("TG-0106", "begin, end and strides must have the same length",
                           "begin=" + text_of(c.ints_attr("begin")) + ", end=" + text_of(c.ints_attr("end")) +
                               ", strides=" + text_of(c.ints_attr("strides")));
  const int64_t from_start = c.int_attr("begin_mask"), to_end = c.int_attr("end_mask");
  const int64_t shrink = c.int_attr("shrink_axis_mask");
  int64_t ellipsis = c.int_attr("ellipsis_mask"), new_axis = c.int_attr("new_axis_mask");
  auto bit = [](int64_t mask, size_t i) { return (mask >> i & 1) != 0; };
  if (static_cast<uint64_t>(ellipsis) & (static_cast<uint64_t>(ellipsis) - 1))
    throw invalid_argument("TG-0106", "one ellipsis is allowed", "ellipsis_mask=" + text_of(ellipsis));

  int named = 0;
  for (size_t i = 0; i < count; ++i) named += !bit(ellipsis, i) && !bit(new_axis, i);
  if (named > dims.rank())
    throw invalid_argument("TG-0103", "a slice cannot name more axes than the tensor has",
                           "axes=" + text_of(named) + ", input.shape=" + dims.str());
  StridedSlice slice;
  const Entry all = {0, 0, 1, true, true, false};
  int axis = 0;
  for (size_t i = 0; i < count; ++i) {
    if (bit(ellipsis, i)) {
      for (int skipped = dims.rank() - named; skipped > 0; --skipped)
        strided_slice_internal::take(&slice, dims[axis++], all);
    } else if (bit(new_axis, i)) {
      slice.out.push_back(1);
    } else {
      strided_slice_internal::take(&slice, dims[axis++],
                                   {begin.ints[i], end.ints[i], strides.ints[i], bit(from_start, i), bit(to_end, i),
                                    bit(shrink, i)});
    }
  }
  while (axis < dims.rank()) strided_slice_internal::take(&slice, dims[axis++], all);
  return slice;
}

// All attributes of this call, for another slice like it.
inline std::vector<Attr> slice_attrs(const Context& c) {
  std::vector<Attr> attrs;
  for (const char* name : {"begin", "end", "strides"}) attrs.emplace_back(name, c.ints_attr(name));
  for (const char* name : {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"})
    attrs.emplace_back(name, c.int_attr(name));
  return attrs;
}

}  // namespace tg

#endif  // TENSEGRA_OPS_STRIDED_SLICE_HPP_
