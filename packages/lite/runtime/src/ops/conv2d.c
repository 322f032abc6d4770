/* conv2d: float32, or int8 where the filter is an int8 weight: each image is quantized with one scale of its own,
   multiplied exactly in int32, and scaled back per output channel. */
#include "ops/window.h"

static int read_conv(tgl_call* call, tgk_conv* conv) {
  const tgl_value *x = call->inputs[0], *f = call->inputs[1];
  if (x->rank != 4 || f->rank != 4) return tgl_refuse(call, "input and filters must have 4 dimensions");
  if (x->dtype != TGL_FLOAT32) return tgl_refuse(call, "the input must be float32");
  bool int8 = f->dtype == TGL_INT8;
  if (!int8 && f->dtype != TGL_FLOAT32) return tgl_refuse(call, "the filters must be float32 or int8 weights");
  if (int8 && (!f->weight || !f->weight->num_scales || f->weight->axis != 3))
    return tgl_refuse(call, "int8 filters must be weights with a scale per output channel");
  memset(conv, 0, sizeof(*conv));
  conv->batch = x->dims[0], conv->in_h = x->dims[1], conv->in_w = x->dims[2], conv->in_c = x->dims[3];
  conv->k_h = f->dims[0], conv->k_w = f->dims[1], conv->out_c = f->dims[3];
  if (f->dims[2] < 1 || conv->in_c % f->dims[2] || conv->k_h < 1 || conv->k_w < 1)
    return tgl_refuse(call, "the channels of input and filters must fit");
  conv->groups = conv->in_c / f->dims[2];
  if (conv->groups < 1 || conv->out_c % conv->groups) return tgl_refuse(call, "groups must divide the output channels");
  int padding = tgl_padding(call->node);
  int64_t pads[8];
  if (padding == TGK_EXPLICIT) {
    if (tgl_attr_ints(call->node, "explicit_paddings", pads, 8) != 8)
      return tgl_refuse(call, "explicit paddings must be 8 integers");
    for (int i = 0; i < 8; ++i)
      if (pads[i] < 0 || pads[i] > INT32_MAX) return tgl_refuse(call, "explicit paddings must not be negative");
    conv->pad_top = pads[2], conv->pad_bottom = pads[3], conv->pad_left = pads[4], conv->pad_right = pads[5];
  }
  char format[8];
  tgl_attr_string(call->node, "data_format", "NHWC", format, sizeof(format));
  if (padding < 0 || strcmp(format, "NHWC") != 0 ||
      !tgl_pair(call->node, "strides", &conv->stride_h, &conv->stride_w) ||
      !tgl_pair(call->node, "dilations", &conv->dilation_h, &conv->dilation_w) || !tgk_conv_set(conv, padding))
    return tgl_refuse(call, "strides, dilations, padding and format must be those of an NHWC convolution");
  return 0;
}

static size_t part(size_t bytes) { return (bytes + 63) / 64 * 64; }

/* Scratch of an int8 call: the quantized image, its sums, the column scales, then the kernel's workspace. */
typedef struct layout {
  size_t image, sums, scales, total;
  tgk_conv one;
} layout;

static layout int8_layout(const tgk_conv* conv) {
  layout l;
  l.one = *conv;
  l.one.batch = 1;
  l.image = 0;
  l.sums = part((size_t)(conv->in_h * conv->in_w * conv->in_c));
  l.scales = l.sums + part((size_t)(conv->out_h * conv->out_w * conv->out_c) * sizeof(int32_t));
  size_t workspace = l.scales + part((size_t)conv->out_c * sizeof(float));
  l.total = workspace + tgk_conv2d_s8_workspace(&l.one);
  return l;
}

static int prepare(tgl_call* call) {
  tgk_conv conv;
  if (read_conv(call, &conv)) return -1;
  int64_t dims[4] = {conv.batch, conv.out_h, conv.out_w, conv.out_c};
  if (tgl_set_type(call, call->outputs, TGL_FLOAT32, 4, dims)) return -1;
  bool int8 = call->inputs[1]->dtype == TGL_INT8;
  call->arithmetic = int8 ? "int8" : "float32";
  call->scratch_bytes = int8 ? int8_layout(&conv).total : tgk_conv2d_workspace(&conv);
  return 0;
}

static int run(tgl_call* call) {
  tgk_conv conv;
  if (read_conv(call, &conv)) return -1;
  const float* x = call->inputs[0]->data;
  float* y = call->outputs->data;
  if (call->inputs[1]->dtype == TGL_FLOAT32)
    return tgk_conv2d(&conv, x, call->inputs[1]->data, y, call->scratch) ? 0 : tgl_refuse(call, "the kernel failed");
  layout l = int8_layout(&conv);
  char* scratch = call->scratch;
  int8_t* image = (int8_t*)(scratch + l.image);
  int32_t* sums = (int32_t*)(scratch + l.sums);
  float* scales = (float*)(scratch + l.scales);
  void* workspace = scratch + l.scales + part((size_t)conv.out_c * sizeof(float));
  int64_t in_size = conv.in_h * conv.in_w * conv.in_c, pixels = conv.out_h * conv.out_w;
  for (int64_t b = 0; b < conv.batch; ++b) {
    float scale;
    tgk_quantize_rows(x + b * in_size, 1, in_size, image, &scale);
    if (!tgk_conv2d_s8(&l.one, image, call->inputs[1]->data, sums, workspace))
      return tgl_refuse(call, "the kernel failed");
    for (int64_t c = 0; c < conv.out_c; ++c) scales[c] = scale * call->inputs[1]->weight->scales[c];
    tgk_dequantize(sums, pixels, conv.out_c, NULL, scales, y + b * pixels * conv.out_c);
  }
  return 0;
}

const tgl_op tgl_op_conv2d = {"conv2d", 1, 2, 2, prepare, run};
