// Elementwise kernels. Arrays are dense and row-major unless a plan says otherwise; an output may be the very
// array of an input of the same element size and shape (in place), but must not overlap one otherwise.
#ifndef TENSEGRA_KERNELS_ELEMENTWISE_H_
#define TENSEGRA_KERNELS_ELEMENTWISE_H_

#include "kernels/dtype.h"
#include "kernels/parallel.h"

namespace tg::kernels {

// Float means float32, float64, and the halves float16 and bfloat16, which are computed by way of float32; integers are int8..int64 and uint8..uint64 and wrap on overflow.
enum class UnaryOp : int32_t {
  // floats and integers
  kNegative,
  kAbs,
  kSign,  // NaN stays NaN
  kSquare,
  kRelu,  // NaN stays NaN
  kRelu6,
  kReciprocal,  // integers: 1 / x truncated, 1 / 0 gives 0 and Status::kDivisionByZero
  kFloor,       // kFloor, kCeil, kRound leave integers as they are
  kCeil,
  kRound,  // half to even
  // floats
  kExp,
  kExpm1,
  kLog,
  kLog1p,
  kSqrt,
  kRsqrt,
  kSin,
  kCos,
  kTan,
  kTanh,
  kSigmoid,
  kSoftplus,
  kErf,
  // floats to bool
  kIsNan,
  kIsInf,
  kIsFinite,
  // bool
  kLogicalNot,
  // integers
  kBitwiseNot,
  // complex; the last three, and kAbs, give real numbers. Complex numbers have kNegative, kSign, kSquare, kReciprocal and
  // the functions from kExp to kSigmoid too.
  kConj,
  kReal,
  kImag,
  kAngle,
};

// y[i] = op(x[i]). kIsNan, kIsInf and kIsFinite write bool, all others the input's dtype.
Status unary(UnaryOp op, DType dtype, const void* x, void* y, int64_t n, const Parallel& parallel);

enum class BinaryOp : int32_t {
  // floats and integers; complex: kAdd to kDiv, kPow, kSquaredDifference (of magnitudes), kEqual, kNotEqual, kTanhGrad
  // and kSigmoidGrad
  kAdd,
  kSub,
  kMul,
  kDiv,       // integers: truncated toward zero
  kFloorDiv,  // rounded toward minus infinity
  kFloorMod,  // the sign of the divisor, as Python's %
  kPow,
  kMaximum,  // NaN if either is NaN
  kMinimum,
  kSquaredDifference,
  // integers and bool
  kBitwiseAnd,
  kBitwiseOr,
  kBitwiseXor,
  // bool
  kLogicalAnd,
  kLogicalOr,
  // to bool; kEqual and kNotEqual take bool too
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  // floats: gradients of an activation; a is the incoming gradient, b the activation's result (kReluGrad:
  // input or result)
  kReluGrad,      // b > 0 ? a : 0
  kRelu6Grad,     // 0 < b < 6 ? a : 0
  kTanhGrad,      // a * (1 - b * b)
  kSigmoidGrad,   // a * b * (1 - b)
  kSoftplusGrad,  // a * sigmoid(b), b the input of softplus
  // integers, by b bits; b is taken as 0 where it is negative and as the width less 1 where it is greater than that
  kLeftShift,
  kRightShift,  // of signed integers: the sign is kept
};

// The result's shape with adjacent dimensions merged, and the element strides (0 where broadcast) of up to
// three inputs.
struct BroadcastPlan {
  int32_t rank;                  // of the merged shape, at least 1
  int64_t size;                  // elements of the result
  int64_t dims[kMaxRank];        // merged
  int64_t strides[3][kMaxRank];  // per input; the innermost ones are 0 or 1
  int32_t out_rank;              // of the result as the caller sees it
  int64_t out_dims[kMaxRank];
};

// Broadcasting by NumPy's rules. kBadShape when the shapes do not match or a rank exceeds kMaxRank.
Status make_broadcast_plan(const int64_t* dims_a, int32_t rank_a, const int64_t* dims_b, int32_t rank_b,
                           BroadcastPlan* plan);
Status make_broadcast_plan3(const int64_t* dims_a, int32_t rank_a, const int64_t* dims_b, int32_t rank_b,
                            const int64_t* dims_c, int32_t rank_c, BroadcastPlan* plan);

// The plan of two arrays of n elements each.
BroadcastPlan make_same_shape_plan(int64_t n);

// out = op(a, b); comparisons write bool, all others the inputs' dtype. Every element is computed even when
// the status is kDivisionByZero or kNegativeExponent.
Status binary(BinaryOp op, DType dtype, const void* a, const void* b, void* out, const BroadcastPlan& plan,
              const Parallel& parallel);

// out = cond ? x : y, with a plan of make_broadcast_plan3(cond, x, y); cond is bool; any elem_size of 1, 2,
// 4, 8 or 16.
Status select(size_t elem_size, const void* cond, const void* x, const void* y, void* out,
              const BroadcastPlan& plan, const Parallel& parallel);

// y[i] = x[i] converted, among all dtypes. To a narrower float: nearest, ties to even. Float to integer: toward
// zero, saturated at the ends; NaN gives 0. Integer to a narrower integer wraps. To bool: x != 0. Complex to
// real: of the real part. y may be x where the elements are of the same size.
Status cast(DType from, DType to, const void* x, void* y, int64_t n, const Parallel& parallel);

// y += alpha * x, for floats and integers (of these alpha is truncated).
Status axpy(DType dtype, double alpha, const void* x, void* y, int64_t n, const Parallel& parallel);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_ELEMENTWISE_H_
