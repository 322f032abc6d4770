// Strides, window sizes and padding as attributes of two-dimensional NHWC ops give them.
#ifndef TENSEGRA_OPS_WINDOW_HPP_
#define TENSEGRA_OPS_WINDOW_HPP_

#include <limits>

#include "ops/common.hpp"

namespace tg {

struct Pair {
  int64_t h = 1, w = 1;
};

// One number, [height, width] or [1, height, width, 1]; absent: ones.
inline Pair pair_attr(const Context& c, const char* name) {
  std::vector<int64_t> values = c.ints_attr(name);
  Pair pair;
  if (values.size() == 1) pair = {values[0], values[0]};
  else if (values.size() == 2) pair = {values[0], values[1]};
  else if (values.size() == 4) pair = {values[1], values[2]};
  else if (c.has(name))
    throw invalid_argument("TG-0106", std::string(name) + " must hold 1, 2 or 4 integers",
                           std::string(name) + "=" + text_of(values));
  bool outer = values.size() == 4 && (values[0] != 1 || values[3] != 1);
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  if (outer || pair.h < 1 || pair.w < 1 || pair.h > most || pair.w > most)
    throw invalid_argument("TG-0106", std::string(name) + " must be positive, and 1 for batch and channels",
                           std::string(name) + "=" + text_of(values));
  return pair;
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

// How many windows of `reach` elements fit; unknown sizes stay unknown, and the same where nothing changes them.
inline int64_t windows(int64_t size, int64_t reach, int64_t stride, Border border, int64_t pads = 0) {
  if (size < 0) return stride == 1 && (border == Border::kSame || (reach == 1 && pads == 0)) ? size : TG_DIM_UNKNOWN;
  if (border == Border::kSame) return size / stride + (size % stride != 0);
  size += pads;
  return size < reach ? 0 : (size - reach) / stride + 1;
}

}  // namespace tg

#endif  // TENSEGRA_OPS_WINDOW_HPP_
