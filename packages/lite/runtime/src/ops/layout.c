/* Ops that move elements: transpose, concat, pad with a constant. Any dtype. */
#include <string.h>

#include "internal.h"
#include "kernels.h"

static void dense_strides(const tgl_value* value, int64_t* strides) {
  int64_t stride = (int64_t)tgl_dtype_bytes(value->dtype);
  for (int32_t i = value->rank - 1; i >= 0; --i) {
    strides[i] = stride;
    stride *= value->dims[i];
  }
}

static int read_perm(tgl_call* call, int64_t* perm) {
  const tgl_value* x = call->inputs[0];
  int count = tgl_attr_ints(call->node, "perm", perm, TGL_MAX_RANK);
  uint32_t seen = 0;
  if (count < 0)
    for (int32_t i = 0; i < x->rank; ++i) perm[i] = x->rank - 1 - i;
  else if (count != x->rank)
    return tgl_refuse(call, "perm must have one entry per dimension");
  for (int32_t i = 0; i < x->rank; ++i) {
    if (perm[i] < 0) perm[i] += x->rank;
    if (perm[i] < 0 || perm[i] >= x->rank || seen >> perm[i] & 1) return tgl_refuse(call, "perm must be a permutation");
    seen |= 1u << perm[i];
  }
  return 0;
}
static int prepare_transpose(tgl_call* call) {
  const tgl_value* x = call->inputs[0];
  int64_t perm[TGL_MAX_RANK], dims[TGL_MAX_RANK];
  if (read_perm(call, perm)) return -1;
  for (int32_t i = 0; i < x->rank; ++i) dims[i] = x->dims[perm[i]];
  return tgl_set_type(call, call->outputs, x->dtype, x->rank, dims);
}
static int run_transpose(tgl_call* call) {
  const tgl_value* x = call->inputs[0];
  int64_t perm[TGL_MAX_RANK], from[TGL_MAX_RANK], permuted[TGL_MAX_RANK], to[TGL_MAX_RANK];
  if (read_perm(call, perm)) return -1;
  dense_strides(x, from);
  dense_strides(call->outputs, to);
  for (int32_t i = 0; i < x->rank; ++i) permuted[i] = from[perm[i]];
  if (tgl_elements(x))
    tgk_copy_strided(tgl_dtype_bytes(x->dtype), x->data, permuted, call->outputs->data, to, call->outputs->dims, x->rank);
  return 0;
}

static int prepare_concat(tgl_call* call) {
  const tgl_value* x = call->inputs[0];
  int64_t axis = tgl_attr_int(call->node, "axis", 0), dims[TGL_MAX_RANK];
  if (axis < 0) axis += x->rank;
  if (axis < 0 || axis >= x->rank) return tgl_refuse(call, "the axis must lie in the inputs");
  memcpy(dims, x->dims, sizeof(x->dims));
  for (int32_t k = 1; k < call->node->num_inputs; ++k) {
    const tgl_value* y = call->inputs[k];
    bool fits = y->rank == x->rank && y->dtype == x->dtype;
    for (int32_t i = 0; fits && i < x->rank; ++i) fits = i == axis || y->dims[i] == x->dims[i];
    if (!fits || __builtin_add_overflow(dims[axis], y->dims[axis], &dims[axis]))
      return tgl_refuse(call, "the inputs must agree in dtype and in all sizes but that of the axis");
  }
  return tgl_set_type(call, call->outputs, x->dtype, x->rank, dims);
}
static int run_concat(tgl_call* call) {
  int64_t axis = tgl_attr_int(call->node, "axis", 0), from[TGL_MAX_RANK], to[TGL_MAX_RANK];
  if (axis < 0) axis += call->outputs->rank;
  dense_strides(call->outputs, to);
  char* out = call->outputs->data;
  for (int32_t k = 0; k < call->node->num_inputs; ++k) {
    const tgl_value* x = call->inputs[k];
    dense_strides(x, from);
    if (tgl_elements(x)) tgk_copy_strided(tgl_dtype_bytes(x->dtype), x->data, from, out, to, x->dims, x->rank);
    out += to[axis] * x->dims[axis];
  }
  return 0;
}

static int read_pads(tgl_call* call, int64_t* pads) {
  const tgl_value* x = call->inputs[0];
  char mode[16];
  tgl_attr_string(call->node, "mode", "CONSTANT", mode, sizeof(mode));
  if (strcmp(mode, "CONSTANT") != 0) return tgl_refuse(call, "the mode must be CONSTANT");
  if (x->dtype != TGL_FLOAT32) return tgl_refuse(call, "the input must be float32");
  if (tgl_attr_ints(call->node, "paddings", pads, 2 * TGL_MAX_RANK) != 2 * x->rank)
    return tgl_refuse(call, "paddings must have two entries per dimension");
  for (int32_t i = 0; i < 2 * x->rank; ++i)
    if (pads[i] < 0 || pads[i] > INT32_MAX) return tgl_refuse(call, "paddings must not be negative");
  return 0;
}
static int prepare_pad(tgl_call* call) {
  const tgl_value* x = call->inputs[0];
  int64_t pads[2 * TGL_MAX_RANK], dims[TGL_MAX_RANK];
  if (read_pads(call, pads)) return -1;
  for (int32_t i = 0; i < x->rank; ++i)
    if (__builtin_add_overflow(x->dims[i], pads[2 * i] + pads[2 * i + 1], &dims[i]))
      return tgl_refuse(call, "the size of a tensor must fit 62 bits");
  return tgl_set_type(call, call->outputs, x->dtype, x->rank, dims);
}
static int run_pad(tgl_call* call) {
  const tgl_value* x = call->inputs[0];
  int64_t pads[2 * TGL_MAX_RANK], from[TGL_MAX_RANK], to[TGL_MAX_RANK];
  if (read_pads(call, pads)) return -1;
  float value = (float)tgl_attr_float(call->node, "constant_values", 0), *out = call->outputs->data;
  int64_t total = tgl_elements(call->outputs);
  for (int64_t i = 0; i < total; ++i) out[i] = value;
  dense_strides(x, from);
  dense_strides(call->outputs, to);
  char* start = call->outputs->data;
  for (int32_t i = 0; i < x->rank; ++i) start += to[i] * pads[2 * i];
  if (tgl_elements(x)) tgk_copy_strided(tgl_dtype_bytes(x->dtype), x->data, from, start, to, x->dims, x->rank);
  return 0;
}

const tgl_op tgl_op_transpose = {"transpose", 1, 1, 1, prepare_transpose, run_transpose};
const tgl_op tgl_op_concat = {"concat", 1, 1, TGL_MAX_INPUTS, prepare_concat, run_concat};
const tgl_op tgl_op_pad = {"pad", 1, 1, 1, prepare_pad, run_pad};
