// Tensors as text, the way tg.print shows them.
#ifndef TENSEGRA_OPS_DEBUG_FORMAT_HPP_
#define TENSEGRA_OPS_DEBUG_FORMAT_HPP_

#include <cfloat>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "ops/common.hpp"

namespace tg {
namespace debug {

// The shorter of the digits that are always right and those that tell every number apart.
inline std::string number_text(double value, bool single) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.*g", single ? FLT_DIG : DBL_DIG, value);
  bool same = single ? std::strtof(text, nullptr) == static_cast<float>(value) : std::strtod(text, nullptr) == value;
  if (!same && value == value) std::snprintf(text, sizeof(text), "%.*g", single ? FLT_DIG + 3 : DBL_DIG + 2, value);
  return text;
}

inline float half_value(uint16_t bits, bool brain) {
  uint32_t wide;
  if (brain) {
    wide = static_cast<uint32_t>(bits) << 16;
  } else {
    uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16, exponent = bits >> 10 & 31, fraction = bits & 1023;
    if (exponent == 0) {
      float small = static_cast<float>(fraction) / 16777216.0f;
      return sign ? -small : small;
    }
    wide = sign | (exponent == 31 ? 0x7f800000u : (exponent + 112) << 23) | fraction << 13;
  }
  float value;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

template <class T>
T element(const void* data, int64_t i) {
  T value;
  std::memcpy(&value, static_cast<const char*>(data) + static_cast<size_t>(i) * sizeof(T), sizeof(T));
  return value;
}

inline std::string element_text(int dtype, const void* data, int64_t i, int64_t count, bool quoted) {
  switch (dtype) {
    case TG_BOOL: return element<uint8_t>(data, i) ? "1" : "0";
    case TG_INT8: return std::to_string(element<int8_t>(data, i));
    case TG_INT16: return std::to_string(element<int16_t>(data, i));
    case TG_INT32: return std::to_string(element<int32_t>(data, i));
    case TG_INT64: return std::to_string(element<int64_t>(data, i));
    case TG_UINT8: return std::to_string(element<uint8_t>(data, i));
    case TG_UINT16: return std::to_string(element<uint16_t>(data, i));
    case TG_UINT32: return std::to_string(element<uint32_t>(data, i));
    case TG_UINT64: return std::to_string(element<uint64_t>(data, i));
    case TG_FLOAT16:
    case TG_BFLOAT16: return number_text(half_value(element<uint16_t>(data, i), dtype == TG_BFLOAT16), true);
    case TG_FLOAT32: return number_text(element<float>(data, i), true);
    case TG_FLOAT64: return number_text(element<double>(data, i), false);
    case TG_COMPLEX64:
      return "(" + number_text(element<float>(data, 2 * i), true) + "," + number_text(element<float>(data, 2 * i + 1),
          true) + ")";
    case TG_COMPLEX128:
      return "(" + number_text(element<double>(data, 2 * i), false) + "," + number_text(element<double>(data, 2 * i
          + 1), false) + ")";
    case TG_STRING: {
      int64_t begin = element<int64_t>(data, i), end = element<int64_t>(data, i + 1);
      std::string text(static_cast<const char*>(data) + (count + 1) * 8 + begin, static_cast<size_t>(end - begin));
      return quoted ? "\"" + text + "\"" : text;
    }
    default: return std::string("<") + dtype_name(dtype) + ">";
  }
}

// summarize: how many elements to show at both ends of each dimension; below 0: all.
inline void append_tensor(std::string* text, int dtype, const Dims& dims, const void* data, int64_t summarize, int axis,
                          int64_t offset, int64_t total) {
  if (axis == dims.rank()) {
    *text += element_text(dtype, data, offset, total, dims.rank() > 0);
    return;
  }
  int64_t inner = product(dims, axis + 1, dims.rank());
  bool rows = axis + 1 < dims.rank();
  bool cut = summarize >= 0 && dims[axis] - summarize > summarize;
  std::string line(static_cast<size_t>(axis) + 1, ' ');
  std::string gap(static_cast<size_t>(dims.rank() - axis - 1), '\n');
  *text += "[";
  for (int64_t i = 0; i < dims[axis]; ++i) {
    if (i) *text += rows ? gap + line : " ";
    if (cut && i == summarize) {
      *text += "...";
      i = dims[axis] - summarize - 1;
      continue;
    }
    append_tensor(text, dtype, dims, data, summarize, axis + 1, offset + i * inner, total);
  }
  *text += "]";
}

inline std::string tensor_text(const KernelContext& c, size_t i, int64_t summarize) {
  std::string text;
  append_tensor(&text, c.dtype(i), c.dims(i), c.input_data(i), summarize, 0, 0, c.dims(i).num_elements());
  return text;
}

}  // namespace debug
}  // namespace tg

#endif  // TENSEGRA_OPS_DEBUG_FORMAT_HPP_
