// The level's own gemm, for the other sources of the same level.
#ifndef TENSEGRA_KERNELS_GEMM_INTERNAL_H_
#define TENSEGRA_KERNELS_GEMM_INTERNAL_H_

#include "kernels/epilogue.h"
#include "kernels/isa.h"

namespace tg::kernels::TG_ISA {

size_t gemm_workspace_bytes(DType dtype, bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k);
Status gemm(DType dtype, bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k, const void* a,
            int64_t lda, const void* b, int64_t ldb, void* c, int64_t ldc, bool accumulate,
            const Parallel& parallel, void* workspace);
size_t gemm_fused_workspace_bytes(DType dtype, bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k,
                                  bool packed);
Status gemm_fused(DType dtype, bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k, const void* a, int64_t lda,
                  const void* b, int64_t ldb, const void* packed_b, void* c, int64_t ldc, const Epilogue& epilogue,
                  const Parallel& parallel, void* workspace);
size_t gemm_packed_b_bytes(DType dtype, int64_t k, int64_t n);
Status gemm_pack_b(DType dtype, bool trans_b, int64_t k, int64_t n, const void* b, int64_t ldb, void* packed,
                   const Parallel& parallel);
size_t gemm_with_packed_b_workspace_bytes(DType dtype, bool trans_a, int64_t m, int64_t n, int64_t k);
Status gemm_with_packed_b(DType dtype, bool trans_a, int64_t m, int64_t n, int64_t k, const void* a, int64_t lda,
                          const void* packed_b, void* c, int64_t ldc, bool accumulate, const Parallel& parallel,
                          void* workspace);

}  // namespace tg::kernels::TG_ISA

#endif  // TENSEGRA_KERNELS_GEMM_INTERNAL_H_
