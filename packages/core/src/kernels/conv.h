// Two-dimensional convolution (cross-correlation, as in TensorFlow): images NHWC, filters HWIO.
#ifndef TENSEGRA_KERNELS_CONV_H_
#define TENSEGRA_KERNELS_CONV_H_

#include "kernels/dtype.h"
#include "kernels/epilogue.h"
#include "kernels/parallel.h"

namespace tg::kernels {

// x is [batch, in_h, in_w, in_c], y [batch, out_h, out_w, out_c], the filter [k_h, k_w, in_c / groups,
// out_c]. Group g reads input channels [g * in_c / groups, ...) and writes output channels [g * out_c /
// groups, ...). groups == in_c is a depthwise convolution; TensorFlow's depthwise filter [k_h, k_w, in_c,
// multiplier] has the same memory as [k_h, k_w, 1, in_c * multiplier].
struct Conv2D {
  int64_t batch, in_h, in_w, in_c;
  int64_t out_h, out_w, out_c;
  int64_t k_h, k_w;
  int64_t stride_h = 1, stride_w = 1;
  int64_t dilation_h = 1, dilation_w = 1;
  int64_t pad_top = 0, pad_bottom = 0, pad_left = 0, pad_right = 0;
  int64_t groups = 1;
};

// Sets out_h, out_w and, for SAME, the pads from the rest. False if a size would be wrong (a kernel larger
// than a VALID image gives size 0, which is fine).
bool conv2d_set_valid(Conv2D* conv);
bool conv2d_set_same(Conv2D* conv);
bool conv2d_set_explicit(Conv2D* conv);  // uses the pads as they are

// float32 and float64. Workspaces are 64-byte aligned and a few MB at most, plus the packed filter.
size_t conv2d_workspace_bytes(DType dtype, const Conv2D& conv);
Status conv2d(DType dtype, const Conv2D& conv, const void* x, const void* filter, void* y,
              const Parallel& parallel, void* workspace);

// The same with an epilogue's steps (float32), and with a filter that was packed once. The packed form is opaque, must not
// leave the process and is 64-byte aligned. It depends on the sizes and channels of the filter, groups, strides,
// dilations and on whether the pads are zeros, not on batch and image. Where its size is 0 there is none: `packed` is
// null then and the filter itself is read; else with `packed` the filter is not.
size_t conv2d_packed_filter_bytes(DType dtype, const Conv2D& conv);
Status conv2d_pack_filter(DType dtype, const Conv2D& conv, const void* filter, void* packed,
                          const Parallel& parallel);
size_t conv2d_fused_workspace_bytes(DType dtype, const Conv2D& conv, bool packed);
Status conv2d_fused(DType dtype, const Conv2D& conv, const void* x, const void* filter, const void* packed, void* y,
                    const Epilogue& epilogue, const Parallel& parallel, void* workspace);

size_t conv2d_input_grad_workspace_bytes(DType dtype, const Conv2D& conv);
Status conv2d_input_grad(DType dtype, const Conv2D& conv, const void* filter, const void* dy, void* dx,
                         const Parallel& parallel, void* workspace);

size_t conv2d_filter_grad_workspace_bytes(DType dtype, const Conv2D& conv);
Status conv2d_filter_grad(DType dtype, const Conv2D& conv, const void* x, const void* dy, void* dfilter,
                          const Parallel& parallel, void* workspace);

// y = sum of (x - x_zero_point) * filter as exact int32; padding counts as x_zero_point.
size_t conv2d_s8_workspace_bytes(const Conv2D& conv);
Status conv2d_s8(const Conv2D& conv, const int8_t* x, int32_t x_zero_point, const int8_t* filter, int32_t* y,
                 const Parallel& parallel, void* workspace);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_CONV_H_
