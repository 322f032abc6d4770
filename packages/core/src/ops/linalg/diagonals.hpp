// Diagonals of matrices, packed: which there are, how long, and where each lies in the packed tensor.
#ifndef TENSEGRA_OPS_LINALG_DIAGONALS_HPP_
#define TENSEGRA_OPS_LINALG_DIAGONALS_HPP_

#include <algorithm>
#include <cstring>

#include "ops/linalg/matrices.hpp"

#define TG_DIAGONAL_TYPES "T: " TG_ALL " complex64 complex128"
#define TG_DIAGONAL_ATTRS "k: ints = [0], align: str = 'RIGHT_LEFT'"
#define TG_DIAGONAL_ARGS                                                                                       \
  "  k: which diagonals: [d] for one, [lowest, highest] for all between; 0 is the main diagonal, those above\n" \
  "    are positive.\n"                                                                                         \
  "  align: on which side the shorter diagonals above and below the main one end: \"RIGHT_LEFT\" (those above\n" \
  "    to the right, those below to the left), \"LEFT_RIGHT\", \"LEFT_LEFT\" or \"RIGHT_RIGHT\".\n"

namespace tg {

// Several diagonals are packed as rows, the highest first; one alone has no axis for them.
struct Diagonals {
  int64_t lowest, highest;
  bool left_above, left_below;

  explicit Diagonals(const Context& c) {
    std::vector<int64_t> k = c.ints_attr("k");
    if (k.empty() || k.size() > 2 || k.front() > k.back())
      throw invalid_argument("TG-0106", "k must be one number, or two in ascending order", "k=" + text_of(k));
    if (k.front() < INT32_MIN || k.back() > INT32_MAX)
      throw invalid_argument("TG-0106", "k must fit 32 bits", "k=" + text_of(k));
    lowest = k.front();
    highest = k.back();
    std::string align = c.string_attr("align");
    if (align != "RIGHT_LEFT" && align != "LEFT_RIGHT" && align != "LEFT_LEFT" && align != "RIGHT_RIGHT")
      throw invalid_argument("TG-0106", "align must be RIGHT_LEFT, LEFT_RIGHT, LEFT_LEFT or RIGHT_RIGHT",
                             "align=" + align);
    left_above = align.compare(0, 4, "LEFT") == 0;
    left_below = align.compare(align.size() - 5, 5, "_LEFT") == 0;
  }

  bool is_one() const { return lowest == highest; }
  int64_t count() const { return highest - lowest + 1; }
  static int64_t length(int64_t d, int64_t rows, int64_t columns) {
    return std::max<int64_t>(0, std::min(rows + std::min<int64_t>(d, 0), columns - std::max<int64_t>(d, 0)));
  }
  int64_t longest(int64_t rows, int64_t columns) const {
    return std::max<int64_t>(0, std::min(rows + std::min<int64_t>(highest, 0), columns - std::max<int64_t>(lowest, 0)));
  }
  // The place of the diagonal's first element in its packed row.
  int64_t offset(int64_t d, int64_t length, int64_t longest) const {
    bool left = (d >= 0 && left_above) || (d <= 0 && left_below);
    return left ? 0 : longest - length;
  }
  void require_inside(int64_t rows, int64_t columns) const {
    for (int64_t d : {lowest, highest})
      if (d != 0 && ((rows >= 0 && d <= -rows) || (columns >= 0 && d >= columns)))
        throw invalid_argument("TG-0106", "the diagonals must lie in the matrix, -rows < k < columns",
                               "k=" + text_of(d) + ", rows=" + text_of(rows) + ", columns=" + text_of(columns));
  }

  // The shape of the packed diagonals of matrices of this shape.
  Dims packed(const Dims& dims) const {
    if (!dims.known_rank()) return dims;
    int rank = dims.rank();
    int64_t rows = dims[rank - 2], columns = dims[rank - 1];
    require_inside(rows, columns);
    Dims out(dims.data(), rank - 2);
    if (!is_one()) out.push_back(count());
    out.push_back(rows >= 0 && columns >= 0 ? longest(rows, columns) : TG_DIM_UNKNOWN);
    return out;
  }

  // Visits each element on the diagonals: visit(place in the matrix, place in the packed tensor).
  template <class Visit>
  void for_each(int64_t rows, int64_t columns, Visit visit) const {
    int64_t width = longest(rows, columns);
    for (int64_t d = std::min(highest, columns - 1), last = std::max(lowest, 1 - rows); d >= last; --d) {
      int64_t size = length(d, rows, columns);
      int64_t packed = (highest - d) * width + offset(d, size, width);
      int64_t matrix = std::max<int64_t>(-d, 0) * columns + std::max<int64_t>(d, 0);
      for (int64_t i = 0; i < size; ++i) visit(matrix + i * (columns + 1), packed + i);
    }
  }
};

// An element as bytes alone.
template <size_t size>
struct Bytes {
  char data[size];
};

// f(Bytes<size>{}) for the size of the dtype's elements.
template <class F>
void with_bytes(int dtype, const F& f) {
  switch (element_size(dtype)) {
    case 1: return f(Bytes<1>{});
    case 2: return f(Bytes<2>{});
    case 4: return f(Bytes<4>{});
    case 8: return f(Bytes<8>{});
    default: return f(Bytes<16>{});
  }
}

}  // namespace tg

#endif  // TENSEGRA_OPS_LINALG_DIAGONALS_HPP_
