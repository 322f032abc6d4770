// Shape arithmetic for inference: works on sizes, unknown sizes and symbols alike.
#ifndef TENSEGRA_SHAPE_HPP_
#define TENSEGRA_SHAPE_HPP_

#include <string>
#include <vector>

#include "tensegra/tensor.hpp"

namespace tg {

// The values of a concrete integer tensor of any integer dtype.
inline std::vector<int64_t> read_ints(const tg_tensor_desc& desc) {
  int64_t count = Dims(desc.dims, desc.rank).num_elements();
  const char* data = static_cast<const char*>(desc.data) + desc.byte_offset;
  std::vector<int64_t> values(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    switch (desc.dtype) {
      case TG_BOOL: values[i] = reinterpret_cast<const uint8_t*>(data)[i]; break;
      case TG_INT8: values[i] = reinterpret_cast<const int8_t*>(data)[i]; break;
      case TG_UINT8: values[i] = reinterpret_cast<const uint8_t*>(data)[i]; break;
      case TG_INT16: values[i] = reinterpret_cast<const int16_t*>(data)[i]; break;
      case TG_INT32: values[i] = reinterpret_cast<const int32_t*>(data)[i]; break;
      case TG_INT64: values[i] = reinterpret_cast<const int64_t*>(data)[i]; break;
      default:
        throw invalid_argument("TG-0102", "integers are needed here", std::string("dtype=") + dtype_name(desc.dtype));
    }
  }
  return values;
}

// The value of a concrete 0-d (or one-element) real tensor.
inline double read_number(const tg_tensor_desc& desc) {
  if (Dims(desc.dims, desc.rank).num_elements() != 1)
    throw invalid_argument("TG-0103", "one number is needed here", "shape=" + Dims(desc.dims, desc.rank).str());
  const char* data = static_cast<const char*>(desc.data) + desc.byte_offset;
  if (desc.dtype == TG_FLOAT32) return *reinterpret_cast<const float*>(data);
  if (desc.dtype == TG_FLOAT64) return *reinterpret_cast<const double*>(data);
  return static_cast<double>(read_ints(desc)[0]);
}

// -rank <= axis < rank, made positive.
inline int normalize_axis(int64_t axis, int rank, const char* what = "axis") {
  if (axis < -rank || axis >= rank)
    throw invalid_argument("TG-0104", std::string(what) + " must lie in [" + std::to_string(-rank) + ", " +
                                          std::to_string(rank) + ")",
                           std::string(what) + "=" + std::to_string(axis));
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

// A mask of the axes; absent means all. Duplicates are refused.
inline std::vector<bool> axis_mask(const std::vector<int64_t>& axes, bool absent, int rank) {
  std::vector<bool> mask(static_cast<size_t>(rank), absent);
  for (int64_t axis : axes) {
    int i = normalize_axis(axis, rank);
    if (mask[i] && !absent)
      throw invalid_argument("TG-0104", "an axis may be named once", "axis=" + std::to_string(axis));
    mask[i] = true;
  }
  return mask;
}

// NumPy's broadcasting of one pair of sizes.
inline int64_t broadcast_size(int64_t x, int64_t y, bool* ok) {
  if (x == y && x != TG_DIM_UNKNOWN) return x;
  if (x == 1) return y;
  if (y == 1) return x;
  if (x >= 0 && y >= 0) return *ok = false, TG_DIM_UNKNOWN;
  if (x > 1) return x;  // the unknown one is 1 or x
  if (y > 1) return y;
  return TG_DIM_UNKNOWN;
}

inline Dims broadcast(const Dims& x, const Dims& y, const char* x_name = "x", const char* y_name = "y") {
  if (!x.known_rank() || !y.known_rank()) return Dims::unknown_rank();
  int rank = x.rank() > y.rank() ? x.rank() : y.rank();
  Dims out = Dims::unknown(rank);
  bool ok = true;
  for (int i = 0; i < rank; ++i) {
    int xi = i - (rank - x.rank()), yi = i - (rank - y.rank());
    out[i] = broadcast_size(xi < 0 ? 1 : x[xi], yi < 0 ? 1 : y[yi], &ok);
  }
  if (!ok)
    throw invalid_argument("TG-0101", std::string("shapes of ") + x_name + " and " + y_name +
                                          " must broadcast (sizes equal, or one of them 1, from the right)",
                           std::string(x_name) + ".shape=" + x.str() + ", " + y_name + ".shape=" + y.str());
  return out;
}

// May the two sizes be equal when the graph runs?
inline bool sizes_compatible(int64_t x, int64_t y) { return x < 0 || y < 0 || x == y; }
inline bool dims_compatible(const Dims& x, const Dims& y) {
  if (!x.known_rank() || !y.known_rank()) return true;
  if (x.rank() != y.rank()) return false;
  for (int i = 0; i < x.rank(); ++i)
    if (!sizes_compatible(x[i], y[i])) return false;
  return true;
}
// The better known of two compatible shapes.
inline Dims merge_dims(const Dims& x, const Dims& y) {
  if (!x.known_rank()) return y;
  if (!y.known_rank()) return x;
  Dims out = x;
  for (int i = 0; i < x.rank(); ++i)
    if (y[i] >= 0 || out[i] == TG_DIM_UNKNOWN) out[i] = y[i];
  return out;
}

// A shape read from constant values: sizes >= 0, -1 allowed where unknown_ok.
inline Dims checked_dims(const std::vector<int64_t>& sizes, bool unknown_ok = false) {
  int64_t count = 1;
  for (int64_t size : sizes) {
    if (size < 0 && !(unknown_ok && size == -1))
      throw invalid_argument("TG-0109", "sizes must not be negative", "size=" + std::to_string(size));
    if (size > 0 && __builtin_mul_overflow(count, size, &count))
      throw invalid_argument("TG-0109", "the number of elements must fit 63 bits", "shape=" + Dims(sizes).str());
  }
  return Dims(sizes);
}

// Refuses a rank other than the one wanted, where it is known.
inline void require_rank(const Dims& dims, int rank, const char* name) {
  if (dims.known_rank() && dims.rank() != rank)
    throw invalid_argument("TG-0103", std::string(name) + " must have " + std::to_string(rank) + " dimensions",
                           std::string(name) + ".shape=" + dims.str());
}

}  // namespace tg

#endif  // TENSEGRA_SHAPE_HPP_
