// Padding as an op's attributes give it.
#ifndef TENSEGRA_OPS_PAD_HPP_
#define TENSEGRA_OPS_PAD_HPP_

#include "ops/common.hpp"

namespace tg {

struct Padding {
  std::vector<int64_t> before, after;
  int fold = -1;  // -1: CONSTANT; 0: SYMMETRIC, the edge is repeated; 1: REFLECT, it is not
};

inline Padding padding_of(const Context& c, int rank) {
  Padding padding;
  std::string mode = c.string_attr("mode");
  if (mode == "SYMMETRIC") padding.fold = 0;
  else if (mode == "REFLECT") padding.fold = 1;
  else if (mode != "CONSTANT")
    throw invalid_argument("TG-0106", "mode must be 'CONSTANT', 'REFLECT' or 'SYMMETRIC'", "mode='" + mode + "'");
  std::vector<int64_t> flat = c.ints_attr("paddings");
  if (flat.size() % 2 != 0 || (rank >= 0 && flat.size() != 2 * static_cast<size_t>(rank)))
    throw invalid_argument("TG-0105", "paddings must have two entries for each axis",
                           "paddings=" + text_of(flat) + (rank >= 0 ? " for rank " + text_of(rank) : ""));
  for (size_t i = 0; i < flat.size(); i += 2) {
    if (flat[i] < 0 || flat[i + 1] < 0)
      throw invalid_argument("TG-0109", "paddings must not be negative", "paddings=" + text_of(flat));
    padding.before.push_back(flat[i]);
    padding.after.push_back(flat[i + 1]);
  }
  return padding;
}

// Mirrored padding cannot be longer than what it mirrors.
inline void require_mirror_fits(const Padding& padding, const Dims& dims) {
  if (padding.fold < 0) return;
  for (int i = 0; i < dims.rank(); ++i) {
    int64_t most = dims[i] - padding.fold;
    if (dims[i] >= 0 && (padding.before[i] > most || padding.after[i] > most) &&
        (padding.before[i] > 0 || padding.after[i] > 0))
      throw invalid_argument(
          "TG-0106", "mirrored paddings must not exceed the size (minus 1 for 'REFLECT')",
          "paddings (" + text_of(padding.before[i]) + ", " + text_of(padding.after[i]) + "), size=" + text_of(dims[i]));
  }
}

// The index within [0, size) that place i of the padded axis shows.
inline int64_t mirrored(int64_t i, int64_t before, int64_t size, int fold) {
  i -= before;
  if (i < 0) i = -i - 1 + fold;
  if (i >= size) i = 2 * size - 1 - fold - i;
  return i;
}

inline Dims padded_dims(const Padding& padding, Dims dims) {
  for (int i = 0; i < dims.rank(); ++i) {
    int64_t more = 0;
    if (__builtin_add_overflow(padding.before[i], padding.after[i], &more) ||
        (dims[i] >= 0 && __builtin_add_overflow(dims[i], more, &dims[i])))
      throw invalid_argument("TG-0109", "the padded size must fit 63 bits", "shape=" + dims.str());
    if (dims[i] < 0 && more > 0) dims[i] = TG_DIM_UNKNOWN;
  }
  std::vector<int64_t> sizes(dims.begin(), dims.end());
  if (dims.is_static()) checked_dims(sizes);
  return dims;
}

}  // namespace tg

#endif  // TENSEGRA_OPS_PAD_HPP_
