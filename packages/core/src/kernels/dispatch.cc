// The public functions that exist once per ISA level: each calls its level's own.
#include "kernels/conv.h"
#include "kernels/cpu.h"
#include "kernels/elementwise.h"
#include "kernels/gemm.h"
#include "kernels/norm.h"
#include "kernels/optimizer.h"
#include "kernels/pool.h"
#include "kernels/pool3d.h"
#include "kernels/recurrent.h"
#include "kernels/reduce.h"
#include "kernels/resample.h"
#include "kernels/softmax.h"
#include "kernels/tile.h"
#include "kernels/tile_rows.h"

namespace tg::kernels {

#if defined(TG_KERNELS_ALL_ISA)
#define TG_DISPATCH(result, name, parameters, arguments) \
  namespace base {                                       \
  result name parameters;                                \
  }                                                      \
  namespace avx2 {                                       \
  result name parameters;                                \
  }                                                      \
  namespace avx512 {                                     \
  result name parameters;                                \
  }                                                      \
  result name parameters {                               \
    switch (isa_level()) {                               \
      case Isa::kAvx512:                                 \
        return avx512::name arguments;                   \
      case Isa::kAvx2:                                   \
        return avx2::name arguments;                     \
      default:                                           \
        return base::name arguments;                     \
    }                                                    \
  }
#else
#define TG_DISPATCH(result, name, parameters, arguments) \
  namespace base {                                       \
  result name parameters;                                \
  }                                                      \
  result name parameters { return base::name arguments; }
#endif

using Dims = const int64_t*;
using In = const void*;
using Out = void*;
using Threads = const Parallel&;

// elementwise.h
TG_DISPATCH(Status, unary, (UnaryOp op, DType t, In x, Out y, int64_t n, Threads p), (op, t, x, y, n, p))
TG_DISPATCH(Status, binary, (BinaryOp op, DType t, In a, In b, Out out, const BroadcastPlan& plan, Threads p),
            (op, t, a, b, out, plan, p))
TG_DISPATCH(Status, select, (size_t size, In cond, In x, In y, Out out, const BroadcastPlan& plan, Threads p),
            (size, cond, x, y, out, plan, p))
TG_DISPATCH(Status, cast, (DType from, DType to, In x, Out y, int64_t n, Threads p), (from, to, x, y, n, p))
TG_DISPATCH(Status, axpy, (DType t, double alpha, In x, Out y, int64_t n, Threads p), (t, alpha, x, y, n, p))

// tile.h
TG_DISPATCH(bool, tile_supports, (const TileStep& step), (step))
TG_DISPATCH(Status, run_tiles,
            (const TileProgram& program, const TileInput* inputs, void* const* outputs, const TileSpace& space, Out work,
             Threads p),
            (program, inputs, outputs, space, work, p))

// tile_rows.h
TG_DISPATCH(bool, row_step_supports, (const TileStep& step), (step))
TG_DISPATCH(bool, rows_fit, (const RowProgram& program, const DType* input_dtypes, int64_t n), (program, input_dtypes, n))
TG_DISPATCH(Status, run_rows,
            (const RowProgram& program, const TileInput* inputs, void* const* outputs, const TileSpace& elements,
             const TileSpace& numbers, int64_t n, Out work, Threads p),
            (program, inputs, outputs, elements, numbers, n, work, p))

// reduce.h
TG_DISPATCH(Status, reduce_rows, (ReduceOp op, DType t, In x, int64_t rows, int64_t n, Out out), (op, t, x, rows, n, out))
TG_DISPATCH(size_t, reduce_workspace_bytes, (ReduceOp op, DType t, Dims dims, int32_t rank, uint32_t axes),
            (op, t, dims, rank, axes))
TG_DISPATCH(Status, reduce,
            (ReduceOp op, DType t, In x, Dims dims, int32_t rank, uint32_t axes, Out out, Threads p,
             Out workspace),
            (op, t, x, dims, rank, axes, out, p, workspace))

// gemm.h
TG_DISPATCH(size_t, gemm_workspace_bytes, (DType t, bool ta, bool tb, int64_t m, int64_t n, int64_t k),
            (t, ta, tb, m, n, k))
TG_DISPATCH(Status, gemm,
            (DType t, bool ta, bool tb, int64_t m, int64_t n, int64_t k, In a, int64_t lda, In b, int64_t ldb,
             Out c, int64_t ldc, bool accumulate, Threads p, Out workspace),
            (t, ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate, p, workspace))
TG_DISPATCH(size_t, gemm_batched_workspace_bytes,
            (DType t, bool ta, bool tb, int64_t batch, int64_t m, int64_t n, int64_t k),
            (t, ta, tb, batch, m, n, k))
TG_DISPATCH(Status, gemm_batched,
            (DType t, bool ta, bool tb, int64_t batch, int64_t m, int64_t n, int64_t k, In a, int64_t sa,
             In b, int64_t sb, Out c, int64_t sc, Threads p, Out workspace),
            (t, ta, tb, batch, m, n, k, a, sa, b, sb, c, sc, p, workspace))
TG_DISPATCH(size_t, gemm_packed_b_bytes, (DType t, int64_t k, int64_t n), (t, k, n))
TG_DISPATCH(Status, gemm_pack_b,
            (DType t, bool tb, int64_t k, int64_t n, In b, int64_t ldb, Out packed, Threads p),
            (t, tb, k, n, b, ldb, packed, p))
TG_DISPATCH(size_t, gemm_with_packed_b_workspace_bytes, (DType t, bool ta, int64_t m, int64_t n, int64_t k),
            (t, ta, m, n, k))
TG_DISPATCH(Status, gemm_with_packed_b,
            (DType t, bool ta, int64_t m, int64_t n, int64_t k, In a, int64_t lda, In packed, Out c,
             int64_t ldc, bool accumulate, Threads p, Out workspace),
            (t, ta, m, n, k, a, lda, packed, c, ldc, accumulate, p, workspace))
TG_DISPATCH(size_t, gemm_fused_workspace_bytes,
            (DType t, bool ta, bool tb, int64_t m, int64_t n, int64_t k, bool packed), (t, ta, tb, m, n, k, packed))
TG_DISPATCH(Status, gemm_fused,
            (DType t, bool ta, bool tb, int64_t m, int64_t n, int64_t k, In a, int64_t lda, In b, int64_t ldb,
             In packed, Out c, int64_t ldc, const Epilogue& e, Threads p, Out workspace),
            (t, ta, tb, m, n, k, a, lda, b, ldb, packed, c, ldc, e, p, workspace))
TG_DISPATCH(size_t, gemm_s8s8s32_workspace_bytes, (bool tb, int64_t m, int64_t n, int64_t k), (tb, m, n, k))
TG_DISPATCH(Status, gemm_s8s8s32,
            (bool tb, int64_t m, int64_t n, int64_t k, const int8_t* a, int64_t lda, const int8_t* b,
             int64_t ldb, int32_t* c, int64_t ldc, Threads p, Out workspace),
            (tb, m, n, k, a, lda, b, ldb, c, ldc, p, workspace))
TG_DISPATCH(void, quantize_rows_s8,
            (const float* x, int64_t rows, int64_t n, int8_t* q, float* scales, Threads p),
            (x, rows, n, q, scales, p))
TG_DISPATCH(void, dequantize_s32,
            (const int32_t* acc, int64_t rows, int64_t n, const float* row_scales, const float* column_scales,
             const float* bias, float* y, Threads p),
            (acc, rows, n, row_scales, column_scales, bias, y, p))

// conv.h
TG_DISPATCH(size_t, conv2d_workspace_bytes, (DType t, const Conv2D& conv), (t, conv))
TG_DISPATCH(Status, conv2d, (DType t, const Conv2D& conv, In x, In filter, Out y, Threads p, Out workspace),
            (t, conv, x, filter, y, p, workspace))
TG_DISPATCH(size_t, conv2d_packed_filter_bytes, (DType t, const Conv2D& conv), (t, conv))
TG_DISPATCH(Status, conv2d_pack_filter, (DType t, const Conv2D& conv, In filter, Out packed, Threads p),
            (t, conv, filter, packed, p))
TG_DISPATCH(size_t, conv2d_fused_workspace_bytes, (DType t, const Conv2D& conv, bool packed), (t, conv, packed))
TG_DISPATCH(Status, conv2d_fused,
            (DType t, const Conv2D& conv, In x, In filter, In packed, Out y, const Epilogue& e, Threads p,
             Out workspace),
            (t, conv, x, filter, packed, y, e, p, workspace))
TG_DISPATCH(size_t, conv2d_input_grad_workspace_bytes, (DType t, const Conv2D& conv), (t, conv))
TG_DISPATCH(Status, conv2d_input_grad,
            (DType t, const Conv2D& conv, In filter, In dy, Out dx, Threads p, Out workspace),
            (t, conv, filter, dy, dx, p, workspace))
TG_DISPATCH(size_t, conv2d_filter_grad_workspace_bytes, (DType t, const Conv2D& conv), (t, conv))
TG_DISPATCH(Status, conv2d_filter_grad,
            (DType t, const Conv2D& conv, In x, In dy, Out dfilter, Threads p, Out workspace),
            (t, conv, x, dy, dfilter, p, workspace))
TG_DISPATCH(size_t, conv2d_s8_workspace_bytes, (const Conv2D& conv), (conv))
TG_DISPATCH(Status, conv2d_s8,
            (const Conv2D& conv, const int8_t* x, int32_t zero_point, const int8_t* filter, int32_t* y,
             Threads p, Out workspace),
            (conv, x, zero_point, filter, y, p, workspace))

// pool.h
TG_DISPATCH(Status, max_pool2d, (DType t, const Pool2D& pool, In x, Out y, Threads p), (t, pool, x, y, p))
TG_DISPATCH(Status, avg_pool2d, (DType t, const Pool2D& pool, In x, Out y, Threads p), (t, pool, x, y, p))
TG_DISPATCH(Status, max_pool2d_grad, (DType t, const Pool2D& pool, In x, In dy, Out dx, Threads p),
            (t, pool, x, dy, dx, p))
TG_DISPATCH(Status, avg_pool2d_grad, (DType t, const Pool2D& pool, In dy, Out dx, Threads p),
            (t, pool, dy, dx, p))

// pool3d.h
TG_DISPATCH(Status, max_pool3d, (DType t, const Pool3D& pool, In x, Out y, Threads p), (t, pool, x, y, p))
TG_DISPATCH(Status, avg_pool3d, (DType t, const Pool3D& pool, In x, Out y, Threads p), (t, pool, x, y, p))
TG_DISPATCH(Status, max_pool3d_grad, (DType t, const Pool3D& pool, In x, In dy, Out dx, Threads p),
            (t, pool, x, dy, dx, p))
TG_DISPATCH(Status, avg_pool3d_grad, (DType t, const Pool3D& pool, In dy, Out dx, Threads p),
            (t, pool, dy, dx, p))
TG_DISPATCH(Status, max_pool3d_take, (DType t, const Pool3D& pool, In x, In g, Out y, Threads p),
            (t, pool, x, g, y, p))
TG_DISPATCH(Status, max_pool3d_argmax, (DType t, const Pool3D& pool, In x, int64_t* at, Threads p),
            (t, pool, x, at, p))

// norm.h
TG_DISPATCH(Status, row_norm,
            (DType t, bool center, In x, In scale, In offset, int64_t rows, int64_t n, double epsilon, Out y, Threads p),
            (t, center, x, scale, offset, rows, n, epsilon, y, p))
TG_DISPATCH(size_t, row_norm_grad_workspace_bytes, (DType t, int64_t rows, int64_t n), (t, rows, n))
TG_DISPATCH(Status, row_norm_grad,
            (DType t, bool center, In dy, In x, In scale, int64_t rows, int64_t n, double epsilon, Out dx, Out dscale,
             Out doffset, Threads p, Out workspace),
            (t, center, dy, x, scale, rows, n, epsilon, dx, dscale, doffset, p, workspace))
TG_DISPATCH(size_t, column_norm_workspace_bytes, (int64_t m, int64_t channels), (m, channels))
TG_DISPATCH(Status, column_moments,
            (DType t, In x, int64_t m, int64_t channels, Out mean, Out variance, Threads p, Out workspace),
            (t, x, m, channels, mean, variance, p, workspace))
TG_DISPATCH(Status, column_norm,
            (DType t, In x, In scale, In offset, In mean, In variance, int64_t m, int64_t channels, double epsilon,
             Out y, Threads p),
            (t, x, scale, offset, mean, variance, m, channels, epsilon, y, p))
TG_DISPATCH(Status, column_norm_grad,
            (DType t, bool own, In dy, In x, In scale, In mean, In variance, int64_t m, int64_t channels,
             double epsilon, Out dx, Out dscale, Out doffset, Threads p, Out workspace),
            (t, own, dy, x, scale, mean, variance, m, channels, epsilon, dx, dscale, doffset, p, workspace))

// optimizer.h
TG_DISPATCH(Status, optimizer_step, (DType t, const OptimizerStep& step, int64_t n, Threads p), (t, step, n, p))

// recurrent.h
TG_DISPATCH(size_t, recurrent_workspace_bytes, (DType t, const Recurrent& r), (t, r))
TG_DISPATCH(Status, recurrent,
            (DType t, const Recurrent& r, const RecurrentInputs& in, const RecurrentOutputs& out, Threads p,
             Out workspace),
            (t, r, in, out, p, workspace))
TG_DISPATCH(size_t, recurrent_grad_workspace_bytes, (DType t, const Recurrent& r), (t, r))
TG_DISPATCH(Status, recurrent_grad,
            (DType t, const Recurrent& r, const RecurrentInputs& in, const RecurrentOutputs& out,
             const RecurrentGradients& gradients, Threads p, Out workspace),
            (t, r, in, out, gradients, p, workspace))
// resample.h
TG_DISPATCH(Status, resample, (DType t, const Spans& s, int64_t outer, int64_t inner, In x, Out y, Threads p),
            (t, s, outer, inner, x, y, p))
TG_DISPATCH(Status, resample_grad, (DType t, const Spans& s, int64_t outer, int64_t inner, In dy, Out dx, Threads p),
            (t, s, outer, inner, dy, dx, p))

// softmax.h
TG_DISPATCH(Status, softmax, (DType t, In x, int64_t rows, int64_t n, Out y, Threads p),
            (t, x, rows, n, y, p))
TG_DISPATCH(Status, log_softmax, (DType t, In x, int64_t rows, int64_t n, Out y, Threads p),
            (t, x, rows, n, y, p))
TG_DISPATCH(Status, softmax_grad, (DType t, In y, In dy, int64_t rows, int64_t n, Out dx, Threads p),
            (t, y, dy, rows, n, dx, p))
TG_DISPATCH(Status, log_softmax_grad, (DType t, In y, In dy, int64_t rows, int64_t n, Out dx, Threads p),
            (t, y, dy, rows, n, dx, p))
TG_DISPATCH(Status, logsumexp, (DType t, In x, int64_t rows, int64_t n, Out y, Threads p),
            (t, x, rows, n, y, p))
TG_DISPATCH(Status, sparse_softmax_cross_entropy,
            (DType t, In logits, DType label_dtype, In labels, int64_t rows, int64_t n, Out loss,
             Out backprop, int64_t* bad, Threads p),
            (t, logits, label_dtype, labels, rows, n, loss, backprop, bad, p))
TG_DISPATCH(Status, softmax_cross_entropy,
            (DType t, In logits, In labels, int64_t rows, int64_t n, Out loss, Out backprop, Threads p),
            (t, logits, labels, rows, n, loss, backprop, p))

}  // namespace tg::kernels
