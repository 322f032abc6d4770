// The real numbers that a complex one is made of.
#ifndef TENSEGRA_OPS_PARTS_HPP_
#define TENSEGRA_OPS_PARTS_HPP_

#include "ops/elementwise/complex.hpp"
#include "ops/elementwise/elementwise.hpp"

namespace tg {

inline void infer_part(InferContext& c) {
  int dtype = c.dtype(0);
  c.set_output(0, is_complex(dtype) ? part_dtype(dtype) : dtype, c.dims(0));
}

// A complex tensor with these imaginary parts and no real ones.
inline Tensor only_imaginary(const Tensor& imag) { return call("complex", {call("zeros_like", {imag}), imag}); }

}  // namespace tg

#endif  // TENSEGRA_OPS_PARTS_HPP_
