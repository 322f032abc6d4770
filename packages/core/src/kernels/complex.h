// Complex numbers: what the functions of elementwise.h, special.h and reduce.h hand over. Compiled once.
#ifndef TENSEGRA_KERNELS_COMPLEX_H_
#define TENSEGRA_KERNELS_COMPLEX_H_

#include "kernels/elementwise.h"
#include "kernels/special.h"

namespace tg::kernels {

Status complex_unary(UnaryOp op, DType dtype, const void* x, void* y, int64_t n, const Parallel& parallel);
Status complex_binary(BinaryOp op, DType dtype, const void* a, const void* b, void* out, const BroadcastPlan& plan,
                      const Parallel& parallel);
// The inverse and hyperbolic trigonometric functions, and xlogy, xlog1py and xdivy.
Status complex_special_unary(SpecialUnary op, DType dtype, const void* x, void* y, int64_t n, const Parallel& parallel);
Status complex_special_binary(SpecialBinary op, DType dtype, const void* a, const void* b, void* out,
                              const BroadcastPlan& plan, const Parallel& parallel);
// Products over axes; as reduce.
Status complex_prod(DType dtype, const void* x, const int64_t* dims, int32_t rank, uint32_t axis_mask, void* out,
                    const Parallel& parallel);
Status complex_cumprod(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, bool exclusive,
                       bool reverse, void* out, const Parallel& parallel);

// z = real + imag * i, of float32 or float64 (part) parts.
Status join_complex(DType part, const void* real, const void* imag, void* z, const BroadcastPlan& plan,
                    const Parallel& parallel);

// The two planes of n complex numbers; `conjugate` negates the imaginary ones.
Status split_complex(DType dtype, const void* z, bool conjugate, void* real, void* imag, int64_t n,
                     const Parallel& parallel);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_COMPLEX_H_
