// Element types and the result code of every kernel.
#ifndef TENSEGRA_KERNELS_DTYPE_H_
#define TENSEGRA_KERNELS_DTYPE_H_

#include <stddef.h>
#include <stdint.h>

namespace tg::kernels {

// The numbers are those of the C ABI.
enum class DType : int32_t {
  kBool = 1,
  kInt8 = 2,
  kInt16 = 3,
  kInt32 = 4,
  kInt64 = 5,
  kUInt8 = 6,
  kUInt16 = 7,
  kUInt32 = 8,
  kUInt64 = 9,
  kFloat16 = 10,
  kBFloat16 = 11,
  kFloat32 = 12,
  kFloat64 = 13,
  kComplex64 = 14,
  kComplex128 = 15,
};

// Bytes of one element, 0 for a value that is no DType.
size_t dtype_size(DType dtype);

enum class Status : int32_t {
  kOk = 0,
  kUnsupported = 1,       // no kernel for this dtype (or operation on it); nothing was written
  kDivisionByZero = 2,    // an integer divisor was zero; the quotients there are 0
  kNegativeExponent = 3,  // an integer power had a negative exponent; the results there are 0
  kBadIndex = 4,          // an index was out of range; the function says which
  kBadShape = 5,          // shapes do not broadcast, or the rank exceeds kMaxRank
};

constexpr int kMaxRank = 8;

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_DTYPE_H_
