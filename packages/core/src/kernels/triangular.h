// Cholesky decomposition and triangular systems. Matrices are row-major and dense.
#ifndef TENSEGRA_KERNELS_TRIANGULAR_H_
#define TENSEGRA_KERNELS_TRIANGULAR_H_

#include "kernels/dtype.h"
#include "kernels/parallel.h"

namespace tg::kernels {

// Bytes of workspace (64-byte aligned) of the same call.
size_t cholesky_workspace_bytes(DType dtype, int64_t n);
size_t triangular_solve_workspace_bytes(DType dtype, int64_t n, int64_t columns);

// l l^H = a, l lower triangular with zeros above; only the lower triangle of a[n,n] is read. *definite tells whether a
// is positive definite; where not, l holds no result. float32, float64, complex64, complex128. l may be a.
Status cholesky(DType dtype, int64_t n, const void* a, void* l, bool* definite, const Parallel& parallel,
                void* workspace);

// Replaces x[n,columns] by the solution of op(a) y = x, where a[n,n] is lower or upper triangular (the other half is
// not read) and op takes the conjugate transpose if `adjoint`. *singular tells whether the diagonal has a zero; x is
// not changed then.
Status triangular_solve(DType dtype, bool lower, bool adjoint, int64_t n, int64_t columns, const void* a, void* x,
                        bool* singular, const Parallel& parallel, void* workspace);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_TRIANGULAR_H_
