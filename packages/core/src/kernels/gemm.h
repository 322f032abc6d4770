// Matrix multiplication. Matrices are row-major; ld* are elements from one stored row to the next.
#ifndef TENSEGRA_KERNELS_GEMM_H_
#define TENSEGRA_KERNELS_GEMM_H_

#include "kernels/dtype.h"
#include "kernels/epilogue.h"
#include "kernels/parallel.h"

namespace tg::kernels {

// Bytes of workspace (64-byte aligned) for the same call of gemm.
size_t gemm_workspace_bytes(DType dtype, bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k);

// C[m,n] = op(A)[m,k] op(B)[k,n], plus C's old contents if `accumulate`; op transposes when trans_* is set,
// in which case the stored A is [k,m] and the stored B [n,k]. float32, float64, int32, int64 (wrapping). k ==
// 0 gives zeros.
Status gemm(DType dtype, bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k, const void* a,
            int64_t lda, const void* b, int64_t ldb, void* c, int64_t ldc, bool accumulate,
            const Parallel& parallel, void* workspace);

// `batch` multiplications of dense matrices; strides are in elements between the batches, 0 to share a
// matrix.
size_t gemm_batched_workspace_bytes(DType dtype, bool trans_a, bool trans_b, int64_t batch, int64_t m,
                                    int64_t n, int64_t k);
Status gemm_batched(DType dtype, bool trans_a, bool trans_b, int64_t batch, int64_t m, int64_t n, int64_t k,
                    const void* a, int64_t stride_a, const void* b, int64_t stride_b, void* c,
                    int64_t stride_c, const Parallel& parallel, void* workspace);

// B packed once for many products. The layout belongs to the ISA level and must not leave the process.
// float32 and float64 (the size is 0 and the status kUnsupported for others). `packed` is 64-byte aligned.
size_t gemm_packed_b_bytes(DType dtype, int64_t k, int64_t n);
Status gemm_pack_b(DType dtype, bool trans_b, int64_t k, int64_t n, const void* b, int64_t ldb, void* packed,
                   const Parallel& parallel);
size_t gemm_with_packed_b_workspace_bytes(DType dtype, bool trans_a, int64_t m, int64_t n, int64_t k);
Status gemm_with_packed_b(DType dtype, bool trans_a, int64_t m, int64_t n, int64_t k, const void* a,
                          int64_t lda, const void* packed_b, void* c, int64_t ldc, bool accumulate,
                          const Parallel& parallel, void* workspace);

// C = op(A) op(B), then the epilogue's steps. `packed_b` is what gemm_pack_b wrote, and then b is not read, or null.
// float32; float64 with an empty epilogue.
size_t gemm_fused_workspace_bytes(DType dtype, bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k,
                                  bool packed);
Status gemm_fused(DType dtype, bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k, const void* a, int64_t lda,
                  const void* b, int64_t ldb, const void* packed_b, void* c, int64_t ldc, const Epilogue& epilogue,
                  const Parallel& parallel, void* workspace);

// C[m,n] = A[m,k] op(B)[k,n] on int8 with exact int32 sums (k < 2^17).
size_t gemm_s8s8s32_workspace_bytes(bool trans_b, int64_t m, int64_t n, int64_t k);
Status gemm_s8s8s32(bool trans_b, int64_t m, int64_t n, int64_t k, const int8_t* a, int64_t lda,
                    const int8_t* b, int64_t ldb, int32_t* c, int64_t ldc, const Parallel& parallel,
                    void* workspace);

// Symmetric quantization of each row of x[rows, n]: scale = max|x| / 127, q = round(x / scale) (ties to
// even). A row of zeros has scale 1. NaN counts as 0.
void quantize_rows_s8(const float* x, int64_t rows, int64_t n, int8_t* q, float* scales,
                      const Parallel& parallel);

// y[i,j] = acc[i,j] * row_scales[i] * column_scales[j] (+ bias[j] unless null). A null row_scales counts as
// ones.
void dequantize_s32(const int32_t* acc, int64_t rows, int64_t n, const float* row_scales,
                    const float* column_scales, const float* bias, float* y, const Parallel& parallel);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_GEMM_H_
