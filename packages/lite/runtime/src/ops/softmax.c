/* softmax and log_softmax over the last axis. */
#include "internal.h"
#include "kernels.h"

static int prepare(tgl_call* call) {
  const tgl_value* x = call->inputs[0];
  int64_t axis = tgl_attr_int(call->node, "axis", -1);
  if (x->dtype != TGL_FLOAT32 || x->rank < 1) return tgl_refuse(call, "the input must be float32 with an axis");
  if (axis != -1 && axis != x->rank - 1) return tgl_refuse(call, "the axis must be the last one");
  return tgl_set_type(call, call->outputs, x->dtype, x->rank, x->dims);
}

static int run_with(tgl_call* call, bool (*kernel)(const float*, int64_t, int64_t, float*)) {
  const tgl_value* x = call->inputs[0];
  int64_t n = x->dims[x->rank - 1], rows = n ? tgl_elements(x) / n : 0;
  return kernel(x->data, rows, n, call->outputs->data) ? 0 : tgl_refuse(call, "the kernel failed");
}
static int run(tgl_call* call) { return run_with(call, tgk_softmax); }
static int run_log(tgl_call* call) { return run_with(call, tgk_log_softmax); }

const tgl_op tgl_op_softmax = {"softmax", 1, 1, 1, prepare, run};
const tgl_op tgl_op_log_softmax = {"log_softmax", 1, 1, 1, prepare, run_log};
