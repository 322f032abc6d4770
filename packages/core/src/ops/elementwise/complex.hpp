// What gradients of functions of complex numbers need. A gradient says how a real loss grows along the real part, plus
// i times how it grows along the imaginary part; so the gradient of a holomorphic f is g * conj(f').
#ifndef TENSEGRA_OPS_COMPLEX_HPP_
#define TENSEGRA_OPS_COMPLEX_HPP_

#include "ops/common.hpp"

namespace tg {

// The dtype of the parts of a complex number.
inline int part_dtype(int dtype) { return dtype == TG_COMPLEX64 ? TG_FLOAT32 : TG_FLOAT64; }
inline int complex_dtype(int part) { return part == TG_FLOAT32 ? TG_COMPLEX64 : TG_COMPLEX128; }

// Real tensors are their own conjugates.
inline Tensor conj(const Tensor& x) { return is_complex(x.dtype()) ? call("conj", {x}) : x; }
inline Tensor cast_to(const Tensor& x, int dtype) {
  return x.dtype() == dtype ? x : call("cast", {x}, {Attr::dtype("dtype", dtype)});
}
// A complex tensor without its imaginary parts.
inline Tensor only_real(const Tensor& x) {
  int dtype = x.dtype();
  return is_complex(dtype) ? cast_to(cast_to(x, part_dtype(dtype)), dtype) : x;
}

}  // namespace tg

#endif  // TENSEGRA_OPS_COMPLEX_HPP_
