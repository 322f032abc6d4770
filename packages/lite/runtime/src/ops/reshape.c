/* Views: reshape, expand_dims, squeeze, identity. They share their input's memory. */
#include <string.h>

#include "internal.h"

static int view(tgl_call* call, int32_t rank, const int64_t* dims) {
  call->is_view = true;
  call->arithmetic = "view";
  return tgl_set_type(call, call->outputs, call->inputs[0]->dtype, rank, dims);
}

static int prepare_reshape(tgl_call* call) {
  const tgl_value *x = call->inputs[0], *shape = call->inputs[1];
  if (!shape->weight || shape->rank != 1 || (shape->dtype != TGL_INT32 && shape->dtype != TGL_INT64))
    return tgl_refuse(call, "the shape must be a constant list of integers");
  if (shape->dims[0] > TGL_MAX_RANK) return tgl_refuse(call, "a tensor has at most 8 dimensions");
  int64_t dims[TGL_MAX_RANK], known = 1, total = tgl_elements(x);
  int32_t rank = (int32_t)shape->dims[0], open = -1;
  for (int32_t i = 0; i < rank; ++i) {
    dims[i] = shape->dtype == TGL_INT32 ? ((const int32_t*)shape->data)[i] : ((const int64_t*)shape->data)[i];
    if (dims[i] == -1 && open < 0) open = i;
    else if (dims[i] < 0 || __builtin_mul_overflow(known, dims[i], &known))
      return tgl_refuse(call, "sizes must not be negative, but for one -1");
  }
  if (open >= 0) dims[open] = known ? total / known : 0;
  if (open >= 0 ? (known ? total % known : total) != 0 : known != total)
    return tgl_refuse(call, "the number of elements must stay the same");
  return view(call, rank, dims);
}

static int prepare_expand(tgl_call* call) {
  const tgl_value* x = call->inputs[0];
  int64_t axis = tgl_attr_int(call->node, "axis", 0), dims[TGL_MAX_RANK];
  if (axis < 0) axis += x->rank + 1;
  if (axis < 0 || axis > x->rank || x->rank == TGL_MAX_RANK) return tgl_refuse(call, "the axis must lie in the result");
  for (int32_t i = 0; i < x->rank; ++i) dims[i + (i >= axis)] = x->dims[i];
  dims[axis] = 1;
  return view(call, x->rank + 1, dims);
}

static int prepare_squeeze(tgl_call* call) {
  const tgl_value* x = call->inputs[0];
  int64_t axes[TGL_MAX_RANK], dims[TGL_MAX_RANK];
  int count = tgl_attr_ints(call->node, "axis", axes, TGL_MAX_RANK);
  bool drop[TGL_MAX_RANK] = {false};
  for (int i = 0; i < count; ++i) {
    int64_t axis = axes[i] < 0 ? axes[i] + x->rank : axes[i];
    if (axis < 0 || axis >= x->rank || x->dims[axis] != 1) return tgl_refuse(call, "a squeezed axis must have size 1");
    drop[axis] = true;
  }
  int32_t rank = 0;
  for (int32_t i = 0; i < x->rank; ++i)
    if (!(count > 0 ? drop[i] : x->dims[i] == 1)) dims[rank++] = x->dims[i];
  return view(call, rank, dims);
}

static int prepare_identity(tgl_call* call) { return view(call, call->inputs[0]->rank, call->inputs[0]->dims); }

const tgl_op tgl_op_reshape = {"reshape", 1, 2, 2, prepare_reshape, NULL};
const tgl_op tgl_op_expand_dims = {"expand_dims", 1, 1, 1, prepare_expand, NULL};
const tgl_op tgl_op_squeeze = {"squeeze", 1, 1, 1, prepare_squeeze, NULL};
const tgl_op tgl_op_identity = {"identity", 1, 1, 1, prepare_identity, NULL};
