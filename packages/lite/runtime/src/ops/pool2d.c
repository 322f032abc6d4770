/* max_pool2d and avg_pool2d. */
#include "ops/window.h"

static int read_pool(tgl_call* call, tgk_pool* pool) {
  const tgl_value* x = call->inputs[0];
  if (x->rank != 4 || x->dtype != TGL_FLOAT32) return tgl_refuse(call, "the input must be float32 with 4 dimensions");
  memset(pool, 0, sizeof(*pool));
  pool->batch = x->dims[0], pool->in_h = x->dims[1], pool->in_w = x->dims[2], pool->channels = x->dims[3];
  int padding = tgl_padding(call->node);
  if (padding < 0 || padding == TGK_EXPLICIT || !tgl_pair(call->node, "ksize", &pool->k_h, &pool->k_w) ||
      !tgl_pair(call->node, "strides", &pool->stride_h, &pool->stride_w) || !tgk_pool_set(pool, padding))
    return tgl_refuse(call, "window, strides and padding must be those of a pooling");
  char format[8];
  int64_t dilation_h = 1, dilation_w = 1;
  tgl_attr_string(call->node, "data_format", "NHWC", format, sizeof(format));
  if (strcmp(format, "NHWC") || !tgl_pair(call->node, "dilations", &dilation_h, &dilation_w) || dilation_h != 1 ||
      dilation_w != 1)
    return tgl_refuse(call, "the format must be NHWC, and windows dense");
  return 0;
}

static int prepare(tgl_call* call) {
  tgk_pool pool;
  if (read_pool(call, &pool)) return -1;
  int64_t dims[4] = {pool.batch, pool.out_h, pool.out_w, pool.channels};
  return tgl_set_type(call, call->outputs, TGL_FLOAT32, 4, dims);
}

static int run_max(tgl_call* call) {
  tgk_pool pool;
  if (read_pool(call, &pool)) return -1;
  return tgk_max_pool(&pool, call->inputs[0]->data, call->outputs->data) ? 0 : tgl_refuse(call, "the kernel failed");
}
static int run_average(tgl_call* call) {
  tgk_pool pool;
  if (read_pool(call, &pool)) return -1;
  return tgk_avg_pool(&pool, call->inputs[0]->data, call->outputs->data) ? 0 : tgl_refuse(call, "the kernel failed");
}

const tgl_op tgl_op_max_pool2d = {"max_pool2d", 1, 1, 1, prepare, run_max};
const tgl_op tgl_op_avg_pool2d = {"avg_pool2d", 1, 1, 1, prepare, run_average};
