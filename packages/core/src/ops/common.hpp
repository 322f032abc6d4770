// What op files of several families share: the way from kernels to errors, and types by size alone.
#ifndef TENSEGRA_OPS_COMMON_HPP_
#define TENSEGRA_OPS_COMMON_HPP_

#include "kernels/dtype.h"
#include "kernels/parallel.h"
#include "tensegra/op.hpp"

namespace tg {

// Lists of dtypes for .types().
#define TG_FLOATS "float32 float64"
#define TG_HALVES "float16 bfloat16"  // with .widened_kernel, or a kernel that knows them
#define TG_COMPLEX "complex64 complex128"
#define TG_ALL_FLOATS TG_FLOATS " " TG_HALVES
#define TG_INEXACT TG_ALL_FLOATS " " TG_COMPLEX
#define TG_INTEGERS "int8 int16 int32 int64 uint8 uint16 uint32 uint64"
#define TG_ALL_REALS TG_ALL_FLOATS " " TG_INTEGERS         // every number but the complex ones
#define TG_ALL_NUMBERS TG_ALL_REALS " " TG_COMPLEX
#define TG_NUMBERS TG_FLOATS " " TG_INTEGERS
#define TG_REALS TG_NUMBERS " bool"
#define TG_ALL TG_REALS " float16 bfloat16 complex64 complex128"

inline kernels::DType kernel_dtype(int dtype) { return static_cast<kernels::DType>(dtype); }

inline Error out_of_range(const std::string& rule, const std::string& received) {
  return Error(TG_OUT_OF_RANGE, "TG-0107", rule + ". Received: " + received);
}
inline Error unsupported(const std::string& rule, const std::string& received) {
  return Error(TG_UNIMPLEMENTED, "TG-0121", rule + ". Received: " + received);
}

// Turns what a kernel reports into an error. Index errors are better told by the caller, who knows the names.
inline void check_kernel(kernels::Status status, int dtype = 0) {
  switch (status) {
    case kernels::Status::kOk:
      return;
    case kernels::Status::kUnsupported:
      throw unsupported("this op has no kernel for the dtype", std::string("dtype=") + dtype_name(dtype));
    case kernels::Status::kDivisionByZero:
      throw invalid_argument("TG-0108", "integers cannot be divided by zero", "a divisor of 0");
    case kernels::Status::kNegativeExponent:
      throw invalid_argument("TG-0123", "integers cannot be raised to a negative power", "a negative exponent");
    case kernels::Status::kBadIndex:
      throw out_of_range("an index must point into the tensor", "an index outside of it");
    case kernels::Status::kBadShape:
      throw invalid_argument("TG-0103", "the shapes do not suit the kernel", "a rank above 8 or shapes that differ");
  }
}

// Bytes of one element, for ops that move elements without looking at them.
inline size_t element_size(int dtype) {
  size_t size = api().dtype->size(dtype);
  if (size == 0)
    throw unsupported("this op moves elements of fixed size only", std::string("dtype=") + dtype_name(dtype));
  return size;
}

// Byte strides of a dense array.
inline Dims dense_strides(const Dims& dims, size_t element_size) {
  Dims strides = dims;
  int64_t step = static_cast<int64_t>(element_size);
  for (int i = dims.rank() - 1; i >= 0; --i) {
    strides[i] = step;
    step *= dims[i];
  }
  return strides;
}

// The product of sizes [from, to).
inline int64_t product(const Dims& dims, int from, int to) {
  int64_t count = 1;
  for (int i = from; i < to; ++i) count *= dims[i];
  return count;
}

// A shape given as the values of input i: known sizes where the value is known, else as much as its type says.
inline Dims dims_of_shape_input(const InferContext& c, size_t i, const char* name) {
  Dims type = c.dims(i);
  require_rank(type, 1, name);
  if (auto sizes = c.constant_ints(i)) return checked_dims(*sizes);
  if (!type.known_rank() || type[0] < 0) return Dims::unknown_rank();
  if (type[0] > TG_MAX_RANK)
    throw invalid_argument("TG-0103", "a tensor has at most 8 dimensions", "rank=" + std::to_string(type[0]));
  return Dims::unknown(static_cast<int>(type[0]));
}

// Gradients of ops through which none flows, as of a constant: the inputs get none.
inline void no_gradient(GradientContext&) {}

inline std::string text_of(int64_t value) { return std::to_string(value); }
// "(1, 2)"
inline std::string text_of(const std::vector<int64_t>& values) {
  std::string text = "(";
  for (size_t i = 0; i < values.size(); ++i) text += (i ? ", " : "") + std::to_string(values[i]);
  return text + (values.size() == 1 ? ",)" : ")");
}

}  // namespace tg

#endif  // TENSEGRA_OPS_COMMON_HPP_
