// Pooling of volumes NDHWC with TensorFlow's semantics, and dilated windows. Images are volumes of depth 1.
#ifndef TENSEGRA_KERNELS_POOL3D_H_
#define TENSEGRA_KERNELS_POOL3D_H_

#include "kernels/dtype.h"
#include "kernels/parallel.h"
#include "kernels/windows.h"

namespace tg::kernels {

struct Pool3D {
  int64_t batch, channels;
  Windows windows;
};

// What lies outside of the volume never wins a maximum and does not count in an average; a window that holds nothing
// else gives the lowest value (max) or 0 (average). All numbers for the maximum, float32 and float64 for the rest.
Status max_pool3d(DType dtype, const Pool3D& pool, const void* x, void* y, const Parallel& parallel);
Status avg_pool3d(DType dtype, const Pool3D& pool, const void* x, void* y, const Parallel& parallel);

// dx of max pooling: each dy goes to the first greatest element of its window (or the first NaN).
Status max_pool3d_grad(DType dtype, const Pool3D& pool, const void* x, const void* dy, void* dx,
                       const Parallel& parallel);
Status avg_pool3d_grad(DType dtype, const Pool3D& pool, const void* dy, void* dx, const Parallel& parallel);

// y = g where x is greatest in each window; 0 for windows outside of the volume.
Status max_pool3d_take(DType dtype, const Pool3D& pool, const void* x, const void* g, void* y,
                       const Parallel& parallel);

// Where x is greatest in each window: the number of its place within the volume times channels, plus the channel; -1
// for windows outside of the volume. All numbers.
Status max_pool3d_argmax(DType dtype, const Pool3D& pool, const void* x, int64_t* at, const Parallel& parallel);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_POOL3D_H_
