// Strides, window sizes, padding and data formats as attributes of convolutions and pools give them.
#ifndef TENSEGRA_OPS_WINDOW_HPP_
#define TENSEGRA_OPS_WINDOW_HPP_

#include <array>
#include <limits>

#include "kernels/copy.h"
#include "kernels/windows.h"
#include "ops/common.hpp"

namespace tg {

// Where the axes of images (2 spatial axes) or volumes (3) are.
struct Layout {
  int spatial = 2;
  bool channels_first = false;

  int rank() const { return spatial + 2; }
  int first() const { return channels_first ? 2 : 1; }  // the first spatial axis
  int channels() const { return channels_first ? 1 : spatial + 1; }
};

inline Layout layout_attr(const Context& c, int spatial) {
  std::string format = c.string_attr("data_format");
  const char* last = spatial == 2 ? "NHWC" : "NDHWC";
  const char* first = spatial == 2 ? "NCHW" : "NCDHW";
  if (format != last && format != first)
    throw invalid_argument("TG-0106", std::string("data_format must be '") + last + "' or '" + first + "'",
                           "data_format='" + format + "'");
  return {spatial, format == first};
}

// From the order of the layout to batch, spatial axes, channels; an unknown rank becomes unknown sizes.
inline Dims channels_last(const Dims& dims, Layout layout) {
  if (!dims.known_rank()) return Dims::unknown(layout.rank());
  if (!layout.channels_first) return dims;
  Dims moved = dims;
  for (int i = 0; i < layout.spatial; ++i) moved[1 + i] = dims[2 + i];
  moved[layout.spatial + 1] = dims[1];
  return moved;
}
// And back.
inline Dims in_layout(const Dims& dims, Layout layout) {
  if (!layout.channels_first) return dims;
  Dims moved = dims;
  for (int i = 0; i < layout.spatial; ++i) moved[2 + i] = dims[1 + i];
  moved[1] = dims[layout.spatial + 1];
  return moved;
}

// [batch, channels, places] to [batch, places, channels], or back.
inline void turn_layout(size_t element, const void* from, const Dims& last, bool to_last, void* to,
                        const kernels::Parallel& parallel) {
  int64_t places = product(last, 1, last.rank() - 1), channels = last[last.rank() - 1];
  int64_t dims[3] = {last[0], to_last ? channels : places, to_last ? places : channels};
  int32_t perm[3] = {0, 2, 1};
  check_kernel(kernels::transpose(element, from, dims, 3, perm, to, parallel));
}

// The data of an input with the channels last: itself, or a copy.
inline const void* last_input(KernelContext& c, size_t i, Layout layout) {
  if (!layout.channels_first) return c.input_data(i);
  size_t element = element_size(c.dtype(i));
  void* copy = c.scratch(static_cast<size_t>(c.num_elements(i)) * element);
  turn_layout(element, c.input_data(i), channels_last(c.dims(i), layout), true, copy, c.parallel());
  return copy;
}

// A place for an output with the channels last; `finish` moves it to where it belongs.
class LastOutput {
 public:
  LastOutput(KernelContext& c, size_t i, int dtype, Layout layout) : c_(c), i_(i), layout_(layout) {
    element_ = element_size(dtype);
    Dims dims = c.output_dims(i);
    data = layout.channels_first ? c.scratch(static_cast<size_t>(dims.num_elements()) * element_) : c.output_data(i);
  }
  void finish() {
    if (layout_.channels_first)
      turn_layout(element_, data, channels_last(c_.output_dims(i_), layout_), false, c_.output_data(i_), c_.parallel());
  }
  void* data;

 private:
  KernelContext& c_;
  size_t i_;
  Layout layout_;
  size_t element_;
};

// Depth, height, width; ones where there is no depth.
using Triple = std::array<int64_t, 3>;

// One number, one for each spatial axis, or one for each axis in the order of the layout; absent: ones.
inline Triple spatial_attr(const Context& c, const char* name, Layout layout) {
  std::vector<int64_t> values = c.ints_attr(name);
  Triple triple{1, 1, 1};
  size_t n = static_cast<size_t>(layout.spatial);
  bool outer = false;
  if (values.size() == n + 2) {
    outer = values[0] != 1 || values[layout.channels()] != 1;
    values = std::vector<int64_t>(values.begin() + layout.first(), values.begin() + layout.first() + layout.spatial);
  } else if (values.size() == 1) {
    values.resize(n, values[0]);
  } else if (values.empty() && !c.has(name)) {
    values.resize(n, 1);
  }
  if (values.size() != n)
    throw invalid_argument("TG-0106",
                           std::string(name) + " must hold 1, " + text_of(layout.spatial) + " or " +
                               text_of(layout.spatial + 2) + " integers",
                           std::string(name) + "=" + text_of(c.ints_attr(name)));
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  for (size_t i = 0; i < n; ++i) {
    outer = outer || values[i] < 1 || values[i] > most;
    triple[3 - n + i] = values[i];
  }
  if (outer)
    throw invalid_argument("TG-0106", std::string(name) + " must be positive, and 1 for batch and channels",
                           std::string(name) + "=" + text_of(c.ints_attr(name)));
  return triple;
}

enum class Border { kValid, kSame, kExplicit };

inline Border border_attr(const Context& c, bool explicit_allowed) {
  std::string padding = c.string_attr("padding");
  if (padding == "VALID") return Border::kValid;
  if (padding == "SAME") return Border::kSame;
  if (padding == "EXPLICIT" && explicit_allowed) return Border::kExplicit;
  throw invalid_argument(
      "TG-0106", std::string("padding must be 'SAME'") + (explicit_allowed ? ", 'VALID' or 'EXPLICIT'" : " or 'VALID'"),
      "padding='" + padding + "'");
}

struct Pads {
  Triple before{0, 0, 0}, after{0, 0, 0};
};

// What is added at the edges, for EXPLICIT: a pair for each axis in the order of the layout, flat.
inline Pads pads_attr(const Context& c, Border border, Layout layout) {
  std::vector<int64_t> values = c.ints_attr("explicit_paddings");
  Pads pads;
  if (border != Border::kExplicit) {
    if (!values.empty())
      throw invalid_argument("TG-0106", "explicit_paddings belong to padding='EXPLICIT'",
                             "explicit_paddings=" + text_of(values));
    return pads;
  }
  bool ok = values.size() == static_cast<size_t>(2 * layout.rank());
  for (int64_t pad : values) ok = ok && pad >= 0 && pad <= std::numeric_limits<int32_t>::max();
  if (ok) {
    for (int axis : {0, layout.channels()}) ok = ok && values[2 * axis] == 0 && values[2 * axis + 1] == 0;
    for (int i = 0; i < layout.spatial; ++i) {
      pads.before[3 - layout.spatial + i] = values[2 * (layout.first() + i)];
      pads.after[3 - layout.spatial + i] = values[2 * (layout.first() + i) + 1];
    }
  }
  if (!ok)
    throw invalid_argument("TG-0106",
                           "explicit_paddings must hold two sizes for each axis, 0 for batch and channels: " +
                               text_of(2 * layout.rank()) + " in all",
                           "explicit_paddings=" + text_of(values));
  return pads;
}

// How many windows of `reach` elements fit; unknown sizes stay unknown, and the same where nothing changes them.
inline int64_t window_count(int64_t size, int64_t reach, int64_t stride, Border border, int64_t pads = 0) {
  if (size < 0) return stride == 1 && (border == Border::kSame || (reach == 1 && pads == 0)) ? size : TG_DIM_UNKNOWN;
  if (border == Border::kSame) return size / stride + (size % stride != 0);
  size += pads;
  return size < reach ? 0 : (size - reach) / stride + 1;
}

// The windows over an input (batch, spatial axes, channels) with what is unknown left at -1 or a symbol, and the pads
// of SAME filled in where they are known. `size` holds the windows' sizes; -1 for unknown ones.
inline kernels::Windows windows_over(const Dims& input, Triple size, Triple stride, Triple dilation, Border border,
                                     const Pads& pads) {
  kernels::Windows w{};
  int missing = 5 - input.rank();
  for (int i = 0; i < 3; ++i) {
    w.in[i] = i < missing ? 1 : input[1 + i - missing];
    w.k[i] = size[i];
    w.stride[i] = stride[i];
    w.dilation[i] = dilation[i];
    w.before[i] = pads.before[i];
    w.after[i] = pads.after[i];
    int64_t reach = size[i] < 0 ? 0 : (size[i] - 1) * dilation[i] + 1;
    if (reach > std::numeric_limits<int32_t>::max())
      throw invalid_argument("TG-0106", "a window must reach over less than 2^31 places",
                             "size=" + text_of(size[i]) + ", dilation=" + text_of(dilation[i]));
    bool known = size[i] >= 0 || border == Border::kSame;
    w.out[i] = known ? window_count(w.in[i], reach, stride[i], border, pads.before[i] + pads.after[i]) : TG_DIM_UNKNOWN;
    if (border != Border::kSame || w.in[i] < 0 || size[i] < 0 || w.out[i] == 0) continue;
    int64_t needed = (w.out[i] - 1) * stride[i] + reach - w.in[i];
    int64_t pad = needed < 0 ? 0 : needed;
    w.before[i] = pad / 2;
    w.after[i] = pad - pad / 2;
  }
  return w;
}

// The shape of one value for each window, in the order of the layout.
inline Dims window_dims(int64_t batch, const kernels::Windows& windows, int64_t channels, Layout layout) {
  Dims dims;
  dims.push_back(batch);
  for (int i = 3 - layout.spatial; i < 3; ++i) dims.push_back(windows.out[i]);
  dims.push_back(channels);
  if (dims.is_static()) checked_dims(std::vector<int64_t>(dims.begin(), dims.end()));
  return in_layout(dims, layout);
}

}  // namespace tg

#endif  // TENSEGRA_OPS_WINDOW_HPP_
