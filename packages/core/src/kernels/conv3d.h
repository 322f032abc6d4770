// Three-dimensional convolution: volumes NDHWC, filters DHWIO. Two-dimensional ones are those of depth 1.
#ifndef TENSEGRA_KERNELS_CONV3D_H_
#define TENSEGRA_KERNELS_CONV3D_H_

#include "kernels/conv.h"
#include "kernels/windows.h"

namespace tg::kernels {

// x is [batch, in..., in_c], y [batch, out..., out_c], the filter [k..., in_c / groups, out_c].
struct Conv3D {
  int64_t batch, in_c, out_c;
  int64_t groups = 1;
  Windows windows;
};

// float32 and float64, by conv2d. Workspaces are 64-byte aligned; -1 where their size overflows.
int64_t conv3d_workspace_bytes(DType dtype, const Conv3D& conv);
Status conv3d(DType dtype, const Conv3D& conv, const void* x, const void* filter, void* y,
              const Parallel& parallel, void* workspace);

int64_t conv3d_input_grad_workspace_bytes(DType dtype, const Conv3D& conv);
Status conv3d_input_grad(DType dtype, const Conv3D& conv, const void* filter, const void* dy, void* dx,
                         const Parallel& parallel, void* workspace);

int64_t conv3d_filter_grad_workspace_bytes(DType dtype, const Conv3D& conv);
Status conv3d_filter_grad(DType dtype, const Conv3D& conv, const void* x, const void* dy, void* dfilter,
                          const Parallel& parallel, void* workspace);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_CONV3D_H_
