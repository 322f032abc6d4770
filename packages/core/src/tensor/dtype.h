// Facts about element types.
#ifndef TENSEGRA_TENSOR_DTYPE_H_
#define TENSEGRA_TENSOR_DTYPE_H_

#include <cstddef>
#include <cstdint>

#include "tensegra/c/dtype.h"

namespace tg {

size_t dtype_size(int dtype);            // 0: string, resource, packed, unknown
const char* dtype_to_name(int dtype);    // nullptr: unknown
int dtype_from_name(const char* name);   // TG_DTYPE_INVALID: unknown
// Bytes of a dense tensor; throws TG-0109 on overflow.
size_t dense_bytes(int dtype, int64_t count);

}  // namespace tg

#endif  // TENSEGRA_TENSOR_DTYPE_H_
