// The attribute padding_value of ops that fill places of which they have no element.
#ifndef TENSEGRA_OPS_LINALG_PADDING_VALUE_HPP_
#define TENSEGRA_OPS_LINALG_PADDING_VALUE_HPP_

#include "kernels/copy.h"
#include "kernels/elementwise.h"
#include "ops/common.hpp"

namespace tg {

// Fills output 0 with the attribute's value.
inline void fill_with_padding(KernelContext& c) {
  double value = c.float_attr("padding_value");
  char converted[16] = {};
  int dtype = c.dtype(0);
  if (value != 0.0)
    check_kernel(kernels::cast(kernels::DType::kFloat64, kernel_dtype(dtype), &value, converted, 1, c.parallel()),
                 dtype);
  check_kernel(kernels::fill(element_size(dtype), converted, c.output_data(0), c.output_dims(0).num_elements(),
                             c.parallel()));
}

}  // namespace tg

#endif  // TENSEGRA_OPS_LINALG_PADDING_VALUE_HPP_
