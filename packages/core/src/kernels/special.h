// Special functions. float64 is computed to about 1e-14 relative where the function is well conditioned; float32
// goes through float64 and is rounded once. What lies outside of a function's domain gives NaN.
#ifndef TENSEGRA_KERNELS_SPECIAL_H_
#define TENSEGRA_KERNELS_SPECIAL_H_

#include "kernels/dtype.h"
#include "kernels/elementwise.h"
#include "kernels/parallel.h"

namespace tg::kernels {

enum class SpecialUnary : int32_t {
  kAcos,
  kAcosh,
  kAsin,
  kAsinh,
  kAtan,
  kAtanh,
  kSinh,
  kCosh,
  kErfc,
  kErfinv,
  kErfcinv,
  kNdtri,  // the inverse of the normal distribution function
  kLgamma,
  kDigamma,
  kBesselI0,
  kBesselI0e,  // scaled by exp(-|x|)
  kBesselI1,
  kBesselI1e,
  kBesselJ0,
  kBesselJ1,
  kBesselK0,
  kBesselK0e,  // scaled by exp(x)
  kBesselK1,
  kBesselK1e,
  kBesselY0,
  kBesselY1,
  kDawsn,
  kExpint,  // Ei
  kFresnelCos,
  kFresnelSin,
  kSpence,  // the dilogarithm of 1 - x
};

enum class SpecialBinary : int32_t {
  kAtan2,
  kNextafter,
  kTruncateDiv,
  kTruncateMod,
  kXdivy,    // 0 where x is 0
  kXlogy,    // 0 where x is 0
  kXlog1py,  // 0 where x is 0
  kZeta,     // Hurwitz's, of (s, q)
  kPolygamma,
  kIgamma,        // lower, regularized, of (a, x)
  kIgammac,       // upper, regularized
  kIgammaGradA,   // the derivative of kIgamma with respect to a
  kIgammaGradA2,  // the second one
};

// y[i] = op(x[i]), for float32 and float64.
Status special_unary(SpecialUnary op, DType dtype, const void* x, void* y, int64_t n, const Parallel& parallel);

// out = op(a, b), for float32 and float64; kTruncateDiv and kTruncateMod for integers too (kDivisionByZero as with
// `binary`).
Status special_binary(SpecialBinary op, DType dtype, const void* a, const void* b, void* out,
                      const BroadcastPlan& plan, const Parallel& parallel);

// The regularized incomplete beta function, with a plan of make_broadcast_plan3(a, b, x).
Status betainc(DType dtype, const void* a, const void* b, const void* x, void* out, const BroadcastPlan& plan,
               const Parallel& parallel);

// As cumsum with log(exp(a) + exp(b)) for a + b; nothing adds up to the lowest finite number. Floats.
Status cumulative_logsumexp(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, bool exclusive,
                            bool reverse, void* out, const Parallel& parallel);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_SPECIAL_H_
