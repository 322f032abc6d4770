#include "tensor/dtype.h"

#include <cstring>
#include <string>

#include "base/status.h"

namespace tg {
namespace {

struct Row {
  const char* name;
  size_t size;
};
// Indexed by tg_dtype.
constexpr Row kRows[] = {{nullptr, 0},    {"bool", 1},     {"int8", 1},      {"int16", 2},      {"int32", 4},
                         {"int64", 8},    {"uint8", 1},    {"uint16", 2},    {"uint32", 4},     {"uint64", 8},
                         {"float16", 2},  {"bfloat16", 2}, {"float32", 4},   {"float64", 8},    {"complex64", 8},
                         {"complex128", 16}, {"string", 0}, {"int4", 0},     {"resource", 0}};
constexpr int kCount = sizeof(kRows) / sizeof(kRows[0]);

}  // namespace

size_t dtype_size(int dtype) { return dtype > 0 && dtype < kCount ? kRows[dtype].size : 0; }
const char* dtype_to_name(int dtype) { return dtype > 0 && dtype < kCount ? kRows[dtype].name : nullptr; }
int dtype_from_name(const char* name) {
  for (int i = 1; i < kCount; ++i)
    if (name && std::strcmp(kRows[i].name, name) == 0) return i;
  return TG_DTYPE_INVALID;
}

size_t dense_bytes(int dtype, int64_t count) {
  size_t bytes = 0;
  if (dtype == TG_INT4) return static_cast<size_t>(count / 2 + count % 2);
  if (count < 0 || __builtin_mul_overflow(static_cast<size_t>(count), dtype_size(dtype), &bytes) ||
      bytes > static_cast<size_t>(INT64_MAX))
    throw invalid_argument("TG-0109", "the size of a tensor must fit 63 bits", "elements=" + std::to_string(count));
  return bytes;
}

}  // namespace tg
