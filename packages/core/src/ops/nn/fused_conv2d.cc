// Convolutions of images as passes make them: with the steps that follow, and with filters that were packed before.
#include "kernels/conv.h"
#include "ops/nn/conv.hpp"

namespace tg {
namespace {

kernels::Conv2D plane_of(const kernels::Conv3D& conv) {
  const kernels::Windows& w = conv.windows;
  kernels::Conv2D plane{};
  plane.batch = conv.batch;
  plane.in_h = w.in[1];
  plane.in_w = w.in[2];
  plane.in_c = conv.in_c;
  plane.out_h = w.out[1];
  plane.out_w = w.out[2];
  plane.out_c = conv.out_c;
  plane.k_h = w.k[1];
  plane.k_w = w.k[2];
  plane.stride_h = w.stride[1];
  plane.stride_w = w.stride[2];
  plane.dilation_h = w.dilation[1];
  plane.dilation_w = w.dilation[2];
  plane.pad_top = w.before[1];
  plane.pad_bottom = w.after[1];
  plane.pad_left = w.before[2];
  plane.pad_right = w.after[2];
  plane.groups = conv.groups;
  return plane;
}

void infer(InferContext& c) {
  Layout layout = layout_attr(c, 2);
  c.set_output(0, c.dtype(0), conv_dims(convolution(c, layout, c.dims(0), c.dims(1)), layout));
}

void kernel(KernelContext& c) {
  Layout layout = layout_attr(c, 2);
  const kernels::Conv2D conv = plane_of(convolution(c, layout, c.dims(0), c.dims(1)));
  kernels::Epilogue epilogue;
  size_t next = 2;
  if (c.bool_attr("scale")) epilogue.scale = c.input_data(next++);
  if (c.bool_attr("bias")) epilogue.bias = c.input_data(next++);
  if (c.bool_attr("residual")) epilogue.residual = c.input_data(next++);
  const void* packed = c.bool_attr("packed") ? c.input_data(next) : nullptr;
  epilogue.activation = static_cast<kernels::Activation>(c.int_attr("activation"));
  epilogue.residual_last = c.bool_attr("residual_last");
  const kernels::DType dtype = kernel_dtype(c.dtype(0));
  void* workspace = c.scratch(kernels::conv2d_fused_workspace_bytes(dtype, conv, packed != nullptr));
  check_kernel(kernels::conv2d_fused(dtype, conv, c.input_data(0), c.input_data(1), packed, c.output_data(0), epilogue,
                                     c.parallel(), workspace),
               c.dtype(0));
}

void cost(CostContext& c) { conv_cost(c, layout_attr(c, 2), c.dims(0), c.dims(1)); }

TG_OP("_fused_conv2d(input: T, filters: T, rest: [any], *, " TG_CONV_ATTRS("NHWC")
      ", packed: bool = false, scale: bool = false, bias: bool = false, residual: bool = false, activation: int = 0, "
      "residual_last: bool = false) -> T")
    .types("T: float32")
    .summary("Convolves images and finishes the result while it is in the cache.")
    .infer<infer>()
    .kernel<kernel>()
    .cost<cost>()
    .fusion(TG_FUSION_CONTRACTION);

// like has the shape of the images; its batch plays no part.
kernels::Conv2D geometry(const Context& c) {
  Dims like = Dims(c.ints_attr("image"));
  return plane_of(convolution(c, layout_attr(c, 2), like, c.dims(0)));
}

void infer_pack(InferContext& c) {
  if (!c.dims(0).is_static()) return c.set_output(0, TG_UINT8, Dims::unknown(1));
  const size_t bytes = kernels::conv2d_packed_filter_bytes(kernel_dtype(c.dtype(0)), geometry(c));
  c.set_output(0, TG_UINT8, {static_cast<int64_t>(bytes)});
}

void pack(KernelContext& c) {
  if (c.output_dims(0).num_elements() == 0) return;
  check_kernel(kernels::conv2d_pack_filter(kernel_dtype(c.dtype(0)), geometry(c), c.input_data(0), c.output_data(0),
                                           c.parallel()),
               c.dtype(0));
}

TG_OP("_pack_conv2d(filters: T, *, " TG_CONV_ATTRS("NHWC") ", image: ints = [1, 1, 1, 1]) -> uint8")
    .types("T: float32")
    .summary("Packs the filters of convolutions, once for many.")
    .infer<infer_pack>()
    .kernel<pack>();

}  // namespace
}  // namespace tg
