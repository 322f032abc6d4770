/* Elementwise ops that share core's kernels under core's names, and cast. */
#include <string.h>

#include "internal.h"
#include "kernels.h"

static int prepare_unary(tgl_call* call) {
  const tgl_value* x = call->inputs[0];
  if (x->dtype != TGL_FLOAT32) return tgl_refuse(call, "the input must be float32");
  return tgl_set_type(call, call->outputs, x->dtype, x->rank, x->dims);
}
static int run_unary(tgl_call* call) {
  const tgl_value* x = call->inputs[0];
  bool ok = tgk_unary(call->node->op->name, x->dtype, x->data, call->outputs->data, tgl_elements(x));
  return ok ? 0 : tgl_refuse(call, "the kernel failed");
}

static int prepare_binary(tgl_call* call) {
  const tgl_value *x = call->inputs[0], *y = call->inputs[1];
  int64_t dims[TGL_MAX_RANK];
  int32_t rank = 0;
  if (x->dtype != y->dtype || x->dtype != TGL_FLOAT32) return tgl_refuse(call, "x and y must be float32");
  if (!tgk_broadcast(x->dims, x->rank, y->dims, y->rank, dims, &rank))
    return tgl_refuse(call, "the shapes of x and y must broadcast");
  return tgl_set_type(call, call->outputs, x->dtype, rank, dims);
}
static int run_binary(tgl_call* call) {
  const tgl_value *x = call->inputs[0], *y = call->inputs[1];
  bool ok = tgk_binary(call->node->op->name, x->dtype, x->data, x->dims, x->rank, y->data, y->dims, y->rank,
                       call->outputs->data);
  return ok ? 0 : tgl_refuse(call, "the kernel failed");
}

static int prepare_cast(tgl_call* call) {
  const tgl_value* x = call->inputs[0];
  return tgl_set_type(call, call->outputs, (int32_t)tgl_attr_int(call->node, "dtype", 0), x->rank, x->dims);
}
static int run_cast(tgl_call* call) {
  const tgl_value* x = call->inputs[0];
  bool ok = tgk_cast(x->dtype, call->outputs->dtype, x->data, call->outputs->data, tgl_elements(x));
  return ok ? 0 : tgl_refuse(call, "the kernel failed");
}

const tgl_op tgl_op_cast = {"cast", 1, 1, 1, prepare_cast, run_cast};

#define UNARY(name) {name, 1, 1, 1, prepare_unary, run_unary}
#define BINARY(name) {name, 1, 2, 2, prepare_binary, run_binary}
const tgl_op tgl_ops_elementwise[] = {
    UNARY("negative"), UNARY("abs"),     UNARY("square"),   UNARY("relu"),       UNARY("exp"),
    UNARY("log"),      UNARY("sqrt"),    UNARY("rsqrt"),    UNARY("reciprocal"), UNARY("sin"),
    UNARY("cos"),      UNARY("tanh"),    UNARY("sigmoid"),  UNARY("softplus"),   UNARY("erf"),
    UNARY("floor"),    UNARY("ceil"),    UNARY("round"),    UNARY("sign"),       BINARY("add"),
    BINARY("subtract"), BINARY("multiply"), BINARY("divide"), BINARY("maximum"), BINARY("minimum"),
    BINARY("pow"),     BINARY("squared_difference")};
const size_t tgl_num_ops_elementwise = sizeof(tgl_ops_elementwise) / sizeof(tgl_ops_elementwise[0]);
