/* reduce_sum, reduce_mean, reduce_max, reduce_min, argmax. */
#include "internal.h"
#include "kernels.h"

static int read_mask(tgl_call* call, uint32_t* mask) {
  const tgl_value* x = call->inputs[0];
  int64_t axes[TGL_MAX_RANK];
  int count = tgl_attr_ints(call->node, "axis", axes, TGL_MAX_RANK);
  *mask = count < 0 ? (1u << x->rank) - 1 : 0;
  for (int i = 0; i < count; ++i) {
    int64_t axis = axes[i] < 0 ? axes[i] + x->rank : axes[i];
    if (axis < 0 || axis >= x->rank) return tgl_refuse(call, "an axis must lie in the input");
    *mask |= 1u << axis;
  }
  return x->dtype == TGL_FLOAT32 ? 0 : tgl_refuse(call, "the input must be float32");
}

static int prepare_with(tgl_call* call, int op) {
  const tgl_value* x = call->inputs[0];
  uint32_t mask;
  int64_t dims[TGL_MAX_RANK];
  int32_t rank = 0;
  if (read_mask(call, &mask)) return -1;
  bool keep = tgl_attr_int(call->node, "keepdims", 0) != 0;
  for (int32_t i = 0; i < x->rank; ++i) {
    bool reduced = mask >> i & 1;
    if (!reduced || keep) dims[rank++] = reduced ? 1 : x->dims[i];
  }
  call->scratch_bytes = tgk_reduce_workspace(op, x->dims, x->rank, mask);
  return tgl_set_type(call, call->outputs, x->dtype, rank, dims);
}
static int run_with(tgl_call* call, int op) {
  const tgl_value* x = call->inputs[0];
  uint32_t mask;
  if (read_mask(call, &mask)) return -1;
  bool ok = tgk_reduce(op, x->data, x->dims, x->rank, mask, call->outputs->data, call->scratch);
  return ok ? 0 : tgl_refuse(call, "the kernel failed");
}

#define REDUCTION(name, op)                                                              \
  static int prepare_##name(tgl_call* call) { return prepare_with(call, op); }          \
  static int run_##name(tgl_call* call) { return run_with(call, op); }                  \
  const tgl_op tgl_op_reduce_##name = {"reduce_" #name, 1, 1, 1, prepare_##name, run_##name};
REDUCTION(sum, TGK_SUM)
REDUCTION(mean, TGK_MEAN)
REDUCTION(max, TGK_MAX)
REDUCTION(min, TGK_MIN)

static int64_t axis_of(const tgl_call* call) {
  int64_t axis = tgl_attr_int(call->node, "axis", 0);
  return axis < 0 ? axis + call->inputs[0]->rank : axis;
}
static int prepare_argmax(tgl_call* call) {
  const tgl_value* x = call->inputs[0];
  int64_t axis = axis_of(call), dims[TGL_MAX_RANK];
  if (axis < 0 || axis >= x->rank || x->dims[axis] < 1 || x->dtype != TGL_FLOAT32)
    return tgl_refuse(call, "the axis must lie in a float32 input and not be empty");
  int32_t rank = 0, dtype = (int32_t)tgl_attr_int(call->node, "output_type", TGL_INT64);
  for (int32_t i = 0; i < x->rank; ++i)
    if (i != axis) dims[rank++] = x->dims[i];
  if (dtype != TGL_INT32 && dtype != TGL_INT64) return tgl_refuse(call, "output_type must be int32 or int64");
  return tgl_set_type(call, call->outputs, dtype, rank, dims);
}
static int run_argmax(tgl_call* call) {
  const tgl_value* x = call->inputs[0];
  int64_t axis = axis_of(call), outer = 1, inner = 1;
  for (int32_t i = 0; i < x->rank; ++i) {
    if (i < axis) outer *= x->dims[i];
    if (i > axis) inner *= x->dims[i];
  }
  bool ok = tgk_argmax(x->data, outer, x->dims[axis], inner, call->outputs->dtype, call->outputs->data);
  return ok ? 0 : tgl_refuse(call, "the kernel failed");
}
const tgl_op tgl_op_argmax = {"argmax", 1, 1, 1, prepare_argmax, run_argmax};
